//! What every connection needs: TLS, certificates and keys, which addresses may be reached, how many connections
//! at once, and when a failed attempt is repeated.

pub(crate) mod address_policy;
pub(crate) mod address_range;
pub(crate) mod certificate;
pub(crate) mod connection_limit;
pub(crate) mod private_key;
pub(crate) mod retry;
pub(crate) mod tls;
pub(crate) mod trust;
