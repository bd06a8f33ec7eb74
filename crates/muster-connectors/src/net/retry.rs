//! Whether a failed attempt is repeated, and after which wait: one rule for HR systems and file servers.
//!
//! Decides only. It does not wait, and it knows no clock and no protocol.

use std::time::Duration;

/// How many times as often a request to an HR system is sent that is throttled, compared with one that fails.
const WHEN_THROTTLED: u32 = 3;
/// The longest computed wait for a server that throttles without naming a time.
const A_MINUTE: Duration = Duration::from_secs(60);
/// The longest wait that a server may ask for.
pub(crate) const MAX_RETRY_AFTER: Duration = Duration::from_secs(15 * 60);

/// What a failure means for another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Another attempt would fail in the same way: credentials, rights, settings, data that is not what it should be.
    Permanent,
    /// The connection or the server failed.
    Passing,
    /// The server asks for fewer requests.
    Throttled,
}

/// How often an attempt is repeated, and what all attempts may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetryPolicy {
    attempts: u32,
    attempts_when_throttled: u32,
    /// The longest wait before the second attempt; doubled each time.
    first_wait: Duration,
    longest_retry_after: Duration,
    budget: Duration,
}

/// A failed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed {
    /// Its number, from 1.
    pub(crate) number: u32,
    pub(crate) fault: Fault,
    /// How long the server asks to be left alone.
    pub(crate) retry_after: Option<Duration>,
    /// The shortest wait where a throttling server asks for none.
    pub(crate) cool_down: Duration,
    /// How much of the budget is spent.
    pub(crate) spent: Duration,
    /// From 0 to 1: chooses the wait, so that clients that failed together do not return together.
    pub(crate) share: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Another attempt after this wait.
    Retry(Duration),
    GiveUp(GiveUp),
}

/// Why there is no other attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GiveUp {
    Permanent,
    Attempts,
    /// The server asks for a longer wait than any run makes.
    RetryAfter,
    Budget,
}

impl RetryPolicy {
    /// For file servers: few attempts with long waits, because each attempt is a whole login and listing. `budget`
    /// is the time of all attempts together.
    pub(crate) fn for_files(attempts: u32, first_wait: Duration, budget: Duration) -> Self {
        Self {
            attempts,
            attempts_when_throttled: attempts,
            first_wait,
            longest_retry_after: MAX_RETRY_AFTER,
            budget,
        }
    }

    /// For HR systems: a read has thousands of requests, and a system that is busy is not broken, so a throttled request is
    /// sent more often. `budget` is the time of all waits of a read.
    pub(crate) fn for_requests(
        attempts: u32,
        first_wait: Duration,
        longest_retry_after: Duration,
        budget: Duration,
    ) -> Self {
        let attempts_when_throttled = match attempts {
            // One attempt is one attempt.
            0 | 1 => attempts,
            _ => attempts.saturating_mul(WHEN_THROTTLED),
        };
        Self {
            attempts,
            attempts_when_throttled,
            first_wait,
            longest_retry_after,
            budget,
        }
    }

    pub(crate) fn decide(&self, failed: &Failed) -> Decision {
        let attempts = match failed.fault {
            Fault::Permanent => return Decision::GiveUp(GiveUp::Permanent),
            Fault::Passing => self.attempts,
            Fault::Throttled => self.attempts_when_throttled,
        };
        if failed.number >= attempts {
            return Decision::GiveUp(GiveUp::Attempts);
        }
        if failed.retry_after > Some(self.longest_retry_after) {
            return Decision::GiveUp(GiveUp::RetryAfter);
        }
        let wait = self.wait(failed);
        if failed.spent.saturating_add(wait) > self.budget {
            return Decision::GiveUp(GiveUp::Budget);
        }
        Decision::Retry(wait)
    }

