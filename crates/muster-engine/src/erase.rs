//! Removing a person's values permanently, as a run of its own.

use crate::{
    outcome::{Deps, RunError},
    run::as_a_run,
};
use muster_core::model::{
    code::Code,
    employee::Employee,
    ids::RunId,
    problem::{Problem, Severity, run},
    run::RunKind,
    workspace::Workspace,
};
use muster_store::{Erased, Erasure, Purge};

/// What an erasure did.
#[derive(Debug)]
pub struct ErasureOutcome {
    /// The run that records it.
    pub run: RunId,
    /// Where values stood, and how often.
    pub places: Vec<Erased>,
    /// Whether the database was rewritten; until then, deleted values may still be present in unused pages.
    pub purge: Purge,
}

/// Erases a person as they were shown; `why` must not name them.
pub fn erase(
    workspace: &Workspace,
    employee: &Employee,
    why: &str,
    deps: &Deps,
) -> Result<ErasureOutcome, RunError> {
    let (now, by) = (deps.clock.now(), deps.actor.to_string());
    let (run, places) = as_a_run(workspace, RunKind::Erase, None, deps, |run| {
        let revision = employee.revision;
        deps.store.erase(&Erasure {
            workspace,
            employee: employee.id,
            revision,
            run,
            why,
            by: Some(&by),
            now,
        })
    })?;
    let (places, purge) = places?;
    Ok(ErasureOutcome { run, places, purge })
}

/// Told until the database was rewritten after an erasure; none: nothing of anybody is left.
pub(crate) fn pending(deps: &Deps) -> Option<Problem> {
    let wanted = deps.store.is_purge_wanted().unwrap_or(false);
    wanted.then(|| {
        Problem::typed(
            Code::ErasurePending,
            Severity::Warning,
            run::Detail::ErasurePending,
            run::Remedy::SweepWhenFree,
        )
    })
}
