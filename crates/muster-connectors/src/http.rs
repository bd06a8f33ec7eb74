//! The one HTTP client: certificates verified, no redirects followed, no proxy, no decompression.
//!
//! Each source gets its own client, so that a connection is never used again with other credentials.

use crate::transport::{NetworkPolicy, TransportLimits, tls};
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use std::net::SocketAddr;

/// Who asks, as servers log it.
const AGENT: &str = concat!("muster/", env!("CARGO_PKG_VERSION"));

/// Makes a client that trusts this machine's authorities and those in `ca` (PEM), and connects to what `network` allows.
/// A host that is written as an address is not looked up: it is for the caller to check.
pub(crate) fn client(limits: &TransportLimits, ca: Option<&str>, network: NetworkPolicy) -> Result<Client, String> {
    #[allow(clippy::disallowed_methods, reason = "this is the one place where a client is made")]
    let client = Client::builder()
        .tls_backend_preconfigured(tls::configuration(ca)?)
        .https_only(true)
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(Allowed(network))
        .retry(reqwest::retry::never())
        .user_agent(AGENT)
        .connect_timeout(limits.connect + limits.handshake)
        .read_timeout(limits.first_byte.max(limits.between_bytes))
        .timeout(limits.whole)
        .build();
    client.map_err(|error| error.without_url().to_string())
}

/// Looks names up, and gives only the addresses that may be connected to.
struct Allowed(NetworkPolicy);

impl Resolve for Allowed {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.0;
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Addrs = Box::new(network.allowed(name.as_str(), found)?.into_iter());
            Ok(allowed)
        })
    }
}
