//! What a run proposes: the plan, the verdict of the guards, and what it was based on. A value that a
//! person can read, a test can compare and a guard can refuse. Applying it chooses nothing.

use crate::{
    decide::{guard::Finding, propose::create_changes},
    model::{
        company::CompanyEnd,
        employee::Status,
        facts::Facts,
        field::Schema,
        ids::EmployeeId,
        origin::Origin,
        pin::{Pin, PinNotice},
        plan::{Change, Changed, OperationKind, Plan, Reason, Who},
        problem::lifecycle::UnconfirmedStart,
    },
    read::{
        reading::{FieldFill, Problems, Reading},
        roster::Fingerprint,
    },
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeSet};

/// Whether a plan may be applied without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Go,
    /// The whole plan waits for a person.
    Hold,
    /// Only removals wait; the rest may be applied (`on_guard = "hold_removals"`).
    HoldRemovals,
}

/// How many records ended in each disposition. `read` is the sum of all but `missing`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Counts {
    pub read: u64,
    pub created: u64,
    pub updated: u64,
    pub reactivated: u64,
    pub deactivated: u64,
    pub unchanged: u64,
    pub excluded: u64,
    pub superseded: u64,
    pub held: u64,
    pub rejected: u64,
    /// People deactivated although no record named them (missing, or a date that came due).
    pub missing: u64,
    /// People activated or deactivated because a date came due, without a record.
    pub due: u64,
}

impl Counts {
    /// Counts what an operation does to its person.
    pub fn add(&mut self, kind: OperationKind) {
        *match kind {
            OperationKind::Create => &mut self.created,
            OperationKind::Update | OperationKind::Activate => &mut self.updated,
            OperationKind::Reactivate => &mut self.reactivated,
            OperationKind::Deactivate | OperationKind::Delete => &mut self.deactivated,
        } += 1;
    }

    /// Whether every record ended in exactly one disposition.
    pub fn balance(&self) -> bool {
        self.read
            == self.created
                + self.updated
                + self.reactivated
                + self.deactivated
                + self.unchanged
                + self.excluded
                + self.superseded
                + self.held
                + self.rejected
    }
}

/// Everything that settling needs; see [`crate::model::plan`] for the operations.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub plan: Plan,
    /// May it be applied?
    pub verdict: Verdict,
    /// Why not, if not.
    pub findings: Vec<Finding>,
    /// What became of the records.
    pub counts: Counts,
    /// What is wrong with records.
    pub problems: Problems,
    /// Fill of each mapped field, for the next run's guards.
    pub fills: Vec<FieldFill>,
    /// Workspace revision that the roster had.
    pub revision: i64,
    /// People whose record was looked at in full but changes nothing: their new fingerprint.
    pub refreshed: Vec<(EmployeeId, Fingerprint)>,
    /// Pinned fields of which the source says something else.
    pub pins: Vec<PinNotice>,
    /// Pins that the plan sets.
    pub new_pins: Vec<(EmployeeId, Pin)>,
    /// People that a complete delivery missed, with how often in a row (0: seen again).
    pub missed: Vec<(EmployeeId, u16)>,
    /// Doubts about starts of scheduled employees that arise, or end (`None`), with this.
    pub unconfirmed_starts: Vec<(EmployeeId, Option<UnconfirmedStart>)>,
    /// Onboarding dates of active employees that are ignored from now on, or no longer (`None`).
    pub ignored_starts: Vec<(EmployeeId, Option<String>)>,
    /// The drafts that the plan's creates point into.
    pub reading: Reading,
    /// What every created person gets where the record says nothing (the workspace's language).
    pub defaults: Facts,
    /// Groups that the plan needs and that do not exist yet (`unknown_group = "create"`).
    pub new_groups: Vec<String>,
    /// Companies that get another last day.
    pub company_ends: Vec<CompanyEnd>,
    /// Employees whose departure is expected: their end date was stored more than a week ago.
    pub announced: BTreeSet<EmployeeId>,
}

impl Proposal {
    /// A proposal that does not come from a delivery: a sweep or an undo.
    pub fn of_plan(plan: Plan, counts: Counts, problems: Problems, revision: i64) -> Self {
        Self {
            plan,
            verdict: Verdict::Go,
            findings: Vec::new(),
            counts,
            problems,
            fills: Vec::new(),
            revision,
            refreshed: Vec::new(),
            pins: Vec::new(),
            new_pins: Vec::new(),
            missed: Vec::new(),
            unconfirmed_starts: Vec::new(),
            ignored_starts: Vec::new(),
            reading: Reading::empty(),
            defaults: Facts::default(),
            new_groups: Vec::new(),
            company_ends: Vec::new(),
            announced: BTreeSet::new(),
        }
    }

