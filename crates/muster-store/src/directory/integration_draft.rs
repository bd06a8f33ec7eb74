//! Integrations that are being set up: their settings, and the sample that their connection test has read. A draft never runs
//! by a schedule. What its settings say is not looked at here.

use crate::{
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        dialect,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow, Row},
    },
    directory::integration,
    jobs::queue::{NewJob, enqueue},
    runs::record::instant,
    secrets::{credential, secret},
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::{IntegrationId, WorkspaceId},
};
use serde_json::json;
use zeroize::Zeroizing;

/// An integration that is being set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationDraft {
    pub integration: IntegrationId,
    pub name: String,
    /// Grows with every change.
    pub version: i64,
    /// The version of the form of `settings`.
    pub form: i64,
    /// JSON; may be incomplete.
    pub settings: String,
    pub changed_at: Timestamp,
    pub changed_by: Option<String>,
    /// The job of the latest connection test.
    pub test_job: Option<i64>,
}

/// Settings of a draft to store.
#[derive(Clone, Copy, Debug)]
pub struct DraftChange<'a> {
    pub form: i64,
    /// JSON.
    pub settings: &'a str,
    pub by: &'a str,
    pub now: Timestamp,
}

const DRAFT: &str = "SELECT integration_draft.integration_id, integration.name, version, form, settings, changed_at, \
    changed_by, test_job FROM integration_draft JOIN integration \
    ON integration.workspace_id = integration_draft.workspace_id AND integration.id = integration_draft.integration_id \
    WHERE integration_draft.workspace_id = ?1";

impl Store {
    /// Starts to set an integration up; none: the workspace has one with this name.
    pub fn create_draft(
        &self,
        workspace: WorkspaceId,
        name: &str,
        change: &DraftChange<'_>,
    ) -> Result<Option<IntegrationId>, StoreError> {
        self.write_in(workspace, "create a draft of an integration", |connection| {
            let is_taken: bool = connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM integration WHERE workspace_id = ?1 AND name = ?2) \
                     OR EXISTS (SELECT 1 FROM integration_settings WHERE workspace_id = ?1 AND integration = ?2)",
                )?
                .scalar((workspace.0, name))?;
            if is_taken {
                return Ok(None);
            }
            let id = integration::ensure(connection, workspace, name)?;
            connection.execute(
                "UPDATE integration SET is_restricted = 1 WHERE workspace_id = ?1 AND id = ?2",
                (workspace.0, id.0),
            )?;
            connection.execute(
                "INSERT INTO integration_draft (workspace_id, integration_id, version, form, settings, changed_at, changed_by) \
                 VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)",
                (
                    workspace.0,
                    id.0,
                    change.form,
                    change.settings,
                    change.now.as_microsecond(),
                    change.by,
                ),
            )?;
            note(connection, workspace, name, change.by, change.now, true)?;
            Ok(Some(id))
        })
    }

    /// The drafts of a workspace, by name.
    pub fn drafts(&self, workspace: WorkspaceId) -> Result<Vec<IntegrationDraft>, StoreError> {
        self.read("list the drafts of integrations", |connection| {
            connection
                .prepare_cached(&format!("{DRAFT} ORDER BY integration.name"))?
                .rows([workspace.0], draft)
        })
    }

    pub fn draft(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<IntegrationDraft>, StoreError> {
        self.read("read the draft of an integration", |connection| {
            connection
                .prepare_cached(&format!(
                    "{DRAFT} AND integration_draft.integration_id = ?2"
                ))?
                .query_row((workspace.0, integration.0), draft)
                .optional()
        })
    }

    /// Changes the settings of a draft. False: it is gone, or was changed since it had this version.
    pub fn change_draft(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        expected: i64,
        change: &DraftChange<'_>,
    ) -> Result<bool, StoreError> {
        self.write_in(workspace, "change the draft of an integration", |connection| {
            let changed = connection.execute(
                "UPDATE integration_draft SET version = version + 1, form = ?4, settings = ?5, changed_at = ?6, \
                 changed_by = ?7 WHERE workspace_id = ?1 AND integration_id = ?2 AND version = ?3",
                (
                    workspace.0,
                    integration.0,
                    expected,
                    change.form,
                    change.settings,
                    change.now.as_microsecond(),
                    change.by,
                ),
            )?;
            Ok(changed > 0)
        })
    }

    /// Adds the job that tests the connection of a draft; none: there is no draft, or it is being tested.
    pub fn test_draft(&self, job: &NewJob) -> Result<Option<i64>, StoreError> {
        self.write_in(job.workspace, "test the draft of an integration", |connection| {
            let Some(integration) = job.integration else {
                return Ok(None);
            };
            let Some(id) = enqueue(connection, job)? else {
                return Ok(None);
            };
            let found = connection.execute(
                "UPDATE integration_draft SET test_job = ?3 WHERE workspace_id = ?1 AND integration_id = ?2",
                (job.workspace.0, integration.0, id),
            )?;
            Ok((found > 0).then_some(id))
        })
    }

    /// Stores what a connection test has read, encrypted; nothing if the draft is gone.
    pub fn put_sample(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        sample: &[u8],
    ) -> Result<(), StoreError> {
        let keyring = self.keyring()?;
        self.write_in(workspace, "store a sample", |connection| {
            let is_draft: bool = connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM integration_draft WHERE workspace_id = ?1 AND integration_id = ?2)",
                )?
                .scalar((workspace.0, integration.0))?;
            if is_draft {
                secret::put(
                    connection,
                    keyring,
                    workspace,
                    &sample_name(integration),
                    sample,
                )?;
            }
            Ok(())
        })
    }

    /// What the latest connection test of a draft has read.
    pub fn sample(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let found = self.secret(workspace, &sample_name(integration))?;
        Ok(found.map(|found| found.bytes))
    }

    /// Deletes what was read by the credentials or from the server that a draft had before.
    pub fn drop_sample(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<(), StoreError> {
        self.write_in(workspace, "delete a sample", |connection| {
            forget_sample(connection, workspace, integration)
        })
    }

    /// Ends the setup of an integration: the draft and its sample are deleted, and its credentials with them unless the
    /// integration has settings by now. False: there is no draft.
    pub fn remove_draft(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_in(workspace, "remove the draft of an integration", |connection| {
            let key = (workspace.0, integration.0);
            let gone = connection.execute(
                "DELETE FROM integration_draft WHERE workspace_id = ?1 AND integration_id = ?2",
                key,
            )?;
            if gone == 0 {
                return Ok(false);
            }
            forget_sample(connection, workspace, integration)?;
            let name: String = connection
                .prepare_cached("SELECT name FROM integration WHERE workspace_id = ?1 AND id = ?2")?
                .scalar(key)?;
            let is_used: bool = connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM integration_settings WHERE workspace_id = ?1 AND integration = ?2)",
                )?
                .scalar((workspace.0, &name))?;
            if is_used {
                return Ok(true);
            }
            connection.execute_batch(dialect::OVERWRITE)?;
            credential::drop_all(connection, workspace, &name)?;
            // Its name is free again. Who has run has a history, and keeps its number.
            connection.execute(
                "DELETE FROM integration WHERE workspace_id = ?1 AND id = ?2 AND NOT EXISTS \
                 (SELECT 1 FROM run WHERE run.workspace_id = ?1 AND run.integration_id = ?2)",
                key,
            )?;
            note(connection, workspace, &name, by, now, false)?;
            Ok(true)
        })
    }

    /// Marks an integration as one whose settings come from who does not run this machine.
    pub fn restrict(&self, workspace: WorkspaceId, name: &str) -> Result<(), StoreError> {
        self.write_in(workspace, "restrict an integration", |connection| {
            let id = integration::ensure(connection, workspace, name)?;
            connection.execute(
                "UPDATE integration SET is_restricted = 1 WHERE workspace_id = ?1 AND id = ?2",
                (workspace.0, id.0),
            )?;
            Ok(())
        })
    }

    /// Whether the settings of an integration come from who does not run this machine.
    pub fn is_restricted(&self, workspace: WorkspaceId, name: &str) -> Result<bool, StoreError> {
        self.read("look up the integration", |connection| {
            let found: Option<i64> = connection
                .prepare_cached(
                    "SELECT is_restricted FROM integration WHERE workspace_id = ?1 AND name = ?2",
                )?
                .scalar((workspace.0, name))
                .optional()?;
            Ok(found.unwrap_or(0) != 0)
        })
    }
}

