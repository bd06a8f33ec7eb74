//! Runs and their problems as they were recorded.

use crate::db::sql::{Connection, OptionalRow, Params, Row};
use crate::db::{
    connection::Store,
    error::{DbError, StoreError, corrupt},
};
use jiff::Timestamp;
use muster_core::model::{
    code::Code,
    ids::{IntegrationId, RunId, WorkspaceId},
    origin::{DeliveredFile, Origin},
    plan::PlanId,
    problem::{Detail, Problem, Remedy},
    run::{DatabaseCheck, Run, RunKind, RunStatus},
};
use std::collections::BTreeMap;

const RUN: &str = "SELECT run.id, run.kind, integration.name AS integration, run.started_at, run.finished_at, run.status, \
    run.partial, run.counts, run.plan_hash, run.error, run.actor, run.of_run, run.note, run.database_check \
    FROM run LEFT JOIN integration \
    ON integration.workspace_id = run.workspace_id AND integration.id = run.integration_id";

const PROBLEM: &str = "SELECT run_id, number, code, severity, file, line, field, value, subject, message, advice, \
    detail, remedy FROM problem";

/// What repairs of a run did, and approvals of their plans.
const REPAIRED: &str = "WITH repair AS (SELECT id FROM run WHERE workspace_id = ?1 AND kind = 'repair' AND of_run = ?2), \
    doing AS (SELECT id FROM repair UNION SELECT run.id FROM run JOIN repair ON run.of_run = repair.id \
    WHERE run.workspace_id = ?1 AND run.kind = 'approve') \
    SELECT change.file, change.line, change.run_id FROM change JOIN doing ON doing.id = change.run_id \
    WHERE change.workspace_id = ?1 \
    UNION ALL SELECT employee.created_file, employee.created_line, employee.created_run FROM employee \
    JOIN doing ON doing.id = employee.created_run WHERE employee.workspace_id = ?1";

/// The run whose delivery an approval or a repair is about.
fn delivered_by(run: &Run) -> Option<RunId> {
    let is_about_another = matches!(run.kind, RunKind::Approve | RunKind::Repair);
    run.of.filter(|_| is_about_another)
}

impl Store {
    /// The latest runs, newest first.
    pub fn runs(&self, workspace: WorkspaceId, limit: u32) -> Result<Vec<Run>, StoreError> {
        self.read("list the runs", |connection| {
            let condition = "WHERE run.workspace_id = ?1 ORDER BY run.id DESC LIMIT ?2";
            select(
                connection,
                workspace,
                condition,
                (workspace.0, i64::from(limit)),
            )
        })
    }

