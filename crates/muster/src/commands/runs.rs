//! `muster runs`: the latest runs, or what one run did, with its problems and its plan.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, Kind, RunsCommand, Shown},
    error::CommandError,
    show::{self, Sections, Tense, count, moment, safe, table},
    text,
    wiring::Wiring,
};
use muster_core::{
    decide::proposal::OperationView,
    model::{
        code::Code,
        company::CompanyEnd,
        employee::{Employee, Status},
        field::Schema,
        ids::{EmployeeId, RunId},
        origin::DeliveredFile,
        plan::{OperationKind, Reason, Who},
        response::{self, Done, Each, Operation, RunDetails},
        run::{Run, RunKind, RunStatus},
        workspace::Workspace,
    },
    read::reading::{PartialReason, Problems},
};
use muster_store::{Decision, HistoryEntry, StoredOperation, StoredPlan};
use serde::Serialize;
use std::{borrow::Cow, collections::BTreeMap, process::ExitCode};

/// The number of runs that are listed.
const MAX_LISTED: u32 = 50;

pub(super) fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let runs: Vec<Run> = wiring
        .store
        .runs(workspace.id, MAX_LISTED)?
        .into_iter()
        .map(text::with_error)
        .collect();
    if arguments.json {
        let runs: Vec<_> = runs.iter().map(response::Run::from).collect();
        print_json(&runs);
        return Ok(ExitCode::SUCCESS);
    }
    let header = [
        "run",
        "started",
        "kind",
        "integration",
        "status",
        "read",
        "created",
        "updated",
        "deactivated",
        "rejected",
        "plan",
    ];
    let row = |run: &Run| {
        let counts = &run.counts;
        let deactivated = counts.deactivated + counts.missing;
        vec![
            run.id.to_string(),
            moment(run.started),
            run.kind.as_str().to_owned(),
            run.integration.clone().unwrap_or_default(),
            run.status.as_str().to_owned(),
            counts.read.to_string(),
            changed(run.status, counts.created),
            changed(run.status, counts.updated + counts.reactivated + counts.due),
            changed(run.status, deactivated),
            counts.rejected.to_string(),
            run.plan
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ]
    };
    say(table(&header, runs.iter().map(row)));
    Ok(ExitCode::SUCCESS)
}

/// A number of changes: those of a plan that was not applied are marked.
fn changed(status: RunStatus, count: u64) -> String {
    match status {
        RunStatus::Held | RunStatus::Planned if count > 0 => format!("{count} planned"),
        _ => count.to_string(),
    }
}

pub(super) fn show(arguments: &Arguments, id: i64, shown: Shown) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let run = wiring.store.run(workspace.id, RunId(id))?.ok_or_else(|| {
        CommandError::unknown(
            Code::RunUnknown,
            format!("there is no run {id} in workspace `{}`", workspace.name),
            "run `muster runs` to list the latest runs",
        )
    })?;
    let details = Details::read(&wiring, &workspace, text::with_error(run))?;
    if arguments.json {
        print_json(&details.answer(&workspace.schema));
    } else {
        details.print(&workspace, shown);
    }
    Ok(ExitCode::SUCCESS)
}

