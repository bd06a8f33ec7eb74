//! `muster runs`.

use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(crate) enum RunsCommand {
    /// End a run whose process no longer exists or hangs, before its lease of 30 seconds expires
    ///
    /// Nothing was applied, and nothing will be, even if the process still exists. The integration can then run again.
    Abandon {
        /// The number of the run
        run: i64,
    },
}
