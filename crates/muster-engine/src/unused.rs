//! Why a person is not in the directory: finds their records in the last archived deliveries and
//! evaluates them with the rules of that time. Writes nothing.

use crate::{
    outcome::{Deps, RunError},
    read::{Content, read},
    source::Source,
    sync::Integration,
    system::pour,
    work::Stop,
};
use jiff::{Timestamp, civil::Date};
use muster_connectors::{
    connector::Records,
    format::csv::{self, CsvSettings},
};
use muster_core::{
    model::{
        calendar::Calendar,
        facts::FactsRef,
        field::canonical,
        ids::{IntegrationId, RunId},
        origin::{DeliveredFile, Origin},
        plan::PlanId,
        problem::{Problem, shown},
        run::Run,
        workspace::Workspace,
    },
    read::{
        reading::{DraftState, Reading},
        record::{Cell, Record, Sink},
        roster::Roster,
    },
    setup::{
        integration::{Rules, Setup},
        selection::{self, CompiledRules, Verdict},
    },
};
use muster_store::{ArchivedFile, KeptRules, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// The number of latest runs that are searched for the last delivery of an integration.
const MAX_RUNS: u32 = 500;

/// A record that created no employee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedRecord {
    pub integration: String,
    /// The run that read it.
    pub run: RunId,
    pub at: Timestamp,
    pub origin: Origin,
    pub files: Vec<DeliveredFile>,
    pub cause: Unused,
}

/// Why a record created no employee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unused {
    /// A selection rule does not select the record.
    NotSelected { column: String, value: String },
    /// A column that a selection rule needs is missing.
    Undecided,
    /// The offboarding date had passed.
    Ended { on: String },
    /// The record was rejected.
    Rejected(Vec<Problem>),
    /// A newer file has a record for the same employee.
    Superseded,
    /// A plan that would create the employee is pending.
    Pending(PlanId),
    /// None of these: the record is valid, and no plan is pending.
    NotApplied,
}

/// The stored rules of an integration.
#[derive(Serialize, Deserialize)]
struct Reader {
    rules: Rules,
    /// `None` for an HR system.
    csv: Option<CsvSettings>,
}

/// Stores the rules of an integration. If this fails, records cannot be explained later, but the
/// run does not fail.
pub(crate) fn remember(integration: &Integration, id: Option<IntegrationId>, store: &Store) {
    let reader = Reader {
        rules: integration.setup.rules.clone(),
        csv: match &integration.source {
            Source::Files(files) => Some(files.csv.clone()),
            Source::System(_) => None,
        },
    };
    if let (Some(id), Ok(text)) = (id, serde_json::to_string(&reader)) {
        let _ = store.keep_rules(integration.setup.workspace.id, id, &text);
    }
}

/// Finds the records of a person by external id, e-mail address or full name in the last
/// deliveries.
pub fn unused_records(
    workspace: &Workspace,
    key: &str,
    deps: &Deps,
) -> Result<Vec<UnusedRecord>, RunError> {
    let store = &deps.store;
    let runs = store.runs(workspace.id, MAX_RUNS)?;
    let mut found = Vec::new();
    for kept in store.kept_rules(workspace.id)? {
        let is_delivery =
            |run: &&Run| run.integration.as_ref() == Some(&kept.name) && !run.files.is_empty();
        let Some(run) = runs.iter().find(is_delivery) else {
            continue;
        };
        let Some(delivery) = Delivery::open(workspace, &kept, run, store)? else {
            continue;
        };
        found.extend(delivery.records_of(key, store, kept.integration)?);
    }
    Ok(found)
}

/// An archived delivery with its rules.
pub(crate) struct Delivery<'r> {
    pub(crate) setup: Setup,
    pub(crate) csv: Option<CsvSettings>,
    run: &'r Run,
    kept: Vec<ArchivedFile>,
    files: Vec<DeliveredFile>,
    calendar: Calendar,
}

impl<'r> Delivery<'r> {
    /// `None`: the delivery is not archived, or its rules have an unknown version.
    pub(crate) fn open(
        workspace: &Workspace,
        rules: &KeptRules,
        run: &'r Run,
        store: &Store,
    ) -> Result<Option<Self>, StoreError> {
        let Ok(reader) = serde_json::from_str::<Reader>(&rules.rules) else {
            return Ok(None);
        };
        let Some(kept) = store.delivery(workspace.id, run.id)? else {
            return Ok(None);
        };
        let setup = Setup {
            workspace: workspace.clone(),
            name: rules.name.clone(),
            rules: reader.rules,
        };
        Ok(Some(Self {
            calendar: Calendar::at(run.started, &workspace.settings),
            files: kept.iter().map(|kept| kept.file.clone()).collect(),
            setup,
            csv: reader.csv,
            run,
            kept,
        }))
    }

    fn records_of(
        &self,
        key: &str,
        store: &Store,
        integration: IntegrationId,
    ) -> Result<Vec<UnusedRecord>, StoreError> {
        let Some(reading) = self.read() else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for (position, draft) in reading.drafts.iter() {
            let facts = reading.drafts.facts(position);
            if !names(facts, key) {
                continue;
            }
            let cause = match draft.state {
                DraftState::NotSelected | DraftState::Undecided => self.rule_against(draft.origin),
                DraftState::Superseded => Unused::Superseded,
                DraftState::Rejected => Unused::Rejected(problems_at(&reading, draft.origin)),
                DraftState::Candidate => match self.ended(facts) {
                    Some(on) => Unused::Ended { on },
                    None => self.pending(store, integration)?,
                },
            };
            found.push(UnusedRecord {
                integration: self.setup.name.clone(),
                run: self.run.id,
                at: self.run.started,
                origin: draft.origin,
                files: self.files.clone(),
                cause,
            });
        }
        Ok(found)
    }

