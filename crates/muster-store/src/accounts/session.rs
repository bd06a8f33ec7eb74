//! Sessions of signed-in users. A session ends when it is idle for too long, when it is too old, at sign-out, and when
//! the user's password or role changes.

use crate::{
    accounts::user::{USER, User, user},
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
};
use jiff::{SignedDuration, Timestamp};
use muster_core::model::ids::UserId;

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

impl Store {
    /// Begins a session, and removes those that are over.
    pub fn begin_session(
        &self,
        token: &TokenHash,
        user: UserId,
        limits: SessionLimits,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("begin a session", |connection| {
            let (idle, absolute) = oldest(limits, now);
            connection.execute(
                "DELETE FROM account_session WHERE used_at <= ?1 OR began_at <= ?2",
                (idle, absolute),
            )?;
            connection.execute(
                "INSERT INTO account_session (token, user_id, began_at, used_at) VALUES (?1, ?2, ?3, ?3)",
                (token.as_slice(), user.0, now.as_microsecond()),
            )?;
            Ok(())
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
                 WHERE token = ?1 AND used_at > ?2 AND began_at > ?3"
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
            self.write("note the use of the session", |connection| {
                connection.execute(
                    "UPDATE account_session SET used_at = ?2 WHERE token = ?1",
                    (token.as_slice(), now.as_microsecond()),
                )
            })?;
        }
        Ok(Some(user))
    }

    pub fn end_session(&self, token: &TokenHash) -> Result<(), StoreError> {
        self.write("end the session", |connection| {
            let text = "DELETE FROM account_session WHERE token = ?1";
            connection.execute(text, [token.as_slice()])?;
            Ok(())
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
