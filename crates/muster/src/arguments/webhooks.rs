//! `muster webhooks`.

use clap::Subcommand;
use jiff::Timestamp;
use std::path::PathBuf;

#[derive(Subcommand, Debug)]
pub(crate) enum WebhooksCommand {
    /// Send events about the employees of a workspace to a URL; the signing secret is printed once
    Add {
        /// An https URL
        url: String,
        /// How long a departure waits before it is sent, so that an undo can recall it
        #[arg(long, default_value = "120", value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(0..=86_400))]
        departure_wait: u32,
        /// Allow a URL that leads into an internal network or to this machine
        #[arg(long)]
        allow_internal: bool,
        /// The certificate authority (PEM) of the receiver, to trust in addition to those of the machine
        #[arg(long, value_name = "FILE")]
        ca_certificate: Option<PathBuf>,
    },
    /// List the webhooks, and the events that could not be delivered
    List,
    /// Send nothing to a webhook for now; events wait
    Pause {
        /// The number of the webhook
        webhook: i64,
    },
    /// Send to a paused webhook again
    Resume {
        /// The number of the webhook
        webhook: i64,
    },
    /// Send the events again that could not be delivered, or all since a time; each keeps its id
    Replay {
        /// The number of the webhook
        webhook: i64,
        /// Send all events of runs that began since then, also those that were delivered
        #[arg(long, value_name = "RFC3339")]
        since: Option<Timestamp>,
    },
    /// Remove a webhook with everything that waits for it
    Remove {
        /// The number of the webhook
        webhook: i64,
    },
}
