//! Replays past deliveries with the current rules in a copy, and compares its employees with those
//! of the directory. The directory is only read.

use crate::{
    approve::approve,
    archived::{Archived, refused},
    clock::FixedClock,
    outcome::{Deps, Progress, RunError},
    read::candidates,
    sweep::sweep,
    sync::Integration,
    work::Stop,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use muster_core::{
    decide::{proposal::Proposal, propose::propose},
    model::{
        calendar::Calendar,
        employee::Employee,
        ids::{EmployeeId, RunId},
        origin::DeliveredFile,
        plan::{Change, Changed, Reason},
        problem::run,
        run::{Run, RunKind, RunStatus},
    },
};
use muster_store::{ArchivedFile, Choice, PeopleFilter, Store, StoreError};
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

/// The first delivery of a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The delivery of a run.
    Run(RunId),
    /// The first delivery on or after a day.
    Day(Date),
}

/// The result of a replay.
#[derive(Debug)]
pub struct Replayed {
    /// The first run.
    pub from: RunId,
    pub at: Timestamp,
    /// The number of processed deliveries.
    pub deliveries: u64,
    /// Runs whose delivery is not archived. Their changes are part of the difference.
    pub lost: Vec<RunId>,
    /// Runs whose delivery the current rules refuse, with the reason.
    pub refused: Vec<(RunId, RunError)>,
    /// Columns that the current rules need and the run did not request. Their values are not part
    /// of the difference.
    pub unread: BTreeSet<String>,
    /// The number of employees of the integration.
    pub people: u64,
    /// The number of these that would differ.
    pub different: u64,
    /// The number of employees that differ, by field.
    pub fields: BTreeMap<Changed, u64>,
    /// The first of them.
    pub differences: Vec<Difference>,
}

/// An employee who would differ.
#[derive(Debug)]
pub struct Difference {
    /// The employee in the directory. `None`: the employee would exist only in the replay.
    pub is: Option<Employee>,
    /// The employee in the replay. `None`: the employee would not exist.
    pub would_be: Option<Employee>,
    /// The differences, from the directory to the replay.
    pub changes: Vec<Change>,
}

/// The number of employees that are listed.
const LISTED: usize = 1_000;

