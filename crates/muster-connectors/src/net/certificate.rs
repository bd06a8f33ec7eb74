//! What a certificate says about itself: which server it is for, who signed it, and when it is valid.
//!
//! Reads only what messages show. Whether a certificate is to be trusted is decided elsewhere.

use jiff::Timestamp;
use muster_core::model::problem::shown;
use x509_parser::{
    oid_registry::{
        OID_X509_COMMON_NAME, OID_X509_ORGANIZATION_NAME, OID_X509_ORGANIZATIONAL_UNIT,
    },
    prelude::{FromDer, X509Certificate, X509Name},
    time::ASN1Time,
};

/// What a certificate says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// Whom it is for.
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// Whether both are the same.
    pub(crate) signed_itself: bool,
    /// From when it is valid.
    pub(crate) from: Timestamp,
    /// Until when it is valid.
    pub(crate) until: Timestamp,
}

impl Certificate {
    /// Reads the encoded form; none: it is not one.
    pub(crate) fn read(encoded: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(encoded).ok()?;
        let (subject, issuer) = (certificate.subject(), certificate.issuer());
        let validity = certificate.validity();
        Some(Self {
            subject: name(subject),
            issuer: name(issuer),
            signed_itself: subject.as_raw() == issuer.as_raw(),
            from: moment(&validity.not_before)?,
            until: moment(&validity.not_after)?,
        })
    }
}

fn moment(time: &ASN1Time) -> Option<Timestamp> {
    Timestamp::from_second(time.timestamp()).ok()
}

/// The parts of a name that people recognise, as in `CN=ftp.acme.example`.
fn name(name: &X509Name<'_>) -> String {
    let parts = [
        (OID_X509_COMMON_NAME, "CN"),
        (OID_X509_ORGANIZATIONAL_UNIT, "OU"),
        (OID_X509_ORGANIZATION_NAME, "O"),
    ];
    let named = name.iter_attributes().filter_map(|attribute| {
        let (_, part) = parts.iter().find(|(oid, _)| oid == attribute.attr_type())?;
        let value = String::from_utf8_lossy(attribute.as_slice());
        Some(format!("{part}={}", shown(&value)))
    });
    let named: Vec<String> = named.collect();
    if named.is_empty() {
        "nobody".to_owned()
    } else {
        named.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_testkit::certificate::{Certificate as Made, Flaw};
    use rustls::pki_types::{CertificateDer, pem::PemObject};

    fn read(flaw: Flaw) -> Certificate {
        let folder = tempfile::tempdir().unwrap();
        let made = Made::new(folder.path(), "DNS:localhost", flaw);
        Certificate::read(&CertificateDer::from_pem_file(&made.certificate).unwrap()).unwrap()
    }

    #[test]
    fn names_and_dates_are_read() {
        let expired = read(Flaw::Expired);
        assert_eq!(
            (expired.subject.as_str(), expired.issuer.as_str()),
            ("CN=Test server", "CN=Test authority")
        );
        assert_eq!(
            (expired.from, expired.until),
            (
                "2020-01-01T00:00:00Z".parse().unwrap(),
                "2021-01-01T00:00:00Z".parse().unwrap()
            )
        );
        // Beyond 2049 times have four digits for the year.
        assert_eq!(
            read(Flaw::NotYetValid).from,
            "2060-01-01T00:00:00Z".parse().unwrap()
        );
        assert!(read(Flaw::SelfSigned).signed_itself && !expired.signed_itself);
    }

    #[test]
    fn what_is_cut_anywhere_is_no_certificate_and_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let made = Made::new(folder.path(), "DNS:localhost", Flaw::None);
        let encoded = CertificateDer::from_pem_file(&made.certificate).unwrap();
        for length in 0..encoded.len() {
            assert_eq!(Certificate::read(&encoded[..length]), None, "{length}");
        }
    }
}
