//! `GET /iam/v1.0/employments`: contracts on their own, joined to people by the person's code.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        cast::LEAD,
        company::{earlier, later},
        names::{COMPANIES, OFFICES},
        request::Request,
    },
    Contract, Entry, YouServe, employees, envelope, oddities, slices,
};
use serde_json::{Value, json};

pub(super) fn list(youserve: &YouServe, request: &Request, scene: &Scene) -> Answer {
    let today = youserve.company.today;
    let make = |contract: &Contract<'_>| records(youserve, contract, scene);
    let contracts = youserve.contracts(scene).into_iter();
    let is_lost = |contract: &Contract<'_>| {
        contract.person.number == LEAD && scene.has("employments-of-one-missing")
    };
    let wanted = contracts
        .filter(|contract| employees::is_wanted(contract, today, request) && !is_lost(contract));
    let rows = wanted.flat_map(|contract| contract.entries(make)).collect();
    let scene = &envelope::of_one(request, scene);
    envelope::list(
        rows,
        |entry: &Entry<'_>| entry.record(make),
        "employments",
        request,
        scene,
    )
}

fn records(youserve: &YouServe, contract: &Contract<'_>, scene: &Scene) -> Vec<Value> {
    let today = youserve.company.today;
    let mut record = record(youserve, contract);
    oddities::distort_employment(&mut record, contract, scene);
    if contract.person.number == LEAD && scene.has("contract-renewed") {
        // One ends yesterday, the next begins today: nobody leaves.
        let (mut old, mut new) = (record.clone(), record);
        old["endDate"] = json!(earlier(today, 1).to_string());
        old["validUntil"] = json!(today.to_string());
        new["id"] = json!((contract.service.contract + 900_000).to_string());
        new["contractCode"] = new["id"].clone();
        new["validFrom"] = json!(today.to_string());
        return vec![old, new];
    }
    vec![slices::dates(record, scene)]
}

fn record(youserve: &YouServe, contract: &Contract<'_>) -> Value {
    let (person, service) = (&contract.person, &contract.service);
    // Half-open: the first day on which it is no longer valid.
    let until = service
        .until
        .map_or_else(|| slices::OPEN.to_owned(), |day| later(day, 1).to_string());
    let mut record = json!({
        "id": service.contract.to_string(),
        "personCode": employees::person_code(person),
        "employeeCode": employees::payroll(person),
        "contractCode": service.contract.to_string(),
        "employmentCode": "1",
        "validFrom": service.from.to_string(),
        "validUntil": until,
        "hireDate": service.from.to_string(),
        "originalHireDate": person.service[0].from.min(service.from).to_string(),
        "company": COMPANIES[service.company].0,
        "location": OFFICES[person.office],
        "employmentType": if person.external { "2" } else { "1" },
        "organizationUnit": employees::unit(person.department),
        "costCenter": format!("KP{:02}", person.department),
        "workingAmount": {"amountOfWork": person.hours, "unitOfWork": "Hours", "periodOfWork": "Week"},
        "isActive": employees::is_active(contract, youserve.company.today),
    });
    if let Some(until) = service.until {
        record["dischargeDate"] = json!(until.to_string());
    }
    if let Some(end) = service.contract_end {
        record["endDate"] = json!(end.to_string());
    }
    record
}
