//! Finds records of one delivery that are about the same employee, before any is matched.

mod key;

use key::{Key, mark};

use crate::{
    decide::{
        candidates::Candidates,
        changes,
        matching::{
            evidence,
            problems::{about, address_ignored},
        },
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::Employee,
        facts::{Facts, FactsRef},
        field::{FieldNumber, Schema, canonical},
        origin::Origin,
        problem::{
            Problem, Severity,
            matching::{Detail, Remedy},
            shown,
        },
    },
    read::{
        normalise::fold_email,
        reading::{Draft, DraftState, Reading, repeated},
    },
    setup::policy::MatchBy,
};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap, HashSet},
};

/// What decides between two records with one key.
pub(crate) struct Judge<'a> {
    pub(crate) candidates: &'a Candidates,
    pub(crate) match_by: MatchBy,
    pub(crate) schema: &'a Schema,
    pub(crate) calendar: Calendar,
}

/// Marks duplicates: the same content once more in one file is superseded with a warning; different content rejects
/// both; in an older file the record is superseded by the newer one. Returns the records that end an employment and whose
/// address another record has too: they are used without it.
pub(crate) fn resolve(reading: &mut Reading, judge: &Judge<'_>) -> HashSet<u32> {
    let (none, mut groups) = (HashSet::new(), Groups::default());
    let by = Key::Match(judge.match_by);
    mark(reading, by, &none, |reading, first, second| {
        judge.same_key(reading, first, second, &mut groups)
    });
    reading.problems.withdraw(&groups.withdrawn);
    if judge.match_by == MatchBy::Email {
        mark(reading, Key::Id, &none, |reading, first, second| {
            judge.same_id(reading, first, second)
        });
        return none;
    }
    let without_address = judge.ends_with_shared_address(reading);
    judge.warn_of_ignored_addresses(reading, &without_address);
    // Whether a newcomer has the address of an employee who left is decided by a person: newcomers are compared with
    // each other, and records that are the employee's own with each other, whatever the order of the records.
    let newcomers = judge.newcomers_on_former_addresses(reading);
    let mut without = judge.with_pinned_address(reading);
    without.extend(&without_address);
    let mut same_address =
        |reading: &mut Reading, first, second| judge.same_address(reading, first, second);
    let others: HashSet<u32> = if newcomers.is_empty() {
        HashSet::new()
    } else {
        let all = 0..reading.drafts.len() as u32;
        all.filter(|position| !newcomers.contains(position) || without.contains(position))
            .collect()
    };
    without.extend(&newcomers);
    mark(reading, Key::Address, &without, &mut same_address);
    if !newcomers.is_empty() {
        mark(reading, Key::Address, &others, &mut same_address);
    }
    without_address
}

/// What is known of records with one match key, by the first of them.
#[derive(Default)]
struct Groups {
    /// Rejected records of older files, which no longer matter.
    withdrawn: HashSet<Origin>,
    /// Records that repeat the first, or were merged with it.
    repetitions: HashMap<u32, Vec<u32>>,
    /// What the first said before it was merged with others.
    merged: HashMap<u32, Facts>,
    /// A record that contradicts the first, so that every record with its key is rejected.
    conflicts: HashMap<u32, u32>,
}

