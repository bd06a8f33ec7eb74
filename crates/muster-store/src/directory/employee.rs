//! Employees in the database: reading them by key, by date, and all in order. They are written when
//! a run is applied.

use crate::db::sql::{Column, Connection, Params, Row, Statement, ToSql, params_from_iter};
use crate::{
    db::{
        connection::Store,
        dialect,
        error::{DbError, Inconsistency, StoreError, corrupt},
    },
    directory::pin,
};
use jiff::civil::Date;
use muster_core::model::{
    employee::{Employee, Status},
    facts::{Fact, Facts},
    field::{FieldNumber, Schema},
    ids::{EmployeeId, IntegrationId},
    workspace::Workspace,
};
use std::{
    collections::{BTreeMap, HashSet},
    sync::LazyLock,
};

/// The columns of the standard fields, at the positions of their numbers.
pub(crate) const COLUMNS: [&str; 25] = [
    "external_id",
    "email",
    "private_email",
    "first_name",
    "last_name",
    "prefix",
    "onboarding_date",
    "offboarding_date",
    "probation_end_date",
    "birthday",
    "work_anniversary",
    "marriage_date",
    "language",
    "group_name",
    "title",
    "job_function",
    "department",
    "location",
    "payroll_id",
    "employment_type",
    "phone",
    "country",
    "manager_external_id",
    "company",
    "employments",
];

pub(crate) const BY_EXTERNAL_ID: &str = "WHERE workspace_id = ?1 AND external_id = ?2";
/// The address in lower case. The conversion of a parameter inside a database depends on its
/// locale.
pub(crate) const BY_EMAIL: &str =
    "WHERE workspace_id = ?1 AND lower(email) = ?2 AND status <> 'erased'";
const BY_ID: &str = "WHERE workspace_id = ?1 AND id = ?2";
const UNOWNED: &str = "WHERE workspace_id = ?1 AND integration_id IS NULL AND status IN ('active', 'scheduled') ORDER BY id";
const DUE: &str = "WHERE workspace_id = ?1 AND due_on IS NOT NULL AND due_on <= ?2 ORDER BY id";

/// The indexes other than the primary key, which a first load builds after its rows.
const INDEXES: &str = include_str!("../../migrations/employee_indexes.sql");

static SELECT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT id, revision, status, integration_id, protected, {}, own FROM employee",
        COLUMNS.join(", ")
    )
});

/// Which employees to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct PeopleFilter {
    /// Only employees with this status. `None`: all except erased ones.
    pub status: Option<Status>,
    /// Only employees that this integration owns.
    pub owner: Option<IntegrationId>,
}

impl Store {
    /// The employees with one of these external ids.
    pub fn employees_by_external_ids(
        &self,
        workspace: &Workspace,
        ids: &[&str],
    ) -> Result<Vec<Employee>, StoreError> {
        self.by_keys(workspace, ids, BY_EXTERNAL_ID)
    }

    /// The employees with one of these addresses, in any (ASCII) case. Erased employees have none.
    pub fn employees_by_emails(
        &self,
        workspace: &Workspace,
        emails: &[&str],
    ) -> Result<Vec<Employee>, StoreError> {
        let emails: Vec<_> = emails
            .iter()
            .map(|email| email.to_ascii_lowercase())
            .collect();
        self.by_keys(workspace, &emails, BY_EMAIL)
    }

    /// The employees with these numbers.
    pub fn employees_by_ids(
        &self,
        workspace: &Workspace,
        ids: &[EmployeeId],
    ) -> Result<Vec<Employee>, StoreError> {
        let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
        self.by_keys(workspace, &ids, BY_ID)
    }

    /// The employees of roster entries: each of them must be in the directory.
    pub fn employees_of_roster(
        &self,
        workspace: &Workspace,
        ids: &[EmployeeId],
    ) -> Result<Vec<Employee>, StoreError> {
        let people = self.employees_by_ids(workspace, ids)?;
        let found: HashSet<EmployeeId> = people.iter().map(|person| person.id).collect();
        match ids.iter().find(|id| !found.contains(id)) {
            Some(employee) => Err(StoreError::Inconsistent(Inconsistency::NoEmployee {
                employee: *employee,
            })),
            None => Ok(people),
        }
    }

