//! The beginning and the end of runs. What a run changed is settled elsewhere, in the same transaction
//! as its end.

use crate::db::sql::Connection;
use crate::{
    alerts::item,
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError},
    },
    directory::{changes::json, integration},
    issues::delivery,
    jobs::{Lease, RunLease, end},
    runs::{
        run_lease::{end_job, interrupt, job_of, running, take},
        settle::note_revision,
    },
};
use jiff::Timestamp;
use muster_core::{
    decide::proposal::Counts,
    model::{
        actor::Actor,
        audit::{Act, Subject},
        code::Code,
        ids::{IntegrationId, RunId, WorkspaceId},
        job::JobEnd,
        origin::DeliveredFile,
        problem::{Detail, Remedy},
        run::{DatabaseCheck, RunKind, RunStatus},
    },
    read::reading::Problems,
};
use std::collections::BTreeMap;

/// A run that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// What it is for.
    pub kind: RunKind,
    /// Name of the integration; none: the whole workspace.
    pub integration: Option<&'a str>,
    pub started: Timestamp,
    /// The process that does it, for people to read.
    pub process: i64,
    /// The right to do it.
    pub lease: RunLease<'a>,
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

/// A manual edit, recorded as a run that has ended.
#[derive(Clone, Copy, Debug)]
pub struct ManualEdit<'a> {
    pub actor: Option<&'a str>,
    pub note: Option<&'a str>,
    /// The process that does it.
    pub process: i64,
    pub now: Timestamp,
}

impl Store {
    /// Begins a run: gives it a number, and its integration one if that is new.
    ///
    /// Refused while another run of the same integration has a lease; one whose lease expired is marked as interrupted
    /// first.
    pub fn begin_run(
        &self,
        workspace: WorkspaceId,
        new: &NewRun<'_>,
    ) -> Result<(RunId, Option<IntegrationId>), StoreError> {
        self.write_in(workspace, "begin a run", |connection| {
            let integration =
                new.integration.map(|name| integration::ensure(connection, workspace, name)).transpose()?;
            interrupt(connection, workspace, new.started)?;
            let id = next(connection, workspace)?;
            let lease = take(connection, workspace, RunId(id), integration, new)?;
            connection.execute(
                "INSERT INTO run (workspace_id, id, kind, integration_id, status, process, started_at, counts, \
                 problem_counts, actor, of_run, created, removed, job_id, fence, database_check) \
                 VALUES (?1, ?2, ?3, ?4, 'running', ?5, ?6, ?7, '{}', ?8, ?9, 0, 0, ?10, ?11, ?12)",
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
                    lease.job,
                    lease.fence,
                    self.check().map(DatabaseCheck::as_str),
                ),
            )?;
            Ok((RunId(id), integration))
        })
    }

    /// Records why a person asked for a run.
    pub fn note_run(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        note: &str,
    ) -> Result<(), StoreError> {
        self.write_in(workspace, "store the reason of the run", |connection| {
            let text = "UPDATE run SET note = ?3 WHERE workspace_id = ?1 AND id = ?2";
            connection.execute(text, (workspace.0, run.0, note))?;
            Ok(())
        })
    }

    /// Marks runs whose lease expired as interrupted: nothing of them was applied.
    pub fn interrupt_dead_runs(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
    ) -> Result<Vec<RunId>, StoreError> {
        if self.read("look up interrupted runs", |connection| {
            Ok(running(connection, workspace)?.is_empty())
        })? {
            return Ok(Vec::new());
        }
        self.write_shared("mark interrupted runs", |connection| {
            interrupt(connection, workspace, now)
        })
    }

    /// Ends a run before its lease expires. Nothing of it was or will be applied: if its process still works on it, its
    /// transaction is refused. False: the run has ended already.
    pub fn abandon_run(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
        let error = format!("abandoned{by}; nothing was applied");
        self.write_shared("abandon the run", |connection| {
            if let Some(job) = job_of(connection, workspace, run)? {
                end::move_to_history(connection, &job, JobEnd::Canceled, None, Some(run), now)?;
            }
            end_early(connection, workspace, run, now, &error)
        })
    }

    /// The lease of a run; none: it is lost, or the run has ended.
    pub fn lease_of(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Option<Lease>, StoreError> {
        self.read("look up the lease of a run", |connection| {
            let job = job_of(connection, workspace, run)?;
            Ok(job.map(|job| Lease {
                job: job.id,
                fence: job.fence,
            }))
        })
    }

    /// Ends a run that settles nothing: refused, failed, or with nothing to do.
    pub fn finish_run(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        ending: &Ending<'_>,
    ) -> Result<(), StoreError> {
        self.write_in(workspace, "end the run", |connection| {
            finish(connection, workspace, run, ending, Effect::default())
        })
    }
}

