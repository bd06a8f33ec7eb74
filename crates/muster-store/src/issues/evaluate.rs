//! Opens, changes and resolves issues in one transaction, so that each change happens once, whatever the number of processes
//! that look.

use crate::{
    alerts::item,
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, Row},
    },
    directory::changes::json,
    jobs::end::parsed,
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    issue::{
        Found, IssueChange, IssueDetail, IssueEvent, IssueKey, IssueKind, Level, OpenIssue, changes,
    },
    model::ids::{IntegrationId, WorkspaceId},
};
use std::collections::BTreeSet;

/// What happened to an issue, for those who are to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedIssue {
    /// 0: the installation.
    pub workspace: WorkspaceId,
    pub issue: i64,
    pub event: IssueEvent,
    pub level: Level,
    pub detail: IssueDetail,
}

const OPEN: &str = "SELECT id, kind, integration_id, subject, level, detail, snoozed_until FROM issue \
    WHERE workspace_id = ?1 AND resolved_at IS NULL ORDER BY id";

impl Store {
    /// The keys of the open issues of a workspace.
    pub fn open_issue_keys(
        &self,
        workspace: WorkspaceId,
    ) -> Result<BTreeSet<IssueKey>, StoreError> {
        self.read("read the open issues", |connection| {
            let open = open(connection, workspace)?.into_iter();
            Ok(open.map(|issue| issue.key).collect())
        })
    }

    /// Makes the open issues of a workspace those that were found. Returns what changed.
    pub fn update_issues(
        &self,
        workspace: WorkspaceId,
        found: Vec<Found>,
        now: Timestamp,
    ) -> Result<Vec<ChangedIssue>, StoreError> {
        let is_current = self.read("read the open issues", |connection| {
            let open = open(connection, workspace)?;
            Ok(changes(&open, found.clone(), now).is_empty())
        })?;
        if is_current {
            return Ok(Vec::new());
        }
        self.write_shared("update the issues", |connection| {
            // Decided again within the transaction: another process may have been faster.
            let open = open(connection, workspace)?;
            let mut changed = Vec::new();
            for change in changes(&open, found.clone(), now) {
                changed.extend(apply(connection, workspace, &open, change, now)?);
            }
            Ok(changed)
        })
    }
}

pub(super) fn open(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<OpenIssue>, DbError> {
    connection
        .prepare_cached(OPEN)?
        .rows([workspace.0], open_issue)
}

fn open_issue(row: Row<'_>) -> Result<OpenIssue, DbError> {
    let id: i64 = row.get("id")?;
    let kind: String = row.get("kind")?;
    let integration: i64 = row.get("integration_id")?;
    let subject = row.get("subject")?;
    let level: String = row.get("level")?;
    let detail: String = row.get("detail")?;
    let snoozed: Option<i64> = row.get("snoozed_until")?;
    Ok(OpenIssue {
        id,
        key: IssueKey {
            kind: parsed(&kind, IssueKind::parse, "issue", "kind")?,
            integration: (integration > 0).then_some(IntegrationId(integration)),
            subject,
        },
        level: parsed(&level, Level::parse, "issue", "level")?,
        detail: serde_json::from_str(&detail).map_err(|_| corrupt("issue", "detail", id))?,
        snoozed_until: snoozed
            .map(|at| instant(at, "issue", "snoozed_until"))
            .transpose()?,
    })
}

fn apply(
    connection: &Connection,
    workspace: WorkspaceId,
    open: &[OpenIssue],
    change: IssueChange,
    now: Timestamp,
) -> Result<Option<ChangedIssue>, DbError> {
    let integration = match &change {
        IssueChange::Opened(found) | IssueChange::Moved { found, .. } => found.integration,
        IssueChange::Refreshed { .. } => None,
        IssueChange::Resolved { id } => {
            let issue = open.iter().find(|issue| issue.id == *id);
            issue.and_then(|issue| issue.key.integration)
        }
    };
    let changed = match change {
        IssueChange::Opened(found) => ChangedIssue {
            workspace,
            issue: insert(connection, workspace, &found, now)?,
            event: IssueEvent::Opened,
            level: found.level,
            detail: found.detail,
        },
        IssueChange::Moved { id, event, found } => {
            update(connection, workspace, id, &found)?;
            // A snoozed issue that becomes critical is news.
            if matches!(event, IssueEvent::Woken | IssueEvent::Escalated) {
                wake(connection, workspace, id)?;
            }
            ChangedIssue {
                workspace,
                issue: id,
                event,
                level: found.level,
                detail: found.detail,
            }
        }
        IssueChange::Refreshed { id, found } => {
            update(connection, workspace, id, &found)?;
            return Ok(None);
        }
        IssueChange::Resolved { id } => {
            connection
                .prepare_cached(
                    "UPDATE issue SET resolved_at = ?3 WHERE workspace_id = ?1 AND id = ?2",
                )?
                .execute((workspace.0, id, now.as_microsecond()))?;
            let issue = open.iter().find(|issue| issue.id == id);
            let issue = issue.ok_or_else(|| corrupt("issue", "id", id))?;
            ChangedIssue {
                workspace,
                issue: id,
                event: IssueEvent::Resolved,
                level: issue.level,
                detail: issue.detail.clone(),
            }
        }
    };
    record(connection, &changed, None, now)?;
    let is_snoozed = open
        .iter()
        .any(|issue| issue.id == changed.issue && issue.snoozed_until.is_some());
    item::note_issue(connection, &changed, integration, is_snoozed, now)?;
    Ok(Some(changed))
}

fn insert(
    connection: &Connection,
    workspace: WorkspaceId,
    found: &Found,
    now: Timestamp,
) -> Result<i64, DbError> {
    let id: i64 = connection
        .prepare_cached(
            "UPDATE issue_number SET next_issue = next_issue + 1 WHERE id = 1 RETURNING next_issue - 1",
        )?
        .scalar([])?;
    connection
        .prepare_cached(
            "INSERT INTO issue (workspace_id, id, kind, integration_id, subject, level, detail, opened_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            workspace.0,
            id,
            found.detail.kind().as_str(),
            found.integration.map_or(0, |integration| integration.0),
            &found.subject,
            found.level.as_str(),
            json(&found.detail),
            now.as_microsecond(),
        ))?;
    Ok(id)
}

fn update(
    connection: &Connection,
    workspace: WorkspaceId,
    id: i64,
    found: &Found,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "UPDATE issue SET level = ?3, detail = ?4 WHERE workspace_id = ?1 AND id = ?2",
        )?
        .execute((workspace.0, id, found.level.as_str(), json(&found.detail)))?;
    Ok(())
}

pub(super) fn wake(
    connection: &Connection,
    workspace: WorkspaceId,
    id: i64,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "UPDATE issue SET snoozed_until = NULL, snoozed_by = NULL WHERE workspace_id = ?1 AND id = ?2",
        )?
        .execute((workspace.0, id))?;
    Ok(())
}

/// Adds to the history of an issue.
pub(super) fn record(
    connection: &Connection,
    changed: &ChangedIssue,
    by: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "INSERT INTO issue_event (workspace_id, issue_id, number, event, level, detail, happened_at, happened_by) \
             VALUES (?1, ?2, (SELECT coalesce(max(number), 0) + 1 FROM issue_event \
             WHERE workspace_id = ?1 AND issue_id = ?2), ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            changed.workspace.0,
            changed.issue,
            changed.event.as_str(),
            changed.level.as_str(),
            json(&changed.detail),
            now.as_microsecond(),
            by,
        ))?;
    Ok(())
}
