//! What may be wrong with single records of YouServe.

use super::{
    super::{
        api::Scene,
        cast::LEAD,
        company::{earlier, later},
        person::Person,
    },
    Contract, YouServe,
};
use serde_json::{Value, json};

/// Changes an employee record as the scenarios want.
pub(super) fn distort(
    record: &mut Value,
    contract: &Contract<'_>,
    youserve: &YouServe,
    scene: &Scene,
) {
    let (person, today) = (&*contract.person, youserve.company.today);
    for name in &scene.firing.0 {
        for_all(name, record, person);
        if *name == "hire-date-withheld" {
            remove(&mut record["employments"][0], "hireDate");
        }
        if person.number != LEAD {
            continue;
        }
        mails(name, record, person);
        employment(name, &mut record["employments"][0]);
        match *name {
            "person-code-missing" => remove(record, "personCode"),
            "inactive-open" => record["isActive"] = json!(false),
            "active-discharged" => {
                record["isActive"] = json!(true);
                record["employments"][0]["dischargeDate"] = json!(earlier(today, 20).to_string());
            }
            "end-date-ahead" => {
                record["employments"][0]["endDate"] = json!(later(today, 20).to_string())
            }
            "deceased" => record["deceased"] = json!(true),
            "known-as-missing" => remove(record, "knownAs"),
            "name-long" => record["lastName"] = json!("Ĳ".repeat(120)),
            "name-odd" => record["lastName"] = json!("’t Hart-Ĳsbrand ë O’Neill"),
            _ => {}
        }
    }
}

/// Takes the employments out of a record, last of all.
pub(super) fn strip(record: &mut Value, contract: &Contract<'_>, scene: &Scene) {
    let is_lead = contract.person.number == LEAD;
    if scene.has("nested-missing") || is_lead && scene.has("employments-of-one-missing") {
        remove(record, "employments");
    }
}

/// Changes a contract of its own as the scenarios want.
pub(super) fn distort_employment(record: &mut Value, contract: &Contract<'_>, scene: &Scene) {
    if scene.has("hire-date-withheld") {
        remove(record, "hireDate");
    }
    for name in scene
        .firing
        .0
        .iter()
        .filter(|_| contract.person.number == LEAD)
    {
        employment(name, record);
        if *name == "person-code-missing" {
            remove(record, "personCode");
        }
    }
}

fn for_all(name: &str, record: &mut Value, person: &Person) {
    match name {
        "mail-array-missing" => remove(record, "emailAddresses"),
        "birthday-missing" => remove(record, "dateOfBirth"),
        "is-active-missing" => remove(record, "isActive"),
        "extension-missing" => remove(record, "extensions"),
        "extension-all-no" => record["extensions"] = json!([{"key": "alleo", "value": "N"}]),
        "mail-types-mixed" => {
            let (business, private) = [
                ("Business", "Private"),
                ("business", "private"),
                ("BUSINESS", "Personal"),
            ][person.number as usize % 3];
            for mail in record["emailAddresses"]
                .as_array_mut()
                .into_iter()
                .flatten()
            {
                mail["type"] = json!(if mail["type"] == "Business" {
                    business
                } else {
                    private
                });
            }
        }
        "unknown-property" => record["novelty"] = json!({"a": [1, {"b": null}]}),
        _ => {}
    }
}

fn mails(name: &str, record: &mut Value, person: &Person) {
    let entry = |kind: &str, address: &str| json!({"type": kind, "address": address});
    let own = person.email.clone().unwrap_or_default();
    record["emailAddresses"] = match name {
        "mail-type-unknown" => json!([entry("Pigeon", &own)]),
        "mail-two-business" => {
            json!([
                entry("Business", ""),
                entry("Business", &own),
                entry("Business", "second@acme.example")
            ])
        }
        "mail-address-missing" => json!([{"type": "Business"}, entry("Private", "")]),
        "mail-only-private" => json!([entry("Private", "only@home.example")]),
        _ => return,
    };
}

fn employment(name: &str, record: &mut Value) {
    match name {
        "company-unknown" => record["company"] = json!("XX99"),
        "hire-date-missing" => remove(record, "hireDate"),
        "original-later" => record["originalHireDate"] = json!("2030-01-01"),
        _ => {}
    }
}

fn remove(record: &mut Value, key: &str) {
    if let Some(members) = record.as_object_mut() {
        members.remove(key);
    }
}
