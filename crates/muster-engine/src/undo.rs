//! Undoing a run: a plan of the opposite changes, through the same guard and transaction.

use crate::{
    guards,
    outcome::{Deps, Outcome, RunError},
    sweep::run_without_delivery,
};
use muster_core::{
    decide::known::Known,
    decide::undo as core,
    model::{
        calendar::Calendar, company::restored, ids::RunId, run::RunKind, workspace::Workspace,
    },
};

/// Undoes what a run changed, as far as nobody changed it again since.
pub fn undo(
    workspace: &Workspace,
    run: RunId,
    approve: bool,
    deps: &Deps<'_>,
) -> Result<Outcome, RunError> {
    run_without_delivery(
        workspace,
        RunKind::Undo,
        Some(run),
        approve,
        deps,
        &|roster| {
            let did = deps.store.changes_of_run(workspace, run)?;
            let mut people = did.created.clone();
            people.extend(did.changes.iter().map(|entry| entry.employee));
            let known = Known::new(deps.store.employees_by_ids(workspace, &people)?);
            let changes: Vec<_> = did
                .changes
                .into_iter()
                .map(|entry| (entry.employee, entry.changes))
                .collect();
            let calendar = Calendar::at(deps.clock.now(), &workspace.settings);
            let mut proposal =
                core::propose(&did.created, &changes, &known, roster, workspace, calendar);
            let ends = deps.store.company_ends(workspace.id, run)?;
            let (opposite, skipped) = restored(ends, &workspace.companies);
            skipped
                .into_iter()
                .for_each(|problem| proposal.problems.push(problem));
            proposal.company_ends = opposite;
            guards::reporting_cycles(&mut proposal, workspace.id, &known, roster, deps.store)?;
            Ok(proposal)
        },
    )
}
