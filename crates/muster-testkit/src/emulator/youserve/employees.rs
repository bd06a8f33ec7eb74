//! `GET /iam/v1.0/employees`: a record per contract, with the contract inside.

use super::{
    super::{
        answer::Answer,
        api::Scene,
        names::{COMPANIES, OFFICES},
        person::{Person, Standing},
        request::Request,
    },
    Contract, Entry, YouServe, envelope, failure, oddities, slices,
};
use jiff::civil::Date;
use serde_json::{Value, json};

pub(super) fn list(youserve: &YouServe, request: &Request, scene: &Scene) -> Answer {
    let today = youserve.company.today;
    let make = |contract: &Contract<'_>| records(youserve, contract, scene);
    let contracts = youserve.contracts(scene).into_iter();
    let is_lost = |contract: &Contract<'_>| {
        scene.has("second-records-lost")
            && contract.person.second.as_ref() == Some(&contract.service)
    };
    let wanted =
        contracts.filter(|contract| is_wanted(contract, today, request) && !is_lost(contract));
    let rows = wanted.flat_map(|contract| contract.entries(make)).collect();
    let scene = &envelope::of_one(request, scene);
    envelope::list(
        rows,
        |entry: &Entry<'_>| entry.record(make),
        "employees",
        request,
        scene,
    )
}

/// Only what is valid today: who is to start is not given.
pub(super) fn single(youserve: &YouServe, id: &str, scene: &Scene) -> Answer {
    let today = youserve.company.today;
    let contracts = youserve.contracts(scene);
    let gone = contracts
        .get(envelope::USUAL)
        .filter(|_| scene.has("record-deleted"))
        .map(|contract| contract.id);
    let is_asked = |contract: &&Contract<'_>| {
        contract.id.to_string() == id && contract.service.from <= today && Some(contract.id) != gone
    };
    let found = contracts.iter().find(is_asked);
    match found.and_then(|contract| records(youserve, contract, scene).into_iter().next()) {
        Some(record) => Answer::json(200, &record),
        None => failure(404, "Not Found"),
    }
}

/// The filters that employees and employments share.
pub(super) fn is_wanted(contract: &Contract<'_>, today: Date, request: &Request) -> bool {
    let instant = |name: &str| {
        request
            .parameter(name)
            .and_then(|it| it.get(..10)?.parse::<Date>().ok())
    };
    let person = &contract.person;
    let equal = |name: &str, own: &str| request.parameter(name).is_none_or(|wanted| wanted == own);
    equal("personCode", &person_code(person))
        && equal("company", COMPANIES[contract.service.company].0)
        && equal("organizationUnit", &unit(person.department))
        && equal(
            "isActive",
            if is_active(contract, today) {
                "true"
            } else {
                "false"
            },
        )
        && instant("from").is_none_or(|from| person.changed >= from)
        && instant("to").is_none_or(|to| person.changed <= to)
}

/// A contract as one record, or as several slices of one.
fn records(youserve: &YouServe, contract: &Contract<'_>, scene: &Scene) -> Vec<Value> {
    let mut record = record(youserve, contract);
    oddities::distort(&mut record, contract, youserve, scene);
    oddities::strip(&mut record, contract, scene);
    slices::cut(record, contract, youserve.company.today, scene)
}

/// What has no value is left out.
fn record(youserve: &YouServe, contract: &Contract<'_>) -> Value {
    let person = &contract.person;
    let mut record = json!({
        "id": contract.id.to_string(),
        "personCode": person_code(person),
        "personId": format!("{:06}", person.number),
        "initials": initials(person),
        "firstNames": person.first_name,
        "knownAs": person.first_name,
        // The prefix is inside, as the vendor formats it.
        "lastName": person.full_last_name(),
        "lastNameAtBirth": person.last_name,
        "nameAssembleOrder": "1",
        "gender": gender(person),
        "dateOfBirth": person.born.to_string(),
        "isActive": is_active(contract, youserve.company.today),
        "validFrom": contract.service.from.to_string(),
        "validUntil": slices::OPEN,
        "emailAddresses": mails(person),
        "phoneNumbers": [{"type": "Mobile", "number": format!("+316{:08}", person.number)}],
        "addresses": [{"type": "Home", "street": "Voorbeeldstraat", "houseNumber": "1", "city": OFFICES[person.office]}],
        "employments": [employment(contract)],
        "extensions": [{"key": "alleo", "value": if person.access { "J" } else { "N" }}],
    });
    if !person.prefix.is_empty() {
        record["lastNameAtBirthPrefix"] = json!(person.prefix);
    }
    if let (Some(budget), Some(list)) = (person.budget, record["extensions"].as_array_mut()) {
        list.push(json!({"key": "alleo_monthly_all_budget", "value": budget.to_string()}));
    }
    record
}

fn employment(contract: &Contract<'_>) -> Value {
    let (person, service) = (&contract.person, &contract.service);
    let mut employment = json!({
        "contractId": service.contract.to_string(),
        "employmentCode": "1",
        "employeeCode": payroll(person),
        "hireDate": service.from.to_string(),
        "originalHireDate": person.service[0].from.min(service.from).to_string(),
        "company": COMPANIES[service.company].0,
        "location": OFFICES[person.office],
        "costCenter": format!("KP{:02}", person.department),
        "classification": "CAO",
        "employmentType": if person.external { "2" } else { "1" },
        "organizationUnit": unit(person.department),
        "jobProfile": (300 + person.title).to_string(),
        "workingAmount": {"amountOfWork": person.hours, "unitOfWork": "Hours", "periodOfWork": "Week"},
    });
    if let Some(until) = service.until {
        employment["dischargeDate"] = json!(until.to_string());
    }
    employment
}

pub(super) fn mails(person: &Person) -> Value {
    let business = person
        .email
        .iter()
        .map(|it| json!({"type": "Business", "address": it}));
    let private = person
        .private_email
        .iter()
        .map(|it| json!({"type": "Private", "address": it}));
    business.chain(private).collect()
}

pub(super) fn person_code(person: &Person) -> String {
    (100_000 + person.number).to_string()
}

/// The payroll number, with leading zeros.
pub(super) fn payroll(person: &Person) -> String {
    format!("{:06}", 400 + person.number)
}

/// Key of a department.
pub(super) fn unit(department: usize) -> String {
    (5_520 + department).to_string()
}

pub(super) fn is_active(contract: &Contract<'_>, today: Date) -> bool {
    let person = Person {
        service: vec![contract.service.clone()],
        ..contract.person.clone().into_owned()
    };
    person.standing(today) != Standing::Inactive
}

fn initials(person: &Person) -> String {
    person
        .first_name
        .split([' ', '-'])
        .filter_map(|name| name.chars().next())
        .map(|it| format!("{it}."))
        .collect()
}

fn gender(person: &Person) -> &'static str {
    match person.gender {
        "female" => "Female",
        "male" => "Male",
        _ => "NotKnown",
    }
}
