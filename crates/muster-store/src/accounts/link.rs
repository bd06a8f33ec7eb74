//! Links that work once, until they expire: the set-up link creates the first administrator, and only while nobody may sign in;
//! a password link lets one user choose a password, who was invited or forgot it. Only hashes are stored.

use crate::{
    accounts::{
        session::TokenHash,
        user::{
            NewUser, USER, User, change_password, change_role, create, has_users, subject, user,
        },
    },
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
};
use jiff::{SignedDuration, Timestamp};
use muster_core::model::{
    audit::Act,
    ids::{UserId, WorkspaceId},
    role::Role,
};

const SETUP: &str = "setup";
const PASSWORD: &str = "password";

/// A mailbox gets no more links than this.
const REQUESTED_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// A link as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct AccountLink {
    pub token: TokenHash,
    pub expires: Timestamp,
}

impl Store {
    /// Replaces the set-up link. False: there are users already, so that there is none.
    pub fn renew_setup_link(
        &self,
        token: &TokenHash,
        expires: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("write the set-up link", |connection| {
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
        self.write_shared("create the first administrator", |connection| {
            if !is_usable(connection, token, now)? {
                return Ok(None);
            }
            connection.execute("DELETE FROM account_link WHERE kind = ?1", [SETUP])?;
            // Nobody else could have created them.
            create(connection, administrator, administrator.email.into(), now)
        })
    }

    /// Creates a user who chooses a password with the link; none: the address has a user.
    pub fn invite_user(
        &self,
        new: &NewUser<'_>,
        role: Option<(WorkspaceId, Role)>,
        link: &AccountLink,
        by: &str,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.write_shared("invite the user", |connection| {
            let Some(id) = create(connection, new, by.into(), now)? else {
                return Ok(None);
            };
            if let Some((workspace, role)) = role {
                change_role(connection, id, workspace, Some(role), by.into(), now)?;
            }
            replace_link(connection, id, link)?;
            Ok(Some(id))
        })
    }

    /// Makes a link with which a user chooses a new password; earlier ones stop working. False: the user is disabled.
    pub fn create_password_link(
        &self,
        user: UserId,
        link: &AccountLink,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("create the password link", |connection| {
            let is_enabled: bool = connection.scalar(
                "SELECT EXISTS (SELECT 1 FROM account_user WHERE id = ?1 AND disabled_at IS NULL)",
                [user.0],
            )?;
            if !is_enabled {
                return Ok(false);
            }
            replace_link(connection, user, link)?;
            append(
                connection,
                Entry::new(Act::ResetLinkCreated, by, subject(user), now),
            )?;
            Ok(true)
        })
    }

    /// Makes a link that a user asked for, who is not signed in. False: the user has another one that is younger than five
    /// minutes or was made by an administrator for longer, or is disabled.
    pub fn request_password_link(
        &self,
        user: UserId,
        link: &AccountLink,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("create the password link", |connection| {
            let is_refused: bool = connection.scalar(
                "SELECT EXISTS (SELECT 1 FROM account_link WHERE kind = ?1 AND user_id = ?2 AND expires_at > ?3) \
                 OR NOT EXISTS (SELECT 1 FROM account_user WHERE id = ?2 AND disabled_at IS NULL)",
                (
                    PASSWORD,
                    user.0,
                    (link.expires - REQUESTED_EVERY).as_microsecond(),
                ),
            )?;
            if is_refused {
                return Ok(false);
            }
            replace_link(connection, user, link)?;
            let entry = Entry::new(Act::ResetLinkCreated, By::Unknown, subject(user), now);
            append(connection, entry)?;
            Ok(true)
        })
    }

    /// The user whose password a link sets; none: it cannot be used.
    pub fn password_link(
        &self,
        token: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<User>, StoreError> {
        self.read("look the password link up", |connection| {
            user_of_link(connection, token, now)
        })
    }

    /// Uses a link to set the password of its user, whose sessions end; none: it cannot be used, or no longer.
    pub fn redeem_password_link(
        &self,
        token: &TokenHash,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.write_shared("set the password", |connection| {
            let Some(user) = user_of_link(connection, token, now)? else {
                return Ok(None);
            };
            let was_invited: bool = connection.scalar(
                "SELECT password = '' FROM account_user WHERE id = ?1",
                [user.id.0],
            )?;
            change_password(connection, user.id, password_hash)?;
            let act = match was_invited {
                true => Act::UserJoined,
                false => Act::PasswordChanged,
            };
            append(connection, Entry::new(act, user.id, subject(user.id), now))?;
            Ok(Some(user.id))
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

fn replace_link(connection: &Connection, user: UserId, link: &AccountLink) -> Result<(), DbError> {
    connection.execute(
        "DELETE FROM account_link WHERE kind = ?1 AND user_id = ?2",
        (PASSWORD, user.0),
    )?;
    connection.execute(
        "INSERT INTO account_link (token, kind, expires_at, user_id) VALUES (?1, ?2, ?3, ?4)",
        (
            link.token.as_slice(),
            PASSWORD,
            link.expires.as_microsecond(),
            user.0,
        ),
    )?;
    Ok(())
}

fn user_of_link(
    connection: &Connection,
    token: &TokenHash,
    now: Timestamp,
) -> Result<Option<User>, DbError> {
    let text = format!(
        "SELECT {USER} FROM account_link JOIN account_user ON account_user.id = account_link.user_id \
         WHERE token = ?1 AND kind = ?2 AND expires_at > ?3 AND disabled_at IS NULL"
    );
    let key = (token.as_slice(), PASSWORD, now.as_microsecond());
    connection.query_row(&text, key, user).optional()
}
