//! Which servers are trusted: those that an authority vouches for, and those whose very certificate was named.
//!
//! Nothing is ever let through unchecked. What this adds to the library's own check is that a refusal says
//! which certificate, whose, and what is wrong with it, and that a server's own certificate can be pinned.

use super::certificate::Certificate;
use jiff::Timestamp;
use muster_core::model::problem::shown;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use std::{fmt, sync::Arc};

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
    /// matter then: somebody looked at it. That its owner is the one who speaks is proved by its signature below.
    fn is_pinned(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> bool {
        let now = moment(now);
        self.named.contains(certificate)
            && Certificate::read(certificate)
                .is_some_and(|it| Some(it.from) <= now && now <= Some(it.until))
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
        let why = explain(&error, certificate, host, now);
        Err(Error::InvalidCertificate(CertificateError::Other(
            OtherError(Arc::new(Refusal(why))),
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

/// What an error of encryption says to people.
pub(crate) fn said(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(CertificateError::Other(OtherError(refusal))) => {
            refusal.to_string()
        }
        error => error.to_string(),
    }
}

/// Why a certificate is refused.
#[derive(Debug)]
struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

fn explain(
    error: &Error,
    encoded: &CertificateDer<'_>,
    host: &ServerName<'_>,
    now: UnixTime,
) -> String {
    let Some(certificate) = Certificate::read(encoded) else {
        return "what it shows is not a certificate".to_owned();
    };
    let Certificate {
        subject,
        issuer,
        signed_itself,
        from,
        until,
    } = certificate;
    let host = host.to_str();
    let now = moment(now).map_or(String::new(), |now| {
        format!(" (this machine's clock says {now})")
    });
    let wrong = match error {
        // Its dates are wrong whoever signed it, and that is the plainer reason.
        Error::InvalidCertificate(CertificateError::ExpiredContext { .. }) => {
            format!("expired on {until}{now}")
        }
        Error::InvalidCertificate(CertificateError::NotValidYetContext { .. }) => {
            format!("is not valid before {from}{now}")
        }
        Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            presented, ..
        }) => {
            let names: Vec<String> = presented.iter().take(10).map(|name| plain(name)).collect();
            let names = if names.is_empty() {
                "no host at all".to_owned()
            } else {
                names.join(", ")
            };
            format!("is for {names} and not for `{}`", shown(&host))
        }
        _ if signed_itself => "is signed by itself: no authority vouches for it".to_owned(),
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            format!("is signed by `{issuer}`, an authority that is not trusted here")
        }
        other => format!("cannot be used: {}", shown(&said(other))),
    };
    format!(
        "its certificate {wrong}; the subject is `{subject}`, valid from {from} to {until}; wanted for `{}`",
        shown(&host)
    )
}

/// A name in a certificate as the library writes it, such as `DnsName("a.example")`, without what is around it.
fn plain(name: &str) -> String {
    let inside = name
        .split_once('(')
        .map_or(name, |(_, inside)| inside.trim_end_matches(')'));
    format!("`{}`", shown(inside.trim_matches('"')))
}

fn moment(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(time.as_secs()).ok()?).ok()
}
