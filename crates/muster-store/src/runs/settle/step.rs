//! Changes of known people: values, status and owner, with their history.
//!
//! Addresses and external ids that people pass on to each other (a swap, or a cycle of any length) are
//! taken from all employees first and then given out, because a unique key allows no moment in between.

use super::creation::People;
use crate::db::sql::{OptionalRow, Row, ToSql};
use crate::{
    db::error::{ChoiceFault, DbError, Inconsistency, StoreError, VoidCause, corrupt},
    directory::{
        changes,
        employee::{BY_EMAIL, BY_EXTERNAL_ID, COLUMNS},
        integration, pin,
    },
};
use muster_core::{
    model::{
        employee::Status,
        field::{CANONICAL_FIELDS, FieldNumber, canonical},
        ids::{EmployeeId, IntegrationId},
        origin::Origin,
        plan::{Change, Changed, Operation, OperationKind, Reason, Who},
    },
    read::roster::Fingerprint,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
};

/// One operation on a known person.
#[derive(Clone, Debug)]
pub(crate) struct Step<'a> {
    pub(crate) number: i64,
    pub(crate) kind: OperationKind,
    pub(crate) employee: EmployeeId,
    pub(crate) revision: i64,
    pub(crate) reason: Reason,
    pub(crate) origin: Option<Origin>,
    pub(crate) changes: &'a [Change],
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) takes_ownership: bool,
    pub(crate) who: &'a Who,
}

impl<'a> Step<'a> {
    /// An operation of a proposal or of a stored plan; none if it creates an employee.
    pub(crate) fn of(number: i64, operation: &'a Operation) -> Option<Self> {
        Some(Self {
            number,
            kind: operation.kind,
            employee: operation.employee?,
            revision: operation.revision,
            reason: operation.reason,
            origin: operation.origin,
            changes: &operation.changes,
            fingerprint: operation.fingerprint,
            takes_ownership: operation.takes_ownership,
            who: &operation.who,
        })
    }

    /// The changes, with that of the status if the kind implies one that they do not have.
    fn changes(&self, before: Status) -> Cow<'a, [Change]> {
        let after = match self.kind {
            OperationKind::Create | OperationKind::Update => return Cow::Borrowed(self.changes),
            OperationKind::Reactivate | OperationKind::Activate => Status::Active,
            OperationKind::Deactivate => Status::Inactive,
            OperationKind::Delete => Status::Erased,
        };
        let has_status = self
            .changes
            .iter()
            .any(|change| change.what == Changed::Status);
        if self.kind != OperationKind::Delete && (has_status || before == after) {
            return Cow::Borrowed(self.changes);
        }
        // Of an employee whose values are removed, nothing but the fact is kept.
        let kept = self
            .changes
            .iter()
            .filter(|_| self.kind != OperationKind::Delete)
            .cloned();
        let status = Change {
            what: Changed::Status,
            old: Some(before.as_str().to_owned()),
            new: Some(after.as_str().to_owned()),
            reason: self.reason,
        };
        Cow::Owned(kept.chain([status]).collect())
    }
}

/// Applies operations, those that remove values first.
pub(crate) fn apply_steps<'a>(
    people: &mut People<'_, '_>,
    steps: impl Iterator<Item = Step<'a>>,
) -> Result<(), DbError> {
    let mut steps: Vec<_> = steps.collect();
    steps.sort_by_key(|step| {
        (
            step.kind != OperationKind::Delete,
            step.employee,
            step.number,
        )
    });
    let _sends = people.connection.send_ahead();
    park(people, &steps, canonical::EMAIL, |address| {
        address.to_ascii_lowercase()
    })?;
    park(people, &steps, canonical::EXTERNAL_ID, str::to_owned)?;
    // Operations on one employee were computed from the revision before the first of them, or from the one that the
    // operations before leave.
    let mut before = None;
    for steps in steps.chunks(TOGETHER) {
        let mut stored = look_up(people, steps)?;
        for step in steps {
            let done = match before {
                Some((employee, done)) if employee == step.employee => done,
                _ => 0,
            };
            let known = stored.remove(&step.employee.0);
            let counts = apply(people, step, done, known)?;
            before = Some((step.employee, done + i64::from(counts)));
            people.changed += i64::from(counts && done == 0);
            people.tell();
        }
    }
    people.connection.await_answers()
}

