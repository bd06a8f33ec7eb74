//! `muster secret`.

use clap::Subcommand;
use jiff::civil::Date;

#[derive(Subcommand, Debug)]
pub(crate) enum SecretCommand {
    /// Store a secret of an integration; it is read from standard input
    ///
    /// The settings of the integration must refer to it, for example with `password = { stored = true }`. The secret is
    /// removed when the host, the port, the protocol or the user of the integration changes.
    #[command(after_help = "Example:
  pass show acme/sftp | muster secret set acme-hr password")]
    Set {
        /// The name of the integration
        integration: String,
        /// The setting, for example `password` or `client_secret`
        name: String,
        /// The last day on which the provider accepts it
        #[arg(long, value_name = "DAY")]
        expires: Option<Date>,
    },
    /// List the stored secrets with their age and the id of their master key, without their values
    List,
    /// Remove a stored secret
    Remove {
        /// The name of the integration
        integration: String,
        /// The setting, for example `password`
        name: String,
    },
}