/// The name of the secret that is the sample of an integration.
pub(crate) fn sample_name(integration: IntegrationId) -> String {
    format!("{SAMPLE}{integration}")
}

/// How the names of samples begin.
pub(crate) const SAMPLE: &str = "sample/";

fn forget_sample(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<(), DbError> {
    connection.execute_batch(dialect::OVERWRITE)?;
    connection.execute(
        "DELETE FROM secret WHERE workspace_id = ?1 AND name = ?2",
        (workspace.0, sample_name(integration)),
    )?;
    Ok(())
}

fn note(
    connection: &Connection,
    workspace: WorkspaceId,
    name: &str,
    by: &str,
    now: Timestamp,
    is_new: bool,
) -> Result<(), DbError> {
    let subject = Subject::new("draft", name);
    let entry = Entry::new(Act::SettingsChanged, By::Actor(by), subject, now).within(workspace);
    let there = Some(json!({ "draft": true }));
    let (before, after) = match is_new {
        true => (None, there),
        false => (there, None),
    };
    append(connection, entry.values(before, after))
}

fn draft(row: Row<'_>) -> Result<IntegrationDraft, DbError> {
    Ok(IntegrationDraft {
        integration: IntegrationId(row.get("integration_id")?),
        name: row.get("name")?,
        version: row.get("version")?,
        form: row.get("form")?,
        settings: row.get("settings")?,
        changed_at: instant(row.get("changed_at")?, "integration_draft", "changed_at")?,
        changed_by: row.get("changed_by")?,
        test_job: row.get("test_job")?,
    })
}
