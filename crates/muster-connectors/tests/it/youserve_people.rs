//! What the default mapping of YouServe makes of its people: read, mapped and planned as in a run.

use crate::{
    youserve::{ground, started, youserve},
    youserve_standing::{STANDING, Standing},
};
use muster_connectors::{catalogue, connector::Wanted};
use muster_core::{
    decide::{candidates::Candidates, proposal::Proposal, propose::propose},
    model::{
        calendar::Calendar,
        employee::Status,
        field::Schema,
        ids::WorkspaceId,
        plan::Changed,
        workspace::{Workspace, WorkspaceSettings},
    },
    read::{
        filter::RecordFilter,
        reading::{Completeness, PartialReason},
        roster::Roster,
    },
    setup::{
        integration::{Rules, Setup},
        mapping::{FieldMapping, Mapping, Source},
        selection::{Rule, Test},
    },
};
use muster_testkit::emulator::Emulator;

fn texts(value: &toml::Value) -> Vec<String> {
    match value {
        toml::Value::Array(all) => all
            .iter()
            .filter_map(toml::Value::as_str)
            .map(str::to_owned)
            .collect(),
        other => vec![other.as_str().unwrap().to_owned()],
    }
}

/// The default mapping and its rules.
fn setup() -> Setup {
    let schema = Schema::new([]);
    let table: toml::Table = catalogue::find("youserve")
        .unwrap()
        .mapping
        .parse()
        .unwrap();
    let entry = |(field, from): (&String, &toml::Value)| {
        FieldMapping::new(
            schema.find(field).unwrap(),
            match from.get("first_of") {
                Some(all) => Source::FirstOf(texts(all)),
                None => Source::Column(from.as_str().unwrap().to_owned()),
            },
        )
    };
    let entries = table["mapping"]
        .as_table()
        .unwrap()
        .iter()
        .map(entry)
        .collect();
    let rule = |rule: &toml::Value| {
        Rule::new(
            rule["column"].as_str().unwrap().to_owned(),
            Test::NotIn(texts(&rule["not_in"])),
        )
    };
    let selection = table["select"]
        .as_array()
        .unwrap()
        .iter()
        .map(rule)
        .collect();
    Setup {
        workspace: Workspace {
            id: WorkspaceId(1),
            name: "acme".into(),
            settings: WorkspaceSettings::default(),
            schema,
            groups: Vec::new(),
            companies: Vec::new(),
            fingerprint_key: [0; 32],
        },
        name: "youserve".into(),
        rules: Rules {
            mapping: Mapping { entries },
            selection,
            ..Rules::default()
        },
    }
}

fn proposal(emulator: &Emulator, more: &[(&str, &str)]) -> Proposal {
    let (setup, roster, ground) = (setup(), Roster::new(Vec::new()), ground());
    let (records, extent) = ground
        .read(&*youserve(emulator, more), &Wanted::of(&setup))
        .unwrap();
    let calendar = Calendar::on(ground.today);
    let mut filter = RecordFilter::new(&setup, &roster, calendar);
    records.pour(&mut filter).unwrap();
    let proposal = propose(
        filter.finish(extent.partial),
        &setup,
        &roster,
        &Candidates::new(Vec::new()),
        calendar,
    );
    assert!(proposal.counts.balance(), "{:?}", proposal.counts);
    proposal
}

/// What a created person gets in a field.
fn created(proposal: &Proposal, id: &str, field: &str) -> Option<String> {
    let schema = setup().workspace.schema;
    let field = schema.find(field).unwrap();
    let view = proposal
        .views()
        .find(|view| view.who.external_id.as_deref() == Some(id))
        .unwrap();
    view.changes
        .iter()
        .find(|change| change.what == Changed::Field(field))
        .and_then(|change| change.new.clone())
}

#[test]
fn people_come_in_as_the_table_says() {
    let wrong: Vec<String> = STANDING
        .iter()
        .filter_map(
            |Standing {
                 scenario,
                 person,
                 status,
             }| {
                let proposal = proposal(&started(&[scenario]), &[("external_id", "personCode")]);
                let code = (100_000 + person).to_string();
                let found = proposal
                    .views()
                    .find(|view| view.who.external_id.as_deref() == Some(&code));
                let found = found.and_then(|view| view.status);
                (found != *status)
                    .then(|| format!("{scenario}, person {person}: {found:?}, not {status:?}"))
            },
        )
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_person_gets_the_fields_of_the_customers_table_and_an_empty_prefix() {
    let emulator = started(&["overlapping-employments", "original-later"]);
    let proposal = proposal(&emulator, &[("external_id", "personCode")]);
    let company = emulator.company();
    let lead = company.person(3).unwrap();
    let text = |field: &str| created(&proposal, "100003", field);
    assert_eq!(text("email"), lead.email);
    assert_eq!(text("private_email"), lead.private_email);
    assert_eq!(
        text("first_name").as_deref(),
        Some(lead.first_name.as_str())
    );
    assert_eq!(text("last_name"), Some(lead.full_last_name()));
    assert_eq!(text("prefix"), None);
    assert_eq!(text("birthday"), Some(lead.born.to_string()));
    assert_eq!(text("payroll_id").as_deref(), Some("000403"));
    assert_eq!(text("company").as_deref(), Some("7001"));
    assert_eq!(text("onboarding_date").as_deref(), Some("2024-05-16"));
    assert_eq!(text("offboarding_date"), None);
    assert_eq!(
        text("work_anniversary").as_deref(),
        Some("2024-05-16"),
        "a first contract cannot begin after this one"
    );
    let employments = text("employments").unwrap();
    assert!(
        employments.contains(r#""external_id":"900001""#)
            && employments.contains(r#""external_id":"900002""#)
    );
}

#[test]
fn a20_a_person_leaves_when_all_employments_have_ended() {
    let ends = |first: Option<i8>, second: Option<i8>| {
        let emulator = started(&[]);
        emulator.change(|company| {
            let lead = &mut company.people[2];
            let day = |day| jiff::civil::date(2026, 10, day);
            let mut other = lead.service[0].clone();
            (other.contract, other.until) = (99_999, second.map(day));
            lead.service[0].until = first.map(day);
            lead.second = Some(other);
        });
        let proposal = proposal(&emulator, &[("external_id", "personCode")]);
        proposal
            .views()
            .find(|view| view.who.external_id.as_deref() == Some("100003"))
            .and_then(|view| view.status)
    };
    assert_eq!(ends(Some(5), None), Some(Status::Active));
    assert_eq!(ends(None, Some(5)), Some(Status::Active));
    assert_eq!(ends(Some(5), Some(9)), None);
}

#[test]
fn a13_addresses_that_vanish_for_all_stop_departures() {
    let proposal = proposal(&started(&["mail-array-missing"]), &[]);
    assert_eq!(
        proposal.reading.completeness,
        Completeness::Partial(PartialReason::AttributeWithheld)
    );
}
