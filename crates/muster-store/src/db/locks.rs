//! Which transactions wait for each other. A database in a file has one writer at a time. On a server, a transaction locks the
//! part of the database that it changes, so that workspaces are changed at once.
//!
//! There are two kinds of locks: the row of each workspace, and one lock for what workspaces share. A transaction that takes
//! several takes those of workspaces first, so that two transactions never wait for each other.

use muster_core::model::ids::WorkspaceId;

/// What a transaction changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writes {
    /// What belongs to one workspace. What workspaces share is locked when it is needed.
    Workspace(WorkspaceId),
    /// What workspaces share: the queue, alerts, issues, webhooks, accounts and the audit log.
    Shared,
    Everything,
}

/// The tables that workspaces share. Those for events and issues have rows of each workspace, and are numbered together.
pub const SHARED: [&str; 30] = [
    "account_link",
    "account_recovery_code",
    "account_role",
    "account_session",
    "account_two_step",
    "account_user",
    "alert",
    "alert_channel",
    "alert_item",
    "alert_number",
    "api_token",
    "audit_entry",
    "audit_head",
    "idempotency_key",
    "issue",
    "issue_event",
    "issue_number",
    "job",
    "job_history",
    "job_number",
    "mail_server",
    "migration",
    "schedule",
    "schedule_pause",
    "slot",
    "webhook",
    "webhook_delivery",
    "webhook_event",
    "webhook_number",
    "workspace_service",
];

/// The table that a statement changes; none: it reads, or it changes the schema.
pub fn changed_table(text: &str) -> Option<&str> {
    let verbs = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
    let is_change = |text: &&str| verbs.iter().any(|verb| text.starts_with(verb));
    let change = match text.starts_with("WITH ") {
        false => Some(text).filter(is_change),
        true => verbs
            .iter()
            .filter_map(|verb| text.find(&format!(") {verb}")))
            .min()
            .map(|at| &text[at + 2..]),
    }?;
    let verb = verbs.iter().find(|verb| change.starts_with(**verb))?;
    change[verb.len()..].split([' ', '(']).next()
}

/// What has to be locked before a statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    Shared,
    Workspace,
}

impl Needs {
    pub(super) fn of(text: &str) -> Self {
        match changed_table(text) {
            None => Self::Nothing,
            Some(table) if SHARED.contains(&table) => Self::Shared,
            // The end of a run is decided with the end of its job.
            Some("run") => Self::Nothing,
            Some(_) => Self::Workspace,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_table_of_a_statement_is_found() {
        for (text, expected) in [
            ("SELECT id FROM job", None),
            ("INSERT INTO job (id) VALUES (1)", Some("job")),
            ("INSERT INTO job(id) VALUES (1)", Some("job")),
            ("UPDATE run SET note = ''", Some("run")),
            ("DELETE FROM alert", Some("alert")),
            (
                "WITH old AS (SELECT 1) DELETE FROM change WHERE 1 = 1",
                Some("change"),
            ),
            ("WITH old AS (SELECT 1) SELECT 1 FROM change", None),
            ("CREATE INDEX x ON y (z)", None),
        ] {
            assert_eq!(changed_table(text), expected, "{text}");
        }
    }
}
