//! The one TLS configuration: which certificates are trusted, for HTTPS and FTPS alike.
//!
//! Verification cannot be switched off; a server with a private authority is trusted by naming it.

use crate::{
    net::trust::Trust,
    transport::{ErrorKind, SourceSettings, TransportError},
};
use muster_core::model::{
    code::Code,
    problem::{
        shown,
        transport::{Attempt, Cause, Remedy},
    },
};
use rustls::{
    AlertDescription, ClientConfig, InvalidMessage, RootCertStore,
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
        (
            Attempt::PrepareEncryption,
            &settings.location.server_target(),
        ),
        Cause::System { why },
        Remedy::CheckCertificateBundle,
    )
}

/// A server whose certificate or encryption is refused. No credential was sent.
pub(crate) fn refused(settings: &SourceSettings, error: &rustls::Error) -> TransportError {
    let (cause, remedy) = cause(error);
    failed(settings, cause, remedy)
}

/// What an error of encryption means: only a certificate is corrected by its owner.
pub(crate) fn cause(error: &rustls::Error) -> (Cause, Remedy) {
    match error {
        rustls::Error::InvalidCertificate(_) => {
            let why = said(error);
            (Cause::Tls { why }, Remedy::CorrectCertificate)
        }
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            (Cause::AnswersUnencrypted, Remedy::CheckTlsServer)
        }
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            (Cause::OldTls, Remedy::UpdateServer)
        }
        error => {
            // Libraries name their documentation, which helps no administrator.
            let said = error.to_string();
            let why = said.split("http").next().unwrap_or_default();
            let why = shown(why.trim_end_matches([' ', ':', '(', ',']));
            (Cause::Tls { why }, Remedy::CheckTlsServer)
        }
    }
}

/// The same with a cause that is known.
pub(crate) fn failed(settings: &SourceSettings, cause: Cause, remedy: Remedy) -> TransportError {
    TransportError::new(
        Code::TransportTls,
        ErrorKind::Unauthorised,
        (
            Attempt::NegotiateEncryption,
            &settings.location.server_target(),
        ),
        cause,
        remedy,
    )
}
