//! Exactly what is read of YouServe's answers. Records are kept as they came: that a property is not there is
//! another thing than that it is null.

use crate::systems::attributes::Attributes;
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value as Json;
use std::fmt;

/// A record of any list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Record {
    pub(super) says: Attributes,
    /// The employments within an employee.
    pub(super) employments: Vec<Attributes>,
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut says = Attributes::deserialize(deserializer)?;
        let list = match says.take("employments") {
            Some(Json::Array(list)) => list,
            other => other.into_iter().collect(),
        };
        Ok(Self {
            says,
            employments: list.into_iter().filter_map(Attributes::within).collect(),
        })
    }
}

/// A page of any list.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The records; none: there is no list.
    pub(super) value: Option<Vec<Record>>,
    /// Where the next page is.
    pub(super) next: Option<String>,
    /// What is wrong, in place of a list.
    pub(super) error: Option<Json>,
    /// The list came without an envelope, which is where the next page would be named.
    pub(super) is_bare: bool,
}

impl<'de> Deserialize<'de> for Page {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Envelope)
    }
}

struct Envelope;

impl<'de> Visitor<'de> for Envelope {
    type Value = Page;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list in an envelope")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Page, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Page {
            value: Some(all),
            is_bare: true,
            ..Page::default()
        })
    }

    /// Members in any order; one that comes twice could mean either.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Page, A::Error> {
        let (mut page, mut seen) = (Page::default(), Vec::new());
        while let Some(name) = members.next_key::<String>()? {
            let known = match name.as_str() {
                "value" | "values" => "value",
                "nextLink" => "nextLink",
                "error" => "error",
                _ => {
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if seen.contains(&known) {
                return Err(de::Error::custom(format!("the key `{known}` comes twice")));
            }
            seen.push(known);
            match known {
                "value" => page.value = members.next_value()?,
                "nextLink" => page.next = members.next_value()?,
                _ => page.error = members.next_value()?,
            }
        }
        Ok(page)
    }
}
