//! What somebody does to people by hand: decided on the directory as it is, then settled as a run of its own.

use crate::{
    guards,
    outcome::{Deps, Outcome, RunError},
    run::as_a_run,
};
use jiff::civil::Date;
use muster_core::{
    decide::{
        known::Known,
        manual::{self, Ownership, Surroundings},
        proposal::Proposal,
    },
    model::{
        calendar::Calendar,
        employee::Employee,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        pin::Pin,
        plan::Changed,
        problem::Problem,
        run::RunKind,
        workspace::Workspace,
    },
};
use muster_store::{ByHand, Settlement, StoreError};

#[derive(Clone, Copy, Debug)]
pub enum Deed<'a> {
    /// A new person with these values.
    Create(&'a [(FieldNumber, &'a str)]),
    /// Other values for a person; blank clears.
    Edit(EmployeeId, &'a [(FieldNumber, &'a str)]),
    /// A person leaves; none: today.
    Deactivate(EmployeeId, Option<Date>),
    /// A field is held at a value through a day; none: until somebody takes the pin off.
    Pin(EmployeeId, (FieldNumber, &'a str), Option<Date>),
    /// A field is held no longer.
    Unpin(EmployeeId, FieldNumber),
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandError {
    /// The directory's rules stand against it: everything that does.
    Refused(Vec<Problem>),
    /// It could not be written.
    Run(RunError),
}

impl From<StoreError> for HandError {
    fn from(error: StoreError) -> Self {
        Self::Run(error.into())
    }
}

impl From<Vec<Problem>> for HandError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Refused(problems)
    }
}

/// How often it is decided again because the directory moved under it.
const ATTEMPTS: u32 = 3;

/// Does something by hand. Nothing is recorded of what is refused. `note` is the reason that was given.
pub fn by_hand(
    workspace: &Workspace,
    deed: Deed<'_>,
    note: Option<&str>,
    deps: &Deps<'_>,
) -> Result<Outcome, HandError> {
    let mut attempt = 1;
    loop {
        let mut proposal = decide(workspace, deed, note, deps)?;
        warn_of_rings(workspace, &mut proposal, deps)?;
        match settle(workspace, proposal, note, deps) {
            Err(StoreError::Moved { .. }) if attempt < ATTEMPTS => attempt += 1,
            settled => return Ok(settled?),
        }
    }
}

/// Protects a person, or no longer; false if that is so already.
pub fn protect(
    workspace: &Workspace,
    person: EmployeeId,
    protected: bool,
    note: Option<&str>,
    deps: &Deps<'_>,
) -> Result<bool, RunError> {
    let done = ByHand {
        actor: deps.actor,
        note,
        process: deps.process,
        now: deps.clock.now(),
    };
    Ok(deps
        .store
        .protect(workspace, person, protected, &done)?
        .is_some())
}

/// Warns of rings of managers that the deed closes.
fn warn_of_rings(
    workspace: &Workspace,
    proposal: &mut Proposal,
    deps: &Deps<'_>,
) -> Result<(), StoreError> {
    let operations = || proposal.plan.operations.iter();
    let links = [canonical::EXTERNAL_ID, canonical::MANAGER_EXTERNAL_ID].map(Changed::Field);
    if !operations().any(|one| {
        one.changes
            .iter()
            .any(|change| links.contains(&change.what))
    }) {
        return Ok(());
    }
    let people: Vec<_> = operations()
        .filter_map(|operation| operation.employee)
        .collect();
    let known = Known::new(deps.store.employees_by_ids(workspace, &people)?);
    let roster = deps.store.roster(workspace.id, None, deps.clock.now())?;
    guards::reporting_cycles(proposal, workspace.id, &known, &roster, deps.store)
}

