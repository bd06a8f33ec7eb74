//! `muster alert`.

use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub(crate) enum AlertCommand {
    /// Set the mail server; its password is read from standard input if --user is given
    MailServer {
        /// The host name of the server
        host: String,
        /// The port; default: 587, or 465 with `--encryption tls`
        #[arg(long)]
        port: Option<u16>,
        /// How the connection is encrypted
        #[arg(long, value_enum, default_value_t = Encryption::Starttls)]
        encryption: Encryption,
        /// The address that mails are from
        #[arg(long, value_name = "ADDRESS")]
        from: String,
        /// The user to sign in as
        #[arg(long, value_name = "NAME")]
        user: Option<String>,
        /// The PEM file of a certificate authority to trust in addition to the public ones
        #[arg(long, value_name = "FILE")]
        ca_certificate: Option<PathBuf>,
    },
    /// Send alerts to an e-mail address or to a webhook; the signing secret of a webhook is printed once
    ///
    /// With --workspace, only what concerns this workspace is sent.
    Add {
        /// An e-mail address, or an https URL
        target: String,
        /// Also report each run that changed something
        #[arg(long)]
        digest: bool,
        /// Allow a URL that leads into an internal network or to this machine
        #[arg(long)]
        allow_internal: bool,
    },
    /// List the channels and the last alerts
    List,
    /// Send a test message through a channel now, and say what happened
    Test {
        /// The number of the channel
        channel: i64,
    },
    /// Remove a channel with everything that waits for it
    Remove {
        /// The number of the channel
        channel: i64,
    },
}

/// How the connection to the mail server is encrypted.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encryption {
    /// After the greeting; without it, nothing is sent
    Starttls,
    /// From the first byte
    Tls,
    /// Not at all: only for a server on this machine
    None,
}
