//! Dates of which it is in doubt whether day or month comes first.
//!
//! A date that could be read both ways and differs from the stored one counts as absent. A new employee cannot
//! be compared with anything, so that their record is held.

use crate::{
    decide::{
        candidates::Candidates,
        matching::{Matches, RecordMatch},
    },
    model::{
        code::Code,
        employee::Employee,
        facts::{Fact, FactsRef},
        field::{FieldNumber, canonical},
        plan::Reason,
        problem::{
            Problem, Severity,
            value::{Detail, Remedy},
        },
    },
    read::{
        normalise::reads_both_ways,
        reading::{DraftState, Reading},
    },
    setup::policy::MatchBy,
};
use std::collections::HashSet;

/// The drafts that have such dates.
#[derive(Debug, Default)]
pub(crate) struct InDoubt {
    /// Drafts without the dates that count as absent: their records are looked at in full next time.
    pub(crate) incomplete: HashSet<u32>,
    /// Drafts about nobody who is known.
    pub(crate) new: HashSet<u32>,
    /// How many values of each format count as absent.
    ignored: Vec<u64>,
}

/// Leaves the dates out that count as absent.
pub(crate) fn resolve(
    reading: &mut Reading,
    candidates: &Candidates,
    match_by: MatchBy,
) -> InDoubt {
    let formats = std::mem::take(&mut reading.doubtful_dates);
    let mut found = InDoubt {
        ignored: vec![0; formats.len()],
        ..InDoubt::default()
    };
    let positions = if formats.is_empty() {
        0
    } else {
        reading.drafts.len() as u32
    };
    for position in 0..positions {
        if reading.drafts.get(position).state == DraftState::Superseded {
            continue;
        }
        let facts = reading.drafts.facts(position);
        let employee = named(facts, candidates, match_by);
        let mut absent: Vec<FieldNumber> = Vec::new();
        for (format, ignored) in formats.iter().zip(&mut found.ignored) {
            for (field, fact) in facts.iter() {
                if format.fields.contains(&field) && is_in_doubt(field, fact, employee) {
                    absent.push(field);
                    *ignored += u64::from(employee.is_some());
                }
            }
        }
        if absent.is_empty() {
            continue;
        }
        if employee.is_none() {
            found.new.insert(position);
            continue;
        }
        found.incomplete.insert(position);
        reading
            .drafts
            .retain(position, |field| !absent.contains(&field));
    }
    reading.doubtful_dates = formats;
    found
}

fn is_in_doubt(field: FieldNumber, fact: Fact<'_>, employee: Option<&Employee>) -> bool {
    let stored = employee.and_then(|employee| employee.value(field));
    fact.value()
        .is_some_and(|date| Some(date) != stored && reads_both_ways(date))
}

/// The employee whose id, else whose address, a record has.
fn named<'k>(
    facts: FactsRef<'_>,
    candidates: &'k Candidates,
    match_by: MatchBy,
) -> Option<&'k Employee> {
    let by_id = facts
        .value(canonical::EXTERNAL_ID)
        .filter(|_| match_by != MatchBy::Email)
        .and_then(|id| candidates.by_external_id(id));
    let by_email = || {
        facts
            .value(canonical::EMAIL)
            .filter(|_| match_by != MatchBy::ExternalId)
            .and_then(|email| candidates.by_email(email))
    };
    by_id.or_else(by_email)
}

impl InDoubt {
    /// Holds the records of new employees whose dates are in doubt, and counts them.
    pub(crate) fn hold_new(&self, reading: &Reading, matches: &mut Matches) -> u64 {
        let mut held = 0;
        for position in &self.new {
            let is_candidate = reading.drafts.get(*position).state == DraftState::Candidate;
            let found = &mut matches.records[*position as usize];
            if is_candidate && *found == RecordMatch::New {
                *found = RecordMatch::Held(Reason::DateOrderInDoubt, None);
                held += 1;
            }
        }
        held
    }

    /// One warning for each format. `held`: new employees whose record is held because of it.
    pub(crate) fn problems(&self, reading: &Reading, held: u64) -> Vec<Problem> {
        let problem = |(dates, ignored): (&crate::read::reading::DoubtfulDates, &u64)| {
            Problem::new(
                Code::DateOrderInDoubt,
                Severity::Warning,
                Detail::DateOrderInDoubt {
                    format: dates.format.clone(),
                    configured: dates.configured,
                    exchanged: dates.exchanged,
                    ignored: *ignored,
                    held,
                },
                Remedy::CorrectDateOrder,
            )
        };
        reading
            .doubtful_dates
            .iter()
            .zip(&self.ignored)
            .map(problem)
            .collect()
    }
}
