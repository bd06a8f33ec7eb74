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

use crate::transport::{TransportLimits, tls};
use reqwest::{Client, ClientBuilder, redirect::Policy};

pub(crate) use answer::Answer;
pub(crate) use api::{Api, Body, Call};
pub(crate) use cause::{deepest, encryption};
pub(crate) use clock::difference;
pub(crate) use origin::{Base, query_value};
pub(crate) use pace::Pacing;
pub(crate) use retry::share;
pub(crate) use token::{Bearer, Issued, Issuer};

/// Who asks, as servers log it.
const AGENT: &str = concat!("muster/", env!("CARGO_PKG_VERSION"));

/// Makes a client that trusts this machine's authorities and those in `ca` (PEM).
pub(crate) fn client(limits: &TransportLimits, ca: Option<&str>) -> Result<Client, String> {
    let built = builder(ca)?
        .https_only(true)
        .connect_timeout(limits.connect + limits.handshake)
        .read_timeout(limits.first_byte.max(limits.between_bytes))
        .timeout(limits.whole)
        .build();
    built.map_err(|error| error.without_url().to_string())
}

fn builder(ca: Option<&str>) -> Result<ClientBuilder, String> {
    #[allow(clippy::disallowed_methods, reason = "this is the one place where a client is made")]
    let builder = Client::builder();
    Ok(builder
        .tls_backend_preconfigured(tls::configuration(ca)?)
        .redirect(Policy::none())
        .no_proxy()
        .retry(reqwest::retry::never())
        .user_agent(AGENT))
}
