//! `GET /v1/company/employees`: the list by offset and limit, and one employee.

use super::{
    super::{answer::Answer, api::Scene, paging, person::Person, request::Request},
    Personio, attributes, failure, id, not_found,
};
use serde_json::{Value, json};

/// Page size where none is asked for, the largest, and the largest that is not refused.
const USUAL: usize = 50;
const MOST: usize = 100;
const MAX_ACCEPTED: usize = 200;

pub(super) fn list(personio: &Personio, request: &Request, scene: &Scene) -> Answer {
    let asked = match request.parameter("limit") {
        None => USUAL,
        Some(text) => match text.parse() {
            Ok(limit) if (1..=MAX_ACCEPTED).contains(&limit) => limit,
            _ => return failure(400, "The limit must be between 1 and 200"),
        },
    };
    if asked > MOST && scene.has("limit-400") {
        return failure(400, "The limit may not be greater than 100");
    }
    let (limit, offset) = (asked.clamp(1, MOST), request.number("offset").unwrap_or(0));
    let since = request
        .parameter("updated_since")
        .and_then(|it| it.get(..10)?.parse().ok());
    let mut people = personio.people(&scene.firing);
    match (since, request.parameter("email")) {
        (Some(since), _) => people.retain(|person| person.changed >= since),
        (None, Some(email)) => {
            people.retain(|person| person.email.as_deref() == Some(email.as_str()))
        }
        (None, None) => {}
    }
    let whole = since.is_some() && scene.has("updated-since-whole");
    let page = if whole {
        paging::Page {
            total: people.len(),
            items: people,
            next: None,
        }
    } else {
        paging::page(people, offset, limit, &scene.firing)
    };
    let wanted = wanted(request);
    let rows: Vec<Value> = page
        .items
        .iter()
        .map(|person| row(personio, person, &wanted, scene))
        .collect();
    Answer::json(200, &envelope(rows, page.total, offset, limit, scene))
}

fn envelope(rows: Vec<Value>, total: usize, offset: usize, limit: usize, scene: &Scene) -> Value {
    if scene.has("metadata-missing") {
        return json!({"success": true, "data": rows});
    }
    let pages = if scene.has("total-pages-wrong") {
        99
    } else {
        total.div_ceil(limit)
    };
    let mut body = json!({
        "success": true,
        "metadata": {"total_elements": total, "current_page": offset / limit, "total_pages": pages},
        "offset": offset,
        "limit": limit,
        "data": rows,
    });
    if scene.has("offset-as-text") {
        body["offset"] = json!(offset.to_string());
        body["limit"] = json!(limit.to_string());
    }
    body
}

/// One employee with every attribute: this path has no parameters.
pub(super) fn single(personio: &Personio, asked: &str, scene: &Scene) -> Answer {
    let people = personio.people(&scene.firing);
    let found = people
        .iter()
        .find(|person| id(person, &scene.firing).to_string() == asked);
    match found {
        Some(person) => Answer::json(
            200,
            &json!({"success": true, "data": row(personio, person, &[], scene)}),
        ),
        None => not_found(),
    }
}

/// The attributes that are asked for; none: all that may be read.
fn wanted(request: &Request) -> Vec<String> {
    let named = request
        .parameters()
        .into_iter()
        .filter(|(name, _)| name == "attributes[]" || name == "attributes");
    named
        .flat_map(|(_, value)| value.split(',').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn row(personio: &Personio, person: &Person, wanted: &[String], scene: &Scene) -> Value {
    let mut attributes = attributes::of(person, &personio.company, &scene.firing);
    attributes.retain(|key, _| {
        let unasked =
            ["fix_salary", "hourly_salary"].contains(&key.as_str()) && scene.has("salary-unasked");
        wanted.is_empty() || unasked || key == "id" || key == "filler" || wanted.contains(key)
    });
    json!({"type": "Employee", "attributes": attributes})
}
