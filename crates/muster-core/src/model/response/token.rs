//! API tokens.

use crate::model::role::Role;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `token create`, the only one with the token itself.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TokenCreated {
    /// The secret that a client sends. It cannot be shown again.
    pub token: String,
    pub name: String,
    pub workspace: String,
    pub role: Role,
    pub expires: Timestamp,
}

/// A token in the answer of `token list`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListedToken {
    pub name: String,
    pub role: Role,
    pub state: TokenState,
    pub created: Timestamp,
    pub created_by: String,
    pub expires: Timestamp,
    /// The last use, to the minute; null: never.
    pub used: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
    pub revoked_by: Option<String>,
}

/// Whether a token is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    Active,
    Expired,
    Revoked,
}

impl TokenState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// The answer of `token revoke`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TokenRevoked {
    /// Always `revoked`.
    pub status: &'static str,
    pub name: String,
}
