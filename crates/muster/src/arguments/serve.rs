//! The options of the service.

use super::{PublicUrl, TlsOptions};
use clap::Args;
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

#[derive(Args, Debug)]
pub(crate) struct ServeOptions {
    /// The address for the pages and for monitoring
    #[arg(
        long,
        env = "MUSTER_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub(crate) listen: SocketAddr,
    /// The address under which browsers reach the pages, if it is not the one of --listen, for example
    /// `https://muster.acme.example`. With `https`, cookies are sent over HTTPS only
    #[arg(long, env = "MUSTER_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<PublicUrl>,
    /// The address of a reverse proxy; the client addresses that it names in `X-Forwarded-For` are trusted. Can be repeated
    #[arg(
        long,
        env = "MUSTER_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "ADDRESS"
    )]
    pub(crate) trusted_proxy: Vec<IpAddr>,
    #[command(flatten)]
    pub(crate) work: WorkOptions,
    #[command(flatten)]
    pub(crate) backups: BackupOptions,
    #[command(flatten)]
    pub(crate) tls: TlsOptions,
    /// Serve a demo with generated employees, in a database of its own that is removed at the end; prints a link to sign in
    #[arg(long, conflicts_with_all = ["database", "now", "rehearse"])]
    pub(crate) demo: bool,
}

impl ServeOptions {
    /// How the service itself is talked to.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls.tls_certificate.is_some() {
            "https"
        } else {
            "http"
        }
    }

    /// Whether browsers reach the pages over HTTPS.
    pub(crate) fn is_https(&self) -> bool {
        let is_public = self.public_url.as_ref().map(|url| url.is_https);
        is_public.unwrap_or(self.scheme() == "https")
    }

    /// Where browsers reach the pages of a service that listens on this address.
    pub(crate) fn public_address(&self, mut address: SocketAddr) -> String {
        // No browser can open `0.0.0.0`.
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        match &self.public_url {
            Some(url) => url.to_string(),
            None => format!("{}://{address}", self.scheme()),
        }
    }
}

/// A process that does jobs and has no pages.
#[derive(Args, Debug)]
pub(crate) struct WorkerOptions {
    /// The address for monitoring; none unless it is given
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) work: WorkOptions,
}

/// How a process does jobs.
#[derive(Args, Debug)]
pub(crate) struct WorkOptions {
    /// How many jobs run at a time
    #[arg(long, env = "MUSTER_JOBS", default_value = "8", value_name = "NUMBER")]
    pub(crate) jobs: usize,
    /// How many seconds running jobs may take to finish when the process is stopped
    #[arg(
        long,
        env = "MUSTER_GRACE",
        default_value = "25",
        value_name = "SECONDS"
    )]
    grace: u64,
}

impl WorkOptions {
    pub(crate) fn grace(&self) -> Duration {
        Duration::from_secs(self.grace)
    }
}

/// What is checked of a service beside its database.
#[derive(Args, Debug)]
pub(crate) struct DoctorOptions {
    #[command(flatten)]
    pub(crate) backups: BackupOptions,
    #[command(flatten)]
    pub(crate) tls: TlsOptions,
}

/// Where backups go, and how many are retained.
#[derive(Args, Debug)]
pub(crate) struct BackupOptions {
    /// The folder for the daily backups, or `off`; default: `<database>.backups`
    #[arg(long, env = "MUSTER_BACKUPS", value_name = "FOLDER")]
    pub(crate) backups: Option<PathBuf>,
    /// How many daily backups are retained
    #[arg(
        long,
        env = "MUSTER_RETAINED_BACKUPS",
        default_value = "14",
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    pub(crate) retained_backups: u16,
}

impl BackupOptions {
    /// The folder for backups, where `default` is the one of the database. `None`: the service makes none.
    pub(crate) fn folder(&self, default: PathBuf) -> Option<PathBuf> {
        match &self.backups {
            None => Some(default),
            Some(folder) if folder == Path::new("off") => None,
            Some(folder) => Some(folder.clone()),
        }
    }
}
