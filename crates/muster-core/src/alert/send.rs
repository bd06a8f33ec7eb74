//! Why something could not be sent.

use crate::model::problem::network::{ConnectionFault, ForbiddenAddress, TlsFault, TlsSetupFault};
use serde::{Deserialize, Serialize};

/// A failed attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendFailure {
    pub cause: SendCause,
    pub retry: SendRetry,
}

/// Whether another attempt may succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendRetry {
    Later,
    /// This one is refused; others may be accepted.
    Never,
    /// The receiver wants nothing any more.
    Gone,
}

/// What failed. What a receiver answers is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendCause {
    /// The HTTP status.
    Status(u16),
    /// The reply code of the mail server.
    Reply(u16),
    TimedOut,
    /// The address of the receiver is refused by the network policy.
    Forbidden(ForbiddenAddress),
    Unreachable(ConnectionFault),
    Encryption(TlsFault),
    EncryptionSetup(TlsSetupFault),
    /// An address that mail cannot be sent to or from.
    MailAddress,
    Url,
    NoMailServer,
    NoSecret,
}

impl SendFailure {
    pub fn later(cause: SendCause) -> Self {
        Self {
            cause,
            retry: SendRetry::Later,
        }
    }

    pub fn never(cause: SendCause) -> Self {
        Self {
            cause,
            retry: SendRetry::Never,
        }
    }
}
