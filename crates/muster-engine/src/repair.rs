//! Corrects rejected records of the last delivery of an integration: the archived delivery is read again with the corrected
//! values, and of its records only the corrected ones cause operations. The source is neither read nor changed, so a later
//! delivery without the corrections is rejected again.

use crate::{
    manual::EditError,
    outcome::{Deps, Outcome, RunError, partial_reason},
    sync::Mode,
    unused::Delivery,
    work::{Begun, Stop, Work},
};
use muster_connectors::format::csv;
use muster_core::{
    decide::proposal::Proposal,
    model::{
        calendar::Calendar,
        code::Code,
        edit_request::CorrectedRecord,
        ids::{IntegrationId, RunId},
        origin::Origin,
        problem::{Problem, Severity, run},
        run::{Run, RunKind},
        workspace::Workspace,
    },
    read::{
        filter::RecordFilter,
        reading::Reading,
        record::{Cell, Mark, Record, Sink},
        roster::Roster,
    },
    setup::integration::Setup,
};
use muster_store::{KeptRules, StoreError};
use std::collections::BTreeMap;

/// How often a repair is computed again because the directory has changed.
const ATTEMPTS: u32 = 3;

/// What corrected records would change. Refused with what is still wrong with them.
pub fn check_repair(
    workspace: &Workspace,
    run: RunId,
    records: &[CorrectedRecord],
    deps: &Deps,
) -> Result<Proposal, EditError> {
    let found = Found::find(workspace, run, deps)?;
    let delivery = found.open(workspace, deps)?;
    let repair = Repair::new(&delivery, &found, records, deps)?;
    repair.check(run)
}

/// Applies corrected records, or holds them for review if a guard trips. A refused repair is not recorded.
pub(crate) fn repair(
    workspace: &Workspace,
    run: RunId,
    records: &[CorrectedRecord],
    note: Option<&str>,
    deps: &Deps,
) -> Result<Outcome, EditError> {
    let found = Found::find(workspace, run, deps)?;
    let delivery = found.open(workspace, deps)?;
    let repair = Repair::new(&delivery, &found, records, deps)?;
    repair.check(run)?;
    let setup = &delivery.setup;
    let begun =
        Begun::begin(setup, Mode::Apply, RunKind::Repair, Some(run), deps).map_err(in_the_run)?;
    let _keeper = begun.keep_lease(setup, deps).map_err(in_the_run)?;
    let work = Work::of(setup, begun, deps);
    if let Some(note) = note {
        deps.store.note_run(workspace.id, begun.run, note)?;
    }
    let mut attempt = 1;
    let error = loop {
        let proposal = match repair.decide(&work) {
            Ok(proposal) => proposal,
            Err(EditError::Run(error)) => break *error,
            Err(EditError::Refused(problems)) => break first(problems),
        };
        let calendar = work.calendar();
        match work.settle(proposal, &[], calendar, &mut |_| {}) {
            Err(StoreError::Moved { .. }) if attempt < ATTEMPTS => attempt += 1,
            Err(error) => break error.into(),
            Ok(outcome) => return Ok(outcome),
        }
    };
    work.stop(Stop::Failed(error), Vec::new())
        .map_err(in_the_run)
}

fn in_the_run(error: RunError) -> EditError {
    EditError::Run(Box::new(error))
}

fn refused(detail: run::Detail, remedy: run::Remedy) -> EditError {
    in_the_run(RunError::new(Code::EditRefused, detail, remedy))
}

/// The error of a run whose records are refused only now: the directory has changed since they were checked.
fn first(problems: Vec<Problem>) -> RunError {
    let unnamed = || {
        let detail = run::Detail::Unbalanced {
            counts: String::new(),
        };
        RunError::new(Code::RunUnbalanced, detail, run::Remedy::ReportBug)
    };
    problems.into_iter().next().map_or_else(unnamed, Into::into)
}

/// A run with the rules by which its delivery was read.
struct Found {
    run: Run,
    rules: KeptRules,
}

impl Found {
    /// Refused if the delivery is not the last one of its integration: a newer one may say something else.
    fn find(workspace: &Workspace, run: RunId, deps: &Deps) -> Result<Self, EditError> {
        let store = &deps.store;
        let not_archived = |integration: &str| {
            let detail = run::Detail::NoDelivery {
                run: Some(run),
                integration: integration.to_owned(),
            };
            refused(detail, run::Remedy::KeepDeliveries)
        };
        let of = store
            .run(workspace.id, run)?
            .filter(|of| of.kind == RunKind::Sync);
        let Some(of) = of else {
            return Err(not_archived(""));
        };
        let name = of.integration.clone().unwrap_or_default();
        if let Some(newer) = store.newer_delivery(workspace.id, run)? {
            let detail = run::Detail::NewerDelivery { run, newer };
            return Err(refused(detail, run::Remedy::CorrectNewest));
        }
        let rules = store.kept_rules(workspace.id)?;
        let rules = rules.into_iter().find(|rules| rules.name == name);
        let rules = rules.ok_or_else(|| not_archived(&name))?;
        Ok(Self { run: of, rules })
    }

    fn open<'r>(&'r self, workspace: &Workspace, deps: &Deps) -> Result<Delivery<'r>, EditError> {
        let opened = Delivery::open(workspace, &self.rules, &self.run, &deps.store)?;
        opened.ok_or_else(|| {
            let detail = run::Detail::NoDelivery {
                run: Some(self.run.id),
                integration: self.rules.name.clone(),
            };
            refused(detail, run::Remedy::KeepDeliveries)
        })
    }
}