    fn by_keys<K: ToSql>(
        &self,
        workspace: &Workspace,
        keys: &[K],
        condition: &str,
    ) -> Result<Vec<Employee>, StoreError> {
        self.read("look up employees", |connection| {
            if is_empty(connection, workspace)? {
                return Ok(Vec::new());
            }
            // One snapshot: each statement by itself would lock the file again.
            let _snapshot = connection.snapshot()?;
            let mut statement = connection.prepare_cached(&format!("{} {condition}", *SELECT))?;
            let columns = EmployeeColumns::of(&statement)?;
            let mut people = Vec::new();
            let asked = keys.iter().map(|key| (workspace.id.0, key));
            statement.query_each(asked, |row| {
                people.push(columns.read(row, &workspace.schema)?);
                Ok(())
            })?;
            pin::attach(connection, workspace, &mut people)?;
            Ok(people)
        })
    }

    /// The active and scheduled employees without an owner. Reads all employees.
    pub fn unowned(&self, workspace: &Workspace) -> Result<Vec<Employee>, StoreError> {
        self.read("look up employees without an owner", |connection| {
            select(connection, workspace, UNOWNED, [workspace.id.0])
        })
    }

    /// The employees with an onboarding or offboarding date up to and including a day, and those
    /// with an expired pin.
    pub fn due(&self, workspace: &Workspace, through: Date) -> Result<Vec<Employee>, StoreError> {
        self.read("look up due dates", |connection| {
            let mut people = select(
                connection,
                workspace,
                DUE,
                (workspace.id.0, through.to_string()),
            )?;
            for id in pin::expired(connection, workspace.id, through)? {
                if !people.iter().any(|person| person.id == id) {
                    people.extend(by_id(connection, workspace, id)?);
                }
            }
            Ok(people)
        })
    }

    /// Passes employees to `each` in ascending order of number until it returns false. `each` must
    /// not call the store.
    pub fn people(
        &self,
        workspace: &Workspace,
        filter: PeopleFilter,
        each: &mut dyn FnMut(&Employee) -> bool,
    ) -> Result<(), StoreError> {
        self.read("list the employees", |connection| {
            let status = filter.status.map(Status::as_str);
            let mut pins = pin::by_person(connection, workspace)?;
            let owner = filter.owner.map(|owner| owner.0);
            let mut condition = "WHERE workspace_id = ?1".to_owned();
            let mut parameters: Vec<&dyn ToSql> = vec![&workspace.id.0];
            match &status {
                Some(status) => {
                    parameters.push(status);
                    condition.push_str(" AND status = ?2");
                }
                None => condition.push_str(" AND status <> 'erased'"),
            }
            if let Some(owner) = &owner {
                parameters.push(owner);
                condition.push_str(&format!(" AND integration_id = ?{}", parameters.len()));
            }
            let mut statement =
                connection.prepare_cached(&format!("{} {condition} ORDER BY id", *SELECT))?;
            let columns = EmployeeColumns::of(&statement)?;
            let mut rows = statement.query(parameters.as_slice())?;
            let mut found = 0;
            while let Some(row) = rows.next()? {
                let mut person = columns.read(row, &workspace.schema)?;
                person.pins = pins.remove(&person.id).unwrap_or_default();
                found += 1;
                if !each(&person) {
                    return Ok(());
                }
            }
            if status.is_none() && owner.is_none() {
                refuse_part(connection, workspace, found)?;
            }
            Ok(())
        })
    }

