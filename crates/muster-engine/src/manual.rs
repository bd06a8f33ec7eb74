//! Manual edits: computed from the current directory and applied as a run.

use crate::{
    guards,
    outcome::{Deps, Outcome, RunError},
    run::as_a_run,
};
use jiff::civil::Date;
use muster_core::{
    decide::{
        candidates::Candidates,
        manual::{self, EditContext, Ownership},
        proposal::Proposal,
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::Employee,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        pin::Pin,
        plan::Changed,
        problem::{Problem, Severity, identity},
        run::RunKind,
        workspace::Workspace,
    },
};
use muster_store::{ManualEdit, Settlement, StoreError, VoidCause};
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug)]
pub enum Edit<'a> {
    /// Creates an employee with these values.
    Create(&'a [(FieldNumber, &'a str)]),
    /// Changes values of an employee; a blank value clears the field.
    Edit(EmployeeId, &'a [(FieldNumber, &'a str)]),
    /// Deactivates an employee. `None`: today.
    Deactivate(EmployeeId, Option<Date>),
    /// Pins a field to a value. Without a last day, until the pin is removed.
    Pin(EmployeeId, (FieldNumber, &'a str), Option<Date>),
    /// Removes a pin.
    Unpin(EmployeeId, FieldNumber),
    /// Links an employee to this external id, and to this integration if one is given.
    Link(EmployeeId, &'a str, Option<&'a str>),
    /// Unlinks an employee from the source. If true, an inactive employee also gives up the
    /// address.
    Unlink(EmployeeId, bool),
    /// Merges the second employee into the first. These fields are taken from the second.
    Merge(EmployeeId, EmployeeId, &'a [FieldNumber]),
}

/// Why an edit was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditError {
    /// All rules that the edit violates.
    Refused(Vec<Problem>),
    /// The edit could not be written.
    Run(Box<RunError>),
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> Self {
        Self::Run(Box::new(error.into()))
    }
}

impl From<Vec<Problem>> for EditError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Refused(problems)
    }
}

static NOBODY: LazyLock<Candidates> = LazyLock::new(Candidates::default);

/// How often an edit is computed again because the directory has changed.
const ATTEMPTS: u32 = 3;

/// Makes a manual edit. `note` is the reason given by the user. A refused edit is not recorded.
pub fn edit_manually(
    workspace: &Workspace,
    edit: Edit<'_>,
    note: Option<&str>,
    deps: &Deps,
) -> Result<Outcome, EditError> {
    let mut attempt = 1;
    loop {
        let mut proposal = decide(workspace, edit, note, deps)?;
        warn_of_reporting_cycles(workspace, &mut proposal, deps)?;
        match settle(workspace, proposal, note, deps) {
            Err(StoreError::Moved { .. }) if attempt < ATTEMPTS => attempt += 1,
            settled => return Ok(settled?),
        }
    }
}

/// The reason of a pin that is only previewed.
const NO_REASON_YET: &str = "-";

/// The result of an edit, without applying it.
pub fn preview_edit(
    workspace: &Workspace,
    edit: Edit<'_>,
    deps: &Deps,
) -> Result<Proposal, EditError> {
    // What would change does not depend on the reason, which a person gives when they confirm.
    let mut proposal = decide(workspace, edit, Some(NO_REASON_YET), deps)?;
    warn_of_reporting_cycles(workspace, &mut proposal, deps)?;
    Ok(proposal)
}

/// Protects an employee or removes the protection. Returns false if nothing changed.
pub fn protect(
    workspace: &Workspace,
    person: EmployeeId,
    protected: bool,
    note: Option<&str>,
    deps: &Deps,
) -> Result<bool, RunError> {
    let by = deps.actor.to_string();
    let done = ManualEdit {
        actor: Some(&by),
        note,
        process: deps.process,
        now: deps.clock.now(),
    };
    Ok(deps
        .store
        .protect(workspace, person, protected, &done)?
        .is_some())
}

/// Warns of reporting cycles that the edit creates.
fn warn_of_reporting_cycles(
    workspace: &Workspace,
    proposal: &mut Proposal,
    deps: &Deps,
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
    let candidates = Candidates::new(deps.store.employees_by_ids(workspace, &people)?);
    let roster = deps.store.roster(workspace.id, None, deps.clock.now())?;
    guards::reporting_cycles(proposal, workspace.id, &candidates, &roster, &deps.store)
}

