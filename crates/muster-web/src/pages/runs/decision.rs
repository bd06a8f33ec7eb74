//! Where a run stands with its decision: the buttons of a pending plan, and what became of what was decided.

use super::{
    effect::{Effect, Part},
    head::Recorded,
    live::Live,
    run::Contents,
    selection::{Pending, Selection},
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
        ids::RunId,
        job::{JobEnd, JobKind},
        problem::Problem,
        role::Role,
    },
};
use muster_store::{DecisionState, ListedDecision, StoreError};

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
    /// New employees only; none: there are none, or nothing else.
    pub(crate) joiners: Option<Link>,
    /// Where ticked operations are approved.
    pub(crate) approve: String,
    pub(crate) reject: Link,
}

/// What became of the latest decision.
pub(crate) struct DecisionNote {
    pub(crate) look: Look,
    pub(crate) title: String,
    pub(crate) lines: Vec<Markup>,
    pub(crate) link: Option<Link>,
}

/// Where a run stands with its decision.
pub(crate) struct Decisions {
    pub(crate) notes: Vec<DecisionNote>,
    pub(crate) buttons: Option<Buttons>,
    pub(crate) live: Live,
}

/// The notes and the buttons of a run, as far as it has them.
pub(crate) fn read(
    app: &App,
    here: &Here,
    recorded: &Recorded,
    contents: &Contents,
    times: &Times,
) -> Result<Decisions, StoreError> {
    let run = recorded.run.id;
    let latest = app.store.plan_decision(here.workspace.id, run)?;
    let address = format!("{}/runs/{run}", workspace_path(&here.workspace.name));
    let live = Live::of(&address, app, recorded, latest.as_ref());
    let (notes, buttons) = notes_and_buttons(app, here, recorded, contents, latest, times)?;
    Ok(Decisions {
        notes,
        buttons,
        live,
    })
}

fn notes_and_buttons(
    app: &App,
    here: &Here,
    recorded: &Recorded,
    contents: &Contents,
    latest: Option<ListedDecision>,
    times: &Times,
) -> Result<(Vec<DecisionNote>, Option<Buttons>), StoreError> {
    let mut notes = Vec::new();
    if let Some(undo) = app.store.undone_by(here.workspace.id, recorded.run.id)? {
        notes.push(undone(here, undo));
    }
    let Some(plan) = &recorded.plan else {
        return Ok((notes, None));
    };
    let is_pending = latest
        .as_ref()
        .is_some_and(|latest| latest.state == DecisionState::Pending);
    let is_open = plan.status.is_open() && !is_pending;
    if let Some(latest) = latest {
        notes.push(note(app, here, &latest, times)?);
    }
    if !is_open {
        return Ok((notes, None));
    }
    let is_expired = plan.expires <= app.now();
    let run = plan.id.run.0;
    let approver = &here.session.user.email;
    let requester = app
        .store
        .requester_who_approves(here.workspace.id, plan.id.run, approver)?;
    let is_requester = requester.is_some();
    if contents.changed.is_empty() {
        let effect = |selection: &Selection| {
            Effect::of(&Part::of_groups(&contents.groups, selection), selection)
        };
        return Ok((
            notes,
            Some(buttons(here, run, is_expired, is_requester, &effect)),
        ));
    }
    notes.push(changed(contents.changed.len() as u64));
    let pending = Pending::read(app, here, plan.id.run)?;
    let effect =
        |selection: &Selection| Effect::of(&Part::of_pending(&pending, selection), selection);
    Ok((
        notes,
        Some(buttons(here, run, is_expired, is_requester, &effect)),
    ))
}

/// Employees have changed since the plan was made.
fn changed(count: u64) -> DecisionNote {
    let words = Frame::words();
    DecisionNote {
        look: look("is-held", "git-compare"),
        title: words.n("plan-changed", count),
        lines: vec![sentence_with_code(&words.t("plan-changed-text"))],
        link: None,
    }
}

fn undone(here: &Here, undo: RunId) -> DecisionNote {
    let words = Frame::words();
    let root = workspace_path(&here.workspace.name);
    DecisionNote {
        look: look("is-plain", "undo-2"),
        title: words.t("run-undone"),
        lines: vec![sentence_with_code(&words.t("run-undone-text"))],
        link: Some(Link::new(
            format!("{root}/runs/{undo}"),
            words.v("run-title", &undo.to_string()),
        )),
    }
}

fn buttons(
    here: &Here,
    run: i64,
    is_expired: bool,
    is_requester: bool,
    effect: &dyn Fn(&Selection) -> Effect,
) -> Buttons {
    let words = Frame::words();
    let root = format!("{}/runs/{run}", workspace_path(&here.workspace.name));
    let all = effect(&Selection::All);
    let without = effect(&Selection::WithoutDepartures);
    let joiners = effect(&Selection::Joiners);
    let may_reject = here.role >= Role::Approver;
    let to = |selection: &Selection, text| {
        Link::new(
            format!("{root}/approve?choice={}", selection.choice()),
            text,
        )
    };
    let part_of_all = |part: &Effect| part.operations > 0 && part.operations < all.operations;
    Buttons {
        title: match all.operations {
            0 => words.t("decide-open-empty"),
            some => words.n("decide-open", some),
        },
        text: match all.departures {
            0 => words.t("plan-nobody-leaves"),
            some => words.n("plan-would-leave", some),
        },
        obstacle: match (may_reject, is_expired, is_requester) {
            (false, _, _) => words.t("decide-role"),
            (true, true, _) => words.t("decide-expired"),
            (true, false, true) => words.t("decide-four-eyes"),
            (true, false, false) => String::new(),
        },
        may_reject,
        approve_all: to(&Selection::All, words.t("decide-approve-all")),
        has_departures: all.departures > 0,
        without_departures: part_of_all(&without).then(|| {
            let text = words.n("decide-approve-without", without.operations);
            to(&Selection::WithoutDepartures, text)
        }),
        joiners: (part_of_all(&joiners) && joiners.operations < without.operations).then(|| {
            let text = words.n("decide-approve-joiners", joiners.operations);
            to(&Selection::Joiners, text)
        }),
        approve: format!("{root}/approve"),
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