    /// The latest run, and when it started.
    pub fn last_run(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Option<(RunId, Timestamp)>, StoreError> {
        self.read("look up the latest run", |connection| {
            let last = connection
                .prepare_cached(
                    "SELECT id, started_at FROM run WHERE workspace_id = ?1 ORDER BY id DESC LIMIT 1",
                )?
                .query_row([workspace.0], |row| Ok((row.get("id")?, row.get("started_at")?)))
                .optional()?;
            last.map(|(run, at)| Ok((RunId(run), instant(at, "run", "started_at")?)))
                .transpose()
        })
    }

    /// A run and all later ones, in order.
    pub fn runs_from(&self, workspace: WorkspaceId, run: RunId) -> Result<Vec<Run>, StoreError> {
        self.read("list the runs", |connection| {
            let condition = "WHERE run.workspace_id = ?1 AND run.id >= ?2 ORDER BY run.id";
            select(connection, workspace, condition, (workspace.0, run.0))
        })
    }

    pub fn run(&self, workspace: WorkspaceId, run: RunId) -> Result<Option<Run>, StoreError> {
        self.read("read the run", |connection| {
            let condition = "WHERE run.workspace_id = ?1 AND run.id = ?2";
            Ok(select(connection, workspace, condition, (workspace.0, run.0))?.pop())
        })
    }

    /// The files that the origins of a run's operations are in: those of the delivery that its plan came from.
    pub fn files_of_origins(
        &self,
        workspace: WorkspaceId,
        run: &Run,
    ) -> Result<Vec<DeliveredFile>, StoreError> {
        let Some(mut of) = delivered_by(run) else {
            return Ok(run.files.clone());
        };
        // An approval is of a repair at most, and a repair is of a run that read a delivery.
        while let Some(run) = self.run(workspace, of)? {
            match delivered_by(&run) {
                Some(next) if next < of => of = next,
                _ => return Ok(run.files),
            }
        }
        Ok(Vec::new())
    }

    /// The first later run of the same integration that read another delivery than a run, and applied any of it.
    pub fn newer_delivery(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Option<RunId>, StoreError> {
        self.read("look up whether a newer delivery was read", |connection| {
            let found: Option<i64> = connection
                .prepare_cached(
                    "SELECT newer.id FROM run AS newer JOIN run ON run.workspace_id = newer.workspace_id \
                     AND run.integration_id = newer.integration_id \
                     WHERE newer.workspace_id = ?1 AND run.id = ?2 AND newer.id > ?2 AND newer.kind = 'sync' \
                     AND (newer.status IN ('applied', 'nothing_to_do') OR EXISTS (SELECT 1 FROM run AS approval \
                     WHERE approval.workspace_id = ?1 AND approval.of_run = newer.id AND approval.kind = 'approve' \
                     AND approval.status = 'applied')) \
                     AND EXISTS (SELECT 1 FROM run_file WHERE run_file.workspace_id = ?1 AND run_file.run_id = newer.id \
                     AND run_file.sha256 NOT IN (SELECT sha256 FROM run_file WHERE workspace_id = ?1 AND run_id = ?2)) \
                     ORDER BY newer.id LIMIT 1",
                )?
                .scalar((workspace.0, run.0))
                .optional()?;
            Ok(found.map(RunId))
        })
    }

    /// The records of a run that were corrected and applied since, each with the run that did it.
    pub fn repaired_records(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<BTreeMap<Origin, RunId>, StoreError> {
        self.read("look up repaired records", |connection| {
            let rows: Vec<(Option<Origin>, RunId)> =
                connection
                    .prepare_cached(REPAIRED)?
                    .rows((workspace.0, run.0), |row| {
                        let origin = origin(row.get("file")?, row.get("line")?);
                        Ok((origin, RunId(row.get("run_id")?)))
                    })?;
            let found = rows.into_iter();
            Ok(found
                .filter_map(|(origin, run)| Some((origin?, run)))
                .collect())
        })
    }

    /// The files of the runs between two, both included.
    pub fn files_of_runs(
        &self,
        workspace: WorkspaceId,
        first: RunId,
        last: RunId,
    ) -> Result<BTreeMap<RunId, Vec<DeliveredFile>>, StoreError> {
        self.read("read the files of the runs", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT run_id, name, bytes, modified_at, sha256, final_line_break FROM run_file \
                 WHERE workspace_id = ?1 AND run_id BETWEEN ?2 AND ?3 ORDER BY run_id, position",
            )?;
            let mut rows = statement.query((workspace.0, first.0, last.0))?;
            let mut files: BTreeMap<RunId, Vec<DeliveredFile>> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let run = RunId(row.get("run_id")?);
                files.entry(run).or_default().push(file(row)?);
            }
            Ok(files)
        })
    }