/// The number of a new run.
fn next(connection: &Connection, workspace: WorkspaceId) -> Result<i64, DbError> {
    let text = "UPDATE workspace SET next_run = next_run + 1 WHERE id = ?1 RETURNING next_run - 1";
    connection.scalar(text, [workspace.0])
}

/// Records a manual edit in the same transaction.
pub(crate) fn record(
    connection: &Connection,
    workspace: WorkspaceId,
    done: &ManualEdit<'_>,
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
    note_revision(connection, workspace, RunId(id))?;
    let (by, kind) = (By::optional(done.actor), RunKind::Edit.as_str());
    let entry = ended(workspace, RunId(id), by, kind, RunStatus::Applied, done.now);
    append(connection, entry)?;
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
    end_job(connection, workspace, run, ending)?;
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
    write_problems(connection, workspace, run, ending.problems)?;
    delivery::note(connection, workspace, run, ending)?;
    record_act(connection, workspace, run, ending)?;
    item::note_run(connection, workspace, run, ending, effect)
}

/// Records the run in the audit log for the actor who asked for it. A scheduled run with nothing to do is no act.
fn record_act(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    ending: &Ending<'_>,
) -> Result<(), DbError> {
    let (kind, actor): (String, Option<String>) = connection
        .prepare_cached("SELECT kind, actor FROM run WHERE workspace_id = ?1 AND id = ?2")?
        .query_row((workspace.0, run.0), |row| {
            Ok((row.get("kind")?, row.get("actor")?))
        })?;
    let is_scheduled = actor.as_deref().map(Actor::parse) == Some(Actor::Schedule);
    if is_scheduled && ending.status == RunStatus::NothingToDo {
        return Ok(());
    }
    let by = By::optional(actor.as_deref());
    append(
        connection,
        ended(workspace, run, by, &kind, ending.status, ending.finished),
    )
}

/// The entry of the audit log for a run that ended.
fn ended<'a>(
    workspace: WorkspaceId,
    run: RunId,
    by: By<'a>,
    kind: &str,
    status: RunStatus,
    at: Timestamp,
) -> Entry<'a> {
    let after = serde_json::json!({ "kind": kind, "status": status.as_str() });
    let entry = Entry::new(Act::RunEnded, by, Subject::new("run", run), at).within(workspace);
    entry.values(None, Some(after))
}

fn write_files(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    files: &[DeliveredFile],
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO run_file (workspace_id, run_id, position, name, bytes, modified_at, sha256, \
         final_line_break) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
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
            file.final_line_break,
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
    let _sends = connection.send_ahead();
    for (problem, number) in problems.kept().iter().zip(1i64..) {
        let (message, detail) = match &problem.detail {
            Detail::Text(message) => (message.as_str(), None),
            detail => ("", Some(json(detail))),
        };
        let (help, remedy) = match &problem.remedy {
            Remedy::Text(help) => (help.as_str(), None),
            remedy => ("", Some(json(remedy))),
        };
        statement.send((
            workspace.0,
            run.0,
            number,
            problem.code.as_str(),
            json(&problem.severity).trim_matches('"'),
            problem.origin.map(|origin| i64::from(origin.file)),
            problem.origin.map(|origin| i64::from(origin.line)),
            &problem.field,
            &problem.value,
            &problem.subject,
            message,
            help,
            detail,
            remedy,
        ))?;
    }
    Ok(())
}

/// Ends a run that did not end itself; false: it has ended.
pub(super) fn end_early(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    now: Timestamp,
    error: &str,
) -> Result<bool, DbError> {
    let ended = connection
        .prepare_cached(
            "UPDATE run SET status = 'interrupted', finished_at = ?3, error = ?4 \
             WHERE workspace_id = ?1 AND id = ?2 AND status = 'running'",
        )?
        .execute((workspace.0, run.0, now.as_microsecond(), error))?;
    Ok(ended > 0)
}
