//! Integrations in the database: the number of a name, and what the last successful run read.
//! Settings are in files and not stored.

use crate::db::sql::{Connection, OptionalRow};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::changes::json,
};
use jiff::Timestamp;
use muster_core::{
    decide::proposal::Counts,
    model::{
        field::FieldNumber,
        ids::{IntegrationId, RunId, WorkspaceId},
        origin::DeliveredFile,
        workspace::Workspace,
    },
    read::{reading::FieldFill, roster::LastGood},
    setup::integration::same_rules,
};

/// Files that the last successful run has read and that would change nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownContent {
    /// The run that read them.
    pub run: RunId,
    pub read_at: Timestamp,
    /// The counts of their records now.
    pub counts: Counts,
}

impl Store {
    /// The number of an integration, which gets one if it is new.
    pub fn ensure_integration(
        &self,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<IntegrationId, StoreError> {
        let known = self.read("look up the integration", |connection| {
            find(connection, workspace, name)
        })?;
        match known {
            Some(id) => Ok(id),
            None => self.write_in(workspace, "number the integration", |connection| {
                ensure(connection, workspace, name)
            }),
        }
    }

    pub fn integration_name(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<String>, StoreError> {
        self.read("look up the integration", |connection| {
            connection
                .prepare_cached("SELECT name FROM integration WHERE workspace_id = ?1 AND id = ?2")?
                .scalar((workspace.0, integration.0))
                .optional()
        })
    }

    /// The number of an integration. `None` before its first run.
    pub fn integration(
        &self,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Option<IntegrationId>, StoreError> {
        self.read("look up the integration", |connection| {
            find(connection, workspace, name)
        })
    }

    /// The counts of these files, if reading them again would change nothing. This is the case if
    /// the last successful run read them with the same setup and all of the following is true:
    /// nothing was applied or undone since; every employee with access has a fingerprint and was in
    /// the delivery; no field is pinned; there was no manual edit; no plan is pending; every
    /// operation of the plan was applied; and no record was rejected. Pending, rejected and void
    /// operations must be reported by every run.
    pub fn known_content(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        setup: &str,
        files: &[DeliveredFile],
    ) -> Result<Option<KnownContent>, StoreError> {
        self.read("look up what the last run read", |connection| {
            let Some(good) = same(connection, workspace, integration, setup)? else {
                return Ok(None);
            };
            // The content usually differs, so the slower conditions are checked last.
            let read: Vec<String> = connection
                .prepare_cached(
                    "SELECT sha256 FROM run_file WHERE workspace_id = ?1 AND run_id = ?2 ORDER BY position",
                )?
                .values((workspace.0, good.run.0))?;
            if read.is_empty() || !read.iter().eq(files.iter().map(|file| &file.sha256)) {
                return Ok(None);
            }
            // An employee who was deactivated by a record of that run, or by a later sweep, may be
            // reactivated by the same record, so the file is read again.
            let open: bool = connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM plan WHERE workspace_id = ?1 AND integration_id = ?2 \
                     AND status IN ('held', 'partly')) \
                     OR EXISTS (SELECT 1 FROM roster WHERE workspace_id = ?1 AND integration_id = ?2 \
                     AND employed = 1 AND (fingerprint IS NULL OR missed > 0)) \
                     OR EXISTS (SELECT 1 FROM run WHERE workspace_id = ?1 AND id > ?3 AND integration_id = ?2 \
                     AND status = 'applied' AND NOT (kind = 'approve' AND of_run IS NOT DISTINCT FROM ?3)) \
                     OR EXISTS (SELECT 1 FROM run WHERE workspace_id = ?1 AND id > ?3 AND kind = 'edit') \
                     OR EXISTS (SELECT 1 FROM pin JOIN employee ON employee.workspace_id = pin.workspace_id \
                     AND employee.id = pin.employee_id WHERE pin.workspace_id = ?1 AND employee.integration_id = ?2) \
                     OR EXISTS (SELECT 1 FROM run LEFT JOIN run AS planned \
                     ON planned.workspace_id = run.workspace_id AND planned.id = run.of_run \
                     WHERE run.workspace_id = ?1 AND run.id > ?3 AND run.status = 'applied' \
                     AND ('undo' IN (run.kind, planned.kind) OR 'sweep' IN (run.kind, planned.kind))) \
                     OR EXISTS (SELECT 1 FROM run WHERE workspace_id = ?1 AND id = ?3 AND partial IS NOT NULL) \
                     OR EXISTS (SELECT 1 FROM operation WHERE workspace_id = ?1 AND run_id = ?3 \
                     AND decision <> 'applied') \
                     OR EXISTS (SELECT 1 FROM run JOIN change ON change.workspace_id = run.workspace_id \
                     AND change.run_id = run.id WHERE run.workspace_id = ?1 AND run.id >= ?3 \
                     AND (run.id = ?3 OR run.of_run = ?3) AND change.kind = 'deactivate' AND change.line IS NOT NULL)",
                )?
                .scalar((workspace.0, integration.0, good.run.0))?;
            if open {
                return Ok(None);
            }
            let (counts, started): (String, i64) = connection
                .prepare_cached("SELECT counts, started_at FROM run WHERE workspace_id = ?1 AND id = ?2")?
                .query_row((workspace.0, good.run.0), |row| Ok((row.get("counts")?, row.get("started_at")?)))?;
            let then: Counts = serde_json::from_str(&counts).map_err(|_| corrupt("run", "counts", good.run))?;
            let Counts { excluded, superseded, .. } = then;
            let unchanged = good.records.saturating_sub(excluded + superseded);
            let counts = Counts { read: good.records, unchanged, excluded, superseded, ..Counts::default() };
            let read_at = Timestamp::from_microsecond(started).map_err(|_| corrupt("run", "started_at", good.run))?;
            Ok((then.rejected == 0).then_some(KnownContent { run: good.run, read_at, counts }))
        })
    }
}

impl Store {
    /// Whether the last successful run read exactly these files, unchanged since.
    pub fn is_last_delivery(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        files: &[DeliveredFile],
    ) -> Result<bool, StoreError> {
        if files.is_empty() {
            return Ok(false);
        }
        self.read("look up what the last run read", |connection| {
            let Some(good) = last_good(connection, workspace, integration)? else {
                return Ok(false);
            };
            let read: Vec<(String, Option<i64>, String)> = connection
                .prepare_cached(
                    "SELECT name, modified_at, sha256 FROM run_file WHERE workspace_id = ?1 AND run_id = ?2 \
                     ORDER BY position",
                )?
                .rows((workspace.0, good.run.0), |row| {
                    Ok((row.get("name")?, row.get("modified_at")?, row.get("sha256")?))
                })?;
            let now = files.iter().map(|file| {
                let modified = file.modified.map(Timestamp::as_microsecond);
                (file.name.clone(), modified, file.sha256.clone())
            });
            Ok(now.eq(read))
        })
    }

