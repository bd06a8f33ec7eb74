//! Issues as people see them.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::Row,
    },
    jobs::end::parsed,
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    issue::{IssueDetail, IssueEvent, Level},
    model::ids::WorkspaceId,
};

/// An issue as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredIssue {
    /// Unique in the database.
    pub id: i64,
    /// 0: the installation.
    pub workspace: WorkspaceId,
    /// The name of the integration; none: the whole workspace.
    pub integration: Option<String>,
    pub level: Level,
    pub detail: IssueDetail,
    pub opened: Timestamp,
    pub resolved: Option<Timestamp>,
    pub snoozed_until: Option<Timestamp>,
    pub snoozed_by: Option<String>,
}

/// Something that happened to an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueHistoryEntry {
    pub event: IssueEvent,
    pub level: Level,
    pub detail: IssueDetail,
    pub at: Timestamp,
    /// Who did it; none: it followed from the state.
    pub by: Option<String>,
}

const ISSUE: &str = "SELECT issue.workspace_id, issue.id, integration.name AS integration, issue.level, issue.detail, \
    issue.opened_at, issue.resolved_at, issue.snoozed_until, issue.snoozed_by FROM issue LEFT JOIN integration \
    ON integration.workspace_id = issue.workspace_id AND integration.id = issue.integration_id";

impl Store {
    /// The open issues of a workspace, the most urgent and oldest first; of workspace 0, those of the installation.
    pub fn open_issues(&self, workspace: WorkspaceId) -> Result<Vec<StoredIssue>, StoreError> {
        self.read("list the issues", |connection| {
            let condition = "WHERE issue.workspace_id = ?1 AND issue.resolved_at IS NULL \
                 ORDER BY issue.level, issue.opened_at, issue.id";
            connection
                .prepare_cached(&format!("{ISSUE} {condition}"))?
                .rows([workspace.0], stored)
        })
    }

    /// The last issues of a workspace that were resolved, the latest first.
    pub fn resolved_issues(
        &self,
        workspace: WorkspaceId,
        limit: u32,
    ) -> Result<Vec<StoredIssue>, StoreError> {
        self.read("list the resolved issues", |connection| {
            let condition = "WHERE issue.workspace_id = ?1 AND issue.resolved_at IS NOT NULL \
                 ORDER BY issue.resolved_at DESC, issue.id DESC LIMIT ?2";
            connection
                .prepare_cached(&format!("{ISSUE} {condition}"))?
                .rows((workspace.0, i64::from(limit)), stored)
        })
    }

    /// An issue of any workspace with its history, oldest first.
    pub fn issue(
        &self,
        id: i64,
    ) -> Result<Option<(StoredIssue, Vec<IssueHistoryEntry>)>, StoreError> {
        self.read("read an issue", |connection| {
            let _snapshot = connection.snapshot()?;
            let mut found: Vec<StoredIssue> = connection
                .prepare_cached(&format!("{ISSUE} WHERE issue.id = ?1"))?
                .rows([id], stored)?;
            let Some(issue) = found.pop() else {
                return Ok(None);
            };
            let history = connection
                .prepare_cached(
                    "SELECT event, level, detail, happened_at, happened_by FROM issue_event \
                     WHERE workspace_id = ?1 AND issue_id = ?2 ORDER BY number",
                )?
                .rows((issue.workspace.0, id), |row| entry(id, row))?;
            Ok(Some((issue, history)))
        })
    }

    /// How many issues are open: warnings and critical ones, without those that are snoozed.
    pub fn issue_counts(&self, now: Timestamp) -> Result<(u64, u64), StoreError> {
        self.read("count the issues", |connection| {
            let text = "SELECT count(*) FROM issue WHERE resolved_at IS NULL AND level = ?1 \
                 AND (snoozed_until IS NULL OR snoozed_until <= ?2)";
            let count = |level: Level| -> Result<u64, DbError> {
                let count: i64 = connection
                    .prepare_cached(text)?
                    .scalar((level.as_str(), now.as_microsecond()))?;
                Ok(count.unsigned_abs())
            };
            Ok((count(Level::Warning)?, count(Level::Critical)?))
        })
    }
}

fn stored(row: Row<'_>) -> Result<StoredIssue, DbError> {
    let workspace = WorkspaceId(row.get("workspace_id")?);
    let id: i64 = row.get("id")?;
    let integration = row.get("integration")?;
    let level: String = row.get("level")?;
    let detail: String = row.get("detail")?;
    let opened = instant(row.get("opened_at")?, "issue", "opened_at")?;
    let resolved: Option<i64> = row.get("resolved_at")?;
    let snoozed: Option<i64> = row.get("snoozed_until")?;
    let at = |at: Option<i64>, column| at.map(|at| instant(at, "issue", column)).transpose();
    Ok(StoredIssue {
        id,
        workspace,
        integration,
        level: parsed(&level, Level::parse, "issue", "level")?,
        detail: serde_json::from_str(&detail).map_err(|_| corrupt("issue", "detail", id))?,
        opened,
        resolved: at(resolved, "resolved_at")?,
        snoozed_until: at(snoozed, "snoozed_until")?,
        snoozed_by: row.get("snoozed_by")?,
    })
}

fn entry(issue: i64, row: Row<'_>) -> Result<IssueHistoryEntry, DbError> {
    let event: String = row.get("event")?;
    let level: String = row.get("level")?;
    let detail: String = row.get("detail")?;
    Ok(IssueHistoryEntry {
        event: parsed(&event, IssueEvent::parse, "issue_event", "event")?,
        level: parsed(&level, Level::parse, "issue_event", "level")?,
        detail: serde_json::from_str(&detail)
            .map_err(|_| corrupt("issue_event", "detail", issue))?,
        at: instant(row.get("happened_at")?, "issue_event", "happened_at")?,
        by: row.get("happened_by")?,
    })
}
