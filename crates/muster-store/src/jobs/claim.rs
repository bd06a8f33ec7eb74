//! Workers claim jobs: the most urgent first, workspaces in turns, one job of an integration and a few of a host at a time.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, Row},
    },
    jobs::{
        decision::{self, PlanDecision},
        end::parsed,
        lease::{Lease, database_now, expire, micros},
        request::{self, RequestedEdit},
    },
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::{
    ids::{IntegrationId, WorkspaceId},
    job::JobKind,
};
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

/// How much may be claimed.
#[derive(Clone, Copy, Debug)]
pub struct ClaimLimits {
    /// Jobs that the worker has room for.
    pub jobs: usize,
    /// Jobs that connect to one host and port, over all workers.
    pub per_host: i64,
    pub lease: Duration,
}

impl Default for ClaimLimits {
    fn default() -> Self {
        Self {
            jobs: 8,
            per_host: 4,
            lease: Lease::LENGTH,
        }
    }
}

/// A job that a worker is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedJob {
    pub lease: Lease,
    pub kind: JobKind,
    pub workspace: WorkspaceId,
    pub integration: Option<IntegrationId>,
    pub slot: Option<Timestamp>,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    pub max_attempts: u32,
    /// What it carries out, if it approves or rejects a plan.
    pub decision: Option<PlanDecision>,
    /// What it carries out, if it edits employees.
    pub request: Option<RequestedEdit>,
}

/// A job that waits and is due.
struct Candidate {
    job: ClaimedJob,
    priority: i64,
    host: Option<String>,
    leased_on_host: i64,
}

/// How many candidates are looked at for one claim.
const MAX_CANDIDATES: i64 = 500;

const CANDIDATES: &str = "SELECT waiting.id, waiting.priority, waiting.kind, waiting.workspace_id, waiting.integration_id, waiting.slot, \
    waiting.attempt, waiting.max_attempts, waiting.fence, waiting.host, waiting.decision, waiting.request, \
    (SELECT count(*) FROM job AS leased WHERE leased.host = waiting.host AND leased.lease_owner IS NOT NULL) AS leased_on_host, \
    row_number() OVER (PARTITION BY waiting.priority, waiting.workspace_id ORDER BY waiting.run_at, waiting.id) AS turn \
    FROM job AS waiting LEFT JOIN workspace_service AS service ON service.workspace_id = waiting.workspace_id \
    WHERE waiting.lease_owner IS NULL AND waiting.run_at <= ?1 \
    AND NOT EXISTS (SELECT 1 FROM job AS running WHERE running.workspace_id = waiting.workspace_id \
    AND running.integration_id = waiting.integration_id AND running.lease_owner IS NOT NULL \
    AND (waiting.integration_id > 0 OR running.kind = waiting.kind)) \
    AND (waiting.host IS NULL OR (SELECT count(*) FROM job AS leased WHERE leased.host = waiting.host \
    AND leased.lease_owner IS NOT NULL) < ?2) \
    ORDER BY waiting.priority, turn, coalesce(service.served_at, 0), waiting.run_at, waiting.id LIMIT ?3";

impl Store {
    /// Claims jobs that are due. `now` is written into runs whose lease ran out.
    pub fn claim_jobs(
        &self,
        owner: &str,
        limits: ClaimLimits,
        now: Timestamp,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let has_work = self.read("look for jobs", |connection| {
            let text = "SELECT EXISTS (SELECT 1 FROM job WHERE lease_owner IS NULL AND run_at <= ?1) \
                 OR EXISTS (SELECT 1 FROM job WHERE lease_owner IS NOT NULL AND lease_until <= ?1)";
            let at = database_now(connection)?;
            connection.prepare_cached(text)?.scalar::<bool>([at])
        })?;
        if !has_work {
            return Ok(Vec::new());
        }
        self.write_shared("claim jobs", |connection| {
            expire(connection, now)?;
            claim(connection, owner, limits)
        })
    }
}

fn claim(
    connection: &Connection,
    owner: &str,
    limits: ClaimLimits,
) -> Result<Vec<ClaimedJob>, DbError> {
    let now = database_now(connection)?;
    let candidates: Vec<Candidate> = connection
        .prepare_cached(CANDIDATES)?
        .rows((now, limits.per_host, MAX_CANDIDATES), candidate)?;
    let mut candidates: VecDeque<Candidate> = candidates.into();
    let mut claimed: Vec<ClaimedJob> = Vec::new();
    let mut on_host: BTreeMap<String, i64> = BTreeMap::new();
    while claimed.len() < limits.jobs {
        // The first one of the most urgent, of a workspace that got least of this claim.
        let turn = |candidate: &Candidate| {
            let of_workspace = |job: &&ClaimedJob| job.workspace == candidate.job.workspace;
            (
                candidate.priority,
                claimed.iter().filter(of_workspace).count(),
            )
        };
        let next = (0..candidates.len()).min_by_key(|at| (turn(&candidates[*at]), *at));
        let Some(candidate) = next.and_then(|at| candidates.remove(at)) else {
            break;
        };
        let Candidate {
            mut job,
            host,
            leased_on_host,
            ..
        } = candidate;
        let is_second = |other: &ClaimedJob| {
            other.workspace == job.workspace
                && other.integration == job.integration
                && (job.integration.is_some() || other.kind == job.kind)
        };
        if claimed.iter().any(is_second) {
            continue;
        }
        if let Some(host) = host {
            let leased = on_host.entry(host).or_insert(leased_on_host);
            if *leased >= limits.per_host {
                continue;
            }
            *leased += 1;
        }
        let fence = connection
            .prepare_cached(
                "UPDATE job SET lease_owner = ?2, lease_until = ?3, fence = fence + 1, attempt = attempt + 1 \
                 WHERE id = ?1 AND lease_owner IS NULL RETURNING fence",
            )?
            .scalar((job.lease.job, owner, now + micros(limits.lease)))?;
        job.lease.fence = fence;
        job.attempt += 1;
        connection
            .prepare_cached(
                "INSERT INTO workspace_service (workspace_id, served_at) VALUES (?1, ?2) \
                 ON CONFLICT (workspace_id) DO UPDATE SET served_at = excluded.served_at",
            )?
            .execute((job.workspace.0, now))?;
        claimed.push(job);
    }
    Ok(claimed)
}

fn candidate(row: Row<'_>) -> Result<Candidate, DbError> {
    let kind: String = row.get("kind")?;
    let integration: i64 = row.get("integration_id")?;
    let slot: Option<i64> = row.get("slot")?;
    let number = |value: i64| u32::try_from(value).unwrap_or_default();
    Ok(Candidate {
        job: ClaimedJob {
            lease: Lease {
                job: row.get("id")?,
                fence: row.get("fence")?,
            },
            kind: parsed(&kind, JobKind::parse, "job", "kind")?,
            workspace: WorkspaceId(row.get("workspace_id")?),
            integration: (integration > 0).then_some(IntegrationId(integration)),
            slot: slot.map(|slot| instant(slot, "job", "slot")).transpose()?,
            attempt: number(row.get("attempt")?),
            max_attempts: number(row.get("max_attempts")?),
            decision: decision::read(row.get("decision")?, "job")?,
            request: request::read(row.get("request")?),
        },
        priority: row.get("priority")?,
        host: row.get("host")?,
        leased_on_host: row.get("leased_on_host")?,
    })
}
