//! Finds records of one delivery that are about the same person, before anybody is matched.

use crate::{
    model::{
        code::Code,
        facts::FactsRef,
        field::canonical,
        problem::{Problem, Severity, shown},
    },
    read::{
        intake::repeated,
        normalise::fold_email,
        reading::{Draft, DraftState, Reading},
    },
    setup::policy::MatchBy,
};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::{borrow::Cow, hash::BuildHasher};

/// By what records are compared.
#[derive(Clone, Copy)]
enum Key {
    /// The match key: the external id, else the address, as the policy says.
    Match(MatchBy),
    Address,
    Id,
}

/// What one record says for a key; an address is never equal to an id.
#[derive(PartialEq, Eq, Hash)]
enum Said<'f> {
    Id(&'f str),
    Address(Cow<'f, str>),
}

impl Said<'_> {
    fn as_str(&self) -> &str {
        match self {
            Said::Id(id) => id,
            Said::Address(address) => address,
        }
    }
}

impl Key {
    fn said(self, facts: FactsRef<'_>) -> Option<Said<'_>> {
        let id = || facts.value(canonical::EXTERNAL_ID).map(Said::Id);
        let email = || {
            facts
                .value(canonical::EMAIL)
                .map(|address| Said::Address(fold_email(address)))
        };
        match self {
            Key::Match(MatchBy::ExternalId) | Key::Id => id(),
            Key::Match(MatchBy::ExternalIdThenEmail) => id().or_else(email),
            Key::Match(MatchBy::Email) | Key::Address => email(),
        }
    }
}

impl Key {
    /// Whether a draft takes part. A record that is not used takes neither address nor id from another, but
    /// one that is not selected and has no id is about whoever has its address.
    fn concerns(self, state: DraftState, facts: FactsRef<'_>) -> bool {
        match (self, state) {
            (_, DraftState::Superseded) => false,
            (Key::Match(_), _) | (_, DraftState::Candidate) => true,
            (Key::Address, DraftState::NotSelected | DraftState::Undecided) => {
                facts.value(canonical::EXTERNAL_ID).is_none()
            }
            _ => false,
        }
    }
}

/// Marks duplicates: the same content once more in one file is superseded with a warning; different
/// content rejects both; in an older file the record is superseded by the newer one.
pub(crate) fn resolve(reading: &mut Reading, by: MatchBy) {
    mark(reading, Key::Match(by), |reading, first, second| {
        same_key(reading, first, second, by)
    });
    if by == MatchBy::Email {
        mark(reading, Key::Id, same_id);
    } else {
        mark(reading, Key::Address, same_address);
    }
}

/// Calls `found` for each pair of drafts with the same key, in the order of the delivery.
fn mark(reading: &mut Reading, key: Key, mut found: impl FnMut(&mut Reading, u32, u32)) {
    let builder = DefaultHashBuilder::default();
    let mut table: HashTable<(u64, u32)> = HashTable::with_capacity(reading.drafts.len());
    for position in 0..reading.drafts.len() as u32 {
        let facts = reading.drafts.facts(position);
        if !key.concerns(reading.drafts.get(position).state, facts) {
            continue;
        }
        let Some(said) = key.said(facts) else {
            continue;
        };
        let hash = builder.hash_one(&said);
        let same = |(other_hash, other): &(u64, u32)| {
            *other_hash == hash
                && key
                    .said(reading.drafts.facts(*other))
                    .is_some_and(|other| other == said)
        };
        match table.find(hash, same).copied() {
            Some((_, first)) => found(reading, first, position),
            None => {
                table.insert_unique(hash, (hash, position), |(hash, _)| *hash);
            }
        }
    }
}

fn same_key(reading: &mut Reading, first: u32, second: u32, by: MatchBy) {
    let (a, b) = (*reading.drafts.get(first), *reading.drafts.get(second));
    if a.place.file != b.place.file {
        reading.drafts.get_mut(second).state = DraftState::Superseded;
        return;
    }
    if a.fingerprint == b.fingerprint {
        reading.drafts.get_mut(second).state = DraftState::Superseded;
        reading.problems.push(repeated(b.place, a.place));
        return;
    }
    let key = Key::Match(by)
        .said(reading.drafts.facts(first))
        .map(|key| shown(key.as_str()))
        .unwrap_or_default();
    let what = format!("are both `{key}` but say different things");
    reject_both(reading, &a, &b, first, second, &key, &what);
}

/// One mailbox under two ids: neither record can be right about it.
fn same_address(reading: &mut Reading, first: u32, second: u32) {
    let (a, b) = (*reading.drafts.get(first), *reading.drafts.get(second));
    // Without an id the address is the match key: the newest file wins.
    let has_id = |position| {
        reading
            .drafts
            .facts(position)
            .value(canonical::EXTERNAL_ID)
            .is_some()
    };
    if a.place.file != b.place.file && !(has_id(first) && has_id(second)) {
        reading.drafts.get_mut(second).state = DraftState::Superseded;
        return;
    }
    let id = |position| {
        reading
            .drafts
            .facts(position)
            .value(canonical::EXTERNAL_ID)
            .map_or("no id".to_owned(), |id| format!("id `{}`", shown(id)))
    };
    let email = reading
        .drafts
        .facts(second)
        .value(canonical::EMAIL)
        .map(shown)
        .unwrap_or_default();
    let what = format!(
        "give one address, `{email}`, to two people, {} and {}",
        id(first),
        id(second)
    );
    reject_both(reading, &a, &b, first, second, &email, &what);
}

/// Where people are matched by address, one id under two mailboxes is as wrong.
fn same_id(reading: &mut Reading, first: u32, second: u32) {
    let (a, b) = (*reading.drafts.get(first), *reading.drafts.get(second));
    let email = |position| {
        reading
            .drafts
            .facts(position)
            .value(canonical::EMAIL)
            .map(shown)
            .unwrap_or_default()
    };
    let id = reading
        .drafts
        .facts(second)
        .value(canonical::EXTERNAL_ID)
        .map(shown)
        .unwrap_or_default();
    let what = format!(
        "give one external id, `{id}`, to two people, `{}` and `{}`",
        email(first),
        email(second)
    );
    reject_both(reading, &a, &b, first, second, &id, &what);
}

fn reject_both(
    reading: &mut Reading,
    a: &Draft,
    b: &Draft,
    first: u32,
    second: u32,
    key: &str,
    what: &str,
) {
    for (position, draft, other) in [(first, a, b), (second, b, a)] {
        let already = reading.drafts.get(position).state == DraftState::Rejected;
        reading.drafts.get_mut(position).state = DraftState::Rejected;
        if already && position == first {
            continue;
        }
        let mut problem = Problem::new(
            Code::RecordDuplicate,
            Severity::Rejected,
            format!(
                "lines {} and {} {what}; neither is used",
                draft.place.line, other.place.line
            ),
            "keep the right one of the two in the source",
        )
        .at(draft.place);
        problem.subject = Some(key.to_owned());
        reading.problems.push(problem);
    }
}
