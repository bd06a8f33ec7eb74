//! How endpoints write jobs: with the key that marks a request, and an answer that says where the job is.

use crate::api::{
    endpoint::{Answered, Call},
    problem::{ApiProblem, ProblemKind},
};
use axum::http::HeaderMap;
use muster_core::model::{job::JobKind, response::JobLine, workspace::Workspace};
use muster_store::{Enqueued, IdempotencyKey, NewJob, RequestedEdit};

/// Attempts of a job whose error may pass, such as a busy database.
const MAX_ATTEMPTS: u32 = 4;

/// The longest key.
const MAX_KEY: usize = 200;

/// The longest note.
const MAX_NOTE: usize = 1_000;

/// A job of a workspace that is done at once.
pub(crate) fn new(workspace: &Workspace, kind: JobKind) -> NewJob {
    NewJob {
        kind,
        workspace: workspace.id,
        integration: None,
        slot: None,
        priority: 0,
        run_at: None,
        max_attempts: MAX_ATTEMPTS,
        host: None,
        dedupe_key: None,
        decision: None,
        request: None,
    }
}

/// A job that carries out a manual edit.
pub(crate) fn edit(workspace: &Workspace, request: RequestedEdit) -> NewJob {
    NewJob {
        request: Some(request),
        // What was begun is not attempted again: a person may have looked at the employee since.
        max_attempts: 1,
        ..new(workspace, JobKind::Edit)
    }
}

/// Writes a job and says where it is.
pub(crate) fn accept(
    call: &Call,
    workspace: &Workspace,
    job: &NewJob,
) -> Result<Answered<JobLine>, ApiProblem> {
    let client = call.client.caller.actor().to_string();
    let key = call.marks.idempotency_key.as_ref();
    let key = key.map(|(name, request)| IdempotencyKey {
        client: &client,
        name,
        request,
    });
    let app = &call.app;
    match app.store.enqueue_once(job, key.as_ref(), app.now())? {
        Enqueued::Job(job) => {
            (app.web.wake)();
            let written = app.store.job(workspace.id, job)?;
            let line = written.ok_or_else(ApiProblem::not_found)?;
            let path = call.path_in_workspace(&format!("/jobs/{job}"));
            Ok(Answered::at(line.answer(workspace.name.clone()), path))
        }
        Enqueued::Busy => Err(ProblemKind::Conflict.into()),
        Enqueued::KeyReused => Err(ProblemKind::Repeated.into()),
    }
}

/// The key of a request with a hash of the request.
pub(crate) fn idempotency_key(
    headers: &HeaderMap,
    path: &str,
    body: &[u8],
) -> Result<Option<(String, [u8; 32])>, ApiProblem> {
    let Some(sent) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let name = sent.to_str().unwrap_or_default();
    if name.is_empty() || name.len() > MAX_KEY {
        return Err(ApiProblem::invalid(format!(
            "Idempotency-Key: expected 1 to {MAX_KEY} characters"
        )));
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(path.as_bytes()).update(b"\0").update(body);
    Ok(Some((name.to_owned(), hasher.finalize().into())))
}

/// A note without blanks around it; none: it is blank.
pub(crate) fn note(sent: Option<String>) -> Result<Option<String>, ApiProblem> {
    let note = sent.map(|note| note.trim().to_owned());
    let note = note.filter(|note| !note.is_empty());
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > MAX_NOTE)
    {
        return Err(ApiProblem::invalid(format!(
            "note: expected at most {MAX_NOTE} characters"
        )));
    }
    Ok(note)
}
