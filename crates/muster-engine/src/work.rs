//! An active run: reads the delivery, computes the plan, and applies or holds it.

use crate::{
    keeper::LeaseKeeper,
    outcome::{Deps, Outcome, Progress, RunError},
    proposal::{ProposalContext, balanced},
    sync::{Integration, Mode},
};
use muster_core::{
    decide::{
        candidates::Candidates,
        proposal::{Counts, Proposal, Verdict},
        succession,
    },
    model::{
        calendar::Calendar,
        field::canonical,
        ids::{EmployeeId, IntegrationId, RunId},
        origin::DeliveredFile,
        problem::{Problem, Severity, run},
        run::{RunKind, RunStatus},
    },
    read::{
        reading::{Completeness, PartialReason, Problems, Reading},
        roster::Roster,
    },
    setup::integration::Setup,
};
use muster_store::{Ending, Hold, NewRun, Settlement, Store, StoreError};

/// How often a run computes its plan again because the directory has changed.
const ATTEMPTS: u32 = 3;

/// A run that has begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Begun {
    pub(crate) mode: Mode,
    pub(crate) run: RunId,
    pub(crate) integration: Option<IntegrationId>,
    /// The integration that this one replaces, in a succession.
    pub(crate) replaces: Option<IntegrationId>,
}

impl Begun {
    /// Begins a run. An error means that it could not be begun.
    pub(crate) fn begin(
        setup: &Setup,
        mode: Mode,
        kind: RunKind,
        of: Option<RunId>,
        deps: &Deps,
    ) -> Result<Self, RunError> {
        let by = deps.actor.to_string();
        let new = NewRun {
            kind,
            integration: Some(&setup.name),
            started: deps.clock.now(),
            process: deps.process,
            lease: deps.run_lease(),
            of,
            actor: Some(&by),
        };
        let workspace = setup.workspace.id;
        let (run, integration) = deps.store.begin_run(workspace, &new)?;
        Ok(Self {
            mode,
            run,
            integration,
            replaces: None,
        })
    }

    /// Renews the lease of the run until it is dropped; none: the worker that claimed the job does.
    pub(crate) fn keep_lease(
        &self,
        setup: &Setup,
        deps: &Deps,
    ) -> Result<Option<LeaseKeeper>, RunError> {
        if deps.lease.is_some() {
            return Ok(None);
        }
        let workspace = setup.workspace.id;
        Ok(LeaseKeeper::of_run(&deps.store, workspace, self.run)?)
    }
}

/// One run under way.
pub(crate) struct Work<'w> {
    pub(crate) setup: &'w Setup,
    /// Whether the delivery is of files.
    reads_files: bool,
    pub(crate) mode: Mode,
    pub(crate) deps: &'w Deps,
    run: RunId,
    pub(crate) id: Option<IntegrationId>,
    replaces: Option<IntegrationId>,
}

/// Reads the delivery against the current directory. Called again if the directory has changed.
pub(crate) type Read<'r> = dyn FnMut(&Roster, Calendar, &mut (dyn FnMut(Progress<'_>) + Send)) -> Result<Reading, Stop>
    + 'r;

