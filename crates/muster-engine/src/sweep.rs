//! Applies onboarding and offboarding dates that are due, without a delivery, and evaluates smart
//! groups with date rules once a day. A later sweep applies what a missed one did not.

use crate::{
    outcome::{Deps, Outcome, RunError},
    read::announced,
    run::as_a_run,
    sync::Mode,
};
use muster_core::{
    decide::{
        candidates::Candidates,
        proposal::{Proposal, Verdict},
        propose,
    },
    model::{
        calendar::Calendar,
        ids::RunId,
        run::{DatabaseCheck, RunKind, RunStatus},
        workspace::Workspace,
    },
    read::roster::Roster,
};
use muster_store::{Hold, Settlement, StoreError};

/// Applies the due dates of a workspace.
pub fn sweep(workspace: &Workspace, approve: bool, deps: &Deps) -> Result<Outcome, RunError> {
    // A run checks the database file for a limited time; the sweep checks all of it once a day.
    if deps.store.check() == Some(DatabaseCheck::Partial) {
        deps.store.check_whole()?;
    }
    let calendar = Calendar::at(deps.clock.now(), &workspace.settings);
    let mode = if approve { Mode::Approve } else { Mode::Apply };
    let asked = Asked {
        kind: RunKind::Sweep,
        of: None,
        mode,
        note: None,
    };
    let mut outcome = run_without_delivery(workspace, &asked, deps, &|roster| {
        let due = deps
            .store
            .due(workspace, calendar.today.max(calendar.offboarded_through))?;
        let now = deps.clock.now();
        let announced = announced(&deps.store, workspace, &due, calendar, now)?;
        let candidates = Candidates::new(due).with_announced(announced);
        Ok(propose::sweep(&candidates, roster, calendar))
    })?;
    // Memberships need no approval, so they are also updated if the sweep is held.
    outcome.groups = deps
        .store
        .refresh_smart_groups(workspace, outcome.run, calendar.today)?;
    Ok(outcome)
}

/// What a run without a delivery is for.
pub(crate) struct Asked<'a> {
    pub(crate) kind: RunKind,
    /// The run that it undoes.
    pub(crate) of: Option<RunId>,
    pub(crate) mode: Mode,
    /// The reason given by the user, stored before the run ends.
    pub(crate) note: Option<&'a str>,
}

/// A run whose proposal does not come from a delivery: computes the plan, and applies or holds it.
pub(crate) fn run_without_delivery(
    workspace: &Workspace,
    asked: &Asked<'_>,
    deps: &Deps,
    decide: &dyn Fn(&Roster) -> Result<Proposal, StoreError>,
) -> Result<Outcome, RunError> {
    let (now, by) = (deps.clock.now(), deps.actor.to_string());
    let mode = asked.mode;
    let (run, done) = as_a_run(workspace, asked.kind, asked.of, deps, |run| {
        if let Some(note) = asked.note {
            deps.store.note_run(workspace.id, run, note)?;
        }
        let proposal = decide(&deps.store.roster(workspace.id, None, now)?)?;
        let hash = proposal.hash(&workspace.schema)[..8].to_owned();
        let held = match mode {
            Mode::Apply if proposal.verdict != Verdict::Go => Some(RunStatus::Held),
            Mode::PlanOnly if !proposal.is_empty() => Some(RunStatus::Planned),
            _ => None,
        };
        let approve = mode == Mode::Approve;
        let (status, plan) = if let Some(status) = held {
            let hold = Hold {
                workspace,
                integration: None,
                run,
                proposal: &proposal,
                setup: "",
                files: &[],
                now,
                expires: deps.expiry(),
                hash: &hash,
                status,
            };
            (status, Some(deps.store.hold(&hold)?))
        } else {
            let settlement = Settlement {
                workspace,
                integration: None,
                run,
                proposal: &proposal,
                apply_removals: true,
                setup: "",
                files: &[],
                now,
                expires: deps.expiry(),
                approved_by: Some(by.as_str()).filter(|_| approve),
                held_plan_hash: Some(&hash),
            };
            let settled = deps.store.settle(&settlement, &mut |_| {})?;
            (settled.status, settled.plan)
        };
        Ok((proposal, status, plan))
    })?;
    let (proposal, status, plan) = done?;
    let mut outcome = Outcome::new(run, status);
    outcome.plan = plan;
    outcome.proposal = Some(proposal);
    Ok(outcome)
}
