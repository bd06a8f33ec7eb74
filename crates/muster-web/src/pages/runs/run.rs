//! One run: its verdict, its counts as filters, and its operations grouped by what happens and why.

use super::{
    decision::{self, Buttons, DecisionNote},
    head::{Part, Recorded, RunHead},
    operations::{Context, Group, group_name, group_title},
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
use muster_core::model::{
    employee::Employee,
    ids::EmployeeId,
    plan::OperationKind,
    run::{RunKind, RunStatus},
};
use muster_store::{OperationGroup, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Rows of each sort where all sorts are shown, and where one is.
const FEW: u32 = 10;
const MANY: u32 = 50;
/// Sorts of which rows are shown at once: each takes a statement.
const MOST_GROUPS: usize = 12;

#[derive(Template)]
#[template(path = "pages/runs/run.html")]
pub(crate) struct RunPage {
    pub(crate) frame: Frame,
    pub(crate) head: RunHead,
    /// What became of the latest decision.
    pub(crate) note: Option<DecisionNote>,
    /// None: there is nothing to decide now.
    pub(crate) buttons: Option<Buttons>,
    pub(crate) verdict: Verdict,
    pub(crate) chips: Vec<Chip>,
    /// What is planned, then what was done.
    pub(crate) sections: Vec<Section>,
    /// How the records add up; empty: none was read.
    pub(crate) sum: Vec<String>,
}

pub(crate) struct Section {
    pub(crate) title: String,
    /// The heading of the new values.
    pub(crate) after: String,
    pub(crate) groups: Vec<Group>,
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Shown {
    /// A kind (`deactivate`), a sort (`deactivate.missing.0`), `held`, or nothing.
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: i64,
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
    pub(crate) done: BTreeMap<OperationKind, u64>,
}

impl Contents {
    pub(crate) fn read(app: &App, here: &Here, recorded: &Recorded) -> Result<Self, StoreError> {
        let store = &app.store;
        let groups = match &recorded.plan {
            Some(_) => store.operation_groups(&here.workspace, recorded.run.id)?,
            None => Vec::new(),
        };
        let done = store.change_counts(&here.workspace, recorded.run.id)?;
        Ok(Self { groups, done })
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
    let sections = vec![
        planned(app, here, &recorded, &contents, shown)?,
        done(app, here, &recorded, &contents, shown)?,
    ];
    let (note, buttons) = decision::read(app, here, &recorded, &contents.groups, &times)?;
    let frame = recorded.frame(app, here)?;
    let page = RunPage {
        head: recorded.head(&frame, &times, Part::Plan, contents.total()),
        verdict: Verdict::of(&recorded, &contents.groups, app.web.sentences, &times),
        chips: chips(&frame, &recorded, &contents, shown),
        sections: sections
            .into_iter()
            .filter(|section| !section.groups.is_empty())
            .collect(),
        sum: sum(Frame::words(), &recorded),
        note,
        buttons,
        frame,
    };
    Ok(Some(page))
}

fn planned(
    app: &App,
    here: &Here,
    recorded: &Recorded,
    contents: &Contents,
    shown: &Shown,
) -> Result<Section, StoreError> {
    let (words, run) = (Frame::words(), &recorded.run);
    let context = Context {
        workspace: &here.workspace,
        files: &run.files,
    };
    let wanted = contents
        .groups
        .iter()
        .filter(|group| is_shown(group, &shown.show));
    let wanted: Vec<&OperationGroup> = wanted.take(MOST_GROUPS).collect();
    let (limit, after) = if wanted.len() == 1 {
        (MANY, shown.after)
    } else {
        (FEW, 0)
    };
    let mut groups = Vec::new();
    for group in wanted {
        let stored = app
            .web
            .store
            .operations_page(&here.workspace, run.id, group, after, limit)?;
        let last = stored.last().map_or(0, |stored| stored.number);
        let name = group_name(group);
        groups.push(Group {
            sign: sign(look_of(group.kind), ""),
            title: group_title(words, group),
            count: number(group.count),
            more: more(
                here,
                run.id.0,
                &name,
                last,
                stored.len(),
                limit,
                group.count,
            ),
            rows: stored
                .iter()
                .map(|stored| context.planned(stored))
                .collect(),
            name,
        });
    }
    let open = recorded
        .plan
        .as_ref()
        .is_some_and(|plan| plan.status.is_open());
    Ok(Section {
        title: words.t("section-planned"),
        after: words.t(if open {
            "column-after-approval"
        } else {
            "column-after"
        }),
        groups,
    })
}

fn done(
    app: &App,
    here: &Here,
    recorded: &Recorded,
    contents: &Contents,
    shown: &Shown,
) -> Result<Section, StoreError> {
    let (words, run, store) = (Frame::words(), &recorded.run, &app.store);
    let origin = match run.of.filter(|_| run.kind == RunKind::Approve) {
        Some(of) => store.run(here.workspace.id, of)?,
        None => None,
    };
    let files = origin.as_ref().map_or(&run.files, |of| &of.files);
    let context = Context {
        workspace: &here.workspace,
        files,
    };
    let wanted = contents
        .done
        .iter()
        .filter(|(kind, _)| shown.show.is_empty() || shown.show == kind.as_str());
    let wanted: Vec<(&OperationKind, &u64)> = wanted.collect();
    let (limit, after) = if wanted.len() == 1 {
        (MANY, shown.after)
    } else {
        (FEW, 0)
    };
    let mut groups = Vec::new();
    for (kind, count) in wanted {
        let entries =
            store.changes_page(&here.workspace, run.id, *kind, EmployeeId(after), limit)?;
        let mut ids: Vec<EmployeeId> = entries.iter().map(|entry| entry.employee).collect();
        ids.dedup();
        let people: BTreeMap<EmployeeId, Employee> = store
            .employees_by_ids(&here.workspace, &ids)?
            .into_iter()
            .map(|person| (person.id, person))
            .collect();
        let last = entries.last().map_or(0, |entry| entry.employee.0);
        groups.push(Group {
            name: kind.as_str().to_owned(),
            sign: sign(look_of(*kind), ""),
            title: word_of(words, *kind),
            count: number(*count),
            more: more(
                here,
                run.id.0,
                kind.as_str(),
                last,
                entries.len(),
                limit,
                *count,
            ),
            rows: entries
                .iter()
                .map(|entry| context.done(entry, &people))
                .collect(),
        });
    }
    Ok(Section {
        title: words.t("section-done"),
        after: words.t("column-after"),
        groups,
    })
}

fn is_shown(group: &OperationGroup, show: &str) -> bool {
    match show {
        "" => true,
        "held" => group.is_held,
        show if show.contains('.') => group_name(group) == show,
        show => group.kind.as_str() == show && !group.is_held,
    }
}

fn more(
    here: &Here,
    run: i64,
    name: &str,
    last: i64,
    shown: usize,
    limit: u32,
    count: u64,
) -> Option<(String, String)> {
    let left = count.saturating_sub(shown as u64);
    if shown < limit as usize || left == 0 {
        return None;
    }
    let root = workspace_path(&here.workspace.name);
    let after = if limit == MANY { last } else { 0 };
    let text = Frame::words().n("run-more", count);
    Some((format!("{root}/runs/{run}?show={name}&after={after}"), text))
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
            .filter(|group| group.kind == kind && !group.is_held);
        of_kind.map(|group| group.count).sum()
    };
    let chip = |name: &str, text: String, count: u64, sign: Markup| Chip {
        href: if name.is_empty() {
            root.clone()
        } else {
            format!("{root}?show={name}")
        },
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
        .filter(|group| group.is_held)
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
