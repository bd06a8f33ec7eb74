//! Users and their roles. A change of password or role ends the user's sessions in the same transaction.

use crate::{
    accounts::session::end_sessions_of,
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, OptionalRow, Row},
    },
};
use jiff::Timestamp;
use muster_core::model::{
    ids::{UserId, WorkspaceId},
    role::Role,
};

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
    pub password_hash: &'a str,
    pub is_admin: bool,
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
        now: Timestamp,
    ) -> Result<Option<UserId>, StoreError> {
        self.write("create the user", |connection| create(connection, new, now))
    }

    /// The user of an address in any case, with the hash of their password.
    pub fn user_by_email(&self, email: &str) -> Result<Option<(User, String)>, StoreError> {
        self.read("look the user up", |connection| {
            let text = format!("SELECT {USER}, password FROM account_user WHERE email = ?1");
            connection
                .query_row(&text, [email.to_lowercase()], |row| {
                    Ok((user(row)?, row.get("password")?))
                })
                .optional()
        })
    }

    /// Sets a user's password and ends all their sessions.
    pub fn set_password(&self, user: UserId, password_hash: &str) -> Result<(), StoreError> {
        self.write("set the password", |connection| {
            connection.execute(
                "UPDATE account_user SET password = ?2 WHERE id = ?1",
                (user.0, password_hash),
            )?;
            end_sessions_of(connection, user)
        })
    }

    /// Gives a user a role in a workspace, or takes it away, and ends all their sessions.
    pub fn set_role(
        &self,
        user: UserId,
        workspace: WorkspaceId,
        role: Option<Role>,
    ) -> Result<(), StoreError> {
        self.write("set the role", |connection| {
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
            end_sessions_of(connection, user)
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

pub(super) fn create(
    connection: &Connection,
    new: &NewUser<'_>,
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
    Ok((created > 0).then_some(UserId(next)))
}

pub(super) fn user(row: Row<'_>) -> Result<User, DbError> {
    Ok(User {
        id: UserId(row.get("id")?),
        email: row.get("email")?,
        name: row.get("name")?,
        is_admin: row.get::<i64>("is_admin")? != 0,
    })
}
