//! How long to wait before the next attempt, and when to give up.

use crate::connector::NetworkLimits;
use jiff::{Timestamp, fmt::rfc2822};
use std::{sync::Mutex, sync::PoisonError, time::Duration};

/// How many times as often a request is sent that is throttled, compared with one that fails.
const WHEN_THROTTLED: u32 = 3;
const A_MINUTE: Duration = Duration::from_secs(60);

/// Why a request is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The connection or the server failed.
    Failed,
    /// The server wants fewer requests.
    Throttled,
}

/// Bounds the waits of one read.
pub(crate) struct Patience {
    limits: NetworkLimits,
    seed: u64,
    waited: Mutex<(Duration, u64)>,
}

impl Patience {
    pub(crate) fn new(limits: NetworkLimits, seed: u64) -> Self {
        Self {
            limits,
            seed,
            waited: Mutex::default(),
        }
    }

    /// The wait before the attempt after number `attempt` (from 1), or none to give up. What the server asks for
    /// is the least; without it the wait doubles each time. Some chance is added, so that many clients that
    /// failed together do not come back together.
    ///
    /// A server that is busy is not broken: it is asked more often than one that fails, at most a minute apart, and the
    /// time that a read may wait in all bounds it.
    pub(crate) fn wait(
        &self,
        attempt: u32,
        asked: Option<Duration>,
        least: Duration,
        cause: Cause,
    ) -> Option<Duration> {
        let mut waited = self.waited.lock().unwrap_or_else(PoisonError::into_inner);
        let attempts = match cause {
            Cause::Throttled if self.limits.attempts > 1 => {
                self.limits.attempts.saturating_mul(WHEN_THROTTLED)
            }
            _ => self.limits.attempts,
        };
        if attempt >= attempts {
            return None;
        }
        let doubled = self
            .limits
            .first_wait
            .saturating_mul(1 << (attempt - 1).min(10));
        let doubled = match cause {
            Cause::Throttled => doubled.min(self.limits.first_wait.max(A_MINUTE)),
            Cause::Failed => doubled,
        };
        let usual = doubled.max(least);
        let share = share(self.seed, waited.1);
        let wait = match asked.filter(|asked| !asked.is_zero()) {
            Some(asked) => asked + self.limits.first_wait.mul_f64(share),
            None => usual + usual.mul_f64(share),
        };
        if asked.is_some_and(|asked| asked > self.limits.longest_wait)
            || waited.0 + wait > self.limits.all_waits
        {
            return None;
        }
        *waited = (waited.0 + wait, waited.1 + 1);
        Some(wait)
    }
}

/// A number from 0 to 1 that a seed decides (SplitMix64: spreads a seed over the whole range).
pub(crate) fn share(seed: u64, number: u64) -> f64 {
    let mut mixed = seed
        .wrapping_add(number)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (f64::from((mixed >> 40) as u32) / f64::from(1u32 << 24)).min(1.0)
}

/// What `Retry-After` asks for: seconds, or a time. What cannot be read asks for nothing.
pub(crate) fn asked(header: &str, now: Timestamp) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(header)
        .ok()?;
    Some(Duration::try_from(until.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn waits(asked: Option<Duration>) -> Vec<Duration> {
        let patience = Patience::new(NetworkLimits::default(), 7);
        (1..)
            .map_while(|attempt| patience.wait(attempt, asked, Duration::ZERO, Cause::Failed))
            .collect()
    }

    #[test]
    fn waits_double_with_some_chance_and_end() {
        let waits = waits(None);
        assert_eq!(waits.len(), 4, "five attempts in all");
        for (wait, doubled) in waits.iter().zip([1, 2, 4, 8]) {
            assert!(
                *wait >= SECOND * doubled && *wait <= SECOND * doubled * 2,
                "{waits:?}"
            );
        }
    }

    #[test]
    fn a_server_that_throttles_is_asked_again_for_minutes() {
        let patience = Patience::new(NetworkLimits::default(), 7);
        let waits: Vec<Duration> = (1..)
            .map_while(|attempt| patience.wait(attempt, None, Duration::ZERO, Cause::Throttled))
            .collect();
        let waited: Duration = waits.iter().sum();
        assert_eq!(waits.len(), 14, "fifteen attempts in all");
        assert!(waits.iter().all(|wait| *wait <= SECOND * 120), "{waits:?}");
        assert!(waited > SECOND * 480, "{waited:?}");
        let once = NetworkLimits {
            attempts: 1,
            ..NetworkLimits::default()
        };
        let once = Patience::new(once, 7);
        assert_eq!(
            once.wait(1, None, Duration::ZERO, Cause::Throttled),
            None,
            "one attempt is one attempt"
        );
    }

    #[test]
    fn what_the_server_asks_for_is_the_least() {
        assert!(
            waits(Some(SECOND * 30))
                .iter()
                .all(|wait| *wait >= SECOND * 30 && *wait <= SECOND * 31)
        );
        assert!(
            waits(Some(SECOND * 901)).is_empty(),
            "nobody waits longer than a quarter of an hour"
        );
        assert!(
            waits(Some(Duration::ZERO))[0] >= SECOND,
            "a wait of nothing is not believed"
        );
    }

    #[test]
    fn all_waits_of_a_read_are_bounded_together() {
        let patience = Patience::new(NetworkLimits::default(), 7);
        let waited: Duration = std::iter::from_fn(|| {
            patience.wait(1, Some(SECOND * 600), Duration::ZERO, Cause::Failed)
        })
        .take(100)
        .sum();
        assert!(
            waited <= SECOND * 1_800 && waited > SECOND * 1_200,
            "{waited:?}"
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_time() {
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().unwrap();
        assert_eq!(asked("120", now), Some(SECOND * 120));
        assert_eq!(
            asked(" Fri, 20 Nov 2026 08:00:30 GMT", now),
            Some(SECOND * 30)
        );
        assert_eq!(
            asked("Fri, 20 Nov 2026 07:00:00 GMT", now),
            Some(Duration::ZERO)
        );
        assert_eq!(asked("-5", now), None);
        assert_eq!(asked("soon", now), None);
    }
}
