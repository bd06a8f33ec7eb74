//! One person of an answer as a record: what each value means, and what several say together.

use super::{
    VENDOR,
    columns::{Asked, Kind},
    fields::find,
    history::{History, TERMINATED},
    wire::{Row, id},
};
use crate::{
    connector::{Records, Value, Wanted, unidentified, unreadable},
    systems::leniency,
};
use jiff::civil::Date;
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            api::{BambooHrRemedy, Detail, Remedy},
            shown,
        },
    },
    read::{
        normalise::is_blank,
        record::{Cell, Record},
    },
};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};

/// What BambooHR writes where there is no day.
const NO_DAY: &str = "0000-00-00";

/// Columns that every record has, also one that was never filled in.
const OF_SHELLS: &[&str] = &[
    "id",
    "employeeNumber",
    "firstName",
    "middleName",
    "lastName",
    "preferredName",
    "displayName",
    "status",
    "employmentStatus",
    "lastChanged",
];

/// Turns rows into records.
pub(super) struct Reader<'r> {
    pub(super) asked: Asked,
    pub(super) history: History,
    currency: &'r str,
    today: Date,
    columns: &'r [String],
    /// Employees who are to start, by the report of values to come.
    starters: HashSet<String>,
    /// Planned departures by the report of values to come, where the table does not tell them.
    departures: HashMap<String, Date>,
    /// Where the columns are that several values decide together.
    at: Places,
}

#[derive(Clone, Copy)]
struct Places {
    status: [Option<usize>; 2],
    history_status: Option<usize>,
    status_date: Option<usize>,
    hired: Option<usize>,
    ends: Option<usize>,
    work_email: Option<usize>,
    home_email: Option<usize>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(
        asked: Asked,
        history: History,
        currency: &'r str,
        today: Date,
        wanted: &'r Wanted,
    ) -> Self {
        let at = |name: &str| wanted.columns.iter().position(|column| column == name);
        let at = Places {
            status: [at("status"), at("employmentStatus")],
            history_status: at("employmentHistoryStatus"),
            status_date: at("employeeStatusDate"),
            hired: at("hireDate"),
            ends: at("terminationDate"),
            work_email: at("workEmail"),
            home_email: at("homeEmail"),
        };
        Self {
            asked,
            history,
            currency,
            today,
            columns: &wanted.columns,
            starters: HashSet::new(),
            departures: HashMap::new(),
            at,
        }
    }

