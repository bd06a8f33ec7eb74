//! What lies beneath an error of the HTTP client. The error itself would repeat the URL.

use crate::net::tls;
use muster_core::model::problem::network::{ConnectionFault, ForbiddenAddress, TlsFault};
use std::error::Error;

/// The library's words for the ends of a connection that have a name of their own; its errors have no public type.
const KNOWN: &[(&str, ConnectionFault)] = &[
    (
        "end of file before message length reached",
        ConnectionFault::EndedEarly,
    ),
    (
        "unexpected EOF during chunk size line",
        ConnectionFault::EndedEarly,
    ),
    (
        "connection closed before message completed",
        ConnectionFault::ClosedUnanswered,
    ),
    (
        "message head is too large",
        ConnectionFault::HeadersTooLarge,
    ),
];

/// The error of another kind that is behind an error, if there is one.
fn within<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // An input error hides what it carries from `source`, and may carry another of its kind.
        next = match error.downcast_ref::<std::io::Error>() {
            Some(error) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}

/// What TLS says is wrong, if that is what an error is about.
pub(crate) fn encryption(error: &reqwest::Error) -> Option<TlsFault> {
    within::<rustls::Error>(error).map(tls::fault)
}

/// The address that was refused, if that is what an error is about.
pub(crate) fn forbidden(error: &reqwest::Error) -> Option<ForbiddenAddress> {
    within::<Forbidden>(error).map(|error| error.0)
}

/// How the connection failed. The cause at the bottom says most, and repeats no URL.
pub(crate) fn connection(error: &reqwest::Error) -> ConnectionFault {
    let Some(mut cause) = error.source() else {
        return ConnectionFault::Unknown;
    };
    while let Some(source) = cause.source() {
        cause = source;
    }
    let says = cause.to_string();
    let known = KNOWN.iter().find(|(theirs, _)| says.contains(theirs));
    known.map_or(ConnectionFault::Other { says }, |(_, fault)| fault.clone())
}

/// A refused address as an error, which is how it passes through the client.
#[derive(Debug)]
pub(super) struct Forbidden(pub(super) ForbiddenAddress);

impl std::fmt::Display for Forbidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Error for Forbidden {}
