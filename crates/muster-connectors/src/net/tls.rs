//! The one TLS configuration: which certificates are trusted, for HTTPS and FTPS alike.
//!
//! Verification cannot be switched off; a server with a private authority is trusted by naming it.

use crate::{
    net::trust::{Refusal, Trust},
    transport::{ErrorKind, SourceSettings, TransportError},
};
use muster_core::model::{
    code::Code,
    problem::{
        network::{TlsFault, TlsSetupFault},
        shown,
        transport::{Attempt, Cause, Remedy},
    },
};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, InvalidMessage, OtherError, RootCertStore,
    client::WebPkiServerVerifier,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};
use std::sync::Arc;

/// Trusts the authorities of this machine, and besides them what `named` has (PEM): authorities, or the very
/// certificate of the server.
pub(crate) fn configuration(named: Option<&str>) -> Result<ClientConfig, TlsSetupFault> {
    let mut roots = RootCertStore::empty();
    // A machine without authorities may still reach a server whose authority is named.
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    let mut certificates = Vec::new();
    if let Some(named) = named {
        for certificate in CertificateDer::pem_slice_iter(named.as_bytes()) {
            let certificate = certificate.map_err(|error| TlsSetupFault::NotPem {
                says: error.to_string(),
            })?;
            let added = roots.add(certificate.clone());
            added.map_err(|error| TlsSetupFault::Unusable {
                says: error.to_string(),
            })?;
            certificates.push(certificate);
        }
        if certificates.is_empty() {
            return Err(TlsSetupFault::NoCertificate);
        }
    }
    if roots.is_empty() {
        return Err(TlsSetupFault::NoAuthorities);
    }
    let other = |says| TlsSetupFault::Other { says };
    let provider = Arc::new(aws_lc_rs::default_provider());
    let authorities =
        WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
    let authorities = authorities.map_err(|error| other(error.to_string()))?;
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| other(error.to_string()))?
        // Not less than the usual check, but more: see `trust`.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Trust::new(authorities, certificates)));
    Ok(configuration.with_no_client_auth())
}

/// A TLS configuration that cannot be made.
pub(crate) fn not_configured(settings: &SourceSettings, fault: TlsSetupFault) -> TransportError {
    TransportError::new(
        Code::Configuration,
        ErrorKind::Configuration,
        (
            Attempt::PrepareEncryption,
            &settings.location.server_target(),
        ),
        Cause::TlsSetup(fault),
        Remedy::CheckCertificateBundle,
    )
}

/// A server whose certificate or encryption is refused. No credential was sent.
pub(crate) fn refused(settings: &SourceSettings, fault: TlsFault) -> TransportError {
    let remedy = remedy(&fault);
    failed(settings, Cause::Tls(fault), remedy)
}

/// Only a certificate is corrected by its owner.
fn remedy(fault: &TlsFault) -> Remedy {
    match fault {
        TlsFault::Certificate(_) => Remedy::CorrectCertificate,
        TlsFault::OldTls => Remedy::UpdateServer,
        TlsFault::AnswersUnencrypted | TlsFault::Alert { .. } | TlsFault::Other { .. } => {
            Remedy::CheckTlsServer
        }
    }
}

/// What an error of encryption means.
pub(crate) fn fault(error: &rustls::Error) -> TlsFault {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(refusal))) => {
            match refusal.downcast_ref::<Refusal>() {
                Some(Refusal(certificate)) => TlsFault::Certificate(certificate.clone()),
                None => other(error),
            }
        }
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            TlsFault::AnswersUnencrypted
        }
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) => TlsFault::OldTls,
        rustls::Error::AlertReceived(alert) => TlsFault::Alert {
            alert: format!("{alert:?}"),
        },
        error => other(error),
    }
}

/// Libraries name their documentation, which helps no administrator.
fn other(error: &rustls::Error) -> TlsFault {
    let text = error.to_string();
    let says = text.split("http").next().unwrap_or_default();
    TlsFault::Other {
        says: shown(says.trim_end_matches([' ', ':', '(', ','])),
    }
}

/// A connection without encryption.
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
