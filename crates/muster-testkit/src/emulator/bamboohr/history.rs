//! BambooHR's tables of history: employment status and job, the rows in no order.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        cast::LEAD,
        company::later,
        names::{DEPARTMENTS, OFFICES, TEAMS, TITLES},
        person::Person,
    },
    BambooHr, id, refusal,
    values::{date, kind, to_come},
};
use serde_json::{Value, json};

/// `GET /v1/employees/{id|all}/tables/{table}`.
pub(super) fn table(bamboo: &BambooHr, who: &str, table: &str, scene: &Scene) -> Answer {
    let people = bamboo.people(&scene.firing);
    let chosen: Vec<_> = people
        .iter()
        .filter(|it| who == "all" || id(it, &scene.firing).to_string() == who)
        .collect();
    if chosen.is_empty() && who != "all" {
        return refusal(404, "Employee not found, Employee not found");
    }
    let mut all = Vec::new();
    for person in chosen {
        match rows(bamboo, person, table, scene) {
            Some(rows) => all.extend(rows),
            None => return refusal(404, "Table not found"),
        }
    }
    if who == "all" {
        // The vendor promises no order.
        all.sort_by_key(|row| row["id"].as_str().and_then(|id| id.bytes().next_back()));
    }
    Answer::json(200, &json!(all))
}

/// A person's rows of a table; none for a table that there is not.
pub(super) fn rows(
    bamboo: &BambooHr,
    person: &Person,
    table: &str,
    scene: &Scene,
) -> Option<Vec<Value>> {
    let owner = id(person, &scene.firing).to_string();
    match table {
        "employmentStatus" => Some(statuses(person, &owner, scene)),
        "jobInfo" => Some(jobs(bamboo, person, &owner, scene)),
        _ => None,
    }
}

/// One row per hiring, one per leaving; a leaving to come is there before its day.
fn statuses(person: &Person, owner: &str, scene: &Scene) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut add = |day, status: &str, reason: Value| {
        let row = rows.len() as u64 + person.number * 10;
        rows.push(json!({
            "id": row.to_string(), "employeeId": owner, "date": date(Some(day)), "employmentStatus": status,
            "comment": null, "terminationReasonId": reason, "terminationTypeId": null, "terminationRehireId": null,
        }));
    };
    for service in &person.service {
        add(service.from, kind(person), Value::Null);
        if let Some(until) = service.until {
            add(until, "Terminated", json!("441"));
        }
    }
    if person.number == 3 && scene.has("overlapping-rows") {
        add(person.service[0].from, "Furloughed", Value::Null);
    }
    rows.reverse();
    rows
}

/// The rows of the job, the one to come first: a transfer is there before its day.
fn jobs(bamboo: &BambooHr, person: &Person, owner: &str, scene: &Scene) -> Vec<Value> {
    let now = job(bamboo, person, owner);
    if person.number != LEAD || !scene.has("planned-transfer") {
        return vec![now];
    }
    let mut next = now.clone();
    next["id"] = json!((60_000 + person.number).to_string());
    next["date"] = date(Some(later(bamboo.company.today, 30)));
    next["department"] = json!(DEPARTMENTS[to_come(person.department, DEPARTMENTS.len())]);
    next["location"] = json!(OFFICES[to_come(person.office, OFFICES.len())]);
    next["jobTitle"] = json!(TITLES[to_come(person.title, TITLES.len())]);
    vec![next, now]
}

fn job(bamboo: &BambooHr, person: &Person, owner: &str) -> Value {
    let chief = person
        .supervisor
        .and_then(|number| bamboo.company.person(number));
    json!({
        "id": (30_000 + person.number).to_string(),
        "employeeId": owner,
        "date": date(Some(person.service[0].from)),
        "location": OFFICES[person.office],
        "department": DEPARTMENTS[person.department],
        "division": TEAMS[person.number as usize % TEAMS.len()],
        "jobTitle": TITLES[person.title],
        "reportsTo": chief.map(Person::display_name),
    })
}