/// Why a run stops after its files were fetched.
pub(crate) enum Stop {
    /// The delivery is refused.
    Refused(PartialReason, RunError),
    /// The run cannot continue.
    Failed(RunError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl<'w> Work<'w> {
    pub(crate) fn new(integration: &'w Integration, begun: Begun, deps: &'w Deps) -> Self {
        let reads_files = integration.source.files().is_some();
        Self {
            reads_files,
            ..Self::of(&integration.setup, begun, deps)
        }
    }

    /// A run that reads no source.
    pub(crate) fn of(setup: &'w Setup, begun: Begun, deps: &'w Deps) -> Self {
        Self {
            setup,
            reads_files: false,
            mode: begun.mode,
            deps,
            run: begun.run,
            id: begun.integration,
            replaces: begun.replaces,
        }
    }

    /// The same run after its workspace has changed.
    pub(crate) fn with<'n>(&'n self, setup: &'n Setup) -> Work<'n> {
        Work {
            setup,
            reads_files: self.reads_files,
            mode: self.mode,
            deps: self.deps,
            run: self.run,
            id: self.id,
            replaces: self.replaces,
        }
    }

    /// The integration. `None` before its first run is applied.
    pub(crate) fn id(&self) -> Option<IntegrationId> {
        self.id
    }

    pub(crate) fn store(&self) -> &'w Store {
        &self.deps.store
    }

    /// Whether the run has applied everything.
    pub(crate) fn is_finished(&self, outcome: &Outcome) -> bool {
        let done = matches!(outcome.status, RunStatus::Applied | RunStatus::NothingToDo)
            && outcome.plan.is_none();
        done && self.mode != Mode::PlanOnly && !self.deps.rehearsal
    }

    /// Reads the delivery, computes the plan and applies it. Repeated if the directory has changed.
    pub(crate) fn decide(
        &self,
        read: &mut Read<'_>,
        files: &[DeliveredFile],
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Outcome, Stop> {
        let mut attempt = 1;
        loop {
            let calendar = self.calendar();
            let roster =
                self.store()
                    .roster(self.setup.workspace.id, self.id, self.deps.clock.now())?;
            let reading = read(&roster, calendar, progress)?;
            progress(Progress::Deciding);
            if let Some(old) = self.replaces {
                return self.succeed(reading, &roster, old, files, progress);
            }
            let proposal = self
                .context()
                .of_delivery(reading, &roster, calendar, files)?;
            match self.settle(proposal, files, calendar, progress) {
                Err(StoreError::Moved { .. }) if attempt < ATTEMPTS => attempt += 1,
                settled => return Ok(settled?),
            }
            if let Some(outcome) = self.already_known(files)? {
                return Ok(outcome);
            }
        }
    }

    pub(crate) fn context(&self) -> ProposalContext<'_> {
        ProposalContext {
            setup: self.setup,
            integration: self.id,
            reads_files: self.reads_files,
            store: self.store(),
            now: self.deps.clock.now(),
        }
    }

    fn succeed(
        &self,
        reading: Reading,
        roster: &Roster,
        old: IntegrationId,
        files: &[DeliveredFile],
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Outcome, Stop> {
        let setup = self.setup;
        let store = self.store();
        let managed = store.roster(setup.workspace.id, Some(old), self.deps.clock.now())?;
        let managed: Vec<EmployeeId> = managed.entries().iter().map(|one| one.employee).collect();
        let mut people = store.employees_by_ids(&setup.workspace, &managed)?;
        let ids: Vec<&str> = reading
            .drafts
            .iter()
            .filter_map(|(at, _)| reading.drafts.facts(at).value(canonical::EXTERNAL_ID))
            .collect();
        people.extend(store.employees_by_external_ids(&setup.workspace, &ids)?);
        let candidates = Candidates::new(people);
        let (proposal, comparison) = succession::propose(reading, setup, roster, &candidates, old);
        balanced(&proposal.counts)?;
        let mut outcome = self.settle(proposal, files, self.calendar(), progress)?;
        outcome.comparison = Some(comparison);
        Ok(outcome)
    }

    pub(crate) fn calendar(&self) -> Calendar {
        Calendar::at(self.deps.clock.now(), &self.setup.workspace.settings)
    }

    /// The files are the same as last time, no date is due and no plan is pending, so nothing needs
    /// to be read.
    pub(crate) fn already_known(
        &self,
        files: &[DeliveredFile],
    ) -> Result<Option<Outcome>, StoreError> {
        let Setup { workspace, .. } = self.setup;
        let calendar = self.calendar();
        let stamp = self.setup.stamp(calendar);
        let Some(id) = self.id.filter(|_| self.mode != Mode::PlanOnly) else {
            return Ok(None);
        };
        let Some(known) = self
            .store()
            .known_content(workspace.id, id, &stamp, files)?
        else {
            return Ok(None);
        };
        if !self
            .store()
            .due(workspace, calendar.today.max(calendar.offboarded_through))?
            .is_empty()
        {
            return Ok(None);
        }
        if !self
            .store()
            .unlisted_companies(workspace.id, calendar.today)?
            .is_empty()
        {
            return Ok(None);
        }
        self.end(RunStatus::NothingToDo, None, &known.counts, files, None)?;
        let mut outcome = Outcome::new(self.run, RunStatus::NothingToDo);
        outcome.completeness = Some(Completeness::Complete);
        outcome.known = Some(known);
        Ok(Some(outcome))
    }

    pub(crate) fn settle(
        &self,
        proposal: Proposal,
        files: &[DeliveredFile],
        calendar: Calendar,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Outcome, StoreError> {
        let _span = tracing::info_span!("settle", run = self.run.0).entered();
        let setup = self.setup;
        let final_line_break = proposal.reading.final_line_break;
        let files = files.iter().cloned().map(|file| DeliveredFile {
            final_line_break,
            ..file
        });
        let files = &files.collect::<Vec<_>>()[..];
        let (workspace, stamp) = (&setup.workspace, setup.stamp(calendar));
        let (now, expires) = (self.deps.clock.now(), self.deps.expiry());
        let by = self.deps.actor.to_string();
        let mut outcome = Outcome::new(self.run, RunStatus::NothingToDo);
        outcome.completeness = Some(proposal.reading.completeness.clone());
        let waits = match (self.mode, proposal.verdict) {
            (Mode::PlanOnly, verdict) if !proposal.is_empty() || verdict == Verdict::Hold => {
                Some(RunStatus::Planned)
            }
            (Mode::Apply, Verdict::Hold) => Some(RunStatus::Held),
            _ => None,
        };
        // The hash covers every operation, so it is computed only for a saved plan.
        let is_saved = waits.is_some()
            || proposal.verdict == Verdict::HoldRemovals
            || proposal
                .plan
                .operations
                .iter()
                .any(|operation| operation.held.is_some());
        let hash = is_saved.then(|| proposal.hash(&workspace.schema)[..8].to_owned());
        if let Some(status) = waits {
            let integration = self.id;
            let (run, setup, hash) = (
                self.run,
                stamp.as_str(),
                hash.as_deref().unwrap_or_default(),
            );
            let hold = Hold {
                workspace,
                integration,
                run,
                proposal: &proposal,
                setup,
                files,
                now,
                expires,
                hash,
                status,
            };
            outcome.plan = Some(self.store().hold(&hold)?);
            outcome.status = status;
        } else if self.mode == Mode::PlanOnly {
            self.end(RunStatus::NothingToDo, None, &proposal.counts, files, None)?;
        } else {
            let settlement = Settlement {
                workspace,
                integration: self.id,
                run: self.run,
                proposal: &proposal,
                apply_removals: proposal.verdict != Verdict::HoldRemovals
                    || self.mode == Mode::Approve,
                setup: &stamp,
                files,
                now,
                expires,
                approved_by: Some(by.as_str()).filter(|_| self.mode == Mode::Approve),
                held_plan_hash: hash.as_deref(),
            };
            let of = proposal.plan.len() as u64;
            let settled = self.store().settle(&settlement, &mut |done| {
                progress(Progress::Applied { done, of })
            })?;
            outcome.status = settled.status;
            outcome.plan = settled.plan;
        }
        outcome.proposal = Some(proposal);
        Ok(outcome)
    }

    fn end(
        &self,
        status: RunStatus,
        partial: Option<PartialReason>,
        counts: &Counts,
        files: &[DeliveredFile],
        error: Option<&RunError>,
    ) -> Result<(), StoreError> {
        let text = error.map(RunError::recorded);
        let ending = Ending {
            status,
            finished: self.deps.clock.now(),
            partial: partial.map(PartialReason::as_str),
            counts,
            problems: &Problems::default(),
            files,
            error: text.as_deref(),
        };
        self.store()
            .finish_run(self.setup.workspace.id, self.run, &ending)
    }

    /// There was nothing to read, as expected.
    pub(crate) fn without_delivery(
        &self,
        reason: PartialReason,
        warning: Problem,
    ) -> Result<Outcome, RunError> {
        self.end(
            RunStatus::NothingToDo,
            Some(reason),
            &Counts::default(),
            &[],
            None,
        )?;
        let mut outcome = Outcome::new(self.run, RunStatus::NothingToDo);
        outcome.completeness = Some(Completeness::Partial(reason));
        outcome.warnings.push(warning);
        Ok(outcome)
    }

    pub(crate) fn stop(&self, stop: Stop, files: Vec<DeliveredFile>) -> Result<Outcome, RunError> {
        match stop {
            Stop::Refused(reason, error) => self.conclude(RunStatus::Refused, reason, error, files),
            Stop::Failed(error) => {
                self.conclude(RunStatus::Failed, PartialReason::Unreadable, error, files)
            }
        }
    }

    pub(crate) fn conclude(
        &self,
        status: RunStatus,
        reason: PartialReason,
        error: RunError,
        files: Vec<DeliveredFile>,
    ) -> Result<Outcome, RunError> {
        // If this cannot be written either, the first error is reported.
        let recorded = self.end(
            status,
            Some(reason),
            &Counts::default(),
            &files,
            Some(&error),
        );
        let mut outcome = Outcome::new(self.run, status);
        outcome.completeness = Some(Completeness::Partial(reason));
        outcome.files = files;
        if let Err(store) = recorded {
            let detail = run::Detail::EndNotRecorded {
                why: store.to_string(),
            };
            let code = store.code();
            outcome.warnings.push(Problem::new(
                code,
                Severity::Warning,
                detail,
                store.remedy(),
            ));
        }
        outcome.error = Some(error);
        Ok(outcome)
    }
}
