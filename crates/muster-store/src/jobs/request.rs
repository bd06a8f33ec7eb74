//! Jobs that programs ask for: manual edits, and requests that are marked so that sending them again does nothing.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
    jobs::queue::{NewJob, enqueue},
};
use jiff::{SignedDuration, Timestamp};
use muster_core::model::{
    actor::Actor, edit_request::EditRequest, ids::WorkspaceId, problem::Problem,
};
use serde::{Deserialize, Serialize};

/// A manual edit with its author and their reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestedEdit {
    pub request: EditRequest,
    /// The revision of the employee that the author saw; none: any.
    pub revision: Option<i64>,
    pub note: Option<String>,
    pub actor: Actor,
}

/// The mark of a request.
#[derive(Clone, Copy, Debug)]
pub struct IdempotencyKey<'a> {
    /// Who sent it: keys of different clients do not meet.
    pub client: &'a str,
    pub name: &'a str,
    /// A hash of the request.
    pub request: &'a [u8; 32],
}

/// What became of a request for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// The number of the new job, or of the job of the same request before.
    Job(i64),
    /// A job with the same purpose waits or runs already.
    Busy,
    /// The key was used for another request.
    KeyReused,
}

/// How long keys are remembered.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

impl Store {
    /// Adds a job, or finds the one that the same request has added before.
    pub fn enqueue_once(
        &self,
        job: &NewJob,
        key: Option<&IdempotencyKey<'_>>,
        now: Timestamp,
    ) -> Result<Enqueued, StoreError> {
        self.write_shared("add a job", |connection| {
            if let Some(key) = key
                && let Some(known) = known(connection, job.workspace, key, now)?
            {
                return Ok(known);
            }
            let Some(id) = enqueue(connection, job)? else {
                return Ok(Enqueued::Busy);
            };
            if let Some(key) = key {
                connection.execute(
                    "INSERT INTO idempotency_key (workspace_id, client, name, request, job_id, created_at) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    (
                        job.workspace.0,
                        key.client,
                        key.name,
                        key.request.as_slice(),
                        id,
                        now.as_microsecond(),
                    ),
                )?;
            }
            Ok(Enqueued::Job(id))
        })
    }

    /// Why a job that ended could not do what it was asked for.
    pub fn job_problem(
        &self,
        workspace: WorkspaceId,
        job: i64,
    ) -> Result<Option<Problem>, StoreError> {
        self.read("look up why the job failed", |connection| {
            let text: Option<Option<String>> = connection
                .prepare_cached(
                    "SELECT problem FROM job_history WHERE workspace_id = ?1 AND id = ?2",
                )?
                .scalar((workspace.0, job))
                .optional()?;
            // An erasure may have left a text that is no problem any longer.
            Ok(text
                .flatten()
                .and_then(|text| serde_json::from_str(&text).ok()))
        })
    }
}

/// The job of the same request; forgets keys that are too old.
fn known(
    connection: &Connection,
    workspace: WorkspaceId,
    key: &IdempotencyKey<'_>,
    now: Timestamp,
) -> Result<Option<Enqueued>, DbError> {
    let oldest = now.as_microsecond() - REMEMBERED.as_micros() as i64;
    connection.execute(
        "DELETE FROM idempotency_key WHERE created_at <= ?1",
        [oldest],
    )?;
    let found = connection
        .prepare_cached(
            "SELECT request, job_id FROM idempotency_key WHERE workspace_id = ?1 AND client = ?2 AND name = ?3",
        )?
        .query_row((workspace.0, key.client, key.name), |row| {
            Ok((row.get::<Vec<u8>>("request")?, row.get::<i64>("job_id")?))
        })
        .optional()?;
    Ok(found.map(|(request, job)| match request == key.request {
        true => Enqueued::Job(job),
        false => Enqueued::KeyReused,
    }))
}

/// As stored.
pub(crate) fn written(request: &RequestedEdit) -> String {
    serde_json::to_string(request).unwrap_or_default()
}

/// A stored edit; none: the job carries none out, or an erasure has left a text that is none any longer.
pub(crate) fn read(text: Option<String>) -> Option<RequestedEdit> {
    serde_json::from_str(&text?).ok()
}
