//! Which employees a delivery has: an employee that a record names is not missing, also if the record is rejected.

use super::{MatchContext, Matches, RecordMatch};
use crate::{
    decide::candidates::Candidates,
    model::{
        employee::Employee, facts::FactsRef, field::canonical, ids::EmployeeId, origin::Origin,
    },
    read::{reading::Reading, roster::Roster},
};
use std::collections::HashSet;

/// The employees that some record of the delivery names. A record that is not used may be about the employee
/// with its id as well as about the one with its address.
pub(crate) fn present<'r>(
    reading: &'r Reading,
    context: &MatchContext<'r>,
    matches: &Matches,
) -> Present<'r> {
    let mut named: HashSet<EmployeeId> = HashSet::new();
    for (at, found) in (0..).zip(&matches.records) {
        match found {
            RecordMatch::Known(id, _) => {
                named.insert(*id);
            }
            RecordMatch::Held(_, one) | RecordMatch::Rejected(one) => {
                let facts = reading.drafts.facts(at);
                let holders = key_holders(facts, context.candidates).map(|employee| employee.id);
                named.extend(holders.chain(*one));
            }
            RecordMatch::New | RecordMatch::Superseded => {}
        }
    }
    Present {
        roster: context.roster,
        seen: &reading.seen,
        named,
    }
}

/// The employee with the id of a record, and the one with its address.
pub(crate) fn key_holders<'k>(
    facts: FactsRef<'_>,
    candidates: &'k Candidates,
) -> impl Iterator<Item = &'k Employee> {
    let by_id = facts
        .value(canonical::EXTERNAL_ID)
        .and_then(|id| candidates.by_external_id(id));
    let by_email = facts
        .value(canonical::EMAIL)
        .and_then(|email| candidates.by_email(email));
    by_id.into_iter().chain(by_email)
}

/// The employees in a delivery.
pub(crate) struct Present<'r> {
    roster: &'r Roster,
    seen: &'r [Option<Origin>],
    named: HashSet<EmployeeId>,
}

impl Present<'_> {
    /// Whether the employee at a position of the roster has an unchanged record.
    pub(crate) fn at(&self, position: usize) -> bool {
        self.seen[position].is_some()
    }

    /// Whether a record that was looked at names the employee.
    pub(crate) fn named(&self, employee: EmployeeId) -> bool {
        self.named.contains(&employee)
    }

    /// Counts the employee as present although no record names them by a key.
    pub(crate) fn keep(&mut self, employee: EmployeeId) {
        self.named.insert(employee);
    }

    /// Whether any record names the employee.
    pub(crate) fn has(&self, employee: EmployeeId) -> bool {
        self.named(employee)
            || self
                .roster
                .position(employee)
                .is_some_and(|position| self.at(position))
    }
}