/// How many employees are looked up at a time.
const TOGETHER: usize = 512;

/// What an operation needs to know of its employee.
struct Stored {
    revision: i64,
    status: String,
    owner: Option<i64>,
    own: Option<String>,
    external_id: Option<String>,
    email: Option<String>,
}

impl Stored {
    fn read(row: Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            revision: row.get("revision")?,
            status: row.get("status")?,
            owner: row.get("integration_id")?,
            own: row.get("own")?,
            external_id: row.get("external_id")?,
            email: row.get("email")?,
        })
    }
}

const STORED: &str = "SELECT revision, status, integration_id, own, external_id, email, id FROM employee \
                      WHERE workspace_id = ?1 AND id = ?2";

/// The employees of operations, and their entries in rosters. A server is asked for all at once; a file is read when it is
/// needed.
fn look_up(
    people: &mut People<'_, '_>,
    steps: &[Step<'_>],
) -> Result<HashMap<i64, Stored>, DbError> {
    let mut found = HashMap::new();
    if people.connection.is_file() {
        return Ok(found);
    }
    let workspace = people.workspace.id.0;
    let mut statement = people.connection.prepare_cached(STORED)?;
    let asked = steps.iter().map(|step| (workspace, step.employee.0));
    statement.query_each(asked, |row| {
        found.insert(row.get("id")?, Stored::read(row)?);
        Ok(())
    })?;
    let owners = found
        .iter()
        .flat_map(|(id, stored)| {
            let owners = [stored.owner, people.integration.map(|new| new.0)];
            owners
                .into_iter()
                .flatten()
                .map(|owner| (IntegrationId(owner), EmployeeId(*id)))
        })
        .collect();
    people.rosters.look_up(owners)?;
    Ok(found)
}

/// Takes a unique key from all employees whose key another employee gets.
fn park(
    people: &People<'_, '_>,
    steps: &[Step<'_>],
    field: FieldNumber,
    same: impl Fn(&str) -> String,
) -> Result<(), DbError> {
    let changes = || {
        steps
            .iter()
            .flat_map(|step| step.changes.iter().map(move |change| (step, change)))
            .filter(|(_, change)| change.what == Changed::Field(field))
    };
    let wanted: HashSet<_> = changes()
        .filter_map(|(_, change)| change.new.as_deref().map(&same))
        .collect();
    let column = COLUMNS[usize::from(field.0)];
    let mut statement = people.connection.prepare_cached(&format!(
        "UPDATE employee SET {column} = NULL WHERE workspace_id = ?1 AND id = ?2"
    ))?;
    for (step, change) in changes() {
        if change
            .old
            .as_deref()
            .is_some_and(|old| wanted.contains(&same(old)))
        {
            statement.send((people.workspace.id.0, step.employee.0))?;
        }
    }
    Ok(())
}

/// Applies one operation; says whether the person is another one now. `done` operations of the same
/// settlement have changed the person before.
fn apply(
    people: &mut People<'_, '_>,
    step: &Step<'_>,
    done: i64,
    known: Option<Stored>,
) -> Result<bool, DbError> {
    let id = step.employee;
    let stored = match known {
        Some(stored) => Some(stored),
        None => people
            .connection
            .prepare_cached(STORED)?
            .query_row((people.workspace.id.0, id.0), Stored::read)
            .optional()?,
    };
    let Some(stored) = stored else {
        return Err(void(VoidCause::Deleted {
            who: step.who.clone(),
            employee: step.employee,
        }));
    };
    let Stored {
        revision,
        status,
        owner,
        own,
        external_id,
        email,
    } = stored;
    if ![step.revision, step.revision + done].contains(&revision) {
        let has_yet_to_change = revision < step.revision;
        return Err(if has_yet_to_change {
            needs_another(step)
        } else {
            void(VoidCause::Changed {
                who: step.who.clone(),
                employee: step.employee,
            })
        });
    }
    if step.kind.is_removal() {
        refuse_unindexed(people, id, (external_id, email))?;
    }
    let before = Status::parse(&status).ok_or_else(|| corrupt("employee", "status", id))?;
    if let Some(followed) = &mut people.followed {
        followed.note(people.connection, people.workspace, step)?;
    }
    let changes = step.changes(before);
    let after = changes
        .iter()
        .rfind(|change| change.what == Changed::Status)
        .and_then(|change| Status::parse(change.new.as_deref()?))
        .unwrap_or(before);
    let owner_before = owner;
    let owner = owner_after(people, step, owner)?;
    if step.kind == OperationKind::Delete {
        people
            .erasing
            .add(people.connection, people.workspace, id)?;
        // The keys are free now; the other columns follow when all employees have been handled.
    } else {
        update(people, id, &changes, after, owner, own)?;
        if let Some(former) = owner_before.filter(|_| owner != owner_before) {
            people.rosters.remove(IntegrationId(former), id)?;
        }
        if let Some(owner) = owner {
            let fingerprint = step.fingerprint.as_ref();
            let employed = after.is_employed();
            // A date that is due or a manual edit says nothing about whether the source still has the employee.
            let is_seen = step.origin.is_some()
                || !matches!(step.kind, OperationKind::Activate | OperationKind::Update);
            people
                .rosters
                .put(IntegrationId(owner), id, fingerprint, (employed, is_seen))?;
        }
    }
    if changes.is_empty() {
        return Ok(false);
    }
    note(people, step, &changes)?;
    end_pins(people, id, &changes)?;
    people.employed += i64::from(after.is_employed()) - i64::from(before.is_employed());
    people.people -= i64::from(after == Status::Erased && before != Status::Erased);
    people.removed += i64::from(step.kind.is_removal());
    Ok(true)
}

/// Refuses to remove an employee who is not found by their own external id or address: an index of the database is
/// damaged, and so the removal may rest on nothing but a record that was not found.
fn refuse_unindexed(
    people: &People<'_, '_>,
    id: EmployeeId,
    (external_id, email): (Option<String>, Option<String>),
) -> Result<(), DbError> {
    let found = |condition: &str, key: &str| -> Result<bool, DbError> {
        let found: Option<i64> = people
            .connection
            .prepare_cached(&format!("SELECT id FROM employee {condition}"))?
            .query_row((people.workspace.id.0, key), |row| row.get("id"))
            .optional()?;
        Ok(found == Some(id.0))
    };
    let by_id = match &external_id {
        Some(key) => found(BY_EXTERNAL_ID, key)?,
        None => true,
    };
    let by_email = match &email {
        Some(key) => found(BY_EMAIL, &key.to_ascii_lowercase())?,
        None => true,
    };
    if by_id && by_email {
        return Ok(());
    }
    Err(StoreError::Inconsistent(Inconsistency::NotIndexed { employee: id }).into())
}

/// The integration that manages the employee after an operation; none: nobody does.
fn owner_after(
    people: &People<'_, '_>,
    step: &Step<'_>,
    before: Option<i64>,
) -> Result<Option<i64>, DbError> {
    let named = step
        .changes
        .iter()
        .rfind(|change| change.what == Changed::Owner);
    Ok(match named.map(|change| change.new.as_deref()) {
        Some(Some(name)) => {
            Some(integration::ensure(people.connection, people.workspace.id, name)?.0)
        }
        Some(None) => None,
        None if step.takes_ownership => people.integration.map(|new| new.0).or(before),
        None => before,
    })
}

fn void(why: VoidCause) -> DbError {
    StoreError::Void { why }.into()
}

/// The operation rests on another one of the plan that is about the same employee.
fn needs_another(step: &Step<'_>) -> DbError {
    let why = ChoiceFault::NeedsEarlier {
        number: step.number,
        who: step.who.clone(),
        employee: step.employee,
    };
    StoreError::Choice { why }.into()
}

/// Writes the columns that change. Own fields are one patch, in which nothing means: taken away.
fn update(
    people: &People<'_, '_>,
    id: EmployeeId,
    changes: &[Change],
    status: Status,
    owner: Option<i64>,
    own: Option<String>,
) -> Result<(), DbError> {
    let mut columns = BTreeMap::new();
    let mut own_changes = BTreeMap::new();
    for change in changes {
        match change.what {
            Changed::Status | Changed::Owner => {}
            Changed::Field(field) if field.0 < CANONICAL_FIELDS => {
                columns.insert(COLUMNS[usize::from(field.0)], &change.new);
            }
            Changed::Field(field) => {
                own_changes.insert(people.workspace.schema.stored_key(field), &change.new);
            }
        }
    }
    let grows = i64::from(!changes.is_empty());
    let status = status.as_str();
    let mut values = String::new();
    let mut parameters: Vec<&dyn ToSql> =
        vec![&people.workspace.id.0, &id.0, &grows, &status, &owner];
    for (column, value) in &columns {
        parameters.push(value);
        values.push_str(&format!(", {column} = ?{}", parameters.len()));
    }
    let patched = patched(own, &own_changes, id)?;
    if !own_changes.is_empty() {
        parameters.push(&patched);
        values.push_str(&format!(", own = ?{}", parameters.len()));
    }
    let text = format!(
        "UPDATE employee SET revision = revision + ?3, status = ?4, integration_id = ?5{values} \
         WHERE workspace_id = ?1 AND id = ?2"
    );
    people
        .connection
        .prepare_cached(&text)?
        .send(parameters.as_slice())
}

/// The workspace's own fields of a person after changes; none: the person has none of them.
fn patched(
    own: Option<String>,
    changes: &BTreeMap<&str, &Option<String>>,
    id: EmployeeId,
) -> Result<Option<String>, DbError> {
    if changes.is_empty() {
        return Ok(own);
    }
    let mut values: BTreeMap<String, String> = own
        .map(|own| serde_json::from_str(&own))
        .transpose()
        .map_err(|_| corrupt("employee", "own", id))?
        .unwrap_or_default();
    for (key, value) in changes {
        match value {
            Some(value) => values.insert((*key).to_owned(), value.clone()),
            None => values.remove(*key),
        };
    }
    Ok((!values.is_empty()).then(|| changes::json(&values)))
}

fn note(people: &People<'_, '_>, step: &Step<'_>, changes: &[Change]) -> Result<(), DbError> {
    people
        .connection
        .prepare_cached(
            "INSERT INTO change (workspace_id, employee_id, run_id, number, kind, reason, changes, file, line, \
             approved_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .send((
            people.workspace.id.0,
            step.employee.0,
            people.run.0,
            step.number,
            step.kind.as_str(),
            step.reason.as_str(),
            changes::write(changes, &people.workspace.schema),
            step.origin.map(|origin| i64::from(origin.file)),
            step.origin.map(|origin| i64::from(origin.line)),
            people.approved_by,
        ))
}

/// Takes off the pins that changes end.
fn end_pins(people: &People<'_, '_>, id: EmployeeId, changes: &[Change]) -> Result<(), DbError> {
    for change in changes.iter().filter(|change| change.reason.ends_pin()) {
        if let Changed::Field(field) = change.what {
            pin::end(people.connection, people.workspace, id, field)?;
        }
    }
    Ok(())
}
