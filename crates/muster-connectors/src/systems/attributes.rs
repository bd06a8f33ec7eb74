//! An object of an answer by its keys: that one is not there is another thing than that it is null.

use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};
use serde_json::Value;
use std::{collections::BTreeMap, fmt};

/// An object by its keys. A key that comes twice could mean either, so it is an error.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attributes(BTreeMap<String, Value>);

impl Attributes {
    /// An object within another one.
    pub(crate) fn within(value: Value) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self(members.into_iter().collect())),
            _ => None,
        }
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Attributes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Attributes, A::Error> {
                let mut attributes = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    if attributes.contains_key(&key) {
                        return Err(de::Error::custom(format!("the key `{key}` comes twice")));
                    }
                    attributes.insert(key, value);
                }
                Ok(Attributes(attributes))
            }
        }
        deserializer.deserialize_map(Once)
    }
}
