//! How many requests a client may send: a bucket for each user, token or address that is refilled steadily.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// Whose requests are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    User(i64),
    Token(i64),
    /// Requests without a session or token that is accepted.
    Address(IpAddr),
}

impl Key {
    /// How many requests may follow each other at once, and how many a minute later on.
    fn limit(&self) -> u32 {
        match self {
            Self::User(_) | Self::Token(_) => 600,
            Self::Address(_) => 60,
        }
    }
}

/// What is left to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// Seconds until everything is refilled.
    pub(crate) reset: u64,
    /// Seconds until the next request is answered; none: this one is.
    pub(crate) wait: Option<u64>,
}

/// How many clients are remembered.
const MAX_CLIENTS: usize = 10_000;

/// Time that must pass to refill everything.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);

#[derive(Default)]
pub(crate) struct RateLimits {
    /// When the bucket of each client is full again.
    full: Mutex<HashMap<Key, Timestamp>>,
}

impl RateLimits {
    /// Counts a request.
    pub(crate) fn take(&self, key: Key, now: Timestamp) -> Allowance {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if full.len() >= MAX_CLIENTS {
            full.retain(|_, full| *full > now);
        }
        if full.len() >= MAX_CLIENTS {
            full.clear();
        }
        let limit = key.limit();
        let each = WINDOW / i32::try_from(limit).unwrap_or(i32::MAX);
        let at = full.entry(key).or_insert(now);
        // A clock that steps back locks nobody out for longer than the window.
        let missing = at.duration_since(now).clamp(SignedDuration::ZERO, WINDOW);
        if missing + each > WINDOW {
            let wait = missing + each - WINDOW;
            *at = now + missing;
            return Allowance {
                limit,
                remaining: 0,
                reset: seconds(missing),
                wait: Some(seconds(wait)),
            };
        }
        let missing = missing + each;
        *at = now + missing;
        let remaining = (WINDOW - missing).as_micros() / each.as_micros().max(1);
        Allowance {
            limit,
            remaining: u32::try_from(remaining).unwrap_or(0),
            reset: seconds(missing),
            wait: None,
        }
    }
}

/// Rounded up: who waits so long does not come too early.
fn seconds(duration: SignedDuration) -> u64 {
    let whole = duration.as_secs().unsigned_abs();
    whole + u64::from(duration.subsec_nanos() > 0)
}

impl Allowance {
    /// Says it in the headers of an answer.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        let values = [
            ("ratelimit-limit", u64::from(self.limit)),
            ("ratelimit-remaining", u64::from(self.remaining)),
            ("ratelimit-reset", self.reset),
        ];
        for (name, value) in values {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    #[test]
    fn requests_beyond_the_limit_wait_and_are_refilled_steadily() {
        let limits = RateLimits::default();
        let take = |millis| limits.take(Key::Token(1), at(millis));
        for left in (0..600).rev() {
            let allowance = take(0);
            assert_eq!((allowance.remaining, allowance.wait), (left, None));
        }
        let refused = take(0);
        assert_eq!((refused.remaining, refused.wait), (0, Some(1)));
        assert_eq!(refused.reset, 60);
        assert_eq!(take(99).wait, Some(1));
        assert_eq!(take(100).wait, None, "a tenth of a second is one request");
        assert_eq!(take(100).wait, Some(1));
        assert_eq!(take(60_100).remaining, 599, "after a minute it is full");
        assert_eq!(take(600_000).remaining, 599, "and never fuller than full");
    }

    #[test]
    fn clients_have_limits_of_their_own() {
        let limits = RateLimits::default();
        let address = Key::Address(IpAddr::from([192, 0, 2, 1]));
        for _ in 0..60 {
            assert_eq!(limits.take(address.clone(), at(0)).wait, None);
        }
        assert!(limits.take(address, at(0)).wait.is_some());
        let other = Key::Address(IpAddr::from([192, 0, 2, 2]));
        assert_eq!(limits.take(other, at(0)).wait, None);
        assert_eq!(limits.take(Key::User(1), at(0)).remaining, 599);
    }

    #[test]
    fn clock_that_steps_back_neither_refills_nor_locks_out() {
        let limits = RateLimits::default();
        for _ in 0..600 {
            limits.take(Key::User(1), at(3_600_000));
        }
        assert_eq!(limits.take(Key::User(1), at(0)).wait, Some(1));
        assert_eq!(limits.take(Key::User(1), at(200)).wait, None);
        assert_eq!(limits.take(Key::User(2), at(0)).wait, None);
    }

    #[test]
    fn number_of_remembered_clients_is_bounded() {
        let limits = RateLimits::default();
        for number in 0..2 * MAX_CLIENTS as i64 {
            limits.take(Key::Token(number), at(0));
        }
        assert!(limits.full.lock().unwrap().len() <= MAX_CLIENTS);
    }
}
