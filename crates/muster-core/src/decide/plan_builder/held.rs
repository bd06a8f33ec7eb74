//! Operations on which a person must decide. Approving one does what its record would have done, to the employee as the
//! rest of the plan leaves them.

use super::PlanBuilder;
use crate::{
    decide::{
        applied, changes, departures,
        matching::{Matches, RecordMatch},
        propose::{create_changes, protected},
    },
    model::{
        employee::Employee,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        pin::Pin,
        plan::{Change, Changed, Operation, OperationKind, Reason, Who},
    },
    read::{
        normalise::fold_email,
        reading::{DraftState, Reading},
    },
};
use std::collections::HashMap;

/// What a held record would do, and the pins that speak against it.
struct Held {
    operation: Operation,
    pinned: Vec<(Pin, Option<String>)>,
    /// The employee would leave, but is protected.
    is_kept: bool,
}

/// A value that only one employee may have.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Email(String),
    ExternalId(String),
}

impl Key {
    fn new(field: FieldNumber, value: &str) -> Option<Self> {
        match field {
            canonical::EMAIL => Some(Self::Email(fold_email(value).into_owned())),
            canonical::EXTERNAL_ID => Some(Self::ExternalId(value.to_owned())),
            _ => None,
        }
    }
}

impl PlanBuilder<'_> {
    /// Holds a record.
    pub(super) fn hold(
        &mut self,
        reading: &Reading,
        matches: &Matches,
        position: u32,
        reason: Reason,
        employee: Option<EmployeeId>,
    ) {
        let origin = reading.drafts.get(position).origin;
        let candidates = self.candidates;
        let Some(employee) = employee.and_then(|id| candidates.get(id)) else {
            let operation = self.held_create(reading, position, reason);
            return self.plan.operations.push(operation);
        };
        let held = self.held(reading, matches, position, reason, employee);
        self.note_pins(employee, origin, held.pinned);
        if held.is_kept {
            self.problems.push(protected(employee).at(origin));
        }
        self.plan.operations.push(held.operation);
    }

    fn held(
        &self,
        reading: &Reading,
        matches: &Matches,
        position: u32,
        reason: Reason,
        employee: &Employee,
    ) -> Held {
        let draft = reading.drafts.get(position);
        let mut pinned = Vec::new();
        let mut is_kept = false;
        let mut operation = if draft.state == DraftState::NotSelected {
            departures::removal(employee, OperationKind::Deactivate, reason)
        } else {
            let mut amendment = self.compare(reading, matches, position, employee, reason);
            pinned = amendment.pinned;
            let mut kind = amendment.kind.unwrap_or(OperationKind::Update);
            is_kept = kind.is_removal() && employee.protected;
            if is_kept {
                amendment
                    .changes
                    .retain(|change| change.what != Changed::Status);
                kind = OperationKind::Update;
            }
            Operation {
                changes: amendment.changes,
                kind,
                ..departures::removal(employee, kind, reason)
            }
        };
        operation.draft = Some(position);
        operation.origin = Some(draft.origin);
        operation.held = Some(reason);
        let is_pinned = employee.is_pinned(self.calendar.today);
        operation.fingerprint = (!is_pinned).then_some(draft.fingerprint);
        operation.takes_ownership = reason == Reason::TakeOver || employee.owner.is_none();
        Held {
            operation,
            pinned,
            is_kept,
        }
    }

    /// A new employee. A stored plan has nothing but the operation: approving it must create the whole employee.
    fn held_create(&self, reading: &Reading, position: u32, reason: Reason) -> Operation {
        let (draft, facts) = (reading.drafts.get(position), reading.drafts.facts(position));
        let status = changes::first_status(facts, self.calendar).map(|status| Change {
            what: Changed::Status,
            old: None,
            new: Some(status.as_str().to_owned()),
            reason,
        });
        let values = create_changes(facts, self.setup.defaults().as_ref());
        Operation {
            kind: OperationKind::Create,
            employee: None,
            revision: 0,
            draft: Some(position),
            origin: Some(draft.origin),
            reason,
            changes: status.into_iter().chain(values).collect(),
            who: Who::of_record(facts),
            held: Some(reason),
            fingerprint: Some(draft.fingerprint),
            takes_ownership: true,
        }
    }

    /// Holds operations that need an address or id which only a held operation would free, and those that need what they
    /// would free in turn.
    pub(crate) fn hold_dependents(&mut self, reading: &Reading) {
        if self.plan.operations.iter().all(|one| one.held.is_none()) {
            return;
        }
        loop {
            let freed = self.freed_by_held();
            let needs = |field: FieldNumber, value: Option<&str>| {
                let key = Key::new(field, value?)?;
                freed.get(&key).copied()
            };
            let operations = self.plan.operations.iter().enumerate();
            let mut dependent = operations
                .filter(|(_, operation)| operation.held.is_none())
                .filter_map(|(at, operation)| {
                    let reason = operation
                        .changes
                        .iter()
                        .find_map(|change| match change.what {
                            Changed::Field(field) => needs(field, change.new.as_deref()),
                            _ => None,
                        });
                    Some((at, reason?))
                });
            if let Some((at, reason)) = dependent.next() {
                self.hold_operation(at, reason);
                continue;
            }
            let mut creates = self.plan.creates.iter().enumerate();
            let dependent = creates.find_map(|(at, create)| {
                let facts = reading.drafts.facts(create.draft);
                let reason = facts
                    .iter()
                    .find_map(|(field, fact)| needs(field, fact.value()));
                Some((at, reason?))
            });
            let Some((at, reason)) = dependent else {
                return;
            };
            let create = self.plan.creates.remove(at);
            self.counts.created -= 1;
            self.counts.held += 1;
            let operation = self.held_create(reading, create.draft, reason);
            self.plan.operations.push(operation);
        }
    }

    fn hold_operation(&mut self, at: usize, reason: Reason) {
        let operation = &mut self.plan.operations[at];
        operation.held = Some(reason);
        match operation.kind {
            OperationKind::Reactivate => self.counts.reactivated -= 1,
            kind if kind.is_removal() => self.counts.deactivated -= 1,
            _ => self.counts.updated -= 1,
        }
        self.counts.held += 1;
        if let Some(id) = operation.employee {
            self.amended.remove(&id);
        }
    }

    /// The keys that only held operations give up.
    fn freed_by_held(&self) -> HashMap<Key, Reason> {
        let given_up = |operation: &Operation| {
            let keys = operation.changes.iter().filter_map(|change| {
                let Changed::Field(field) = change.what else {
                    return None;
                };
                let (old, new) = (change.old.as_deref()?, change.new.as_deref());
                let key = Key::new(field, old)?;
                (new.and_then(|new| Key::new(field, new)).as_ref() != Some(&key)).then_some(key)
            });
            keys.collect::<Vec<_>>()
        };
        let operations = || self.plan.operations.iter();
        let mut freed = HashMap::new();
        for operation in operations() {
            if let Some(reason) = operation.held {
                freed.extend(given_up(operation).into_iter().map(|key| (key, reason)));
            }
        }
        let applied = operations().filter(|operation| operation.held.is_none());
        for key in applied.flat_map(given_up) {
            freed.remove(&key);
        }
        freed
    }

    /// Computes once more what is held of employees that the rest of the plan changes, by a date that is due or a pin
    /// that has expired: an approval that came after that change would be void.
    pub(crate) fn rest_on_applied(&mut self, reading: &Reading, matches: &Matches) {
        let is_applied = |operation: &&Operation| operation.held.is_none();
        let applied = self.plan.operations.iter().filter(is_applied);
        let mut after: HashMap<EmployeeId, Employee> = applied
            .filter(|operation| !operation.changes.is_empty())
            .filter_map(|operation| {
                let employee = self.candidates.get(operation.employee?)?;
                Some((employee.id, self.after(employee, operation)))
            })
            .collect();
        let is_concerned = |operation: &Operation| {
            let employee = operation.employee;
            operation.held.is_some() && employee.is_some_and(|id| after.contains_key(&id))
        };
        if !self.plan.operations.iter().any(is_concerned) {
            return;
        }
        let (concerned, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.plan.operations)
            .into_iter()
            .partition(is_concerned);
        self.plan.operations = rest;
        for operation in concerned {
            let employee = operation.employee.and_then(|id| after.get_mut(&id));
            let Some(employee) = employee else { continue };
            let operation = self.held_after(reading, matches, operation, employee);
            self.plan.operations.extend(operation);
        }
    }

    /// The employee as an operation leaves them.
    fn after(&self, employee: &Employee, operation: &Operation) -> Employee {
        let mut after = applied::after(employee, operation);
        if operation.takes_ownership {
            after.owner = self.roster.integration;
        }
        after
    }

    /// What is held of an employee as the rest of the plan leaves them; none: nothing is left of it.
    fn held_after(
        &mut self,
        reading: &Reading,
        matches: &Matches,
        operation: Operation,
        employee: &Employee,
    ) -> Option<Operation> {
        let Some(position) = operation.draft else {
            return Some(Operation {
                revision: employee.revision,
                ..operation
            });
        };
        let is_removed = !employee.status.is_employed();
        match matches.records[position as usize] {
            RecordMatch::Held(reason, _) => {
                let state = reading.drafts.get(position).state;
                if state == DraftState::NotSelected && is_removed {
                    self.counts.held -= 1;
                    self.counts.excluded += 1;
                    return None;
                }
                let held = self.held(reading, matches, position, reason, employee);
                Some(held.operation)
            }
            RecordMatch::Known(_, matched)
                if reading.drafts.get(position).state == DraftState::Candidate =>
            {
                let amendment = self.compare(reading, matches, position, employee, matched);
                let Some(kind) = amendment.kind else {
                    // What the record states has come about without it.
                    self.counts.held -= 1;
                    self.counts.unchanged += 1;
                    return None;
                };
                Some(Operation {
                    kind,
                    revision: employee.revision,
                    reason: amendment.reason,
                    changes: amendment.changes,
                    ..operation
                })
            }
            _ if is_removed => {
                self.counts.held -= 1;
                self.counts.excluded += 1;
                None
            }
            _ => Some(Operation {
                revision: employee.revision,
                ..operation
            }),
        }
    }
}
