//! Loads the stored data that guards need in addition to a proposal. The guards themselves are in
//! the core.

use jiff::civil::Date;
use muster_core::{
    decide::{
        candidates::Candidates,
        company_end,
        guard::{budgets, old_content, older_file},
        proposal::Proposal,
        reporting_cycle::{self, ManagerLinks},
    },
    model::{
        ids::{EmployeeId, IntegrationId, WorkspaceId},
        origin::DeliveredFile,
        workspace::Workspace,
    },
    read::roster::Roster,
    setup::integration::Setup,
};
use muster_store::{Store, StoreError};
use std::collections::BTreeSet;

/// Files that are older than those of the last successful run.
pub(crate) fn older(
    proposal: &mut Proposal,
    files: &[DeliveredFile],
    workspace: WorkspaceId,
    roster: &Roster,
    store: &Store,
) -> Result<(), StoreError> {
    if let Some(last) = &roster.last_good
        && !proposal.plan.is_empty()
    {
        let before = store.run(workspace, last.run)?;
        let before = before.map(|run| run.files).unwrap_or_default();
        older_file::check(proposal, files, &before, last.run);
    }
    Ok(())
}

/// The content of an earlier delivery.
pub(crate) fn old_content(
    proposal: &mut Proposal,
    files: &[DeliveredFile],
    workspace: WorkspaceId,
    integration: IntegrationId,
    store: &Store,
) -> Result<(), StoreError> {
    if !proposal.plan.is_empty()
        && let Some(earlier) = store.earlier_delivery(workspace, integration, files)?
    {
        old_content::check(proposal, earlier);
    }
    Ok(())
}

/// Budgets that change a lot or would be granted twice.
pub(crate) fn budgets(
    proposal: &mut Proposal,
    setup: &Setup,
    candidates: &Candidates,
    integration: Option<IntegrationId>,
    today: Date,
    store: &Store,
) -> Result<(), StoreError> {
    let wanted = budgets::wanted(proposal, setup);
    if wanted == budgets::Wanted::default() {
        return Ok(());
    }
    let workspace = setup.workspace.id;
    let totals = match integration.filter(|_| wanted.totals) {
        Some(integration) => store.monthly_totals(workspace, integration)?,
        None => budgets::MonthlyTotals::default(),
    };
    let ledgers = store.ledgers(workspace, &wanted.ledgers)?;
    let granted = budgets::Granted { totals, ledgers };
    budgets::check(proposal, setup, candidates, &granted, today);
    Ok(())
}

/// Companies that are in no list.
pub(crate) fn company_ends(
    proposal: &mut Proposal,
    workspace: &Workspace,
    candidates: &Candidates,
    today: Date,
    store: &Store,
) -> Result<(), StoreError> {
    if !company_end::is_decided(proposal) {
        return Ok(());
    }
    let companies = store.unlisted_companies(workspace.id, today)?;
    if companies.is_empty() {
        return Ok(());
    }
    let ids: BTreeSet<String> = companies
        .iter()
        .map(|company| company.external_id.clone())
        .collect();
    let naming = store.people_naming(workspace.id, &ids, today)?;
    company_end::decide(proposal, &companies, naming, candidates, today);
    Ok(())
}

/// Reporting cycles that the plan would close.
pub(crate) fn reporting_cycles(
    proposal: &mut Proposal,
    workspace: WorkspaceId,
    candidates: &Candidates,
    roster: &Roster,
    store: &Store,
) -> Result<(), StoreError> {
    reporting_cycle::check(
        proposal,
        candidates,
        roster,
        &StoredLinks { workspace, store },
    )
}

struct StoredLinks<'s> {
    workspace: WorkspaceId,
    store: &'s Store,
}

impl ManagerLinks for StoredLinks<'_> {
    type Error = StoreError;

    fn all(&self, each: &mut dyn FnMut(EmployeeId, &str, &str)) -> Result<(), StoreError> {
        self.store.links(self.workspace, each)
    }

    fn of(&self, external_id: &str) -> Result<Option<(EmployeeId, Option<String>)>, StoreError> {
        self.store.link_of(self.workspace, external_id)
    }
}
