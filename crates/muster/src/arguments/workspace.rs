//! `muster workspace`.

use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(crate) enum WorkspaceCommand {
    /// List the workspaces with their employees and what needs attention
    List,
    /// Create an empty workspace; the first run of an integration file creates its workspace too
    Create {
        /// Letters of the English alphabet, digits, `-`, `_` and `.`
        name: String,
    },
    /// Delete a workspace with its employees, runs, deliveries, settings and tokens, permanently
    ///
    /// Only the audit log is left. Make a backup first. Backups and earlier exports still contain the data.
    #[command(after_help = "Example:
  muster workspace delete acme --confirm acme")]
    Delete {
        /// The name of the workspace
        name: String,
        /// The name once more
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
}
