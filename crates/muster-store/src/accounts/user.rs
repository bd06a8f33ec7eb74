//! Users and their roles. A change of password, of a role or of whether a user is disabled ends the user's sessions in the same
//! transaction, and is recorded in the audit log.

use crate::{
    accounts::session::end_sessions_of,
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, OptionalRow, Row},
    },
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::{UserId, WorkspaceId},
    role::Role,
};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// In small letters.
    pub email: String,
    pub name: String,
    /// Administers the whole installation, and so every workspace.
    pub is_admin: bool,
}

/// A user who does not exist yet.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    pub email: &'a str,
    pub name: &'a str,
    /// Empty: the user is invited, and chooses a password with a link.
    pub password_hash: &'a str,
    pub is_admin: bool,
}

/// What became of a change of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserChange {
    Changed,
    /// It was so already.
    Unchanged,
    /// Nobody would administer the installation; nothing was changed.
    LastAdministrator,
}

pub(super) const USER: &str =
    "account_user.id, account_user.email, account_user.name, account_user.is_admin";

impl Store {
    pub fn has_users(&self) -> Result<bool, StoreError> {
        self.read("look for users", has_users)
    }

    /// Creates a user; none: the address has one.
    pub fn create_user(
        &self,
        new: &NewUser<'_>,
        by: &str,
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.write_shared("create the user", |connection| {
            create(connection, new, by.into(), now)
        })
    }

    /// The user of an address in any case.
    pub fn find_user(&self, email: &str) -> Result<Option<User>, StoreError> {
        self.read("look the user up", |connection| {
            let text = format!("SELECT {USER} FROM account_user WHERE email = ?1");
            connection
                .query_row(&text, [email.trim().to_lowercase()], user)
                .optional()
        })
    }

    /// The user of an address in any case, with the hash of their password; none: there is none who may sign in.
    pub fn user_by_email(&self, email: &str) -> Result<Option<(User, String)>, StoreError> {
        self.read("look the user up", |connection| {
            let text = format!(
                "SELECT {USER}, password FROM account_user WHERE email = ?1 AND disabled_at IS NULL"
            );
            connection
                .query_row(&text, [email.trim().to_lowercase()], |row| {
                    Ok((user(row)?, row.get("password")?))
                })
                .optional()
        })
    }

    /// Sets a user's password and ends all their sessions.
    pub fn set_password(
        &self,
        user: UserId,
        password_hash: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("set the password", |connection| {
            change_password(connection, user, password_hash)?;
            append(
                connection,
                Entry::new(Act::PasswordChanged, by, subject(user), now),
            )
        })
    }

    /// Gives a user a role in a workspace, or takes it away, and ends all their sessions.
    pub fn set_role(
        &self,
        user: UserId,
        workspace: WorkspaceId,
        role: Option<Role>,
        by: &str,
        now: Timestamp,
    ) -> Result<UserChange, StoreError> {
        self.write_shared("set the role", |connection| {
            change_role(connection, user, workspace, role, by.into(), now)
        })
    }

    /// Makes a user an administrator of the installation, or no longer one, and ends all their sessions.
    pub fn set_admin(
        &self,
        user: UserId,
        is_admin: bool,
        by: &str,
        now: Timestamp,
    ) -> Result<UserChange, StoreError> {
        self.write_shared("set the administrator", |connection| {
            let before: i64 =
                connection.scalar("SELECT is_admin FROM account_user WHERE id = ?1", [user.0])?;
            if (before != 0) == is_admin {
                return Ok(UserChange::Unchanged);
            }
            if !is_admin && is_last_administrator(connection, user)? {
                return Ok(UserChange::LastAdministrator);
            }
            connection.execute(
                "UPDATE account_user SET is_admin = ?2 WHERE id = ?1",
                (user.0, i64::from(is_admin)),
            )?;
            end_sessions_of(connection, user)?;
            let entry = Entry::new(Act::UserRoleChanged, by, subject(user), now);
            let admin = |is| Some(json!({ "administrator": is }));
            append(connection, entry.values(admin(!is_admin), admin(is_admin)))?;
            Ok(UserChange::Changed)
        })
    }

    /// Disables a user, who can no longer sign in, or enables them again; ends all their sessions and links.
    pub fn set_disabled(
        &self,
        user: UserId,
        is_disabled: bool,
        by: &str,
        now: Timestamp,
    ) -> Result<UserChange, StoreError> {
        self.write_shared("disable or enable the user", |connection| {
            let before: Option<i64> = connection.scalar(
                "SELECT disabled_at FROM account_user WHERE id = ?1",
                [user.0],
            )?;
            if before.is_some() == is_disabled {
                return Ok(UserChange::Unchanged);
            }
            if is_disabled && is_last_administrator(connection, user)? {
                return Ok(UserChange::LastAdministrator);
            }
            connection.execute(
                "UPDATE account_user SET disabled_at = ?2 WHERE id = ?1",
                (user.0, is_disabled.then(|| now.as_microsecond())),
            )?;
            connection.execute("DELETE FROM account_link WHERE user_id = ?1", [user.0])?;
            end_sessions_of(connection, user)?;
            let act = match is_disabled {
                true => Act::UserDisabled,
                false => Act::UserEnabled,
            };
            append(connection, Entry::new(act, by, subject(user), now))?;
            Ok(UserChange::Changed)
        })
    }