/// Corrected records of a delivery.
struct Repair<'r> {
    delivery: &'r Delivery<'r>,
    integration: IntegrationId,
    corrected: BTreeMap<Origin, &'r BTreeMap<String, String>>,
    deps: &'r Deps,
}

impl<'r> Repair<'r> {
    /// Refused if the run has not rejected one of the records.
    fn new(
        delivery: &'r Delivery<'r>,
        found: &Found,
        records: &'r [CorrectedRecord],
        deps: &'r Deps,
    ) -> Result<Self, EditError> {
        let workspace = &delivery.setup.workspace;
        let problems = deps.store.problems(workspace.id, found.run.id)?;
        let is_rejected = |origin: Origin| {
            let is_of_it = |problem: &&Problem| problem.origin == Some(origin);
            let mut of_it = problems.iter().filter(is_of_it);
            of_it.any(|problem| problem.severity != Severity::Warning)
        };
        let other = records.iter().find(|one| !is_rejected(one.origin));
        if let Some(other) = other {
            let detail = run::Detail::NotRejected {
                run: found.run.id,
                line: other.origin.line,
            };
            return Err(refused(detail, run::Remedy::ChooseRejected));
        }
        let corrected = records.iter().map(|one| (one.origin, &one.values));
        Ok(Self {
            delivery,
            integration: found.rules.integration,
            corrected: corrected.collect(),
            deps,
        })
    }

    /// The plan, outside of a run.
    fn check(&self, run: RunId) -> Result<Proposal, EditError> {
        let begun = Begun {
            mode: Mode::PlanOnly,
            run,
            integration: Some(self.integration),
            replaces: None,
        };
        self.decide(&Work::of(&self.delivery.setup, begun, self.deps))
    }

    /// Computes the plan of the corrected records; refused with what is still wrong with them.
    fn decide(&self, work: &Work<'_>) -> Result<Proposal, EditError> {
        let workspace = &self.delivery.setup.workspace;
        let calendar = work.calendar();
        let now = self.deps.clock.now();
        let store = &self.deps.store;
        let roster = store.roster(workspace.id, Some(self.integration), now)?;
        let reading = self.read(&roster, calendar).map_err(of_stop)?;
        let (mut proposal, candidates) = work
            .context()
            .propose(reading, &roster, calendar)
            .map_err(of_stop)?;
        if proposal.counts.rejected > 0 {
            let problems = proposal.problems.kept().iter();
            let rejections = problems.filter(|problem| problem.severity != Severity::Warning);
            return Err(EditError::Refused(rejections.cloned().collect()));
        }
        work.context()
            .compare(&mut proposal, &candidates, &roster, calendar)?;
        Ok(proposal)
    }

    /// Reads the delivery with the corrected values.
    fn read(&self, roster: &Roster, calendar: Calendar) -> Result<Reading, Stop> {
        let refused =
            |problem: Problem| Stop::Refused(partial_reason(problem.code), problem.into());
        let setup: &Setup = &self.delivery.setup;
        let mut sink = Correcting {
            filter: RecordFilter::new(setup, roster, calendar),
            corrected: &self.corrected,
            columns: Vec::new(),
        };
        match &self.delivery.csv {
            Some(csv) => {
                for (number, mut reader) in (0u16..).zip(self.delivery.readers()) {
                    csv::decode(&mut reader, number, csv, &mut sink).map_err(refused)?;
                }
            }
            None => {
                if let Some(records) = self.delivery.records() {
                    records.pour(&mut sink).map_err(refused)?;
                }
            }
        }
        let origins = self.corrected.keys().copied().collect();
        Ok(sink.filter.finish(None).with_corrections(origins))
    }
}

fn of_stop(stop: Stop) -> EditError {
    match stop {
        Stop::Refused(_, error) | Stop::Failed(error) => in_the_run(error),
    }
}

/// Gives records to the filter of a run, some of them with corrected values.
struct Correcting<'c, 'f> {
    filter: RecordFilter<'f>,
    corrected: &'c BTreeMap<Origin, &'c BTreeMap<String, String>>,
    columns: Vec<String>,
}

impl Correcting<'_, '_> {
    /// Gives a record with corrected values to the filter; false: this one has none.
    fn correct(&mut self, record: &Record<'_>) -> bool {
        let Some(values) = self.corrected.get(&record.origin) else {
            return false;
        };
        let (mut text, mut ends, mut marks) = (String::new(), Vec::new(), Vec::new());
        for (position, column) in self.columns.iter().enumerate() {
            let cell = match values.get(column) {
                Some(value) => Cell::Text(value),
                None => record.cell(position),
            };
            marks.push(match cell {
                Cell::Absent => Mark::Absent,
                Cell::Null => Mark::Null,
                Cell::Unreadable => Mark::Unreadable,
                Cell::Text(value) => {
                    text.push_str(value);
                    Mark::Text
                }
            });
            ends.push(text.len());
        }
        let corrected = Record::with_marks(record.origin, &text, &ends, &marks);
        self.filter.record(corrected);
        true
    }
}

impl Sink for Correcting<'_, '_> {
    fn begin(&mut self, file: u16, columns: &[String]) -> Result<(), Problem> {
        self.columns = columns.to_vec();
        self.filter.begin(file, columns)
    }

    fn record(&mut self, record: Record<'_>) {
        if !self.correct(&record) {
            self.filter.record(record);
        }
    }

    fn broken(&mut self, record: Record<'_>, problem: Problem) {
        if !self.correct(&record) {
            self.filter.broken(record, problem);
        }
    }
}
