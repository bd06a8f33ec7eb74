//! What is said of a person, field by field, packed into bytes.
//!
//! A million people wait in memory between reading and applying a first load, so a person is one
//! allocation (or a slice of a shared one) rather than a struct of twenty strings. All values are
//! canonical texts: dates are ISO 8601, decimals have a dot, booleans are `true` and `false`.

use crate::field::FieldNumber;

/// What is said of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<'a> {
    /// The field has no value any more.
    Cleared,
    /// The field has this value.
    Set(&'a str),
}

impl<'a> Fact<'a> {
    /// The value, if there is one.
    pub fn value(self) -> Option<&'a str> {
        match self {
            Fact::Cleared => None,
            Fact::Set(value) => Some(value),
        }
    }
}

/// Facts on loan from whoever packed them. Fields that are not among them are left alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FactsRef<'a>(&'a [u8]);

/// Facts that own their bytes.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Facts(Box<[u8]>);

impl<'a> FactsRef<'a> {
    /// Takes bytes that [`pack`] made.
    pub(crate) fn from_packed(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What is said of a field; none if nothing is.
    pub fn get(self, field: FieldNumber) -> Option<Fact<'a>> {
        self.iter().find(|(number, _)| *number == field).map(|(_, fact)| fact)
    }

    /// The value of a field; none if it is cleared or not spoken of.
    pub fn value(self, field: FieldNumber) -> Option<&'a str> {
        self.get(field).and_then(Fact::value)
    }

    /// All facts in the order they were packed.
    pub fn iter(self) -> impl Iterator<Item = (FieldNumber, Fact<'a>)> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let number = take_number(&mut rest)?;
            let length = take_number(&mut rest)?;
            let number = FieldNumber(u16::try_from(number).ok()?);
            let Some(length) = length.checked_sub(1) else { return Some((number, Fact::Cleared)) };
            let (value, after) = rest.split_at_checked(length)?;
            rest = after;
            Some((number, Fact::Set(std::str::from_utf8(value).ok()?)))
        })
    }

    /// A copy that owns its bytes.
    pub fn to_owned(self) -> Facts {
        Facts(self.0.into())
    }
}

impl Facts {
    /// Packs facts.
    pub fn new<'f>(facts: impl IntoIterator<Item = (FieldNumber, Fact<'f>)>) -> Self {
        let mut bytes = Vec::new();
        for (number, fact) in facts {
            pack(&mut bytes, number, fact);
        }
        Self(bytes.into())
    }

    /// Packs values; nothing is cleared.
    pub fn of_values<'f>(values: impl IntoIterator<Item = (FieldNumber, &'f str)>) -> Self {
        Self::new(values.into_iter().map(|(number, value)| (number, Fact::Set(value))))
    }

    /// Lends the facts.
    pub fn as_ref(&self) -> FactsRef<'_> {
        FactsRef(&self.0)
    }

    /// The value of a field; none if it is cleared or not spoken of.
    pub fn value(&self, field: FieldNumber) -> Option<&str> {
        self.as_ref().value(field)
    }

    /// The same facts with one field replaced or added.
    #[must_use]
    pub fn with(&self, field: FieldNumber, fact: Fact<'_>) -> Self {
        let others = self.as_ref().iter().filter(|(number, _)| *number != field);
        Self::new(others.chain([(field, fact)]))
    }
}

impl std::fmt::Debug for FactsRef<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter().map(|(number, fact)| (number.0, fact.value()))).finish()
    }
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_ref().fmt(f)
    }
}

/// Appends one fact: field number, length plus one (0 means cleared), text.
pub(crate) fn pack(bytes: &mut Vec<u8>, field: FieldNumber, fact: Fact<'_>) {
    put_number(bytes, usize::from(field.0));
    match fact {
        Fact::Cleared => put_number(bytes, 0),
        Fact::Set(value) => {
            put_number(bytes, value.len() + 1);
            bytes.extend_from_slice(value.as_bytes());
        }
    }
}

/// Seven bits a byte, the highest bit says that more follow.
fn put_number(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..=28).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packing_keeps_every_fact(facts in proptest::collection::vec((0u16..400, proptest::option::of(".{0,300}")), 0..30)) {
            let said: Vec<_> = facts.iter()
                .map(|(n, v)| (FieldNumber(*n), v.as_deref().map_or(Fact::Cleared, Fact::Set))).collect();
            let packed = Facts::new(said.iter().copied());
            prop_assert_eq!(packed.as_ref().iter().collect::<Vec<_>>(), said);
        }
    }
}
