//! Decides which employee each record is about: the matching table, and conflicts between records.

mod date_conflicts;
pub(crate) mod evidence;
mod key_table;
mod names_and_birthday;
mod one_record;
mod presence;
pub(crate) mod problems;
mod unique_values;

pub(crate) use one_record::rejected_subject;
pub(crate) use presence::{Present, key_holders, present};

use crate::{
    decide::{candidates::Candidates, changes},
    model::{
        calendar::Calendar,
        facts::FactsRef,
        field::{Schema, canonical},
        ids::EmployeeId,
        plan::Reason,
    },
    read::{
        reading::{DraftState, Reading},
        roster::Roster,
    },
    setup::policy::{MatchBy, Policy},
};
use std::collections::HashSet;

/// What one record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordMatch {
    /// A known employee.
    Known(EmployeeId, Reason),
    /// A new employee.
    New,
    /// A person must decide; the employee is the one it may be about.
    Held(Reason, Option<EmployeeId>),
    /// It cannot be used; it still proves that the employee is present.
    Rejected(Option<EmployeeId>),
    /// A newer file or another record of the same file says it.
    Superseded,
}

/// What every record is about, by position of its draft.
#[derive(Debug, Default)]
pub(crate) struct Matches {
    pub(crate) records: Vec<RecordMatch>,
    /// Records that end an employment and whose address belongs to another employee: it is not used.
    pub(crate) without_address: HashSet<u32>,
    /// Unchanged records that turned out to have a duplicate.
    pub(crate) unchanged_lost: u64,
    /// Unchanged records of which a newer file has another version.
    pub(crate) unchanged_superseded: u64,
}

/// What matching looks at.
pub(crate) struct MatchContext<'a> {
    pub(crate) candidates: &'a Candidates,
    pub(crate) roster: &'a Roster,
    pub(crate) policy: &'a Policy,
    pub(crate) schema: &'a Schema,
    pub(crate) calendar: Calendar,
}

impl MatchContext<'_> {
    /// Whether a record says that the employment has ended.
    pub(crate) fn has_ended(&self, facts: FactsRef<'_>) -> bool {
        facts
            .value(canonical::OFFBOARDING_DATE)
            .and_then(changes::day)
            .is_some_and(|day| self.calendar.has_ended(day))
    }
}

/// Matches every record. Records that are rejected here get a problem in the reading.
///
/// `without_address` are the records that duplicates left without theirs.
pub(crate) fn match_records(
    reading: &mut Reading,
    context: &MatchContext<'_>,
    without_address: HashSet<u32>,
) -> Matches {
    let mut matches = Matches {
        records: Vec::with_capacity(reading.drafts.len()),
        without_address,
        ..Matches::default()
    };
    let mut problems = Vec::new();
    for (position, draft) in reading.drafts.iter() {
        let facts = reading.drafts.facts(position);
        let found = match draft.state {
            DraftState::Superseded => RecordMatch::Superseded,
            DraftState::Rejected => {
                RecordMatch::Rejected(key_table::named(facts, context).map(|employee| employee.id))
            }
            DraftState::NotSelected => key_table::not_selected(facts, context),
            DraftState::Undecided => match key_table::named_own(facts, context) {
                Some(employee) => RecordMatch::Known(employee.id, Reason::Deselected),
                None => RecordMatch::New,
            },
            DraftState::Candidate => Ok(RecordMatch::New)
                .and_then(|found| match context.candidates.is_empty() {
                    true => Ok(found),
                    false => key_table::look_up(facts, context),
                })
                .and_then(|found| date_conflicts::check(found, facts, context))
                .unwrap_or_else(|(employee, problem)| {
                    problems.push(problem.at(draft.origin));
                    RecordMatch::Rejected(employee)
                }),
        };
        matches.records.push(found);
    }
    if !context.candidates.is_empty() {
        names_and_birthday::ids_left_by_their_holders(reading, context, &mut matches);
        names_and_birthday::newcomers_on_passed_on_addresses(reading, context, &mut matches);
        let subjects = one_record::settle(reading, context, &mut matches, &mut problems);
        names_and_birthday::holders_with_their_own_record(reading, context, &mut matches);
        let claimants = unique_values::Claimants {
            reading,
            context,
            subjects: &subjects,
        };
        claimants.addresses(&mut matches, &mut problems);
        if context.policy.match_by == MatchBy::Email {
            claimants.ids(&mut matches, &mut problems);
        }
        names_and_birthday::probable_email_changes(reading, context, &mut matches);
    }
    for problem in problems {
        reading.problems.push(problem);
    }
    matches
}
