//! Verifies that the log is whole: every entry has the hash that follows from it and from the one before, none is missing, and
//! the head names the last one. Who can write to the database can write a whole new log; an earlier head that was stored
//! elsewhere shows that.

use crate::{
    audit::chain::{HASH, Hashed, hex},
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
};

/// The last entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditHead {
    pub number: i64,
    /// Hexadecimal digits.
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditVerified {
    /// Entries that were verified before the first fault.
    pub entries: u64,
    pub head: AuditHead,
    /// The first fault; none: the log is whole.
    pub fault: Option<AuditFault>,
}

/// Why the log is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditFault {
    /// The entry with this number is not there, and a later one is.
    Missing(i64),
    /// The entry is not the one that was written, or the one before it is not.
    Changed(i64),
    /// Entries after this number were removed.
    Removed(i64),
    /// The entry at this number is not the one of the head that was expected.
    Unexpected(i64),
}

impl AuditFault {
    /// The fault as programs get it, with the number of the first entry concerned.
    pub fn kind_and_entry(self) -> (&'static str, i64) {
        match self {
            Self::Missing(number) => ("missing", number),
            Self::Changed(number) => ("changed", number),
            Self::Removed(number) => ("removed", number),
            Self::Unexpected(number) => ("unexpected", number),
        }
    }
}

impl Store {
    /// Verifies the log, and that it still has an earlier head.
    pub fn verify_audit(&self, expected: Option<&AuditHead>) -> Result<AuditVerified, StoreError> {
        self.read("verify the audit log", |connection| {
            let _snapshot = connection.snapshot()?;
            verify(connection, expected)
        })
    }
}

pub(crate) fn verify(
    connection: &Connection,
    expected: Option<&AuditHead>,
) -> Result<AuditVerified, DbError> {
    let head: Option<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT number, hash FROM audit_head WHERE id = 1")?
        .query_row([], |row| Ok((row.get("number")?, row.get("hash")?)))
        .optional()?;
    let (number, hash) = head.unwrap_or_default();
    let mut verified = AuditVerified {
        entries: 0,
        head: AuditHead {
            number,
            hash: hex(&hash),
        },
        fault: None,
    };
    let mut last = vec![0; HASH];
    let mut at_expected = None;
    let mut statement = connection.prepare_cached(
        "SELECT number, at, actor, client, workspace_id, act, subject, before, after, hash FROM audit_entry ORDER BY number",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let next = verified.entries as i64 + 1;
        let entry = Hashed {
            number: row.get("number")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            client: row.get("client")?,
            workspace: row.get("workspace_id")?,
            act: row.get("act")?,
            subject: row.get("subject")?,
            before: row.get("before")?,
            after: row.get("after")?,
        };
        let stored: Vec<u8> = row.get("hash")?;
        if entry.number != next {
            verified.fault = Some(AuditFault::Missing(next));
            return Ok(verified);
        }
        if entry.hash(&last).as_slice() != stored {
            verified.fault = Some(AuditFault::Changed(next));
            return Ok(verified);
        }
        if expected.is_some_and(|expected| expected.number == next) {
            at_expected = Some(hex(&stored));
        }
        last = stored;
        verified.entries += 1;
    }
    let found = verified.entries as i64;
    verified.fault = if found < number || (found == number && last != hash) || found > number {
        Some(AuditFault::Removed(found.min(number)))
    } else {
        let expected = expected.filter(|expected| expected.number > 0);
        let is_other = |expected: &&AuditHead| at_expected.as_ref() != Some(&expected.hash);
        expected
            .filter(is_other)
            .map(|expected| AuditFault::Unexpected(expected.number))
    };
    Ok(verified)
}
