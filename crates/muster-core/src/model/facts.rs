//! What is said of a person, field by field, packed into bytes.
//!
//! A million people wait in memory between reading and applying a first load, so a person is one
//! allocation (or a slice of a shared one) rather than a struct of twenty strings. All values are
//! canonical texts: dates are ISO 8601, decimals have a dot, booleans are `true` and `false`. The numbers
//! between them are written in ASCII, so that all of it is one text and a value is looked at without being
//! checked again.

use crate::model::field::FieldNumber;

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

/// Borrowed facts. Fields that are not among them do not change.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FactsRef<'a>(&'a str);

/// Facts that own their bytes.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Facts(Box<str>);

impl<'a> FactsRef<'a> {
    /// Takes a text that [`pack`] made.
    pub(crate) fn from_packed(text: &'a str) -> Self {
        Self(text)
    }

    /// What is said of a field; none if nothing is.
    pub fn get(self, field: FieldNumber) -> Option<Fact<'a>> {
        self.iter()
            .find(|(number, _)| *number == field)
            .map(|(_, fact)| fact)
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
            let Some(length) = length.checked_sub(1) else {
                return Some((number, Fact::Cleared));
            };
            let (value, after) = rest.split_at_checked(length)?;
            rest = after;
            Some((number, Fact::Set(value)))
        })
    }

    /// A copy that owns its bytes.
    pub fn to_owned(self) -> Facts {
        Facts(self.0.into())
    }
}

impl Facts {
    pub fn new<'f>(facts: impl IntoIterator<Item = (FieldNumber, Fact<'f>)>) -> Self {
        let mut text = String::new();
        for (number, fact) in facts {
            pack(&mut text, number, fact);
        }
        Self(text.into())
    }

    /// Packs values; nothing is cleared.
    pub fn of_values<'f>(values: impl IntoIterator<Item = (FieldNumber, &'f str)>) -> Self {
        Self::new(
            values
                .into_iter()
                .map(|(number, value)| (number, Fact::Set(value))),
        )
    }

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
        f.debug_map()
            .entries(self.iter().map(|(number, fact)| (number.0, fact.value())))
            .finish()
    }
}

impl std::fmt::Debug for Facts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_ref().fmt(f)
    }
}

/// Appends one fact: field number, length plus one (0 means cleared), text.
pub(crate) fn pack(text: &mut String, field: FieldNumber, fact: Fact<'_>) {
    put_number(text, usize::from(field.0));
    match fact {
        Fact::Cleared => put_number(text, 0),
        Fact::Set(value) => {
            put_number(text, value.len() + 1);
            text.push_str(value);
        }
    }
}

/// Six bits a character; bit seven says that more follow. All are ASCII.
fn put_number(text: &mut String, mut number: usize) {
    while number >= 0x40 {
        text.push(char::from((number & 0x3f) as u8 | 0x40));
        number >>= 6;
    }
    text.push(char::from(number as u8));
}

fn take_number(text: &mut &str) -> Option<usize> {
    let mut number = 0;
    for (taken, byte) in text.bytes().enumerate().take(6) {
        number |= usize::from(byte & 0x3f) << (6 * taken);
        if byte & 0x40 == 0 {
            *text = &text[taken + 1..];
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
