//! A run that reads an HR system through its connector, and the connection test of one.

use crate::{
    archive,
    outcome::{Deps, Outcome, Progress, RunError},
    source::SystemSource,
    sync::{Content, Integration},
    tokens::Tokens,
    work::{Stop, Work},
};
use muster_connectors::connector::{
    ConnectorError, ErrorKind, Expected, Extent, Records, Session, Step, Wanted,
};
use muster_core::{
    model::{
        calendar::Calendar,
        code::Code,
        employee::Status,
        problem::{
            Problem,
            api::{Detail, Remedy},
        },
        response::ConnectionTest,
        run::RunStatus,
    },
    read::{
        filter::RecordFilter,
        reading::{PartialReason, Reading},
        roster::Roster,
    },
    setup::{integration::Setup, policy::Missing},
};
use muster_store::{CompanyList, ListOrigin};
use std::{
    sync::{Mutex, PoisonError},
    thread,
};

/// Reads every record.
pub(crate) async fn fetch(
    work: &Work<'_>,
    source: &SystemSource,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Content, RunError> {
    let mut records = Records::default();
    let wanted = Wanted::of(work.setup);
    let progress = Mutex::new(progress);
    let tell = |step: Step<'_>| {
        progress.lock().unwrap_or_else(PoisonError::into_inner)(Progress::System(step))
    };
    let tokens = Tokens::of(work.setup, work.store());
    let system = &work.deps.system;
    let now = || system.now();
    let expected = expected(work)?;
    let session = Session {
        expected: &expected,
        ..session(source, &now, work.calendar(), &tokens, &tell)
    };
    match source.connector.read(&session, &wanted, &mut records).await {
        Ok(extent) => Ok(Content::Records(Box::new((records, extent)))),
        Err(error) => {
            let (status, reason) = end_of(error.kind);
            Ok(Content::Unread(status, reason, Box::new(error.into())))
        }
    }
}

/// Computes the plan from records.
pub(crate) fn decide(
    work: &Work<'_>,
    records: &Records,
    extent: &Extent,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, RunError> {
    if records.is_empty() {
        // Like a file without rows: the credentials belong to another account, or lack a
        // permission.
        let (empty, others): (Vec<Problem>, Vec<Problem>) = extent
            .problems
            .iter()
            .cloned()
            .partition(|problem| problem.code == Code::ApiEmpty);
        let error = empty
            .into_iter()
            .next()
            .map_or_else(no_employees, RunError::from);
        let refused = RunStatus::Refused;
        let mut outcome = work.conclude(
            refused,
            PartialReason::Empty,
            error,
            extent.delivered.clone(),
        )?;
        others
            .into_iter()
            .for_each(|problem| outcome.warnings.push(problem));
        return Ok(outcome);
    }
    // Employments refer to companies, so the companies are stored first. An empty list means that
    // the source has none.
    let list = CompanyList {
        integration: &work.setup.name,
        origin: ListOrigin::Source,
        companies: &extent.companies,
        is_whole: extent.partial.is_none() && !extent.companies.is_empty(),
    };
    work.store().put_companies(&work.setup.workspace, &list)?;
    let mut setup = work.setup.clone();
    for company in &extent.companies {
        setup
            .workspace
            .companies
            .retain(|known| known.external_id != company.external_id);
        setup.workspace.companies.push(company.clone());
    }
    process(&work.with(&setup), records, extent, progress)
}

fn process(
    work: &Work<'_>,
    records: &Records,
    extent: &Extent,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, RunError> {
    let files = &extent.delivered;
    // Withheld fields and inconsistencies must be reported again, so only a read without problems
    // counts as known content.
    if extent.partial.is_none()
        && extent.problems.is_empty()
        && let Some(mut outcome) = work.already_known(files)?
    {
        outcome.files.clone_from(files);
        return Ok(outcome);
    }
    let setup = work.setup;
    thread::scope(|scope| {
        let archiving = archive::begin_records(
            scope,
            work.store(),
            setup,
            work.calendar().today,
            records,
            files,
        );
        let decided = work.decide(
            &mut |roster, calendar, _| {
                pour(
                    setup,
                    records,
                    roster,
                    calendar,
                    extent.partial,
                    &extent.problems,
                )
            },
            files,
            progress,
        );
        match decided {
            Ok(mut outcome) => {
                let kept =
                    archiving.finish(work.store(), setup.workspace.id, work.deps.clock.now());
                kept.into_iter()
                    .for_each(|warning| outcome.warnings.push(warning));
                outcome.files.clone_from(files);
                Ok(outcome)
            }
            Err(stop) => work.stop(stop, files.clone()),
        }
    })
}

/// Processes records, from the system or from the archive.
pub(crate) fn pour(
    setup: &Setup,
    records: &Records,
    roster: &Roster,
    calendar: Calendar,
    partial: Option<PartialReason>,
    problems: &[Problem],
) -> Result<Reading, Stop> {
    let mut filter = RecordFilter::new(setup, roster, calendar);
    records
        .pour(&mut filter)
        .map_err(|problem| Stop::Refused(PartialReason::Unreadable, problem.into()))?;
    problems
        .iter()
        .for_each(|problem| filter.note(problem.clone()));
    Ok(filter.finish(partial))
}

/// Tests the connection: which fields can be read, sample employees, and how many records the
/// selection rules select. It changes nothing. `records` is the number of sample employees.
pub async fn test_connection(
    integration: &Integration,
    source: &SystemSource,
    records: usize,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<ConnectionTest<Problem>, RunError> {
    let setup = &integration.setup;
    let progress = Mutex::new(progress);
    let tell = |step: Step<'_>| {
        progress.lock().unwrap_or_else(PoisonError::into_inner)(Progress::System(step))
    };
    let tokens = Tokens::of(setup, &deps.store);
    let calendar = Calendar::at(deps.clock.now(), &setup.workspace.settings);
    let system = &deps.system;
    let now = || system.now();
    let session = session(source, &now, calendar, &tokens, &tell);
    let wanted = Wanted {
        sample: records,
        ..Wanted::of(setup)
    };
    let found = source.connector.test(&session, &wanted).await?;
    let Extent {
        records,
        announced,
        partial,
        problems,
        ..
    } = found.extent;
    Ok(ConnectionTest {
        records,
        announced,
        partial: partial.map(|reason| reason.as_str().to_owned()),
        fields: found.fields,
        columns: found.columns,
        sample: found.sample,
        selection: found.taken,
        problems,
        files: None,
    })
}

fn session<'s>(
    source: &'s SystemSource,
    now: &'s (dyn Fn() -> jiff::Timestamp + Sync),
    calendar: Calendar,
    tokens: &'s Tokens<'s>,
    progress: &'s (dyn Fn(Step<'_>) + Sync),
) -> Session<'s> {
    Session {
        now,
        today: calendar.today,
        expected: &[],
        timer: source.timer.as_ref(),
        tokens,
        seed: source.seed,
        network: &source.network,
        progress,
    }
}

