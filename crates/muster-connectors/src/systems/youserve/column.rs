//! What a person says in each column.
//!
//! The API leaves out what has no value, so nothing tells an empty property from one that is withheld, but that
//! no record of the whole read has it.

use super::{
    contract,
    person::{Activity, Human},
    slice,
    wire::Record,
};
use crate::{
    connector::Value,
    systems::{attributes::Attributes, leniency, salary::is_salary},
};
use jiff::civil::Date;
use muster_core::model::{
    employment,
    problem::{
        api::{Access, Remedy},
        shown,
    },
};
use serde_json::Value as Json;
use std::collections::HashSet;

/// Properties that are calendar days.
const DAYS: &[&str] = &["dateOfBirth", "validFrom", "validUntil"];
/// What business and private addresses are called, in any case.
const BUSINESS: &[&str] = &["business", "work"];
const PRIVATE: &[&str] = &["private", "personal", "home"];
/// Dates that nobody may have, without being withheld.
const RARE: &[&str] = &["dischargeDate", "endDate"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// The id by which the person is known.
    ExternalId,
    Employments,
    /// Whether the person is active.
    Active,
    /// Whether the person died.
    Deceased,
    /// The first address of these types.
    Address(&'static [&'static str]),
    /// A field of the customer's own.
    Extension(String),
    /// A property of the employment that counts.
    OfEmployment(String),
    /// A property of the employee.
    Plain(String),
}

impl Column {
    pub(super) fn of(name: &str) -> Self {
        match (name, name.split_once('.')) {
            ("external_id", _) => Self::ExternalId,
            ("employments", _) => Self::Employments,
            ("isActive", _) => Self::Active,
            ("deceased", _) => Self::Deceased,
            (_, Some(("emailAddresses", "business"))) => Self::Address(BUSINESS),
            (_, Some(("emailAddresses", "private"))) => Self::Address(PRIVATE),
            (_, Some(("extensions", key))) => Self::Extension(key.to_owned()),
            (_, Some(("employments", key))) => Self::OfEmployment(key.to_owned()),
            _ => Self::Plain(name.to_owned()),
        }
    }

    /// Whether the employments and companies are needed for it.
    pub(super) fn is_of_employment(&self) -> bool {
        matches!(self, Self::Employments | Self::OfEmployment(_))
    }

    /// What a person says.
    pub(super) fn value(&self, human: &Human<'_>, seen: &Seen) -> Value {
        let value = match self {
            Self::ExternalId => human.id.clone().map_or(Value::Null, Value::Text),
            Self::Employments => match &human.employments {
                None => Value::Unreadable,
                Some(all) if all.is_empty() => Value::Null,
                Some(all) => Value::Text(employment::write(all)),
            },
            Self::Active => return active(human, seen),
            Self::Deceased => deceased(human),
            Self::Address(types) => first(human, |record| address(record, types)),
            Self::Extension(key) => first(human, |record| extension(&record.says, key)),
            Self::OfEmployment(key) => human
                .contract
                .as_ref()
                .map_or(Value::Null, |it| it.value(key)),
            Self::Plain(key) => first(human, |record| plain(&record.says, key)),
        };
        match value {
            // Validity alone says too little of when an employee leaves.
            _ if *self == Self::Employments && !seen.has(self) => Value::Absent,
            Value::Absent | Value::Null if !seen.has(self) => Value::Absent,
            Value::Absent => Value::Null,
            value => value,
        }
    }
}

/// Whether a person is employed as far as `isActive` goes. The rules of selection read it, so that an absent value means
/// that nothing is decided: known employees stay as they are, and others are not created.
fn active(human: &Human<'_>, seen: &Seen) -> Value {
    let text = |it: bool| Value::Text(it.to_string());
    let lacks_start = seen.needs_employments && !seen.has(&Column::Employments);
    match human.activity {
        Activity::Vetoed => text(false),
        // Without any first day it is unknown who works here; an employment that has ended has ended.
        _ if lacks_start && !seen.employment.is_empty() => match human.has_left(seen.today) {
            true => text(false),
            false => Value::Absent,
        },
        // Others have employments: neither list says when this one begins or ends.
        _ if seen.needs_employments && human.is_unemployed && !seen.employment.is_empty() => {
            Value::Absent
        }
        Activity::Active => text(true),
        Activity::Unknown if seen.is_active_delivered => Value::Absent,
        Activity::Unknown => Value::Null,
    }
}

/// What any record of a read has.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Whether a column that is read is in the employments.
    needs_employments: bool,
    /// Some record says that it is active, so that one that says nothing leaves a question.
    is_active_delivered: bool,
    today: Date,
    employee: HashSet<String>,
    employment: HashSet<String>,
    extension: HashSet<String>,
}

