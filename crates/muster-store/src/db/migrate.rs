//! Migrates a database to the current schema in one transaction. There are no down migrations: an
//! older version refuses a newer schema.

use crate::db::{
    dialect,
    error::{DbError, StoreError},
    locks::Writes,
    sql::Connection,
};

/// A step from one schema to the next.
struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal $file:literal)*) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../migrations/postgres/", $file)),
        }),*]
    };
}

/// All migrations. Published migrations never change.
const MIGRATIONS: &[Migration] = migrations! {
    1 "directory" "0001_directory.sql"
    2 "smart_groups" "0002_smart_groups.sql"
    3 "budgets" "0003_budgets.sql"
    4 "pins" "0004_pins.sql"
    5 "fields" "0005_fields.sql"
    6 "sealed" "0006_sealed.sql"
    7 "employments" "0007_employments.sql"
    8 "company_lists" "0008_company_lists.sql"
    9 "pauses" "0009_pauses.sql"
    10 "problem_details" "0010_problem_details.sql"
    11 "integrity" "0011_integrity.sql"
    12 "final_line_break" "0012_final_line_break.sql"
    13 "starts" "0013_starts.sql"
    14 "integration_rules" "0014_integration_rules.sql"
    15 "integration_settings" "0015_integration_settings.sql"
    16 "jobs" "0016_jobs.sql"
    17 "accounts" "0017_accounts.sql"
    18 "decisions" "0018_decisions.sql"
    19 "erasure_marks" "0019_erasure_marks.sql"
    22 "issues" "0022_issues.sql"
    23 "alerts" "0023_alerts.sql"
    24 "webhooks" "0024_webhooks.sql"
    27 "api_tokens" "0027_api_tokens.sql"
    28 "change_feed" "0028_change_feed.sql"
    29 "requests" "0029_requests.sql"
    32 "shared_changes" "0032_shared_changes.sql"
    34 "audit" "0034_audit.sql"
    35 "users" "0035_users.sql"
    36 "four_eyes" "0036_four_eyes.sql"
    44 "webhook_authority" "0044_webhook_authority.sql"
    45 "schedule_host" "0045_schedule_host.sql"
    46 "integration_drafts" "0046_integration_drafts.sql"
    50 "pause_author" "0050_pause_author.sql"
    59 "two_step" "0059_two_step.sql"
    64 "job_vacuum" "0064_job_vacuum.sql"
};

/// The newest schema that this version knows.
fn known() -> i64 {
    let numbers = MIGRATIONS.iter().map(|migration| migration.number);
    numbers.max().unwrap_or(0)
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
    let transaction = connection.begin(Writes::Shared)?;
    // Checked again under the lock, because another process may have run them.
    let before = found(connection)?;
    refuse_newer(before)?;
    connection.execute(dialect::MIGRATIONS.sqlite, [])?;
    for migration in MIGRATIONS
        .iter()
        .filter(|migration| migration.number > before)
    {
        connection.execute_batch(match connection.is_file() {
            true => migration.sqlite,
            false => migration.postgres,
        })?;
        if migration.number == 1 {
            crate::directory::employee::create_indexes(connection)?;
        }
        connection.execute(
            "INSERT INTO migration (number, name) VALUES (?1, ?2)",
            (migration.number, migration.name),
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
        let Migration {
            number,
            name,
            sqlite,
            ..
        } = MIGRATIONS[0];
        connection.execute_batch(sqlite).unwrap();
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