fn decide(
    workspace: &Workspace,
    edit: Edit<'_>,
    note: Option<&str>,
    deps: &Deps,
) -> Result<Proposal, EditError> {
    let now = deps.clock.now();
    // Read before the employees, so that any later change voids the edit.
    let revision = deps.store.roster(workspace.id, None, now)?.revision;
    let calendar = Calendar::at(now, &workspace.settings);
    let reader = EditReader {
        workspace,
        calendar,
        revision,
        deps,
    };
    match edit {
        Edit::Create(given) => {
            let facts = manual::read(given, None, workspace, calendar.today)?;
            let candidates = reader.holders(&facts)?;
            Ok(manual::create(&facts, &reader.around(&candidates))?)
        }
        Edit::Edit(id, given) => {
            let person = reader.person(id)?;
            let facts = manual::read(
                given,
                person.value(canonical::COUNTRY),
                workspace,
                calendar.today,
            )?;
            let candidates = reader.holders(&facts)?;
            Ok(manual::edit(
                &person,
                &facts,
                &reader.ownership(&person)?,
                &reader.around(&candidates),
            )?)
        }
        Edit::Deactivate(id, on) => {
            let person = reader.person(id)?;
            let on = on.unwrap_or(calendar.today);
            Ok(manual::deactivate(
                &person,
                on,
                &reader.ownership(&person)?,
                &reader.around(&Candidates::default()),
            )?)
        }
        Edit::Pin(id, given, until) => {
            let person = reader.person(id)?;
            let blank = given.1.trim().is_empty();
            let facts = if blank {
                Default::default()
            } else {
                manual::read(
                    &[given],
                    person.value(canonical::COUNTRY),
                    workspace,
                    calendar.today,
                )?
            };
            let candidates = reader.holders(&facts)?;
            let pin = Pin {
                field: given.0,
                value: facts.value(given.0).map(str::to_owned),
                reason: note.unwrap_or_default().to_owned(),
                author: deps.actor.to_string(),
                created: now,
                until,
            };
            Ok(manual::pin(&person, pin, &reader.around(&candidates))?)
        }
        Edit::Link(id, external_id, integration) => {
            let person = reader.person(id)?;
            if let Some(name) = integration {
                reader.must_exist(name)?;
            }
            let candidates = reader.holders(&manual::id_facts(external_id))?;
            let context = reader.around(&candidates);
            let managed_by = reader.ownership(&person)?.integration;
            Ok(manual::link(
                &person,
                external_id,
                integration,
                managed_by.as_deref(),
                &context,
            )?)
        }
        Edit::Unlink(id, free_address) => {
            let person = reader.person(id)?;
            let managed_by = reader.ownership(&person)?.integration;
            let context = reader.around(&NOBODY);
            Ok(manual::unlink(
                &person,
                managed_by.as_deref(),
                free_address,
                &context,
            )?)
        }
        Edit::Merge(survivor, duplicate, take) => {
            let (survivor, duplicate) = (reader.person(survivor)?, reader.person(duplicate)?);
            let owner = |person| reader.ownership(person).map(|owner| owner.integration);
            let (one, other) = (owner(&survivor)?, owner(&duplicate)?);
            let context = reader.around(&NOBODY);
            Ok(manual::merge(
                (&survivor, one.as_deref()),
                (&duplicate, other.as_deref()),
                take,
                &context,
            )?)
        }
        Edit::Unpin(id, field) => {
            let person = reader.person(id)?;
            Ok(manual::unpin(
                &person,
                field,
                &reader.around(&Candidates::default()),
            )?)
        }
    }
}

/// Reads what manual edits need from the directory.
struct EditReader<'a> {
    workspace: &'a Workspace,
    calendar: Calendar,
    revision: i64,
    deps: &'a Deps,
}

impl EditReader<'_> {
    fn around<'k>(&'k self, candidates: &'k Candidates) -> EditContext<'k> {
        EditContext {
            workspace: self.workspace,
            candidates,
            calendar: self.calendar,
            revision: self.revision,
        }
    }

    /// With a misspelt integration, the employee would have an owner that never delivers a record.
    fn must_exist(&self, integration: &str) -> Result<(), EditError> {
        let found = self
            .deps
            .store
            .integration(self.workspace.id, integration)?;
        if found.is_some() {
            return Ok(());
        }
        Err(EditError::Refused(vec![Problem::new(
            Code::IntegrationUnknown,
            Severity::Rejected,
            identity::Detail::NothingToReplace {
                integration: integration.to_owned(),
            },
            identity::Remedy::CheckIntegration,
        )]))
    }

    fn person(&self, id: EmployeeId) -> Result<Employee, StoreError> {
        let found = self
            .deps
            .store
            .employees_by_ids(self.workspace, &[id])?
            .pop();
        found.ok_or_else(|| StoreError::Void {
            why: VoidCause::NoEmployee { employee: id },
        })
    }

    /// The employees who have the keys that the edit assigns.
    fn holders(&self, facts: &muster_core::model::facts::Facts) -> Result<Candidates, StoreError> {
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
        Ok(Candidates::new(people))
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
    deps: &Deps,
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