    /// The employees that a user may mean: by external id, address or number, otherwise by name (at
    /// most fifty).
    pub fn find(&self, workspace: &Workspace, who: &str) -> Result<Vec<Employee>, StoreError> {
        self.read("look up an employee", |connection| {
            let small = who.to_ascii_lowercase();
            for (condition, key) in [(BY_EXTERNAL_ID, who), (BY_EMAIL, &small)] {
                let people = select(connection, workspace, condition, (workspace.id.0, key))?;
                if !people.is_empty() {
                    return Ok(people);
                }
            }
            if let Ok(number) = who.parse::<i64>() {
                return select(connection, workspace, BY_ID, (workspace.id.0, number));
            }
            select(
                connection,
                workspace,
                &by_name(&small),
                params_from_iter(name_parameters(workspace, &small)),
            )
        })
    }
}

/// Fails if the list is incomplete, because a damaged table may end early without an error.
fn refuse_part(connection: &Connection, workspace: &Workspace, found: i64) -> Result<(), DbError> {
    let expected = connection
        .prepare_cached("SELECT people FROM workspace WHERE id = ?1")?
        .query_row([workspace.id.0], |row| row.get("people"))?;
    if found == expected {
        return Ok(());
    }
    Err(StoreError::Inconsistent(Inconsistency::Employees { expected, found }).into())
}

/// The condition for a name in lower case. It compares the last name with the end of the name,
/// which excludes nearly all employees and takes a quarter of the time of concatenating all names.
fn by_name(small: &str) -> String {
    let ends: Vec<String> = (3..)
        .zip(ends(small))
        .map(|(number, _)| format!("?{number}"))
        .collect();
    format!(
        "WHERE workspace_id = ?1 AND {} ({}) AND status <> 'erased' AND (lower(last_name) = ?2 OR \
         lower(first_name || coalesce(' ' || prefix, '') || ' ' || last_name) = ?2 OR \
         lower(first_name || ' ' || last_name) = ?2) ORDER BY id LIMIT 50",
        dialect::LAST_NAME_IN.sqlite,
        ends.join(", ")
    )
}

fn name_parameters<'n>(
    workspace: &Workspace,
    small: &'n str,
) -> impl Iterator<Item = Box<dyn ToSql + 'n>> {
    let number: Box<dyn ToSql> = Box::new(workspace.id.0);
    [number, Box::new(small)]
        .into_iter()
        .chain(ends(small).map(|end| -> Box<dyn ToSql> { Box::new(end) }))
}

/// A name, and what follows each of its first spaces.
fn ends(name: &str) -> impl Iterator<Item = &str> {
    const MOST: usize = 30;
    std::iter::once(name)
        .chain(name.match_indices(' ').map(|(at, _)| &name[at + 1..]))
        .take(MOST)
}

/// Whether the workspace has no employees, so that no key needs to be looked up.
fn is_empty(connection: &Connection, workspace: &Workspace) -> Result<bool, DbError> {
    let next: i64 = connection
        .prepare_cached("SELECT next_employee FROM workspace WHERE id = ?1")?
        .scalar([workspace.id.0])?;
    Ok(next == 1)
}

/// The employees that match a condition.
pub(super) fn select(
    connection: &Connection,
    workspace: &Workspace,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<Employee>, DbError> {
    let mut statement = connection.prepare_cached(&format!("{} {condition}", *SELECT))?;
    let columns = EmployeeColumns::of(&statement)?;
    let mut rows = statement.query(parameters)?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        people.push(columns.read(row, &workspace.schema)?);
    }
    pin::attach(connection, workspace, &mut people)?;
    Ok(people)
}

/// Where the columns of [`SELECT`] are.
struct EmployeeColumns {
    id: Column,
    revision: Column,
    status: Column,
    owner: Column,
    protected: Column,
    fields: [Column; COLUMNS.len()],
    own: Column,
}

impl EmployeeColumns {
    fn of(statement: &Statement<'_>) -> Result<Self, DbError> {
        let [id, revision, status, owner, protected] =
            statement.columns(["id", "revision", "status", "integration_id", "protected"])?;
        let fields = statement.columns(COLUMNS)?;
        let [own] = statement.columns(["own"])?;
        Ok(Self {
            id,
            revision,
            status,
            owner,
            protected,
            fields,
            own,
        })
    }

