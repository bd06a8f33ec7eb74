//! The guard drill: the last archived delivery, damaged in ten ways, is read with the current settings. The proposals are computed
//! as in a run, and never applied; the directory is only read.

mod damage;

pub use damage::Damage;

use crate::{
    archived::Archived,
    outcome::{Deps, RunError},
    proposal::ProposalContext,
    replay::{LOOKED_THROUGH, last_kept},
    sync::Integration,
    work::Stop,
};
use jiff::Timestamp;
use muster_connectors::connector::Records;
use muster_core::{
    decide::{
        guard::Finding,
        proposal::{Proposal, Verdict},
    },
    model::{calendar::Calendar, ids::RunId, origin::DeliveredFile, run::Run},
    read::{reading::Reading, roster::Roster},
};
use muster_store::ArchivedFile;

/// The result of a drill.
#[derive(Debug)]
pub struct Drill {
    /// The run whose delivery was damaged.
    pub run: RunId,
    pub at: Timestamp,
    /// The time that the drill took for the present.
    pub now: Timestamp,
    pub records: u64,
    /// The number of employees of the integration.
    pub employees: u64,
    /// The number of employees that the undamaged delivery would change.
    pub undamaged: u64,
    pub damages: Vec<Drilled>,
}

/// What a damaged delivery would do.
#[derive(Debug)]
pub struct Drilled {
    pub damage: Damage,
    pub end: DrillEnd,
}

/// How a damaged delivery ends.
#[derive(Debug)]
pub enum DrillEnd {
    /// The delivery cannot be damaged like this.
    NotPossible,
    Refused(Box<RunError>),
    /// It is read to its end.
    Read {
        findings: Vec<Finding>,
        /// The number of operations that are held one by one.
        held: u64,
        rejected: u64,
        /// The number of employees that it would change if nothing were held.
        employees: u64,
        /// The number of these that it would change without a review.
        applied: u64,
    },
}

impl Drill {
    /// Whether a damaged delivery would change more employees without a review than the undamaged one.
    pub fn is_applied(&self, drilled: &Drilled) -> bool {
        matches!(drilled.end, DrillEnd::Read { applied, .. } if applied > self.undamaged)
    }

    /// Whether every damage is refused, held or harmless.
    pub fn is_passed(&self) -> bool {
        !self.damages.iter().any(|drilled| self.is_applied(drilled))
    }
}

/// Damages the last archived delivery in every way.
pub fn drill(integration: &Integration, deps: &Deps) -> Result<Drill, RunError> {
    let setup = &integration.setup;
    let (run, kept) = last_kept(integration, &deps.store)?;
    let opened = Archived::open(integration, &run, &kept)?;
    let now = deps.clock.now();
    let id = deps.store.integration(setup.workspace.id, &setup.name)?;
    let grounds = Grounds {
        context: ProposalContext {
            setup,
            integration: id,
            reads_files: integration.source.files().is_some(),
            store: &deps.store,
            now,
        },
        calendar: Calendar::at(now, &setup.workspace.settings),
        roster: deps.store.roster(setup.workspace.id, id, now)?,
    };
    let reading = opened.read(&grounds.roster, grounds.calendar, &mut |_| {});
    let undamaged = grounds.propose(reading, opened.files()).map_err(error_of)?;
    let mut damages = Vec::new();
    for damage in Damage::ALL {
        let end = match damage {
            Damage::Earlier => earlier(integration, &run, &kept, &grounds, deps)?,
            _ => grounds.damaged(&opened, damage)?,
        };
        damages.push(Drilled { damage, end });
    }
    Ok(Drill {
        run: run.id,
        at: run.started,
        now,
        records: undamaged.counts.read,
        employees: grounds.roster.entries().len() as u64,
        undamaged: applied(&undamaged),
        damages,
    })
}

/// What every damage is read against.
struct Grounds<'g> {
    context: ProposalContext<'g>,
    calendar: Calendar,
    roster: Roster,
}

