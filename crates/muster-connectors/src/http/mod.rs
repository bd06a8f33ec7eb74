//! The one HTTP client: certificates verified, no redirects followed, no proxy.
//!
//! Each source gets its own client, so that a connection is never used again with other credentials. On top
//! of it, [`Api`] is what connectors ask: paced, repeated within bounds, limited in size, and with everything
//! secret taken out of what leaves.

mod answer;
mod api;
mod cause;
mod clock;
mod inflate;
mod origin;
mod pace;
mod redact;
mod retry;
#[cfg(test)]
mod tests;
mod token;
pub(crate) mod web_page;

use crate::{
    net::tls,
    transport::{NetworkPolicy, TransportLimits},
};
use muster_core::model::problem::network::TlsSetupFault;
use reqwest::{
    Client, ClientBuilder,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use std::{net::SocketAddr, time::Duration};

pub(crate) use answer::Answer;
pub(crate) use api::{Api, Body, Call};
pub(crate) use cause::{connection, encryption, forbidden};
pub(crate) use clock::difference;
pub(crate) use origin::{Base, query_value, server};
pub(crate) use pace::Pacing;
pub(crate) use redact::{HIDDEN, Redactor};
pub(crate) use retry::{fault, retry_after, time};
pub(crate) use token::{Bearer, Issued, Issuer};

/// Who asks, as servers log it.
const AGENT: &str = concat!("muster/", env!("CARGO_PKG_VERSION"));

/// Makes a client that trusts this machine's authorities and those in `ca` (PEM), and connects to what `network` allows.
/// A host that is written as an address is not looked up: it is for the caller to check.
pub(crate) fn client(
    limits: &TransportLimits,
    ca: Option<&str>,
    network: NetworkPolicy,
) -> Result<Client, TlsSetupFault> {
    let built = builder(ca, network)?
        .https_only(true)
        .connect_timeout(limits.connect + limits.handshake)
        .read_timeout(limits.first_byte.max(limits.between_bytes))
        .timeout(limits.whole)
        .build();
    built.map_err(not_built)
}

/// The library's own words, without the URL.
fn not_built(error: reqwest::Error) -> TlsSetupFault {
    TlsSetupFault::Other {
        says: error.without_url().to_string(),
    }
}

/// Makes a client that posts to a receiver whose URL was checked, within limits for the connection and for all.
pub(crate) fn posting_client(
    (connect, all): (Duration, Duration),
    ca: Option<&str>,
    network: NetworkPolicy,
) -> Result<Client, TlsSetupFault> {
    let built = builder(ca, network)?
        .connect_timeout(connect)
        .timeout(all)
        .build();
    built.map_err(not_built)
}

fn builder(ca: Option<&str>, network: NetworkPolicy) -> Result<ClientBuilder, TlsSetupFault> {
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the one place where a client is made"
    )]
    let builder = Client::builder();
    Ok(builder
        .tls_backend_preconfigured(tls::configuration(ca)?)
        .redirect(Policy::none())
        .no_proxy()
        .dns_resolver(Allowed(network))
        .retry(reqwest::retry::never())
        .user_agent(AGENT))
}

/// Looks names up, and gives only the addresses that may be connected to.
struct Allowed(NetworkPolicy);

impl Resolve for Allowed {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed = network.allowed(name.as_str(), found);
            let allowed: Addrs = Box::new(allowed.map_err(cause::Forbidden)?.into_iter());
            Ok(allowed)
        })
    }
}
