//! Sessions of signed-in users. A session ends when it is idle for too long, when it is too old, at sign-out, when the user ends
//! it, and when the user is disabled or their password or role changes.

use crate::{
    accounts::user::{USER, User, subject, user},
    audit::chain::{By, Entry, append, hex},
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
    runs::record::instant,
};
use jiff::{SignedDuration, Timestamp};
use muster_core::model::{
    audit::{Act, Subject},
    ids::UserId,
};

/// SHA-256 of a token: who reads the database cannot use it.
pub type TokenHash = [u8; 32];

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// Without a request.
    pub idle: SignedDuration,
    /// From sign-in on.
    pub absolute: SignedDuration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            idle: SignedDuration::from_mins(30),
            absolute: SignedDuration::from_hours(12),
        }
    }
}

/// The use of a session is noted this often: a write for every request would be too many.
pub(super) const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// A session that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    pub token: &'a TokenHash,
    pub user: UserId,
    /// As the browser describes itself.
    pub device: &'a str,
    /// The address of the client.
    pub client: &'a str,
}

/// A session as its user sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSession {
    /// The first digits of the stored hash: they name the session and cannot be used as one.
    pub id: String,
    pub device: String,
    pub client: String,
    pub began: Timestamp,
    /// The last use, to the minute.
    pub used: Timestamp,
}

/// The id of a session in lists.
pub fn session_id(token: &[u8]) -> String {
    hex(token.get(..8).unwrap_or_default())
}

impl Store {
    /// Begins a session, and removes those that are over.
    pub fn begin_session(
        &self,
        new: &NewSession<'_>,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("begin a session", |connection| {
            let (idle, absolute) = oldest(limits, now);
            connection.execute(
                "DELETE FROM account_session WHERE used_at <= ?1 OR began_at <= ?2",
                (idle, absolute),
            )?;
            connection.execute(
                "INSERT INTO account_session (token, user_id, began_at, used_at, device, client) \
                 VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
                (
                    new.token.as_slice(),
                    new.user.0,
                    now.as_microsecond(),
                    new.device,
                    new.client,
                ),
            )?;
            connection.execute(
                "UPDATE account_user SET seen_at = ?2 WHERE id = ?1",
                (new.user.0, now.as_microsecond()),
            )?;
            let entry = Entry::new(Act::SignedIn, new.user, subject(new.user), now);
            append(connection, entry.with_client(new.client))
        })
    }

    /// Records that a sign-in was refused.
    pub fn refuse_sign_in(
        &self,
        user: Option<UserId>,
        client: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("record the refused sign-in", |connection| {
            let subject = match user {
                Some(user) => subject(user),
                None => Subject::new("user", "unknown"),
            };
            let entry = Entry::new(Act::SignInRefused, By::Unknown, subject, now);
            append(connection, entry.with_client(client))
        })
    }

    /// The sessions of a user that are not over, the last used first.
    pub fn sessions(
        &self,
        user: UserId,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<Vec<ListedSession>, StoreError> {
        self.read("list the sessions", |connection| {
            let (idle, absolute) = oldest(limits, now);
            let text = "SELECT token, began_at, used_at, device, client FROM account_session \
                WHERE user_id = ?1 AND used_at > ?2 AND began_at > ?3 ORDER BY used_at DESC, began_at DESC";
            connection
                .prepare_cached(text)?
                .rows((user.0, idle, absolute), |row| {
                    Ok(ListedSession {
                        id: session_id(row.bytes("token")?.unwrap_or_default()),
                        began: instant(row.get("began_at")?, "account_session", "began_at")?,
                        used: instant(row.get("used_at")?, "account_session", "used_at")?,
                        device: row.get("device")?,
                        client: row.get("client")?,
                    })
                })
        })
    }

    /// Ends one session of a user. False: the user has no such session.
    pub fn end_session_of(
        &self,
        user: UserId,
        id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("end the session", |connection| {
            let tokens: Vec<Vec<u8>> = connection
                .prepare_cached("SELECT token FROM account_session WHERE user_id = ?1")?
                .values([user.0])?;
            let Some(token) = tokens.into_iter().find(|token| session_id(token) == id) else {
                return Ok(false);
            };
            connection.execute("DELETE FROM account_session WHERE token = ?1", [token])?;
            let entry = Entry::new(Act::SessionEnded, user, subject(user), now);
            append(connection, entry)?;
            Ok(true)
        })
    }

    /// The user of a session that is not over.
    pub fn session(
        &self,
        token: &TokenHash,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        let found = self.read("look the session up", |connection| {
            let (idle, absolute) = oldest(limits, now);
            let text = format!(
                "SELECT {USER}, used_at FROM account_session \
                 JOIN account_user ON account_user.id = account_session.user_id \
                 WHERE token = ?1 AND used_at > ?2 AND began_at > ?3 AND disabled_at IS NULL"
            );
            let key = (token.as_slice(), idle, absolute);
            let read =
                connection.query_row(&text, key, |row| Ok((user(row)?, row.get("used_at")?)));
            read.optional()
        })?;
        let Some((user, used)) = found else {
            return Ok(None);
        };
        let noted: i64 = used;
        if now.as_microsecond() - noted > NOTED_EVERY.as_micros() as i64 {
            self.write_shared("note the use of the session", |connection| {
                connection.execute(
                    "UPDATE account_session SET used_at = ?2 WHERE token = ?1",
                    (token.as_slice(), now.as_microsecond()),
                )
            })?;
        }
        Ok(Some(user))
    }

    /// Ends a session at sign-out.
    pub fn end_session(&self, token: &TokenHash, now: Timestamp) -> Result<(), StoreError> {
        self.write_shared("end the session", |connection| {
            let text = "DELETE FROM account_session WHERE token = ?1 RETURNING user_id";
            let user: Option<i64> = connection
                .prepare_cached(text)?
                .scalar([token.as_slice()])
                .optional()?;
            let Some(user) = user.map(UserId) else {
                return Ok(());
            };
            append(
                connection,
                Entry::new(Act::SignedOut, user, subject(user), now),
            )
        })
    }
}

/// What was last used, or begun, at these instants is over.
fn oldest(limits: SessionLimits, now: Timestamp) -> (i64, i64) {
    let before = |limit: SignedDuration| now.as_microsecond() - limit.as_micros() as i64;
    (before(limits.idle), before(limits.absolute))
}

pub(super) fn end_sessions_of(connection: &Connection, user: UserId) -> Result<(), DbError> {
    connection.execute("DELETE FROM account_session WHERE user_id = ?1", [user.0])?;
    Ok(())
}