impl Grounds<'_> {
    fn propose(
        &self,
        reading: Result<Reading, Stop>,
        files: &[DeliveredFile],
    ) -> Result<Proposal, Stop> {
        self.context
            .of_delivery(reading?, &self.roster, self.calendar, files)
    }

    fn damaged(&self, opened: &Archived<'_>, damage: Damage) -> Result<DrillEnd, RunError> {
        let rules = &self.context.setup.rules;
        let Some(tables) = opened.tables() else {
            return Ok(DrillEnd::NotPossible);
        };
        let mut delimiter = opened.delimiter();
        if damage == Damage::OtherDelimiter {
            delimiter = match delimiter {
                None => return Ok(DrillEnd::NotPossible),
                Some(b';') => Some(b','),
                Some(_) => Some(b';'),
            };
        }
        let schema = &self.context.setup.workspace.schema;
        let change = |table: &Records| {
            damage::apply(damage, table, &rules.mapping, schema, self.calendar.today)
        };
        let Some(tables) = tables.iter().map(change).collect::<Option<Vec<_>>>() else {
            return Ok(DrillEnd::NotPossible);
        };
        // The content is one that was never delivered.
        let files = opened.files().iter().map(|file| DeliveredFile {
            sha256: damage.as_str().to_owned(),
            ..file.clone()
        });
        let files: Vec<_> = files.collect();
        let reading = opened.read_instead(&tables, delimiter, &self.roster, self.calendar);
        end(self.propose(reading, &files))
    }
}

/// The delivery before the last one, delivered once more.
fn earlier(
    integration: &Integration,
    last: &Run,
    last_files: &[ArchivedFile],
    grounds: &Grounds<'_>,
    deps: &Deps,
) -> Result<DrillEnd, RunError> {
    let hashes = |files: &[ArchivedFile]| -> Vec<String> {
        let files = files.iter();
        files.map(|kept| kept.file.sha256.clone()).collect()
    };
    let workspace = integration.setup.workspace.id;
    for run in deps.store.runs(workspace, LOOKED_THROUGH)? {
        let is_of_it = run.integration.as_ref() == Some(&integration.setup.name);
        if !is_of_it || run.id >= last.id || run.files.is_empty() {
            continue;
        }
        let Some(kept) = deps.store.delivery(workspace, run.id)? else {
            continue;
        };
        if hashes(&kept) == hashes(last_files) {
            continue;
        }
        let Ok(opened) = Archived::open(integration, &run, &kept) else {
            continue;
        };
        let reading = opened.read(&grounds.roster, grounds.calendar, &mut |_| {});
        return end(grounds.propose(reading, opened.files()));
    }
    Ok(DrillEnd::NotPossible)
}

fn end(proposal: Result<Proposal, Stop>) -> Result<DrillEnd, RunError> {
    match proposal {
        Ok(proposal) => Ok(DrillEnd::Read {
            held: proposal.views().filter(|view| view.held.is_some()).count() as u64,
            rejected: proposal.counts.rejected,
            employees: proposal.plan.len() as u64,
            applied: applied(&proposal),
            findings: proposal.findings,
        }),
        Err(Stop::Refused(_, error)) => Ok(DrillEnd::Refused(Box::new(error))),
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// The number of operations that would be applied without a review.
fn applied(proposal: &Proposal) -> u64 {
    let waits_for_removals = match proposal.verdict {
        Verdict::Hold => return 0,
        Verdict::HoldRemovals => true,
        Verdict::Go => false,
    };
    let applied = proposal
        .views()
        .filter(|view| view.held.is_none() && !(waits_for_removals && view.kind.is_removal()));
    applied.count() as u64
}

fn error_of(stop: Stop) -> RunError {
    match stop {
        Stop::Refused(_, error) | Stop::Failed(error) => error,
    }
}