    /// Every operation as a person or a program reads it, numbered from 1.
    pub fn views(&self) -> impl Iterator<Item = OperationView<'_>> {
        self.create_views().chain(self.operation_views())
    }

    /// The views of new employees, which come first.
    pub fn create_views(&self) -> impl Iterator<Item = OperationView<'_>> {
        let creates = self.plan.creates.iter().map(|create| {
            let facts = self.reading.drafts.facts(create.draft);
            OperationView {
                number: 0,
                kind: OperationKind::Create,
                employee: None,
                revision: 0,
                origin: Some(self.reading.drafts.get(create.draft).origin),
                reason: Reason::NewPerson,
                status: Some(create.status),
                who: Cow::Owned(Who::of_record(facts)),
                changes: Cow::Owned(create_changes(facts, self.defaults.as_ref())),
                held: None,
                fingerprint: Some(self.reading.drafts.get(create.draft).fingerprint),
                takes_ownership: true,
            }
        });
        creates
            .zip(1..)
            .map(|(view, number)| OperationView { number, ..view })
    }

    /// The views of all operations but new employees.
    pub fn operation_views(&self) -> impl Iterator<Item = OperationView<'_>> {
        let first = self.plan.creates.len() as u32 + 1;
        let others = self.plan.operations.iter().map(|operation| {
            let held_create = operation.kind == OperationKind::Create;
            let facts = operation
                .draft
                .map(|draft| self.reading.drafts.facts(draft));
            let changes = match facts {
                Some(facts) if held_create => {
                    Cow::Owned(create_changes(facts, self.defaults.as_ref()))
                }
                _ => Cow::Borrowed(operation.changes.as_slice()),
            };
            OperationView {
                number: 0,
                kind: operation.kind,
                employee: operation.employee,
                revision: operation.revision,
                origin: operation.origin,
                reason: operation.reason,
                status: held_create.then(|| first_status(&operation.changes)),
                who: Cow::Borrowed(&operation.who),
                changes,
                held: operation.held,
                fingerprint: operation.fingerprint,
                takes_ownership: operation.takes_ownership,
            }
        });
        others
            .zip(first..)
            .map(|(view, number)| OperationView { number, ..view })
    }

    /// Hash of the operations in hexadecimal: the same delivery, directory and day give the same.
    pub fn hash(&self, schema: &Schema) -> String {
        let mut hasher = blake3::Hasher::new();
        for view in self.views() {
            let changes: Vec<_> = view
                .changes
                .iter()
                .map(|c| (schema.changed(c.what), &c.old, &c.new, c.reason))
                .collect();
            let said = (
                view.number,
                view.kind,
                view.employee,
                view.revision,
                view.reason,
                view.status,
                view.held,
            );
            let text = serde_json::to_vec(&(said, view.who.as_ref(), view.origin, changes))
                .unwrap_or_default();
            hasher
                .update(&(text.len() as u64).to_le_bytes())
                .update(&text);
        }
        if !self.company_ends.is_empty() {
            hasher.update(&serde_json::to_vec(&self.company_ends).unwrap_or_default());
        }
        hasher.finalize().to_hex()[..16].to_owned()
    }

    /// Whether settling it would change nothing that people see.
    pub fn is_empty(&self) -> bool {
        self.plan.is_empty() && self.company_ends.is_empty()
    }
}

/// The status that a single operation gives to a new employee.
fn first_status(changes: &[Change]) -> Status {
    let status = changes.iter().find(|change| change.what == Changed::Status);
    status
        .and_then(|change| Status::parse(change.new.as_deref()?))
        .unwrap_or(Status::Active)
}

/// One operation, whether it waits in memory as a create or as a full operation.
#[derive(Clone, Debug)]
pub struct OperationView<'p> {
    /// Position in the plan, from 1: the operation's id.
    pub number: u32,
    pub kind: OperationKind,
    /// The person; none for a create.
    pub employee: Option<EmployeeId>,
    /// The revision of the person that this was computed from; 0 for a create.
    pub revision: i64,
    /// The record that causes it; none: a rule or a date does.
    pub origin: Option<Origin>,
    pub reason: Reason,
    /// The status that a created person gets.
    pub status: Option<Status>,
    /// How the person is named.
    pub who: Cow<'p, Who>,
    /// Old and new values.
    pub changes: Cow<'p, [Change]>,
    /// A person must decide on this operation even if the rest is applied.
    pub held: Option<Reason>,
    /// What the integration has then said of the person.
    pub fingerprint: Option<Fingerprint>,
    /// Whether the integration becomes the person's owner with this.
    pub takes_ownership: bool,
}
