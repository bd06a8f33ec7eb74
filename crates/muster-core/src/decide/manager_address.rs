//! Managers that records name by address: the external id is that of the employee with the address, in the same delivery or in
//! the directory.
//!
//! An address that nobody has changes nothing: the stored manager stays, and the record is read again by the next run.

use crate::{
    decide::{candidates::Candidates, matching::problems::about},
    model::{
        code::Code,
        facts::{Fact, FactsRef},
        field::canonical,
        problem::{
            Problem, Severity,
            matching::{Detail, Remedy},
            shown,
        },
    },
    read::{
        normalise::fold_email,
        reading::{Draft, DraftState, Reading},
    },
    setup::mapping::{FieldMapping, ManagerKey, Mapping},
};
use std::collections::HashMap;

/// Puts external ids in the place of the addresses of managers. Does nothing where managers are named by external id.
pub(crate) fn resolve(reading: &mut Reading, mapping: &Mapping, candidates: &Candidates) {
    let Some(entry) = mapping.entries.iter().find(|entry| is_by_address(entry)) else {
        return;
    };
    let column = entry.source.columns().first();
    let delivered = delivered(reading);
    for position in 0..reading.drafts.len() as u32 {
        let facts = reading.drafts.facts(position);
        let Some(address) = facts.value(canonical::MANAGER_EXTERNAL_ID) else {
            continue;
        };
        let known = delivered.get(fold_email(address).as_ref());
        let id = known.map(String::as_str).or(candidates.manager_id(address));
        if let Some(id) = id {
            let resolved = facts
                .to_owned()
                .with(canonical::MANAGER_EXTERNAL_ID, Fact::Set(id));
            reading.drafts.replace(position, &resolved);
            continue;
        }
        let problem = unknown(facts, column.map_or("", String::as_str), address);
        reading
            .drafts
            .retain(position, |field| field != canonical::MANAGER_EXTERNAL_ID);
        let draft = reading.drafts.get_mut(position);
        // No record ever has this fingerprint, so that the next run reads the record again.
        draft.fingerprint.iter_mut().for_each(|byte| *byte = !*byte);
        if draft.state == DraftState::Candidate {
            let problem = problem.at(draft.origin);
            reading.problems.push(problem);
        }
    }
}

fn is_by_address(entry: &FieldMapping) -> bool {
    entry.field == canonical::MANAGER_EXTERNAL_ID && entry.manager == ManagerKey::Email
}

/// The external ids of the delivery's own records, by their addresses.
fn delivered(reading: &Reading) -> HashMap<String, String> {
    let drafts = reading.drafts.iter();
    let usable = drafts.filter(|(_, draft)| draft.state == DraftState::Candidate);
    let pair = |(position, _): (u32, &Draft)| {
        let facts = reading.drafts.facts(position);
        let email = fold_email(facts.value(canonical::EMAIL)?).into_owned();
        Some((email, facts.value(canonical::EXTERNAL_ID)?.to_owned()))
    };
    usable.filter_map(pair).collect()
}

fn unknown(facts: FactsRef<'_>, column: &str, address: &str) -> Problem {
    let detail = Detail::ManagerUnknown {
        address: shown(address),
    };
    let remedy = Remedy::CorrectManagerAddress;
    let problem = Problem::new(Code::ManagerUnknown, Severity::Warning, detail, remedy);
    about(facts, problem.of(column, address))
}
