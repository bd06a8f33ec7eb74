//! One run: its verdict, its counts as filters, and its operations grouped by what happens and why, or by what they have in common.

use super::{
    decision::{self, Buttons, DecisionNote, Decisions},
    head::{Part, Recorded, RunHead},
    insight::{self, InsightView},
    live::Live,
    progress::{Followed, Stage},
    sections::{Section, Shown, done, planned},
    undo,
    verdict::Verdict,
};
use crate::{
    access::Here,
    pages::{
        frame::{Frame, workspace_path},
        parts::{Chip, HELD, Markup, REJECTED, look_of, sign, word_of},
    },
    respond,
    state::App,
    texts::Words,
    wording::{Times, number},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::Response,
};
use muster_core::model::{plan::OperationKind, run::RunStatus};
use muster_store::{GroupsQuery, OperationGroup, StoreError};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Template)]
#[template(path = "pages/runs/run.html")]
pub(crate) struct RunPage {
    pub(crate) frame: Frame,
    pub(crate) head: RunHead,
    /// What became of the latest decision, and of the run or plan since.
    pub(crate) notes: Vec<DecisionNote>,
    pub(crate) live: Live,
    /// How far the run is; empty: it has ended, or another process runs it.
    pub(crate) stages: Vec<Stage>,
    pub(crate) is_running: bool,
    /// None: there is nothing to decide now.
    pub(crate) buttons: Option<Buttons>,
    pub(crate) verdict: Verdict,
    pub(crate) insight: InsightView,
    pub(crate) chips: Vec<Chip>,
    /// How the operations are shown; what is in it is in the address.
    pub(crate) shown: Shown,
    /// Whether there is a plan to search and to group.
    pub(crate) has_tools: bool,
    /// What is planned, then what was done.
    pub(crate) sections: Vec<Section>,
    /// How the records add up; empty: none was read.
    pub(crate) sum: Vec<String>,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    Query(shown): Query<Shown>,
) -> Response {
    respond::page(app, here, move |app, here| read(app, here, run, &shown)).await
}

/// What a run has, by sort.
pub(crate) struct Contents {
    pub(crate) groups: Vec<OperationGroup>,
    /// Pending operations of employees who have changed since the plan was made.
    pub(crate) changed: BTreeSet<i64>,
    pub(crate) done: BTreeMap<OperationKind, u64>,
}

impl Contents {
    pub(crate) fn read(app: &App, here: &Here, recorded: &Recorded) -> Result<Self, StoreError> {
        let store = &app.store;
        let (run, all) = (recorded.run.id, GroupsQuery::default());
        let groups = match &recorded.plan {
            Some(_) => store.operation_groups(&here.workspace, run, &all)?,
            None => Vec::new(),
        };
        let changed = match &recorded.plan {
            Some(plan) if plan.status.is_open() => store.changed_since(&here.workspace, run)?,
            _ => BTreeSet::new(),
        };
        let done = store.change_counts(&here.workspace, run)?;
        Ok(Self {
            groups,
            changed,
            done,
        })
    }

    pub(crate) fn total(&self) -> u64 {
        let planned: u64 = self.groups.iter().map(|group| group.count).sum();
        planned + self.done.values().sum::<u64>()
    }
}