    /// Notes what the report of values to come says of first and last days.
    pub(super) fn note_ahead(&mut self, ahead: &Records) {
        let day = |record: &Record<'_>, column: Option<usize>| match record.cell(column?) {
            Cell::Text(text) => text.trim().parse::<Date>().ok(),
            _ => None,
        };
        for (id, record) in ahead.by_id() {
            if day(&record, self.at.hired).is_some_and(|day| day > self.today) {
                self.starters.insert(id.to_owned());
            }
            if let History::Withheld(_) = self.history
                && let Some(day) = day(&record, self.at.ends).filter(|day| *day >= self.today)
            {
                self.departures.insert(id.to_owned(), day);
            }
        }
    }

    /// Adds one person; whether the id is new.
    pub(super) fn add(&self, records: &mut Records, row: &Row) -> bool {
        let Some(id) = id(row.first().and_then(Option::as_ref)) else {
            records.put_unknown(unidentified(VENDOR));
            return true;
        };
        let value = |position: &Option<usize>| {
            let position = (*position)?;
            Some(value(
                row[position].as_ref()?,
                self.asked.kinds[position],
                self.currency,
            ))
        };
        let mut values: Vec<Value> = self
            .asked
            .of_column
            .iter()
            .map(|position| value(position).unwrap_or(Value::Absent))
            .collect();
        let is_id =
            |(column, field): (&String, &Option<usize>)| column == "id" && *field == Some(0);
        if let Some(own) = self
            .columns
            .iter()
            .zip(&self.asked.of_column)
            .position(is_id)
        {
            values[own] = Value::Text(id.clone());
        }
        let is_nothing_yet = self.at.hired.is_some_and(|at| values[at] == Value::Null);
        if is_nothing_yet && self.starters.contains(&id) {
            // The report of today has no more than a placeholder of an employee who is to start.
            return false;
        }
        self.plan_departure(&mut values, &id);
        self.correct_status(&mut values, &id);
        self.judge_private_address(&mut values);
        let problem = self.problem(&values, &id);
        records.put(&id, &values, problem)
    }

    /// The day of a planned departure counts more than what the report says of the present. Where the table is withheld,
    /// no day does not mean that nobody leaves.
    fn plan_departure(&self, values: &mut [Value], id: &str) {
        let Some(ends) = self.at.ends else { return };
        if matches!(values[ends], Value::Absent | Value::Unreadable) {
            return;
        }
        let planned = match &self.history {
            History::Known(_) => self.history.of(id).and_then(|standing| standing.leaves),
            History::Withheld(_) => self.departures.get(id).copied(),
        };
        match (planned, &self.history) {
            (Some(day), _) => values[ends] = Value::Text(day.to_string()),
            (None, History::Withheld(_)) if values[ends] == Value::Null => {
                values[ends] = Value::Absent;
            }
            (None, _) => {}
        }
    }

    /// Accounts call employees inactive whose first day is to come (datasets), and those whose last day is to come, months
    /// ahead. Neither counts before its day.
    fn correct_status(&self, values: &mut [Value], id: &str) {
        let day = |at: Option<usize>| at.and_then(|at| day(&values[at]));
        let starts = day(self.at.hired).is_some_and(|day| day > self.today);
        let standing = self.history.of(id);
        let leaves = standing.is_some_and(|standing| standing.leaves.is_some())
            || day(self.at.ends).is_some_and(|day| day >= self.today);
        if !starts && !leaves {
            return;
        }
        for at in self.at.status.into_iter().flatten() {
            if is(&values[at], "Inactive") {
                values[at] = Value::Text("Active".to_owned());
            }
        }
        let Some(at) = self.at.history_status else {
            return;
        };
        if is(&values[at], TERMINATED) && leaves {
            let current = standing.and_then(|standing| standing.current.clone());
            values[at] = current.map_or(Value::Absent, Value::Text);
            if let Some(since) = self.at.status_date {
                // It is the day of the row to come.
                values[since] = Value::Absent;
            }
        }
    }

    /// A private address stands for the business address only where the key may see that there is none.
    fn judge_private_address(&self, values: &mut [Value]) {
        if let (Some(work), Some(home)) = (self.at.work_email, self.at.home_email)
            && values[work] == Value::Absent
        {
            values[home] = Value::Absent;
        }
    }

    /// The problem of employees whose private address can stand for their business address; none if there are none.
    pub(super) fn private_addresses(&self, records: &Records) -> Option<Problem> {
        let (work, home) = (self.at.work_email?, self.at.home_email?);
        let is_blank = |cell: Cell<'_>| !matches!(cell, Cell::Text(text) if !is_blank(text));
        let stands_in =
            |record: &Record<'_>| is_blank(record.cell(work)) && !is_blank(record.cell(home));
        let count = records.iter().filter(stands_in).count();
        (count > 0).then(|| private_addresses(count))
    }

    /// Why a record cannot be used, if it cannot.
    fn problem(&self, values: &[Value], id: &str) -> Option<Problem> {
        if let Some(broken) = values.iter().position(|value| *value == Value::Unreadable) {
            return Some(unreadable(VENDOR, &self.columns[broken], id));
        }
        if self.is_shell(values) {
            return Some(shell(id));
        }
        // On the day after the last one BambooHR's own day may still be the day before.
        let ended = self
            .at
            .ends
            .and_then(|ends| day(&values[ends]))
            .filter(|end| {
                let hired = self.at.hired.and_then(|hired| day(&values[hired]));
                self.today
                    .yesterday()
                    .is_ok_and(|yesterday| *end < yesterday)
                    && hired.is_none_or(|hired| hired <= *end)
            })?;
        let is_active = self
            .at
            .status
            .into_iter()
            .flatten()
            .any(|at| is(&values[at], "Active"));
        is_active.then(|| contradiction(id, ended))
    }

    /// Whether a record has a name and nothing else of what BambooHR itself asks for.
    fn is_shell(&self, values: &[Value]) -> bool {
        let counts =
            |column: &String| find(column).is_some() && !OF_SHELLS.contains(&column.as_str());
        self.at
            .hired
            .is_some_and(|hired| values[hired] == Value::Null)
            && self
                .columns
                .iter()
                .zip(values)
                .filter(|(column, _)| counts(column))
                .all(|(_, value)| is_nothing(value))
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Absent | Value::Null => true,
        Value::Unreadable => false,
        Value::Text(text) => is_blank(text),
    }
}

