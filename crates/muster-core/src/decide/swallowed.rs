//! Finds records that have swallowed the row of an employee that no other record names.
//!
//! The filter noted what could be a match key inside values on several lines; who is missing is known only
//! when all records are. An employee who left and is mentioned at the start of a line looks the same, so the
//! record is rejected rather than read in another way.

use crate::{
    decide::candidates::Candidates,
    model::{employee::Employee, field::canonical, origin::Origin, problem::shown},
    read::{
        normalise::fold_email,
        reading::{Completeness, DraftState, PartialReason, Reading},
        roster::Roster,
        swallowed::{self, Lines, Mention, address_hash, id_hash},
    },
    setup::policy::MatchBy,
};
use std::collections::HashMap;

/// Rejects such records and marks their files as doubtful. Does nothing where no employee is missing.
pub(crate) fn reject(reading: &mut Reading, candidates: &Candidates, roster: &Roster, by: MatchBy) {
    if reading.mentions.is_empty() {
        return;
    }
    let mentions: HashMap<u64, Mention> = std::mem::take(&mut reading.mentions)
        .into_iter()
        .map(|mention| (mention.hash, mention))
        .collect();
    let mut found = Vec::new();
    for employee in candidates
        .iter()
        .filter(|employee| is_missing(employee, roster, reading))
    {
        for key in keys(employee, by) {
            if let Some(mention) = mentions.get(&key.hash())
                && !is_named(&key, mention.origin, reading)
            {
                found.push((mention.origin, mention.lines, key.text().to_owned()));
                break;
            }
        }
    }
    found.sort_by_key(|(origin, lines, _)| (*origin, lines.inner));
    found.dedup_by_key(|(origin, ..)| *origin);
    for (origin, lines, key) in found {
        reject_record(reading, origin, lines, &key);
    }
}

/// A match key of an employee.
enum Key<'e> {
    Id(&'e str),
    Address(&'e str),
}

impl Key<'_> {
    fn hash(&self) -> u64 {
        match self {
            Self::Id(id) => id_hash(id),
            Self::Address(address) => address_hash(address),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::Address(text) => text,
        }
    }
}

fn keys(employee: &Employee, by: MatchBy) -> impl Iterator<Item = Key<'_>> {
    let id = employee.external_id().filter(|_| by != MatchBy::Email);
    let address = employee
        .value(canonical::EMAIL)
        .filter(|_| by != MatchBy::ExternalId);
    id.map(Key::Id).into_iter().chain(address.map(Key::Address))
}

fn is_missing(employee: &Employee, roster: &Roster, reading: &Reading) -> bool {
    employee.status.is_employed()
        && roster
            .position(employee.id)
            .is_some_and(|position| reading.seen[position].is_none())
}

/// Whether a record other than the one at `origin` has the key.
fn is_named(key: &Key<'_>, origin: Origin, reading: &Reading) -> bool {
    let drafts = &reading.drafts;
    drafts
        .iter()
        .filter(|(_, draft)| draft.origin != origin && draft.state != DraftState::Superseded)
        .any(|(position, _)| {
            let facts = drafts.facts(position);
            match key {
                Key::Id(id) => facts.value(canonical::EXTERNAL_ID) == Some(id),
                Key::Address(address) => facts
                    .value(canonical::EMAIL)
                    .is_some_and(|said| fold_email(said) == fold_email(address)),
            }
        })
}

fn reject_record(reading: &mut Reading, origin: Origin, lines: Lines, key: &str) {
    let mut problem = swallowed::problem(lines, Some(shown(key))).at(origin);
    let draft = reading
        .drafts
        .iter()
        .find(|(_, draft)| draft.origin == origin)
        .map(|(position, _)| position);
    match draft {
        Some(position) => {
            reading.drafts.get_mut(position).state = DraftState::Rejected;
            let facts = reading.drafts.facts(position);
            let subject = facts
                .value(canonical::EXTERNAL_ID)
                .or(facts.value(canonical::EMAIL));
            problem.subject = subject.map(shown);
        }
        // As it was the last time, and so it is left.
        None if reading.seen.contains(&Some(origin)) => {
            reading.unchanged -= 1;
            reading.unreadable += 1;
        }
        None => {}
    }
    reading.problems.push(problem);
    reading.in_doubt.insert(origin.file);
    if matches!(
        reading.completeness,
        Completeness::Complete
            | Completeness::Partial(PartialReason::UnknownPeople | PartialReason::Unproven)
    ) {
        reading.completeness = Completeness::Partial(PartialReason::SuspiciousRows);
    }
}
