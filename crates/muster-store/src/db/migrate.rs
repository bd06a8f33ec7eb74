//! Migrates a database to the current schema in one transaction. There are no down migrations: an
//! older version refuses a newer schema.

use crate::db::{
    dialect,
    error::{DbError, StoreError},
    sql::Connection,
};

/// The migrations with number, name and text. Published migrations never change.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "directory",
        include_str!("../../migrations/sqlite/0001_directory.sql"),
    ),
    (
        2,
        "smart_groups",
        include_str!("../../migrations/sqlite/0002_smart_groups.sql"),
    ),
    (
        3,
        "budgets",
        include_str!("../../migrations/sqlite/0003_budgets.sql"),
    ),
    (
        4,
        "pins",
        include_str!("../../migrations/sqlite/0004_pins.sql"),
    ),
    (
        5,
        "fields",
        include_str!("../../migrations/sqlite/0005_fields.sql"),
    ),
    (
        6,
        "sealed",
        include_str!("../../migrations/sqlite/0006_sealed.sql"),
    ),
    (
        7,
        "employments",
        include_str!("../../migrations/sqlite/0007_employments.sql"),
    ),
    (
        8,
        "company_lists",
        include_str!("../../migrations/sqlite/0008_company_lists.sql"),
    ),
    (
        9,
        "pauses",
        include_str!("../../migrations/sqlite/0009_pauses.sql"),
    ),
    (
        10,
        "problem_details",
        include_str!("../../migrations/sqlite/0010_problem_details.sql"),
    ),
    (
        11,
        "integrity",
        include_str!("../../migrations/sqlite/0011_integrity.sql"),
    ),
    (
        12,
        "final_line_break",
        include_str!("../../migrations/sqlite/0012_final_line_break.sql"),
    ),
    (
        13,
        "starts",
        include_str!("../../migrations/sqlite/0013_starts.sql"),
    ),
    (
        14,
        "integration_rules",
        include_str!("../../migrations/sqlite/0014_integration_rules.sql"),
    ),
    (
        15,
        "integration_settings",
        include_str!("../../migrations/sqlite/0015_integration_settings.sql"),
    ),
    (
        16,
        "jobs",
        include_str!("../../migrations/sqlite/0016_jobs.sql"),
    ),
    (
        17,
        "accounts",
        include_str!("../../migrations/sqlite/0017_accounts.sql"),
    ),
    (
        18,
        "decisions",
        include_str!("../../migrations/sqlite/0018_decisions.sql"),
    ),
    (
        19,
        "erasure_marks",
        include_str!("../../migrations/sqlite/0019_erasure_marks.sql"),
    ),
    (
        22,
        "issues",
        include_str!("../../migrations/sqlite/0022_issues.sql"),
    ),
    (
        23,
        "alerts",
        include_str!("../../migrations/sqlite/0023_alerts.sql"),
    ),
    (
        24,
        "webhooks",
        include_str!("../../migrations/sqlite/0024_webhooks.sql"),
    ),
    (
        27,
        "api_tokens",
        include_str!("../../migrations/sqlite/0027_api_tokens.sql"),
    ),
    (
        28,
        "change_feed",
        include_str!("../../migrations/sqlite/0028_change_feed.sql"),
    ),
    (
        29,
        "requests",
        include_str!("../../migrations/sqlite/0029_requests.sql"),
    ),
    (
        32,
        "shared_changes",
        include_str!("../../migrations/sqlite/0032_shared_changes.sql"),
    ),
    (
        34,
        "audit",
        include_str!("../../migrations/sqlite/0034_audit.sql"),
    ),
    (
        35,
        "users",
        include_str!("../../migrations/sqlite/0035_users.sql"),
    ),
    (
        44,
        "webhook_authority",
        include_str!("../../migrations/sqlite/0044_webhook_authority.sql"),
    ),
    (
        45,
        "schedule_host",
        include_str!("../../migrations/sqlite/0045_schedule_host.sql"),
    ),
];

/// The newest schema that this version knows.
fn known() -> i64 {
    MIGRATIONS.last().map_or(0, |(number, ..)| *number)
}

/// The schema of a database. 0 for an empty one.
pub(crate) fn found(connection: &Connection) -> Result<i64, DbError> {
    let exists: i64 = connection.scalar(dialect::HAS_MIGRATIONS.sqlite, [])?;
    if exists == 0 {
        return Ok(0);
    }
    connection.scalar("SELECT coalesce(max(number), 0) FROM migration", [])
}

/// Fails if the schema is newer than this version.
pub(crate) fn refuse_newer(found: i64) -> Result<(), StoreError> {
    if found > known() {
        return Err(StoreError::Newer {
            found,
            known: known(),
        });
    }
    Ok(())
}

/// Runs the missing migrations.
pub(crate) fn migrate(connection: &Connection) -> Result<(), DbError> {
    let before = found(connection)?;
    refuse_newer(before)?;
    if before == known() {
        return Ok(());
    }
    let transaction = connection.begin()?;
    // Checked again under the lock, because another process may have run them.
    let before = found(connection)?;
    refuse_newer(before)?;
    connection.execute(dialect::MIGRATIONS.sqlite, [])?;
    for (number, name, text) in MIGRATIONS.iter().filter(|(number, ..)| *number > before) {
        connection.execute_batch(text)?;
        if *number == 1 {
            crate::directory::employee::create_indexes(connection)?;
        }
        connection.execute(
            "INSERT INTO migration (number, name) VALUES (?1, ?2)",
            (number, name),
        )?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_database_is_migrated_with_its_data() {
        let connection = Connection::in_memory().unwrap();
        let (number, name, text) = MIGRATIONS[0];
        connection.execute_batch(text).unwrap();
        crate::directory::employee::create_indexes(&connection).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE migration (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL) STRICT;
                 INSERT INTO own_field (workspace_id, position, definition) VALUES (1, 0,
                 '{\"key\":\"store\",\"kind\":\"text\",\"origin\":\"custom\",\"required\":false}');",
            )
            .unwrap();
        connection
            .execute("INSERT INTO migration VALUES (?1, ?2)", (number, name))
            .unwrap();
        migrate(&connection).unwrap();
        assert_eq!(found(&connection).unwrap(), known());
        let schema = crate::directory::custom_field::schema(&connection, 1).unwrap();
        let field = schema.find("store").unwrap();
        assert_eq!(
            (schema.stored_key(field), schema.own().count()),
            ("store", 1)
        );
    }
}
