//! What lies beneath an error of the HTTP client. The error itself would repeat the URL.

use crate::net::tls;
use std::error::Error;

/// The error of another kind that is behind an error, if there is one.
pub(crate) fn within<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
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
pub(crate) fn encryption(error: &reqwest::Error) -> Option<String> {
    within::<rustls::Error>(error).map(tls::said)
}

/// The cause at the bottom, which says most and repeats no URL, in the words of the library.
pub(super) fn bottom(error: &reqwest::Error) -> Option<String> {
    let mut cause: &(dyn Error + 'static) = error.source()?;
    while let Some(source) = cause.source() {
        cause = source;
    }
    Some(cause.to_string())
}

/// The cause at the bottom, in words.
pub(crate) fn deepest(error: &reqwest::Error) -> String {
    bottom(error).map_or_else(|| "the connection broke".to_owned(), |said| in_words(&said))
}

/// The words of libraries and systems as people would say them.
pub(crate) fn in_words(said: &str) -> String {
    let known = [
        (
            "end of file before message length reached",
            "the connection ended before the answer did",
        ),
        (
            "connection closed before message completed",
            "the server closed the connection without an answer",
        ),
        (
            "unexpected EOF during chunk size line",
            "the connection ended before the answer did",
        ),
    ];
    let known = known
        .iter()
        .find(|(theirs, _)| said.contains(theirs))
        .map(|(_, ours)| (*ours).to_owned());
    // The number of a system's error tells nobody anything.
    known.unwrap_or_else(|| said.split(" (os error ").next().unwrap_or(said).to_owned())
}
