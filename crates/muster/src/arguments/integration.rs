//! `muster integration`.

use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub(crate) enum IntegrationCommand {
    /// List every version of the settings of an integration in the database, with its time, its author and what it changed
    History {
        /// The name of the integration, also of one that was removed
        name: String,
    },
    /// Let a new source take over the employees of the source that it replaces
    ///
    /// Reads the new source and compares its records with the employees that the old integration manages, by e-mail
    /// address or by names and birthday. The saved plan gives every matched employee the external id of the new source
    /// and moves them to the new integration. It creates and deactivates nobody. Approve it, then run the first
    /// `muster plan` of the new integration.
    #[command(
        after_help = "Example: the HR system was replaced overnight, and every external id is new:
  muster integration succeed old-hr new-hr.toml"
    )]
    Succeed {
        /// The name of the integration that is replaced
        #[arg(value_name = "OLD")]
        old: String,
        /// The integration file of the new source
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}