    /// Exponential backoff with full jitter, on top of what the server asks for. A server that throttles and asks for nothing, or
    /// for no time at all, is left alone for the computed time at least.
    fn wait(&self, failed: &Failed) -> Duration {
        let doubled = self
            .first_wait
            .saturating_mul(1 << failed.number.saturating_sub(1).min(10));
        let (doubled, least) = match failed.fault {
            Fault::Throttled => {
                let doubled = doubled.min(self.first_wait.max(A_MINUTE));
                (doubled, doubled.max(failed.cool_down))
            }
            Fault::Passing | Fault::Permanent => (doubled, Duration::ZERO),
        };
        let asked = failed.retry_after.filter(|asked| !asked.is_zero());
        asked.unwrap_or(least) + doubled.mul_f64(failed.share.clamp(0.0, 1.0))
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

#[cfg(test)]
mod tests {
    use super::{
        Decision::{GiveUp as Stop, Retry},
        Fault::{Passing, Permanent, Throttled},
        *,
    };

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn files() -> RetryPolicy {
        RetryPolicy::for_files(3, seconds(30), seconds(1_800))
    }

    fn requests() -> RetryPolicy {
        RetryPolicy::for_requests(5, seconds(1), seconds(900), seconds(1_800))
    }

    /// An attempt that used nothing of the budget, with the longest wait that chance gives.
    fn failed(number: u32, fault: Fault) -> Failed {
        Failed {
            number,
            fault,
            retry_after: None,
            cool_down: Duration::ZERO,
            spent: Duration::ZERO,
            share: 1.0,
        }
    }

    #[test]
    fn failures_are_repeated_with_full_jitter_and_given_up() {
        for (policy, number, share, wanted) in [
            (files(), 1, 1.0, Retry(seconds(30))),
            (files(), 1, 0.5, Retry(seconds(15))),
            (files(), 1, 0.0, Retry(seconds(0))),
            (files(), 2, 1.0, Retry(seconds(60))),
            (files(), 3, 1.0, Stop(GiveUp::Attempts)),
            (requests(), 1, 1.0, Retry(seconds(1))),
            (requests(), 4, 1.0, Retry(seconds(8))),
            (requests(), 4, 0.25, Retry(seconds(2))),
            (requests(), 5, 1.0, Stop(GiveUp::Attempts)),
        ] {
            let attempt = Failed {
                share,
                ..failed(number, Passing)
            };
            assert_eq!(policy.decide(&attempt), wanted, "{policy:?} {attempt:?}");
        }
    }

    #[test]
    fn what_cannot_pass_is_never_repeated() {
        for policy in [files(), requests()] {
            let attempt = Failed {
                retry_after: Some(seconds(1)),
                ..failed(1, Permanent)
            };
            assert_eq!(policy.decide(&attempt), Stop(GiveUp::Permanent));
        }
    }

    #[test]
    fn a_throttling_hr_system_is_asked_again_for_minutes() {
        for (number, wanted) in [
            (1, Retry(seconds(2))),
            (5, Retry(seconds(32))),
            (7, Retry(seconds(120))),
            (14, Retry(seconds(120))),
            (15, Stop(GiveUp::Attempts)),
        ] {
            let attempt = failed(number, Throttled);
            assert_eq!(requests().decide(&attempt), wanted, "{number}");
            let least = Failed {
                share: 0.0,
                ..attempt
            };
            let half = match wanted {
                Retry(wait) => Retry(wait / 2),
                stop => stop,
            };
            assert_eq!(requests().decide(&least), half, "{number}");
        }
        let once = RetryPolicy::for_requests(1, seconds(1), seconds(900), seconds(1_800));
        assert_eq!(
            once.decide(&failed(1, Throttled)),
            Stop(GiveUp::Attempts),
            "one attempt is one attempt"
        );
        assert_eq!(
            files().decide(&failed(3, Throttled)),
            Stop(GiveUp::Attempts),
            "every attempt at a file server is a login"
        );
    }

    #[test]
    fn a_server_is_never_asked_sooner_than_it_wants() {
        for (asked, cool_down, wanted) in [
            (Some(30), 0, Retry(seconds(31))),
            (Some(900), 0, Retry(seconds(901))),
            (Some(901), 0, Stop(GiveUp::RetryAfter)),
            (Some(u64::MAX), 0, Stop(GiveUp::RetryAfter)),
            // No time at all is not believed.
            (Some(0), 0, Retry(seconds(2))),
            (Some(0), 60, Retry(seconds(61))),
            (None, 60, Retry(seconds(61))),
            // What the server asks for counts, also if the API publishes more.
            (Some(5), 60, Retry(seconds(6))),
        ] {
            let attempt = Failed {
                retry_after: asked.map(seconds),
                cool_down: seconds(cool_down),
                ..failed(1, Throttled)
            };
            assert_eq!(requests().decide(&attempt), wanted, "{attempt:?}");
        }
        let broken = Failed {
            retry_after: Some(seconds(40)),
            ..failed(1, Passing)
        };
        assert_eq!(files().decide(&broken), Retry(seconds(70)));
    }

    /// P24.
    #[test]
    fn all_attempts_are_bounded_together() {
        for (fault, asked, spent, wanted) in [
            (Passing, None, 1_769, Retry(seconds(30))),
            (Passing, None, 1_770, Retry(seconds(30))),
            (Passing, None, 1_771, Stop(GiveUp::Budget)),
            (Throttled, Some(600), 1_170, Retry(seconds(630))),
            (Throttled, Some(600), 1_171, Stop(GiveUp::Budget)),
            (Throttled, Some(600), u64::MAX, Stop(GiveUp::Budget)),
        ] {
            let attempt = Failed {
                retry_after: asked.map(seconds),
                spent: seconds(spent),
                ..failed(1, fault)
            };
            assert_eq!(files().decide(&attempt), wanted, "{attempt:?}");
        }
    }

    #[test]
    fn waits_are_spread_over_the_whole_range() {
        let shares: Vec<f64> = (0..1_000).map(|seed| share(seed, 1)).collect();
        for tenth in 0..10 {
            let (from, to) = (f64::from(tenth) / 10.0, f64::from(tenth + 1) / 10.0);
            let within = shares.iter().filter(|it| (from..to).contains(*it)).count();
            assert!((50..200).contains(&within), "{tenth}: {within}");
        }
    }
}
