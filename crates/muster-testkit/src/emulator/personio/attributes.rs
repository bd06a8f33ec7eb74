//! Personio's attributes: each in an envelope of label, value, type and universal id.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        company::Company,
        names::{DEPARTMENTS, OFFICES, TEAMS, TITLES},
        person::{Person, Standing},
        scenario::Firing,
    },
    failure, id, oddities,
};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

/// Keys of the custom attributes of this account.
pub(super) const BIRTHDAY: &str = "dynamic_902077";
pub(super) const ALLEO: &str = "dynamic_902114";
pub(super) const BUDGET: &str = "dynamic_902115";
pub(super) const SKILLS: &str = "dynamic_902116";

/// Every attribute that the credential may read: key, English label, German label, type, universal id.
const READABLE: [(&str, &str, &str, &str, Option<&str>); 23] = [
    ("id", "ID", "ID", "integer", Some("id")),
    (
        "first_name",
        "First name",
        "Vorname",
        "standard",
        Some("first_name"),
    ),
    (
        "last_name",
        "Last name",
        "Nachname",
        "standard",
        Some("last_name"),
    ),
    (
        "preferred_name",
        "Preferred name",
        "Bevorzugter Name",
        "standard",
        Some("preferred_name"),
    ),
    ("email", "Email", "E-Mail", "standard", Some("email")),
    ("gender", "Gender", "Geschlecht", "standard", Some("gender")),
    ("status", "Status", "Status", "standard", Some("status")),
    (
        "position",
        "Position",
        "Position",
        "standard",
        Some("position"),
    ),
    (
        "supervisor",
        "Supervisor",
        "Vorgesetzter",
        "standard",
        Some("supervisor"),
    ),
    (
        "employment_type",
        "Employment type",
        "Anstellungsart",
        "standard",
        Some("employment_type"),
    ),
    (
        "weekly_working_hours",
        "Weekly hours",
        "Wochenstunden",
        "standard",
        Some("weekly_working_hours"),
    ),
    (
        "hire_date",
        "Hire date",
        "Anstellungsdatum",
        "date",
        Some("hire_date"),
    ),
    (
        "contract_end_date",
        "Contract ends",
        "Vertragsende",
        "date",
        Some("contract_end_date"),
    ),
    (
        "termination_date",
        "Termination date",
        "Austrittsdatum",
        "date",
        Some("termination_date"),
    ),
    (
        "last_working_day",
        "Last day of work",
        "Letzter Arbeitstag",
        "date",
        Some("last_working_day"),
    ),
    (
        "termination_type",
        "Termination type",
        "Kündigungsart",
        "standard",
        Some("termination_type"),
    ),
    (
        "last_modified_at",
        "Last modified",
        "Zuletzt geändert",
        "date",
        Some("last_modified_at"),
    ),
    (
        "department",
        "Department",
        "Abteilung",
        "standard",
        Some("department"),
    ),
    ("team", "Team", "Team", "standard", Some("team")),
    ("office", "Office", "Büro", "standard", Some("office")),
    (
        BIRTHDAY,
        "Birthday",
        "Geburtstag",
        "date",
        Some("date_of_birth"),
    ),
    (ALLEO, "Alleo", "Alleo", "list", None),
    (
        BUDGET,
        "alleo_monthly_all_budget",
        "alleo_monthly_all_budget",
        "decimal",
        None,
    ),
];

/// `GET /v1/company/employees/attributes`.
pub(super) fn listing(scene: &Scene) -> Answer {
    if scene.has("attributes-403") {
        return failure(403, "You are not allowed to do this");
    }
    let withheld = oddities::withheld(&scene.firing);
    // The list does not name `id`, which every record carries.
    let entries = READABLE
        .iter()
        .filter(|(key, ..)| *key != "id" && !withheld.contains(key));
    let mut data: Vec<Value> = entries
        .map(|(key, english, german, kind, universal)| {
            let label = if scene.has("labels-german") { german } else { english };
            let options = if *key == ALLEO { json!(["Yes", "No"]) } else { json!([]) };
            json!({"key": key, "label": label, "type": kind, "universal_id": universal, "options": options})
        })
        .collect();
    if scene.has("salary-listed") {
        data.extend(SALARIES.map(|(key, label)| {
            json!({"key": key, "label": label, "type": "decimal", "universal_id": key, "options": []})
        }));
    }
    Answer::json(200, &json!({"success": true, "data": data}))
}

