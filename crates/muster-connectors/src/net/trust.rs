//! Which servers are trusted: those that an authority vouches for, and those whose very certificate was named.
//!
//! Nothing is ever let through unchecked. What this adds to the library's own check is that a refusal has
//! the certificate and what is wrong with it as data, and that a server's own certificate can be pinned.

use super::certificate;
use jiff::Timestamp;
use muster_core::model::problem::{
    network::{CertificateFault, RefusedCertificate},
    shown,
};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use std::{fmt, sync::Arc};

/// Hosts of a certificate that a message lists.
const MAX_HOSTS: usize = 10;

/// Decides whether a server's certificate is trusted.
#[derive(Debug)]
pub(crate) struct Trust {
    /// Checks names, dates and signatures up to an authority.
    authorities: Arc<WebPkiServerVerifier>,
    /// Certificates that were named for this source: an authority's, or the server's own.
    named: Vec<CertificateDer<'static>>,
}

impl Trust {
    pub(crate) fn new(
        authorities: Arc<WebPkiServerVerifier>,
        named: Vec<CertificateDer<'static>>,
    ) -> Self {
        Self { authorities, named }
    }

    /// Whether this very certificate was named and is valid today. Who signed it and for which host does not
    /// matter then: an administrator named it. The signature below proves that the server owns it.
    fn is_pinned(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
        let now = moment(now);
        self.named.contains(certificate)
            && certificate::read(certificate)
                .is_some_and(|(it, _)| Some(it.from) <= now && now <= Some(it.until))
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified =
            self.authorities
                .verify_server_cert(certificate, intermediates, host, ocsp, now);
        let Err(error) = verified else {
            return verified;
        };
        if self.is_pinned(certificate, now) {
            return Ok(ServerCertVerified::assertion());
        }
        let refused = refused(&error, certificate, host, now);
        Err(Error::InvalidCertificate(CertificateError::Other(
            OtherError(Arc::new(Refusal(Box::new(refused)))),
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

/// A refused certificate as an error, which is how it passes through the library.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Box<RefusedCertificate>);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Refusal {}

/// What is wrong with a certificate.
fn refused(
    error: &Error,
    encoded: &CertificateDer<'_>,
    host: &ServerName<'_>,
    now: UnixTime,
) -> RefusedCertificate {
    let host = shown(&host.to_str());
    let Some((certificate, is_self_signed)) = certificate::read(encoded) else {
        return RefusedCertificate {
            host,
            fault: CertificateFault::Unreadable,
            certificate: None,
        };
    };
    let now = moment(now);
    let fault = match error {
        // Its dates are wrong regardless of its issuer, and that is the plainer reason.
        Error::InvalidCertificate(CertificateError::ExpiredContext { .. }) => {
            CertificateFault::Expired { now }
        }
        Error::InvalidCertificate(CertificateError::NotValidYetContext { .. }) => {
            CertificateFault::NotYetValid { now }
        }
        Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            presented, ..
        }) => CertificateFault::OtherHosts {
            names: presented
                .iter()
                .take(MAX_HOSTS)
                .map(|name| plain(name))
                .collect(),
        },
        _ if is_self_signed => CertificateFault::SelfSigned,
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            CertificateFault::UnknownAuthority
        }
        other => CertificateFault::Other {
            says: shown(&other.to_string()),
        },
    };
    RefusedCertificate {
        host,
        fault,
        certificate: Some(certificate),
    }
}

/// A name in a certificate as the library writes it, such as `DnsName("a.example")`, without what is around it.
fn plain(name: &str) -> String {
    let inside = name
        .split_once('(')
        .map_or(name, |(_, inside)| inside.trim_end_matches(')'));
    shown(inside.trim_matches('"'))
}

fn moment(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()
}
