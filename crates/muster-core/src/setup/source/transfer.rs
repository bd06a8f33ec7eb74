//! How files are fetched and HR systems are asked, as settings: what becomes of files, and every limit.

use super::{Location, Scheme};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What is done with files that were applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum After {
    /// They stay: nothing is ever written to the source.
    Leave,
    /// They are moved to this folder beside them.
    Archive(String),
    Delete,
}

/// Who opens the data connection of FTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FtpMode {
    /// We do: passes firewalls.
    Passive,
    /// The server does.
    Active,
}

/// When encryption of FTPS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FtpTls {
    /// After the greeting, when we ask for it (RFC 4217).
    Explicit,
    /// With the first byte: an older way, which some servers still have on port 990.
    Implicit,
}

impl FtpTls {
    /// What servers of this kind on this port do.
    pub fn usual(location: &Location) -> Self {
        if location.scheme == Scheme::Ftps && location.port == 990 {
            Self::Implicit
        } else {
            Self::Explicit
        }
    }
}

/// Limits of every wait and size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransportLimits {
    pub connect: Duration,
    /// Agreeing on encryption and logging in.
    pub handshake: Duration,
    /// Until the first byte of an answer.
    pub first_byte: Duration,
    pub between_bytes: Duration,
    pub whole: Duration,
    /// Size of a file in bytes.
    pub file_bytes: u64,
    /// Names read from a listing.
    pub names_read: usize,
    /// Matching names considered.
    pub names_considered: usize,
}

impl Default for TransportLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            handshake: Duration::from_secs(15),
            first_byte: Duration::from_secs(60),
            between_bytes: Duration::from_secs(60),
            whole: Duration::from_secs(30 * 60),
            file_bytes: 2 << 30,
            names_read: 10_000,
            names_considered: 1_000,
        }
    }
}

/// How a failed attempt is repeated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetrySettings {
    /// Attempts in all.
    pub attempts: u32,
    /// Longest wait before the second attempt; doubled each time.
    pub first_wait: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_wait: Duration::from_secs(30),
        }
    }
}

/// Limits of every wait and size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkLimits {
    /// Opening a connection.
    pub connect: Duration,
    /// Agreeing on encryption.
    pub handshake: Duration,
    /// From the request to the start of the answer.
    pub first_byte: Duration,
    /// Between two parts of an answer, and until the first one.
    pub between_bytes: Duration,
    pub whole: Duration,
    /// Size of an answer as transferred.
    pub answer_bytes: usize,
    /// Size of an answer once it is inflated.
    pub inflated_bytes: usize,
    /// Pages of one read.
    pub pages: u64,
    /// Attempts at one request that fails; one that is throttled is sent more often.
    pub attempts: u32,
    /// Longest wait before the second attempt; doubled each time.
    pub first_wait: Duration,
    /// Longest single wait that a server may ask for.
    pub longest_wait: Duration,
    /// All waits of one read for attempts that failed.
    pub all_waits: Duration,
}

impl Default for NetworkLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            handshake: Duration::from_secs(15),
            first_byte: Duration::from_secs(60),
            between_bytes: Duration::from_secs(60),
            whole: Duration::from_secs(5 * 60),
            answer_bytes: 128 << 20,
            inflated_bytes: 512 << 20,
            pages: 100_000,
            attempts: 5,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(15 * 60),
            all_waits: Duration::from_secs(30 * 60),
        }
    }
}
