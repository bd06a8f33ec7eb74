//! BambooHR's datasets, v1 and v2: other field names, pages by number, and future hires that count as inactive.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        paging,
        person::{Person, Standing},
        request::Request,
    },
    BambooHr, id,
    values::View,
};
use serde_json::{Map, Value, json};

/// Names here, and as the report calls the same.
const NAMES: [(&str, &str); 21] = [
    ("employeeNumber", "employeeNumber"),
    ("email", "workEmail"),
    ("homeEmail", "homeEmail"),
    ("firstName", "firstName"),
    ("lastName", "lastName"),
    ("dateOfBirth", "dateOfBirth"),
    ("hireDate", "hireDate"),
    ("originalHireDate", "originalHireDate"),
    ("terminationDate", "terminationDate"),
    ("employmentStatus", "employmentHistoryStatus"),
    ("employmentStatusEffectiveDate", "employeeStatusDate"),
    ("jobInformationDepartment", "department"),
    ("jobInformationLocation", "location"),
    ("jobInformationDivision", "division"),
    ("jobInformationJobTitle", "jobTitle"),
    ("jobInformationReportsTo", "supervisor"),
    ("supervisorId", "supervisorId"),
    ("supervisorEid", "supervisorEId"),
    ("supervisorEmail", "supervisorEmail"),
    ("alleoAccess", "alleo_access"),
    ("alleoMonthlyAllBudget", "alleo_monthly_all_budget"),
];

/// `GET /v1_2/datasets/employee/fields`.
pub(super) fn fields() -> Answer {
    let names = NAMES.iter().map(|(name, _)| *name).chain([
        "eeid",
        "status",
        "lastChanged",
        "lastChangedIso",
    ]);
    let fields: Vec<Value> = names
        .map(|name| json!({"name": name, "label": name, "parentType": null, "parentName": null, "entityName": "employee"}))
        .collect();
    let pagination = json!({"total_records": fields.len(), "current_page": 1, "total_pages": 1});
    Answer::json(
        200,
        &json!({"pagination": pagination, "name": "employee", "label": "Employee", "fields": fields}),
    )
}

/// `POST /v1/datasets/employee?page=1&page_size=500`.
pub(super) fn first(bamboo: &BambooHr, name: &str, request: &Request, scene: &Scene) -> Answer {
    let number = request.number("page").unwrap_or(1).max(1);
    let size = request.number("page_size").unwrap_or(500).clamp(1, 1_000);
    let cut = match cut(bamboo, name, request, scene, number, size) {
        Ok(cut) => cut,
        Err(refused) => return refused,
    };
    let host = if scene.has("next-page-other-host") {
        format!("{}://localhost:{}", scene.scheme, scene.stranger)
    } else {
        scene.origin.clone()
    };
    let next = cut.more.then(|| {
        format!(
            "{host}{}?page={}&page_size={size}",
            request.path,
            number + 1
        )
    });
    let pagination = json!({
        "total_records": cut.total, "current_page": number, "total_pages": cut.pages, "next_page": next, "prev_page": null,
    });
    Answer::json(
        200,
        &json!({"data": cut.rows, "aggregations": [], "pagination": pagination}),
    )
}

/// `POST /v2/datasets/employee/data`.
pub(super) fn second(bamboo: &BambooHr, name: &str, request: &Request, scene: &Scene) -> Answer {
    let body = request.json();
    let whole = |key: &str| body[key].as_u64().and_then(|it| usize::try_from(it).ok());
    let (number, size) = (
        whole("page").unwrap_or(1),
        whole("pageSize").unwrap_or(USUAL_SIZE),
    );
    if number == 0 || !(1..=MAX_SIZE).contains(&size) {
        return problem(422, "page must be at least 1, pageSize between 1 and 1000");
    }
    if !is_order_asked_for(&body) {
        return problem(422, "orderBy names a field that is not in fields");
    }
    let cut = match cut(bamboo, name, request, scene, number, size) {
        Ok(cut) => cut,
        Err(refused) => return refused,
    };
    let rows: Vec<Value> = cut
        .rows
        .into_iter()
        .map(|row| json!({"fields": row}))
        .collect();
    let meta =
        json!({"page": number, "pageSize": size, "totalPages": cut.pages, "totalItems": cut.total});
    Answer::json(200, &json!({"data": rows, "links": [], "meta": meta}))
}

