//! `muster employees`: the directory, now or at the end of a past day.

mod filter;

use super::say;
use crate::{
    arguments::{Arguments, Employees, Format, Formulas},
    error::CommandError,
    show::{safe, table},
    wiring::Wiring,
};
use filter::Filter;
use jiff::civil::Date;
use muster_core::{
    model::{
        calendar::end_of_day,
        employee::Employee,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        response::{ListedEmployee, values},
        workspace::Workspace,
    },
    read::formula,
};
use muster_store::{PeopleFilter, rewind};
use std::{
    borrow::Cow,
    collections::BTreeMap,
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
    let schema = &workspace.schema;
    let filter = Filter::new(wanted, schema)?;
    let columns = filter::columns(wanted, schema)?;
    let mut list = List::new(&workspace, format, wanted.formulas, columns);
    list.is_filtered = filter.is_set();
    wiring
        .store
        .people(&workspace, PeopleFilter::default(), &mut |employee| {
            let then = past.as_ref().map(|past| past.of(employee));
            let listed = match &then {
                None => Some(employee),
                Some(then) => then.as_ref(),
            };
            match listed.filter(|employee| filter.takes(employee)) {
                Some(employee) => list.add(employee),
                None => true,
            }
        })?;
    list.end();
    Ok(ExitCode::SUCCESS)
}

/// The changes since the end of a day, which are reversed in memory.
struct Past {
    later: BTreeMap<EmployeeId, Vec<muster_store::HistoryEntry>>,
}

impl Past {
    fn read(wiring: &Wiring, workspace: &Workspace, day: Date) -> Result<Self, CommandError> {
        let last = end_of_day(day, &workspace.settings).ok_or_else(|| {
            CommandError::usage(
                format!("`{day}` is not a valid day"),
                "use a day of this century",
            )
        })?;
        let mut later: BTreeMap<EmployeeId, Vec<_>> = BTreeMap::new();
        if wiring
            .store
            .forgotten_through(workspace)?
            .is_some_and(|through| last < through)
        {
            let message = format!(
                "the directory at the end of {day} cannot be shown, because history of that time was deleted"
            );
            return Err(CommandError::usage(
                message,
                "use a later day; `history` under [workspace] retention sets how long history is kept",
            ));
        }
        for entry in wiring.store.history_since(workspace, last)? {
            later.entry(entry.employee).or_default().push(entry);
        }
        Ok(Self { later })
    }

    /// The employee as of that day. `None` if the record did not exist yet.
    fn of(&self, employee: &Employee) -> Option<Employee> {
        rewind(
            employee,
            self.later.get(&employee.id).map_or(&[], Vec::as_slice),
        )
    }
}

/// Prints employees one by one; only the table waits for all of them, because it is aligned.
struct List<'w> {
    workspace: &'w Workspace,
    output: Printer,
    /// The fields that were asked for; none of a column: the name.
    columns: Vec<(String, Option<FieldNumber>)>,
    /// Whether an empty list means that nobody matches.
    is_filtered: bool,
    count: u64,
    broken: bool,
}

type Stdout = BufWriter<std::io::StdoutLock<'static>>;

enum Printer {
    Table(Vec<Vec<String>>),
    Csv(Box<csv::Writer<Stdout>>, Formulas),
    Json(Stdout),
}

impl<'w> List<'w> {
    fn new(
        workspace: &'w Workspace,
        format: Format,
        formulas: Formulas,
        columns: Vec<(String, Option<FieldNumber>)>,
    ) -> Self {
        let stdout = || BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
        let mut broken = false;
        let output = match format {
            Format::Table => Printer::Table(Vec::new()),
            Format::Csv => {
                let mut writer = csv::WriterBuilder::new()
                    .terminator(csv::Terminator::CRLF)
                    .from_writer(stdout());
                let keys: Vec<&str> = match columns.is_empty() {
                    true => {
                        let fields = workspace.schema.iter();
                        fields.map(|(_, field)| field.key.as_str()).collect()
                    }
                    false => columns.iter().map(|(key, _)| key.as_str()).collect(),
                };
                let header = ["employee", "status"].into_iter().chain(keys);
                broken |= writer.write_record(header).is_err();
                Printer::Csv(Box::new(writer), formulas)
            }
            Format::Json => {
                let mut out = stdout();
                broken |= out.write_all(b"[").is_err();
                Printer::Json(out)
            }
        };
        Self {
            workspace,
            output,
            columns,
            is_filtered: false,
            count: 0,
            broken,
        }
    }

