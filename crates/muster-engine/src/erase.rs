//! Removing a person's values for good, as a run of its own.

use crate::outcome::{Deps, RunError};
use muster_core::{
    code::Code,
    employee::Employee,
    ids::RunId,
    problem::{Problem, Severity},
    proposal::Counts,
    reading::Problems,
    run::{RunKind, RunStatus},
    workspace::Workspace,
};
use muster_store::{Ending, Erased, Erasure, NewRun};

/// What an erasure did.
#[derive(Debug)]
pub struct ErasureOutcome {
    /// The run that records it.
    pub run: RunId,
    /// Where values stood, and how often.
    pub places: Vec<Erased>,
    /// False: somebody read the database meanwhile, so that remains may stand in its free pages until a sweep.
    pub purged: bool,
}

/// Erases a person as they were shown; `why` must not name them.
pub fn erase(
    workspace: &Workspace,
    employee: &Employee,
    why: &str,
    deps: &Deps<'_>,
) -> Result<ErasureOutcome, RunError> {
    let now = deps.clock.now();
    let new = NewRun {
        kind: RunKind::Erase,
        integration: None,
        started: now,
        process: deps.process,
        of: None,
        actor: deps.actor,
    };
    let (run, _) = deps.store.begin_run(workspace.id, &new, deps.is_alive)?;
    let erasure =
        Erasure { workspace, employee: employee.id, revision: employee.revision, run, why, by: deps.actor, now };
    let places = match deps.store.erase(&erasure) {
        Ok(places) => places,
        Err(error) => {
            let error = RunError::from(error);
            let text = format!("{error}; {}", error.advice);
            let ending = Ending {
                status: RunStatus::Failed,
                finished: now,
                partial: None,
                counts: &Counts::default(),
                problems: &Problems::default(),
                files: &[],
                error: Some(&text),
            };
            deps.store.finish_run(workspace.id, run, &ending)?;
            return Err(error);
        }
    };
    Ok(ErasureOutcome { run, places, purged: !deps.store.is_purge_wanted()? })
}

/// Told until the database was rewritten after an erasure; none: nothing of anybody is left.
pub(crate) fn pending(deps: &Deps<'_>) -> Option<Problem> {
    let wanted = deps.store.is_purge_wanted().unwrap_or(false);
    wanted.then(|| {
        Problem::new(
            Code::ErasurePending,
            Severity::Warning,
            "values were removed, but the database could not be rewritten: remains may stand in its free pages",
            "run `muster sweep` when no other process reads the database and the disk has room for a copy of it",
        )
    })
}
