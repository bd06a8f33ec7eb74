//! How a source is reached and treated; every wait and every size has a limit here.

use super::{After, FtpMode, FtpTls, Location, NetworkPolicy, Scheme, TransportLimits};
use crate::http::{HIDDEN, Redactor};
use jiff::Timestamp;
use muster_core::{
    model::problem::shown,
    setup::{settings::FileSettings, source::RetrySettings},
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

#[derive(Clone, Debug)]
pub struct SourceSettings {
    /// The folder, or the one file.
    pub location: Location,
    /// Glob on the file name, without regard to the case of its extension; none: the location names one file.
    pub pattern: Option<String>,
    /// How long a file must have stood still.
    pub settle: Duration,
    /// What is done with files that were applied.
    pub after: After,
    pub credentials: Credentials,
    /// Accepted host keys in `SHA256:` form.
    pub host_keys: Vec<String>,
    /// When they were accepted, where that is known.
    pub host_keys_since: Option<Timestamp>,
    /// Whether algorithms that are no longer safe may be used with this server.
    pub legacy_algorithms: bool,
    /// Who opens the data connection of FTP.
    pub ftp_mode: FtpMode,
    /// When encryption of FTPS begins.
    pub ftp_tls: FtpTls,
    /// A certificate authority (PEM) to trust besides the public ones, or the server's own certificate.
    pub ca_certificate: Option<String>,
    /// Where connections may go.
    pub network: NetworkPolicy,
    /// Whether a transfer counts as whole though nothing proves it: the server is known to be honest.
    pub trust_length: bool,
    /// Whether markers and checksums are looked for beside a file on a web server.
    pub markers: bool,
    pub limits: TransportLimits,
    /// How a failed attempt is repeated.
    pub retry: Retry,
}

impl SourceSettings {
    /// A source with nothing but its place: the defaults of everything else.
    pub fn new(location: Location) -> Self {
        Self {
            ftp_tls: FtpTls::usual(&location),
            location,
            pattern: None,
            settle: Duration::from_secs(60),
            after: After::Leave,
            credentials: Credentials::default(),
            host_keys: Vec::new(),
            host_keys_since: None,
            legacy_algorithms: false,
            ftp_mode: FtpMode::Passive,
            ca_certificate: None,
            network: NetworkPolicy::default(),
            trust_length: false,
            markers: false,
            limits: TransportLimits::default(),
            retry: Retry::default(),
        }
    }

    /// A source as it is configured, with its certificate authority as PEM. Credentials and accepted host keys are not
    /// among the settings.
    pub fn configured(files: &FileSettings, ca_certificate: Option<String>) -> Self {
        let RetrySettings {
            attempts,
            first_wait,
        } = files.retry;
        Self {
            pattern: files.pattern.clone(),
            settle: files.settle,
            after: files.after.clone(),
            host_keys: files.host_key.iter().cloned().collect(),
            legacy_algorithms: files.legacy_algorithms,
            ftp_mode: files.ftp_mode,
            ftp_tls: files.ftp_tls,
            ca_certificate,
            trust_length: files.trust_length,
            markers: files.markers,
            limits: files.limits.clone(),
            retry: Retry {
                attempts,
                first_wait,
                ..Retry::default()
            },
            ..Self::new(files.location.clone())
        }
    }
}

impl SourceSettings {
    /// A text that the server sent, as messages show it: short and without anything secret.
    ///
    /// Servers echo passwords in every place, so no text of theirs goes into a message by another way.
    pub(crate) fn server_text(&self, text: &str) -> String {
        let is_short = |secret: &&SecretString| (1..4).contains(&secret.expose_secret().len());
        let mut short = self.secrets().filter(is_short);
        if short.any(|secret| text.contains(secret.expose_secret())) {
            return HIDDEN.to_owned();
        }
        shown(&self.redactor().clean(text.trim().to_owned()))
    }

    /// A name that the server lists, as messages show it: without control characters and anything secret.
    pub(crate) fn listed_name(&self, name: &str) -> String {
        let secret = |secret: &&SecretString| {
            let secret = secret.expose_secret();
            (1..4).contains(&secret.len()) && name == secret
        };
        if self.secrets().any(|it| secret(&it)) {
            return HIDDEN.to_owned();
        }
        shown(&self.redactor().clean(name.to_owned()))
    }

    /// Who logs in.
    pub(crate) fn account(&self) -> String {
        shown(self.credentials.user.as_deref().unwrap_or("anonymous"))
    }

    fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        let Credentials {
            password,
            private_key,
            passphrase,
            ..
        } = &self.credentials;
        [password, private_key, passphrase].into_iter().flatten()
    }

    /// Knows everything secret of this source, in every form in which a server may echo it.
    pub(crate) fn redactor(&self) -> Redactor {
        let redactor = Redactor::default();
        for secret in self.secrets() {
            redactor.hide(secret.expose_secret());
        }
        if self.location.scheme == Scheme::Https
            && let Some((_, query)) = self.location.path.split_once('?')
        {
            redactor.hide(query);
            let pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.for_each(|(_, value)| redactor.hide(&value));
        }
        redactor
    }
}

/// Who logs in, and with what. `Debug` shows no secret.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    pub user: Option<String>,
    pub password: Option<SecretString>,
    /// Private key in OpenSSH or PEM form.
    pub private_key: Option<SecretString>,
    /// Passphrase of the private key.
    pub passphrase: Option<SecretString>,
}

/// How a failed attempt is repeated within a slot; refused credentials never are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all.
    pub attempts: u32,
    /// Longest wait before the second attempt; doubled each time.
    pub first_wait: Duration,
    /// Chooses the waits: each is a share of the longest.
    pub seed: u64,
}

impl Default for Retry {
    fn default() -> Self {
        let RetrySettings {
            attempts,
            first_wait,
        } = RetrySettings::default();
        Self {
            attempts,
            first_wait,
            seed: 0,
        }
    }
}
