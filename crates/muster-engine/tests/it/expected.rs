//! What a directory must say of an emulated company, field by field, worked out from its people alone: neither through a
//! connector nor through the emulator's answers.

use crate::{
    directory::Directory,
    harness::{Harness, SystemSetup},
    personio::V2,
    rules::BUDGET,
};
use jiff::{ToSpan, civil::Date};
use muster_core::{
    derive::budget::{BudgetKind, Month},
    model::ids::EmployeeId,
};
use muster_testkit::emulator::{
    Product,
    company::Company,
    names::{COMPANIES, DEPARTMENTS, OFFICES},
    person::{Person, Service, Standing},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// What is known of people, by address: the fields that they have.
type People = BTreeMap<String, BTreeMap<&'static str, String>>;

/// The fields that each provider decides; what is not here is nobody's.
fn fields(product: Product) -> &'static [&'static str] {
    match product {
        Product::Personio => &[
            "status",
            "external_id",
            "first_name",
            "last_name",
            "birthday",
            "onboarding_date",
            "offboarding_date",
            "group",
            "manager_external_id",
            BUDGET,
        ],
        Product::BambooHr => &[
            "status",
            "external_id",
            "first_name",
            "last_name",
            "birthday",
            "onboarding_date",
            "offboarding_date",
            "work_anniversary",
            "location",
            "department",
            BUDGET,
        ],
        Product::YouServe => &[
            "status",
            "external_id",
            "private_email",
            "first_name",
            "last_name",
            "birthday",
            "onboarding_date",
            "offboarding_date",
            "work_anniversary",
            "payroll_id",
            "employment_type",
            "company",
            "employments",
            BUDGET,
        ],
    }
}

/// Everybody who is employed and selected.
fn expected(setup: SystemSetup, company: &Company) -> People {
    let comes = |person: &&Person| {
        person.standing(company.today) != Standing::Inactive
            && (person.access || setup.selection_field.is_none())
    };
    let one = |person: &Person| Some((person.email.clone()?, said(setup, person, company.today)));
    company
        .people
        .iter()
        .filter(comes)
        .filter_map(one)
        .collect()
}

fn said(setup: SystemSetup, person: &Person, today: Date) -> BTreeMap<&'static str, String> {
    let mut said = BTreeMap::from([
        ("first_name", person.first_name.clone()),
        ("last_name", person.full_last_name()),
        ("birthday", person.born.to_string()),
    ]);
    said.extend(person.budget.map(|budget| (BUDGET, budget.to_string())));
    match setup.product {
        Product::Personio => {
            let (from, until) = if setup == V2 {
                latest(person, today)
            } else {
                served(person, today)
            };
            said.extend(span(from, until, today));
            said.insert("external_id", (40_000 + person.number).to_string());
            said.insert("group", DEPARTMENTS[person.department].to_owned());
            said.extend(
                person
                    .supervisor
                    .map(|chief| ("manager_external_id", (40_000 + chief).to_string())),
            );
        }
        Product::BambooHr => {
            let (from, until) = served(person, today);
            said.extend(span(from, until, today));
            said.insert("external_id", (3 + person.number).to_string());
            said.insert("work_anniversary", person.service[0].from.to_string());
            said.insert("location", OFFICES[person.office].to_owned());
            said.insert("department", DEPARTMENTS[person.department].to_owned());
        }
        Product::YouServe => said.extend(contracts(person, today)),
    }
    said
}

fn span(from: Date, until: Option<Date>, today: Date) -> Vec<(&'static str, String)> {
    let status = if from > today { "scheduled" } else { "active" };
    let mut all = vec![
        ("onboarding_date", from.to_string()),
        ("status", status.to_owned()),
    ];
    all.extend(until.map(|day| ("offboarding_date", day.to_string())));
    all
}

/// The time of service that counts.
fn served(person: &Person, today: Date) -> (Date, Option<Date>) {
    let service = person.serving(today);
    (service.from, service.until)
}

/// Of several employments that run the one that began last counts; it ends with all that overlap it.
fn latest(person: &Person, today: Date) -> (Date, Option<Date>) {
    let all = || person.service.iter().chain(&person.second);
    let running = all()
        .filter(|service| service.covers(today))
        .max_by_key(|service| service.from);
    let next = || {
        all()
            .filter(|service| service.from > today)
            .min_by_key(|service| service.from)
    };
    running.or_else(next).map_or_else(
        || served(person, today),
        |service| (service.from, service.until),
    )
}

/// YouServe keeps contracts for ninety days after their end; each is a record.
fn contracts(person: &Person, today: Date) -> Vec<(&'static str, String)> {
    let is_kept = |service: &&Service| {
        service
            .until
            .is_none_or(|day| day.saturating_add(90.days()) >= today)
    };
    let kept: Vec<&Service> = person
        .service
        .iter()
        .chain(&person.second)
        .filter(is_kept)
        .collect();
    let state = |service: &Service| match () {
        () if service.covers(today) => 0,
        () if service.from > today => 1,
        () => 2,
    };
    let record = kept
        .iter()
        .min_by_key(|service| (state(service), service.from, service.contract))
        .unwrap();
    let end = |service: &Service| service.until.or(service.contract_end);
    let stands = kept.iter().min_by_key(|service| {
        (
            state(service),
            Reverse(end(service).unwrap_or(Date::MAX)),
            service.from,
            service.contract,
        )
    });
    let stands = stands.unwrap();
    let mut all = vec![
        ("external_id", (36_400_000 + record.contract).to_string()),
        ("work_anniversary", person.service[0].from.to_string()),
        ("payroll_id", format!("{:06}", 400 + person.number)),
        (
            "employment_type",
            if person.external { "2" } else { "1" }.to_owned(),
        ),
        ("company", (7_001 + stands.company).to_string()),
        ("employments", listed(&kept, end)),
    ];
    all.extend(
        person
            .private_email
            .clone()
            .map(|address| ("private_email", address)),
    );
    // Who has a contract beside another one began with the first and ends with the last of them.
    let current: Vec<&&Service> = kept
        .iter()
        .filter(|service| state(service) == state(record))
        .collect();
    let from = current.iter().map(|service| service.from).min().unwrap();
    let open = current.iter().any(|service| end(service).is_none());
    let until = current
        .iter()
        .filter_map(|service| end(service))
        .max()
        .filter(|_| !open);
    all.extend(span(from, until, today));
    all
}