fn decide(
    workspace: &Workspace,
    deed: Deed<'_>,
    note: Option<&str>,
    deps: &Deps<'_>,
) -> Result<Proposal, HandError> {
    let now = deps.clock.now();
    // Read before the people, so that whatever changes after this makes the decision void.
    let revision = deps.store.roster(workspace.id, None, now)?.revision;
    let calendar = Calendar::at(now, &workspace.settings);
    let desk = Desk {
        workspace,
        calendar,
        revision,
        deps,
    };
    match deed {
        Deed::Create(given) => {
            let facts = manual::read(given, None, workspace)?;
            let known = desk.holders(&facts)?;
            Ok(manual::create(&facts, &desk.around(&known))?)
        }
        Deed::Edit(id, given) => {
            let person = desk.person(id)?;
            let facts = manual::read(given, person.value(canonical::COUNTRY), workspace)?;
            let known = desk.holders(&facts)?;
            Ok(manual::edit(
                &person,
                &facts,
                &desk.ownership(&person)?,
                &desk.around(&known),
            )?)
        }
        Deed::Deactivate(id, on) => {
            let person = desk.person(id)?;
            let on = on.unwrap_or(calendar.today);
            Ok(manual::deactivate(
                &person,
                on,
                &desk.ownership(&person)?,
                &desk.around(&Known::default()),
            )?)
        }
        Deed::Pin(id, given, until) => {
            let person = desk.person(id)?;
            let blank = given.1.trim().is_empty();
            let facts = if blank {
                Default::default()
            } else {
                manual::read(&[given], person.value(canonical::COUNTRY), workspace)?
            };
            let known = desk.holders(&facts)?;
            let pin = Pin {
                field: given.0,
                value: facts.value(given.0).map(str::to_owned),
                reason: note.unwrap_or_default().to_owned(),
                author: deps.actor.unwrap_or("somebody").to_owned(),
                created: now,
                until,
            };
            Ok(manual::pin(&person, pin, &desk.around(&known))?)
        }
        Deed::Unpin(id, field) => {
            let person = desk.person(id)?;
            Ok(manual::unpin(
                &person,
                field,
                &desk.around(&Known::default()),
            )?)
        }
    }
}

/// Where somebody sits who does something by hand.
struct Desk<'a, 'd> {
    workspace: &'a Workspace,
    calendar: Calendar,
    revision: i64,
    deps: &'a Deps<'d>,
}

impl Desk<'_, '_> {
    fn around<'k>(&'k self, known: &'k Known) -> Surroundings<'k> {
        Surroundings {
            workspace: self.workspace,
            known,
            calendar: self.calendar,
            revision: self.revision,
        }
    }

    fn person(&self, id: EmployeeId) -> Result<Employee, StoreError> {
        let found = self
            .deps
            .store
            .employees_by_ids(self.workspace, &[id])?
            .pop();
        found.ok_or_else(|| StoreError::Void {
            why: format!("employee {id} is not in the directory any more"),
        })
    }

    /// The people who have the keys that are given out.
    fn holders(&self, facts: &muster_core::model::facts::Facts) -> Result<Known, StoreError> {
        let key = |field| facts.value(field).into_iter().collect::<Vec<_>>();
        let mut people = self
            .deps
            .store
            .employees_by_external_ids(self.workspace, &key(canonical::EXTERNAL_ID))?;
        people.extend(
            self.deps
                .store
                .employees_by_emails(self.workspace, &key(canonical::EMAIL))?,
        );
        Ok(Known::new(people))
    }

    fn ownership(&self, person: &Employee) -> Result<Ownership, StoreError> {
        let Some(owner) = person.owner else {
            return Ok(Ownership::default());
        };
        let (name, fields) = self.deps.store.mapped_fields(self.workspace, owner)?;
        Ok(Ownership {
            integration: Some(name),
            fields,
        })
    }
}

fn settle(
    workspace: &Workspace,
    proposal: Proposal,
    note: Option<&str>,
    deps: &Deps<'_>,
) -> Result<Outcome, StoreError> {
    let (run, settled) = as_a_run(workspace, RunKind::Edit, None, deps, |run| {
        if let Some(note) = note {
            deps.store.note_run(workspace.id, run, note)?;
        }
        deps.store.settle(
            &Settlement {
                workspace,
                integration: None,
                run,
                proposal: &proposal,
                apply_removals: true,
                setup: "",
                files: &[],
                now: deps.clock.now(),
                expires: deps.expiry(),
                approved_by: None,
                held_plan_hash: None,
            },
            &mut |_| {},
        )
    })?;
    let mut outcome = Outcome::new(run, settled?.status);
    outcome.proposal = Some(proposal);
    Ok(outcome)
}
