//! Which record belongs to an employee, decided by a person: linked to an external id, unlinked, or merged with a duplicate.

use super::form::Change;
use crate::{
    access::Here,
    pages::{parts::FieldError, sent::Sent},
    state::App,
};
use muster_core::model::{
    edit_request::ManualEdit,
    employee::{Employee, Status},
    ids::EmployeeId,
};
use muster_store::StoreError;

/// What the form asks for.
pub(super) enum IdentityForm {
    Link {
        external_id: String,
        /// The integrations, and the one that is chosen.
        integrations: Vec<String>,
        integration: String,
    },
    Unlink {
        /// Whether the employee is inactive, and may give up the address.
        can_free: bool,
        frees: bool,
    },
    Merge {
        duplicate: String,
    },
}

impl IdentityForm {
    /// None: the change is of another sort.
    pub(super) fn of(
        app: &App,
        here: &Here,
        employee: &Employee,
        change: Change,
        sent: &Sent,
    ) -> Result<Option<Self>, StoreError> {
        let text = |name: &str| sent.text(name).to_owned();
        Ok(match change {
            Change::Link => {
                let names = app.store.integration_names(&here.workspace)?;
                let owner = employee.owner.and_then(|owner| names.get(&owner).cloned());
                Some(Self::Link {
                    external_id: text("external_id"),
                    integration: match sent.get("integration") {
                        Some(sent) => sent.to_owned(),
                        None => owner.unwrap_or_default(),
                    },
                    integrations: names.into_values().collect(),
                })
            }
            Change::Unlink => Some(Self::Unlink {
                can_free: employee.status == Status::Inactive,
                frees: sent.get("free_address").is_some(),
            }),
            Change::Merge => Some(Self::Merge {
                duplicate: text("duplicate"),
            }),
            _ => None,
        })
    }
}

/// The edit that a form asks for; none: the change is of another sort.
pub(super) fn edit(
    app: &App,
    here: &Here,
    employee: &Employee,
    change: Change,
    sent: &Sent,
) -> Result<Result<Option<ManualEdit>, FieldError>, StoreError> {
    let id = employee.id;
    let edit = match change {
        Change::Link => {
            let external_id = sent.text("external_id");
            if external_id.is_empty() {
                return Ok(Err(FieldError::new("external-id", "change-link-missing")));
            }
            let integration = sent.text("integration");
            ManualEdit::Link {
                employee: id,
                external_id: external_id.to_owned(),
                integration: (!integration.is_empty()).then(|| integration.to_owned()),
            }
        }
        Change::Unlink => ManualEdit::Unlink {
            employee: id,
            free_address: sent.get("free_address").is_some(),
        },
        Change::Merge => {
            let named = sent.text("duplicate");
            match found(app, here, named)? {
                Some(duplicate) if duplicate != id => ManualEdit::Merge {
                    survivor: id,
                    duplicate,
                    take: Vec::new(),
                },
                _ => return Ok(Err(FieldError::new("duplicate", "change-merge-unknown"))),
            }
        }
        _ => return Ok(Ok(None)),
    };
    Ok(Ok(Some(edit)))
}

/// The employee with an external id, an e-mail address or, if there is none, a number.
fn found(app: &App, here: &Here, named: &str) -> Result<Option<EmployeeId>, StoreError> {
    let (store, workspace) = (&app.store, &here.workspace);
    if named.is_empty() {
        return Ok(None);
    }
    let mut found = store.employees_by_external_ids(workspace, &[named])?;
    if found.is_empty() {
        found = store.employees_by_emails(workspace, &[named])?;
    }
    if let (true, Ok(id)) = (found.is_empty(), named.parse()) {
        found = store.employees_by_ids(workspace, &[EmployeeId(id)])?;
    }
    let found = found.into_iter().find(|one| one.status != Status::Erased);
    Ok(found.map(|employee| employee.id))
}
