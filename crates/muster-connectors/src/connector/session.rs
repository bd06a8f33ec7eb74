//! What a connector is handed for one read: clock, timer, token cache and network.

use super::Expected;
use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use secrecy::SecretSlice;
use std::time::{Duration, Instant};

/// Everything that a read needs and that is not the connector's own.
pub struct Session<'s> {
    pub now: &'s (dyn Fn() -> Timestamp + Sync),
    /// The day in the workspace's time zone; tells which of several employments counts.
    pub today: Date,
    /// Waits.
    pub timer: &'s dyn Timer,
    /// Whom earlier reads brought and who would be missed, for systems whose lists do not say how long they are.
    pub expected: &'s [Expected],
    /// Keeps tokens from one run to the next.
    pub tokens: &'s dyn TokenCache,
    /// Spreads the waits of several installations.
    pub seed: u64,
    /// Limits and trust.
    pub network: &'s Network,
    /// Is told how far the read is.
    pub progress: &'s (dyn Fn(Step<'_>) + Sync),
}

/// How far a read is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// People read so far.
    Read(u64),
    /// The server wants a pause, or an attempt failed and is repeated.
    Waiting { wait: Duration, why: &'a str },
}

/// Waits, so that tests need not.
#[async_trait]
pub trait Timer: Send + Sync {
    /// Time since some fixed point; never goes back.
    fn elapsed(&self) -> Duration;

    /// Waits.
    async fn sleep(&self, wait: Duration);
}

#[derive(Clone, Copy, Debug)]
pub struct SystemTimer(Instant);

impl Default for SystemTimer {
    fn default() -> Self {
        Self(Instant::now())
    }
}

#[async_trait]
impl Timer for SystemTimer {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }
}

/// Keeps opaque secrets from one run to the next: sealed, and for one workspace and integration only.
///
/// Some systems count how often a token is asked for. A cache that fails costs a token, never a run; the run says so.
#[async_trait]
pub trait TokenCache: Send + Sync {
    /// What is kept under a key and has not expired at `now`.
    async fn get(&self, key: &str, now: Timestamp) -> Result<Option<SecretSlice<u8>>, String>;

    /// Keeps a secret until it expires, in place of what was there.
    async fn put(
        &self,
        key: &str,
        secret: SecretSlice<u8>,
        expires: Timestamp,
    ) -> Result<(), String>;

    /// Forgets what is kept under a key.
    async fn forget(&self, key: &str) -> Result<(), String>;
}

/// Where connections may go, whom they trust and what they may cost.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// A certificate authority (PEM) to trust besides the public ones.
    pub ca_certificate: Option<String>,
    /// Whether a base URL may name another host than the vendor's. The operator decides this, not who fills in
    /// the form: otherwise a form could aim credentials and requests at anything that this machine can reach.
    pub any_host: bool,
    /// Limits of every wait and size.
    pub limits: NetworkLimits,
}

/// Limits of every wait and size.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Shortest wait before the second attempt; doubled each time.
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
