//! Selection rules as rows of a form, and the values of their columns in the sample with what the rules make of each.

use super::{
    Draft,
    sample::{self, Sample},
};
use crate::{
    access::Here,
    pages::frame::Frame,
    pages::sent::Sent,
    state::App,
    wording::{number, visible},
};
use muster_core::{
    read::sample::SampledState,
    setup::settings::{RawRule, RawSettings},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many rules the form has at least.
const ROWS: usize = 3;

/// How many values of a column are listed.
const MAX_VALUES: usize = 12;

/// The tests of the form, and the keys of their texts.
const TESTS: [(&str, &str); 9] = [
    ("equals", "setup-test-equals"),
    ("not_equals", "setup-test-not-equals"),
    ("in", "setup-test-in"),
    ("not_in", "setup-test-not-in"),
    ("contains", "setup-test-contains"),
    ("starts_with", "setup-test-starts-with"),
    ("is", "setup-test-is"),
    ("is_not", "setup-test-is-not"),
    ("filled", "setup-test-filled"),
];

/// One rule of the form.
#[derive(Clone)]
pub(super) struct RuleRow {
    pub(super) at: usize,
    pub(super) columns: Vec<(String, bool)>,
    pub(super) tests: Vec<(&'static str, String, bool)>,
    pub(super) value: String,
}

/// One value of a column that a rule looks at.
pub(super) struct ValueRow {
    pub(super) column: String,
    pub(super) value: String,
    pub(super) count: String,
    pub(super) is_selected: bool,
}

/// A rule as the form has it; none: it has a test that is not in the form.
fn in_form(rule: &RawRule) -> Option<(String, &'static str, String)> {
    let json = serde_json::to_value(rule).ok()?;
    let column = rule.column.clone();
    let set = |name: &str| json.get(name).filter(|value| !value.is_null());
    if let Some(Value::Bool(flag)) = set("is") {
        let test = if *flag { "is" } else { "is_not" };
        return Some((column, test, String::new()));
    }
    if let Some(Value::Bool(false)) = set("empty") {
        return Some((column, "filled", String::new()));
    }
    TESTS.iter().find_map(|(test, _)| {
        let value = match set(test)? {
            Value::String(text) => text.clone(),
            Value::Array(list) => {
                let texts = list.iter().filter_map(Value::as_str);
                texts.collect::<Vec<_>>().join(", ")
            }
            _ => return None,
        };
        Some((column.clone(), *test, value))
    })
}

fn row(at: usize, columns: &[String], chosen: &str, test: &str, value: &str) -> RuleRow {
    let words = Frame::words();
    let mut all: Vec<(String, bool)> = columns
        .iter()
        .map(|column| (column.clone(), column == chosen))
        .collect();
    if !chosen.is_empty() && !columns.iter().any(|column| column == chosen) {
        all.push((chosen.to_owned(), true));
    }
    RuleRow {
        at,
        columns: all,
        tests: TESTS
            .iter()
            .map(|(name, key)| (*name, words.t(key), *name == test))
            .collect(),
        value: value.to_owned(),
    }
}

/// The rules of a draft as rows, and empty rows for more of them.
pub(super) fn rows(raw: &RawSettings, columns: &[String]) -> Vec<RuleRow> {
    let rules = raw.select.iter().flatten().filter_map(in_form);
    let mut rows: Vec<RuleRow> = rules
        .enumerate()
        .map(|(at, (column, test, value))| row(at, columns, &column, test, &value))
        .collect();
    let wanted = ROWS.max(rows.len() + 1);
    while rows.len() < wanted {
        rows.push(row(rows.len(), columns, "", "", ""));
    }
    rows
}

/// The rows as they were filled in.
pub(super) fn sent_rows(sent: &Sent, columns: &[String]) -> Vec<RuleRow> {
    let count = (0..)
        .take_while(|at| sent.get(&column_of(*at)).is_some())
        .count();
    let rows = 0..count.max(ROWS);
    rows.map(|at| {
        let test = sent.text(&format!("rule-test.{at}"));
        let value = sent.text(&format!("rule-value.{at}"));
        row(at, columns, sent.text(&column_of(at)), test, value)
    })
    .collect()
}

fn column_of(at: usize) -> String {
    format!("rule-column.{at}")
}

/// The rules that a form asks for, and those of the draft that the form does not have. None: a rule has no value.
pub(super) fn rules(sent: &Sent, raw: &RawSettings) -> Option<Vec<RawRule>> {
    let mut rules = Vec::new();
    for at in 0.. {
        let Some(column) = sent.get(&column_of(at)) else {
            break;
        };
        if column.is_empty() {
            continue;
        }
        let value = sent.text(&format!("rule-value.{at}"));
        let list: Vec<&str> = value
            .split(',')
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .collect();
        let mut rule = json!({ "column": column });
        let (name, test) = match sent.text(&format!("rule-test.{at}")) {
            "is" => ("is", json!(true)),
            "is_not" => ("is", json!(false)),
            "filled" => ("empty", json!(false)),
            _ if value.is_empty() => return None,
            "in" => ("in", json!(list)),
            "not_in" => ("not_in", json!(list)),
            name => (name, json!(value)),
        };
        rule[name] = test;
        rules.push(serde_json::from_value(rule).ok()?);
    }
    let others = raw.select.iter().flatten();
    rules.extend(others.filter(|rule| in_form(rule).is_none()).cloned());
    Some(rules)
}

/// The values of the columns that the rules look at, with what the rules of each column make of them.
pub(super) fn values(app: &App, here: &Here, draft: &Draft, sample: &Sample) -> Vec<ValueRow> {
    let filled = draft.filled(app.web.setup.catalogue);
    let all = filled.select.unwrap_or_default();
    let mut columns: Vec<&str> = all.iter().map(|rule| rule.column.as_str()).collect();
    columns.dedup();
    let mut rows = Vec::new();
    for column in columns {
        let Some(at) = sample.columns.iter().position(|one| one == column) else {
            continue;
        };
        // Only the rules of this column, so that a value is not blamed for another.
        let of_column = all.iter().filter(|rule| rule.column == column);
        let raw = RawSettings {
            select: Some(of_column.cloned().collect()),
            ..draft.raw.clone()
        };
        let Some(checked) = sample::check(app, here, &raw, sample) else {
            continue;
        };
        let mut values: BTreeMap<String, (u64, bool)> = BTreeMap::new();
        for (cells, record) in sample.sample.iter().zip(&checked.records) {
            let value = cells.get(at).cloned().flatten().unwrap_or_default();
            let is_selected = !matches!(
                record.state,
                SampledState::NotSelected | SampledState::Undecided
            );
            let entry = values.entry(value).or_insert((0, is_selected));
            entry.0 += 1;
        }
        rows.extend(
            values
                .into_iter()
                .take(MAX_VALUES)
                .map(|(value, (count, is_selected))| ValueRow {
                    column: visible(column),
                    value: visible(&value),
                    count: number(count),
                    is_selected,
                }),
        );
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::setup::settings::{from_json, to_json};

    fn texts(rules: &[RawRule]) -> Vec<String> {
        let settings = RawSettings {
            select: Some(rules.to_vec()),
            ..RawSettings::default()
        };
        let list = to_json(&settings)["select"].as_array().unwrap().clone();
        list.iter().map(Value::to_string).collect()
    }

    #[test]
    fn rules_of_the_form_are_shown_again_as_they_were_filled_in() {
        let form = b"rule-column.0=Alleo&rule-test.0=is&rule-value.0=&rule-column.1=Type&rule-test.1=not_in\
            &rule-value.1=external%2C+intern&rule-column.2=&rule-test.2=equals&rule-value.2=x";
        let raw = from_json(
            r#"{"select":[{"column":"Hours","at_least":8.0},{"column":"Old","equals":"x"}]}"#,
        );
        let raw = raw.unwrap();
        let found = rules(&Sent::parse(form), &raw).unwrap();
        assert_eq!(
            texts(&found),
            [
                r#"{"column":"Alleo","is":true}"#,
                r#"{"column":"Type","not_in":["external","intern"]}"#,
                r#"{"at_least":8.0,"column":"Hours"}"#,
            ],
            "a rule that the form does not have stays"
        );
        let saved = RawSettings {
            select: Some(found),
            ..RawSettings::default()
        };
        let shown = rows(&saved, &["Alleo".to_owned(), "Type".to_owned()]);
        assert_eq!(shown.len(), ROWS);
        assert_eq!(shown[1].value, "external, intern");
        assert!(
            shown[1]
                .tests
                .iter()
                .any(|test| test.0 == "not_in" && test.2)
        );
    }

    #[test]
    fn rule_without_a_value_is_incomplete_and_an_empty_row_is_none() {
        let raw = RawSettings::default();
        let incomplete = b"rule-column.0=Type&rule-test.0=equals&rule-value.0=+";
        assert!(rules(&Sent::parse(incomplete), &raw).is_none());
        let empty = b"rule-column.0=&rule-test.0=equals&rule-value.0=";
        assert_eq!(rules(&Sent::parse(empty), &raw).unwrap().len(), 0);
    }
}
