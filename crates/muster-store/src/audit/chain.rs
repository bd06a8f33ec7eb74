//! Appends entries. The hash of an entry covers the entry and the hash of the one before it.

use crate::db::{
    error::DbError,
    sql::{Connection, OptionalRow},
};
use jiff::Timestamp;
use muster_core::model::{
    actor::Actor,
    audit::{Act, Subject},
    ids::{UserId, WorkspaceId},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(super) const HASH: usize = 32;

/// Who acts.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// An [`Actor`] as stored. Users are replaced by their number.
    Actor(&'a str),
    User(UserId),
    /// A sign-in that was refused.
    Unknown,
}

impl<'a> By<'a> {
    /// Nobody is recorded for some runs of earlier versions.
    pub(crate) fn optional(actor: Option<&'a str>) -> Self {
        actor.map_or(Self::Unknown, Self::Actor)
    }
}

impl<'a> From<&'a str> for By<'a> {
    fn from(actor: &'a str) -> Self {
        Self::Actor(actor)
    }
}

impl From<UserId> for By<'_> {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}

/// An act for the log.
pub(crate) struct Entry<'a> {
    pub(crate) act: Act,
    pub(crate) by: By<'a>,
    /// The address of the client, where the act is about it.
    pub(crate) client: Option<&'a str>,
    /// 0: the installation.
    pub(crate) workspace: WorkspaceId,
    pub(crate) subject: Subject,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
    pub(crate) at: Timestamp,
}

impl<'a> Entry<'a> {
    /// An act of the installation without values.
    pub(crate) fn new(act: Act, by: impl Into<By<'a>>, subject: Subject, at: Timestamp) -> Self {
        Self {
            act,
            by: by.into(),
            client: None,
            workspace: WorkspaceId::ALL,
            subject,
            before: None,
            after: None,
            at,
        }
    }

    pub(crate) fn within(self, workspace: WorkspaceId) -> Self {
        Self { workspace, ..self }
    }

    pub(crate) fn with_client(self, client: &'a str) -> Self {
        Self {
            client: Some(client),
            ..self
        }
    }

    pub(crate) fn values(self, before: Option<Value>, after: Option<Value>) -> Self {
        Self {
            before,
            after,
            ..self
        }
    }
}

/// The columns of an entry that its hash covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hashed {
    pub(super) number: i64,
    pub(super) at: i64,
    pub(super) actor: String,
    pub(super) client: Option<String>,
    pub(super) workspace: i64,
    pub(super) act: String,
    pub(super) subject: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

impl Hashed {
    /// SHA-256 of a JSON array of the previous hash, in hexadecimal digits, and the columns.
    pub(super) fn hash(&self, previous: &[u8]) -> [u8; HASH] {
        let text = json!([
            hex(previous),
            self.number,
            self.at,
            self.actor,
            self.client,
            self.workspace,
            self.act,
            self.subject,
            self.before,
            self.after,
        ]);
        Sha256::digest(text.to_string().as_bytes()).into()
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Appends an entry in the transaction of its act.
pub(crate) fn append(connection: &Connection, entry: Entry<'_>) -> Result<(), DbError> {
    connection.lock_shared()?;
    // The row of the head is written first, so that two transactions never append at once.
    let text = "UPDATE audit_head SET number = number + 1 WHERE id = 1 RETURNING number, hash";
    let (number, previous): (i64, Vec<u8>) =
        connection.query_row(text, [], |row| Ok((row.get("number")?, row.get("hash")?)))?;
    let hashed = Hashed {
        number,
        at: entry.at.as_microsecond(),
        actor: reference(connection, entry.by)?,
        client: entry.client.map(str::to_owned),
        workspace: entry.workspace.0,
        act: entry.act.as_str().to_owned(),
        subject: entry.subject.to_string(),
        before: entry.before.map(|value| value.to_string()),
        after: entry.after.map(|value| value.to_string()),
    };
    let hash = hashed.hash(&previous);
    connection.execute(
        "INSERT INTO audit_entry (number, at, actor, client, workspace_id, act, subject, before, after, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        (
            number,
            hashed.at,
            &hashed.actor,
            &hashed.client,
            hashed.workspace,
            &hashed.act,
            &hashed.subject,
            &hashed.before,
            &hashed.after,
            hash.as_slice(),
        ),
    )?;
    connection.execute(
        "UPDATE audit_head SET hash = ?1 WHERE id = 1",
        [hash.as_slice()],
    )?;
    Ok(())
}

/// An actor by reference: addresses of users are not part of the log.
fn reference(connection: &Connection, by: By<'_>) -> Result<String, DbError> {
    let by = match by {
        By::Actor(by) => by,
        By::User(id) => return Ok(user_reference(id)),
        By::Unknown => return Ok(UNKNOWN.to_owned()),
    };
    let Actor::User(email) = Actor::parse(by) else {
        return Ok(by.to_owned());
    };
    let id: Option<i64> = connection
        .prepare_cached("SELECT id FROM account_user WHERE email = ?1")?
        .scalar([email.to_lowercase()])
        .optional()?;
    Ok(match id {
        Some(id) => user_reference(UserId(id)),
        None => UNKNOWN.to_owned(),
    })
}

const UNKNOWN: &str = "unknown user";

fn user_reference(id: UserId) -> String {
    Subject::new("user", id).to_string()
}
