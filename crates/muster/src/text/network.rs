//! Connections that were not made or ended too early: what file servers and HR systems have in common.

use muster_core::model::problem::network::{
    AddressRule, Certificate, CertificateFault, ConnectionFault, ForbiddenAddress,
    RefusedCertificate, TlsFault, TlsSetupFault, TriedAddress,
};

/// How a connection failed.
pub(crate) fn connection(fault: &ConnectionFault) -> String {
    match fault {
        ConnectionFault::EndedEarly => "the connection ended before the answer did".to_owned(),
        ConnectionFault::ClosedUnanswered => {
            "the server closed the connection without an answer".to_owned()
        }
        ConnectionFault::HeadersTooLarge => {
            "the headers of the answer are larger than any that are needed".to_owned()
        }
        ConnectionFault::Other { says } => system(says),
        ConnectionFault::Unknown => "the connection broke".to_owned(),
    }
}

/// An error in the words of the system. Its number says nothing more.
pub(super) fn system(says: &str) -> String {
    match says.split_once(" (os error ") {
        Some((words, rest)) => {
            let after = rest.split_once(')').map_or("", |(_, after)| after);
            format!("{words}{after}")
        }
        None => says.to_owned(),
    }
}

/// Addresses of a server that take no connection.
pub(super) fn tried(tried: &[TriedAddress], seconds: u64) -> String {
    let tried = tried.iter().map(|TriedAddress { address, why }| {
        let why = why.as_deref().map(system);
        let why = why.unwrap_or_else(|| format!("no answer within {seconds} s"));
        format!("{address}: {why}")
    });
    tried.collect::<Vec<_>>().join("; ")
}

/// Why an address is not connected to.
pub(crate) fn forbidden(address: &ForbiddenAddress) -> String {
    let rule = match address.rule {
        AddressRule::LinkLocal => {
            "link-local addresses are refused, because machines offer secrets of their own there"
        }
        AddressRule::Metadata => {
            "the cloud offers secrets to its machines there, so connections are refused"
        }
        AddressRule::NotOneServer => "it is not the address of one server",
        AddressRule::NameOfThisMachine => "a host name may not lead to this machine itself",
        AddressRule::PrivateNetwork => "connections into private networks are refused",
        AddressRule::ThisMachine => "connections to this machine itself are refused",
    };
    format!("the host leads to {}: {rule}", address.address)
}

/// Why there is no encrypted connection.
pub(crate) fn tls(fault: &TlsFault) -> String {
    match fault {
        TlsFault::Certificate(refused) => certificate(refused),
        TlsFault::OldTls => {
            "the server supports neither TLS 1.2 nor TLS 1.3, which are required".to_owned()
        }
        TlsFault::AnswersUnencrypted => {
            "the server does not answer with encryption on this port".to_owned()
        }
        TlsFault::Alert { alert } => {
            format!("the server ended the handshake with the TLS alert `{alert}`")
        }
        TlsFault::Other { says } => says.clone(),
    }
}

fn certificate(refused: &RefusedCertificate) -> String {
    let RefusedCertificate {
        host,
        fault,
        certificate,
    } = refused;
    let Some(certificate) = certificate else {
        return "what the server shows is not a certificate".to_owned();
    };
    let clock = |now: &Option<jiff::Timestamp>| {
        now.map_or(String::new(), |now| {
            format!(" (the clock of this machine says {now})")
        })
    };
    let Certificate {
        subject,
        issuer,
        from,
        until,
    } = certificate;
    let wrong = match fault {
        CertificateFault::Unreadable => "cannot be read".to_owned(),
        CertificateFault::Expired { now } => format!("expired on {until}{}", clock(now)),
        CertificateFault::NotYetValid { now } => {
            format!("is not valid before {from}{}", clock(now))
        }
        CertificateFault::OtherHosts { names } => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            match names.is_empty() {
                true => format!("names no host, and so not `{host}`"),
                false => format!("is for {} and not for `{host}`", names.join(", ")),
            }
        }
        CertificateFault::SelfSigned => "is self-signed, so no authority confirms it".to_owned(),
        CertificateFault::UnknownAuthority => format!(
            "is signed by {}, an authority that is not trusted here",
            name(issuer.as_deref())
        ),
        CertificateFault::Other { says } => format!("cannot be used: {says}"),
    };
    format!(
        "its certificate {wrong}; the subject is {}, valid from {from} to {until}; the host is `{host}`",
        name(subject.as_deref())
    )
}