fn read(app: &App, here: &Here, run: i64, shown: &Shown) -> Result<Option<RunPage>, StoreError> {
    let Some(recorded) = Recorded::read(app, here, run)? else {
        return Ok(None);
    };
    let contents = Contents::read(app, here, &recorded)?;
    let times = Times::of(&here.workspace, app.now());
    let Decisions {
        notes,
        buttons,
        live,
    } = decision::read(app, here, &recorded, &contents, &times)?;
    let has_ticks = buttons
        .as_ref()
        .is_some_and(|buttons| buttons.obstacle.is_empty());
    let sections = vec![
        planned(app, here, &recorded, &contents, shown, has_ticks)?,
        done(app, here, &recorded, &contents, shown)?,
    ];
    let frame = recorded.frame(app, here)?;
    let followed = Followed::of(app, here, &recorded)?;
    let stages = followed.and_then(|run| run.stages(app, here));
    let can_undo = undo::can_undo(app, here, &recorded.run, &contents.done)?;
    let page = RunPage {
        head: RunHead {
            undo: can_undo.then(|| format!("{}/undo", here.visit.path)),
            ..recorded.head(&frame, &times, Part::Plan, contents.total())
        },
        insight: insight::read(app, here, &recorded)?,
        verdict: Verdict::of(&recorded, &contents.groups, app.web.sentences, &times),
        chips: chips(&frame, &recorded, &contents, shown),
        sections: sections
            .into_iter()
            .filter(|section| !section.groups.is_empty())
            .collect(),
        sum: sum(Frame::words(), &recorded),
        has_tools: !contents.groups.is_empty(),
        shown: shown.clone(),
        stages: stages.map(|stages| stages.stages).unwrap_or_default(),
        is_running: recorded.run.status == RunStatus::Running,
        notes,
        buttons,
        live,
        frame,
    };
    Ok(Some(page))
}

/// The counts of a run as filters.
fn chips(frame: &Frame, recorded: &Recorded, contents: &Contents, shown: &Shown) -> Vec<Chip> {
    let words = Frame::words();
    let root = format!(
        "{}/runs/{}",
        workspace_path(&frame.workspace),
        recorded.run.id
    );
    let planned = |kind: OperationKind| -> u64 {
        let of_kind = contents
            .groups
            .iter()
            .filter(|group| group.sort.kind == kind && !group.sort.is_held);
        of_kind.map(|group| group.count).sum()
    };
    let chip = |name: &str, text: String, count: u64, sign: Markup| Chip {
        href: shown.address(&root, name, 0),
        text,
        count: Some(number(count)),
        sign,
        is_on: shown.show.split('.').next() == Some(name),
    };
    let mut chips = vec![chip(
        "",
        words.t("chip-all"),
        contents.total(),
        Markup::default(),
    )];
    for kind in OperationKind::ALL {
        let count = planned(kind) + contents.done.get(&kind).copied().unwrap_or_default();
        let usual = matches!(
            kind,
            OperationKind::Create | OperationKind::Update | OperationKind::Deactivate
        );
        if count > 0 || usual {
            chips.push(chip(
                kind.as_str(),
                word_of(words, kind),
                count,
                sign(look_of(kind), ""),
            ));
        }
    }
    let held: u64 = contents
        .groups
        .iter()
        .filter(|group| group.sort.is_held)
        .map(|group| group.count)
        .sum();
    if held > 0 {
        chips.push(chip("held", words.t("kind-held"), held, sign(HELD, "")));
    }
    if recorded.run.counts.rejected > 0 {
        chips.push(Chip {
            href: format!("{root}/rejected"),
            ..chip(
                "rejected",
                words.t("kind-rejected"),
                recorded.run.counts.rejected,
                sign(REJECTED, ""),
            )
        });
    }
    chips
}

/// How the records of a delivery add up, part by part.
fn sum(words: &Words, recorded: &Recorded) -> Vec<String> {
    let counts = &recorded.run.counts;
    if counts.read == 0 || recorded.run.status == RunStatus::Running {
        return Vec::new();
    }
    let parts = [
        ("count-created", counts.created),
        ("count-updated", counts.updated),
        ("count-reactivated", counts.reactivated),
        ("count-deactivated", counts.deactivated),
        ("count-unchanged", counts.unchanged),
        ("count-not-selected", counts.excluded),
        ("count-superseded", counts.superseded),
        ("count-held", counts.held),
        ("count-rejected", counts.rejected),
    ];
    let parts: Vec<String> = parts
        .iter()
        .map(|(key, count)| words.n(key, *count))
        .collect();
    let mut sum = vec![words.with(
        "run-sum",
        &[
            ("n", crate::texts::Argument::Count(counts.read)),
            ("parts", crate::texts::Argument::Text(&parts.join(" + "))),
        ],
    )];
    if counts.missing > 0 {
        sum.push(words.n("run-sum-missing", counts.missing));
    }
    sum
}
