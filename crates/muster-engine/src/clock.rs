//! The only file that reads the clock of the machine.

use jiff::Timestamp;

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// The time on which decisions are based.
    fn now(&self) -> Timestamp;
}

#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the home of the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock with a fixed time, for rehearsals and tests.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}
