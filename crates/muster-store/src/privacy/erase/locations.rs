//! Every location in which values of people stand.
//!
//! To add a table: a line in [`LOCATIONS`]. Rows that are the person's alone go with `search.rows("table")`; what must
//! be kept in another form (a sum, a count) gets a function of its own. A table without values of people goes
//! into the list beside it.

use super::{Erased, decisions, deliveries, identifiers::Identifiers, samples, texts};
use crate::db::sql::Connection;
use crate::{
    db::error::DbError,
    directory::{budget, employee::COLUMNS},
    secrets::encryption::Keyring,
};
use jiff::Timestamp;
use muster_core::model::{
    calendar::Calendar,
    ids::{EmployeeId, WorkspaceId},
    workspace::Workspace,
};
use std::collections::BTreeMap;

/// A search for people through the whole database.
pub(super) struct Search<'s> {
    pub(super) connection: &'s Connection,
    pub(super) keyring: Option<&'s Keyring>,
    pub(super) workspace: &'s Workspace,
    pub(super) people: &'s [Identifiers],
    /// When values are removed; none: they are only counted.
    pub(super) act: Option<Timestamp>,
    /// By SHA-256 of a delivered file: the lines on which their records stand.
    pub(super) lines: BTreeMap<String, Vec<u32>>,
}

type Visit = fn(&mut Search<'_>) -> Result<u64, DbError>;

/// A table, what it has of people, and how that is counted or cleared.
struct Location {
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the test over the schema compares it")
    )]
    table: &'static str,
    what: &'static str,
    visit: Visit,
}

/// Delivered files come before problems, because they tell on which lines people stood.
const LOCATIONS: &[Location] = &[
    Location {
        table: "employee",
        what: "directory",
        visit: managers_of_others,
    },
    Location {
        table: "roster",
        what: "values of the last record",
        visit: |search| search.rows("roster"),
    },
    Location {
        table: "start_note",
        what: "notes about the onboarding date",
        visit: |search| search.rows("start_note"),
    },
    Location {
        table: "change",
        what: "history",
        visit: texts::history,
    },
    Location {
        table: "operation",
        what: "operations of plans",
        visit: texts::operations,
    },
    Location {
        table: "plan",
        what: "findings of guards",
        visit: texts::findings,
    },
    Location {
        table: "content",
        what: "records in archived deliveries",
        visit: deliveries::contents,
    },
    Location {
        table: "problem",
        what: "problems of records",
        visit: texts::problems,
    },
    Location {
        table: "run",
        what: "messages of runs",
        visit: texts::runs,
    },
    Location {
        table: "job",
        what: "pending decisions and edits",
        visit: decisions::pending,
    },
    Location {
        table: "job_history",
        what: "decisions on plans",
        visit: decisions::ended,
    },
    Location {
        table: "secret",
        what: "samples of connection tests",
        visit: samples::samples,
    },
    Location {
        table: "pin",
        what: "pinned values",
        visit: |search| search.rows("pin"),
    },
    Location {
        table: "smart_group_member",
        what: "memberships of smart groups",
        visit: memberships,
    },
    Location {
        table: "budget_seen",
        what: "budget calculations",
        visit: |search| search.rows("budget_seen"),
    },
    Location {
        table: "budget_grant",
        what: "granted budgets",
        visit: grants,
    },
];

/// Tables that never have values of people.
#[cfg(test)]
const WITHOUT_PEOPLE: &[&str] = &[
    // Who may sign in to the admin pages is no matter of the directory.
    "account_user",
    "account_role",
    "account_session",
    "account_link",
    "account_two_step",
    "account_recovery_code",
    "api_token",
    // Employees by number, and no value.
    "audit_entry",
    "audit_head",
    "idempotency_key",
    "migration",
    "workspace",
    "workspace_group",
    "own_field",
    "integration",
    "run_file",
    "host_key",
    "pause",
    "job_number",
    "workspace_service",
    "schedule",
    "slot",
    "schedule_pause",
    // Counts, and names of settings and columns.
    "issue",
    "issue_event",
    "issue_number",
    "delivery_state",
    // Counts, and who of the installation is alerted.
    "alert_channel",
    "alert_item",
    "alert",
    "alert_number",
    "mail_server",
    // Numbers of people, and names of fields: values are read when an event is sent.
    "webhook",
    "webhook_event",
    "webhook_delivery",
    "webhook_number",
    "master_key",
    "integration_draft",
    "integration_settings",
    "integration_settings_history",
    "credential",
    "company",
    "company_listing",
    "company_end",
    "smart_group",
    // Numbers of people, groups and fields, and no value.
    "smart_group_change",
    // Its rows are those of `content`.
    "content_chunk",
    // The two that an erasure leaves behind on purpose.
    "tombstone",
    "erasure",
    "forgotten",
];

/// What stands in each location, in order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    LOCATIONS.iter().map(|location| location.what)
}

