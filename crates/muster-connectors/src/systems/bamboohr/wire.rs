//! Exactly what is read of BambooHR's answers.

use crate::systems::leniency::Lenient;
use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value as Json;
use std::{collections::HashMap, fmt};

/// The answer of `GET /v1/meta/fields`: a bare list in one account, in `fields` in another; none: neither.
pub(super) struct Catalogue(pub(super) Option<Vec<Field>>);

impl<'de> Deserialize<'de> for Catalogue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Catalogue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of fields")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Catalogue, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = list.next_element()? {
                    fields.push(field);
                }
                Ok(Catalogue(Some(fields)))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Catalogue, A::Error> {
                let mut fields = None;
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "fields" => fields = Some(map.next_value()?),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(Catalogue(fields))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A field of an account. Ids are numbers or text in one list, and most fields have no alias.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Field {
    pub(super) id: Option<Json>,
    pub(super) name: Option<String>,
    pub(super) alias: Option<String>,
}

/// What the answer of `POST /v1/reports/custom` says before its people.
#[derive(Deserialize)]
pub(super) struct ReportHead {
    pub(super) fields: Option<Vec<Head>>,
    /// That they are there; they are read one after another by [`people`].
    pub(super) employees: Option<IgnoredAny>,
}

/// A field that an answer has.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Head {
    pub(super) id: Option<Json>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) name: Option<String>,
}

/// A row of `GET /v1/employees/all/tables/employmentStatus`.
#[derive(Deserialize)]
pub(super) struct StatusRow {
    #[serde(rename = "employeeId")]
    pub(super) employee: Option<Json>,
    pub(super) date: Option<Json>,
    #[serde(rename = "employmentStatus")]
    pub(super) status: Option<Json>,
}

/// The answer of `GET /v1_2/datasets/employee/fields`.
#[derive(Deserialize)]
pub(super) struct SetFields {
    pub(super) fields: Option<Vec<SetField>>,
    pub(super) pagination: Option<Pagination>,
}

#[derive(Deserialize)]
pub(super) struct Pagination {
    pub(super) total_pages: Option<Lenient>,
}

/// A field of the dataset.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SetField {
    pub(super) name: String,
    pub(super) label: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

/// A page of `POST /v2/datasets/employee/data`, without its people.
#[derive(Deserialize)]
pub(super) struct SetPage {
    pub(super) data: Option<IgnoredAny>,
    pub(super) meta: Option<SetMeta>,
}

#[derive(Deserialize)]
pub(super) struct SetMeta {
    #[serde(rename = "totalItems")]
    pub(super) total: Option<Lenient>,
}

/// Values of one person, in the order in which they were asked for; none: the answer has no such key.
pub(super) type Row = Vec<Option<Json>>;

/// Reads the list under a key of an answer person by person, so that a large answer is never a tree in memory.
/// `keys` says where the value of a key goes; other keys are passed over. `is_wrapped`: each person's values
/// are in an object `fields`.
pub(super) struct People<'p> {
    pub(super) list: &'static str,
    pub(super) is_wrapped: bool,
    pub(super) keys: &'p HashMap<String, usize>,
    pub(super) count: usize,
    pub(super) take: &'p mut dyn FnMut(Row),
}

impl People<'_> {
    pub(super) fn read(self, text: &str) -> serde_json::Result<()> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        self.deserialize(&mut deserializer)?;
        deserializer.end()
    }
}

impl<'de> DeserializeSeed<'de> for People<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for People<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == self.list {
                let row = OneRow {
                    is_wrapped: self.is_wrapped,
                    keys: self.keys,
                    count: self.count,
                };
                map.next_value_seed(Rows {
                    row,
                    take: &mut *self.take,
                })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Rows<'p> {
    row: OneRow<'p>,
    take: &'p mut dyn FnMut(Row),
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of people")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(row) = list.next_element_seed(self.row)? {
            (self.take)(row);
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct OneRow<'p> {
    is_wrapped: bool,
    keys: &'p HashMap<String, usize>,
    count: usize,
}

impl<'de> DeserializeSeed<'de> for OneRow<'_> {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OneRow<'_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a person")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
        let mut row = vec![None; self.count];
        while let Some(key) = map.next_key::<String>()? {
            if self.is_wrapped && key == "fields" {
                row = map.next_value_seed(OneRow {
                    is_wrapped: false,
                    ..self
                })?;
                continue;
            }
            match self.keys.get(canonical(&key)).filter(|_| !self.is_wrapped) {
                // A key that comes twice could mean either.
                Some(&position) if row[position].is_some() => {
                    return Err(A::Error::custom(format!("the key `{key}` comes twice")));
                }
                Some(&position) => row[position] = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(row)
    }
}

/// A field's id as it is compared: what is asked for as `123` may come back as `123.0`.
pub(super) fn canonical(id: &str) -> &str {
    let id = id.trim();
    id.strip_suffix(".0")
        .filter(|whole| is_number(whole))
        .unwrap_or(id)
}

/// Whether a text is the number of a field, with or without a part.
pub(super) fn is_number(id: &str) -> bool {
    !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && !id.starts_with('.')
}

/// An id that comes as a number or as text.
pub(super) fn id(value: Option<&Json>) -> Option<String> {
    match value? {
        Json::String(text) if !text.trim().is_empty() => Some(canonical(text).to_owned()),
        Json::Number(number) => Some(canonical(&number.to_string()).to_owned()),
        _ => None,
    }
}