fn name(name: Option<&str>) -> String {
    name.map_or("empty".to_owned(), |name| format!("`{name}`"))
}

/// Why encryption cannot be prepared on this machine.
pub(crate) fn tls_setup(fault: &TlsSetupFault) -> String {
    match fault {
        TlsSetupFault::NotPem { says } => {
            format!("`ca_certificate` is not a certificate in PEM form: {says}")
        }
        TlsSetupFault::NoCertificate => {
            "`ca_certificate` contains no certificate in PEM form".to_owned()
        }
        TlsSetupFault::Unusable { says } => format!("`ca_certificate` cannot be used: {says}"),
        TlsSetupFault::NoAuthorities => "this machine trusts no certificate authority".to_owned(),
        TlsSetupFault::Other { says } => says.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(fault: CertificateFault) -> String {
        let issuer = match fault {
            CertificateFault::UnknownAuthority => Some("CN=Acme authority".to_owned()),
            _ => None,
        };
        tls(&TlsFault::Certificate(Box::new(RefusedCertificate {
            host: "ftp.acme.example".to_owned(),
            fault,
            certificate: Some(Certificate {
                subject: Some("CN=ftp".to_owned()),
                issuer,
                from: "2025-01-01T00:00:00Z".parse().unwrap(),
                until: "2026-01-01T00:00:00Z".parse().unwrap(),
            }),
        })))
    }

    #[test]
    fn a_refused_certificate_says_what_is_wrong_with_it_and_which_one_it_is() {
        let now = "2026-11-02T08:00:00Z".parse().ok();
        let names = |names: &[&str]| CertificateFault::OtherHosts {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        for (fault, wanted) in [
            (
                CertificateFault::Expired { now },
                "expired on 2026-01-01T00:00:00Z (the clock of this machine says 2026-11-02T08:00:00Z)",
            ),
            (
                CertificateFault::NotYetValid { now: None },
                "is not valid before 2025-01-01T00:00:00Z",
            ),
            (
                names(&["a.example", "*.b.example"]),
                "is for `a.example`, `*.b.example` and not for `ftp.acme.example`",
            ),
            (names(&[]), "names no host, and so not `ftp.acme.example`"),
            (
                CertificateFault::SelfSigned,
                "is self-signed, so no authority confirms it",
            ),
            (
                CertificateFault::UnknownAuthority,
                "is signed by `CN=Acme authority`, an authority that is not trusted here",
            ),
        ] {
            assert_eq!(
                refused(fault),
                format!(
                    "its certificate {wanted}; the subject is `CN=ftp`, valid from 2025-01-01T00:00:00Z to \
                     2026-01-01T00:00:00Z; the host is `ftp.acme.example`"
                )
            );
        }
    }

    #[test]
    fn an_address_is_refused_with_its_reason() {
        for (rule, wanted) in [
            (
                AddressRule::LinkLocal,
                "link-local addresses are refused, because machines offer secrets of their own there",
            ),
            (
                AddressRule::NameOfThisMachine,
                "a host name may not lead to this machine itself",
            ),
        ] {
            let address = "169.254.169.254".parse().unwrap();
            assert_eq!(
                forbidden(&ForbiddenAddress { address, rule }),
                format!("the host leads to 169.254.169.254: {wanted}")
            );
        }
    }

    #[test]
    fn errors_of_the_system_are_shown_without_their_number() {
        assert_eq!(
            system("Connection refused (os error 111)"),
            "Connection refused"
        );
        assert_eq!(
            tried(
                &[
                    TriedAddress {
                        address: "192.0.2.1".parse().unwrap(),
                        why: Some("Connection refused (os error 111)".to_owned()),
                    },
                    TriedAddress {
                        address: "2001:db8::1".parse().unwrap(),
                        why: None,
                    },
                ],
                10
            ),
            "192.0.2.1: Connection refused; 2001:db8::1: no answer within 10 s"
        );
        assert_eq!(
            connection(&ConnectionFault::EndedEarly),
            "the connection ended before the answer did"
        );
        assert_eq!(
            connection(&ConnectionFault::Unknown),
            "the connection broke"
        );
    }
}
