//! What is left of an erased employee: enough to recognise their records, not enough to name them.
//!
//! A tombstone is a keyed hash of an external id or an address. Without the workspace's key it says nothing.

use crate::{
    model::{
        code::Code,
        facts::FactsRef,
        field::canonical,
        problem::{Problem, Severity, lifecycle},
    },
    read::normalise::fold_email,
};
use std::collections::HashSet;

/// One keyed hash.
pub type Mark = [u8; 16];

/// The tombstones of a workspace.
#[derive(Clone, Debug, Default)]
pub struct Tombstones {
    key: [u8; 32],
    marks: HashSet<Mark>,
}

impl Tombstones {
    /// Takes the workspace's secret and the marks that are stored.
    pub fn new(workspace_key: &[u8; 32], marks: impl IntoIterator<Item = Mark>) -> Self {
        Self {
            key: blake3::derive_key("muster 2026 tombstones", workspace_key),
            marks: marks.into_iter().collect(),
        }
    }

    /// Whether nobody was erased, so that no record needs to be looked at for it.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Whether this mark is one of an erased person.
    pub(crate) fn has(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    /// The mark of an external id.
    pub fn of_external_id(&self, id: &str) -> Mark {
        self.mark(b'i', id)
    }

    /// The mark of an address, in any case.
    pub fn of_email(&self, email: &str) -> Mark {
        self.mark(b'e', &fold_email(email))
    }

    fn mark(&self, kind: u8, text: &str) -> Mark {
        let hash = blake3::Hasher::new_keyed(&self.key)
            .update(&[kind])
            .update(text.as_bytes())
            .finalize();
        let mut mark = Mark::default();
        mark.copy_from_slice(&hash.as_bytes()[..16]);
        mark
    }

    /// Whether a record has the external id of an employee who was erased: then it is about them.
    pub(crate) fn names_id(&self, facts: FactsRef<'_>) -> bool {
        !self.is_empty()
            && facts
                .value(canonical::EXTERNAL_ID)
                .is_some_and(|id| self.has(self.of_external_id(id)))
    }

    /// Whether a record has the address of an employee who was erased. It may be that of a present employee who was given
    /// the address since; if nobody is known by it, it is about the one who was erased.
    pub(crate) fn names_address(&self, facts: FactsRef<'_>) -> bool {
        !self.is_empty()
            && facts
                .value(canonical::EMAIL)
                .is_some_and(|email| self.has(self.of_email(email)))
    }
}

/// What is said of a record that is left out: never a value of it.
pub(crate) fn left_out() -> Problem {
    Problem::new(
        Code::Erased,
        Severity::Warning,
        lifecycle::Detail::ErasedRecord,
        lifecycle::Remedy::RemoveErased,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::facts::Facts;

    fn facts(id: &str, email: &str) -> Facts {
        let values = [(canonical::EXTERNAL_ID, id), (canonical::EMAIL, email)];
        Facts::of_values(values.into_iter().filter(|(_, value)| !value.is_empty()))
    }

    #[test]
    fn m24_a_tombstone_knows_its_person_by_id_and_by_address() {
        let empty = Tombstones::new(&[1; 32], []);
        let stones = Tombstones::new(
            &[1; 32],
            [
                empty.of_external_id("E-1"),
                empty.of_email("Eva@acme.example"),
            ],
        );
        assert!(stones.names_id(facts("E-1", "new@acme.example").as_ref()));
        assert!(
            !stones.names_id(facts("e-1", "").as_ref()),
            "ids differ in case"
        );
        assert!(stones.names_address(facts("", "EVA@ACME.EXAMPLE").as_ref()));
        assert!(!stones.names_address(facts("E-1", "").as_ref()));
        let other = Tombstones::new(&[2; 32], [empty.of_external_id("E-1")]);
        assert!(
            !other.names_id(facts("E-1", "").as_ref()),
            "another workspace's key"
        );
    }
}
