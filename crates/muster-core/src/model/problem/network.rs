//! Why no connection was made, or why it ended: what file servers and HR systems have in common.
//!
//! Texts of servers and libraries are data here, free of secrets.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// How a connection failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionFault {
    /// It ended before the answer did.
    EndedEarly,
    /// It was closed without an answer.
    ClosedUnanswered,
    /// The headers of the answer are longer than any that are needed.
    HeadersTooLarge,
    /// In the words of the system or a library.
    Other {
        says: String,
    },
    Unknown,
}

/// Why there is no encrypted connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsFault {
    Certificate(Box<RefusedCertificate>),
    /// The server speaks neither TLS 1.2 nor 1.3.
    OldTls,
    /// The server answers a TLS handshake without encryption.
    AnswersUnencrypted,
    /// The server ends the handshake with an alert, named as in its RFC.
    Alert {
        alert: String,
    },
    /// In the words of a library.
    Other {
        says: String,
    },
}

/// A certificate that is refused, and the host that it was wanted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCertificate {
    pub host: String,
    pub fault: CertificateFault,
    /// None: it cannot be read.
    pub certificate: Option<Certificate>,
}

/// What a certificate says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// None: it names nobody.
    pub subject: Option<String>,
    pub issuer: Option<String>,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFault {
    Unreadable,
    /// By the clock of this machine.
    Expired {
        now: Option<Timestamp>,
    },
    NotYetValid {
        now: Option<Timestamp>,
    },
    /// It is for these hosts only.
    OtherHosts {
        names: Vec<String>,
    },
    SelfSigned,
    UnknownAuthority,
    /// In the words of a library.
    Other {
        says: String,
    },
}

/// Why encryption cannot be prepared on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsSetupFault {
    /// What was named as a certificate is not one in PEM form.
    NotPem {
        says: String,
    },
    /// What was named as a certificate holds none.
    NoCertificate,
    /// The named certificate cannot be used.
    Unusable {
        says: String,
    },
    /// The machine trusts no authority.
    NoAuthorities,
    Other {
        says: String,
    },
}

/// An address that may not be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForbiddenAddress {
    pub address: IpAddr,
    pub rule: AddressRule,
}

/// Why an address may not be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressRule {
    /// Machines keep secrets of their own at link-local addresses.
    LinkLocal,
    /// Clouds offer secrets to their machines at a few other addresses.
    Metadata,
    /// Unspecified, multicast or broadcast.
    NotOneServer,
    /// A name that is not this machine's own leads to it.
    NameOfThisMachine,
    /// Connections into private networks are not allowed.
    PrivateNetwork,
    /// Connections to this machine itself are not allowed.
    ThisMachine,
}

/// An address of a server that was tried in vain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedAddress {
    pub address: IpAddr,
    /// What the system says; none: there was no answer in time.
    pub why: Option<String>,
}
