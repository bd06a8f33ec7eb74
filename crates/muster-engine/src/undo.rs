//! Undoing a run: a plan of the opposite changes, with the same guards and transaction.

use crate::{
    guards,
    outcome::{Deps, Outcome, RunError},
    sweep::{Asked, run_without_delivery},
    sync::Mode,
};
use muster_core::{
    decide::{candidates::Candidates, proposal::Proposal, undo as core},
    model::{
        calendar::Calendar, company::restored, ids::RunId, run::RunKind, workspace::Workspace,
    },
    read::roster::Roster,
};
use muster_store::StoreError;

/// Restores the values that a run changed, except those that changed again since. `note` is the reason given by the user.
pub fn undo(
    workspace: &Workspace,
    run: RunId,
    mode: Mode,
    note: Option<&str>,
    deps: &Deps,
) -> Result<Outcome, RunError> {
    let decide = |roster: &Roster| decide(workspace, run, roster, deps);
    let asked = Asked {
        kind: RunKind::Undo,
        of: Some(run),
        mode,
        note,
    };
    run_without_delivery(workspace, &asked, deps, &decide)
}

/// What undoing a run would change, computed from the current directory. Nothing is written.
pub fn preview_undo(workspace: &Workspace, run: RunId, deps: &Deps) -> Result<Proposal, RunError> {
    let roster = deps.store.roster(workspace.id, None, deps.clock.now())?;
    Ok(decide(workspace, run, &roster, deps)?)
}

fn decide(
    workspace: &Workspace,
    run: RunId,
    roster: &Roster,
    deps: &Deps,
) -> Result<Proposal, StoreError> {
    let store = &*deps.store;
    let done = store.changes_of_run(workspace, run)?;
    let changes: Vec<_> = done
        .changes
        .into_iter()
        .map(|entry| (entry.employee, entry.changes))
        .collect();
    let mut ids = done.created.clone();
    ids.extend(changes.iter().map(|(employee, _)| *employee));
    let mut employees = store.employees_by_ids(workspace, &ids)?;
    let (external_ids, emails) = core::wanted_keys(&changes);
    employees.extend(store.employees_by_external_ids(workspace, &external_ids)?);
    employees.extend(store.employees_by_emails(workspace, &emails)?);
    let candidates = Candidates::new(employees);
    let calendar = Calendar::at(deps.clock.now(), &workspace.settings);
    let mut proposal = core::propose(
        &done.created,
        &changes,
        &candidates,
        roster,
        workspace,
        calendar,
    );
    let ends = store.company_ends(workspace.id, run)?;
    let (opposite, skipped) = restored(ends, &workspace.companies);
    skipped
        .into_iter()
        .for_each(|problem| proposal.problems.push(problem));
    proposal.company_ends = opposite;
    guards::reporting_cycles(&mut proposal, workspace.id, &candidates, roster, store)?;
    Ok(proposal)
}