    /// The problems of a run that were kept, in the order they were found.
    pub fn problems(&self, workspace: WorkspaceId, run: RunId) -> Result<Vec<Problem>, StoreError> {
        self.read("read the problems of the run", |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "{PROBLEM} WHERE workspace_id = ?1 AND run_id = ?2 ORDER BY number"
            ))?;
            let mut rows = statement.query((workspace.0, run.0))?;
            let mut problems = Vec::new();
            while let Some(row) = rows.next()? {
                problems.push(problem(row)?.1);
            }
            Ok(problems)
        })
    }

    /// The next problems of a run that were kept, each with its number.
    pub fn problems_page(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, Problem)>, StoreError> {
        self.read("read the problems of the run", |connection| {
            connection
                .prepare_cached(&format!(
                    "{PROBLEM} WHERE workspace_id = ?1 AND run_id = ?2 AND number > ?3 ORDER BY number LIMIT ?4"
                ))?
                .rows((workspace.0, run.0, after, i64::from(limit)), |row| {
                    Ok((row.get("number")?, problem(row)?.1))
                })
        })
    }

    /// How often each code occurred in a run, also beyond the problems that were kept.
    pub fn problem_counts(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<BTreeMap<Code, u64>, StoreError> {
        self.read("read the problems of the run", |connection| {
            let text: String = connection
                .prepare_cached(
                    "SELECT problem_counts FROM run WHERE workspace_id = ?1 AND id = ?2",
                )?
                .scalar((workspace.0, run.0))?;
            serde_json::from_str(&text).map_err(|_| corrupt("run", "problem_counts", run))
        })
    }

    /// The problems of records that named one of these people (external id or address), newest first.
    pub fn problems_about(
        &self,
        workspace: WorkspaceId,
        subjects: &[&str],
    ) -> Result<Vec<(RunId, Problem)>, StoreError> {
        self.read("read the problems of an employee", |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "{PROBLEM} WHERE workspace_id = ?1 AND subject = ?2 ORDER BY run_id DESC, number LIMIT 100"
            ))?;
            let mut problems = Vec::new();
            for subject in subjects {
                let mut rows = statement.query((workspace.0, subject))?;
                while let Some(row) = rows.next()? {
                    problems.push(problem(row)?);
                }
            }
            problems.sort_by_key(|(run, _)| std::cmp::Reverse(*run));
            Ok(problems)
        })
    }
}

/// The files of a run.
pub(crate) fn files(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
) -> Result<Vec<DeliveredFile>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, bytes, modified_at, sha256, final_line_break FROM run_file \
         WHERE workspace_id = ?1 AND run_id = ?2 ORDER BY position",
    )?;
    statement.rows((workspace.0, run.0), file)
}

impl Store {
    /// The files of the latest deliveries of an integration that were applied, or had nothing to apply, before a run; the latest
    /// first.
    pub fn earlier_deliveries(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        before: RunId,
        limit: u32,
    ) -> Result<Vec<Vec<DeliveredFile>>, StoreError> {
        self.read("read the files of earlier deliveries", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT run_id, name, bytes, modified_at, sha256, final_line_break FROM run_file \
                 WHERE workspace_id = ?1 AND run_id IN (SELECT id FROM run WHERE workspace_id = ?1 \
                 AND integration_id = ?2 AND id < ?3 AND status IN ('applied', 'nothing_to_do') \
                 ORDER BY id DESC LIMIT ?4) ORDER BY run_id DESC, position",
            )?;
            let key = (workspace.0, integration.0, before.0, i64::from(limit));
            let files: Vec<(i64, DeliveredFile)> =
                statement.rows(key, |row| Ok((row.get("run_id")?, file(row)?)))?;
            let of_runs = files.chunk_by(|(run, _), (next, _)| run == next);
            let deliveries =
                of_runs.map(|files| files.iter().map(|(_, file)| file.clone()).collect());
            Ok(deliveries.collect())
        })
    }
}

fn file(row: Row<'_>) -> Result<DeliveredFile, DbError> {
    let (name, bytes) = (row.get("name")?, row.get::<i64>("bytes")?);
    let modified: Option<i64> = row.get("modified_at")?;
    Ok(DeliveredFile {
        name,
        bytes: bytes.unsigned_abs(),
        modified: modified
            .map(|micros| instant(micros, "run_file", "modified_at"))
            .transpose()?,
        sha256: row.get("sha256")?,
        final_line_break: row.get("final_line_break")?,
    })
}

