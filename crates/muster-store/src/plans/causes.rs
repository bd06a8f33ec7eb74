//! The causes of a plan: which operations have the same kind and reason and, if they are updates, change the same fields.

use crate::{
    db::{connection::Store, error::StoreError},
    plans::{
        operations_page::{GroupsQuery, OperationGroup},
        plan::{OPERATION, StoredOperation, operation},
    },
};
use muster_core::model::{
    ids::RunId,
    plan::{OperationKind, Reason},
    workspace::Workspace,
};
use std::collections::{BTreeMap, BTreeSet};

/// What operations have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    pub kind: OperationKind,
    pub reason: Reason,
    /// Waits for a decision of its own.
    pub is_held: bool,
    /// The keys of the fields that change, for updates.
    pub fields: Vec<String>,
}

/// How many operations of a plan have a cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseCount {
    pub cause: Cause,
    pub operations: u64,
    /// Of these, those that are neither applied nor void.
    pub open: u64,
    /// The values before and after, if one field changes in the same way everywhere.
    pub change: Option<(Option<String>, Option<String>)>,
    /// The first operations.
    pub examples: Vec<StoredOperation>,
}

/// Which operations of a plan.
#[derive(Clone, Debug, Default)]
pub struct OperationsQuery {
    pub kind: Option<OperationKind>,
    pub cause: Option<Cause>,
    /// Only those that are neither applied nor void.
    pub is_open: bool,
    /// Only those after this number.
    pub after: i64,
    pub limit: u32,
}

const EXAMPLES: usize = 3;

impl Cause {
    /// The cause of an operation.
    pub fn of(stored: &StoredOperation, workspace: &Workspace) -> Self {
        let operation = &stored.operation;
        let fields: BTreeSet<&str> = match operation.kind {
            OperationKind::Update => operation
                .changes
                .iter()
                .map(|change| workspace.schema.changed(change.what))
                .collect(),
            _ => BTreeSet::new(),
        };
        Self {
            kind: operation.kind,
            reason: operation.reason,
            is_held: operation.held.is_some(),
            fields: fields.into_iter().map(str::to_owned).collect(),
        }
    }

    /// The name of the cause in its plan, such as `update.source.open.department`.
    pub fn name(&self) -> String {
        let state = if self.is_held { "held" } else { "open" };
        let mut name = format!("{}.{}.{state}", self.kind.as_str(), self.reason.as_str());
        for field in &self.fields {
            name.push('.');
            name.push_str(field);
        }
        name
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.split('.');
        Some(Self {
            kind: OperationKind::parse(parts.next()?)?,
            reason: Reason::parse(parts.next()?)?,
            is_held: match parts.next()? {
                "held" => true,
                "open" => false,
                _ => return None,
            },
            fields: parts.map(str::to_owned).collect(),
        })
    }
}

impl Store {
    /// The causes of a plan, in the order of the first operation of each.
    pub fn causes(&self, workspace: &Workspace, run: RunId) -> Result<Vec<CauseCount>, StoreError> {
        let (query, mut all) = (GroupsQuery::default(), Vec::new());
        for group in self.operation_groups(workspace, run, &query)? {
            if group.sort.kind == OperationKind::Update {
                all.extend(self.causes_of_updates(workspace, run, &group)?);
                continue;
            }
            let examples =
                self.operations_page(workspace, run, &group.sort, &query, 0, EXAMPLES as u32)?;
            all.push(CauseCount {
                cause: Cause {
                    kind: group.sort.kind,
                    reason: group.sort.reason,
                    is_held: group.sort.is_held,
                    fields: Vec::new(),
                },
                operations: group.count,
                open: group.open,
                change: None,
                examples,
            });
        }
        Ok(all)
    }

    fn causes_of_updates(
        &self,
        workspace: &Workspace,
        run: RunId,
        group: &OperationGroup,
    ) -> Result<Vec<CauseCount>, StoreError> {
        self.read("read the causes of the plan", |connection| {
            let held = if group.sort.is_held { "IS NOT NULL" } else { "IS NULL" };
            let mut statement = connection.prepare_cached(&format!(
                "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 AND kind = ?3 AND reason = ?4 AND held {held} \
                 ORDER BY number"
            ))?;
            let key = (
                workspace.id.0,
                run.0,
                group.sort.kind.as_str(),
                group.sort.reason.as_str(),
            );
            let mut rows = statement.query(key)?;
            let mut found: BTreeMap<Cause, CauseCount> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let stored = operation(row, &workspace.schema)?;
                let cause = Cause::of(&stored, workspace);
                match found.get_mut(&cause) {
                    Some(count) => count.add(stored),
                    None => {
                        found.insert(cause.clone(), CauseCount::first(cause, stored));
                    }
                }
            }
            let mut counts: Vec<CauseCount> = found.into_values().collect();
            counts.sort_by_key(|count| std::cmp::Reverse(count.operations));
            Ok(counts)
        })
    }

    /// The next operations of a plan, in order of their numbers.
    pub fn operations(
        &self,
        workspace: &Workspace,
        run: RunId,
        query: &OperationsQuery,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        self.read("read the operations of the plan", |connection| {
            let kind = query.kind.or(query.cause.as_ref().map(|cause| cause.kind));
            let decision = if query.is_open {
                " AND decision = 'open'"
            } else {
                ""
            };
            let mut statement = connection.prepare_cached(&format!(
                "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 AND (CAST(?3 AS TEXT) IS NULL OR kind = ?3) AND number > ?4{decision} \
                 ORDER BY number"
            ))?;
            let key = (
                workspace.id.0,
                run.0,
                kind.map(OperationKind::as_str),
                query.after,
            );
            let mut rows = statement.query(key)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let stored = operation(row, &workspace.schema)?;
                let is_wanted = |cause: &Cause| {
                    query.kind.is_none_or(|kind| kind == cause.kind)
                        && Cause::of(&stored, workspace) == *cause
                };
                if query.cause.as_ref().is_none_or(is_wanted) {
                    found.push(stored);
                }
                if found.len() >= query.limit as usize {
                    break;
                }
            }
            Ok(found)
        })
    }
}

impl CauseCount {
    fn first(cause: Cause, stored: StoredOperation) -> Self {
        Self {
            cause,
            operations: 1,
            open: u64::from(stored.is_open()),
            change: only_change(&stored),
            examples: vec![stored],
        }
    }

    fn add(&mut self, stored: StoredOperation) {
        self.operations += 1;
        self.open += u64::from(stored.is_open());
        if self.change.is_some() && self.change != only_change(&stored) {
            self.change = None;
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push(stored);
        }
    }
}

/// The value before and after, if one value changes.
fn only_change(stored: &StoredOperation) -> Option<(Option<String>, Option<String>)> {
    match stored.operation.changes.as_slice() {
        [only] => Some((only.old.clone(), only.new.clone())),
        _ => None,
    }
}