impl Seen {
    pub(super) fn of(
        employees: &[Record],
        employments: &[Record],
        columns: &[Column],
        today: Date,
    ) -> Self {
        let keys = |it: &Attributes| it.keys().map(str::to_owned).collect::<Vec<_>>();
        let is_active = |it: &Record| slice::flag(&it.says, "isActive") == Some(true);
        let mut seen = Self {
            needs_employments: columns.iter().any(Column::is_of_employment),
            is_active_delivered: employees.iter().chain(employments).any(is_active),
            today,
            ..Self::default()
        };
        for record in employees {
            seen.employee.extend(keys(&record.says));
            seen.employment
                .extend(record.employments.iter().flat_map(keys));
            seen.extension
                .extend(extensions(&record.says).filter_map(|(key, _)| key.map(str::to_owned)));
        }
        seen.employment
            .extend(employments.iter().flat_map(|it| keys(&it.says)));
        seen
    }

    fn has(&self, column: &Column) -> bool {
        match column {
            Column::ExternalId | Column::Active | Column::Deceased => true,
            Column::Employments => self.employment.contains("hireDate"),
            Column::Address(_) => self.employee.contains("emailAddresses"),
            Column::Extension(key) => self.extension.contains(key),
            Column::OfEmployment(key) if RARE.contains(&key.as_str()) => {
                !self.employment.is_empty()
            }
            Column::OfEmployment(key) => self.employment.contains(key),
            Column::Plain(key) => self.employee.contains(key),
        }
    }

    /// Every column that there is something in.
    pub(super) fn columns(&self) -> Vec<String> {
        let mut columns = vec!["external_id".to_owned()];
        let lists = ["emailAddresses", "phoneNumbers", "addresses", "extensions"];
        columns.extend(
            self.employee
                .iter()
                .filter(|key| !lists.contains(&key.as_str()))
                .cloned(),
        );
        if self.employee.contains("emailAddresses") {
            columns
                .extend(["emailAddresses.business", "emailAddresses.private"].map(str::to_owned));
        }
        columns.extend(self.extension.iter().map(|key| format!("extensions.{key}")));
        if !self.employment.is_empty() {
            columns.push("employments".to_owned());
        }
        let known = contract::PROPERTIES
            .iter()
            .filter(|key| self.employment.contains(**key));
        columns.extend(known.map(|key| format!("employments.{key}")));
        columns.retain(|column| !is_salary(column));
        columns.sort();
        columns
    }
}

/// What the most important record says that says anything.
fn first(human: &Human<'_>, read: impl Fn(&Record) -> Value) -> Value {
    let mut best = Value::Absent;
    for record in &human.records {
        match read(record) {
            Value::Absent => {}
            Value::Null => best = Value::Null,
            value => return value,
        }
    }
    best
}

fn plain(says: &Attributes, key: &str) -> Value {
    let read = if DAYS.contains(&key) {
        leniency::day
    } else {
        leniency::scalar
    };
    says.get(key).map_or(Value::Absent, read)
}

fn deceased(human: &Human<'_>) -> Value {
    let died = human
        .records
        .iter()
        .any(|it| slice::flag(&it.says, "deceased") == Some(true));
    if died {
        Value::Text("true".to_owned())
    } else {
        Value::Null
    }
}

/// The first address of a type that is not empty.
fn address(record: &Record, types: &[&str]) -> Value {
    let list = match record.says.get("emailAddresses") {
        None => return Value::Absent,
        Some(Json::Null) => return Value::Null,
        Some(Json::Array(list)) => list,
        Some(_) => return Value::Unreadable,
    };
    let is_meant = |entry: &&Json| {
        let kind = entry.get("type").and_then(Json::as_str).unwrap_or_default();
        types
            .iter()
            .any(|known| known.eq_ignore_ascii_case(kind.trim()))
    };
    let texts = list
        .iter()
        .filter(is_meant)
        .filter_map(|entry| entry.get("address")?.as_str());
    texts
        .map(str::trim)
        .find(|text| !text.is_empty())
        .map_or(Value::Null, |text| Value::Text(text.to_owned()))
}

fn extensions(says: &Attributes) -> impl Iterator<Item = (Option<&str>, Option<&Json>)> {
    let list = says.get("extensions").and_then(Json::as_array);
    list.into_iter()
        .flatten()
        .map(|entry| (entry.get("key").and_then(Json::as_str), entry.get("value")))
}

fn extension(says: &Attributes, key: &str) -> Value {
    let found = extensions(says).find(|(known, _)| *known == Some(key));
    found.map_or(Value::Absent, |(_, value)| {
        value.map_or(Value::Null, leniency::scalar)
    })
}

/// What to do so that a column can be read.
pub(super) fn permit(column: &str) -> Remedy {
    let what = match Column::of(column) {
        Column::Extension(key) => {
            return Remedy::Give(Access::YouServeExtension { key: shown(&key) });
        }
        Column::Address(_) => "emailAddresses".to_owned(),
        Column::Employments => "employments".to_owned(),
        _ => column.rsplit('.').next().unwrap_or(column).to_owned(),
    };
    Remedy::Give(Access::YouServeField {
        field: shown(&what),
    })
}
