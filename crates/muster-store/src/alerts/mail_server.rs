//! The server through which mail is sent: one for the installation.

use crate::{
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, OptionalRow},
    },
    directory::changes,
    secrets::secret,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::WorkspaceId,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSecurity {
    /// After the greeting; without it, nothing is sent.
    Starttls,
    /// From the first byte.
    Tls,
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailServer {
    pub host: String,
    pub port: u16,
    pub security: MailSecurity,
    /// The address that mails are from.
    pub sender: String,
    /// None: the server asks for no credentials.
    pub user: Option<String>,
    /// PEM of a certificate authority to trust in addition to those of the machine.
    pub ca_certificate: Option<String>,
}

/// The installation has no workspace.
const INSTALLATION: WorkspaceId = WorkspaceId(0);

const PASSWORD: &str = "mail-server";

impl Store {
    /// Sets the mail server. The password of an earlier one is removed: it is not sent to another server.
    pub fn set_mail_server(
        &self,
        server: &MailServer,
        password: Option<&[u8]>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("set the mail server", |connection| {
            let earlier = read(connection)?;
            connection.execute_batch(crate::db::dialect::OVERWRITE)?;
            connection.execute(
                "INSERT INTO mail_server (id, settings) VALUES (1, ?1) \
                 ON CONFLICT (id) DO UPDATE SET settings = excluded.settings",
                [changes::json(server)],
            )?;
            connection.execute(
                "DELETE FROM secret WHERE workspace_id = ?1 AND name = ?2",
                (INSTALLATION.0, PASSWORD),
            )?;
            if let Some(password) = password {
                let keyring = self.keyring()?;
                secret::put(connection, keyring, INSTALLATION, PASSWORD, password)?;
            }
            let subject = Subject::new("mail server", &server.host);
            let entry = Entry::new(Act::MailServerChanged, by, subject, now);
            let before = earlier.as_ref().map(recorded);
            append(connection, entry.values(before, Some(recorded(server))))
        })
    }

    pub fn mail_server(&self) -> Result<Option<MailServer>, StoreError> {
        self.read("read the mail server", read)
    }

    pub fn mail_password(&self) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self
            .secret(INSTALLATION, PASSWORD)?
            .map(|secret| secret.bytes))
    }
}

fn read(connection: &Connection) -> Result<Option<MailServer>, DbError> {
    let stored: Option<String> = connection
        .prepare_cached("SELECT settings FROM mail_server WHERE id = 1")?
        .scalar([])
        .optional()?;
    stored
        .map(|text| serde_json::from_str(&text).map_err(|_| corrupt("mail_server", "settings", 1)))
        .transpose()
}

/// What the audit log has of a mail server: where mails go, and no credentials.
fn recorded(server: &MailServer) -> Value {
    json!({
        "host": server.host,
        "port": server.port,
        "security": server.security,
        "sender": server.sender,
    })
}
