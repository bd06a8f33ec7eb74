//! One page of the employees: searched, filtered, in order of their numbers, from the number after which the last page ended.

use crate::{
    db::{
        connection::Store,
        error::StoreError,
        sql::{ToSql, params_from_iter},
    },
    directory::{changes::json, employee},
};
use muster_core::model::{
    employee::{Employee, Status},
    field::canonical,
    ids::{EmployeeId, IntegrationId},
    workspace::Workspace,
};

/// Which employees, and how many of them.
#[derive(Clone, Copy, Debug)]
pub struct PeopleQuery<'q> {
    /// Part of a name, an external id, an address or a phone number.
    pub search: Option<&'q str>,
    /// Only those with this status; none: all but erased ones.
    pub status: Option<Status>,
    /// Only those that this integration owns.
    pub owner: Option<IntegrationId>,
    /// Only those in this group, which their source names.
    pub group: Option<&'q str>,
    /// Only those after this one.
    pub after: Option<EmployeeId>,
    pub limit: u32,
}

/// How many employees a workspace has; erased ones are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeopleCounts {
    pub people: u64,
    /// Of these, active and scheduled ones.
    pub employed: u64,
}

/// What a search looks at. The names are compared as they are written, first name first.
const SEARCHED: &str = "lower(coalesce(first_name, '') || coalesce(' ' || prefix, '') || ' ' || coalesce(last_name, '') \
    || ' ' || coalesce(external_id, '') || ' ' || coalesce(email, '') || ' ' || coalesce(phone, ''))";

impl Store {
    pub fn people_page(
        &self,
        workspace: &Workspace,
        query: &PeopleQuery<'_>,
    ) -> Result<Vec<Employee>, StoreError> {
        self.read("list the employees", |connection| {
            let mut condition = "WHERE workspace_id = ?1 AND id > ?2".to_owned();
            let mut parameters: Vec<Box<dyn ToSql>> = vec![
                Box::new(workspace.id.0),
                Box::new(query.after.map_or(0, |after| after.0)),
            ];
            let mut add = |text: &str, value: Box<dyn ToSql>| {
                parameters.push(value);
                condition.push_str(&text.replace("?#", &format!("?{}", parameters.len())));
            };
            match query.status {
                Some(status) => add(" AND status = ?#", Box::new(status.as_str())),
                None => add(" AND status <> ?#", Box::new(Status::Erased.as_str())),
            }
            if let Some(owner) = query.owner {
                add(" AND integration_id = ?#", Box::new(owner.0));
            }
            if let Some(group) = query.group {
                add(" AND group_name = ?#", Box::new(group.to_owned()));
            }
            if let Some(search) = query.search {
                add(
                    &format!(" AND {SEARCHED} LIKE ?# ESCAPE '\\'"),
                    Box::new(pattern(search)),
                );
            }
            add(" ORDER BY id LIMIT ?#", Box::new(i64::from(query.limit)));
            employee::select(
                connection,
                workspace,
                &condition,
                params_from_iter(parameters),
            )
        })
    }

    /// The employees who had an e-mail address before their present one.
    pub fn formerly_addressed(
        &self,
        workspace: &Workspace,
        email: &str,
    ) -> Result<Vec<EmployeeId>, StoreError> {
        self.read("look a former address up", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT DISTINCT employee_id FROM change WHERE workspace_id = ?1 AND lower(changes) LIKE ?2 ESCAPE '\\' \
                 ORDER BY employee_id LIMIT 50",
            )?;
            // As changes are stored; a quotation mark of the address is escaped there too.
            let quoted = json(&email.trim().to_ascii_lowercase());
            let stored = format!("\"key\":\"{}\",\"old\":{quoted}", workspace.schema.stored_key(canonical::EMAIL));
            statement.rows((workspace.id.0, pattern(&stored)), |row| {
                Ok(EmployeeId(row.get("employee_id")?))
            })
        })
    }

    pub fn people_counts(&self, workspace: &Workspace) -> Result<PeopleCounts, StoreError> {
        self.read("count the employees", |connection| {
            connection.query_row(
                "SELECT people, employed FROM workspace WHERE id = ?1",
                [workspace.id.0],
                |row| {
                    Ok(PeopleCounts {
                        people: row.get::<i64>("people")?.unsigned_abs(),
                        employed: row.get::<i64>("employed")?.unsigned_abs(),
                    })
                },
            )
        })
    }
}

/// What is searched, anywhere in a text. Only ASCII letters are made small, because that is what SQLite does with the other
/// side.
pub(crate) fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for c in search.trim().to_ascii_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
