//! Verifies that a database is whole and that its parts agree: the file, the counts, the references between tables, the
//! history, the ledger of budgets, the audit log, and what is encrypted. It changes nothing and repairs nothing.

mod encrypted;
mod history;
mod ledger;
mod references;

use crate::{
    audit,
    db::{
        connection::Store,
        error::{DbError, Inconsistency, StoreError},
        sql::Connection,
    },
    directory::{roster, workspace},
};
use muster_core::model::{ids::IntegrationId, workspace::Workspace};

/// What was verified, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    pub workspaces: u64,
    pub employees: u64,
    /// Recorded changes.
    pub changes: u64,
    /// Budgets that were granted.
    pub grants: u64,
    /// Archived files that were decrypted.
    pub deliveries: u64,
    /// Tokens and credentials that were decrypted.
    pub secrets: u64,
    /// Entries of the audit log whose hash is right.
    pub audit_entries: u64,
    /// Encrypted values that were not read, because there is no master key.
    pub unread: u64,
    pub findings: Vec<Finding>,
}

/// A contradiction in the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `None`: it concerns no single workspace.
    pub workspace: Option<String>,
    pub what: Inconsistency,
}

impl Verified {
    fn add(&mut self, workspace: &Workspace, what: Inconsistency) {
        self.findings.push(Finding {
            workspace: Some(workspace.name.clone()),
            what,
        });
    }
}

impl Store {
    /// Verifies one state of the database. A file that is damaged is an error; contradictions are findings.
    pub fn verify(&self) -> Result<Verified, StoreError> {
        self.check_whole()?;
        let keyring = self.keyring().ok();
        self.read("verify the database", |connection| {
            let _snapshot = connection.snapshot()?;
            let mut verified = Verified::default();
            references::verify(connection, &mut verified)?;
            audit_log(connection, &mut verified)?;
            let names: Vec<String> = connection
                .prepare_cached("SELECT name FROM workspace ORDER BY name")?
                .values([])?;
            for name in names {
                let Some(workspace) = workspace::find(connection, &name)? else {
                    continue;
                };
                verified.workspaces += 1;
                counts(connection, &workspace, &mut verified)?;
                rosters(connection, &workspace, &mut verified)?;
                history::verify(connection, &workspace, &mut verified)?;
                ledger::verify(connection, &workspace, &mut verified)?;
                encrypted::verify(connection, keyring, Some(&workspace), &mut verified)?;
            }
            encrypted::verify(connection, keyring, None, &mut verified)?;
            Ok(verified)
        })
    }
}

/// The audit log, against its hashes.
fn audit_log(connection: &Connection, verified: &mut Verified) -> Result<(), DbError> {
    let log = audit::verify::verify(connection, None)?;
    verified.audit_entries = log.entries;
    if let Some(fault) = log.fault {
        let (_, entry) = fault.kind_and_entry();
        verified.findings.push(Finding {
            workspace: None,
            what: Inconsistency::AuditLog { entry },
        });
    }
    Ok(())
}

/// The numbers that a workspace keeps of its employees and runs.
fn counts(
    connection: &Connection,
    workspace: &Workspace,
    verified: &mut Verified,
) -> Result<(), DbError> {
    let id = workspace.id.0;
    let (people, employed, next_employee, next_run, next_integration): (i64, i64, i64, i64, i64) =
        connection
            .prepare_cached(
                "SELECT people, employed, next_employee, next_run, next_integration FROM workspace WHERE id = ?1",
            )?
            .query_row([id], |row| {
                Ok((
                    row.get("people")?,
                    row.get("employed")?,
                    row.get("next_employee")?,
                    row.get("next_run")?,
                    row.get("next_integration")?,
                ))
            })?;
    let (found, found_employed, highest): (i64, i64, i64) = connection
        .prepare_cached(
            "SELECT count(CASE WHEN status <> 'erased' THEN 1 END) AS people, \
             count(CASE WHEN status IN ('active', 'scheduled') THEN 1 END) AS employed, \
             coalesce(max(id), 0) AS highest FROM employee WHERE workspace_id = ?1",
        )?
        .query_row([id], |row| {
            Ok((
                row.get("people")?,
                row.get("employed")?,
                row.get("highest")?,
            ))
        })?;
    verified.employees += found.unsigned_abs();
    if found != people {
        let expected = people;
        verified.add(workspace, Inconsistency::Employees { expected, found });
    }
    if found_employed != employed {
        let (expected, found) = (employed, found_employed);
        verified.add(workspace, Inconsistency::Employed { expected, found });
    }
    let highest_of = |text: &'static str| -> Result<i64, DbError> {
        connection.prepare_cached(text)?.scalar([id])
    };
    let runs =
        highest_of("SELECT coalesce(max(id), 0) AS highest FROM run WHERE workspace_id = ?1")?;
    let integrations = highest_of(
        "SELECT coalesce(max(id), 0) AS highest FROM integration WHERE workspace_id = ?1",
    )?;
    for (table, next, highest) in [
        ("employee", next_employee, highest),
        ("run", next_run, runs),
        ("integration", next_integration, integrations),
    ] {
        if next <= highest {
            let table = table.to_owned();
            let what = Inconsistency::Numbering {
                table,
                next,
                highest,
            };
            verified.add(workspace, what);
        }
    }
    Ok(())
}

/// The rosters, against their checksums.
fn rosters(
    connection: &Connection,
    workspace: &Workspace,
    verified: &mut Verified,
) -> Result<(), DbError> {
    let integrations: Vec<i64> = connection
        .prepare_cached("SELECT id FROM integration WHERE workspace_id = ?1 ORDER BY id")?
        .values([workspace.id.0])?;
    for integration in integrations {
        match roster::verify(connection, workspace.id, IntegrationId(integration)) {
            Err(DbError::Store(StoreError::Inconsistent(what))) => verified.add(workspace, what),
            other => other?,
        }
    }
    Ok(())
}