fn is(value: &Value, word: &str) -> bool {
    matches!(value, Value::Text(text) if text.trim().eq_ignore_ascii_case(word))
}

fn day(value: &Value) -> Option<Date> {
    match value {
        Value::Text(text) => text.trim().parse().ok(),
        Value::Absent | Value::Null | Value::Unreadable => None,
    }
}

/// What a value says.
pub(super) fn value(value: &Json, kind: Kind, currency: &str) -> Value {
    let said = match (kind, value) {
        (_, Json::Object(_)) => Value::Unreadable,
        (Kind::Day, _) => leniency::day(value),
        (Kind::Text | Kind::Amount, _) => leniency::text(value),
    };
    match said {
        Value::Text(text) if text.trim() == NO_DAY || is_blank(&text) => Value::Null,
        Value::Text(text) if kind == Kind::Amount && is_currency(text.trim()) => Value::Null,
        Value::Text(text) if kind == Kind::Amount => Value::Text(amount(text, currency)),
        Value::Text(text) => Value::Text(unescaped(text)),
        other => other,
    }
}

/// Whether a text is a currency code alone: BambooHR writes an empty currency field as `" USD"`, in the account's
/// currency.
fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// `65000.00 EUR` without the currency that is expected; with another one it stays, and is no amount.
fn amount(text: String, currency: &str) -> String {
    match text.trim().strip_suffix(currency).map(str::trim_end) {
        Some(amount)
            if !amount.is_empty() && amount.bytes().all(|byte| b"0123456789.-".contains(&byte)) =>
        {
            amount.to_owned()
        }
        _ => text,
    }
}

/// Text as it was typed: some accounts give characters that are special in web pages as `&#039;`.
fn unescaped(text: String) -> String {
    const ESCAPES: &[(&str, &str)] = &[
        ("&#039;", "'"),
        ("&#39;", "'"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    if !text.contains('&') {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(position) = rest.find('&') {
        plain.push_str(&rest[..position]);
        rest = &rest[position..];
        let escape = ESCAPES.iter().find(|(escape, _)| rest.starts_with(escape));
        let (length, character) =
            escape.map_or((1, "&"), |(escape, character)| (escape.len(), *character));
        plain.push_str(character);
        rest = &rest[length..];
    }
    plain + rest
}

fn refused(code: Code, id: &str, detail: Detail, remedy: Remedy) -> Problem {
    let mut problem = Problem::new(code, Severity::Rejected, detail, remedy);
    problem.subject = Some(shown(id));
    problem
}

fn shell(id: &str) -> Problem {
    let detail = Detail::Shell {
        system: VENDOR.to_owned(),
        id: shown(id),
    };
    refused(
        Code::ApiShell,
        id,
        detail,
        Remedy::BambooHr(BambooHrRemedy::CompletePerson),
    )
}

fn contradiction(id: &str, ended: Date) -> Problem {
    let detail = Detail::Contradiction {
        system: VENDOR.to_owned(),
        id: shown(id),
        ended,
    };
    refused(
        Code::ApiContradiction,
        id,
        detail,
        Remedy::BambooHr(BambooHrRemedy::CorrectStatusRows),
    )
}

fn private_addresses(count: usize) -> Problem {
    let detail = Detail::PrivateAddresses {
        system: VENDOR.to_owned(),
        count: count as u64,
    };
    let remedy = Remedy::BambooHr(BambooHrRemedy::EnterWorkAddress);
    let mut problem = Problem::new(Code::ApiPrivateAddress, Severity::Warning, detail, remedy);
    problem.field = Some("homeEmail".to_owned());
    problem
}
