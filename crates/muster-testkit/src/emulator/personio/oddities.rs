//! What may be wrong with single attributes of Personio's people.

use super::{
    super::{
        cast::LEAD,
        company::{Company, later},
        person::Person,
        scenario::Firing,
    },
    attributes::{ALLEO, BIRTHDAY, SKILLS, midnight},
};
use serde_json::{Map, Value, json};

/// Attributes that are not granted, by scenario.
pub(super) fn withheld(firing: &Firing) -> Vec<&'static str> {
    let all = [
        ("status-withheld", "status"),
        ("email-withheld", "email"),
        ("termination-withheld", "termination_date"),
        ("birthday-withheld", BIRTHDAY),
        ("alleo-withheld", ALLEO),
        ("department-withheld", "department"),
    ];
    all.into_iter()
        .filter(|(name, _)| firing.has(name))
        .map(|(_, key)| key)
        .collect()
}

/// Changes a person's attributes as the scenarios want.
pub(super) fn distort(
    attributes: &mut Map<String, Value>,
    person: &Person,
    company: &Company,
    firing: &Firing,
) {
    for name in &firing.0 {
        forms(name, attributes, person);
        dates(name, attributes, person, company);
        match *name {
            "inactive-future-termination" if person.number == LEAD => {
                set(attributes, "status", json!("inactive"));
                set(
                    attributes,
                    "termination_date",
                    json!(midnight(later(company.today, 30))),
                );
            }
            "unknown-status" if person.number == LEAD => {
                set(attributes, "status", json!("sabbatical"))
            }
            "alleo-all-no" => set(attributes, ALLEO, json!("No")),
            "salary-unasked" => {
                let salary = json!({"label": "Fix salary", "value": 4_321.5, "type": "decimal", "universal_id": "fix_salary", "currency": "EUR"});
                attributes.insert("hourly_salary".to_owned(), salary.clone());
                attributes.insert("fix_salary".to_owned(), salary);
            }
            "huge-page" => {
                attributes.insert(
                    "filler".to_owned(),
                    json!({"label": "Filler", "value": "x".repeat(5_000), "type": "standard"}),
                );
            }
            _ => {}
        }
    }
    for key in withheld(firing) {
        attributes.remove(key);
    }
}

fn set(attributes: &mut Map<String, Value>, key: &str, value: Value) {
    if let Some(envelope) = attributes.get_mut(key) {
        envelope["value"] = value;
    }
}

/// The same nothing in four forms, the same something in two.
fn forms(name: &str, attributes: &mut Map<String, Value>, person: &Person) {
    let nothing = [Value::Null, json!(""), json!([])]
        .get(person.number as usize % 4)
        .cloned();
    match name {
        "empty-forms" => match nothing {
            Some(value) => set(attributes, "termination_type", value),
            None => drop(attributes.remove("termination_type")),
        },
        "department-forms" => match nothing {
            Some(value) => set(attributes, "department", value),
            None => set(
                attributes,
                "department",
                json!({"type": "Department", "attributes": {"id": 7_701, "name": "Logistik"}}),
            ),
        },
        "hours-as-number" => set(attributes, "weekly_working_hours", json!(person.hours)),
        "id-as-text" => {
            let text = attributes
                .get("id")
                .map(|it| it["value"].to_string())
                .unwrap_or_default();
            set(attributes, "id", json!(text));
        }
        "tags-as-json" => {
            let tags = if person.number.is_multiple_of(2) {
                "[\"A\",\"B\"]"
            } else {
                "A, B"
            };
            let envelope =
                json!({"label": "Skills", "value": tags, "type": "tags", "universal_id": null});
            attributes.insert(SKILLS.to_owned(), envelope);
        }
        "unknown-attribute" => {
            let value = json!({"type": "Novelty", "attributes": {"a": [1, {"b": null}]}});
            let envelope = json!({"label": "Novelty", "value": value, "type": "standard", "universal_id": "novelty"});
            attributes.insert("novelty".to_owned(), envelope);
        }
        "unknown-type" => {
            for (_, envelope) in attributes.iter_mut() {
                envelope["type"] = json!("hologram");
            }
        }
        "type-missing" => {
            for envelope in attributes.values_mut().filter_map(Value::as_object_mut) {
                envelope.remove("type");
                envelope.remove("universal_id");
            }
        }
        "alleo-localized" => set(
            attributes,
            ALLEO,
            json!(if person.access { "Ja" } else { "Nein" }),
        ),
        _ => {}
    }
}

fn dates(name: &str, attributes: &mut Map<String, Value>, person: &Person, company: &Company) {
    let hired = person.serving(company.today).from;
    let lead = person.number == LEAD;
    match name {
        "dates-without-colon" => each_date(attributes, |text| {
            text.replace("+01:00", "+0100").replace("+02:00", "+0200")
        }),
        "dates-plain" => each_date(attributes, |text| text.chars().take(10).collect()),
        "dates-local-mean-time" if lead => {
            set(attributes, BIRTHDAY, json!("1835-02-01T00:00:00+00:53"))
        }
        "date-zero" if lead => set(attributes, "hire_date", json!("0000-00-00")),
        "date-impossible" if lead => {
            set(attributes, "hire_date", json!("2026-02-30T00:00:00+01:00"))
        }
        "date-leap-day" if lead => set(attributes, BIRTHDAY, json!("1992-02-29T00:00:00+01:00")),
        "date-extremes" if lead => {
            set(attributes, BIRTHDAY, json!("1900-01-01T00:00:00+01:00"));
            set(
                attributes,
                "termination_date",
                json!("9999-12-31T00:00:00+01:00"),
            );
        }
        "date-dst-edges" if lead => {
            set(attributes, "hire_date", json!("2019-03-31T00:00:00+01:00"));
            set(attributes, BIRTHDAY, json!("1996-10-27T00:00:00+02:00"));
        }
        "date-hired-as-text" if lead => set(
            attributes,
            "hire_date",
            json!(hired.strftime("%d.%m.%Y").to_string()),
        ),
        _ => {}
    }
}

/// Rewrites every value that is a date.
fn each_date(attributes: &mut Map<String, Value>, rewrite: impl Fn(&str) -> String) {
    for envelope in attributes
        .values_mut()
        .filter(|envelope| envelope["type"] == "date")
    {
        if let Some(text) = envelope["value"].as_str() {
            envelope["value"] = json!(rewrite(text));
        }
    }
}
