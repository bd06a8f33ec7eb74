//! What YouServe's records point to: companies, units, profiles and value lists.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        names::{COMPANIES, DEPARTMENTS, TITLES},
    },
    YouServe, employees, failure, slices,
};
use serde_json::{Value, json};

/// Companies; several slices of one id where it was renamed.
pub(super) fn companies(youserve: &YouServe, scene: &Scene) -> Vec<Value> {
    let mut all: Vec<Value> = (7_001_u64..)
        .zip(COMPANIES)
        .map(|(id, (short, full))| {
            json!({"id": id.to_string(), "shortName": short, "fullName": full, "validFrom": "2020-04-01", "validUntil": slices::OPEN})
        })
        .collect();
    if scene.has("company-renamed") {
        let today = youserve.company.today.to_string();
        let mut renamed = all[0].clone();
        renamed["fullName"] = json!("Voorbeeld Zorg Nederland B.V.");
        renamed["validFrom"] = json!(today);
        all[0]["validUntil"] = json!(today);
        all.push(renamed);
    }
    if scene.has("company-gone") {
        all.remove(0);
    }
    if scene.has("companies-of-others") {
        for company in &mut all {
            company["shortName"] = json!(format!("DE-{}", company["id"]));
        }
    }
    if scene.has("company-same-short-name") {
        let mut twin = all[0].clone();
        (twin["id"], twin["fullName"]) = (json!("7099"), json!("Andere Zorg B.V."));
        all.push(twin);
    }
    all.into_iter()
        .map(|company| slices::dates(company, scene))
        .collect()
}

/// `GET /iam/v1.0/companies/{id}`.
pub(super) fn company(youserve: &YouServe, id: &str, scene: &Scene) -> Answer {
    match companies(youserve, scene)
        .into_iter()
        .find(|company| company["id"] == id)
    {
        Some(company) => Answer::json(200, &company),
        None => failure(404, "Not Found"),
    }
}

/// Units, with an employee record as their manager.
pub(super) fn units(youserve: &YouServe, scene: &Scene) -> Vec<Value> {
    let contracts = youserve.contracts(scene);
    let unit = |(place, name): (usize, &&str)| {
        let manager = contracts
            .iter()
            .find(|contract| contract.person.department == place);
        let mut unit = json!({
            "id": employees::unit(place), "shortName": format!("AFD{place}"), "fullName": name, "isActive": true,
            "organizationUnitType": "1", "validFrom": "2020-04-01", "validUntil": slices::OPEN,
        });
        if let Some(manager) = manager {
            unit["manager"] = json!(manager.id.to_string());
            unit["managerPersonCode"] = json!(employees::person_code(&manager.person));
        }
        if place == 0 && scene.has("manager-unknown") {
            (unit["manager"], unit["managerPersonCode"]) = (json!("99999999"), json!("999999"));
        }
        unit
    };
    DEPARTMENTS.iter().enumerate().map(unit).collect()
}

pub(super) fn profiles() -> Vec<Value> {
    let profile =
        |(place, name): (usize, &&str)| json!({"id": (300 + place).to_string(), "fullName": name});
    TITLES.iter().enumerate().map(profile).collect()
}

/// Cost centres and classifications.
pub(super) fn values(list: &str) -> Vec<Value> {
    match list {
        "costcenter" => (0..DEPARTMENTS.len())
            .map(|place| json!({"id": (900 + place).to_string(), "shortName": format!("KP{place:02}")}))
            .collect(),
        "classification" => vec![json!({"id": "1", "shortName": "CAO", "fullName": "Collective agreement"})],
        _ => Vec::new(),
    }
}
