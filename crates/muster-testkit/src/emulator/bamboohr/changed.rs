//! `GET /v1/employees/changed`: who changed since an instant, and the rows of a table of those.

use super::{
    super::{answer::Answer, api::Scene, company::earlier, person::Person, request::Request},
    BambooHr, history, id, refusal,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};

/// The instant that is asked for; a raw plus has become a blank and is no instant.
fn since(request: &Request) -> Option<Date> {
    let instant: Timestamp = request.parameter("since")?.parse().ok()?;
    Some(instant.to_zoned(TimeZone::UTC).date())
}

fn action(person: &Person) -> &'static str {
    if person.service.len() == 1 && person.changed <= person.service[0].from {
        "Inserted"
    } else {
        "Updated"
    }
}

pub(super) fn people(bamboo: &BambooHr, request: &Request, scene: &Scene) -> Answer {
    let Some(since) = since(request) else {
        return refusal(400, "The since parameter is missing or invalid");
    };
    let kind = request.parameter("type").map(|it| it.to_lowercase());
    let is_wanted = |action: &str| {
        kind.as_ref()
            .is_none_or(|kind| *kind == action.to_lowercase())
    };
    let mut entries: Vec<(String, Value)> = Vec::new();
    for person in bamboo
        .people(&scene.firing)
        .iter()
        .filter(|it| it.changed >= since && is_wanted(action(it)))
    {
        let id = id(person, &scene.firing).to_string();
        let when = format!("{}T14:22:45Z", person.changed);
        entries.push((
            id.clone(),
            json!({"id": id, "action": action(person), "lastChanged": when}),
        ));
    }
    if scene.has("changed-deleted") && is_wanted("Deleted") {
        entries.push((
            "999".to_owned(),
            json!({"id": "999", "action": "Deleted", "lastChanged": "2026-11-01T09:00:00Z"}),
        ));
    }
    if scene.has("changed-empty-list") || scene.has("changed-empty-object") {
        entries.clear();
    }
    if scene.has("changed-duplicate")
        && let Some(first) = entries.first().cloned()
    {
        entries.push(first);
    }
    let latest = if scene.has("changed-latest-old") {
        earlier(since, 30)
    } else {
        bamboo.company.today
    };
    // Nobody is an empty list, as PHP writes an empty map. Written by hand, because an id may be there twice.
    let employees = match entries.is_empty() {
        true if scene.has("changed-empty-object") => "{}".to_owned(),
        true => "[]".to_owned(),
        false => {
            let members: Vec<String> = entries
                .iter()
                .map(|(id, entry)| format!("\"{id}\":{entry}"))
                .collect();
            format!("{{{}}}", members.join(","))
        }
    };
    let body = format!("{{\"latest\":\"{latest}T14:22:45Z\",\"employees\":{employees}}}");
    Answer::text(200, "application/json", body)
}

/// `GET /v1/employees/changed/tables/{table}`: all rows of a changed person, without their ids.
pub(super) fn table(bamboo: &BambooHr, table: &str, request: &Request, scene: &Scene) -> Answer {
    let Some(since) = since(request) else {
        return refusal(400, "The since parameter is missing or invalid");
    };
    let mut employees = Map::new();
    for person in bamboo
        .people(&scene.firing)
        .iter()
        .filter(|person| person.changed >= since)
    {
        let Some(mut rows) = history::rows(bamboo, person, table, scene) else {
            return refusal(404, "Table not found");
        };
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.remove("id");
            row.remove("employeeId");
        }
        let changed = format!("{}T14:22:45Z", person.changed);
        employees.insert(
            id(person, &scene.firing).to_string(),
            json!({"lastChanged": changed, "rows": rows}),
        );
    }
    Answer::json(200, &json!({"table": table, "employees": employees}))
}