pub(crate) fn instant(
    micros: i64,
    table: &'static str,
    column: &'static str,
) -> Result<Timestamp, DbError> {
    Timestamp::from_microsecond(micros).map_err(|_| corrupt(table, column, micros))
}

pub(crate) fn origin(file: Option<i64>, line: Option<i64>) -> Option<Origin> {
    Some(Origin {
        file: u16::try_from(file?).ok()?,
        line: u32::try_from(line?).ok()?,
    })
}

fn select(
    connection: &Connection,
    workspace: WorkspaceId,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<Run>, DbError> {
    let mut runs = select_without_files(connection, condition, parameters)?;
    for run in &mut runs {
        run.files = files(connection, workspace, run.id)?;
    }
    Ok(runs)
}

/// Runs in one statement, whatever their number.
pub(super) fn select_without_files(
    connection: &Connection,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<Run>, DbError> {
    let mut statement = connection.prepare_cached(&format!("{RUN} {condition}"))?;
    statement.rows(parameters, run)
}

fn run(row: Row<'_>) -> Result<Run, DbError> {
    let id = RunId(row.get("id")?);
    let counts: String = row.get("counts")?;
    let hash: Option<String> = row.get("plan_hash")?;
    // Version 0.1.0 recorded a sentence; what it is now is data.
    let error: Option<String> = row.get("error")?;
    let problem: Option<Problem> = error
        .as_deref()
        .filter(|error| error.starts_with('{'))
        .and_then(|error| serde_json::from_str(error).ok());
    let is_text = problem.is_none();
    Ok(Run {
        id,
        kind: RunKind::parse(&row.get::<String>("kind")?)
            .ok_or_else(|| corrupt("run", "kind", id))?,
        integration: row.get("integration")?,
        started: instant(row.get("started_at")?, "run", "started_at")?,
        finished: row
            .get::<Option<i64>>("finished_at")?
            .map(|at| instant(at, "run", "finished_at"))
            .transpose()?,
        status: RunStatus::parse(&row.get::<String>("status")?)
            .ok_or_else(|| corrupt("run", "status", id))?,
        partial: row.get("partial")?,
        files: Vec::new(),
        counts: serde_json::from_str(&counts).map_err(|_| corrupt("run", "counts", id))?,
        plan: hash.map(|hash| PlanId { run: id, hash }),
        problem,
        error: error.filter(|_| is_text),
        actor: row.get("actor")?,
        of: row.get::<Option<i64>>("of_run")?.map(RunId),
        note: row.get("note")?,
        database_check: row
            .get::<Option<String>>("database_check")?
            .and_then(|check| DatabaseCheck::parse(&check)),
    })
}

fn problem(row: Row<'_>) -> Result<(RunId, Problem), DbError> {
    let run = RunId(row.get("run_id")?);
    let code: String = row.get("code")?;
    let severity: String = row.get("severity")?;
    let problem = Problem {
        code: Code::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == code)
            .ok_or_else(|| corrupt("problem", "code", run))?,
        severity: serde_json::from_value(severity.into())
            .map_err(|_| corrupt("problem", "severity", run))?,
        origin: origin(row.get("file")?, row.get("line")?),
        field: row.get("field")?,
        value: row.get("value")?,
        subject: row.get("subject")?,
        detail: match typed(row.get("detail")?, "detail", run)? {
            Some(detail) => detail,
            None => Detail::Text(row.get("message")?),
        },
        remedy: match typed(row.get("remedy")?, "remedy", run)? {
            Some(remedy) => remedy,
            None => Remedy::Text(row.get("advice")?),
        },
    };
    Ok((run, problem))
}

/// A column of typed arguments, which rows of 0.1.0 do not have.
fn typed<T: serde::de::DeserializeOwned>(
    text: Option<String>,
    column: &'static str,
    run: RunId,
) -> Result<Option<T>, DbError> {
    text.map(|text| serde_json::from_str(&text).map_err(|_| corrupt("problem", column, run)))
        .transpose()
}