/// Ends a run before its lease expires.
pub(super) fn abandon(
    arguments: &Arguments,
    command: &RunsCommand,
) -> Result<ExitCode, CommandError> {
    let RunsCommand::Abandon { run } = *command;
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let run = RunId(run);
    if wiring.store.run(workspace.id, run)?.is_none() {
        return Err(CommandError::unknown(
            Code::RunUnknown,
            format!("there is no run {run} in workspace `{}`", workspace.name),
            "`muster runs` lists the latest",
        ));
    }
    let ended = muster_engine::abandon(&workspace, run, &wiring.deps())?;
    if arguments.json {
        print_json(&Done {
            run,
            status: response::RunStatus::Interrupted,
            abandoned: ended,
        });
    } else if ended {
        say(format!(
            "run {run} is abandoned: nothing was applied, and its integration can run again"
        ));
    } else {
        say(format!("run {run} has already ended"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Everything about one run.
struct Details {
    run: Run,
    problems: Problems,
    plan: Option<StoredPlan>,
    operations: Vec<StoredOperation>,
    applied: Applied,
    ended: Vec<CompanyEnd>,
}

impl Details {
    fn read(wiring: &Wiring, workspace: &Workspace, run: Run) -> Result<Self, CommandError> {
        let store = &wiring.store;
        let mut problems = Problems::default();
        store
            .problems(workspace.id, run.id)?
            .into_iter()
            .for_each(|problem| problems.push(problem));
        let (plan, operations) = match &run.plan {
            Some(id) => (
                store.plan(workspace.id, id)?,
                store.plan_operations(workspace, id)?,
            ),
            None => (None, Vec::new()),
        };
        Ok(Self {
            applied: Applied::read(wiring, workspace, &run)?,
            ended: store.company_ends(workspace.id, run.id)?,
            run,
            problems,
            plan,
            operations,
        })
    }

    fn answer<'d>(&'d self, schema: &'d Schema) -> RunDetails<impl Serialize + use<'d>> {
        let operations = self.operations.iter();
        let operations = operations.map(|stored| stored.answer(schema, &self.applied.files));
        let findings = self.plan.iter().flat_map(|plan| &plan.findings);
        let problems = self.problems.kept().iter();
        RunDetails {
            run: (&self.run).into(),
            plan_status: self
                .plan
                .as_ref()
                .map(|plan| plan.status.as_str().to_owned()),
            findings: findings.map(show::finding_answer).collect(),
            operations: operations.collect(),
            applied: Each(move || {
                let views = self.applied.views();
                views.map(move |view| Operation::new(&view, schema, &self.applied.files))
            }),
            companies: self.ended.clone(),
            problems: problems
                .map(|found| show::problem(found, &self.applied.files))
                .collect(),
        }
    }

    /// In the order of importance, like the output of the run itself.
    fn print(&self, workspace: &Workspace, shown: Shown) {
        let (run, schema) = (&self.run, &workspace.schema);
        head(run);
        let findings = self.plan.iter().flat_map(|plan| &plan.findings);
        findings.for_each(show::finding);
        let is_shown = |view: &OperationView<'_>| {
            let of_kind = |kind: Kind| kind.has(view.kind, view.held.is_some());
            shown.kind.is_none_or(of_kind)
        };
        let sections = |files| match shown.all {
            true => Sections::with_all(schema, files),
            false => Sections::new(schema, files),
        };
        let mut applied = sections(&self.applied.files);
        let views = self.applied.views().filter(is_shown);
        views.for_each(|view| applied.add(&view));
        let mut planned = sections(&self.applied.files);
        for stored in &self.operations {
            let view = stored.view();
            if is_shown(&view) {
                planned.add_with(&view, note(stored.decision));
            }
        }
        applied.print_important(Tense::Applied);
        planned.print_important(Tense::Proposed);
        show::rejected(&self.problems, run.counts.rejected, &self.applied.files);
        applied.print_others(Tense::Applied);
        planned.print_others(Tense::Proposed);
        show::company_ends(&self.ended);
        let open = self.plan.as_ref().filter(|plan| plan.status.is_open());
        open.iter()
            .for_each(|plan| show::company_ends(&plan.company_ends));
        show::warnings(&[&self.problems], &self.applied.files);
        if let Some(plan) = &self.plan {
            say(format!(
                "plan {}: {}, {} of {} pending",
                plan.id,
                plan.status.as_str(),
                plan.open,
                count(plan.operations, "operation", "operations")
            ));
        }
        if let Some(plan) = open {
            say(show::decide(&plan.id));
        }
    }
}

fn note(decision: Decision) -> &'static str {
    match decision {
        Decision::Open => "",
        Decision::Applied => "\n         approved and applied",
        Decision::Void => "\n         void: another operation for the same employee was approved",
    }
}

/// What a run changed, whatever its kind, with the employees as they are now.
struct Applied {
    created: Vec<EmployeeId>,
    changes: Vec<HistoryEntry>,
    people: BTreeMap<EmployeeId, Employee>,
    files: Vec<DeliveredFile>,
}

impl Applied {
    fn read(wiring: &Wiring, workspace: &Workspace, run: &Run) -> Result<Self, CommandError> {
        let store = &wiring.store;
        let did = store.changes_of_run(workspace, run.id)?;
        let mut ids = did.created.clone();
        ids.extend(did.changes.iter().map(|entry| entry.employee));
        ids.dedup();
        let people = store.employees_by_ids(workspace, &ids)?;
        let files = store.files_of_origins(workspace.id, run)?;
        Ok(Self {
            created: did.created,
            changes: did.changes,
            people: people
                .into_iter()
                .map(|person| (person.id, person))
                .collect(),
            files,
        })
    }

    fn views(&self) -> impl Iterator<Item = OperationView<'_>> {
        let view = |employee: EmployeeId, kind, reason| OperationView {
            number: 0,
            kind,
            employee: Some(employee),
            revision: 0,
            origin: None,
            reason,
            status: None,
            who: Cow::Owned(self.who(employee)),
            changes: Cow::Borrowed(&[]),
            held: None,
            fingerprint: None,
            takes_ownership: false,
        };
        let created = self.created.iter().map(move |id| OperationView {
            status: self.people.get(id).map(|person| person.status),
            ..view(*id, OperationKind::Create, Reason::NewPerson)
        });
        let changes = self.changes.iter().map(move |entry| OperationView {
            origin: entry.origin,
            changes: Cow::Borrowed(entry.changes.as_slice()),
            ..view(entry.employee, entry.kind, entry.reason)
        });
        created.chain(changes)
    }

    /// The current name of the employee. Erased employees have only a number.
    fn who(&self, id: EmployeeId) -> Who {
        let person = self
            .people
            .get(&id)
            .filter(|person| person.status != Status::Erased);
        match person {
            Some(person) => Who {
                external_id: person.external_id().map(str::to_owned),
                email: Some(person.email().to_owned()).filter(|email| !email.is_empty()),
                name: person.name(),
            },
            None => Who {
                name: format!("employee {id} (erased)"),
                ..Who::default()
            },
        }
    }
}

/// The run itself: its kind, its result and its counts.
fn head(run: &Run) {
    let integration = run
        .integration
        .as_deref()
        .map(|name| format!(" of {name}"))
        .unwrap_or_default();
    say(format!(
        "run {} ({}{integration}): {}, {}",
        run.id,
        run.kind.as_str(),
        run.status.as_str(),
        moment(run.started)
    ));
    let of = match run.kind {
        RunKind::Undo => "undoes",
        RunKind::Repair => "corrects records of",
        _ => "approves the plan of",
    };
    if let Some(run) = run.of {
        say(format!("  {of} run {run}"));
    }
    if let Some(actor) = &run.actor {
        let note = run
            .note
            .as_deref()
            .map(|note| format!(": {}", safe(note)))
            .unwrap_or_default();
        say(format!("  by {}{note}", safe(actor)));
    }
    say(format!(
        "  {}",
        show::tally(&run.counts, run.status, &run.files)
    ));
    run.files.iter().for_each(show::file_line);
    if let Some(partial) = &run.partial {
        say(match PartialReason::parse(partial) {
            Some(reason) => format!("  {}", show::incomplete(reason)),
            None => format!("  the delivery is incomplete: {partial}"),
        });
    }
    if let Some(error) = &run.error {
        say(format!("  error: {}", safe(error)));
    }
}