    fn read(&self, row: Row<'_>, schema: &Schema) -> Result<Employee, DbError> {
        let id: i64 = row.at(self.id)?;
        let status = row.text_at(self.status)?.and_then(Status::parse);
        let mut values = Vec::with_capacity(COLUMNS.len());
        for (column, number) in self.fields.iter().zip(0u16..) {
            let value = row.text_at(*column)?;
            values.extend(value.map(|value| (FieldNumber(number), Fact::Set(value))));
        }
        let own = row
            .text_at(self.own)?
            .map(serde_json::from_str::<BTreeMap<String, String>>)
            .transpose()
            .map_err(|_| corrupt("employee", "own", id))?
            .unwrap_or_default();
        let mut others: Vec<_> = own
            .iter()
            .filter_map(|(key, value)| Some((schema.find_stored(key)?, Fact::Set(value.as_str()))))
            .collect();
        others.sort_unstable_by_key(|(number, _)| *number);
        Ok(Employee {
            id: EmployeeId(id),
            revision: row.at(self.revision)?,
            status: status.ok_or_else(|| corrupt("employee", "status", id))?,
            owner: row.at::<Option<i64>>(self.owner)?.map(IntegrationId),
            protected: row.at::<i64>(self.protected)? != 0,
            facts: Facts::new(values.into_iter().chain(others)),
            pins: Vec::new(),
        })
    }
}

/// An employee by number, inside a transaction.
pub(crate) fn by_id(
    connection: &Connection,
    workspace: &Workspace,
    id: EmployeeId,
) -> Result<Option<Employee>, DbError> {
    Ok(select(connection, workspace, BY_ID, (workspace.id.0, id.0))?.pop())
}

/// The next employees in order of number, whatever their status.
pub(crate) fn next_people(
    connection: &Connection,
    workspace: &Workspace,
    after: i64,
    limit: usize,
) -> Result<Vec<Employee>, DbError> {
    let condition = "WHERE workspace_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    select(
        connection,
        workspace,
        condition,
        (workspace.id.0, after, limit as i64),
    )
}

/// Builds the indexes that a first load does not need.
pub(crate) fn create_indexes(connection: &Connection) -> Result<(), DbError> {
    connection.execute_batch(INDEXES)?;
    Ok(())
}

/// Drops the indexes: building them once after a million rows is faster than updating them. The
/// index of due dates is kept, because it is small and building it would read all employees.
pub(crate) fn drop_indexes(connection: &Connection) -> Result<(), DbError> {
    for statement in INDEXES.split(';') {
        if let Some((name, _)) = statement
            .split_once(" INDEX ")
            .and_then(|(_, rest)| rest.split_once(' '))
        {
            connection.execute(&format!("DROP INDEX {name}"), [])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_at_the_numbers_of_their_fields() {
        let keys: Vec<_> = Schema::new([])
            .iter()
            .map(|(_, field)| field.key.clone())
            .collect();
        let columns: Vec<_> = COLUMNS
            .iter()
            .map(|column| {
                if *column == "group_name" {
                    "group"
                } else {
                    column
                }
            })
            .collect();
        assert_eq!(keys, columns);
    }

    #[test]
    fn a_last_name_is_every_end_of_a_name() {
        let found = |name| ends(name).collect::<Vec<_>>();
        assert_eq!(
            found("anna van der berg"),
            ["anna van der berg", "van der berg", "der berg", "berg"]
        );
        assert_eq!(found(""), [""]);
        assert_eq!(found("x "), ["x ", ""]);
    }

    #[test]
    fn every_look_up_uses_its_index() {
        let connection = Connection::migrated();
        for (condition, index) in [
            (BY_EXTERNAL_ID, "employee_external_id"),
            (BY_EMAIL, "employee_email"),
            (BY_ID, "PRIMARY KEY (workspace_id=? AND id=?)"),
            (DUE, "employee_due"),
        ] {
            let text = format!("{} {condition}", *SELECT);
            let plan = connection.explain(&text, ("1", "2")).remove(0);
            assert!(
                plan.starts_with("SEARCH") && plan.contains(index),
                "{condition}: {plan}"
            );
        }
    }
}
