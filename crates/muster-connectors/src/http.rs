//! The one HTTP client: certificates verified, no redirects followed, no proxy, no decompression.
//!
//! Each source gets its own client, so that a connection is never used again with other credentials.

use crate::transport::{TransportLimits, tls};
use reqwest::{Client, redirect::Policy};

/// Who asks, as servers log it.
const AGENT: &str = concat!("muster/", env!("CARGO_PKG_VERSION"));

/// Makes a client that trusts this machine's authorities and those in `ca` (PEM).
pub(crate) fn client(limits: &TransportLimits, ca: Option<&str>) -> Result<Client, String> {
    #[allow(clippy::disallowed_methods, reason = "this is the one place where a client is made")]
    let client = Client::builder()
        .tls_backend_preconfigured(tls::configuration(ca)?)
        .https_only(true)
        .redirect(Policy::none())
        .no_proxy()
        .retry(reqwest::retry::never())
        .user_agent(AGENT)
        .connect_timeout(limits.connect + limits.handshake)
        .read_timeout(limits.first_byte.max(limits.between_bytes))
        .timeout(limits.whole)
        .build();
    client.map_err(|error| error.without_url().to_string())
}
