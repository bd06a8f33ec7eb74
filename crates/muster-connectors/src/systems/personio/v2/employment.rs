//! Which of a person's employments counts today, and what it says.

use crate::{
    connector::Value,
    systems::{attributes::Attributes, leniency},
};
use jiff::civil::Date;
use serde_json::Value as Json;
use std::cmp::Reverse;

/// The columns that are in employments.
pub(in crate::systems::personio) const COLUMNS: &[&str] = &[
    "hire_date",
    "termination_date",
    "termination_type",
    "last_working_day",
    "contract_end_date",
    "probation_period_end",
    "department",
    "team",
    "supervisor",
    "position",
    "office",
    "subcompany",
    "employment_type",
    "weekly_working_hours",
];

/// The employment that counts, and its end with all that follow it without a gap.
pub(in crate::systems::personio) struct Employment<'e> {
    chosen: &'e Attributes,
    /// An employment goes on where this one ends, so its end is no leaving.
    goes_on: Option<Option<Date>>,
}

/// Whether an employment has a column.
pub(super) fn has(employment: &Attributes, column: &str) -> bool {
    Employment {
        chosen: employment,
        goes_on: None,
    }
    .value(column)
        != Value::Absent
}

/// The employment whose days include today, else the next one, else the last one. Of several the one that
/// started last counts, then the one that was changed last.
pub(in crate::systems::personio) fn choose(
    all: &[Attributes],
    today: Date,
) -> Option<Employment<'_>> {
    let now = |it: &&Attributes| {
        start(it).is_none_or(|day| day <= today) && end(it).is_none_or(|day| day >= today)
    };
    let rank = |it: &&Attributes| {
        (
            start(it),
            it.get("updated_at")
                .and_then(Json::as_str)
                .map(str::to_owned),
        )
    };
    let current = all.iter().filter(now).max_by_key(rank);
    let next = || {
        all.iter()
            .filter(|it| start(it).is_some_and(|day| day > today))
            .min_by_key(|it| (start(it), Reverse(rank(it))))
    };
    let past = || all.iter().max_by_key(|it| (end(it), rank(it)));
    let chosen = current.or_else(next).or_else(past)?;
    Some(Employment {
        chosen,
        goes_on: goes_on(chosen, all),
    })
}

/// Where the employment really ends, if others follow it without a gap, as when an employee moves to another
/// company of the account.
fn goes_on(chosen: &Attributes, all: &[Attributes]) -> Option<Option<Date>> {
    let mut last = end(chosen)?;
    let mut extended = false;
    // Each step passes at least one employment, so there are no more steps than employments.
    for _ in all {
        let next_day = last.tomorrow().unwrap_or(last);
        let follows = |it: &&Attributes| {
            start(it)
                .is_some_and(|day| day <= next_day && start(chosen).is_none_or(|first| day > first))
                && end(it).is_none_or(|day| day > last)
        };
        let Some(following) = all.iter().find(follows) else {
            break;
        };
        extended = true;
        match end(following) {
            None => return Some(None),
            Some(day) => last = day,
        }
    }
    extended.then_some(Some(last))
}

fn start(employment: &Attributes) -> Option<Date> {
    date(employment.get("employment_start_date")?)
}

fn end(employment: &Attributes) -> Option<Date> {
    termination(employment, &["termination_date"])
        .and_then(date)
        .or_else(|| date(employment.get("employment_end_date")?))
}

fn date(value: &Json) -> Option<Date> {
    match leniency::day(value) {
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

fn termination<'e>(employment: &'e Attributes, keys: &[&str]) -> Option<&'e Json> {
    let termination = employment.get("termination")?;
    keys.iter()
        .find_map(|key| termination.get(key))
        .filter(|value| !value.is_null())
}

impl Employment<'_> {
    /// The status in Personio's words.
    pub(super) fn status(&self) -> Value {
        self.chosen
            .get("status")
            .map_or(Value::Absent, leniency::scalar)
    }

    /// What it says in one of [`COLUMNS`].
    pub(in crate::systems::personio) fn value(&self, column: &str) -> Value {
        let day = |key: &str| self.chosen.get(key).map_or(Value::Absent, leniency::day);
        let name = |key: &str, what: &str| {
            self.chosen
                .get(key)
                .map_or(Value::Absent, |it| leniency::named(it, what))
        };
        match column {
            "hire_date" => day("employment_start_date"),
            "termination_date" => self.termination_date(),
            "termination_type" => self.of_termination(&["type"], leniency::scalar),
            "last_working_day" => {
                self.of_termination(&["last_working_day", "last_working_date"], leniency::day)
            }
            "contract_end_date" => day("contract_end_date"),
            "probation_period_end" => day("probation_end_date"),
            "department" | "team" => self.unit(column),
            "supervisor" => name("supervisor", "id"),
            "position" => name("position", "title"),
            "office" => self.object_name("office"),
            "subcompany" => match self.object_name("legal_entity") {
                Value::Absent => self.object_name("sub_company"),
                found => found,
            },
            "employment_type" => match self
                .chosen
                .get("type")
                .map_or(Value::Absent, leniency::scalar)
            {
                Value::Text(kind) => Value::Text(kind.to_ascii_lowercase()),
                other => other,
            },
            "weekly_working_hours" => self
                .chosen
                .get(column)
                .map_or(Value::Absent, leniency::scalar),
            _ => Value::Absent,
        }
    }

    /// The name of an object. One that has its id alone says nothing: the id would rename what version 1 gives by name.
    fn object_name(&self, key: &str) -> Value {
        let Some(object) = self.chosen.get(key) else {
            return Value::Absent;
        };
        let inner = object.get("attributes").unwrap_or(object);
        if object.is_object() && inner.get("name").is_none() {
            return Value::Absent;
        }
        leniency::named(object, "name")
    }

    fn termination_date(&self) -> Value {
        match self.goes_on {
            Some(None) => return Value::Null,
            Some(Some(day)) => return Value::Text(day.to_string()),
            None => {}
        }
        if let Some(date) = termination(self.chosen, &["termination_date"]) {
            return leniency::day(date);
        }
        match self.chosen.get("employment_end_date") {
            Some(end) => leniency::day(end),
            // That there is no termination says so only where terminations may be read.
            None => self
                .chosen
                .get("termination")
                .map_or(Value::Absent, |_| Value::Null),
        }
    }

    fn of_termination(&self, keys: &[&str], read: fn(&Json) -> Value) -> Value {
        match self.chosen.get("termination") {
            None => Value::Absent,
            Some(_) => termination(self.chosen, keys).map_or(Value::Null, read),
        }
    }

    /// The id of the organisation unit of a kind.
    fn unit(&self, kind: &str) -> Value {
        let Some(units) = self.chosen.get("org_units") else {
            return Value::Absent;
        };
        let Json::Array(units) = units else {
            return leniency::scalar(units);
        };
        let is_kind = |unit: &&Json| {
            unit.get("type")
                .and_then(Json::as_str)
                .is_some_and(|it| it.eq_ignore_ascii_case(kind))
        };
        units
            .iter()
            .find(is_kind)
            .map_or(Value::Null, |unit| leniency::named(unit, "id"))
    }
}
