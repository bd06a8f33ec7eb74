//! What the default mapping of Personio makes of its people: read, mapped and planned as in a run.

use crate::{
    personio::{company_of, personio},
    session::Ground,
};
use muster_connectors::{catalogue, connector::Wanted};
use muster_core::{
    calendar::Calendar,
    employee::Status,
    field::{FieldDefinition, FieldOrigin, Schema},
    ids::WorkspaceId,
    intake::Intake,
    integration::{Rules, Setup},
    known::Known,
    mapping::{FieldMapping, Mapping, Source},
    normalise::FieldKind,
    plan::Changed,
    proposal::Proposal,
    propose::propose,
    reading::{Completeness, PartialReason},
    roster::Roster,
    selection::{Rule, Test},
    workspace::{Workspace, WorkspaceSettings},
};
use muster_testkit::emulator::{Emulator, Switch, person::Standing};
use std::collections::BTreeMap;

const BUDGET: &str = "alleo_monthly_all_budget";

/// The default mapping, a budget, and the rules on status and on Alleo.
fn setup() -> Setup {
    let budget = FieldDefinition {
        key: BUDGET.to_owned(),
        kind: FieldKind::Decimal,
        origin: FieldOrigin::Budget,
        required: false,
    };
    let schema = Schema::new([budget]);
    let table: toml::Table = catalogue::find("personio").unwrap().mapping.parse().unwrap();
    let mapped =
        table["mapping"].as_table().unwrap().iter().map(|(field, column)| (field.as_str(), column.as_str().unwrap()));
    let entry = |(field, column): (&str, &str)| FieldMapping {
        field: schema.find(field).unwrap(),
        source: Source::Column(column.to_owned()),
        values: BTreeMap::new(),
        format: None,
        blank: None,
        invalid: None,
        required: false,
    };
    let entries = mapped.chain([(BUDGET, BUDGET)]).map(entry).collect();
    let rule = &table["select"][0];
    let unwanted = rule["not_in"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
    let selection = vec![
        Rule { column: rule["column"].as_str().unwrap().to_owned(), test: Test::NotIn(unwanted) },
        Rule { column: "Alleo".to_owned(), test: Test::Is(true) },
    ];
    let groups = ["Logistik"].map(str::to_owned).to_vec();
    Setup {
        workspace: Workspace {
            companies: Vec::new(),
            id: WorkspaceId(1),
            name: "acme".into(),
            settings: WorkspaceSettings::default(),
            schema,
            groups,
            fingerprint_key: [0; 32],
        },
        name: "personio".into(),
        rules: Rules { mapping: Mapping { entries }, selection, ..Rules::default() },
    }
}

fn proposal(emulator: &Emulator, api: &str) -> Proposal {
    let (setup, roster, ground) = (setup(), Roster::new(Vec::new()), Ground::default());
    let (records, extent) = ground.read(&*personio(emulator, api), &Wanted::of(&setup)).unwrap();
    let calendar = Calendar::on(ground.today);
    let mut intake = Intake::new(&setup, &roster, calendar);
    records.pour(&mut intake).unwrap();
    let reading = intake.finish(extent.partial);
    let proposal = propose(reading, &setup, &roster, &Known::new(Vec::new()), calendar);
    assert!(proposal.counts.balance(), "{:?}", proposal.counts);
    proposal
}

/// What a created person gets in a field.
fn created(proposal: &Proposal, id: &str, field: &str) -> Option<String> {
    let schema = setup().workspace.schema;
    let field = schema.find(field).unwrap();
    let view = proposal.views().find(|view| view.who.external_id.as_deref() == Some(id)).unwrap();
    view.changes.iter().find(|change| change.what == Changed::Field(field)).and_then(|change| change.new.clone())
}

#[test]
fn employed_people_with_access_come_in_and_others_stay_out() {
    for api in ["v1", "v2"] {
        let emulator = company_of(60, &[]);
        let proposal = proposal(&emulator, api);
        let company = emulator.company();
        let comes = |person: &&muster_testkit::emulator::person::Person| {
            person.standing(company.today) != Standing::Inactive && person.access
        };
        let expected = company.people.iter().filter(comes).count() as u64;
        let counts = &proposal.counts;
        assert_eq!((counts.created, counts.excluded, counts.rejected), (expected, 60 - expected, 0), "{api}");
        assert_eq!(proposal.reading.completeness, Completeness::Complete, "{api}");
        let chosen =
            company.people.iter().find(|it| comes(it) && it.supervisor.is_some() && it.budget.is_some()).unwrap();
        let id = (40_000 + chosen.number).to_string();
        let text = |field: &str| created(&proposal, &id, field).unwrap();
        assert_eq!(text("birthday"), chosen.born.to_string());
        assert_eq!(text("manager_external_id"), (40_000 + chosen.supervisor.unwrap()).to_string());
        assert_eq!(text(BUDGET), chosen.budget.unwrap().to_string());
    }
}

/// The status that the leading person, who has access, comes in with; none if they stay out.
fn lead(scenario: &str, api: &str) -> Option<Status> {
    let emulator = company_of(60, &[scenario]);
    emulator.change(|company| company.people.iter_mut().filter(|it| it.number == 3).for_each(|it| it.access = true));
    let proposal = proposal(&emulator, api);
    proposal.views().find(|view| view.who.external_id.as_deref() == Some("40003")).and_then(|view| view.status)
}

#[test]
fn people_on_leave_and_of_unknown_status_are_employed_and_those_who_start_later_are_scheduled() {
    for api in ["v1", "v2"] {
        assert_eq!(lead("on-leave", api), Some(Status::Active), "{api}");
        assert_eq!(lead("future-start", api), Some(Status::Scheduled), "{api}");
        assert_eq!(lead("rehire-same-id", api), Some(Status::Active), "{api}");
    }
    assert_eq!(lead("unknown-status", "v1"), Some(Status::Active));
    assert_eq!(lead("inactive-future-termination", "v1"), None);
    assert_eq!(lead("start-after-end", "v1"), None, "rejected: the dates are in the wrong order");
}

#[test]
fn a15_a_gate_that_is_withheld_deselects_nobody() {
    let emulator = company_of(60, &["alleo-withheld"]);
    let proposal = proposal(&emulator, "v1");
    assert_eq!(proposal.reading.completeness, Completeness::Partial(PartialReason::AttributeWithheld));
    assert_eq!(proposal.counts.created, 0);
    emulator.switch(&Switch::new("plain")).unwrap();
    emulator.switch(&Switch::new("alleo-all-no")).unwrap();
    let proposal = self::proposal(&emulator, "v1");
    assert_eq!((proposal.counts.created, proposal.counts.excluded), (0, 60));
}