/// Page size of the second version where none is asked for, and the largest.
const USUAL_SIZE: usize = 100;
const MAX_SIZE: usize = 1_000;

/// Whether the fields that rows are ordered by are among those asked for.
fn is_order_asked_for(body: &Value) -> bool {
    let asked: Vec<&str> = body["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let order = body["orderBy"].as_str().unwrap_or_default();
    order
        .split(',')
        .filter_map(|part| part.split_whitespace().next())
        .all(|field| asked.contains(&field))
}

struct Cut {
    rows: Vec<Map<String, Value>>,
    total: usize,
    pages: usize,
    more: bool,
}

fn cut(
    bamboo: &BambooHr,
    name: &str,
    request: &Request,
    scene: &Scene,
    number: usize,
    size: usize,
) -> Result<Cut, Answer> {
    if name != "employee" {
        return Err(problem(422, "Unknown dataset"));
    }
    let body = request.json();
    let asked: Vec<String> = body["fields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect();
    let known = |name: &str| {
        ["eeid", "status", "lastChanged", "lastChangedIso"].contains(&name) || alias(name).is_some()
    };
    if scene.has("unknown-field-500") && asked.iter().any(|name| !known(name)) {
        return Err(Answer::text(500, "text/plain", "Internal error"));
    }
    let mut people = bamboo.people(&scene.firing);
    // `lastChanged gt '2026-05-01T00:00:00+00:00'`
    let since = body["filter"]
        .as_str()
        .and_then(|it| it.split('\'').nth(1)?.get(..10)?.parse().ok());
    people.retain(|person| since.is_none_or(|since| person.changed > since));
    let size = if scene.has("page-size-ignored") {
        size.min(20)
    } else {
        size
    };
    let page = paging::page(
        people,
        (number - 1).saturating_mul(size),
        size,
        &scene.firing,
    );
    let rows = page
        .items
        .iter()
        .map(|person| row(bamboo, person, &asked, scene))
        .collect();
    let pages = if scene.has("total-pages-zero") {
        0
    } else {
        page.total.div_ceil(size)
    };
    Ok(Cut {
        rows,
        total: page.total,
        pages,
        more: page.next.is_some(),
    })
}

fn alias(name: &str) -> Option<&'static str> {
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, alias)| *alias)
}

fn row(bamboo: &BambooHr, person: &Person, asked: &[String], scene: &Scene) -> Map<String, Value> {
    let view = View {
        person,
        company: &bamboo.company,
        firing: &scene.firing,
        only_current: false,
    };
    let withheld = super::fields::withheld(&scene.firing);
    let mut row = Map::new();
    for name in asked {
        let value = match name.as_str() {
            "eeid" => Some(json!(id(person, &scene.firing).to_string())),
            "status" if view.leaves_later() => Some(json!("Inactive")),
            "status" => {
                let at_work = matches!(
                    person.standing(bamboo.company.today),
                    Standing::Active | Standing::Leave
                );
                Some(json!(if at_work { "Active" } else { "Inactive" }))
            }
            "lastChanged" | "lastChangedIso" => view.value("lastChanged"),
            other => alias(other)
                .filter(|alias| !withheld.contains(alias))
                .and_then(|alias| view.value(alias)),
        };
        if let Some(value) = value {
            row.insert(name.clone(), value);
        }
    }
    if scene.has("huge-page") {
        row.insert("filler".to_owned(), json!("x".repeat(5_000)));
    }
    row
}

fn problem(status: u16, title: &str) -> Answer {
    let body = json!({"type": "about:blank", "title": title, "status": status});
    Answer::json(status, &body).with("Content-Type", "application/problem+json")
}
