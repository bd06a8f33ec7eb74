//! What a connector is handed for one read: clock, timer, token cache and network.

use super::Expected;
use crate::net::address_policy::NetworkPolicy;
use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use muster_core::{model::problem::api::Failure, setup::source::NetworkLimits};
use secrecy::SecretSlice;
use std::time::{Duration, Instant};

/// Everything that a read needs and that is not the connector's own.
pub struct Session<'s> {
    pub now: &'s (dyn Fn() -> Timestamp + Sync),
    /// The day in the workspace's time zone; tells which of several employments counts.
    pub today: Date,
    /// Waits.
    pub timer: &'s dyn Timer,
    /// The employees that a complete list would have, for systems whose lists do not say how long they are.
    pub expected: &'s [Expected],
    /// Keeps tokens from one run to the next.
    pub tokens: &'s dyn TokenCache,
    /// Spreads the waits of several installations.
    pub seed: u64,
    /// Limits and trust.
    pub network: &'s Network,
    /// Hears how far the read is.
    pub progress: &'s (dyn Fn(Step<'_>) + Sync),
}

/// How far a read is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// People read so far.
    Read(u64),
    /// The server wants a pause, or an attempt failed and is repeated.
    Waiting { wait: Duration, why: &'a Failure },
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

/// Keeps opaque secrets from one run to the next: encrypted, and for one workspace and integration only.
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

/// Where connections may go, which certificates they trust and what they may cost.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// A certificate authority (PEM) to trust besides the public ones.
    pub ca_certificate: Option<String>,
    /// Whether a base URL may name another host than the vendor's. The operator decides this, not who fills in
    /// the form: otherwise a form could aim credentials and requests at anything that this machine can reach.
    pub any_host: bool,
    /// Which addresses may be connected to.
    pub policy: NetworkPolicy,
    /// Limits of every wait and size.
    pub limits: NetworkLimits,
}
