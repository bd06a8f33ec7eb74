//! The settings of integrations with every version that they had. What the JSON says is not looked at here.

use crate::db::sql::{Connection, OptionalRow, Row};
use crate::{
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError},
    },
    runs::record::instant,
    secrets::credential,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::WorkspaceId,
};
use serde_json::json;

/// The settings of one integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSettings {
    /// Its name.
    pub integration: String,
    /// Grows with every change of the settings.
    pub version: i64,
    /// The version of the form of `settings`.
    pub form: i64,
    /// JSON.
    pub settings: String,
    /// The file that manages the settings; none: they can be changed anywhere.
    pub managed_by: Option<String>,
    /// Whether its schedule counts.
    pub is_active: bool,
    pub changed_at: Timestamp,
    /// Who changed them.
    pub changed_by: Option<String>,
}

/// One version of the settings of an integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsVersion {
    pub version: i64,
    pub form: i64,
    /// JSON; none: the integration was removed.
    pub settings: Option<String>,
    pub managed_by: Option<String>,
    pub is_active: bool,
    pub changed_at: Timestamp,
    /// Who changed them.
    pub changed_by: Option<String>,
}

/// New settings of one integration.
#[derive(Clone, Copy, Debug)]
pub struct SettingsChange<'a> {
    pub integration: &'a str,
    /// The version that the change was compared with; 0: there were no settings.
    pub expected: i64,
    pub form: i64,
    /// JSON; none: the integration is removed, with its credentials.
    pub settings: Option<&'a str>,
    pub managed_by: Option<&'a str>,
    pub is_active: bool,
    /// Credentials that the new settings must not be used with.
    pub dropped_credentials: &'a [String],
}

impl Store {
    /// The settings of all integrations of a workspace, by name.
    pub fn integration_settings(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<StoredSettings>, StoreError> {
        self.read("read the settings of integrations", |connection| {
            connection
                .prepare_cached(
                    "SELECT integration, version, form, settings, managed_by, is_active, changed_at, changed_by \
                     FROM integration_settings WHERE workspace_id = ?1 ORDER BY integration",
                )?
                .rows([workspace.0], stored)
        })
    }

    /// The settings of one integration.
    pub fn settings_of(
        &self,
        workspace: WorkspaceId,
        integration: &str,
    ) -> Result<Option<StoredSettings>, StoreError> {
        self.read("read the settings of an integration", |connection| {
            connection
                .prepare_cached(
                    "SELECT integration, version, form, settings, managed_by, is_active, changed_at, changed_by \
                     FROM integration_settings WHERE workspace_id = ?1 AND integration = ?2",
                )?
                .query_row((workspace.0, integration), stored)
                .optional()
        })
    }

    /// Every version of the settings of an integration, the newest first.
    pub fn settings_history(
        &self,
        workspace: WorkspaceId,
        integration: &str,
    ) -> Result<Vec<SettingsVersion>, StoreError> {
        self.read("read the history of settings", |connection| {
            connection
                .prepare_cached(
                    "SELECT version, form, settings, managed_by, is_active, changed_at, changed_by \
                     FROM integration_settings_history WHERE workspace_id = ?1 AND integration = ?2 \
                     ORDER BY version DESC",
                )?
                .rows((workspace.0, integration), |row| {
                    Ok(SettingsVersion {
                        version: row.get("version")?,
                        form: row.get("form")?,
                        settings: row.get("settings")?,
                        managed_by: row.get("managed_by")?,
                        is_active: row.get::<i64>("is_active")? != 0,
                        changed_at: changed_at(row)?,
                        changed_by: row.get("changed_by")?,
                    })
                })
        })
    }

    /// Changes the settings of integrations, all of them or none. Refused if one of them is not at the version that
    /// its change was compared with, or is managed by a file while its change comes from elsewhere.
    pub fn change_settings(
        &self,
        workspace: WorkspaceId,
        changes: &[SettingsChange<'_>],
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_in(
            workspace,
            "change the settings of integrations",
            |connection| {
                for change in changes {
                    apply(connection, workspace, change, by, now)?;
                }
                Ok(())
            },
        )
    }
}

fn stored(row: Row<'_>) -> Result<StoredSettings, DbError> {
    Ok(StoredSettings {
        integration: row.get("integration")?,
        version: row.get("version")?,
        form: row.get("form")?,
        settings: row.get("settings")?,
        managed_by: row.get("managed_by")?,
        is_active: row.get::<i64>("is_active")? != 0,
        changed_at: changed_at(row)?,
        changed_by: row.get("changed_by")?,
    })
}

fn changed_at(row: Row<'_>) -> Result<Timestamp, DbError> {
    instant(row.get("changed_at")?, "integration_settings", "changed_at")
}

fn apply(
    connection: &Connection,
    workspace: WorkspaceId,
    change: &SettingsChange<'_>,
    by: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    let key = (workspace.0, change.integration);
    let found: Option<(i64, Option<String>)> = connection
        .prepare_cached(
            "SELECT version, managed_by FROM integration_settings WHERE workspace_id = ?1 AND integration = ?2",
        )?
        .query_row(key, |row| Ok((row.get("version")?, row.get("managed_by")?)))
        .optional()?;
    let (found, managed_by) = found.unwrap_or_default();
    let integration = change.integration.to_owned();
    if found != change.expected {
        return Err(StoreError::SettingsMoved {
            integration,
            expected: change.expected,
            found,
        }
        .into());
    }
    if let Some(file) =
        managed_by.filter(|_| change.managed_by.is_none() && change.settings.is_some())
    {
        return Err(StoreError::SettingsManaged { integration, file }.into());
    }
    // A removed integration that is created again continues counting.
    let version: i64 = connection.scalar(
        "SELECT coalesce(max(version), 0) + 1 FROM integration_settings_history \
         WHERE workspace_id = ?1 AND integration = ?2",
        key,
    )?;
    let at = now.as_microsecond();
    connection.execute(
        "INSERT INTO integration_settings_history (workspace_id, integration, version, form, settings, managed_by, \
         is_active, changed_at, changed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (
            workspace.0,
            change.integration,
            version,
            change.form,
            change.settings,
            change.managed_by,
            i64::from(change.is_active),
            at,
            by,
        ),
    )?;
    let entry = Entry::new(
        Act::SettingsChanged,
        By::optional(by),
        Subject::new("integration", change.integration),
        now,
    );
    // The versions themselves are in the history of the settings.
    let of = |version: i64| Some(json!({ "version": version }));
    let before = of(found).filter(|_| found > 0);
    let after = of(version).filter(|_| change.settings.is_some());
    append(connection, entry.within(workspace).values(before, after))?;
    let Some(settings) = change.settings else {
        connection.execute(
            "DELETE FROM integration_settings WHERE workspace_id = ?1 AND integration = ?2",
            key,
        )?;
        return credential::drop_all(connection, workspace, change.integration);
    };
    connection.execute(
        "INSERT INTO integration_settings (workspace_id, integration, version, form, settings, managed_by, is_active, \
         changed_at, changed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (workspace_id, integration) DO UPDATE SET version = excluded.version, form = excluded.form, \
         settings = excluded.settings, managed_by = excluded.managed_by, is_active = excluded.is_active, \
         changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        (
            workspace.0,
            change.integration,
            version,
            change.form,
            settings,
            change.managed_by,
            i64::from(change.is_active),
            at,
            by,
        ),
    )?;
    for name in change.dropped_credentials {
        credential::drop_one(connection, workspace, change.integration, name)?;
    }
    Ok(())
}
