//! `muster employees`: the directory, now or at the end of a past day.

use super::say;
use crate::{
    arguments::{Arguments, Employees, Format},
    error::CommandError,
    show::{safe, table},
    wiring::Wiring,
};
use jiff::{civil::Date, tz::TimeZone};
use muster_core::model::{
    employee::Employee, field::canonical, ids::EmployeeId, workspace::Workspace,
};
use muster_store::{PeopleFilter, rewind};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{BufWriter, Write},
    process::ExitCode,
};

pub(super) fn employees(
    arguments: &Arguments,
    wanted: &Employees,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let past = wanted
        .as_of
        .map(|day| Past::read(&wiring, &workspace, day))
        .transpose()?;
    let format = if arguments.json {
        Format::Json
    } else {
        wanted.format
    };
    let mut list = List::new(&workspace, format);
    wiring.store.people(
        &workspace,
        PeopleFilter::default(),
        &mut |employee| match &past {
            None => list.add(employee),
            Some(past) => match past.of(employee) {
                Some(then) => list.add(&then),
                None => true,
            },
        },
    )?;
    list.end();
    Ok(ExitCode::SUCCESS)
}

/// What has happened to people since the end of a day, to take it back in memory.
struct Past {
    later: BTreeMap<EmployeeId, Vec<muster_store::HistoryEntry>>,
}

impl Past {
    fn read(wiring: &Wiring, workspace: &Workspace, day: Date) -> Result<Self, CommandError> {
        let zone = TimeZone::get(&workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
        let end = day
            .tomorrow()
            .and_then(|next| next.to_zoned(zone))
            .map_err(|_| {
                CommandError::usage(
                    format!("`{day}` is not a day that has an end"),
                    "name a day of this century",
                )
            })?;
        let mut later: BTreeMap<EmployeeId, Vec<_>> = BTreeMap::new();
        // An instant exactly at midnight belongs to the next day; changes are kept to the microsecond.
        let last = end
            .timestamp()
            .checked_sub(jiff::SignedDuration::from_micros(1))
            .unwrap_or(end.timestamp());
        if wiring
            .store
            .forgotten_through(workspace)?
            .is_some_and(|through| last < through)
        {
            let message = format!(
                "the directory at the end of {day} is not known any more: history is kept for a time"
            );
            return Err(CommandError::usage(
                message,
                "name a later day; `history` under [workspace] retention sets the time",
            ));
        }
        for entry in wiring.store.history_since(workspace, last)? {
            later.entry(entry.employee).or_default().push(entry);
        }
        Ok(Self { later })
    }

    /// The person as they were; none if they did not exist yet.
    fn of(&self, employee: &Employee) -> Option<Employee> {
        rewind(
            employee,
            self.later.get(&employee.id).map_or(&[], Vec::as_slice),
        )
    }
}

/// Prints people one by one; only the table for people waits for its end.
struct List<'w> {
    workspace: &'w Workspace,
    format: Format,
    rows: Vec<Vec<String>>,
    out: BufWriter<std::io::StdoutLock<'static>>,
    line: String,
    count: u64,
    broken: bool,
}

impl<'w> List<'w> {
    fn new(workspace: &'w Workspace, format: Format) -> Self {
        let mut list = Self {
            workspace,
            format,
            rows: Vec::new(),
            out: BufWriter::with_capacity(1 << 16, std::io::stdout().lock()),
            line: String::new(),
            count: 0,
            broken: false,
        };
        match format {
            Format::Table => {}
            Format::Csv => {
                let keys = ["employee", "status"]
                    .into_iter()
                    .chain(workspace.schema.iter().map(|(_, field)| field.key.as_str()));
                list.write(&format!("{}\r\n", keys.collect::<Vec<_>>().join(",")));
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
                self.line.clear();
                let _ = write!(self.line, "{},{}", employee.id, employee.status.as_str());
                for value in values(employee, self.workspace) {
                    self.line.push(',');
                    cell(&mut self.line, value.unwrap_or_default());
                }
                self.line.push_str("\r\n");
                self.broken |= self.out.write_all(self.line.as_bytes()).is_err();
            }
            Format::Json => {
                self.write(if self.count == 1 { "\n" } else { ",\n" });
                let object = Object {
                    employee,
                    workspace: self.workspace,
                };
                self.broken |= serde_json::to_writer(&mut self.out, &object).is_err();
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
                let header = [
                    "#",
                    "status",
                    "external id",
                    "name",
                    "e-mail",
                    "group",
                    "onboarding",
                    "offboarding",
                ];
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
    if employee.protected {
        format!("{status}, protected")
    } else {
        status.to_owned()
    }
}

/// The value of each field in the order of the schema, in one pass: asking for each field alone is a search each time.
fn values<'e>(employee: &'e Employee, workspace: &Workspace) -> Vec<Option<&'e str>> {
    let mut by_number = BTreeMap::new();
    for (field, fact) in employee.facts.as_ref().iter() {
        by_number.insert(field, fact.value());
    }
    workspace
        .schema
        .iter()
        .map(|(field, _)| by_number.get(&field).copied().flatten())
        .collect()
}

/// One person for programs.
struct Object<'a> {
    employee: &'a Employee,
    workspace: &'a Workspace,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("employee", &self.employee.id)?;
        object.serialize_entry("status", &self.employee.status)?;
        object.serialize_entry("protected", &self.employee.protected)?;
        let pins = self
            .employee
            .pins
            .iter()
            .map(|pin| self.workspace.schema.key(pin.field));
        object.serialize_entry("pins", &pins.collect::<Vec<_>>())?;
        for ((_, definition), value) in self
            .workspace
            .schema
            .iter()
            .zip(values(self.employee, self.workspace))
        {
            object.serialize_entry(&definition.key, &value)?;
        }
        object.end()
    }
}

/// Writes a CSV cell. A value that a spreadsheet would run as a formula gets an apostrophe before it.
fn cell(line: &mut String, value: &str) {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']);
    if !formula && !value.contains([',', '"', '\n', '\r']) {
        line.push_str(value);
        return;
    }
    let apostrophe = if formula { "'" } else { "" };
    let _ = write!(line, "\"{apostrophe}{}\"", value.replace('"', "\"\""));
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn f45_exports_are_guarded_against_formulas() {
        let guarded = [
            ("=1+2", "\"'=1+2\""),
            ("+31612345678", "\"'+31612345678\""),
            ("-x", "\"'-x\""),
            ("@a", "\"'@a\""),
        ];
        for (raw, wanted) in guarded.into_iter().chain([
            ("O\"Neill, Ann", "\"O\"\"Neill, Ann\""),
            ("'t Hart", "'t Hart"),
        ]) {
            let mut line = String::new();
            cell(&mut line, raw);
            assert_eq!(line, wanted);
        }
    }
}
