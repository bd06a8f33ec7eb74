//! BambooHR's fields, and the endpoints that describe them.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        names::{DEPARTMENTS, OFFICES, TITLES},
        scenario::Firing,
    },
    refusal,
};
use serde_json::{Value, json};

/// A field: number, name, type, alias.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) number: &'static str,
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) alias: &'static str,
}

const fn field(
    number: &'static str,
    name: &'static str,
    kind: &'static str,
    alias: &'static str,
) -> Field {
    Field {
        number,
        name,
        kind,
        alias,
    }
}

/// Fields that the key may read. `status` is there twice, as in life.
pub(super) const FIELDS: [Field; 31] = [
    field("4", "Employee #", "employee_number", "employeeNumber"),
    field("1", "First Name", "text", "firstName"),
    field("2", "Last Name", "text", "lastName"),
    field("5", "Middle Name", "text", "middleName"),
    field("13", "Preferred Name", "text", "preferredName"),
    field("14", "Display Name", "text", "displayName"),
    field("7", "Work Email", "email", "workEmail"),
    field("8", "Home Email", "email", "homeEmail"),
    field("4340.4", "Best Email", "email", "bestEmail"),
    field("6", "Birth Date", "date", "dateOfBirth"),
    field("9", "Birthday", "text", "birthday"),
    field("10", "Gender", "gender", "gender"),
    field("3", "Hire Date", "date", "hireDate"),
    field("4313", "Original Hire Date", "date", "originalHireDate"),
    field("4314", "Termination Date", "date", "terminationDate"),
    field("387", "Status", "status", "employmentStatus"),
    field("387", "Status", "status", "status"),
    field("16", "Employment Status", "list", "employmentHistoryStatus"),
    field(
        "1936",
        "Employment Status: Date",
        "date",
        "employeeStatusDate",
    ),
    field("17", "Job Title", "list", "jobTitle"),
    field("18", "Location", "list", "location"),
    field("1355", "Division", "list", "division"),
    field("19", "Department", "list", "department"),
    field("91", "Reporting to", "employee", "supervisor"),
    field("4022", "Supervisor ID", "employee", "supervisorId"),
    field("4023", "Supervisor EID", "employee", "supervisorEId"),
    field("4024", "Supervisor Email", "email", "supervisorEmail"),
    field("4025", "Last changed", "timestamp", "lastChanged"),
    field("4026", "Photo uploaded", "bool", "photoUploaded"),
    field("4391", "alleo_access", "checkbox", "alleo_access"),
    field(
        "4392",
        "alleo_monthly_all_budget",
        "currency",
        "alleo_monthly_all_budget",
    ),
];

/// Finds a field by alias or number; `4391.0` is 4391.
pub(super) fn find(asked: &str, firing: &Firing) -> Option<Field> {
    let number = asked.strip_suffix(".0").unwrap_or(asked);
    let is_nameless = |field: &Field| {
        firing.has("alias-missing") && field.number.len() == 4 && field.number >= "4391"
    };
    let all = FIELDS
        .iter()
        .filter(|field| !withheld(firing).contains(&field.alias));
    all.into_iter()
        .find(|field| field.number == number || (field.alias == asked && !is_nameless(field)))
        .copied()
}

/// Aliases of the fields that the key may not read, by scenario.
pub(super) fn withheld(firing: &Firing) -> Vec<&'static str> {
    let all = [
        ("work-email-withheld", "workEmail"),
        ("home-email-withheld", "homeEmail"),
        ("birth-date-withheld", "dateOfBirth"),
        ("termination-withheld", "terminationDate"),
        ("status-withheld", "status"),
        ("status-withheld", "employmentStatus"),
        ("alleo-withheld", "alleo_access"),
        ("hire-date-withheld", "hireDate"),
    ];
    all.into_iter()
        .filter(|(name, _)| firing.has(name))
        .map(|(_, alias)| alias)
        .collect()
}

/// A field's number as the vendor writes it: a number, or text where it has a part behind a dot.
pub(super) fn number(field: &Field) -> Value {
    field
        .number
        .parse::<u64>()
        .map_or_else(|_| json!(field.number), |number| json!(number))
}

/// `GET /v1/meta/{fields|lists|tables|users}`.
pub(super) fn meta(what: &str, scene: &Scene) -> Answer {
    match what {
        "fields" => Answer::json(200, &listing(scene)),
        "lists" => Answer::json(200, &lists()),
        "tables" => Answer::json(
            200,
            &json!([{"alias": "employmentStatus", "fields": []}, {"alias": "jobInfo", "fields": []}]),
        ),
        "users" => Answer::json(
            200,
            &json!({"2999": {"id": 2999, "firstName": "Sync", "lastName": "User", "status": "enabled"}}),
        ),
        _ => refusal(404, "Not found"),
    }
}

fn listing(scene: &Scene) -> Value {
    let withheld = withheld(&scene.firing);
    let known = FIELDS
        .iter()
        .filter(|field| !withheld.contains(&field.alias))
        .map(|field| {
            let mut entry = json!({"id": number(field), "name": field.name, "type": field.kind});
            if find(field.alias, &scene.firing).is_some() {
                entry["alias"] = json!(field.alias);
            }
            entry
        });
    // Most fields of an account have no alias, and some have a number with a part.
    let others = (4500..4560).map(|number| match number % 20 {
        0 => json!({"id": format!("{number}.1"), "name": format!("Custom {number}"), "type": "new_benefit"}),
        1 => json!({"id": number, "name": format!("Custom {number}"), "type": "text", "deprecated": "yes"}),
        _ => json!({"id": number, "name": format!("Custom {number}"), "type": "textarea"}),
    });
    known.chain(others).collect()
}

fn lists() -> Value {
    let list = |field: u64, alias: &str, names: &[&str]| {
        let options: Vec<Value> = (1_u64..)
            .zip(names)
            .map(|(id, name)| json!({"id": field * 100 + id, "name": name, "archived": "no", "manageable": "yes"}))
            .collect();
        json!({"id": field, "fieldId": field, "alias": alias, "manageable": "yes", "multiple": "no", "options": options})
    };
    json!([
        list(19, "department", &DEPARTMENTS),
        list(18, "location", &OFFICES),
        list(17, "jobTitle", &TITLES)
    ])
}
