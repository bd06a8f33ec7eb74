//! The one TLS configuration: which certificates are trusted, for HTTPS and FTPS alike.
//!
//! Verification cannot be switched off; a server with a private authority is trusted by naming it.

use crate::{
    net::trust::Trust,
    transport::{ErrorKind, SourceSettings, TransportError},
};
use muster_core::model::code::Code;
use rustls::{
    ClientConfig, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::sync::Arc;

pub(crate) use super::trust::said;

/// Trusts the authorities of this machine, and besides them what `named` has (PEM): authorities, or the very
/// certificate of the server.
pub(crate) fn configuration(named: Option<&str>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    // A machine without authorities may still reach a server whose authority is named.
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    let mut certificates = Vec::new();
    if let Some(named) = named {
        for certificate in CertificateDer::pem_slice_iter(named.as_bytes()) {
            let certificate = certificate.map_err(|error| {
                format!("`ca_certificate` is not a certificate in PEM form: {error}")
            })?;
            roots
                .add(certificate.clone())
                .map_err(|error| format!("`ca_certificate` cannot be used: {error}"))?;
            certificates.push(certificate);
        }
        if certificates.is_empty() {
            return Err("`ca_certificate` has no certificate in PEM form".to_owned());
        }
    }
    if roots.is_empty() {
        return Err("this machine trusts no certificate authority".to_owned());
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let authorities =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
    let authorities = authorities.map_err(|error| error.to_string())?;
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        // Not less than the usual check, but more: see `trust`.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Trust::new(authorities, certificates)));
    Ok(configuration.with_no_client_auth())
}

/// A TLS configuration that cannot be made.
pub(crate) fn not_configured(settings: &SourceSettings, why: String) -> TransportError {
    TransportError::new(
        Code::Configuration,
        ErrorKind::Configuration,
        "prepare encryption for",
        &settings.location.server(),
        why,
        "install the package `ca-certificates`, or correct `ca_certificate` under [source]",
    )
}

/// A server whose certificate or encryption is refused. No credential was sent.
pub(crate) fn refused(settings: &SourceSettings, why: impl Into<String>) -> TransportError {
    TransportError::new(
        Code::TransportTls,
        ErrorKind::Unauthorised,
        "agree on encryption with",
        &settings.location.server(),
        why,
        "have the server's certificate renewed or corrected; an authority of their own, or the server's certificate \
         itself, is trusted by naming it as `ca_certificate` under [source]",
    )
}
