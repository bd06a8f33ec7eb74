//! One person of version 2 as the columns of version 1.

use super::{employment::Employment, is_meant};
use crate::{
    connector::Value,
    systems::{attributes::Attributes, leniency},
};
use serde_json::Value as Json;

/// What a person has besides employments and custom attributes.
const PLAIN: &[&str] = &[
    "id",
    "email",
    "first_name",
    "last_name",
    "preferred_name",
    "gender",
    "status",
    "created_at",
    "updated_at",
];

/// Whether a key of a person is a plain attribute.
pub(super) fn is_plain(key: &str) -> bool {
    PLAIN.contains(&key)
}

/// The id, if there is one.
pub(super) fn id(person: &Attributes) -> Option<String> {
    match person.get("id").map(leniency::scalar) {
        Some(Value::Text(id)) if is_part(&id) => Some(id),
        _ => None,
    }
}

/// Whether an id may be a part of a path: it is data, and must not lead elsewhere.
pub(in crate::systems::personio) fn is_part(id: &str) -> bool {
    !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

pub(super) fn custom(person: &Attributes) -> &[Json] {
    person
        .get("custom_attributes")
        .and_then(Json::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The wanted columns, looked at once.
pub(super) struct Columns {
    names: Vec<String>,
    /// Whether any of them is in the employments.
    pub(super) needs_employments: bool,
    /// Which of them are organisation units, whose names have to be looked up, and of what kind.
    pub(super) units: Vec<(usize, &'static str)>,
}

impl Columns {
    pub(super) fn new(names: &[String]) -> Self {
        let of_employment =
            |name: &String| super::employment::COLUMNS.contains(&name.as_str()) || name == "status";
        Self {
            needs_employments: names.iter().any(of_employment),
            units: ["department", "team"]
                .into_iter()
                .filter_map(|kind| Some((names.iter().position(|name| name == kind)?, kind)))
                .collect(),
            names: names.to_vec(),
        }
    }

    /// What a person says in each of them.
    pub(super) fn values(
        &self,
        person: &Attributes,
        employment: Option<&Employment<'_>>,
    ) -> Vec<Value> {
        self.names
            .iter()
            .map(|name| value(name, person, employment))
            .collect()
    }
}

fn value(name: &str, person: &Attributes, employment: Option<&Employment<'_>>) -> Value {
    if name == "status" {
        return status(person, employment);
    }
    if is_plain(name) {
        return person.get(name).map_or(Value::Absent, leniency::scalar);
    }
    if super::employment::COLUMNS.contains(&name) {
        return employment.map_or(Value::Absent, |employment| employment.value(name));
    }
    let mut found = custom(person)
        .iter()
        .filter(|custom| is_meant(custom, name));
    let Some(first) = found.next() else {
        return Value::Absent;
    };
    if found.next().is_some() {
        // Two attributes with one name could mean either.
        return Value::Unreadable;
    }
    let is_date = first
        .get("type")
        .and_then(Json::as_str)
        .is_some_and(|kind| kind.eq_ignore_ascii_case("date"));
    let value = first.get("value").unwrap_or(&Json::Null);
    if is_date {
        leniency::day(value)
    } else {
        leniency::tags(value)
    }
}

/// Version 1's words for what is said of person and employment: an active person may be on leave, or start
/// only later.
fn status(person: &Attributes, employment: Option<&Employment<'_>>) -> Value {
    let lower = |value: Value| match value {
        Value::Text(text) => Value::Text(text.to_ascii_lowercase()),
        other => other,
    };
    let of_person = person
        .get("status")
        .map_or(Value::Absent, |status| lower(leniency::scalar(status)));
    let of_employment = employment.map_or(Value::Absent, |employment| lower(employment.status()));
    match (&of_person, &of_employment) {
        (Value::Text(person), Value::Text(employment))
            if person == "active" && ["leave", "onboarding"].contains(&employment.as_str()) =>
        {
            of_employment
        }
        _ => of_person,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::from_str;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    /// What a person of version 2 says in a custom attribute, given as JSON after its id.
    fn custom(attribute: &str, column: &str) -> Value {
        let person = format!(r#"{{"id":"1","custom_attributes":[{attribute}]}}"#);
        let person: Attributes = from_str(&person).unwrap();
        let columns = Columns::new(&[column.to_owned()]);
        columns.values(&person, None).remove(0)
    }

    #[test]
    fn custom_attributes_of_version_two_are_read_in_every_form() {
        let hashed = r#"{"id":"dynamic_1f3a.902114","type":"STRING","value":"Yes"}"#;
        assert_eq!(custom(hashed, "dynamic_1f3a.902114"), text("Yes"));
        assert_eq!(custom(hashed, "dynamic_902114"), Value::Absent);
        for (form, wanted) in [
            (r#""type":"string","value":"Yes""#, text("Yes")),
            (r#""type":"STRING","value":"""#, Value::Null),
            (r#""type":"BOOLEAN","value":true"#, text("true")),
            (r#""type":"boolean","value":"false""#, text("false")),
            (r#""type":"INT","value":42"#, text("42")),
            (r#""type":"double","value":12.5"#, text("12.5")),
            (r#""type":"double","value":"12.50""#, text("12.50")),
            (r#""type":"DATE","value":"2026-05-31""#, text("2026-05-31")),
            (
                r#""type":"date","value":"2026-05-31T00:00:00+02:00""#,
                text("2026-05-31"),
            ),
            (r#""type":"date","value":20260531"#, Value::Unreadable),
            (r#""type":"STRING_LIST","value":["A","B"]"#, text("A, B")),
            (
                r#""type":"string_list","value":[{"name":"A"},{"name":"B"}]"#,
                text("A, B"),
            ),
            (
                r#""type":"string_list","value":[{"code":1}]"#,
                Value::Unreadable,
            ),
            (r#""type":"string_list","value":[]"#, Value::Null),
            (r#""type":"UNSPECIFIED","value":null"#, Value::Null),
            (r#""type":"hologram","value":"x""#, text("x")),
            (r#""value":"no type""#, text("no type")),
            // It is there, so it is no right that is missing.
            (r#""type":"string""#, Value::Null),
        ] {
            let attribute = format!(r#"{{"id":"dynamic_1",{form}}}"#);
            assert_eq!(custom(&attribute, "dynamic_1"), wanted, "{form}");
            assert_eq!(custom(&attribute, "dynamic_2"), Value::Absent, "{form}");
        }
    }

    #[test]
    fn a_birthday_of_version_two_is_found_by_its_mark_alone() {
        let marked =
            r#"{"id":"dynamic_9","type":"date","value":"1990-10-28","global_id":"date_of_birth"}"#;
        let named =
            r#"{"id":"dynamic_8","type":"date","value":"1999-01-01","label":"date_of_birth"}"#;
        assert_eq!(custom(marked, "date_of_birth"), text("1990-10-28"));
        assert_eq!(custom(named, "date_of_birth"), Value::Absent);
        assert_eq!(
            custom(&format!("{named},{marked}"), "date_of_birth"),
            text("1990-10-28")
        );
        assert_eq!(
            custom(&format!("{marked},{marked}"), "date_of_birth"),
            Value::Unreadable
        );
    }
}
