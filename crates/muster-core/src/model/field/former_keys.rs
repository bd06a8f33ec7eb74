//! What became of the keys of own fields: one that was renamed keeps the key under which its values are stored,
//! and one that was removed keeps its number, so that nothing stored changes its meaning.

use super::{FieldNumber, Schema};
use serde::{Deserialize, Serialize};

/// A field that is not what it was defined as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    pub number: FieldNumber,
    /// The key under which values, changes and plans are stored.
    pub stored: String,
    /// The keys that it had before, oldest first.
    pub former: Vec<String>,
    /// It was removed: it has a number and no meaning.
    pub removed: bool,
}

impl Schema {
    /// The same fields with what became of some of them.
    #[must_use]
    pub fn with_past(mut self, past: Vec<Past>) -> Self {
        self.past = past;
        self
    }

    fn past(&self, number: FieldNumber) -> Option<&Past> {
        self.past.iter().find(|past| past.number == number)
    }

    pub(super) fn is_removed(&self, number: FieldNumber) -> bool {
        self.past(number).is_some_and(|past| past.removed)
    }

    /// The key under which a field's values are stored: it outlives every rename.
    pub fn stored_key(&self, number: FieldNumber) -> &str {
        self.past(number)
            .map_or_else(|| self.key(number), |past| &past.stored)
    }

    /// The field whose values are stored under a key.
    pub fn find_stored(&self, stored: &str) -> Option<FieldNumber> {
        if self.past.is_empty() {
            return self.find(stored);
        }
        self.iter()
            .map(|(number, _)| number)
            .find(|number| self.stored_key(*number) == stored)
    }

    /// The field that had this key before it was renamed, unless another field has the key now.
    pub fn formerly(&self, key: &str) -> Option<FieldNumber> {
        let renamed = || {
            self.past
                .iter()
                .rev()
                .find(|past| !past.removed && past.former.iter().any(|old| old == key))
        };
        if self.find(key).is_some() {
            None
        } else {
            renamed().map(|past| past.number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::field::{CANONICAL_FIELDS, FieldDefinition, FieldOrigin},
        read::normalise::FieldKind,
    };

    #[test]
    fn a_renamed_field_is_found_by_its_stored_key_and_a_removed_one_by_none() {
        let own = |key: &str| FieldDefinition {
            key: key.to_owned(),
            kind: FieldKind::Text,
            origin: FieldOrigin::Custom,
            required: false,
        };
        let past = |number, stored: &str, former: &[&str], removed| Past {
            number: FieldNumber(number),
            stored: stored.to_owned(),
            former: former.iter().map(|key| (*key).to_owned()).collect(),
            removed,
        };
        let schema = Schema::new([own("store"), own("gone"), own("size")]).with_past(vec![
            past(CANONICAL_FIELDS, "shop", &["shop"], false),
            past(CANONICAL_FIELDS + 1, "gone", &[], true),
        ]);
        assert_eq!(
            (schema.find("store"), schema.find_stored("shop")),
            (
                Some(FieldNumber(CANONICAL_FIELDS)),
                Some(FieldNumber(CANONICAL_FIELDS))
            )
        );
        assert_eq!(
            (schema.find_stored("store"), schema.formerly("shop")),
            (None, Some(FieldNumber(CANONICAL_FIELDS)))
        );
        assert_eq!(
            (
                schema.find("gone"),
                schema.find_stored("gone"),
                schema.get(FieldNumber(CANONICAL_FIELDS + 1))
            ),
            (None, None, None)
        );
        assert_eq!(
            (
                schema.find("size"),
                schema.stored_key(FieldNumber(CANONICAL_FIELDS + 2))
            ),
            (Some(FieldNumber(CANONICAL_FIELDS + 2)), "size")
        );
        assert_eq!(schema.own().count(), 2);
    }
}
