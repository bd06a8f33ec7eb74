//! The beginning and the end of runs. What a run changed is settled elsewhere, in the same transaction
//! as its end.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
    },
    directory::{changes::json, integration},
};
use jiff::Timestamp;
use muster_core::{
    decide::proposal::Counts,
    model::{
        code::Code,
        ids::{IntegrationId, RunId, WorkspaceId},
        origin::DeliveredFile,
        run::{RunKind, RunStatus},
    },
    read::reading::Problems,
};
use rusqlite::Connection;
use std::collections::BTreeMap;

/// A run that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// What it is for.
    pub kind: RunKind,
    /// Name of the integration; none: the whole workspace.
    pub integration: Option<&'a str>,
    pub started: Timestamp,
    /// The process that does it.
    pub process: i64,
    /// The run that this one undoes or approves.
    pub of: Option<RunId>,
    /// Who asked for it.
    pub actor: Option<&'a str>,
}

/// How a run ends.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    pub status: RunStatus,
    pub finished: Timestamp,
    /// Why the delivery was not complete.
    pub partial: Option<&'a str>,
    /// What became of the records.
    pub counts: &'a Counts,
    pub problems: &'a Problems,
    /// The files that were read.
    pub files: &'a [DeliveredFile],
    /// What went wrong, in one sentence.
    pub error: Option<&'a str>,
}

/// What settling adds to the end of a run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Effect<'a> {
    pub(crate) plan_hash: Option<&'a str>,
    pub(crate) first_created: Option<i64>,
    pub(crate) created: i64,
    pub(crate) removed: i64,
}

/// Something that somebody does by hand, recorded as a run that has ended.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    pub actor: Option<&'a str>,
    pub note: Option<&'a str>,
    /// The process that does it.
    pub process: i64,
    pub now: Timestamp,
}

/// What an interrupted run is told by.
const INTERRUPTED: &str = "the process ended in the middle of the run; nothing of it was applied";

impl Store {
    /// Begins a run: gives it a number, and its integration one if that is new.
    ///
    /// Refused while another run of the same integration is under way in a process that lives; one whose
    /// process is gone is marked as interrupted first.
    pub fn begin_run(
        &self,
        workspace: WorkspaceId,
        new: &NewRun<'_>,
        is_alive: &dyn Fn(i64) -> bool,
    ) -> Result<(RunId, Option<IntegrationId>), StoreError> {
        self.write("begin a run", |connection| {
            let integration =
                new.integration.map(|name| integration::ensure(connection, workspace, name)).transpose()?;
            interrupt(connection, workspace, is_alive, new.started)?;
            if let Some(integration) = integration {
                refuse_second(connection, workspace, integration)?;
            }
            let id = next(connection, workspace)?;
            connection.execute(
                "INSERT INTO run (workspace_id, id, kind, integration_id, status, process, started_at, counts, \
                 problem_counts, actor, of_run, created, removed) \
                 VALUES (?1, ?2, ?3, ?4, 'running', ?5, ?6, ?7, '{}', ?8, ?9, 0, 0)",
                (
                    workspace.0,
                    id,
                    new.kind.as_str(),
                    integration.map(|integration| integration.0),
                    new.process,
                    new.started.as_microsecond(),
                    json(&Counts::default()),
                    new.actor,
                    new.of.map(|run| run.0),
                ),
            )?;
            Ok((RunId(id), integration))
        })
    }

    /// Notes why somebody asked for a run.
    pub fn note_run(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        note: &str,
    ) -> Result<(), StoreError> {
        self.write("note why the run is made", |connection| {
            let text = "UPDATE run SET note = ?3 WHERE workspace_id = ?1 AND id = ?2";
            connection.execute(text, (workspace.0, run.0, note))?;
            Ok(())
        })
    }

    /// Marks runs whose process is gone as interrupted: nothing of them was applied.
    pub fn interrupt_dead_runs(
        &self,
        workspace: WorkspaceId,
        is_alive: &dyn Fn(i64) -> bool,
        now: Timestamp,
    ) -> Result<Vec<RunId>, StoreError> {
        if self.read("look for dead runs", |connection| {
            Ok(running(connection, workspace)?.is_empty())
        })? {
            return Ok(Vec::new());
        }
        self.write("mark dead runs", |connection| {
            interrupt(connection, workspace, is_alive, now)
        })
    }

    /// Ends a run that settles nothing: refused, failed, or with nothing to do.
    pub fn finish_run(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        ending: &Ending<'_>,
    ) -> Result<(), StoreError> {
        self.write("end the run", |connection| {
            finish(connection, workspace, run, ending, Effect::default())
        })
    }
}

/// The number of a new run.
fn next(connection: &Connection, workspace: WorkspaceId) -> Result<i64, DbError> {
    let text = "UPDATE workspace SET next_run = next_run + 1 WHERE id = ?1 RETURNING next_run - 1";
    Ok(connection.query_row(text, [workspace.0], |row| row.get(0))?)
}