    /// The names of the workspaces in which a user has a role, sorted.
    pub fn roles(&self, user: UserId) -> Result<Vec<(String, Role)>, StoreError> {
        self.read("read the roles of the user", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT workspace.name, account_role.role FROM account_role \
                 JOIN workspace ON workspace.id = account_role.workspace_id \
                 WHERE account_role.user_id = ?1 ORDER BY workspace.name",
            )?;
            statement.rows([user.0], |row| {
                let role: String = row.get("role")?;
                let role =
                    Role::parse(&role).ok_or_else(|| corrupt("account_role", "role", user))?;
                Ok((row.get("name")?, role))
            })
        })
    }
}

pub(super) fn has_users(connection: &Connection) -> Result<bool, DbError> {
    connection.scalar("SELECT EXISTS (SELECT 1 FROM account_user)", [])
}

/// Whether nobody else administers the installation and can sign in.
fn is_last_administrator(connection: &Connection, user: UserId) -> Result<bool, DbError> {
    connection.scalar(
        "SELECT EXISTS (SELECT 1 FROM account_user WHERE id = ?1 AND is_admin = 1 AND disabled_at IS NULL) \
         AND NOT EXISTS (SELECT 1 FROM account_user WHERE id <> ?1 AND is_admin = 1 AND disabled_at IS NULL \
         AND password <> '')",
        [user.0],
    )
}

pub(super) fn create(
    connection: &Connection,
    new: &NewUser<'_>,
    by: By<'_>,
    now: Timestamp,
) -> Result<Option<UserId>, DbError> {
    let next: i64 = connection.scalar("SELECT coalesce(max(id), 0) + 1 FROM account_user", [])?;
    let created = connection.execute(
        "INSERT INTO account_user (id, email, name, password, is_admin, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (email) DO NOTHING",
        (
            next,
            new.email.to_lowercase(),
            new.name,
            new.password_hash,
            i64::from(new.is_admin),
            now.as_microsecond(),
        ),
    )?;
    if created == 0 {
        return Ok(None);
    }
    let id = UserId(next);
    let entry = Entry::new(Act::UserAdded, by, subject(id), now);
    let after = json!({ "administrator": new.is_admin });
    append(connection, entry.values(None, Some(after)))?;
    Ok(Some(id))
}

pub(super) fn change_password(
    connection: &Connection,
    user: UserId,
    password_hash: &str,
) -> Result<(), DbError> {
    connection.execute(
        "UPDATE account_user SET password = ?2 WHERE id = ?1",
        (user.0, password_hash),
    )?;
    connection.execute("DELETE FROM account_link WHERE user_id = ?1", [user.0])?;
    end_sessions_of(connection, user)
}

pub(super) fn change_role(
    connection: &Connection,
    user: UserId,
    workspace: WorkspaceId,
    role: Option<Role>,
    by: By<'_>,
    now: Timestamp,
) -> Result<UserChange, DbError> {
    let before: Option<String> = connection
        .prepare_cached("SELECT role FROM account_role WHERE user_id = ?1 AND workspace_id = ?2")?
        .scalar((user.0, workspace.0))
        .optional()?;
    if before.as_deref() == role.map(Role::as_str) {
        return Ok(UserChange::Unchanged);
    }
    match role {
        Some(role) => connection.execute(
            "INSERT INTO account_role (user_id, workspace_id, role) VALUES (?1, ?2, ?3) \
             ON CONFLICT (user_id, workspace_id) DO UPDATE SET role = excluded.role",
            (user.0, workspace.0, role.as_str()),
        )?,
        None => connection.execute(
            "DELETE FROM account_role WHERE user_id = ?1 AND workspace_id = ?2",
            (user.0, workspace.0),
        )?,
    };
    end_sessions_of(connection, user)?;
    let entry = Entry::new(Act::UserRoleChanged, by, subject(user), now).within(workspace);
    let after = role.map(|role| json!({ "role": role.as_str() }));
    let before = before.map(|role| json!({ "role": role }));
    append(connection, entry.values(before, after))?;
    Ok(UserChange::Changed)
}

pub(super) fn subject(user: UserId) -> Subject {
    Subject::new("user", user)
}

pub(super) fn user(row: Row<'_>) -> Result<User, DbError> {
    Ok(User {
        id: UserId(row.get("id")?),
        email: row.get("email")?,
        name: row.get("name")?,
        is_admin: row.get::<i64>("is_admin")? != 0,
    })
}
