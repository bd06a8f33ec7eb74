//! Limits of a provider: so many calls in a span, in emulated time.

use std::{collections::VecDeque, time::Duration};

/// Calls of the last span.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    span: Duration,
    limit: usize,
    calls: VecDeque<Duration>,
}

impl Window {
    pub(crate) fn new(limit: usize, span: Duration) -> Self {
        Self {
            span,
            limit,
            calls: VecDeque::new(),
        }
    }

    /// Takes a call, or says how long it is until the next one is taken. A refused call does not count.
    pub(crate) fn take(&mut self, now: Duration) -> Result<(), Duration> {
        while self
            .calls
            .front()
            .is_some_and(|call| *call + self.span <= now)
        {
            self.calls.pop_front();
        }
        match self.calls.front() {
            Some(oldest) if self.calls.len() >= self.limit => Err(*oldest + self.span - now),
            _ => {
                self.calls.push_back(now);
                Ok(())
            }
        }
    }
}

/// A bucket that fills again steadily.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    /// Tokens a second.
    pub(crate) rate: f64,
    /// Most tokens.
    pub(crate) capacity: f64,
    level: f64,
    seen: Duration,
}

impl Bucket {
    pub(crate) fn new(rate: f64, capacity: f64) -> Self {
        Self {
            rate,
            capacity,
            level: capacity,
            seen: Duration::ZERO,
        }
    }

    /// Takes a token if there is one.
    pub(crate) fn take(&mut self, now: Duration) -> bool {
        let passed = now.saturating_sub(self.seen).as_secs_f64();
        self.level = (self.level + passed * self.rate).min(self.capacity);
        self.seen = now;
        let enough = self.level >= 1.0;
        if enough {
            self.level -= 1.0;
        }
        enough
    }

    /// Whole tokens that are left.
    pub(crate) fn left(&self) -> u64 {
        self.level as u64
    }
}