    /// Returns false if the reader of the output has closed it.
    fn add(&mut self, employee: &Employee) -> bool {
        self.count += 1;
        match &mut self.output {
            Printer::Table(rows) if self.columns.is_empty() => rows.push(row(employee)),
            Printer::Table(rows) => {
                let mut row = vec![employee.id.to_string(), status_text(employee)];
                row.extend(chosen(employee, &self.columns).map(|value| safe(&value)));
                rows.push(row);
            }
            Printer::Csv(writer, formulas) => {
                let written: Vec<Cow<'_, str>> = match self.columns.is_empty() {
                    true => values(employee, &self.workspace.schema)
                        .into_iter()
                        .map(|value| Cow::Borrowed(value.unwrap_or_default()))
                        .collect(),
                    false => chosen(employee, &self.columns).collect(),
                };
                let values: Vec<_> = written
                    .iter()
                    .map(|value| match formulas {
                        Formulas::Guard => formula::guarded(value),
                        Formulas::Keep => Cow::Borrowed(value.as_ref()),
                    })
                    .collect();
                let id = employee.id.to_string();
                let first = [Cow::Owned(id), Cow::Borrowed(employee.status.as_str())];
                let mut record = first.iter().chain(&values).map(|value| value.as_bytes());
                self.broken |= writer.write_record(&mut record).is_err();
            }
            Printer::Json(out) => {
                let separator: &[u8] = if self.count == 1 { b"\n" } else { b",\n" };
                let object = ListedEmployee {
                    employee,
                    schema: &self.workspace.schema,
                };
                self.broken |= out.write_all(separator).is_err()
                    || serde_json::to_writer(&mut *out, &object).is_err();
            }
        }
        !self.broken
    }

    /// A closed output (`| head`) is not an error.
    fn end(self) {
        match self.output {
            Printer::Json(mut out) => {
                let _ = out.write_all(b"\n]\n").and_then(|()| out.flush());
            }
            Printer::Csv(mut writer, _) => {
                let _ = writer.flush();
            }
            Printer::Table(rows) if rows.is_empty() => {
                say(if self.is_filtered {
                    "no employee matches"
                } else {
                    "there are no employees\n  help: run `muster sync FILE.toml` to load them"
                });
            }
            Printer::Table(rows) if !self.columns.is_empty() => {
                let keys = self.columns.iter().map(|(key, _)| key.as_str());
                let header: Vec<&str> = ["#", "status"].into_iter().chain(keys).collect();
                say(table(&header, rows));
            }
            Printer::Table(rows) => {
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
                say(table(&header, rows));
            }
        }
    }
}

fn row(employee: &Employee) -> Vec<String> {
    let text = |field| employee.value(field).map(safe).unwrap_or_default();
    vec![
        employee.id.to_string(),
        status_text(employee),
        text(canonical::EXTERNAL_ID),
        safe(&employee.name()),
        text(canonical::EMAIL),
        text(canonical::GROUP),
        text(canonical::ONBOARDING_DATE),
        text(canonical::OFFBOARDING_DATE),
    ]
}

/// The values of the fields that were asked for.
fn chosen<'e>(
    employee: &'e Employee,
    columns: &'e [(String, Option<FieldNumber>)],
) -> impl Iterator<Item = Cow<'e, str>> {
    columns.iter().map(|(_, field)| match field {
        Some(field) => Cow::Borrowed(employee.value(*field).unwrap_or_default()),
        None => Cow::Owned(employee.name()),
    })
}

fn status_text(employee: &Employee) -> String {
    let status = employee.status.as_str();
    if employee.protected {
        format!("{status}, protected")
    } else {
        status.to_owned()
    }
}
