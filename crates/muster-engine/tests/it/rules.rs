//! The rules of an integration as the program makes them of a connector's default mapping, with a selection rule on one field.

use crate::harness::SystemSetup;
use muster_connectors::catalogue;
use muster_core::{
    model::field::{FieldDefinition, FieldOrigin, Schema},
    read::normalise::FieldKind,
    setup::{
        integration::Rules,
        mapping::{FieldMapping, Mapping, Source},
        policy::{Missing, Policy, UnknownGroup},
        selection::{Rule, Test},
    },
};
use muster_testkit::emulator::Product;
use toml::{Table, Value};

/// A budget of the emulated companies.
pub(crate) const BUDGET: &str = "alleo_monthly_all_budget";

/// The workspace's own fields.
pub(crate) fn own_fields() -> Vec<FieldDefinition> {
    let key = BUDGET.to_owned();
    vec![FieldDefinition {
        key,
        kind: FieldKind::Decimal,
        origin: FieldOrigin::Budget,
        required: false,
    }]
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

fn source(entry: &Value) -> Source {
    match entry.get("first_of") {
        Some(columns) => Source::FirstOf(texts(columns)),
        None => Source::Column(entry.as_str().unwrap().to_owned()),
    }
}

/// The default mapping with its rules, and the budget of the emulated companies where it is wanted.
pub(crate) fn rules(setup: &SystemSetup, schema: &Schema) -> Rules {
    let table: Table = catalogue::find(setup.connector())
        .unwrap()
        .mapping
        .parse()
        .unwrap();
    assert_eq!(table["policy"]["missing"].as_str(), Some("deactivate"));
    let mapped = table["mapping"]
        .as_table()
        .unwrap()
        .iter()
        .map(|(field, entry)| (field.as_str(), source(entry)));
    let prefix = if setup.product == Product::YouServe {
        "extensions."
    } else {
        ""
    };
    let budget = setup
        .has_budgets
        .then(|| (BUDGET, Source::Column(format!("{prefix}{BUDGET}"))));
    let entry =
        |(field, source): (&str, Source)| FieldMapping::new(schema.find(field).unwrap(), source);
    let mut entries: Vec<_> = mapped.chain(budget).map(entry).collect();
    entries.sort_by_key(|entry| entry.field);
    let rule = |rule: &Value| {
        Rule::new(
            rule["column"].as_str().unwrap().to_owned(),
            Test::NotIn(texts(&rule["not_in"])),
        )
    };
    let mut selection: Vec<Rule> = table["select"]
        .as_array()
        .unwrap()
        .iter()
        .map(rule)
        .collect();
    selection.extend(
        setup
            .selection_field
            .map(|selection_field| Rule::new(selection_field.to_owned(), Test::Is(true))),
    );
    let policy = Policy {
        missing: Missing::Deactivate,
        unknown_group: UnknownGroup::Create,
        ..Policy::default()
    };
    Rules {
        mapping: Mapping { entries },
        selection,
        policy,
    }
}
