//! Users of the admin pages.

use crate::model::role::Role;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `user add` and `user reset-password`: a link with which the user chooses a password.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UserLink {
    pub email: String,
    /// Works once. It cannot be shown again.
    pub link: String,
    pub expires: Timestamp,
}

/// A user in the answer of `user list`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListedUser {
    pub email: String,
    pub name: String,
    /// `active`, `invited` or `disabled`.
    pub state: &'static str,
    /// Administers the whole installation.
    pub administrator: bool,
    pub roles: Vec<WorkspaceRole>,
    pub created: Timestamp,
    /// The last sign-in; null: never.
    pub last_sign_in: Option<Timestamp>,
}

/// What a user may do in a workspace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkspaceRole {
    pub workspace: String,
    pub role: Role,
}

/// The answer of the other `user` commands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UserChanged {
    /// `changed`, or `unchanged` if it was so already.
    pub status: &'static str,
    pub email: String,
}

/// The answer of `user four-eyes`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApprovalsSet {
    /// `changed`, or `unchanged` if it was so already.
    pub status: &'static str,
    /// Whether the requester of a plan may not approve it.
    pub four_eyes: bool,
}