impl Judge<'_> {
    fn names(&self, fields: Vec<FieldNumber>) -> Vec<String> {
        let name = |field: FieldNumber| self.schema.key(field).to_owned();
        fields.into_iter().map(name).collect()
    }

    fn same_key(&self, reading: &mut Reading, first: u32, second: u32, groups: &mut Groups) {
        let (a, b) = (*reading.drafts.get(first), *reading.drafts.get(second));
        if a.origin.file != b.origin.file {
            reading.drafts.get_mut(second).state = DraftState::Superseded;
            groups.withdrawn.insert(b.origin);
            return;
        }
        let (ours, theirs) = (reading.drafts.facts(first), reading.drafts.facts(second));
        let fields = differing_fields(ours, theirs);
        let is_used = a.state == DraftState::Candidate && b.state == DraftState::Candidate;
        let conflict = groups.conflicts.get(&first).copied();
        if conflict.is_none() && (a.fingerprint == b.fingerprint || (is_used && fields.is_empty()))
        {
            // Of two spellings the order of the records must not decide.
            if is_used && spelling(theirs) > spelling(ours) {
                let theirs = theirs.to_owned();
                reading.drafts.replace(first, &theirs);
                reading.drafts.get_mut(first).fingerprint = b.fingerprint;
            }
            reading.drafts.get_mut(second).state = DraftState::Superseded;
            reading.problems.push(repeated(b.origin, a.origin));
            groups.repetitions.entry(first).or_default().push(second);
            return;
        }
        let key = Key::Match(self.match_by)
            .value(ours)
            .map(|key| shown(key.as_str()));
        let fields = self.names(fields);
        if conflict.is_none() && is_used && self.has_ended(ours) && self.has_ended(theirs) {
            groups.repetitions.entry(first).or_default().push(second);
            groups
                .merged
                .entry(first)
                .or_insert_with(|| ours.to_owned());
            return merge(reading, first, second, key, fields);
        }
        let detail = |fields: Vec<String>| {
            let key = key.clone();
            move |line, other| Detail::Duplicate {
                line,
                other,
                key: key.clone(),
                fields: fields.clone(),
            }
        };
        if let Some(other) = conflict.filter(|_| fields.is_empty()) {
            // It repeats a record that another contradicts.
            let ours = reading.drafts.facts(other);
            let fields = self.names(differing_fields(ours, reading.drafts.facts(second)));
            return reject_one(reading, second, other, &detail(fields));
        }
        let detail = detail(fields);
        if let Some(facts) = groups.merged.remove(&first) {
            reading.drafts.replace(first, &facts);
        }
        reject_both(reading, first, second, &detail);
        groups.conflicts.entry(first).or_insert(second);
        for repetition in groups.repetitions.remove(&first).unwrap_or_default() {
            reject_one(reading, repetition, second, &detail);
        }
    }

    fn has_ended(&self, facts: FactsRef<'_>) -> bool {
        end(facts)
            .and_then(changes::day)
            .is_some_and(|day| self.calendar.has_ended(day))
    }

    /// The records that end the employment of a known employee, by its id, and have an address that others have too.
    fn ends_with_shared_address(&self, reading: &Reading) -> HashSet<u32> {
        if self.candidates.is_empty() {
            return HashSet::new();
        }
        let is_used = |draft: &Draft| draft.state == DraftState::Candidate;
        let candidates = || reading.drafts.iter().filter(|(_, draft)| is_used(draft));
        let mut ending: HashSet<u32> = candidates()
            .filter(|(position, _)| {
                let facts = reading.drafts.facts(*position);
                let id = facts.value(canonical::EXTERNAL_ID);
                self.has_ended(facts)
                    && id.is_some_and(|id| self.candidates.by_external_id(id).is_some())
            })
            .map(|(position, _)| position)
            .collect();
        if ending.is_empty() {
            return ending;
        }
        let address = |position| {
            let email = reading.drafts.facts(position).value(canonical::EMAIL);
            email.map(fold_email)
        };
        let mut counts: HashMap<Cow<'_, str>, u32> = HashMap::new();
        for address in candidates().filter_map(|(position, _)| address(position)) {
            *counts.entry(address).or_default() += 1;
        }
        ending.retain(|position| {
            address(*position).is_some_and(|address| counts.get(&address).is_some_and(|n| *n > 1))
        });
        ending
    }

    fn warn_of_ignored_addresses(&self, reading: &mut Reading, without_address: &HashSet<u32>) {
        let mut positions: Vec<u32> = without_address.iter().copied().collect();
        positions.sort_unstable();
        for position in positions {
            let facts = reading.drafts.facts(position);
            let holder = facts
                .value(canonical::EMAIL)
                .and_then(|address| self.candidates.by_email(address));
            let is_another =
                |holder: &&Employee| holder.external_id() != facts.value(canonical::EXTERNAL_ID);
            if let Some(holder) = holder.filter(is_another) {
                let problem = address_ignored(facts, holder);
                let origin = reading.drafts.get(position).origin;
                reading.problems.push(problem.at(origin));
            }
        }
    }

    /// Records of employees whose address is pinned: the one that they state is not used.
    fn with_pinned_address(&self, reading: &Reading) -> HashSet<u32> {
        let is_pinned = |(position, _): &(u32, &Draft)| {
            let id = reading
                .drafts
                .facts(*position)
                .value(canonical::EXTERNAL_ID);
            let employee = id.and_then(|id| self.candidates.by_external_id(id));
            let pin = employee.and_then(|one| one.pin(canonical::EMAIL, self.calendar.today));
            pin.is_some()
        };
        let pinned = reading.drafts.iter().filter(is_pinned);
        pinned.map(|(position, _)| position).collect()
    }

    /// Records with the address of an employee who left that are not the employee's own.
    fn newcomers_on_former_addresses(&self, reading: &Reading) -> HashSet<u32> {
        let is_newcomer = |position: &u32| {
            let facts = reading.drafts.facts(*position);
            let address = facts.value(canonical::EMAIL);
            let holder = address.and_then(|address| self.candidates.by_email(address));
            holder.is_some_and(|holder| {
                !holder.status.is_employed() && !self.is_holders_own(facts, holder)
            })
        };
        (0..reading.drafts.len() as u32)
            .filter(is_newcomer)
            .collect()
    }

    /// One mailbox under two ids. The employee who has it keeps it; else neither record can be right about it.
    fn same_address(&self, reading: &mut Reading, first: u32, second: u32) {
        let (a, b) = (reading.drafts.get(first), reading.drafts.get(second));
        let (ours, theirs) = (reading.drafts.facts(first), reading.drafts.facts(second));
        let id = |facts: FactsRef<'_>| facts.value(canonical::EXTERNAL_ID).map(str::to_owned);
        let address = theirs.value(canonical::EMAIL).unwrap_or_default();
        let holder = self.candidates.by_email(address);
        let keeps = |facts| holder.is_some_and(|holder| self.is_holders_own(facts, holder));
        let (we_keep, they_keep) = (keeps(ours), keeps(theirs));
        let (our_id, their_id, address) = (id(ours), id(theirs), shown(address));
        // Without an id the address is the match key: the newest file wins.
        if a.origin.file != b.origin.file && (our_id.is_none() || their_id.is_none()) {
            reading.drafts.get_mut(second).state = DraftState::Superseded;
            return;
        }
        let ids = [our_id.as_deref(), their_id.as_deref()].map(|id| id.map(shown));
        let lines = [a.origin, b.origin];
        let detail = |line: Origin, other: Origin| {
            let [one, another] = ids.clone();
            let (external_id, other_external_id) = if line == lines[0] {
                (one, another)
            } else {
                (another, one)
            };
            Detail::SharedAddress {
                line,
                other,
                address: address.clone(),
                external_id,
                other_external_id,
            }
        };
        self.reject(reading, (first, second), (we_keep, they_keep), detail);
    }

    /// Where employees are matched by address, one id under two mailboxes is as wrong.
    fn same_id(&self, reading: &mut Reading, first: u32, second: u32) {
        let lines = [first, second].map(|at| reading.drafts.get(at).origin);
        let (ours, theirs) = (reading.drafts.facts(first), reading.drafts.facts(second));
        let id = theirs.value(canonical::EXTERNAL_ID).unwrap_or_default();
        let holder = self.candidates.by_external_id(id);
        let keeps = |facts: FactsRef<'_>| {
            let address = facts.value(canonical::EMAIL).map(fold_email);
            holder.is_some_and(|holder| holder.value(canonical::EMAIL).map(fold_email) == address)
        };
        let kept = (keeps(ours), keeps(theirs));
        let external_id = shown(id);
        let addresses = [ours, theirs].map(|facts| facts.value(canonical::EMAIL).map(shown));
        let detail = |line: Origin, other: Origin| {
            let [one, another] = addresses.clone();
            let (address, other_address) = if line == lines[0] {
                (one, another)
            } else {
                (another, one)
            };
            Detail::SharedId {
                line,
                other,
                external_id: external_id.clone(),
                address,
                other_address,
            }
        };
        self.reject(reading, (first, second), kept, detail);
    }

    /// Whether a record with the address of an employee is the employee's own: by its id, or by its names where one of
    /// the two has no id.
    fn is_holders_own(&self, facts: FactsRef<'_>, holder: &Employee) -> bool {
        match (facts.value(canonical::EXTERNAL_ID), holder.external_id()) {
            (Some(ours), Some(theirs)) => ours == theirs,
            (Some(ours), None) if self.candidates.by_external_id(ours).is_some() => false,
            _ => evidence::could_be_the_same(facts, holder),
        }
    }

    /// Rejects both records, or only the one that claims what the employee of the other has.
    fn reject(
        &self,
        reading: &mut Reading,
        (first, second): (u32, u32),
        kept: (bool, bool),
        detail: impl Fn(Origin, Origin) -> Detail,
    ) {
        let (loser, winner) = match kept {
            (true, false) => (second, first),
            (false, true) => (first, second),
            _ => return reject_both(reading, first, second, detail),
        };
        if reading.drafts.get(loser).state != DraftState::Rejected {
            reject_one(reading, loser, winner, &detail);
        }
    }
}

