//! Erasing the personal data of an employee, as a run.

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

/// The result of an erasure.
#[derive(Debug)]
pub struct ErasureOutcome {
    /// The run that records it.
    pub run: RunId,
    /// The locations of personal data, with counts.
    pub places: Vec<Erased>,
    /// Whether the database was rewritten. Until then, deleted values may still be present in
    /// unused pages.
    pub purge: Purge,
}

/// Erases an employee if they have not changed since the preview. `why` must not name them.
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

/// The warning until the database is rewritten after an erasure. `None` if no data is left.
pub(crate) fn pending(deps: &Deps) -> Option<Problem> {
    let wanted = deps.store.is_purge_wanted().unwrap_or(false);
    wanted.then(|| {
        Problem::new(
            Code::ErasurePending,
            Severity::Warning,
            run::Detail::ErasurePending,
            run::Remedy::SweepWhenFree,
        )
    })
}