/// Numbers, first and last days and companies of employments.
fn listed(kept: &[&Service], end: impl Fn(&Service) -> Option<Date>) -> String {
    let one = |service: &&Service| {
        let until = end(service).map_or("open".to_owned(), |day| day.to_string());
        format!(
            "{} {} {until} {}",
            service.contract,
            service.from,
            7_001 + service.company
        )
    };
    kept.iter()
        .map(one)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(", ")
}

/// The same of the directory's text.
fn listed_in(text: &str) -> String {
    let all = muster_core::model::employment::read(text).unwrap();
    let one = |it: muster_core::model::employment::Employment| {
        let until = it.end.map_or("open".to_owned(), |day| day.to_string());
        format!(
            "{} {} {until} {}",
            it.external_id.unwrap(),
            it.start,
            it.company.unwrap()
        )
    };
    all.into_iter()
        .map(one)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(", ")
}

fn in_directory(setup: SystemSetup, directory: &Directory) -> People {
    let works = directory
        .values()
        .filter(|person| ["active", "scheduled"].contains(&person["status"].as_str()));
    let one = |person: &BTreeMap<String, String>| {
        let mut known: BTreeMap<&'static str, String> = BTreeMap::new();
        for field in fields(setup.product) {
            known.extend(person.get(*field).map(|value| {
                let value = match *field {
                    "employments" => listed_in(value),
                    // However many decimals the source writes.
                    BUDGET => value.parse::<f64>().unwrap().to_string(),
                    _ => value.clone(),
                };
                (*field, value)
            }));
        }
        (person["email"].clone(), known)
    };
    works.map(one).collect()
}

/// Everything in which the directory, its companies and its budgets differ from the company.
pub(crate) fn differences(harness: &Harness) -> Vec<String> {
    let (company, directory) = (harness.emulator.company(), harness.directory());
    let (known, wanted) = (
        in_directory(harness.setup, &directory),
        expected(harness.setup, &company),
    );
    let mut all = Vec::new();
    let everybody: BTreeSet<&String> = known.keys().chain(wanted.keys()).collect();
    for email in everybody {
        match (known.get(email), wanted.get(email)) {
            (Some(known), Some(wanted)) => {
                all.extend(fields(harness.setup.product).iter().filter_map(|field| {
                    let (is, must) = (known.get(field), wanted.get(field));
                    (is != must).then(|| format!("{email} {field}: {is:?}, not {must:?}"))
                }))
            }
            (Some(_), None) => all.push(format!("{email} does not work there")),
            _ => all.push(format!("{email} works there")),
        }
    }
    all.extend(companies(harness));
    all.extend(budgets(harness, &directory, company.today));
    all
}

fn companies(harness: &Harness) -> Option<String> {
    let mut known: Vec<(String, String, Option<String>)> = harness
        .workspace()
        .companies
        .into_iter()
        .map(|it| (it.external_id, it.short_name, it.full_name))
        .collect();
    known.sort();
    let wanted: Vec<_> = match harness.setup.product {
        Product::YouServe => (7_001..)
            .zip(COMPANIES)
            .map(|(id, (short, full))| (id.to_string(), short.to_owned(), Some(full.to_owned())))
            .collect(),
        _ => Vec::new(),
    };
    (known != wanted).then(|| format!("companies {known:?}, not {wanted:?}"))
}

/// Who is active is paid what the source says, who is to start from the first day on, and nobody else at all.
fn budgets(harness: &Harness, directory: &Directory, today: Date) -> Vec<String> {
    let paid = harness.grants(today);
    let mut all = Vec::new();
    for (id, person) in directory {
        let grants = paid
            .get(&EmployeeId(*id))
            .map(Vec::as_slice)
            .unwrap_or_default();
        let lasting = grants
            .iter()
            .filter(|grant| grant.kind == BudgetKind::Monthly && !grant.span.cancelled);
        let lasting: Vec<(String, Date)> = lasting
            .filter(|grant| grant.span.ends.is_none_or(|day| day > today))
            .map(|grant| (grant.amount.normalize().to_string(), grant.span.starts))
            .collect();
        let amount = person
            .get(BUDGET)
            .map(|text| text.parse::<f64>().unwrap().to_string());
        let is_right = match (person["status"].as_str(), amount, lasting.as_slice()) {
            ("active", Some(amount), [(paid, starts)]) => {
                // Who came back within a month that was paid in full already is paid again from the next one on.
                let next = today.last_of_month().saturating_add(1.day());
                let is_paid = || grants.iter().any(|grant| grant.is_due_in(Month::of(today)));
                *paid == amount && (*starts <= today || (*starts == next && is_paid()))
            }
            ("scheduled", Some(amount), [(paid, starts)]) => {
                *paid == amount && starts.to_string() == person["onboarding_date"]
            }
            ("active" | "scheduled", None, []) | ("inactive", _, []) => true,
            _ => false,
        };
        if !is_right {
            all.push(format!(
                "{} {} {:?}: {lasting:?}",
                person["email"],
                person["status"],
                person.get(BUDGET)
            ));
        }
    }
    all
}