    /// Reads the delivery as if the directory were empty, so that every record is processed.
    fn read(&self) -> Option<Reading> {
        let (setup, roster) = (&self.setup, Roster::default());
        let read = match (&self.csv, self.records()) {
            (Some(csv), _) => {
                let mut readers = self.readers();
                let mut contents: Vec<&mut dyn Content> = readers
                    .iter_mut()
                    .map(|reader| reader as &mut dyn Content)
                    .collect();
                read(
                    setup,
                    csv,
                    &roster,
                    self.calendar,
                    &mut contents,
                    (&self.files, &|_| false),
                    &mut |_| {},
                )
            }
            (None, Some(records)) => pour(setup, &records, &roster, self.calendar, None, &[]),
            (None, None) => return None,
        };
        // A refused delivery explains no record.
        read.map_err(|_: Stop| ()).ok()
    }

    /// The files from their beginnings.
    pub(crate) fn readers(&self) -> Vec<Cursor<&[u8]>> {
        let bytes = self.kept.iter().map(|kept| kept.bytes.as_slice());
        bytes.map(Cursor::new).collect()
    }

    /// The records of an HR system.
    pub(crate) fn records(&self) -> Option<Records> {
        let one = self.kept.first()?;
        Records::read(&one.form.columns, std::str::from_utf8(&one.bytes).ok()?)
    }

    /// The selection rule that does not select a record, with the value of its column.
    fn rule_against(&self, origin: Origin) -> Unused {
        let mut probe = Probe {
            setup: &self.setup,
            compiled: CompiledRules::default(),
            columns: Vec::new(),
            origin,
            today: self.calendar.today,
            found: None,
        };
        self.pour(&mut probe);
        match probe.found {
            Some((column, value)) => Unused::NotSelected { column, value },
            None => Unused::Undecided,
        }
    }

    /// Gives every record to a sink, as far as the files can be decoded.
    pub(crate) fn pour(&self, sink: &mut (dyn Sink + Send)) {
        match &self.csv {
            Some(csv) => {
                for (number, mut reader) in (0u16..).zip(self.readers()) {
                    let _ = csv::decode(&mut reader, number, csv, sink);
                }
            }
            None => {
                if let Some(records) = self.records() {
                    let _ = records.pour(sink);
                }
            }
        }
    }

    /// The offboarding date, if it had passed when the delivery was read.
    fn ended(&self, facts: FactsRef<'_>) -> Option<String> {
        let on = facts.value(canonical::OFFBOARDING_DATE)?;
        let day: Date = on.parse().ok()?;
        (day <= self.calendar.offboarded_through).then(|| on.to_owned())
    }

    fn pending(&self, store: &Store, integration: IntegrationId) -> Result<Unused, StoreError> {
        let plans = store.open_plans(self.setup.workspace.id)?;
        let plan = plans
            .into_iter()
            .find(|plan| plan.integration == Some(integration));
        Ok(plan.map_or(Unused::NotApplied, |plan| Unused::Pending(plan.id)))
    }
}

/// Whether a record belongs to a person.
fn names(facts: FactsRef<'_>, key: &str) -> bool {
    let parts = [
        canonical::FIRST_NAME,
        canonical::PREFIX,
        canonical::LAST_NAME,
    ];
    let name: Vec<&str> = parts.iter().filter_map(|part| facts.value(*part)).collect();
    facts.value(canonical::EXTERNAL_ID) == Some(key)
        || facts
            .value(canonical::EMAIL)
            .is_some_and(|email| email.eq_ignore_ascii_case(key))
        || name.join(" ").to_lowercase() == key.to_lowercase()
}

fn problems_at(reading: &Reading, origin: Origin) -> Vec<Problem> {
    let problems = reading.problems.kept().iter();
    problems
        .filter(|problem| problem.origin == Some(origin))
        .cloned()
        .collect()
}

/// Finds the rule that does not select a record.
struct Probe<'s> {
    setup: &'s Setup,
    compiled: CompiledRules,
    columns: Vec<String>,
    origin: Origin,
    today: Date,
    found: Option<(String, String)>,
}

impl Sink for Probe<'_> {
    fn begin(&mut self, _: u16, columns: &[String]) -> Result<(), Problem> {
        self.columns = columns.to_vec();
        self.compiled = selection::compile(&self.setup.rules.selection, columns)?;
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        if record.origin != self.origin {
            return;
        }
        let verdict = selection::preview(&self.compiled, |column| record.cell(column), self.today);
        let (Verdict::NotSelected { rule } | Verdict::Undecided { rule, .. }) = verdict else {
            return;
        };
        let column = self.setup.rules.selection[rule].column.clone();
        let position = self.columns.iter().position(|name| *name == column);
        let value = match position.map(|position| record.cell(position)) {
            Some(Cell::Text(text)) => shown(text),
            _ => String::new(),
        };
        self.found = Some((column, value));
    }

    fn broken(&mut self, _: Record<'_>, _: Problem) {}
}
