//! The recorded changes of each employee, against the present values: each change begins with the value that the one
//! before it left, and the last one leaves the present value.

use super::Verified;
use crate::{
    db::{
        error::{DbError, Inconsistency, corrupt},
        sql::Connection,
    },
    directory::{changes, employee},
};
use muster_core::{
    model::{
        employee::Status,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        plan::Changed,
        workspace::Workspace,
    },
    read::normalise::FieldKind,
};

/// The values that the changes of one employee lead to so far.
struct Story {
    employee: EmployeeId,
    values: Vec<(Changed, Option<String>)>,
    /// What does not follow from the change before it.
    broken: Vec<Changed>,
}

pub(super) fn verify(
    connection: &Connection,
    workspace: &Workspace,
    verified: &mut Verified,
) -> Result<(), DbError> {
    let has_erasures: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM erasure WHERE workspace_id = ?1)")?
        .scalar([workspace.id.0])?;
    let mut statement = connection.prepare_cached(
        "SELECT employee_id, changes FROM change WHERE workspace_id = ?1 ORDER BY employee_id, run_id, number",
    )?;
    let mut rows = statement.query([workspace.id.0])?;
    let mut story: Option<Story> = None;
    while let Some(row) = rows.next()? {
        let employee = EmployeeId(row.get("employee_id")?);
        if story
            .as_ref()
            .is_none_or(|story| story.employee != employee)
            && let Some(complete) = story.replace(Story::of(employee))
        {
            compare(connection, workspace, complete, has_erasures, verified)?;
        }
        let text = row
            .text("changes")?
            .ok_or_else(|| corrupt("change", "changes", employee))?;
        for change in changes::read(text, &workspace.schema)? {
            if let Some(story) = &mut story {
                story.add(change.what, change.old, change.new);
            }
        }
        verified.changes += 1;
    }
    match story {
        Some(complete) => compare(connection, workspace, complete, has_erasures, verified),
        None => Ok(()),
    }
}

impl Story {
    fn of(employee: EmployeeId) -> Self {
        Self {
            employee,
            values: Vec::new(),
            broken: Vec::new(),
        }
    }

    fn add(&mut self, what: Changed, old: Option<String>, new: Option<String>) {
        match self.values.iter_mut().find(|(known, _)| *known == what) {
            Some((_, value)) => {
                if *value != old && !self.broken.contains(&what) {
                    self.broken.push(what);
                }
                *value = new;
            }
            None => self.values.push((what, new)),
        }
    }
}

fn compare(
    connection: &Connection,
    workspace: &Workspace,
    story: Story,
    has_erasures: bool,
    verified: &mut Verified,
) -> Result<(), DbError> {
    // An employee who does not exist is found among the references.
    let Some(person) = employee::by_id(connection, workspace, story.employee)? else {
        return Ok(());
    };
    if person.status == Status::Erased {
        return Ok(());
    }
    for (what, value) in &story.values {
        let (present, field) = match what {
            Changed::Status => (Some(person.status.as_str()), "status"),
            Changed::Field(field) if has_erasures && may_name_others(workspace, *field) => continue,
            Changed::Field(field) => (person.value(*field), workspace.schema.key(*field)),
            // Ownership also moves without a recorded change, for example to the integration that creates an employee.
            Changed::Owner => continue,
        };
        if present != value.as_deref() || story.broken.contains(what) {
            let (employee, field) = (story.employee, field.to_owned());
            verified.add(workspace, Inconsistency::History { employee, field });
        }
    }
    Ok(())
}

/// Whether an erasure removes values of this field from the history of other employees.
fn may_name_others(workspace: &Workspace, field: FieldNumber) -> bool {
    [
        canonical::EXTERNAL_ID,
        canonical::EMAIL,
        canonical::PRIVATE_EMAIL,
        canonical::MANAGER_EXTERNAL_ID,
    ]
    .contains(&field)
        || workspace
            .schema
            .get(field)
            .is_some_and(|definition| definition.kind == FieldKind::Email)
}