    /// The name of an integration, and the fields that it mapped in its last successful run.
    pub fn mapped_fields(
        &self,
        workspace: &Workspace,
        integration: IntegrationId,
    ) -> Result<(String, Option<Vec<FieldNumber>>), StoreError> {
        self.read("read what the integration maps", |connection| {
            let text = "SELECT name FROM integration WHERE workspace_id = ?1 AND id = ?2";
            let name = connection.scalar(text, (workspace.id.0, integration.0))?;
            let good = last_good(connection, workspace.id, integration)?;
            let schema = &workspace.schema;
            let fields = |good: LastGood| {
                good.fills
                    .iter()
                    .filter_map(|fill| schema.find_stored(&fill.field))
                    .collect()
            };
            Ok((name, good.map(fields)))
        })
    }
}

/// The number of an integration.
pub(crate) fn find(
    connection: &Connection,
    workspace: WorkspaceId,
    name: &str,
) -> Result<Option<IntegrationId>, DbError> {
    connection
        .prepare_cached("SELECT id FROM integration WHERE workspace_id = ?1 AND name = ?2")?
        .query_row((workspace.0, name), |row| row.get("id").map(IntegrationId))
        .optional()
}

/// The number of an integration. Assigns one if it has none.
pub(crate) fn ensure(
    connection: &Connection,
    workspace: WorkspaceId,
    name: &str,
) -> Result<IntegrationId, DbError> {
    if let Some(id) = find(connection, workspace, name)? {
        return Ok(id);
    }
    let id: i64 = connection.scalar("UPDATE workspace SET next_integration = next_integration + 1 WHERE id = ?1 RETURNING next_integration - 1",
        [workspace.0])?;
    connection.execute(
        "INSERT INTO integration (workspace_id, id, name) VALUES (?1, ?2, ?3)",
        (workspace.0, id, name),
    )?;
    Ok(IntegrationId(id))
}

/// What the last successful run read.
pub(crate) fn last_good(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Option<LastGood>, DbError> {
    let row = connection
        .prepare_cached(
            "SELECT last_good_run, coalesce(last_good_records, 0) AS records, coalesce(last_good_setup, '') AS setup, \
             coalesce(last_good_fills, '[]') AS fills, \
             (SELECT min(final_line_break) FROM run_file WHERE run_file.workspace_id = integration.workspace_id \
             AND run_file.run_id = last_good_run) AS final_line_break \
             FROM integration WHERE workspace_id = ?1 AND id = ?2 AND last_good_run IS NOT NULL",
        )?
        .query_row((workspace.0, integration.0), |row| {
            Ok((
                row.get::<i64>("last_good_run")?,
                row.get::<i64>("records")?,
                row.get::<String>("setup")?,
                row.get::<String>("fills")?,
                row.get::<Option<bool>>("final_line_break")?,
            ))
        })
        .optional()?;
    let Some((run, records, setup, fills, final_line_break)) = row else {
        return Ok(None);
    };
    let fills: Vec<FieldFill> = serde_json::from_str(&fills)
        .map_err(|_| corrupt("integration", "last_good_fills", integration))?;
    Ok(Some(LastGood {
        run: RunId(run),
        records: records.unsigned_abs(),
        setup,
        fills,
        final_line_break,
    }))
}

/// What the last successful run read, if it used the same rules.
fn same(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
    setup: &str,
) -> Result<Option<LastGood>, DbError> {
    Ok(
        last_good(connection, workspace, integration)?
            .filter(|good| same_rules(&good.setup, setup)),
    )
}

/// Stores what a successful run read, unless a later run is already stored.
pub(crate) fn note_good(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
    good: &LastGood,
) -> Result<(), DbError> {
    connection.execute(
        "UPDATE integration SET last_good_run = ?3, last_good_records = ?4, last_good_setup = ?5, \
         last_good_fills = ?6 WHERE workspace_id = ?1 AND id = ?2 AND coalesce(last_good_run, 0) <= ?3",
        (workspace.0, integration.0, good.run.0, good.records as i64, &good.setup, json(&good.fills)),
    )?;
    Ok(())
}