impl<'s> Search<'s> {
    pub(super) fn new(
        connection: &'s Connection,
        keyring: Option<&'s Keyring>,
        workspace: &'s Workspace,
        people: &'s [Identifiers],
        act: Option<Timestamp>,
    ) -> Self {
        Self {
            connection,
            keyring,
            workspace,
            people,
            act,
            lines: BTreeMap::new(),
        }
    }

    pub(super) fn locations(&mut self) -> Result<Vec<Erased>, DbError> {
        let visit = |location: &Location| {
            Ok(Erased {
                what: location.what,
                count: (location.visit)(self)?,
            })
        };
        LOCATIONS.iter().map(visit).collect()
    }

    /// The same for people whose own rows were not blanked yet.
    pub(super) fn directory_and_locations(&mut self) -> Result<Vec<Erased>, DbError> {
        let mut locations = self.locations()?;
        locations.retain(|location| location.count > 0);
        Ok(locations)
    }

    /// Rows of a table that belong to one of the people, removed if this is the act.
    fn rows(&mut self, table: &str) -> Result<u64, DbError> {
        let text = match self.act {
            Some(_) => format!(
                "DELETE FROM {table} WHERE workspace_id = ?1 AND employee_id = ?2 RETURNING 1"
            ),
            None => format!("SELECT 1 FROM {table} WHERE workspace_id = ?1 AND employee_id = ?2"),
        };
        let mut statement = self.connection.prepare_cached(&text)?;
        let mut count = 0;
        for identifiers in self.people {
            let mut rows = statement.query((self.workspace.id.0, identifiers.employee.0))?;
            while rows.next()?.is_some() {
                count += 1;
            }
        }
        Ok(count)
    }
}

/// Blanks a person's own row, so that their address and id are free for another employee.
pub(super) fn blank_row(
    connection: &Connection,
    workspace: WorkspaceId,
    id: EmployeeId,
) -> Result<(), DbError> {
    let nothing: Vec<_> = COLUMNS
        .iter()
        .map(|column| format!("{column} = NULL"))
        .collect();
    connection
        .prepare_cached(&format!(
            "UPDATE employee SET revision = revision + 1, status = 'erased', own = NULL, {} \
             WHERE workspace_id = ?1 AND id = ?2",
            nothing.join(", ")
        ))?
        .execute((workspace.0, id.0))?;
    Ok(())
}

/// The smart groups of the people; who is erased has left them by the time this is the act.
fn memberships(search: &mut Search<'_>) -> Result<u64, DbError> {
    search.rows("smart_group_member")?;
    Ok(search
        .people
        .iter()
        .map(|identifiers| identifiers.memberships)
        .sum())
}

/// Grants keep their amounts and days, for sums of months that were paid, and belong to nobody.
fn grants(search: &mut Search<'_>) -> Result<u64, DbError> {
    let mut count = 0;
    for identifiers in search.people {
        let key = (search.workspace.id.0, identifiers.employee.0);
        count += budget::count(search.connection, key)?;
        if let Some(now) = search.act {
            budget::forget(
                search.connection,
                key,
                Calendar::at(now, &search.workspace.settings).today,
            )?;
        }
    }
    Ok(count)
}

/// The people's own rows, and the rows of others that name them as manager.
fn managers_of_others(search: &mut Search<'_>) -> Result<u64, DbError> {
    let text = match search.act {
        Some(_) => {
            "UPDATE employee SET manager_external_id = NULL WHERE workspace_id = ?1 AND manager_external_id = ?2 \
             RETURNING 1"
        }
        None => "SELECT 1 FROM employee WHERE workspace_id = ?1 AND manager_external_id = ?2",
    };
    let mut statement = search.connection.prepare_cached(text)?;
    let mut count = search.people.len() as u64;
    for id in search
        .people
        .iter()
        .flat_map(|identifiers| &identifiers.keys.ids)
    {
        let mut rows = statement.query((search.workspace.id.0, id))?;
        while rows.next()?.is_some() {
            count += 1;
        }
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn m24_every_table_is_searched_or_has_no_personal_data() {
        let connection = Connection::migrated();
        let tables: BTreeSet<String> = connection
            .prepare_cached(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            )
            .unwrap()
            .values([])
            .unwrap();
        let handled: BTreeSet<String> = LOCATIONS
            .iter()
            .map(|location| location.table)
            .chain(WITHOUT_PEOPLE.iter().copied())
            .map(str::to_owned)
            .collect();
        assert_eq!(
            tables, handled,
            "a table with personal data must be listed in LOCATIONS"
        );
        let with_people: Vec<String> = connection
            .prepare_cached(
                "SELECT s.name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c \
                 WHERE s.type = 'table' AND c.name = 'employee_id'",
            )
            .unwrap()
            .values([])
            .unwrap();
        for table in with_people {
            // Who joined a smart group and left it is kept by number and by names of fields, without a value.
            let left_behind = [
                "tombstone",
                "erasure",
                "smart_group_change",
                "webhook_event",
                "webhook_delivery",
            ]
            .contains(&table.as_str());
            assert!(
                left_behind || LOCATIONS.iter().any(|location| location.table == table),
                "`{table}` has employee_id"
            );
        }
    }
}
