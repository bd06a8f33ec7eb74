//! `muster issues`.

use clap::Subcommand;

#[derive(Subcommand, Debug)]
pub(crate) enum IssuesCommand {
    /// Show an issue with its history
    Show {
        /// The number of the issue
        issue: i64,
    },
    /// Send no alerts about an issue for some days; if it becomes critical, the snooze ends
    Snooze {
        /// The number of the issue
        issue: i64,
        /// For how many days
        #[arg(long, default_value = "1", value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=365))]
        days: u16,
        /// End the snooze
        #[arg(long, conflicts_with = "days")]
        off: bool,
    },
}