/// Pay that a credential may be allowed to read.
const SALARIES: [(&str, &str); 3] = [
    ("fix_salary", "Fix salary"),
    ("fix_salary_interval", "Salary interval"),
    ("hourly_salary", "Hourly salary"),
];

/// A person's attributes, each in its envelope.
pub(super) fn of(person: &Person, company: &Company, firing: &Firing) -> Map<String, Value> {
    let mut attributes = Map::new();
    for (key, english, german, kind, universal) in READABLE {
        let label = if firing.has("labels-german") {
            german
        } else {
            english
        };
        let value = value(key, person, company, firing);
        attributes.insert(
            key.to_owned(),
            json!({"label": label, "value": value, "type": kind, "universal_id": universal}),
        );
    }
    oddities::distort(&mut attributes, person, company, firing);
    attributes
}

fn value(key: &str, person: &Person, company: &Company, firing: &Firing) -> Value {
    let service = person.serving(company.today);
    let date = |day: Option<Date>| day.map_or(Value::Null, |day| json!(midnight(day)));
    match key {
        "id" => json!(id(person, firing)),
        "first_name" => json!(person.first_name),
        "last_name" => json!(person.full_last_name()),
        "preferred_name" => json!(person.display_name()),
        "email" => json!(person.email),
        "gender" => json!(person.gender),
        "status" => json!(status(person.standing(company.today))),
        "position" => json!(TITLES[person.title]),
        "supervisor" => supervisor(person, company, firing),
        "employment_type" => json!(if person.external {
            "external"
        } else {
            "internal"
        }),
        "weekly_working_hours" => json!(person.hours.to_string()),
        "hire_date" => date(Some(service.from)),
        "contract_end_date" => date(service.contract_end),
        "termination_date" | "last_working_day" => date(service.until),
        "termination_type" => json!(if service.until.is_some() {
            "employee"
        } else {
            ""
        }),
        "last_modified_at" => json!(midnight(person.changed)),
        "department" => object(
            "Department",
            7_700 + person.department,
            DEPARTMENTS[person.department],
        ),
        "team" => object("Team", 4_500 + team(person), TEAMS[team(person)]),
        "office" => object("Office", 60_300 + person.office, OFFICES[person.office]),
        BIRTHDAY => date(Some(person.born)),
        ALLEO => json!(if person.access { "Yes" } else { "No" }),
        BUDGET => json!(person.budget),
        _ => Value::Null,
    }
}

/// Place of the team in its list; nobody moves between teams.
pub(super) fn team(person: &Person) -> usize {
    person.number as usize % TEAMS.len()
}

fn object(kind: &str, id: usize, name: &str) -> Value {
    json!({"type": kind, "attributes": {"id": id, "name": name}})
}

fn supervisor(person: &Person, company: &Company, firing: &Firing) -> Value {
    let Some(chief) = person.supervisor.and_then(|number| company.person(number)) else {
        return Value::Null;
    };
    let inner = |label: &str, value: Value, kind: &str, universal: &str| json!({"label": label, "value": value, "type": kind, "universal_id": universal});
    json!({"type": "Employee", "attributes": {
        "id": inner("ID", json!(id(chief, firing)), "integer", "id"),
        "first_name": inner("First name", json!(chief.first_name), "standard", "first_name"),
        "last_name": inner("Last name", json!(chief.full_last_name()), "standard", "last_name"),
        "email": inner("Email", json!(chief.email), "standard", "email"),
    }})
}

/// As v1 calls the status of a person.
pub(super) fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::Onboarding => "onboarding",
        Standing::Active => "active",
        Standing::Leave => "leave",
        Standing::Inactive => "inactive",
    }
}

/// Midnight in the company's zone, as v1 writes a day: summer time is taken to be April to October.
pub(super) fn midnight(day: Date) -> String {
    let offset = if (4..=10).contains(&day.month()) {
        "+02:00"
    } else {
        "+01:00"
    };
    format!("{day}T00:00:00{offset}")
}
