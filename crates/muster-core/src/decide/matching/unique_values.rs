//! Values that only one employee may have: they may be taken over only from an employee who gives them up in the same
//! plan.

use super::{MatchContext, Matches, RecordMatch, evidence, problems};
use crate::{
    decide::candidates::Candidates,
    model::{
        employee::Employee,
        facts::FactsRef,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        plan::Reason,
        problem::Problem,
    },
    read::reading::{DraftState, Reading},
};
use std::collections::HashSet;

/// The delivery whose records claim values, and the employees who have a record of their own in it.
pub(super) struct Claimants<'c> {
    pub(super) reading: &'c Reading,
    pub(super) context: &'c MatchContext<'c>,
    pub(super) subjects: &'c HashSet<EmployeeId>,
}

/// A record that wants a value which another employee has.
#[derive(Clone, Copy)]
struct Claim {
    at: usize,
    holder: EmployeeId,
}

impl Claimants<'_> {
    /// Whether a record of the delivery, changed or not, is an employee's own.
    fn has_own_record(&self, employee: EmployeeId) -> bool {
        let position = self.context.roster.position(employee);
        let is_unchanged = |position: usize| self.reading.seen[position].is_some();
        self.subjects.contains(&employee) || position.is_some_and(is_unchanged)
    }

    fn facts(&self, at: usize) -> FactsRef<'_> {
        self.reading.drafts.facts(at as u32)
    }

    /// Refuses claims on values that their holders keep, and returns the others. Rejecting one record may keep a value
    /// where it is and so reject the next: repeated until nothing changes.
    fn refuse_kept(
        &self,
        field: FieldNumber,
        holder: &dyn Fn(&Candidates, &str) -> Option<EmployeeId>,
        matches: &mut Matches,
        refuse: &mut dyn FnMut(Claim, &mut Matches),
    ) -> Vec<Claim> {
        let (mut claims, mut moving) = self.claims(field, holder, matches);
        loop {
            let before = claims.len();
            claims.retain(|claim| {
                if moving.contains(&claim.holder) {
                    return true;
                }
                if let RecordMatch::Known(me, _) = matches.records[claim.at] {
                    moving.remove(&me);
                }
                refuse(*claim, matches);
                false
            });
            if claims.len() == before {
                return claims;
            }
        }
    }

    /// Addresses.
    pub(super) fn addresses(&self, matches: &mut Matches, problems: &mut Vec<Problem>) {
        let holder =
            |candidates: &Candidates, email: &str| candidates.by_email(email).map(|one| one.id);
        self.refuse_kept(canonical::EMAIL, &holder, matches, &mut |claim, matches| {
            self.refuse_address(claim, matches, problems);
        });
    }

    fn refuse_address(&self, claim: Claim, matches: &mut Matches, problems: &mut Vec<Problem>) {
        let facts = self.facts(claim.at);
        let Some(holder) = self.context.candidates.get(claim.holder) else {
            return;
        };
        let origin = self.reading.drafts.get(claim.at as u32).origin;
        let me = match matches.records[claim.at] {
            RecordMatch::Known(me, _) | RecordMatch::Held(_, Some(me)) => {
                self.context.candidates.get(me)
            }
            _ => None,
        };
        if let Some(me) = me {
            let ends = self.context.has_ended(facts) && evidence::could_be_the_same(facts, me);
            if ends {
                matches.without_address.insert(claim.at as u32);
                return problems.push(problems::address_ignored(facts, holder).at(origin));
            }
        } else if self.is_new_id_of(facts, holder) {
            let held = RecordMatch::Held(Reason::NewExternalId, Some(holder.id));
            matches.records[claim.at] = held;
            return;
        }
        problems.push(problems::address_taken(facts, holder, me.is_none()).at(origin));
        // A record with a new id but a known address is about the holder as much as about anybody.
        matches.records[claim.at] = RecordMatch::Rejected(Some(me.map_or(holder.id, |me| me.id)));
    }

    /// Whether a record with an unknown id and the address of an employed employee is probably theirs.
    fn is_new_id_of(&self, facts: FactsRef<'_>, holder: &Employee) -> bool {
        let is_ours = holder.owner.is_none() || holder.owner == self.context.roster.integration;
        let ids = facts
            .value(canonical::EXTERNAL_ID)
            .zip(holder.external_id());
        let has_other_id =
            ids.is_some_and(|(ours, theirs)| !problems::same_but_for_spreadsheets(ours, theirs));
        is_ours
            && has_other_id
            && holder.status.is_employed()
            && !self.has_own_record(holder.id)
            && evidence::is_likely_the_same(facts, holder)
    }

    /// Ids, where addresses match: an id is evidence of who a record is about, and never passes on without a person.
    pub(super) fn ids(&self, matches: &mut Matches, problems: &mut Vec<Problem>) {
        let holder =
            |candidates: &Candidates, id: &str| candidates.by_external_id(id).map(|one| one.id);
        let field = canonical::EXTERNAL_ID;
        let claims = self.refuse_kept(field, &holder, matches, &mut |claim, matches| {
            self.refuse_id(claim, matches, problems);
        });
        // The record that frees an id waits as well: applied alone, it would take away the evidence for the other.
        let mut freed: HashSet<EmployeeId> = claims.iter().map(|claim| claim.holder).collect();
        freed.extend(self.ids_of_held_records(matches));
        let is_claim: HashSet<usize> = claims.iter().map(|claim| claim.at).collect();
        for (at, found) in matches.records.iter_mut().enumerate() {
            let me = match found {
                RecordMatch::Known(me, _) => Some(*me),
                RecordMatch::New => None,
                _ => continue,
            };
            if is_claim.contains(&at) || me.is_some_and(|me| freed.contains(&me)) {
                *found = RecordMatch::Held(Reason::IdReused, me);
            }
        }
    }

    /// The employees whose ids are in records that are held for another reason.
    fn ids_of_held_records(&self, matches: &Matches) -> impl Iterator<Item = EmployeeId> {
        matches
            .records
            .iter()
            .enumerate()
            .filter_map(|(at, found)| {
                let RecordMatch::Held(_, me) = found else {
                    return None;
                };
                let id = self.facts(at).value(canonical::EXTERNAL_ID)?;
                let holder = self.context.candidates.by_external_id(id)?.id;
                (Some(holder) != *me).then_some(holder)
            })
    }

    fn refuse_id(&self, claim: Claim, matches: &mut Matches, problems: &mut Vec<Problem>) {
        let facts = self.facts(claim.at);
        let Some(holder) = self.context.candidates.get(claim.holder) else {
            return;
        };
        let me = match matches.records[claim.at] {
            RecordMatch::Known(me, _) | RecordMatch::Held(_, Some(me)) => Some(me),
            _ => None,
        };
        let is_ours = holder.owner.is_none() || holder.owner == self.context.roster.integration;
        matches.records[claim.at] = if me.is_none() && is_ours && !self.has_own_record(holder.id) {
            let reason = if evidence::could_be_the_same(facts, holder) {
                Reason::ProbableEmailChange
            } else {
                Reason::IdReused
            };
            RecordMatch::Held(reason, Some(holder.id))
        } else {
            let origin = self.reading.drafts.get(claim.at as u32).origin;
            problems.push(problems::id_taken(facts, holder).at(origin));
            RecordMatch::Rejected(Some(me.unwrap_or(holder.id)))
        };
    }

    /// The records that want a value of another employee, which are few, and the employees who give theirs up.
    fn claims(
        &self,
        field: FieldNumber,
        holder: &dyn Fn(&Candidates, &str) -> Option<EmployeeId>,
        matches: &Matches,
    ) -> (Vec<Claim>, HashSet<EmployeeId>) {
        let (mut claims, mut moving) = (Vec::new(), HashSet::new());
        for (at, found) in matches.records.iter().enumerate() {
            let is_used = self.reading.drafts.get(at as u32).state == DraftState::Candidate;
            let is_without =
                field == canonical::EMAIL && matches.without_address.contains(&(at as u32));
            if !is_used || is_without {
                continue;
            }
            let (me, is_applied) = match found {
                RecordMatch::Known(me, _) => (Some(*me), true),
                // Approving it must be possible.
                RecordMatch::Held(Reason::TakeOver, Some(me)) => (Some(*me), false),
                RecordMatch::New => (None, true),
                _ => continue,
            };
            // A pinned value neither changes nor needs another.
            let is_pinned = |me| {
                let employee = self.context.candidates.get(me);
                employee.is_some_and(|one| one.pin(field, self.context.calendar.today).is_some())
            };
            let Some(value) = self
                .facts(at)
                .value(field)
                .filter(|_| !me.is_some_and(is_pinned))
            else {
                continue;
            };
            match holder(self.context.candidates, value) {
                Some(holder) if Some(holder) != me => claims.push(Claim { at, holder }),
                Some(_) => continue,
                None => {}
            }
            moving.extend(me.filter(|_| is_applied));
        }
        (claims, moving)
    }
}
