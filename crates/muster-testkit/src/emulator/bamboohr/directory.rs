//! BambooHR's directory of those at work, and one employee by id.

use super::{
    super::{answer::Answer, api::Scene, person::Person, request::Request},
    BambooHr, fields, id, is_hidden, refusal,
    values::View,
};
use serde_json::{Map, Value, json};

const SHOWN: [&str; 9] = [
    "displayName",
    "firstName",
    "lastName",
    "preferredName",
    "jobTitle",
    "workEmail",
    "department",
    "location",
    "photoUploaded",
];

/// `GET /v1/employees/directory`.
pub(super) fn directory(bamboo: &BambooHr, request: &Request, scene: &Scene) -> Answer {
    if scene.has("directory-403") {
        return refusal(403, "The directory is not shared");
    }
    if scene.has("directory-empty-404") {
        return refusal(404, "No employees");
    }
    let only_current = request
        .parameter("onlyCurrent")
        .is_none_or(|it| it != "false");
    let people = bamboo.people(&scene.firing);
    let rows: Vec<Value> = people
        .iter()
        .map(|person| View {
            person,
            company: &bamboo.company,
            firing: &scene.firing,
            only_current,
        })
        .filter(|view| !only_current || !view.is_gone())
        .map(|view| {
            let mut row = chosen(&view, &SHOWN.map(str::to_owned));
            let chief = view
                .person
                .supervisor
                .and_then(|number| bamboo.company.person(number));
            // Here the first name comes first, in the report last.
            row.insert(
                "supervisor".to_owned(),
                json!(chief.map(Person::display_name)),
            );
            Value::Object(row)
        })
        .collect();
    let heads: Vec<Value> = SHOWN
        .iter()
        .filter_map(|alias| fields::find(alias, &scene.firing))
        .map(|field| json!({"id": field.alias, "type": field.kind, "name": field.name}))
        .collect();
    Answer::json(200, &json!({"fields": heads, "employees": rows}))
}

/// `GET /v1/employees/{id}`; 0 is the user of the key, who is no employee.
pub(super) fn single(bamboo: &BambooHr, who: &str, request: &Request, scene: &Scene) -> Answer {
    let asked = request
        .parameter("fields")
        .unwrap_or_else(|| "firstName,lastName".to_owned());
    let asked: Vec<String> = asked.split(',').map(|it| it.trim().to_owned()).collect();
    if asked.len() > 400 {
        return refusal(400, "Too many fields");
    }
    if who == "0" {
        return Answer::json(200, &json!({"id": "0"}));
    }
    let people = bamboo.all_people(&scene.firing);
    let Some(person) = people
        .iter()
        .find(|it| id(it, &scene.firing).to_string() == who)
    else {
        return refusal(404, "Employee not found, Employee not found");
    };
    if scene.has("single-403") || is_hidden(person, &scene.firing) {
        return refusal(403, "Access denied");
    }
    let only_current = request
        .parameter("onlyCurrent")
        .is_none_or(|it| it != "false");
    let view = View {
        person,
        company: &bamboo.company,
        firing: &scene.firing,
        only_current,
    };
    Answer::json(200, &Value::Object(chosen(&view, &asked)))
}

/// The fields that are asked for and may be read, and the id.
fn chosen(view: &View<'_>, asked: &[String]) -> Map<String, Value> {
    let mut row = Map::new();
    for name in asked {
        let found = fields::find(name, view.firing).and_then(|field| view.value(field.alias));
        if let Some(value) = found {
            row.insert(name.clone(), value);
        }
    }
    row.insert(
        "id".to_owned(),
        json!(id(view.person, view.firing).to_string()),
    );
    row
}
