//! Records that are matched by what they say of names and birthday, beside their keys.

use super::{MatchContext, Matches, RecordMatch, evidence, presence};
use crate::{
    model::{
        employee::Employee,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        plan::Reason,
    },
    read::{
        normalise::fold_email,
        reading::{DraftState, Reading},
    },
    setup::policy::{EmailChange, MatchBy},
};
use std::collections::{HashMap, HashSet};

/// A record without id is a newcomer's where its address is given up in the same delivery by an employee who has a
/// record of their own, and it does not look like a second one of theirs.
pub(super) fn newcomers_on_passed_on_addresses(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &mut Matches,
) {
    if context.policy.match_by == MatchBy::Email {
        return;
    }
    let is_superseded = |id: EmployeeId, file: u16| {
        let position = context.roster.position(id);
        let unchanged = position.and_then(|position| reading.seen[position]);
        unchanged.is_some_and(|origin| origin.file <= file)
    };
    let moving: HashMap<EmployeeId, u16> = (0..)
        .zip(&matches.records)
        .filter_map(|(at, found)| match found {
            RecordMatch::Known(id, Reason::SameExternalId) => {
                let draft = reading.drafts.get(at);
                let is_used =
                    draft.state == DraftState::Candidate && !is_superseded(*id, draft.origin.file);
                let changes = is_used && changes_address(reading, context, at, *id);
                changes.then_some((*id, draft.origin.file))
            }
            _ => None,
        })
        .collect();
    if moving.is_empty() {
        return;
    }
    for (at, found) in (0..).zip(&mut matches.records) {
        let (RecordMatch::Known(id, Reason::SameEmail)
        | RecordMatch::Held(Reason::RecycledAddress, Some(id))) = *found
        else {
            continue;
        };
        let is_their_own = || {
            let employee = context.candidates.get(id);
            employee.is_some_and(|one| evidence::is_likely_the_same(reading.drafts.facts(at), one))
        };
        let draft = reading.drafts.get(at);
        let is_used = draft.state == DraftState::Candidate;
        if is_used && moving.get(&id) == Some(&draft.origin.file) && !is_their_own() {
            *found = RecordMatch::New;
        }
    }
}

/// An id was given to another employee where a record with another id has the address and names that its holder is
/// stored with, while the record with the id changes the address and a name.
pub(super) fn ids_left_by_their_holders(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &mut Matches,
) {
    let holders: HashSet<EmployeeId> = (0..)
        .zip(&matches.records)
        .filter(|(at, found)| {
            let facts = reading.drafts.facts(*at);
            matches!(found, RecordMatch::New)
                && reading.drafts.get(*at).state == DraftState::Candidate
                && facts.value(canonical::EXTERNAL_ID).is_some()
        })
        .filter_map(|(at, _)| {
            let facts = reading.drafts.facts(at);
            let holder = context
                .candidates
                .by_email(facts.value(canonical::EMAIL)?)?;
            evidence::is_likely_the_same(facts, holder).then_some(holder.id)
        })
        .collect();
    if holders.is_empty() {
        return;
    }
    for (at, found) in (0..).zip(&mut matches.records) {
        let RecordMatch::Known(id, Reason::SameExternalId) = *found else {
            continue;
        };
        let is_another =
            |employee: &Employee| !evidence::is_likely_the_same(reading.drafts.facts(at), employee);
        if holders.contains(&id)
            && changes_address(reading, context, at, id)
            && context.candidates.get(id).is_some_and(is_another)
        {
            *found = RecordMatch::Held(Reason::IdReused, Some(id));
        }
    }
}

/// Whether a record gives its employee another address.
fn changes_address(
    reading: &Reading,
    context: &MatchContext<'_>,
    position: u32,
    id: EmployeeId,
) -> bool {
    let Some(employee) = context.candidates.get(id) else {
        return false;
    };
    let said = reading.drafts.facts(position).value(canonical::EMAIL);
    let stored = employee.value(canonical::EMAIL).map(fold_email);
    let today = context.calendar.today;
    employee.pin(canonical::EMAIL, today).is_none()
        && said.is_some_and(|said| stored != Some(fold_email(said)))
}

/// An inactive employee who has a record of their own, by which they come back or give their address up, is not the
/// newcomer who wants that address.
pub(super) fn holders_with_their_own_record(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &mut Matches,
) {
    let comes_back = |at: u32, id: EmployeeId| {
        let facts = reading.drafts.facts(at);
        let stored = context
            .candidates
            .get(id)
            .map(|employee| employee.facts.as_ref());
        match facts.get(canonical::OFFBOARDING_DATE) {
            Some(_) => !context.has_ended(facts),
            None => stored.is_none_or(|stored| !context.has_ended(stored)),
        }
    };
    let is_others = |at: u32, id: EmployeeId| {
        let is_used = reading.drafts.get(at).state == DraftState::Candidate;
        is_used && (comes_back(at, id) || changes_address(reading, context, at, id))
    };
    let present: HashSet<EmployeeId> = (0..)
        .zip(&matches.records)
        .filter_map(|(at, found)| match found {
            RecordMatch::Known(id, reason) => {
                (*reason != Reason::Deselected && is_others(at, *id)).then_some(*id)
            }
            _ => None,
        })
        .collect();
    for found in &mut matches.records {
        if let RecordMatch::Held(Reason::RehireOrRecycledAddress, Some(holder)) = found
            && present.contains(holder)
        {
            *found = RecordMatch::New;
        }
    }
}

/// A new address with the names and birthday of exactly one employee who works here, or will, and who is not in the
/// delivery.
pub(super) fn probable_email_changes(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &mut Matches,
) {
    if context.policy.email_change == EmailChange::Create {
        return;
    }
    let present = presence::present(reading, context, matches);
    let person = |value: &dyn Fn(FieldNumber) -> Option<String>| {
        Some((
            value(canonical::FIRST_NAME)?.to_lowercase(),
            value(canonical::LAST_NAME)?.to_lowercase(),
            value(canonical::BIRTHDAY)?,
        ))
    };
    let mut absent: HashMap<_, Vec<EmployeeId>> = HashMap::new();
    for employee in context.candidates.iter() {
        let is_ours = employee.owner.is_none() || employee.owner == context.roster.integration;
        let leaves = has_to_leave(employee, context);
        if !employee.status.is_employed() || leaves || !is_ours || present.has(employee.id) {
            continue;
        }
        if let Some(key) = person(&|field| employee.value(field).map(str::to_owned)) {
            absent.entry(key).or_default().push(employee.id);
        }
    }
    if absent.is_empty() {
        return;
    }
    for (at, found) in (0..).zip(&mut matches.records) {
        let facts = reading.drafts.facts(at);
        let is_new = matches!(found, RecordMatch::New)
            && reading.drafts.get(at).state == DraftState::Candidate;
        if !is_new || facts.value(canonical::EXTERNAL_ID).is_some() {
            continue;
        }
        let Some(key) = person(&|field| facts.value(field).map(str::to_owned)) else {
            continue;
        };
        if let Some([one]) = absent.get(&key).map(Vec::as_slice) {
            *found = RecordMatch::Held(Reason::ProbableEmailChange, Some(*one));
        }
    }
}

/// Whether the stored end date deactivates an employee in this run, without a record.
fn has_to_leave(employee: &Employee, context: &MatchContext<'_>) -> bool {
    employee.owner.is_some()
        && employee.owner == context.roster.integration
        && !employee.protected
        && context.has_ended(employee.facts.as_ref())
}
