//! Runs without a delivery. If their work fails, the run is recorded as failed.

use crate::{
    keeper::LeaseKeeper,
    outcome::{Deps, RunError},
};
use muster_core::{
    decide::proposal::Counts,
    model::{
        ids::RunId,
        problem::{Problem, Severity},
        run::{RunKind, RunStatus},
        workspace::Workspace,
    },
    read::reading::Problems,
};
use muster_store::{Ending, NewRun, StoreError};

/// Ends a run whose process no longer exists or hangs. Returns false if it has already ended.
pub fn abandon(workspace: &Workspace, run: RunId, deps: &Deps) -> Result<bool, RunError> {
    Ok(deps.store.abandon_run(
        workspace.id,
        run,
        Some(&deps.actor.to_string()),
        deps.clock.now(),
    )?)
}

/// Begins a run and does `work` in it. A failure is recorded, and nothing is applied. The outer
/// error means that the run could not be begun or that its end could not be recorded.
pub(crate) fn as_a_run<T>(
    workspace: &Workspace,
    kind: RunKind,
    of: Option<RunId>,
    deps: &Deps,
    work: impl FnOnce(RunId) -> Result<T, StoreError>,
) -> Result<(RunId, Result<T, StoreError>), StoreError> {
    let (started, by) = (deps.clock.now(), deps.actor.to_string());
    let new = NewRun {
        kind,
        integration: None,
        started,
        process: deps.process,
        lease: deps.run_lease(),
        of,
        actor: Some(&by),
    };
    let (run, _) = deps.store.begin_run(workspace.id, &new)?;
    let _keeper = match deps.lease {
        Some(_) => None,
        None => LeaseKeeper::of_run(&deps.store, workspace.id, run)?,
    };
    let done = work(run);
    if let Err(error) = &done {
        let problem = Problem::new(
            error.code(),
            Severity::Refused,
            error.detail(),
            error.remedy(),
        );
        let text = serde_json::to_string(&problem).unwrap_or_else(|_| error.to_string());
        let ending = Ending {
            status: RunStatus::Failed,
            finished: deps.clock.now(),
            partial: None,
            counts: &Counts::default(),
            problems: &Problems::default(),
            files: &[],
            error: Some(&text),
        };
        deps.store.finish_run(workspace.id, run, &ending)?;
    }
    Ok((run, done))
}
