//! `muster employees`: the directory, now or at the end of a past day.

use super::say;
use crate::{
    arguments::{Arguments, Employees, Format},
    complain::Complaint,
    show::{safe, table},
    wiring::Wiring,
};
use jiff::{civil::Date, tz::TimeZone};
use muster_core::{
    employee::{Employee, Status},
    facts::{Fact, Facts},
    field::canonical,
    ids::EmployeeId,
    plan::{Changed, OperationKind, Reason},
    workspace::Workspace,
};
use muster_store::PeopleFilter;
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    io::{BufWriter, Write},
    process::ExitCode,
};

pub(super) fn employees(arguments: &Arguments, wanted: &Employees) -> Result<ExitCode, Complaint> {
    let wiring = Wiring::look(arguments)?;
    let workspace = wiring.workspace()?;
    let past = wanted.as_of.map(|day| Past::read(&wiring, &workspace, day)).transpose()?;
    let format = if arguments.json { Format::Json } else { wanted.format };
    let mut list = List::new(&workspace, format);
    wiring.store.people(&workspace, PeopleFilter::default(), &mut |employee| match &past {
        None => list.add(employee),
        Some(past) => match past.of(employee) {
            Some(then) => list.add(&then),
            None => true,
        },
    })?;
    list.end();
    Ok(ExitCode::SUCCESS)
}

/// What has happened to people since the end of a day, to take it back in memory.
struct Past {
    later: BTreeMap<EmployeeId, Vec<muster_store::HistoryEntry>>,
}

impl Past {
    fn read(wiring: &Wiring, workspace: &Workspace, day: Date) -> Result<Self, Complaint> {
        let zone = TimeZone::get(&workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
        let end = day.tomorrow().and_then(|next| next.to_zoned(zone)).map_err(|_| {
            Complaint::usage(format!("`{day}` is not a day that has an end"), "name a day of this century")
        })?;
        let mut later: BTreeMap<EmployeeId, Vec<_>> = BTreeMap::new();
        // An instant exactly at midnight belongs to the next day; changes are kept to the microsecond.
        let last = end.timestamp().checked_sub(jiff::SignedDuration::from_micros(1)).unwrap_or(end.timestamp());
        for entry in wiring.store.history_since(workspace, last)? {
            later.entry(entry.employee).or_default().push(entry);
        }
        Ok(Self { later })
    }

    /// The person as they were; none if they did not exist yet.
    fn of(&self, employee: &Employee) -> Option<Employee> {
        let mut then = employee.clone();
        // What is held today says nothing about that day.
        then.pins.clear();
        for entry in self.later.get(&employee.id).into_iter().flatten() {
            if entry.kind == OperationKind::Create {
                return None;
            }
            match entry.reason {
                Reason::Protected => then.protected = false,
                Reason::Unprotected => then.protected = true,
                _ => {}
            }
            for change in &entry.changes {
                match change.what {
                    Changed::Status => {
                        let old = change.old.as_deref().and_then(Status::parse);
                        then.status = old.unwrap_or(then.status);
                    }
                    Changed::Field(field) => {
                        let old = change.old.as_deref().map_or(Fact::Cleared, Fact::Set);
                        then.facts = Facts::new(then.facts.with(field, old).as_ref().iter());
                    }
                }
            }
        }
        Some(then)
    }
}

/// Prints people one by one; only the table for people waits for its end.
struct List<'w> {
    workspace: &'w Workspace,
    format: Format,
    rows: Vec<Vec<String>>,
    out: BufWriter<std::io::StdoutLock<'static>>,
    count: u64,
    broken: bool,
}

impl<'w> List<'w> {
    fn new(workspace: &'w Workspace, format: Format) -> Self {
        let mut list = Self {
            workspace,
            format,
            rows: Vec::new(),
            out: BufWriter::new(std::io::stdout().lock()),
            count: 0,
            broken: false,
        };
        match format {
            Format::Table => {}
            Format::Csv => {
                let keys = ["employee", "status"]
                    .into_iter()
                    .chain(workspace.schema.iter().map(|(_, field)| field.key.as_str()));
                let line = keys.map(cell).collect::<Vec<_>>().join(",");
                list.write(&format!("{line}\r\n"));
            }
            Format::Json => list.write("["),
        }
        list
    }

    fn write(&mut self, text: &str) {
        self.broken |= self.out.write_all(text.as_bytes()).is_err();
    }

    /// False ends the list: nobody reads it any more.
    fn add(&mut self, employee: &Employee) -> bool {
        self.count += 1;
        match self.format {
            Format::Table => {
                let text = |field| employee.value(field).map(safe).unwrap_or_default();
                self.rows.push(vec![
                    employee.id.to_string(),
                    standing(employee),
                    text(canonical::EXTERNAL_ID),
                    safe(&employee.name()),
                    text(canonical::EMAIL),
                    text(canonical::GROUP),
                    text(canonical::ONBOARDING_DATE),
                    text(canonical::OFFBOARDING_DATE),
                ]);
            }
            Format::Csv => {
                let values =
                    self.workspace.schema.iter().map(|(field, _)| cell(employee.value(field).unwrap_or_default()));
                let head = [employee.id.to_string(), employee.status.as_str().to_owned()];
                let line = head.into_iter().chain(values).collect::<Vec<_>>().join(",");
                self.write(&format!("{line}\r\n"));
            }
            Format::Json => {
                let start = if self.count == 1 { "\n" } else { ",\n" };
                let object = object(employee, self.workspace);
                self.write(&format!("{start}{object}"));
            }
        }
        !self.broken
    }

    fn end(mut self) {
        match self.format {
            Format::Json => self.write("\n]\n"),
            Format::Csv => {}
            Format::Table => {
                drop(self.out);
                let header = ["#", "status", "external id", "name", "e-mail", "group", "onboarding", "offboarding"];
                if self.rows.is_empty() {
                    say("nobody yet: run `muster sync FILE.toml`");
                } else {
                    say(table(&header, self.rows));
                }
                return;
            }
        }
        // A reader that went away (`| head`) is no error.
        let _ = self.out.flush();
    }
}

/// The status, and what a person should know besides.
fn standing(employee: &Employee) -> String {
    let status = employee.status.as_str();
    if employee.protected { format!("{status}, protected") } else { status.to_owned() }
}

/// One person for programs.
fn object(employee: &Employee, workspace: &Workspace) -> Value {
    let mut object = Map::new();
    object.insert("employee".to_owned(), json!(employee.id));
    object.insert("status".to_owned(), json!(employee.status));
    object.insert("protected".to_owned(), json!(employee.protected));
    let pins = employee.pins.iter().map(|pin| workspace.schema.key(pin.field));
    object.insert("pins".to_owned(), json!(pins.collect::<Vec<_>>()));
    for (field, definition) in workspace.schema.iter() {
        object.insert(definition.key.clone(), json!(employee.value(field)));
    }
    Value::Object(object)
}

/// A CSV cell. A value that a spreadsheet would run as a formula gets an apostrophe before it.
fn cell(value: &str) -> String {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
    let guarded = if formula { format!("'{value}") } else { value.to_owned() };
    if formula || guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn f45_exports_are_guarded_against_formulas() {
        let guarded =
            [("=1+2", "\"'=1+2\""), ("+31612345678", "\"'+31612345678\""), ("-x", "\"'-x\""), ("@a", "\"'@a\"")];
        for (raw, wanted) in guarded {
            assert_eq!(cell(raw), wanted);
        }
        assert_eq!(cell("O\"Neill, Ann"), "\"O\"\"Neill, Ann\"");
        assert_eq!(cell("'t Hart"), "'t Hart");
    }
}
