//! What a certificate says about itself: which server it is for, who signed it, and when it is valid.
//!
//! Reads only what messages show. Whether a certificate is to be trusted is decided elsewhere.

use jiff::Timestamp;
use muster_core::model::problem::{network::Certificate, shown};
use x509_parser::{
    oid_registry::{
        OID_X509_COMMON_NAME, OID_X509_ORGANIZATION_NAME, OID_X509_ORGANIZATIONAL_UNIT,
    },
    prelude::{FromDer, X509Certificate, X509Name},
    time::ASN1Time,
};

/// Reads the encoded form, and whether the certificate is signed by itself; none: it is not one.
pub(crate) fn read(encoded: &[u8]) -> Option<(Certificate, bool)> {
    let (_, certificate) = X509Certificate::from_der(encoded).ok()?;
    let (subject, issuer) = (certificate.subject(), certificate.issuer());
    let validity = certificate.validity();
    let is_self_signed = subject.as_raw() == issuer.as_raw();
    let certificate = Certificate {
        subject: name(subject),
        issuer: name(issuer),
        from: moment(&validity.not_before)?,
        until: moment(&validity.not_after)?,
    };
    Some((certificate, is_self_signed))
}

fn moment(time: &ASN1Time) -> Option<Timestamp> {
    Timestamp::from_second(time.timestamp()).ok()
}

/// The parts of a name that people recognise, as in `CN=ftp.acme.example`.
fn name(name: &X509Name<'_>) -> Option<String> {
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
    (!named.is_empty()).then(|| named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_testkit::certificate::{Certificate as Made, Flaw};
    use rustls::pki_types::{CertificateDer, pem::PemObject};

    fn read_with(flaw: Flaw) -> (Certificate, bool) {
        let folder = tempfile::tempdir().unwrap();
        let made = Made::new(folder.path(), "DNS:localhost", flaw);
        read(&CertificateDer::from_pem_file(&made.certificate).unwrap()).unwrap()
    }

    #[test]
    fn names_and_dates_are_read() {
        let (expired, is_self_signed) = read_with(Flaw::Expired);
        assert!(!is_self_signed);
        assert_eq!(
            (expired.subject.as_deref(), expired.issuer.as_deref()),
            (Some("CN=Test server"), Some("CN=Test authority"))
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
            read_with(Flaw::NotYetValid).0.from,
            "2060-01-01T00:00:00Z".parse().unwrap()
        );
        assert!(read_with(Flaw::SelfSigned).1);
    }

    #[test]
    fn what_is_cut_anywhere_is_no_certificate_and_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let made = Made::new(folder.path(), "DNS:localhost", Flaw::None);
        let encoded = CertificateDer::from_pem_file(&made.certificate).unwrap();
        for length in 0..encoded.len() {
            assert_eq!(read(&encoded[..length]), None, "{length}");
        }
    }
}
