//! The set-up link: it works once, until it expires, and only while nobody may sign in.

use crate::{
    accounts::{
        session::TokenHash,
        user::{NewUser, create, has_users},
    },
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::Connection,
    },
};
use jiff::Timestamp;
use muster_core::model::ids::UserId;

const SETUP: &str = "setup";

impl Store {
    /// Replaces the set-up link. False: there are users already, so that there is none.
    pub fn renew_setup_link(
        &self,
        token: &TokenHash,
        expires: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write("write the set-up link", |connection| {
            connection.execute("DELETE FROM account_link WHERE kind = ?1", [SETUP])?;
            if has_users(connection)? {
                return Ok(false);
            }
            connection.execute(
                "INSERT INTO account_link (token, kind, expires_at) VALUES (?1, ?2, ?3)",
                (token.as_slice(), SETUP, expires.as_microsecond()),
            )?;
            Ok(true)
        })
    }

    /// Whether a set-up link can be used.
    pub fn is_setup_link(&self, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
        self.read("look the set-up link up", |connection| {
            is_usable(connection, token, now)
        })
    }

    /// Uses the set-up link to create the first administrator; none: it cannot be used, or no longer.
    pub fn redeem_setup_link(
        &self,
        token: &TokenHash,
        administrator: &NewUser<'_>,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.write("create the first administrator", |connection| {
            if !is_usable(connection, token, now)? {
                return Ok(None);
            }
            connection.execute("DELETE FROM account_link WHERE kind = ?1", [SETUP])?;
            create(connection, administrator, now)
        })
    }
}

fn is_usable(connection: &Connection, token: &TokenHash, now: Timestamp) -> Result<bool, DbError> {
    connection.scalar(
        "SELECT EXISTS (SELECT 1 FROM account_link WHERE token = ?1 AND kind = ?2 AND expires_at > ?3) \
         AND NOT EXISTS (SELECT 1 FROM account_user)",
        (token.as_slice(), SETUP, now.as_microsecond()),
    )
}
