//! Why files could not be had: what was attempted, on what, why it failed, and what to do next.

use muster_core::model::{code::Code, problem::shown};
use std::{fmt, io, time::Duration};

/// Who must do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The server cannot be reached or does not answer as it should; trying again may help.
    Unreachable,
    /// The server refuses the credentials, or we refuse its identity.
    Unauthorised,
    NoFile,
    /// A file is still being written.
    NotSettled,
    /// A file or an answer is refused.
    Refused,
    /// A setting cannot be.
    Configuration,
    /// This machine cannot keep what arrives.
    Local,
}

/// A failed attempt. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransportError {
    pub code: Code,
    /// Who must do something about it.
    pub kind: ErrorKind,
    /// What was attempted: a verb phrase, as in `log in as `ann``.
    pub attempted: String,
    /// On what: a server, a folder, a file.
    pub on: String,
    pub why: String,
    /// What to do next.
    pub advice: String,
    /// Whether the same attempt may succeed a little later.
    pub retry: bool,
    /// How long the server asks to be left alone.
    pub retry_after: Option<Duration>,
    /// Fingerprint of the server's key, when that is what is wrong.
    pub fingerprint: Option<String>,
}

impl TransportError {
    /// An error that is not worth a second attempt.
    pub fn new(
        code: Code,
        kind: ErrorKind,
        attempted: &str,
        on: &str,
        why: impl Into<String>,
        advice: &str,
    ) -> Self {
        Self {
            code,
            kind,
            attempted: attempted.to_owned(),
            on: on.to_owned(),
            why: why.into(),
            advice: advice.to_owned(),
            retry: false,
            retry_after: None,
            fingerprint: None,
        }
    }

    /// A server that could not be reached or broke off: worth another attempt.
    pub fn unreachable(attempted: &str, on: &str, why: impl Into<String>) -> Self {
        let advice =
            "check that the server runs and lets this machine in; the next run tries again";
        Self {
            retry: true,
            ..Self::new(
                Code::TransportUnreachable,
                ErrorKind::Unreachable,
                attempted,
                on,
                why,
                advice,
            )
        }
    }

    /// A wait that reached its limit.
    pub fn timed_out(attempted: &str, on: &str, seconds: u64) -> Self {
        let why = format!("no answer within {seconds} s");
        let advice = "check the server and the network; limits are set under [source.limits]";
        Self {
            retry: true,
            ..Self::new(
                Code::TransportTimeout,
                ErrorKind::Unreachable,
                attempted,
                on,
                why,
                advice,
            )
        }
    }

    /// The copy of a file could not be written: nothing is wrong with the server.
    pub fn not_kept(name: &str, error: &io::Error) -> Self {
        let folder = std::env::temp_dir();
        let folder = folder.display();
        let why = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                format!("the temporary folder `{folder}` of this machine is full")
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                format!("the temporary folder `{folder}` of this machine is not writable")
            }
            io::ErrorKind::NotFound => {
                format!("the temporary folder `{folder}` of this machine does not exist")
            }
            _ => format!("the temporary folder `{folder}` of this machine failed: {error}"),
        };
        let advice = "free space there, or set the environment variable TMPDIR to another folder";
        Self::new(
            Code::TransportCopy,
            ErrorKind::Local,
            "keep a copy of",
            &format!("`{}`", shown(name)),
            why,
            advice,
        )
    }

    /// A file that is not there, or a folder.
    pub fn not_found(attempted: &str, on: &str, why: impl Into<String>) -> Self {
        let advice = "check the path in the URL, and that the account may read it";
        Self::new(
            Code::TransportFolder,
            ErrorKind::Unreachable,
            attempted,
            on,
            why,
            advice,
        )
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {} {}: {}", self.attempted, self.on, self.why)
    }
}

impl std::error::Error for TransportError {}
