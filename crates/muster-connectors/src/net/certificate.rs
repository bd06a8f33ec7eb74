//! What a certificate says about itself: whom it is for, who signed it, and when it is valid (RFC 5280).
//!
//! Reads only what messages show. Whether a certificate is to be trusted is decided elsewhere.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use muster_core::model::problem::shown;

const INTEGER: u8 = 0x02;
const OBJECT: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALISED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xA0;

/// Parts of a name that people recognise, by the last byte of their object identifier (2.5.4.x).
const PARTS: [(u8, &str); 3] = [(3, "CN"), (11, "OU"), (10, "O")];

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
        let mut certificate = Encoded(Encoded(encoded).take(SEQUENCE)?);
        let mut signed = Encoded(certificate.take(SEQUENCE)?);
        if signed.0.first() == Some(&VERSION) {
            signed.take(VERSION)?;
        }
        let _serial_number = signed.take(INTEGER)?;
        let _algorithm = signed.take(SEQUENCE)?;
        let issuer = signed.take(SEQUENCE)?;
        let mut validity = Encoded(signed.take(SEQUENCE)?);
        let (from, until) = (validity.time()?, validity.time()?);
        let subject = signed.take(SEQUENCE)?;
        Some(Self {
            subject: name(subject),
            issuer: name(issuer),
            signed_itself: subject == issuer,
            from,
            until,
        })
    }
}

/// Bytes in the distinguished encoding, from which values are taken one after another.
struct Encoded<'e>(&'e [u8]);

impl<'e> Encoded<'e> {
    /// The content of the next value, if it is of this kind.
    fn take(&mut self, kind: u8) -> Option<&'e [u8]> {
        let (found, content) = self.next()?;
        (found == kind).then_some(content)
    }

    fn next(&mut self) -> Option<(u8, &'e [u8])> {
        let (&kind, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            // More than three digits would be longer than any certificate.
            0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
                (
                    digits
                        .iter()
                        .fold(0, |length, digit| length << 8 | usize::from(*digit)),
                    rest,
                )
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((kind, content))
    }

    fn time(&mut self) -> Option<Timestamp> {
        let (kind, content) = self.next()?;
        let text = std::str::from_utf8(content).ok()?;
        let (year, rest): (i16, &str) = match kind {
            // Two digits stand for 1950 to 2049.
            UTC_TIME => {
                let year: i16 = text.get(..2)?.parse().ok()?;
                (
                    if year < 50 { 2000 + year } else { 1900 + year },
                    text.get(2..)?,
                )
            }
            GENERALISED_TIME => (text.get(..4)?.parse().ok()?, text.get(4..)?),
            _ => return None,
        };
        let part = |from: usize| rest.get(from..from + 2)?.parse::<i8>().ok();
        let time = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
        Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

/// The parts of a name that people recognise, as in `CN=ftp.acme.example`.
fn name(encoded: &[u8]) -> String {
    let mut parts = Vec::new();
    let mut sets = Encoded(encoded);
    while let Some(set) = sets.take(SET) {
        let Some(pair) = Encoded(set).take(SEQUENCE) else {
            continue;
        };
        let mut pair = Encoded(pair);
        let (Some(object), Some((_, value))) = (pair.take(OBJECT), pair.next()) else {
            continue;
        };
        let part = PARTS.iter().find(|(last, _)| object == [0x55, 0x04, *last]);
        parts.extend(
            part.map(|(_, part)| format!("{part}={}", shown(&String::from_utf8_lossy(value)))),
        );
    }
    if parts.is_empty() {
        "nobody".to_owned()
    } else {
        parts.join(", ")
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
