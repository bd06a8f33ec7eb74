//! Where a run stands with its decision: the buttons of a pending plan, and what became of what was decided.

use super::{
    effect::{Effect, Selection},
    head::Recorded,
    verdict::sentence,
};
use crate::{
    access::Here,
    pages::{
        frame::{Frame, workspace_path},
        parts::{BAD, GOOD, Link, Look, Markup, look, sentence_with_code},
    },
    state::App,
    texts::{Argument, Words},
    wording::{Times, visible},
};
use muster_core::{
    decide::proposal::Counts,
    model::{
        job::{JobEnd, JobKind},
        problem::Problem,
        role::Role,
    },
};
use muster_store::{DecisionState, ListedDecision, OperationGroup, StoreError};

/// The buttons of a pending plan.
pub(crate) struct Buttons {
    pub(crate) title: String,
    pub(crate) text: String,
    /// Why this user cannot approve now; empty: they can.
    pub(crate) obstacle: String,
    pub(crate) may_reject: bool,
    pub(crate) approve_all: Link,
    pub(crate) has_departures: bool,
    /// Without departures that no record states; none: it would approve nothing, or everything.
    pub(crate) without_departures: Option<Link>,
    pub(crate) reject: Link,
}

/// What became of the latest decision.
pub(crate) struct DecisionNote {
    pub(crate) look: Look,
    pub(crate) title: String,
    pub(crate) lines: Vec<Markup>,
    pub(crate) link: Option<Link>,
}

/// The note and the buttons of a run, as far as it has them.
pub(crate) fn read(
    app: &App,
    here: &Here,
    recorded: &Recorded,
    groups: &[OperationGroup],
    times: &Times,
) -> Result<(Option<DecisionNote>, Option<Buttons>), StoreError> {
    let Some(plan) = &recorded.plan else {
        return Ok((None, None));
    };
    let latest = app
        .web
        .store
        .plan_decision(here.workspace.id, plan.id.run)?;
    let is_pending = latest
        .as_ref()
        .is_some_and(|latest| latest.state == DecisionState::Pending);
    let buttons = (plan.status.is_open() && !is_pending).then(|| {
        let is_expired = plan.expires <= app.now();
        buttons(here, plan.id.run.0, is_expired, groups)
    });
    let note = match latest {
        Some(latest) => Some(note(app, here, &latest, times)?),
        None => None,
    };
    Ok((note, buttons))
}

fn buttons(here: &Here, run: i64, is_expired: bool, groups: &[OperationGroup]) -> Buttons {
    let words = Frame::words();
    let root = format!("{}/runs/{run}", workspace_path(&here.workspace.name));
    let all = Effect::of(groups, Selection::All);
    let without = Effect::of(groups, Selection::WithoutDepartures);
    let may_reject = here.role >= Role::Approver;
    let to = |selection: Selection, text| {
        Link::new(
            format!("{root}/approve?choice={}", selection.as_str()),
            text,
        )
    };
    Buttons {
        title: match all.operations {
            0 => words.t("decide-open-empty"),
            some => words.n("decide-open", some),
        },
        text: match all.departures {
            0 => words.t("plan-nobody-leaves"),
            some => words.n("plan-would-leave", some),
        },
        obstacle: match (may_reject, is_expired) {
            (false, _) => words.t("decide-role"),
            (true, true) => words.t("decide-expired"),
            (true, false) => String::new(),
        },
        may_reject,
        approve_all: to(Selection::All, words.t("decide-approve-all")),
        has_departures: all.departures > 0,
        without_departures: (without.operations > 0 && without.operations < all.operations).then(
            || {
                let text = words.n("decide-approve-without", without.operations);
                to(Selection::WithoutDepartures, text)
            },
        ),
        reject: Link::new(format!("{root}/reject"), words.t("decide-reject")),
    }
}

fn note(
    app: &App,
    here: &Here,
    latest: &ListedDecision,
    times: &Times,
) -> Result<DecisionNote, StoreError> {
    let words = Frame::words();
    let root = format!("{}/runs", workspace_path(&here.workspace.name));
    let is_approval = latest.kind == JobKind::Approve;
    let by = visible(&latest.decision.actor.to_string());
    let mut note = match &latest.state {
        DecisionState::Pending => DecisionNote {
            look: look("is-update", "loader-circle"),
            title: words.t(if is_approval {
                "decision-approving"
            } else {
                "decision-rejecting"
            }),
            lines: vec![sentence_with_code(&words.v("decision-by", &by))],
            link: Some(Link::new(
                format!("{root}/{}", latest.decision.plan.run),
                words.t("decision-reload"),
            )),
        },
        DecisionState::Ended {
            at,
            end,
            run,
            problem,
            ..
        } => {
            let counts = match run.filter(|_| *end == JobEnd::Done) {
                Some(run) => app.store.run(here.workspace.id, run)?,
                None => None,
            };
            let counts = counts.map(|run| run.counts).unwrap_or_default();
            let mut note = ended(app, is_approval, *end, &counts, problem.as_deref());
            let at = times.moment(*at);
            note.lines.push(sentence_with_code(&words.with(
                "plan-decided",
                &[("by", Argument::Text(&by)), ("at", Argument::Text(&at))],
            )));
            note.link = run.map(|run| {
                Link::new(
                    format!("{root}/{run}"),
                    words.v("run-title", &run.to_string()),
                )
            });
            note
        }
    };
    if !latest.decision.note.is_empty() {
        let text = words.v("decision-note", &visible(&latest.decision.note));
        note.lines.push(sentence_with_code(&text));
    }
    Ok(note)
}

fn ended(
    app: &App,
    is_approval: bool,
    end: JobEnd,
    counts: &Counts,
    problem: Option<&Problem>,
) -> DecisionNote {
    let words = Frame::words();
    let (look, title) = match (end, is_approval) {
        (JobEnd::Done, true) => (GOOD, applied(words, counts)),
        (JobEnd::Done, false) => (look("is-plain", "x"), words.t("decision-rejected")),
        (_, true) => (BAD, words.t("decision-not-applied")),
        (_, false) => (BAD, words.t("decision-not-rejected")),
    };
    let mut lines = Vec::new();
    match problem {
        Some(problem) => {
            let said = (app.web.sentences.problem)(problem);
            for text in [said.message, said.help] {
                if !text.is_empty() {
                    lines.push(sentence_with_code(&visible(&sentence(text))));
                }
            }
        }
        None if end != JobEnd::Done => {
            lines.push(sentence_with_code(&words.t("decision-again")));
        }
        None => {}
    }
    DecisionNote {
        look,
        title,
        lines,
        link: None,
    }
}

/// `Approved and applied: 34 created, 187 updated`.
fn applied(words: &Words, counts: &Counts) -> String {
    let parts = [
        ("count-created", counts.created),
        ("count-updated", counts.updated + counts.due),
        ("count-reactivated", counts.reactivated),
        ("count-deactivated", counts.deactivated + counts.missing),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| words.n(key, *count))
        .collect();
    if parts.is_empty() {
        return words.t("plan-verdict-approved");
    }
    words.v("decision-applied", &parts.join(", "))
}
