//! Decisions of people on plans. A person decides where nothing is applied (in a browser); a job carries it out.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, OptionalRow, Row},
    },
    jobs::{
        end::{leased, move_to_history, parsed},
        lease::Lease,
    },
    plans::approve::Choice,
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::{
    actor::Actor,
    ids::{RunId, WorkspaceId},
    job::{JobEnd, JobKind},
    plan::PlanId,
    problem::Problem,
};
use serde::{Deserialize, Serialize};

/// What a person decided on a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDecision {
    pub plan: PlanId,
    /// Which operations are approved, or rejected: a rejection is always of all.
    pub choice: Choice,
    /// Why, in the words of the person; empty: they gave no reason.
    pub note: String,
    pub actor: Actor,
}

/// The latest decision on a plan, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedDecision {
    pub job: i64,
    /// [`JobKind::Approve`] or [`JobKind::Reject`].
    pub kind: JobKind,
    pub decision: PlanDecision,
    pub state: DecisionState,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecisionState {
    /// It waits for a worker, or is being applied.
    Pending,
    Ended {
        at: Timestamp,
        end: JobEnd,
        /// The run of an approval.
        run: Option<RunId>,
        /// Why it could not be applied.
        problem: Option<Box<Problem>>,
    },
}

const LIVE: &str = "SELECT id, kind, decision FROM job WHERE workspace_id = ?1 AND plan_run_id = ?2 ORDER BY id DESC LIMIT 1";

const ENDED: &str = "SELECT id, kind, decision, finished_at, result, run_id, problem FROM job_history \
    WHERE workspace_id = ?1 AND plan_run_id = ?2 ORDER BY id DESC LIMIT 1";

impl Store {
    /// The latest decision on the plan of a run.
    pub fn plan_decision(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Option<ListedDecision>, StoreError> {
        self.read("look up the decision on the plan", |connection| {
            let key = (workspace.0, run.0);
            let live = connection
                .prepare_cached(LIVE)?
                .query_row(key, |row| listed(&row, "job", DecisionState::Pending));
            if let Some(live) = live.optional()? {
                return Ok(live);
            }
            let ended = connection.prepare_cached(ENDED)?.query_row(key, |row| {
                let state = ended(&row)?;
                listed(&row, "job_history", state)
            });
            Ok(ended.optional()?.flatten())
        })
    }

    /// Ends the job of a decision that could not be applied. False: the lease was lost.
    pub fn end_decision(
        &self,
        lease: Lease,
        problem: &Problem,
        run: Option<RunId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("end a decision", |connection| {
            let Some(job) = leased(connection, lease)? else {
                return Ok(false);
            };
            move_to_history(
                connection,
                &job,
                JobEnd::Failed,
                Some(problem.code),
                run,
                now,
            )?;
            note_problem(connection, job.id, problem)?;
            Ok(true)
        })
    }
}

fn note_problem(connection: &Connection, job: i64, problem: &Problem) -> Result<(), DbError> {
    let text = serde_json::to_string(problem).unwrap_or_default();
    connection
        .prepare_cached("UPDATE job_history SET problem = ?2 WHERE id = ?1")?
        .execute((job, text))?;
    Ok(())
}

fn listed(
    row: &Row<'_>,
    table: &'static str,
    state: DecisionState,
) -> Result<Option<ListedDecision>, DbError> {
    let kind: String = row.get("kind")?;
    let Some(decision) = read(row.get("decision")?, table)? else {
        return Ok(None);
    };
    Ok(Some(ListedDecision {
        job: row.get("id")?,
        kind: parsed(&kind, JobKind::parse, table, "kind")?,
        decision,
        state,
    }))
}

fn ended(row: &Row<'_>) -> Result<DecisionState, DbError> {
    let result: String = row.get("result")?;
    let problem: Option<String> = row.get("problem")?;
    Ok(DecisionState::Ended {
        at: instant(row.get("finished_at")?, "job_history", "finished_at")?,
        end: parsed(&result, JobEnd::parse, "job_history", "result")?,
        run: row.get::<Option<i64>>("run_id")?.map(RunId),
        // An erasure may have left a text that is no problem any longer.
        problem: problem.and_then(|text| serde_json::from_str(&text).ok()),
    })
}

/// As stored.
pub(crate) fn written(decision: &PlanDecision) -> String {
    serde_json::to_string(decision).unwrap_or_default()
}

/// A stored decision; none: the job carries none out.
pub(crate) fn read(
    text: Option<String>,
    table: &'static str,
) -> Result<Option<PlanDecision>, DbError> {
    text.map(|text| serde_json::from_str(&text).map_err(|_| corrupt(table, "decision", "")))
        .transpose()
}
