//! Receivers of events.

use crate::{
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow, Row},
    },
    runs::record::instant,
    secrets::secret,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::WorkspaceId,
};
use zeroize::Zeroizing;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    pub workspace: WorkspaceId,
    pub id: i64,
    pub url: String,
    /// Whether the URL may lead into an internal network.
    pub allows_internal: bool,
    /// How many seconds a departure waits, so that it can be recalled.
    pub departure_wait: u32,
    /// PEM of a certificate authority to trust in addition to those of the machine.
    pub ca_certificate: Option<String>,
    pub is_paused: bool,
    /// When the receiver said that it wants nothing any more.
    pub disabled: Option<Timestamp>,
    /// Events that wait, and that were given up.
    pub waiting: u64,
    pub dead: u64,
}

/// A receiver to add.
#[derive(Clone, Copy)]
pub struct NewWebhook<'a> {
    pub workspace: WorkspaceId,
    pub url: &'a str,
    pub allows_internal: bool,
    pub departure_wait: u32,
    pub ca_certificate: Option<&'a str>,
    /// With which messages are signed.
    pub secret: &'a [u8],
}

const WEBHOOK: &str = "SELECT workspace_id, id, url, allows_internal, departure_wait, ca_certificate, \
    is_paused, disabled_at, \
    (SELECT count(*) FROM webhook_delivery AS d WHERE d.workspace_id = webhook.workspace_id \
    AND d.webhook_id = webhook.id AND d.state = 'waiting') AS waiting, \
    (SELECT count(*) FROM webhook_delivery AS d WHERE d.workspace_id = webhook.workspace_id \
    AND d.webhook_id = webhook.id AND d.state = 'dead') AS dead FROM webhook";

/// The name of the signing secret of a receiver.
fn secret_name(id: i64) -> String {
    format!("webhook/{id}")
}

impl Store {
    /// Adds a receiver of what happens from now on. Returns its number.
    pub fn add_webhook(
        &self,
        new: &NewWebhook<'_>,
        by: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        self.write("add a webhook", |connection| {
            let id = next_number(connection)?;
            connection.execute(
                "INSERT INTO webhook (workspace_id, id, url, allows_internal, departure_wait, is_paused, created_at, \
                 created_by, ca_certificate) VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8)",
                (
                    new.workspace.0,
                    id,
                    new.url,
                    i64::from(new.allows_internal),
                    i64::from(new.departure_wait),
                    now.as_microsecond(),
                    by,
                    new.ca_certificate,
                ),
            )?;
            let keyring = self.keyring()?;
            secret::put(connection, keyring, new.workspace, &secret_name(id), new.secret)?;
            let entry = Entry::new(Act::WebhookAdded, by, Subject::new("webhook", id), now);
            append(connection, entry.within(new.workspace))?;
            Ok(id)
        })
    }

    pub fn webhooks(&self, workspace: WorkspaceId) -> Result<Vec<Webhook>, StoreError> {
        self.read("list the webhooks", |connection| {
            connection
                .prepare_cached(&format!("{WEBHOOK} WHERE workspace_id = ?1 ORDER BY id"))?
                .rows([workspace.0], webhook)
        })
    }

    /// The secret with which messages to a receiver are signed.
    pub fn webhook_secret(
        &self,
        workspace: WorkspaceId,
        id: i64,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let found = self.secret(workspace, &secret_name(id))?;
        Ok(found.map(|secret| secret.bytes))
    }

    /// Pauses a receiver, or lets it go on: events wait meanwhile. False: there is none.
    pub fn pause_webhook(
        &self,
        workspace: WorkspaceId,
        id: i64,
        is_paused: bool,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("pause a webhook", |connection| {
            let text = "SELECT is_paused FROM webhook WHERE workspace_id = ?1 AND id = ?2";
            let before: Option<i64> = connection
                .prepare_cached(text)?
                .scalar((workspace.0, id))
                .optional()?;
            let Some(before) = before else {
                return Ok(false);
            };
            if (before != 0) != is_paused {
                connection.execute(
                    "UPDATE webhook SET is_paused = ?3 WHERE workspace_id = ?1 AND id = ?2",
                    (workspace.0, id, i64::from(is_paused)),
                )?;
                let act = match is_paused {
                    true => Act::WebhookPaused,
                    false => Act::WebhookResumed,
                };
                let entry = Entry::new(act, by, Subject::new("webhook", id), now);
                append(connection, entry.within(workspace))?;
            }
            Ok(true)
        })
    }

    /// Removes a receiver with everything that waits for it. False: there is none.
    pub fn remove_webhook(
        &self,
        workspace: WorkspaceId,
        id: i64,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write("remove a webhook", |connection| {
            let key = (workspace.0, id);
            connection.execute(
                "DELETE FROM webhook_delivery WHERE workspace_id = ?1 AND webhook_id = ?2",
                key,
            )?;
            connection.execute(
                "DELETE FROM secret WHERE workspace_id = ?1 AND name = ?2",
                (workspace.0, secret_name(id)),
            )?;
            let gone = connection.execute(
                "DELETE FROM webhook WHERE workspace_id = ?1 AND id = ?2",
                key,
            )?;
            if gone > 0 {
                let entry = Entry::new(Act::WebhookRemoved, by, Subject::new("webhook", id), now);
                append(connection, entry.within(workspace))?;
            }
            Ok(gone > 0)
        })
    }
}

pub(super) fn next_number(connection: &Connection) -> Result<i64, DbError> {
    connection.lock_shared()?;
    connection
        .prepare_cached(
            "UPDATE webhook_number SET next_webhook = next_webhook + 1 WHERE id = 1 RETURNING next_webhook - 1",
        )?
        .scalar([])
}

/// The receivers of every workspace that may be sent to.
pub(super) fn active(connection: &Connection) -> Result<Vec<Webhook>, DbError> {
    connection
        .prepare_cached(&format!(
            "{WEBHOOK} WHERE is_paused = 0 AND disabled_at IS NULL ORDER BY workspace_id, id"
        ))?
        .rows([], webhook)
}

fn webhook(row: Row<'_>) -> Result<Webhook, DbError> {
    let workspace = WorkspaceId(row.get("workspace_id")?);
    let id = row.get("id")?;
    let url = row.get("url")?;
    let allows_internal = row.get::<i64>("allows_internal")? != 0;
    let departure_wait: i64 = row.get("departure_wait")?;
    let ca_certificate = row.get("ca_certificate")?;
    let is_paused = row.get::<i64>("is_paused")? != 0;
    let disabled: Option<i64> = row.get("disabled_at")?;
    Ok(Webhook {
        workspace,
        id,
        url,
        allows_internal,
        departure_wait: u32::try_from(departure_wait).unwrap_or(0),
        ca_certificate,
        is_paused,
        disabled: disabled
            .map(|at| instant(at, "webhook", "disabled_at"))
            .transpose()?,
        waiting: row.get::<i64>("waiting")?.unsigned_abs(),
        dead: row.get::<i64>("dead")?.unsigned_abs(),
    })
}
