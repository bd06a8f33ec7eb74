//! Where integrations may connect to that are set up in a browser or by the API.

use clap::Args;
use muster_connectors::transport::{AddressRange, NetworkPolicy};

/// Who sets an integration up in a browser does not run this machine: the machine and its network are closed to them.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct NetworkOptions {
    /// Let integrations that are set up in the browser or by the API connect to private networks
    #[arg(long, global = true, env = "MUSTER_PRIVATE_NETWORKS")]
    pub(crate) private_networks: bool,

    /// An address or a range, such as `10.1.0.0/16`, that integrations which are set up in the browser or by the API may always
    /// connect to. Can be repeated
    #[arg(
        long,
        global = true,
        env = "MUSTER_ALLOWED_ADDRESSES",
        value_delimiter = ',',
        value_name = "ADDRESS"
    )]
    pub(crate) allowed_address: Vec<AddressRange>,
}

impl NetworkOptions {
    pub(crate) fn policy(&self) -> NetworkPolicy {
        NetworkPolicy::closed(self.private_networks, &self.allowed_address)
    }
}
