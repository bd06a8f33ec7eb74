//! Settings that are written as one text or as a table.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{fmt, marker::PhantomData};

/// A table that may be written as one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Short<T>(pub T);

/// What the one text of a [`Short`] means, and what `false` does where it is allowed.
pub trait ShortForm: Sized {
    fn from_text(text: &str) -> Self;

    fn from_false() -> Option<Self> {
        None
    }

    /// How the value is written; none: as a table.
    fn short(&self) -> Option<Written<'_>>;
}

/// The short form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written<'a> {
    Text(&'a str),
    False,
}

impl<'de, T: ShortForm + Deserialize<'de>> Deserialize<'de> for Short<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrTable<T>(PhantomData<T>);
        impl<'de, T: ShortForm + Deserialize<'de>> Visitor<'de> for TextOrTable<T> {
            type Value = Short<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a table")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Short(T::from_text(text)))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                let short = T::from_false().filter(|_| !value).map(Short);
                short.ok_or_else(|| E::invalid_type(de::Unexpected::Bool(value), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Short)
            }
        }
        deserializer.deserialize_any(TextOrTable(PhantomData))
    }
}

impl<T: ShortForm + Serialize> Serialize for Short<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.short() {
            Some(Written::Text(text)) => serializer.serialize_str(text),
            Some(Written::False) => serializer.serialize_bool(false),
            None => self.0.serialize(serializer),
        }
    }
}
