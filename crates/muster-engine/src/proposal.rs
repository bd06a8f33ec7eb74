//! From a reading to its proposal: the employees that it needs, the plan, and the guards. It only reads the database, so that a
//! run, a correction and a drill compute the same.

use crate::{guards, outcome::RunError, read::candidates, work::Stop};
use jiff::Timestamp;
use muster_core::{
    decide::{
        candidates::Candidates,
        proposal::{Counts, Proposal},
        propose::propose,
    },
    model::{
        calendar::Calendar, code::Code, ids::IntegrationId, origin::DeliveredFile, problem::run,
    },
    read::{reading::Reading, roster::Roster},
    setup::integration::Setup,
};
use muster_store::{Store, StoreError};

/// What a proposal is computed with.
pub(crate) struct ProposalContext<'c> {
    pub(crate) setup: &'c Setup,
    /// None before the first run of the integration is applied.
    pub(crate) integration: Option<IntegrationId>,
    /// Whether the delivery is of files.
    pub(crate) reads_files: bool,
    pub(crate) store: &'c Store,
    pub(crate) now: Timestamp,
}

impl ProposalContext<'_> {
    /// The proposal of a delivery.
    pub(crate) fn of_delivery(
        &self,
        mut reading: Reading,
        roster: &Roster,
        calendar: Calendar,
        files: &[DeliveredFile],
    ) -> Result<Proposal, Stop> {
        let (workspace, store) = (self.setup.workspace.id, self.store);
        if let Some(integration) = self.integration {
            reading.is_same_delivery = store.is_last_delivery(workspace, integration, files)?;
        }
        let (mut proposal, candidates) = self.propose(reading, roster, calendar)?;
        guards::older(&mut proposal, files, workspace, roster, store)?;
        if let Some(id) = self.integration.filter(|_| self.reads_files) {
            guards::old_content(&mut proposal, files, workspace, id, store)?;
        }
        self.compare(&mut proposal, &candidates, roster, calendar)?;
        Ok(proposal)
    }

    /// The plan of a reading, and the employees that it needed.
    pub(crate) fn propose(
        &self,
        reading: Reading,
        roster: &Roster,
        calendar: Calendar,
    ) -> Result<(Proposal, Candidates), Stop> {
        let candidates = candidates(self.store, self.setup, &reading, roster, calendar, self.now)?;
        let proposal = propose(reading, self.setup, roster, &candidates, calendar);
        balanced(&proposal.counts)?;
        Ok((proposal, candidates))
    }

    /// Adds what follows from comparing the plan with more of the directory.
    pub(crate) fn compare(
        &self,
        proposal: &mut Proposal,
        candidates: &Candidates,
        roster: &Roster,
        calendar: Calendar,
    ) -> Result<(), StoreError> {
        let (workspace, store) = (&self.setup.workspace, self.store);
        let (integration, today) = (self.integration, calendar.today);
        guards::budgets(proposal, self.setup, candidates, integration, today, store)?;
        guards::company_ends(proposal, workspace, candidates, today, store)?;
        guards::reporting_cycles(proposal, workspace.id, candidates, roster, store)
    }
}

/// Fails if a record has no outcome, or two.
pub(crate) fn balanced(counts: &Counts) -> Result<(), Stop> {
    if counts.balance() {
        return Ok(());
    }
    let detail = run::Detail::Unbalanced {
        counts: format!("{counts:?}"),
    };
    let error = RunError::new(Code::RunUnbalanced, detail, run::Remedy::ReportBug);
    Err(Stop::Failed(error))
}
