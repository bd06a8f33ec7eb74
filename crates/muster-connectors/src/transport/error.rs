//! Why files could not be fetched, as data: what was attempted, on what, why it failed, and what to do.

use muster_core::model::{
    code::Code,
    problem::{
        shown,
        transport::{Attempt, Cause, CopyFault, Failure, Remedy, Target},
    },
};
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
    /// A setting is invalid.
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
    pub failure: Box<Failure>,
    pub remedy: Remedy,
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
        (attempt, on): (Attempt, &Target),
        cause: Cause,
        remedy: Remedy,
    ) -> Self {
        let on = on.clone();
        Self {
            code,
            kind,
            failure: Box::new(Failure { attempt, on, cause }),
            remedy,
            retry: false,
            retry_after: None,
            fingerprint: None,
        }
    }

    /// A server that could not be reached or broke off: worth another attempt.
    pub fn unreachable(attempted: (Attempt, &Target), cause: Cause) -> Self {
        Self {
            retry: true,
            ..Self::new(
                Code::TransportUnreachable,
                ErrorKind::Unreachable,
                attempted,
                cause,
                Remedy::CheckServer,
            )
        }
    }

    /// A wait that reached its limit.
    pub fn timed_out(attempted: (Attempt, &Target), seconds: u64) -> Self {
        Self {
            retry: true,
            ..Self::new(
                Code::TransportTimeout,
                ErrorKind::Unreachable,
                attempted,
                Cause::NoAnswer { seconds },
                Remedy::CheckNetwork,
            )
        }
    }

    /// The copy of a file could not be written: nothing is wrong with the server.
    pub fn not_kept(name: &str, error: &io::Error) -> Self {
        let fault = match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => CopyFault::Full,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                CopyFault::NotWritable
            }
            io::ErrorKind::NotFound => CopyFault::Missing,
            _ => CopyFault::Other {
                why: error.to_string(),
            },
        };
        let folder = std::env::temp_dir().display().to_string();
        Self::new(
            Code::TransportCopy,
            ErrorKind::Local,
            (Attempt::KeepCopy, &Target::Local(shown(name))),
            Cause::Copy { folder, fault },
            Remedy::FreeTemporarySpace,
        )
    }

    /// A file that is not there, or a folder.
    pub fn not_found(attempted: (Attempt, &Target), cause: Cause) -> Self {
        Self::new(
            Code::TransportFolder,
            ErrorKind::Unreachable,
            attempted,
            cause,
            Remedy::CheckPath,
        )
    }

    /// The same error with another next step.
    #[must_use]
    pub(crate) fn with_remedy(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }

    /// The same error with a cause that is made of its own.
    #[must_use]
    pub(crate) fn with_cause(mut self, cause: impl FnOnce(Cause) -> Cause) -> Self {
        self.failure.cause = cause(self.failure.cause);
        self
    }

    /// The same error, worth another attempt.
    #[must_use]
    pub(crate) fn again(self) -> Self {
        Self {
            retry: true,
            ..self
        }
    }
}

/// For logs and tests; front ends make a sentence of the failure.
impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?}, remedy {:?} ({})",
            self.failure, self.remedy, self.code
        )
    }
}

impl std::error::Error for TransportError {}