/// Processes archived deliveries again with the current rules.
pub fn replay(
    integration: &Integration,
    from: From,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Replayed, RunError> {
    let setup = &integration.setup;
    let first = first_run(integration, from, &deps.store)?;
    if let Some(through) = deps
        .store
        .forgotten_through(&setup.workspace)?
        .filter(|through| *through > first.started)
    {
        let detail = run::Detail::HistoryDeleted {
            run: first.id,
            through,
        };
        return Err(refused(detail, run::Remedy::LaterRunOrLongerHistory));
    }
    let scratch = Arc::new(deps.store.scratch(&setup.workspace, first.id)?);
    let runs = deps.store.runs_from(setup.workspace.id, first.id)?;
    let mut replayed = Replayed {
        from: first.id,
        at: first.started,
        deliveries: 0,
        lost: Vec::new(),
        refused: Vec::new(),
        unread: BTreeSet::new(),
        people: 0,
        different: 0,
        fields: BTreeMap::new(),
        differences: Vec::new(),
    };
    for run in &runs {
        let then = Deps {
            store: Arc::clone(&scratch),
            clock: Arc::new(FixedClock(run.started)),
            ..deps.clone()
        };
        if run.kind == RunKind::Sweep && run.status == RunStatus::Applied {
            sweep(&setup.workspace, true, &then)?;
        }
        let Some(delivered) = delivered_by(run, &runs, &setup.name) else {
            continue;
        };
        let Some(kept) = deps.store.delivery(setup.workspace.id, delivered)? else {
            replayed.lost.push(delivered);
            continue;
        };
        let origin = runs.iter().find(|run| run.id == delivered).unwrap_or(run);
        let opened = match Archived::open(integration, origin, &kept) {
            Ok(opened) => opened,
            Err(error) => {
                replayed.refused.push((delivered, error));
                continue;
            }
        };
        replayed.unread.extend(opened.unread.iter().cloned());
        let outcome = opened.replay(&then, progress)?;
        // Held operations were approved at the time, too.
        if let (RunKind::Approve, Some(plan)) = (run.kind, &outcome.plan) {
            approve(&setup.workspace, plan, &Choice::All, &then, &mut |_| {})?;
        }
        replayed.deliveries += 1;
        replayed
            .refused
            .extend(outcome.error.map(|error| (delivered, error)));
    }
    if replayed.deliveries == 0 {
        if let Some((_, error)) = replayed.refused.pop() {
            return Err(error);
        }
        let detail = run::Detail::NoDelivery {
            run: Some(first.id),
            integration: setup.name.clone(),
        };
        return Err(refused(detail, run::Remedy::KeepDeliveries));
    }
    compare(integration, &deps.store, &scratch, &runs, &mut replayed)?;
    Ok(replayed)
}

fn first_run(integration: &Integration, from: From, store: &Store) -> Result<Run, RunError> {
    let setup = &integration.setup;
    let least = if let From::Run(run) = from {
        run
    } else {
        RunId(0)
    };
    let begins = match from {
        From::Run(_) => Timestamp::MIN,
        From::Day(day) => {
            let zone = TimeZone::get(&setup.workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
            day.to_zoned(zone)
                .map_or(Timestamp::MAX, |midnight| midnight.timestamp())
        }
    };
    let runs = store.runs_from(setup.workspace.id, least)?;
    let of_integration =
        |run: &Run| run.integration.as_ref() == Some(&setup.name) && !run.files.is_empty();
    let found = runs
        .into_iter()
        .find(|run| of_integration(run) && run.started >= begins);
    match (from, found) {
        (From::Run(wanted), Some(next)) if next.id != wanted => {
            let detail = run::Detail::NoDeliveryRead {
                run: wanted,
                integration: setup.name.clone(),
                next: next.id,
            };
            Err(refused(detail, run::Remedy::ListRuns))
        }
        (_, Some(run)) => Ok(run),
        (_, None) => {
            let detail = run::Detail::NothingReadSince {
                integration: setup.name.clone(),
            };
            Err(refused(detail, run::Remedy::ListRuns))
        }
    }
}

/// The run whose delivery took effect with this run: its own, or that of the approved plan.
fn delivered_by(run: &Run, runs: &[Run], name: &str) -> Option<RunId> {
    let took_effect = matches!(run.status, RunStatus::Applied | RunStatus::NothingToDo);
    let of_integration =
        |run: &Run| run.integration.as_deref() == Some(name) && !run.files.is_empty();
    match run.kind {
        RunKind::Sync if took_effect && of_integration(run) => Some(run.id),
        RunKind::Approve if took_effect => {
            let origin = runs.iter().find(|origin| Some(origin.id) == run.of)?;
            of_integration(origin).then_some(origin.id)
        }
        _ => None,
    }
}

fn compare(
    integration: &Integration,
    real: &Store,
    scratch: &Store,
    runs: &[Run],
    replayed: &mut Replayed,
) -> Result<(), RunError> {
    let workspace = &integration.setup.workspace;
    let owner = real.integration(workspace.id, &integration.setup.name)?;
    // Later manual edits, corrected records, undos and other integrations are not differences of the rules.
    let sweeps: HashSet<RunId> = runs
        .iter()
        .filter(|run| run.kind == RunKind::Sweep)
        .map(|run| run.id)
        .collect();
    let by_others: BTreeSet<(EmployeeId, Changed)> = real
        .history_from(workspace, replayed.from)?
        .iter()
        .filter(|entry| {
            let is_of_it = entry.integration.as_ref() == Some(&integration.setup.name);
            (!is_of_it || entry.corrects.is_some()) && !sweeps.contains(&entry.run)
        })
        .flat_map(|entry| {
            entry
                .changes
                .iter()
                .map(|change| (entry.employee, change.what))
        })
        .collect();
    let mut seen = HashSet::new();
    let mut failed = None;
    let filter = PeopleFilter {
        status: None,
        owner,
    };
    real.people(
        workspace,
        filter,
        &mut |is| match counterpart(scratch, workspace, is) {
            Ok(would_be) => {
                seen.extend(would_be.as_ref().map(|person| person.id));
                replayed.note(Some(is), would_be.as_ref(), workspace, &by_others);
                true
            }
            Err(error) => {
                failed = Some(error);
                false
            }
        },
    )?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    scratch.people(workspace, filter, &mut |would_be| {
        if !seen.contains(&would_be.id) {
            replayed.note(None, Some(would_be), workspace, &by_others);
        }
        true
    })?;
    Ok(())
}

/// The same employee in the copy: by number, or by id or address if created since.
fn counterpart(
    scratch: &Store,
    workspace: &muster_core::model::workspace::Workspace,
    is: &Employee,
) -> Result<Option<Employee>, StoreError> {
    if let Some(found) = scratch.employees_by_ids(workspace, &[is.id])?.pop() {
        return Ok(Some(found));
    }
    let by_id = match is.external_id() {
        Some(id) => scratch.employees_by_external_ids(workspace, &[id])?.pop(),
        None => None,
    };
    match by_id {
        Some(found) => Ok(Some(found)),
        None => Ok(scratch.employees_by_emails(workspace, &[is.email()])?.pop()),
    }
}

impl Replayed {
    fn note(
        &mut self,
        is: Option<&Employee>,
        would_be: Option<&Employee>,
        workspace: &muster_core::model::workspace::Workspace,
        by_others: &BTreeSet<(EmployeeId, Changed)>,
    ) {
        self.people += 1;
        let status =
            |person: Option<&Employee>| person.map(|person| person.status.as_str().to_owned());
        let mut changes = Vec::new();
        let mut note = |what, old: Option<String>, new: Option<String>| {
            let others = is.is_some_and(|person| by_others.contains(&(person.id, what)));
            if old != new && !others {
                changes.push(Change {
                    what,
                    old,
                    new,
                    reason: Reason::Record,
                });
            }
        };
        note(Changed::Status, status(is), status(would_be));
        if is.is_some() && would_be.is_some() {
            for (field, _) in workspace.schema.iter() {
                let value = |person: Option<&Employee>| person?.value(field).map(str::to_owned);
                note(Changed::Field(field), value(is), value(would_be));
            }
        }
        if changes.is_empty() {
            return;
        }
        self.different += 1;
        for change in &changes {
            *self.fields.entry(change.what).or_default() += 1;
        }
        if self.differences.len() < LISTED {
            self.differences.push(Difference {
                is: is.cloned(),
                would_be: would_be.cloned(),
                changes,
            });
        }
    }
}

/// The effect of the current rules on the last archived delivery.
#[derive(Debug)]
pub struct Rehearsed {
    /// The run that read the delivery.
    pub run: RunId,
    pub at: Timestamp,
    pub files: Vec<DeliveredFile>,
    /// Columns that the current rules need and the run did not request.
    pub unread: Vec<String>,
    /// The proposal.
    pub proposal: Proposal,
}

/// The number of runs that are searched for a delivery.
pub(crate) const LOOKED_THROUGH: u32 = 1_000;

/// Computes a proposal from the last archived delivery, without fetching anything and without a
/// run.
pub fn rehearse(
    integration: &Integration,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Rehearsed, RunError> {
    let setup = &integration.setup;
    let (run, kept) = last_kept(integration, &deps.store)?;
    let opened = Archived::open(integration, &run, &kept)?;
    let calendar = Calendar::at(deps.clock.now(), &setup.workspace.settings);
    let id = deps.store.integration(setup.workspace.id, &setup.name)?;
    let roster = deps
        .store
        .roster(setup.workspace.id, id, deps.clock.now())?;
    let reading = match opened.read(&roster, calendar, progress) {
        Ok(reading) => reading,
        Err(Stop::Refused(_, error) | Stop::Failed(error)) => return Err(error),
    };
    let now = deps.clock.now();
    let candidates = candidates(&deps.store, setup, &reading, &roster, calendar, now)?;
    let proposal = propose(reading, setup, &roster, &candidates, calendar);
    let (files, unread) = (opened.files().to_vec(), opened.unread.clone());
    Ok(Rehearsed {
        run: run.id,
        at: run.started,
        files,
        unread,
        proposal,
    })
}

pub(crate) fn last_kept(
    integration: &Integration,
    store: &Store,
) -> Result<(Run, Vec<ArchivedFile>), RunError> {
    let setup = &integration.setup;
    for run in store.runs(setup.workspace.id, LOOKED_THROUGH)? {
        let read = run.integration.as_ref() == Some(&setup.name) && !run.files.is_empty();
        let whole = !matches!(run.status, RunStatus::Refused | RunStatus::Failed);
        if read
            && whole
            && let Some(kept) = store.delivery(setup.workspace.id, run.id)?
        {
            return Ok((run, kept));
        }
    }
    let detail = run::Detail::NoDelivery {
        run: None,
        integration: setup.name.clone(),
    };
    Err(refused(detail, run::Remedy::PlanFromSource))
}
