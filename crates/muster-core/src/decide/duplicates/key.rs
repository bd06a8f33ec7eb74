//! By which keys the records of one delivery are compared with each other.

use crate::{
    model::{facts::FactsRef, field::canonical},
    read::{
        normalise::fold_email,
        reading::{DraftState, Reading},
    },
    setup::policy::MatchBy,
};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::{borrow::Cow, collections::HashSet, hash::BuildHasher};

/// By what records are compared.
#[derive(Clone, Copy)]
pub(super) enum Key {
    /// The match key: the external id, else the address, as the policy says.
    Match(MatchBy),
    Address,
    Id,
}

/// What one record has for a key; an address is never equal to an id.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum KeyValue<'f> {
    Id(&'f str),
    Address(Cow<'f, str>),
}

impl KeyValue<'_> {
    pub(super) fn as_str(&self) -> &str {
        match self {
            KeyValue::Id(id) => id,
            KeyValue::Address(address) => address,
        }
    }
}

impl Key {
    pub(super) fn value(self, facts: FactsRef<'_>) -> Option<KeyValue<'_>> {
        let id = || facts.value(canonical::EXTERNAL_ID).map(KeyValue::Id);
        let email = || {
            facts
                .value(canonical::EMAIL)
                .map(|address| KeyValue::Address(fold_email(address)))
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
    /// one that is not selected and has no id is about the employee with its address.
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

/// Calls `found` for each pair of drafts with the same key, in the order of the delivery.
pub(super) fn mark(
    reading: &mut Reading,
    key: Key,
    without: &HashSet<u32>,
    mut found: impl FnMut(&mut Reading, u32, u32),
) {
    let builder = DefaultHashBuilder::default();
    let mut table: HashTable<(u64, u32)> = HashTable::with_capacity(reading.drafts.len());
    for position in 0..reading.drafts.len() as u32 {
        let facts = reading.drafts.facts(position);
        let is_out = without.contains(&position);
        if is_out || !key.concerns(reading.drafts.get(position).state, facts) {
            continue;
        }
        let Some(value) = key.value(facts) else {
            continue;
        };
        let hash = builder.hash_one(&value);
        let same = |(other_hash, other): &(u64, u32)| {
            *other_hash == hash
                && key
                    .value(reading.drafts.facts(*other))
                    .is_some_and(|other| other == value)
        };
        match table.find(hash, same).copied() {
            Some((_, first)) => found(reading, first, position),
            None => {
                table.insert_unique(hash, (hash, position), |(hash, _)| *hash);
            }
        }
    }
}
