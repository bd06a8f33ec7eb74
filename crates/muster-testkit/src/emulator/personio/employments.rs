//! `GET /v2/persons/{id}/employments` and the names of departments behind their ids.

use super::super::cast::LEAD;
use super::{
    super::{
        answer::Answer,
        api::Scene,
        company::{earlier, later},
        names::{DEPARTMENTS, TEAMS, TITLES},
        paging,
        person::{Person, Service},
        request::Request,
    },
    Personio, attributes, number, oddities, persons,
};
use jiff::civil::Date;
use serde_json::{Value, json};

/// Employments, the most recent first.
pub(super) fn of(person: &Person) -> Vec<Service> {
    let mut all: Vec<Service> = person
        .service
        .iter()
        .chain(&person.second)
        .cloned()
        .collect();
    all.sort_by_key(|service| std::cmp::Reverse(service.from));
    all
}

pub(super) fn id(service: &Service) -> String {
    format!("2306b77a-0000-4000-8000-{:012}", service.contract)
}

pub(super) fn list(personio: &Personio, asked: &str, request: &Request, scene: &Scene) -> Answer {
    let (limit, offset) = match persons::place(request, scene) {
        Ok(place) => place,
        Err(refusal) => return refusal,
    };
    let people = personio.people(&scene.firing);
    let found = people
        .iter()
        .find(|person| Some(person.number) == number(asked).map(|it| it % 900_000));
    let Some(person) = found else {
        return persons::problem(
            404,
            "Not found",
            "There is no resource for the specified id.",
        );
    };
    let mut all = of(person);
    if person.number == LEAD && scene.has("sub-company-switch") {
        all = switched(&all[0], personio.company.today);
    }
    let page = paging::page(all, offset, limit, &scene.firing);
    let rows = page
        .items
        .iter()
        .map(|service| row(personio, person, service, scene))
        .collect();
    // The vendor's own link names another path than the one called.
    persons::envelope(rows, &page, "/v2/employments", scene)
}

/// One employment that ended yesterday for another that starts today.
fn switched(service: &Service, today: Date) -> Vec<Service> {
    let old = Service {
        from: earlier(today, 700),
        until: Some(earlier(today, 1)),
        ..service.clone()
    };
    let contract = service.contract + 900_000;
    vec![
        Service {
            contract,
            company: 1,
            from: later(earlier(today, 1), 1),
            until: None,
            contract_end: None,
        },
        old,
    ]
}

fn row(personio: &Personio, person: &Person, service: &Service, scene: &Scene) -> Value {
    let today = personio.company.today;
    let owner = super::id(person, &scene.firing).to_string();
    let status = match () {
        () if service.from > today => "ONBOARDING",
        () if !service.covers(today) => "INACTIVE",
        () if person.on_leave => "LEAVE",
        () => "ACTIVE",
    };
    let links = json!({"person": {"href": format!("{}/v2/persons/{owner}", scene.origin)}});
    let mut row = json!({"id": id(service), "status": status, "person": {"id": owner}, "_meta": {"links": links}});
    if scene.has("employment-reduced") {
        return row;
    }
    let kind = if scene.has("sub-company-switch") {
        "SUB_COMPANY_SWITCH"
    } else {
        "EMPLOYEE"
    };
    let ends = service
        .until
        .filter(|_| !oddities::withheld(&scene.firing).contains(&"termination_date"));
    row["type"] = json!(if person.external {
        "EXTERNAL"
    } else {
        "INTERNAL"
    });
    row["weekly_working_hours"] = json!(person.hours);
    row["employment_start_date"] = json!(service.from.to_string());
    row["employment_end_date"] = json!(ends.map(|day| day.to_string()));
    row["contract_end_date"] = json!(service.contract_end.map(|day| day.to_string()));
    row["position"] = json!({"title": TITLES[person.title]});
    row["supervisor"] = json!(
        person
            .supervisor
            .map(|number| json!({"id": (40_000 + number).to_string()}))
    );
    row["org_units"] = json!([
        {"type": "team", "id": (4_500 + attributes::team(person)).to_string()},
        {"type": "department", "id": (7_700 + person.department).to_string()},
    ]);
    row["updated_at"] = json!(format!("{}T07:30:01Z", person.changed));
    // The schema has one name for the last day of work, the vendor's example another.
    let last = if scene.has("last-working-date") {
        "last_working_date"
    } else {
        "last_working_day"
    };
    row["termination"] = json!(ends.map(|day| json!({
        "termination_date": day.to_string(), last: day.to_string(), "type": kind, "terminated_at": person.changed.to_string(),
    })));
    row
}

/// `GET /v2/org-units/{id}`.
pub(super) fn org_unit(asked: &str) -> Answer {
    let id = asked.parse::<usize>().ok();
    let in_list = |first: usize, names: &'static [&'static str]| {
        id.and_then(|id| names.get(id.checked_sub(first)?).copied())
    };
    let found = in_list(7_700, &DEPARTMENTS)
        .map(|name| ("department", name))
        .or_else(|| in_list(4_500, &TEAMS).map(|name| ("team", name)));
    match found {
        Some((kind, name)) => Answer::json(200, &json!({"id": asked, "type": kind, "name": name})),
        None => super::not_there(),
    }
}
