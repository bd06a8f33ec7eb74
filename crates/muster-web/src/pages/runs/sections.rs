//! The operations of a plan and the changes of a run as they are listed: filtered, searched, grouped, page by page.

use super::{
    head::Recorded,
    operations::{Context, Group, sort_name, sort_title},
    run::Contents,
};
use crate::{
    access::Here,
    pages::{
        frame::{Frame, segment, workspace_path},
        parts::{Link, look_of, sign, word_of},
    },
    state::App,
    wording::number,
};
use muster_core::model::{employee::Employee, ids::EmployeeId, plan::OperationKind};
use muster_store::{GroupsQuery, OperationGroup, StoreError};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of each sort where all sorts are shown, and where one is.
const FEW: u32 = 10;
const MANY: u32 = 50;
/// Sorts of which rows are shown at once: each takes a statement.
const MOST_GROUPS: usize = 12;
/// A longer search is cut off.
const LONGEST_SEARCH: usize = 200;

pub(crate) struct Section {
    pub(crate) title: String,
    /// The heading of the new values.
    pub(crate) after: String,
    /// Whether its rows can be ticked.
    pub(crate) has_ticks: bool,
    pub(crate) groups: Vec<Group>,
}

/// What is chosen in the address.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Shown {
    /// A kind (`deactivate`), a sort (`deactivate.missing.0`), `held`, or nothing.
    #[serde(default)]
    pub(crate) show: String,
    #[serde(default)]
    pub(crate) after: i64,
    /// `change`, or nothing: by what happens and why.
    #[serde(default)]
    pub(crate) by: String,
    /// What is searched.
    #[serde(default)]
    pub(crate) q: String,
}

impl Shown {
    pub(crate) fn is_by_change(&self) -> bool {
        self.by == "change"
    }

    pub(crate) fn is_filtered(&self) -> bool {
        !self.show.is_empty() || !self.q.trim().is_empty()
    }

    fn search(&self) -> String {
        self.q.trim().chars().take(LONGEST_SEARCH).collect()
    }

    /// The address of the same view of another part.
    pub(crate) fn address(&self, root: &str, show: &str, after: i64) -> String {
        let after = if after > 0 {
            after.to_string()
        } else {
            String::new()
        };
        let parts = [
            ("show", show),
            ("by", self.by.as_str()),
            ("q", self.q.trim()),
            ("after", after.as_str()),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", segment(value)))
            .collect();
        if parts.is_empty() {
            root.to_owned()
        } else {
            format!("{root}?{}", parts.join("&"))
        }
    }
}

pub(super) fn planned(
    app: &App,
    here: &Here,
    recorded: &Recorded,
    contents: &Contents,
    shown: &Shown,
    has_ticks: bool,
) -> Result<Section, StoreError> {
    let (words, run, search) = (Frame::words(), &recorded.run, shown.search());
    let query = GroupsQuery {
        by_change: shown.is_by_change(),
        search: Some(search.as_str()),
    };
    let files = app.store.files_of_origins(here.workspace.id, run)?;
    let context = Context {
        sentences: app.web.sentences,
        workspace: &here.workspace,
        files: &files,
        changed: &contents.changed,
    };
    let found = match contents.groups.is_empty() {
        true => Vec::new(),
        false => app
            .store
            .operation_groups(&here.workspace, run.id, &query)?,
    };
    let wanted = found.iter().filter(|group| is_shown(group, &shown.show));
    let wanted: Vec<&OperationGroup> = wanted.take(MOST_GROUPS).collect();
    let (limit, after) = page_of(wanted.len(), shown);
    let mut groups = Vec::new();
    for group in wanted {
        let sort = &group.sort;
        let stored =
            app.store
                .operations_page(&here.workspace, run.id, sort, &query, after, limit)?;
        let last = stored.last().map_or(0, |stored| stored.number);
        let name = sort_name(sort);
        let can_approve = has_ticks && group.open > 0 && search.is_empty();
        groups.push(Group {
            sign: sign(look_of(sort.kind), ""),
            title: sort_title(words, app.web.sentences, &here.workspace, sort),
            count: number(group.count),
            approve: can_approve.then(|| {
                let address = format!("{}/approve?choice=sort&sort={name}", root(here, recorded));
                Link::new(address, words.n("decide-approve-these", group.open))
            }),
            more: more(
                here,
                recorded,
                shown,
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
        has_ticks,
        groups,
    })
}

pub(super) fn done(
    app: &App,
    here: &Here,
    recorded: &Recorded,
    contents: &Contents,
    shown: &Shown,
) -> Result<Section, StoreError> {
    let (words, run, store) = (Frame::words(), &recorded.run, &app.store);
    let files = store.files_of_origins(here.workspace.id, run)?;
    let context = Context {
        sentences: app.web.sentences,
        workspace: &here.workspace,
        files: &files,
        changed: &BTreeSet::new(),
    };
    let wanted = contents
        .done
        .iter()
        .filter(|(kind, _)| shown.show.is_empty() || shown.show == kind.as_str());
    let wanted: Vec<(&OperationKind, &u64)> = wanted.collect();
    let (limit, after) = page_of(wanted.len(), shown);
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
        let name = kind.as_str();
        groups.push(Group {
            name: name.to_owned(),
            sign: sign(look_of(*kind), ""),
            title: word_of(words, *kind),
            count: number(*count),
            approve: None,
            more: more(
                here,
                recorded,
                shown,
                name,
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
        has_ticks: false,
        groups,
    })
}

/// How many rows of each group, and after which.
fn page_of(groups: usize, shown: &Shown) -> (u32, i64) {
    if groups == 1 {
        (MANY, shown.after)
    } else {
        (FEW, 0)
    }
}

fn root(here: &Here, recorded: &Recorded) -> String {
    let workspace = workspace_path(&here.workspace.name);
    format!("{workspace}/runs/{}", recorded.run.id)
}

fn is_shown(group: &OperationGroup, show: &str) -> bool {
    match show {
        "" => true,
        "held" => group.sort.is_held,
        show if show.contains('.') => sort_name(&group.sort) == show,
        show => group.sort.kind.as_str() == show && !group.sort.is_held,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "one link, put together in one place"
)]
fn more(
    here: &Here,
    recorded: &Recorded,
    shown: &Shown,
    name: &str,
    last: i64,
    rows: usize,
    limit: u32,
    count: u64,
) -> Option<(String, String)> {
    let left = count.saturating_sub(rows as u64);
    if rows < limit as usize || left == 0 {
        return None;
    }
    let after = if limit == MANY { last } else { 0 };
    let address = shown.address(&root(here, recorded), name, after);
    Some((address, Frame::words().n("run-more", count)))
}