fn spelling(facts: FactsRef<'_>) -> Option<&str> {
    facts.value(canonical::EMAIL)
}

fn end(facts: FactsRef<'_>) -> Option<&str> {
    facts.value(canonical::OFFBOARDING_DATE)
}

/// The fields of which two records say different things, in whatever spelling of the address.
pub(crate) fn differing_fields(ours: FactsRef<'_>, theirs: FactsRef<'_>) -> Vec<FieldNumber> {
    let fields: BTreeSet<FieldNumber> =
        ours.iter().chain(theirs.iter()).map(|(at, _)| at).collect();
    let differs = |field: &FieldNumber| match *field {
        canonical::EMAIL => {
            ours.value(*field).map(fold_email) != theirs.value(*field).map(fold_email)
        }
        field => ours.get(field) != theirs.get(field),
    };
    fields.into_iter().filter(differs).collect()
}

/// Two records that both end the employment are used as one that says what both say, and the later end.
fn merge(reading: &mut Reading, first: u32, second: u32, key: Option<String>, fields: Vec<String>) {
    let (a, b) = (*reading.drafts.get(first), *reading.drafts.get(second));
    let (ours, theirs) = (reading.drafts.facts(first), reading.drafts.facts(second));
    let differing = differing_fields(ours, theirs);
    let is_later = (end(theirs), spelling(theirs)) > (end(ours), spelling(ours));
    let taken = if is_later { theirs } else { ours };
    let merged =
        Facts::new(taken.iter().filter(|(field, _)| {
            *field == canonical::OFFBOARDING_DATE || !differing.contains(field)
        }));
    let detail = Detail::DuplicateEnds {
        line: b.origin,
        other: a.origin,
        key,
        fields,
    };
    let problem = Problem::new(
        Code::RecordDuplicate,
        Severity::Warning,
        detail,
        Remedy::KeepOneRecord,
    );
    let problem = about(theirs, problem).at(b.origin);
    reading.drafts.replace(first, &merged);
    // What is used is neither record alone.
    let kept = reading.drafts.get_mut(first);
    for (byte, other) in kept.fingerprint.iter_mut().zip(b.fingerprint) {
        *byte ^= other;
    }
    reading.drafts.get_mut(second).state = DraftState::Superseded;
    reading.problems.push(problem);
}

/// Rejects both, and names a record that was rejected before only as the second: it is a duplicate as well.
fn reject_both(
    reading: &mut Reading,
    first: u32,
    second: u32,
    detail: impl Fn(Origin, Origin) -> Detail,
) {
    if reading.drafts.get(first).state != DraftState::Rejected {
        reject_one(reading, first, second, &detail);
    }
    reject_one(reading, second, first, &detail);
}

fn reject_one(
    reading: &mut Reading,
    position: u32,
    other: u32,
    detail: &impl Fn(Origin, Origin) -> Detail,
) {
    let (draft, other): (Draft, Draft) =
        (*reading.drafts.get(position), *reading.drafts.get(other));
    reading.drafts.get_mut(position).state = DraftState::Rejected;
    let problem = Problem::new(
        Code::RecordDuplicate,
        Severity::Rejected,
        detail(draft.origin, other.origin),
        Remedy::KeepOneRecord,
    );
    let problem = about(reading.drafts.facts(position), problem);
    reading.problems.push(problem.at(draft.origin));
}