/// The employees that the read should contain. Empty if missing employees have no effect.
fn expected(work: &Work<'_>) -> Result<Vec<Expected>, RunError> {
    let setup = work.setup;
    let Some(integration) = work
        .id()
        .filter(|_| setup.rules.policy.missing != Missing::Keep)
    else {
        return Ok(Vec::new());
    };
    let people = work.store().expected(setup.workspace.id, integration)?;
    // The system has its own ids, without the prefix of this integration.
    let prefix = setup.rules.policy.id_prefix.as_str();
    let own = |id: String| match id.strip_prefix(prefix) {
        Some(own) => own.to_owned(),
        None => id,
    };
    let one = |(external_id, status)| Expected {
        external_id: own(external_id),
        has_started: status == Status::Active,
    };
    Ok(people.into_iter().map(one).collect())
}

/// The error for an HR system that returns no employees.
fn no_employees() -> RunError {
    RunError::new(Code::ApiEmpty, Detail::NoEmployees, Remedy::CheckAccount)
}

/// The result of a run that could not read its source, and why its delivery is incomplete.
fn end_of(kind: ErrorKind) -> (RunStatus, PartialReason) {
    match kind {
        ErrorKind::Unreachable | ErrorKind::RateLimited => {
            (RunStatus::Failed, PartialReason::Unreachable)
        }
        ErrorKind::Unauthorised | ErrorKind::Forbidden => {
            (RunStatus::Failed, PartialReason::Unauthorised)
        }
        ErrorKind::Configuration => (RunStatus::Failed, PartialReason::Unreadable),
        ErrorKind::Refused | ErrorKind::Malformed => {
            (RunStatus::Refused, PartialReason::Unreadable)
        }
    }
}

impl From<ConnectorError> for RunError {
    fn from(error: ConnectorError) -> Self {
        let retry = matches!(error.kind, ErrorKind::Unreachable | ErrorKind::RateLimited);
        Self {
            retry,
            ..Self::from(*error.problem)
        }
    }
}
