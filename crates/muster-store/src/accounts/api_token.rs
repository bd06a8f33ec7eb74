//! API tokens: what a program may do in one workspace. A revoked or expired token is refused from the next request on.

use crate::{
    accounts::session::{NOTED_EVERY, TokenHash},
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{OptionalRow, Row},
    },
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::WorkspaceId,
    role::Role,
};
use serde_json::json;

/// A token without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: i64,
    pub workspace: WorkspaceId,
    /// Unique in its workspace, also among revoked tokens.
    pub name: String,
    pub role: Role,
    pub created: Timestamp,
    pub created_by: String,
    pub expires: Timestamp,
    pub used: Option<Timestamp>,
    pub revoked: Option<Timestamp>,
    pub revoked_by: Option<String>,
}

/// A token that does not exist yet.
#[derive(Clone, Copy, Debug)]
pub struct NewApiToken<'a> {
    pub workspace: WorkspaceId,
    pub name: &'a str,
    pub token: &'a TokenHash,
    pub role: Role,
    pub created_by: &'a str,
    pub expires: Timestamp,
}

const TOKEN: &str = "SELECT api_token.id, workspace_id, api_token.name, role, created_at, created_by, expires_at, \
    used_at, revoked_at, revoked_by FROM api_token";

impl Store {
    /// Creates a token. False: the workspace has, or had, one with this name.
    pub fn create_api_token(
        &self,
        new: &NewApiToken<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("create the API token", |connection| {
            let next: i64 =
                connection.scalar("SELECT coalesce(max(id), 0) + 1 FROM api_token", [])?;
            let created = connection.execute(
                "INSERT INTO api_token (id, workspace_id, name, token, role, created_at, created_by, expires_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (workspace_id, name) DO NOTHING",
                (
                    next,
                    new.workspace.0,
                    new.name,
                    new.token.as_slice(),
                    new.role.as_str(),
                    now.as_microsecond(),
                    new.created_by,
                    new.expires.as_microsecond(),
                ),
            )?;
            if created == 0 {
                return Ok(false);
            }
            let entry = entry(Act::TokenCreated, new.created_by, new.workspace, new.name, now);
            let after = json!({ "role": new.role.as_str(), "expires": new.expires.to_string() });
            append(connection, entry.values(None, Some(after)))?;
            Ok(true)
        })
    }

    /// The tokens of a workspace, the newest first, including those that are no longer accepted.
    pub fn api_tokens(&self, workspace: WorkspaceId) -> Result<Vec<ApiToken>, StoreError> {
        self.read("list the API tokens", |connection| {
            connection
                .prepare_cached(&format!("{TOKEN} WHERE workspace_id = ?1 ORDER BY id DESC"))?
                .rows([workspace.0], token)
        })
    }

    /// The token that a client sent, with the name of its workspace; none: it is unknown, revoked or expired. Notes its use.
    pub fn api_token(
        &self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Option<(ApiToken, String)>, StoreError> {
        let found = self.read("look the API token up", |connection| {
            let text = "SELECT api_token.id, workspace_id, api_token.name, role, created_at, created_by, expires_at, used_at, \
                revoked_at, revoked_by, workspace.name AS workspace FROM api_token \
                JOIN workspace ON workspace.id = api_token.workspace_id \
                WHERE token = ?1 AND expires_at > ?2 AND revoked_at IS NULL";
            let read = connection.query_row(text, (hash.as_slice(), now.as_microsecond()), |row| {
                Ok((token(row)?, row.get("workspace")?))
            });
            read.optional()
        })?;
        let Some((token, workspace)) = found else {
            return Ok(None);
        };
        if token
            .used
            .is_none_or(|used| now.duration_since(used) > NOTED_EVERY)
        {
            self.write_shared("note the use of the API token", |connection| {
                connection.execute(
                    "UPDATE api_token SET used_at = ?2 WHERE id = ?1",
                    (token.id, now.as_microsecond()),
                )
            })?;
        }
        Ok(Some((token, workspace)))
    }

    /// Revokes a token at once. False: the workspace has no such token that is not revoked.
    pub fn revoke_api_token(
        &self,
        workspace: WorkspaceId,
        name: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("revoke the API token", |connection| {
            let revoked = connection.execute(
                "UPDATE api_token SET revoked_at = ?3, revoked_by = ?4 \
                 WHERE workspace_id = ?1 AND name = ?2 AND revoked_at IS NULL",
                (workspace.0, name, now.as_microsecond(), by),
            )?;
            if revoked > 0 {
                append(
                    connection,
                    entry(Act::TokenRevoked, by, workspace, name, now),
                )?;
            }
            Ok(revoked > 0)
        })
    }
}

fn entry<'a>(
    act: Act,
    by: &'a str,
    workspace: WorkspaceId,
    name: &str,
    now: Timestamp,
) -> Entry<'a> {
    Entry::new(act, by, Subject::new("token", name), now).within(workspace)
}

fn token(row: Row<'_>) -> Result<ApiToken, DbError> {
    let id: i64 = row.get("id")?;
    let at = |column| instant(row.get(column)?, "api_token", column);
    let maybe = |column| {
        let found: Option<i64> = row.get(column)?;
        found.map(|at| instant(at, "api_token", column)).transpose()
    };
    let role: String = row.get("role")?;
    Ok(ApiToken {
        id,
        workspace: WorkspaceId(row.get("workspace_id")?),
        name: row.get("name")?,
        role: Role::parse(&role).ok_or_else(|| corrupt("api_token", "role", id))?,
        created: at("created_at")?,
        created_by: row.get("created_by")?,
        expires: at("expires_at")?,
        used: maybe("used_at")?,
        revoked: maybe("revoked_at")?,
        revoked_by: row.get("revoked_by")?,
    })
}
