//! Reads the log, the newest entries first.

use crate::{
    audit::chain::hex,
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, Row},
    },
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::{audit::Act, ids::WorkspaceId, response::AuditEntry};
use serde_json::Value;

/// An entry of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAudit {
    pub number: i64,
    pub at: Timestamp,
    /// By reference: `user 3`.
    pub actor: String,
    /// The present address of a user, and what the reference says of others.
    pub actor_name: String,
    /// The address of the client of a sign-in.
    pub client: Option<String>,
    /// None: the installation.
    pub workspace: Option<WorkspaceId>,
    pub act: Act,
    /// By reference: `token payroll`.
    pub subject: String,
    /// The present address of a user who is the subject.
    pub subject_name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// Hexadecimal digits.
    pub hash: String,
}

impl StoredAudit {
    /// The entry as programs get it.
    pub fn into_answer(self, name: impl Fn(WorkspaceId) -> Option<String>) -> AuditEntry {
        AuditEntry {
            number: self.number,
            time: self.at,
            actor: self.actor,
            actor_name: self.actor_name,
            client: self.client,
            workspace: self.workspace.and_then(name),
            act: self.act,
            subject: self.subject,
            subject_name: self.subject_name,
            before: self.before,
            after: self.after,
            hash: self.hash,
        }
    }
}

/// A part of the log.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditQuery {
    /// None: all workspaces and the installation.
    pub workspace: Option<WorkspaceId>,
    pub act: Option<Act>,
    pub since: Option<Timestamp>,
    /// Only entries with a lower number.
    pub before: Option<i64>,
    pub limit: u32,
}

impl Store {
    /// Entries, the newest first.
    pub fn audit_page(&self, query: &AuditQuery) -> Result<Vec<StoredAudit>, StoreError> {
        self.read("read the audit log", |connection| {
            let text = format!(
                "{ENTRY} WHERE (?1 = 0 OR workspace_id = ?1) AND (?2 = '' OR act = ?2) AND at >= ?3 \
                 AND number < ?4 ORDER BY number DESC LIMIT ?5"
            );
            let mut found: Vec<StoredAudit> = connection.prepare_cached(&text)?.rows(
                (
                    query.workspace.unwrap_or(WorkspaceId::ALL).0,
                    query.act.map_or("", Act::as_str),
                    query.since.map_or(i64::MIN, Timestamp::as_microsecond),
                    query.before.unwrap_or(i64::MAX),
                    i64::from(query.limit),
                ),
                entry,
            )?;
            name(connection, &mut found)?;
            Ok(found)
        })
    }

    /// Calls `each` with every entry after one, the oldest first, until it returns false.
    pub fn audit_after(
        &self,
        workspace: Option<WorkspaceId>,
        mut after: i64,
        each: &mut dyn FnMut(StoredAudit) -> bool,
    ) -> Result<(), StoreError> {
        const AT_ONCE: i64 = 1_000;
        loop {
            let found = self.read("export the audit log", |connection| {
                let text = format!(
                    "{ENTRY} WHERE (?1 = 0 OR workspace_id = ?1) AND number > ?2 ORDER BY number LIMIT ?3"
                );
                let workspace = workspace.unwrap_or(WorkspaceId::ALL).0;
                let mut found: Vec<StoredAudit> = connection
                    .prepare_cached(&text)?
                    .rows((workspace, after, AT_ONCE), entry)?;
                name(connection, &mut found)?;
                Ok(found)
            })?;
            let Some(last) = found.last() else {
                return Ok(());
            };
            after = last.number;
            for one in found {
                if !each(one) {
                    return Ok(());
                }
            }
        }
    }
}

const ENTRY: &str = "SELECT number, at, actor, client, workspace_id, act, subject, before, after, hash FROM audit_entry";

fn entry(row: Row<'_>) -> Result<StoredAudit, DbError> {
    let number: i64 = row.get("number")?;
    let at = instant(row.get("at")?, "audit_entry", "at")?;
    let actor: String = row.get("actor")?;
    let client = row.get("client")?;
    let workspace: i64 = row.get("workspace_id")?;
    let act: String = row.get("act")?;
    let subject: String = row.get("subject")?;
    let value = |column| -> Result<Option<Value>, DbError> {
        let text: Option<String> = row.get(column)?;
        text.map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|_| corrupt("audit_entry", column, number))
    };
    Ok(StoredAudit {
        number,
        at,
        actor_name: actor.clone(),
        actor,
        client,
        workspace: (workspace != 0).then_some(WorkspaceId(workspace)),
        act: Act::parse(&act).ok_or_else(|| corrupt("audit_entry", "act", number))?,
        subject_name: subject.clone(),
        subject,
        before: value("before")?,
        after: value("after")?,
        hash: hex(row.bytes("hash")?.unwrap_or_default()),
    })
}

/// Writes the present addresses of users beside the references.
fn name(connection: &Connection, entries: &mut [StoredAudit]) -> Result<(), DbError> {
    if entries.is_empty() {
        return Ok(());
    }
    let users: Vec<(i64, String)> = connection
        .prepare_cached("SELECT id, email FROM account_user")?
        .rows([], |row| Ok((row.get("id")?, row.get("email")?)))?;
    let named = |reference: &str| {
        let id = reference.strip_prefix("user ")?.parse::<i64>().ok()?;
        let found = users.iter().find(|(of, _)| *of == id);
        found.map(|(_, email)| email.clone())
    };
    for entry in entries {
        if let Some(name) = named(&entry.actor) {
            entry.actor_name = name;
        }
        if let Some(name) = named(&entry.subject) {
            entry.subject_name = name;
        }
    }
    Ok(())
}
