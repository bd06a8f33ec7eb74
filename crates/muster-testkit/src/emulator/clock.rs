//! Time as an emulator lives it: real, or so many times faster.
//!
//! Lives of tokens and windows of limits are counted in emulated time; what a client receives (`expires_in`,
//! `Retry-After`) is in the client's own seconds, so that a careful client needs no knowledge of the speed.

use jiff::Timestamp;
use std::time::{Duration, Instant, SystemTime};

/// A clock that started with its emulator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    started: Instant,
    speed: f64,
}

impl Clock {
    /// A clock that starts now and runs so many times faster.
    pub(crate) fn new(speed: f64) -> Self {
        Self {
            started: Instant::now(),
            speed: if speed.is_finite() && speed > 0.0 {
                speed
            } else {
                1.0
            },
        }
    }

    /// Emulated time since the start.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed().mul_f64(self.speed)
    }

    /// Real milliseconds since the start, for the journal.
    pub(crate) fn milliseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// How long a client waits for an emulated span.
    pub(crate) fn real(&self, emulated: Duration) -> Duration {
        emulated.div_f64(self.speed)
    }

    /// An emulated span in whole seconds of the client, rounded up.
    pub(crate) fn reported(&self, emulated: Duration) -> u64 {
        self.real(emulated).as_secs_f64().ceil() as u64
    }
}

/// The time of day of this machine, for `Date` headers and signed assertions.
pub(crate) fn wall() -> Timestamp {
    #[allow(
        clippy::disallowed_methods,
        reason = "a server has a clock of its own; nothing of Muster runs here"
    )]
    let now = SystemTime::now();
    Timestamp::try_from(now).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A time as HTTP writes it.
pub(crate) fn http_date(time: Timestamp) -> String {
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
