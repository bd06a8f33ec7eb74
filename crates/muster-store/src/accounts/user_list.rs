//! Users as lists show them.

use crate::{
    accounts::user::{USER, User, user},
    db::{
        connection::Store,
        error::{StoreError, corrupt},
    },
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::{
    ids::{UserId, WorkspaceId},
    role::Role,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUser {
    pub user: User,
    pub state: UserState,
    /// By the name of the workspace.
    pub roles: Vec<(String, Role)>,
    pub created: Timestamp,
    /// The last sign-in.
    pub seen: Option<Timestamp>,
}

impl ListedUser {
    /// What the user may do in a workspace.
    pub fn role(&self, workspace: &str) -> Option<Role> {
        if self.user.is_admin {
            return Some(Role::Admin);
        }
        let mut roles = self.roles.iter();
        roles
            .find(|(name, _)| name == workspace)
            .map(|(_, role)| *role)
    }
}

/// Whether a user can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserState {
    Active,
    /// Has not chosen a password yet.
    Invited,
    Disabled,
}

impl UserState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }
}

impl Store {
    /// All users, by address; with a workspace, those who have a role in it, and the administrators of the installation.
    pub fn users(&self, workspace: Option<WorkspaceId>) -> Result<Vec<ListedUser>, StoreError> {
        self.read("list the users", |connection| {
            let text = format!(
                "SELECT {USER}, password <> '' AS has_password, created_at, disabled_at, seen_at FROM account_user \
                 WHERE ?1 = 0 OR is_admin = 1 OR EXISTS (SELECT 1 FROM account_role \
                 WHERE user_id = account_user.id AND workspace_id = ?1) ORDER BY email"
            );
            let at = |at: Option<i64>, column| {
                at.map(|at| instant(at, "account_user", column)).transpose()
            };
            let mut users: Vec<ListedUser> = connection.prepare_cached(&text)?.rows(
                [workspace.unwrap_or(WorkspaceId::ALL).0],
                |row| {
                    let user = user(row)?;
                    let has_password: bool = row.get("has_password")?;
                    let created = instant(row.get("created_at")?, "account_user", "created_at")?;
                    let disabled: Option<i64> = row.get("disabled_at")?;
                    Ok(ListedUser {
                        user,
                        state: match (disabled, has_password) {
                            (Some(_), _) => UserState::Disabled,
                            (None, true) => UserState::Active,
                            (None, false) => UserState::Invited,
                        },
                        roles: Vec::new(),
                        created,
                        seen: at(row.get("seen_at")?, "seen_at")?,
                    })
                },
            )?;
            let text = "SELECT account_role.user_id, workspace.name, account_role.role FROM account_role \
                JOIN workspace ON workspace.id = account_role.workspace_id ORDER BY workspace.name";
            let roles: Vec<(UserId, String, Role)> =
                connection.prepare_cached(text)?.rows([], |row| {
                    let id = UserId(row.get("user_id")?);
                    let name = row.get("name")?;
                    let role: String = row.get("role")?;
                    let role = Role::parse(&role).ok_or_else(|| corrupt("account_role", "role", id))?;
                    Ok((id, name, role))
                })?;
            for (id, name, role) in roles {
                if let Some(found) = users.iter_mut().find(|listed| listed.user.id == id) {
                    found.roles.push((name, role));
                }
            }
            Ok(users)
        })
    }
}
