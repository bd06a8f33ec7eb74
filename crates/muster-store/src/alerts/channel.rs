//! Where alerts are sent.

use crate::{
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow, Row},
    },
    jobs::end::parsed,
    runs::record::instant,
    secrets::secret,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::WorkspaceId,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    Email,
    Webhook,
}

impl ChannelKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "email" => Some(Self::Email),
            "webhook" => Some(Self::Webhook),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertChannel {
    pub id: i64,
    /// 0: every workspace, and the installation.
    pub workspace: WorkspaceId,
    pub kind: ChannelKind,
    /// An e-mail address or a URL.
    pub target: String,
    /// Whether runs that changed something are reported.
    pub has_digest: bool,
    /// Whether a URL may lead into an internal network.
    pub allows_internal: bool,
    /// When its receiver said that it wants nothing any more.
    pub disabled: Option<Timestamp>,
    pub created: Timestamp,
    pub created_by: String,
}

/// A channel to add.
#[derive(Clone, Copy)]
pub struct NewChannel<'a> {
    pub workspace: WorkspaceId,
    pub kind: ChannelKind,
    pub target: &'a str,
    pub has_digest: bool,
    pub allows_internal: bool,
    /// With which messages to a webhook are signed.
    pub secret: Option<&'a [u8]>,
}

const CHANNEL: &str = "SELECT workspace_id, id, kind, target, has_digest, allows_internal, disabled_at, created_at, \
    created_by FROM alert_channel";

/// The name of the signing secret of a channel.
fn secret_name(id: i64) -> String {
    format!("alert-channel/{id}")
}

impl Store {
    /// Adds a channel. Returns its number.
    pub fn add_channel(
        &self,
        new: &NewChannel<'_>,
        by: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let id = self.write("add an alert channel", |connection| {
            let id = next_number(connection)?;
            connection.execute(
                "INSERT INTO alert_channel (workspace_id, id, kind, target, has_digest, allows_internal, created_at, \
                 created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (
                    new.workspace.0,
                    id,
                    new.kind.as_str(),
                    new.target,
                    i64::from(new.has_digest),
                    i64::from(new.allows_internal),
                    now.as_microsecond(),
                    by,
                ),
            )?;
            if let Some(value) = new.secret {
                let keyring = self.keyring()?;
                secret::put(connection, keyring, new.workspace, &secret_name(id), value)?;
            }
            let subject = Subject::new("alert channel", id);
            let entry = Entry::new(Act::AlertChannelAdded, by, subject, now);
            append(connection, entry.within(new.workspace))?;
            Ok(id)
        })?;
        Ok(id)
    }

    /// The secret with which messages to a channel are signed.
    pub fn channel_secret(
        &self,
        workspace: WorkspaceId,
        id: i64,
    ) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, StoreError> {
        let found = self.secret(workspace, &secret_name(id))?;
        Ok(found.map(|secret| secret.bytes))
    }

    /// All channels.
    pub fn channels(&self) -> Result<Vec<AlertChannel>, StoreError> {
        self.read("list the alert channels", |connection| {
            connection
                .prepare_cached(&format!("{CHANNEL} ORDER BY workspace_id, id"))?
                .rows([], channel)
        })
    }

    /// Removes a channel with everything that waits for it. False: there is none.
    pub fn remove_channel(&self, id: i64, by: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.write("remove an alert channel", |connection| {
            connection.execute("DELETE FROM alert_item WHERE channel_id = ?1", [id])?;
            connection.execute("DELETE FROM alert WHERE channel_id = ?1", [id])?;
            let workspace: Option<i64> = connection
                .prepare_cached("DELETE FROM alert_channel WHERE id = ?1 RETURNING workspace_id")?
                .scalar([id])
                .optional()?;
            let Some(workspace) = workspace else {
                return Ok(false);
            };
            connection.execute(
                "DELETE FROM secret WHERE workspace_id = ?1 AND name = ?2",
                (workspace, secret_name(id)),
            )?;
            let subject = Subject::new("alert channel", id);
            let entry = Entry::new(Act::AlertChannelRemoved, by, subject, now);
            append(connection, entry.within(WorkspaceId(workspace)))?;
            Ok(true)
        })
    }
}

/// The channels that hear of a workspace, or of the installation.
pub(super) fn of_workspace(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<AlertChannel>, DbError> {
    connection
        .prepare_cached(&format!(
            "{CHANNEL} WHERE workspace_id IN (0, ?1) AND disabled_at IS NULL ORDER BY id"
        ))?
        .rows([workspace.0], channel)
}

pub(super) fn next_number(connection: &Connection) -> Result<i64, DbError> {
    connection.lock_shared()?;
    connection
        .prepare_cached(
            "UPDATE alert_number SET next_alert = next_alert + 1 WHERE id = 1 RETURNING next_alert - 1",
        )?
        .scalar([])
}

pub(super) fn channel(row: Row<'_>) -> Result<AlertChannel, DbError> {
    let workspace = WorkspaceId(row.get("workspace_id")?);
    let id = row.get("id")?;
    let kind: String = row.get("kind")?;
    let target = row.get("target")?;
    let has_digest = row.get::<i64>("has_digest")? != 0;
    let allows_internal = row.get::<i64>("allows_internal")? != 0;
    let disabled: Option<i64> = row.get("disabled_at")?;
    Ok(AlertChannel {
        id,
        workspace,
        kind: parsed(&kind, ChannelKind::parse, "alert_channel", "kind")?,
        target,
        has_digest,
        allows_internal,
        disabled: disabled
            .map(|at| instant(at, "alert_channel", "disabled_at"))
            .transpose()?,
        created: instant(row.get("created_at")?, "alert_channel", "created_at")?,
        created_by: row.get("created_by")?,
    })
}
