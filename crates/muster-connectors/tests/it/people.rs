//! What a default mapping makes of people: read, mapped and planned as in a run.

use crate::session::Ground;
use muster_connectors::{
    catalogue,
    connector::{Connector, Wanted},
};
use muster_core::{
    decide::{candidates::Candidates, proposal::Proposal, propose::propose},
    model::{
        calendar::Calendar,
        field::{FieldDefinition, FieldOrigin, Schema},
        ids::WorkspaceId,
        plan::Changed,
        workspace::{Workspace, WorkspaceSettings},
    },
    read::{filter::RecordFilter, normalise::FieldKind, roster::Roster},
    setup::{
        integration::{Rules, Setup},
        mapping::{FieldMapping, Mapping, Source},
        selection::{Rule, Test},
    },
};
use toml::Value;

pub(crate) const BUDGET: &str = "alleo_monthly_all_budget";

fn source(entry: &Value) -> Source {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match entry.get("first_of") {
        Some(columns) => Source::FirstOf(columns.as_array().unwrap().iter().map(text).collect()),
        None => Source::Column(text(entry)),
    }
}

/// The default mapping of a connector, a budget, and the rules on status and on a selection.
pub(crate) fn setup(connector: &str, selection: &str) -> Setup {
    let budget = FieldDefinition {
        key: BUDGET.to_owned(),
        kind: FieldKind::Decimal,
        origin: FieldOrigin::Budget,
        required: false,
    };
    let schema = Schema::new([budget]);
    let table: toml::Table = catalogue::find(connector).unwrap().mapping.parse().unwrap();
    let mapped = table["mapping"]
        .as_table()
        .unwrap()
        .iter()
        .map(|(field, entry)| (field.as_str(), source(entry)));
    let entry =
        |(field, source): (&str, Source)| FieldMapping::new(schema.find(field).unwrap(), source);
    let entries = mapped
        .chain([(BUDGET, Source::Column(BUDGET.to_owned()))])
        .map(entry)
        .collect();
    let rule = &table["select"][0];
    let unwanted = rule["not_in"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect();
    let selection = vec![
        Rule::new(
            rule["column"].as_str().unwrap().to_owned(),
            Test::NotIn(unwanted),
        ),
        Rule::new(selection.to_owned(), Test::Is(true)),
    ];
    Setup {
        workspace: Workspace {
            companies: Vec::new(),
            id: WorkspaceId(1),
            name: "acme".into(),
            settings: WorkspaceSettings::default(),
            schema,
            groups: vec!["Logistik".to_owned()],
            fingerprint_key: [0; 32],
        },
        name: connector.to_owned(),
        rules: Rules {
            mapping: Mapping { entries },
            selection,
            ..Rules::default()
        },
    }
}

/// What a run over all employees would do.
pub(crate) fn proposal(setup: &Setup, connector: &dyn Connector) -> Proposal {
    let (roster, ground) = (Roster::new(Vec::new()), Ground::patient());
    let (records, extent) = ground.read(connector, &Wanted::of(setup)).unwrap();
    let calendar = Calendar::on(ground.today);
    let mut filter = RecordFilter::new(setup, &roster, calendar);
    records.pour(&mut filter).unwrap();
    let reading = filter.finish(extent.partial);
    let proposal = propose(
        reading,
        setup,
        &roster,
        &Candidates::new(Vec::new()),
        calendar,
    );
    assert!(proposal.counts.balance(), "{:?}", proposal.counts);
    proposal
}

/// What a created person gets in a field.
pub(crate) fn created(proposal: &Proposal, setup: &Setup, id: &str, field: &str) -> Option<String> {
    let field = setup.workspace.schema.find(field).unwrap();
    let view = proposal
        .views()
        .find(|view| view.who.external_id.as_deref() == Some(id))
        .unwrap();
    view.changes
        .iter()
        .find(|change| change.what == Changed::Field(field))
        .and_then(|change| change.new.clone())
}
