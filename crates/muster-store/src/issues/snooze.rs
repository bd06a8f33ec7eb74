//! A person snoozes an issue: until then it sends no alerts.

use super::evaluate::{ChangedIssue, open, record, wake};
use crate::{
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
};
use jiff::Timestamp;
use muster_core::{
    issue::IssueEvent,
    model::{
        audit::{Act, Subject},
        ids::WorkspaceId,
    },
};
use serde_json::json;

impl Store {
    /// Snoozes an open issue until an instant; none: it is no longer snoozed. False: there is no such open issue.
    pub fn snooze_issue(
        &self,
        id: i64,
        until: Option<Timestamp>,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("snooze an issue", |connection| {
            let Some(workspace) = workspace_of(connection, id)? else {
                return Ok(false);
            };
            let open = open(connection, workspace)?;
            let Some(issue) = open.into_iter().find(|issue| issue.id == id) else {
                return Ok(false);
            };
            match until {
                Some(until) => {
                    connection.execute(
                        "UPDATE issue SET snoozed_until = ?3, snoozed_by = ?4 WHERE workspace_id = ?1 AND id = ?2",
                        (workspace.0, id, until.as_microsecond(), by),
                    )?;
                }
                None => wake(connection, workspace, id)?,
            }
            let changed = ChangedIssue {
                workspace,
                issue: id,
                event: match until {
                    Some(_) => IssueEvent::Snoozed,
                    None => IssueEvent::Woken,
                },
                level: issue.level,
                detail: issue.detail,
            };
            record(connection, &changed, Some(by), now)?;
            let entry = Entry::new(Act::IssueSnoozed, by, Subject::new("issue", id), now);
            let after = json!({ "until": until.map(|until| until.to_string()) });
            append(connection, entry.within(workspace).values(None, Some(after)))?;
            Ok(true)
        })
    }

    /// Deletes issues that were resolved before an instant, with their histories.
    pub fn forget_issues(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write_shared("delete resolved issues", |connection| {
            let before = before.as_microsecond();
            connection.execute(
                "DELETE FROM issue_event WHERE EXISTS (SELECT 1 FROM issue WHERE issue.workspace_id = issue_event.workspace_id \
                 AND issue.id = issue_event.issue_id AND issue.resolved_at < ?1)",
                [before],
            )?;
            connection.execute("DELETE FROM issue WHERE resolved_at < ?1", [before])
        })
    }
}

fn workspace_of(connection: &Connection, id: i64) -> Result<Option<WorkspaceId>, DbError> {
    let found: Option<i64> = connection
        .prepare_cached("SELECT workspace_id FROM issue WHERE id = ?1")?
        .scalar([id])
        .optional()?;
    Ok(found.map(WorkspaceId))
}