/// Records what somebody did by hand in the same transaction.
pub(crate) fn record(
    connection: &Connection,
    workspace: WorkspaceId,
    done: &ByHand<'_>,
) -> Result<RunId, DbError> {
    let id = next(connection, workspace)?;
    connection.execute(
        "INSERT INTO run (workspace_id, id, kind, status, process, started_at, finished_at, counts, problem_counts, \
         actor, note, created, removed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, '{}', ?8, ?9, 0, 0)",
        (
            workspace.0,
            id,
            RunKind::Edit.as_str(),
            RunStatus::Applied.as_str(),
            done.process,
            done.now.as_microsecond(),
            json(&Counts::default()),
            done.actor,
            done.note,
        ),
    )?;
    connection.execute(
        "UPDATE workspace SET revision = revision + 1 WHERE id = ?1",
        [workspace.0],
    )?;
    Ok(RunId(id))
}

/// Writes the end of a run with its files and problems; refused if it has ended already.
pub(crate) fn finish(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    ending: &Ending<'_>,
    effect: Effect<'_>,
) -> Result<(), DbError> {
    let codes: BTreeMap<Code, u64> = ending.problems.counts().clone();
    let updated = connection
        .prepare_cached(
            "UPDATE run SET status = ?3, finished_at = ?4, partial = ?5, counts = ?6, problem_counts = ?7, \
             error = ?8, plan_hash = ?9, first_created = ?10, created = ?11, removed = ?12 \
             WHERE workspace_id = ?1 AND id = ?2 AND status = 'running'",
        )?
        .execute((
            workspace.0,
            run.0,
            ending.status.as_str(),
            ending.finished.as_microsecond(),
            ending.partial,
            json(ending.counts),
            json(&codes),
            ending.error,
            effect.plan_hash,
            effect.first_created,
            effect.created,
            effect.removed,
        ))?;
    if updated == 0 {
        return Err(StoreError::RunEnded { run }.into());
    }
    write_files(connection, workspace, run, ending.files)?;
    write_problems(connection, workspace, run, ending.problems)
}

fn write_files(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    files: &[DeliveredFile],
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO run_file (workspace_id, run_id, position, name, bytes, modified_at, sha256) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for (file, position) in files.iter().zip(0i64..) {
        let modified = file.modified.map(Timestamp::as_microsecond);
        statement.execute((
            workspace.0,
            run.0,
            position,
            &file.name,
            file.bytes as i64,
            modified,
            &file.sha256,
        ))?;
    }
    Ok(())
}

fn write_problems(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    problems: &Problems,
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO problem (workspace_id, run_id, number, code, severity, file, line, field, value, subject, \
         message, advice, detail, remedy) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    for (problem, number) in problems.kept().iter().zip(1i64..) {
        statement.execute((
            workspace.0,
            run.0,
            number,
            problem.code.as_str(),
            json(&problem.severity).trim_matches('"'),
            problem.place.map(|place| i64::from(place.file)),
            problem.place.map(|place| i64::from(place.line)),
            &problem.field,
            &problem.value,
            &problem.subject,
            &problem.message,
            &problem.advice,
            problem.detail.as_ref().map(json),
            problem.remedy.as_ref().map(json),
        ))?;
    }
    Ok(())
}

fn running(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<(i64, i64)>, DbError> {
    Ok(connection
        .prepare_cached("SELECT id, process FROM run WHERE workspace_id = ?1 AND status = 'running' ORDER BY id")?
        .query_map([workspace.0], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?)
}

fn interrupt(
    connection: &Connection,
    workspace: WorkspaceId,
    is_alive: &dyn Fn(i64) -> bool,
    now: Timestamp,
) -> Result<Vec<RunId>, DbError> {
    let dead: Vec<_> = running(connection, workspace)?
        .into_iter()
        .filter(|(_, process)| !is_alive(*process))
        .collect();
    for (run, _) in &dead {
        connection.execute(
            "UPDATE run SET status = 'interrupted', finished_at = ?3, error = ?4 WHERE workspace_id = ?1 AND id = ?2",
            (workspace.0, run, now.as_microsecond(), INTERRUPTED),
        )?;
    }
    Ok(dead.into_iter().map(|(run, _)| RunId(run)).collect())
}

fn refuse_second(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<(), DbError> {
    let other = connection
        .prepare_cached(
            "SELECT id, process FROM run WHERE workspace_id = ?1 AND integration_id = ?2 AND status = 'running'",
        )?
        .query_map((workspace.0, integration.0), |row| Ok((row.get(0)?, row.get(1)?)))?
        .next()
        .transpose()?;
    match other {
        Some((run, process)) => Err(StoreError::RunBusy {
            run: RunId(run),
            process,
        }
        .into()),
        None => Ok(()),
    }
}
