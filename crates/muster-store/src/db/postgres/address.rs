//! The address of a database on a server: `postgres://user:password@host:port/database`. The password is never shown.

use crate::db::{
    error::{AddressFault, StoreError},
    postgres::tls,
};
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};
use tokio_postgres::config::{Config, Host, SslMode};

/// How long connecting may take, unless the address says otherwise.
const CONNECT: Duration = Duration::from_secs(10);

/// How long the server may be silent until the connection counts as lost.
const SILENT: Duration = Duration::from_secs(60);

/// Where the database is, and how it is reached.
#[derive(Clone)]
pub(crate) struct Address {
    pub(super) config: Config,
    pub(super) encryption: Option<tls::Encryption>,
    /// The address without the password.
    shown: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Address {
    /// Whether a URL is the address of a server.
    pub(crate) fn is_one(url: &str) -> bool {
        url.starts_with("postgres://") || url.starts_with("postgresql://")
    }

    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let wrong = |why| StoreError::Address {
            named: "`postgres:...`".to_owned(),
            why,
        };
        let (rest, settings) = Settings::take(url).ok_or_else(|| wrong(AddressFault::SslMode))?;
        let mut config = Config::from_str(&rest).map_err(|_| wrong(AddressFault::Form))?;
        if config.get_hosts().is_empty() {
            return Err(wrong(AddressFault::NoHost));
        }
        if config.get_user().is_none() {
            return Err(wrong(AddressFault::NoUser));
        }
        let is_encrypted = settings
            .is_encrypted
            .unwrap_or_else(|| config.get_hosts().iter().any(is_remote));
        config.ssl_mode(match is_encrypted {
            true => SslMode::Require,
            false => SslMode::Disable,
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_application_name().is_none() {
            config.application_name("muster");
        }
        config.keepalives_idle(SILENT / 2).tcp_user_timeout(SILENT);
        let encryption = is_encrypted
            .then(|| tls::configuration(settings.authorities.as_deref()))
            .transpose()
            .map_err(|_| wrong(AddressFault::Authorities))?;
        Ok(Self {
            shown: shown(&config),
            encryption: encryption.map(|settings| tls::Encryption(Arc::new(settings))),
            config,
        })
    }

    /// The address without the password.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }
}

/// What an address says of TLS.
#[derive(Default)]
struct Settings {
    is_encrypted: Option<bool>,
    authorities: Option<PathBuf>,
}

impl Settings {
    /// Takes the settings of TLS out of a URL. `None`: a mode that does not verify the server.
    fn take(url: &str) -> Option<(String, Self)> {
        let mut settings = Self::default();
        let Some((address, query)) = url.split_once('?') else {
            return Some((url.to_owned(), settings));
        };
        let mut others = Vec::new();
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some(("sslmode", "disable")) => settings.is_encrypted = Some(false),
                Some(("sslmode", "require" | "verify-full")) => settings.is_encrypted = Some(true),
                Some(("sslmode", _)) => return None,
                Some(("sslrootcert", path)) => settings.authorities = Some(path.into()),
                _ => others.push(pair),
            }
        }
        let query = match others.is_empty() {
            true => String::new(),
            false => format!("?{}", others.join("&")),
        };
        Some((format!("{address}{query}"), settings))
    }
}

/// Whether what is sent to a host leaves this machine.
fn is_remote(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name != "localhost" && !name.parse::<IpAddr>().is_ok_and(|host| host.is_loopback())
        }
        Host::Unix(_) => false,
    }
}

fn shown(config: &Config) -> String {
    let ports = config.get_ports();
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(at, host)| {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                Host::Unix(path) => Path::display(path).to_string(),
            }
        })
        .collect();
    let user = config.get_user().unwrap_or_default();
    let database = config.get_dbname().unwrap_or(user);
    format!("postgres://{user}@{}/{database}", hosts.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Address::parse(url).unwrap_err().to_string()
    }

    #[test]
    fn password_is_in_no_message() {
        let address =
            Address::parse("postgres://eva:s3cret@127.0.0.1:5433/people?application_name=x")
                .unwrap();
        assert_eq!(address.shown(), "postgres://eva@127.0.0.1:5433/people");
        assert_eq!(format!("{address:?}"), address.shown());
        for url in [
            "postgres://eva:s3cret@127.0.0.1:what/people",
            "postgres://eva:s3cret@127.0.0.1/people?sslmode=allow",
            "postgres://eva:s3cret@127.0.0.1/people?s3cret=s3cret",
        ] {
            assert!(!refused(url).contains("s3cret"), "{url}");
        }
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_unless_the_address_says_otherwise() {
        for (url, expected) in [
            ("postgres://eva@10.0.0.7/people", true),
            ("postgres://eva@db.example.org/people", true),
            (
                "postgres://eva@db.example.org/people?sslmode=disable",
                false,
            ),
            ("postgres://eva@localhost/people", false),
            ("postgres://eva@[::1]/people", false),
            ("postgres://eva@localhost/people?sslmode=require", true),
            ("postgres://eva@%2Frun%2Fpostgresql/people", false),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.encryption.is_some(), expected, "{url}");
            let wanted = match expected {
                true => SslMode::Require,
                false => SslMode::Disable,
            };
            assert_eq!(address.config.get_ssl_mode(), wanted, "{url}");
        }
    }

    #[test]
    fn mode_without_verification_is_refused() {
        for mode in ["allow", "prefer", "verify-ca", ""] {
            let why = refused(&format!("postgres://eva@host/people?sslmode={mode}"));
            assert!(why.ends_with("SslMode"), "{why}");
        }
    }
}
