//! Keeps to the published limits: so many calls in a second and in a minute, and so long between two.

use crate::connector::Timer;
use std::{collections::VecDeque, time::Duration};
use tokio::sync::Mutex;

/// The limits that an API publishes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pacing {
    /// Calls within any second.
    pub(crate) per_second: Option<usize>,
    /// Calls within any minute.
    pub(crate) per_minute: Option<usize>,
    /// Time between the starts of two calls.
    pub(crate) gap: Option<Duration>,
}

/// Lets one call after another start.
pub(crate) struct Pace {
    pacing: Pacing,
    /// Starts of the last minute, oldest first.
    starts: Mutex<VecDeque<Duration>>,
    slowed: Mutex<Slowed>,
}

/// How much slower than published the server wants it.
#[derive(Default)]
struct Slowed {
    gap: Duration,
    /// Calls that went well since the gap changed.
    calls: u32,
}

/// The first and the longest gap between calls to a server that throttles.
const FIRST_GAP: Duration = Duration::from_millis(100);
const MAX_GAP: Duration = Duration::from_secs(5);
/// After so many calls that went well the gap is halved.
const CALLS_TO_RECOVER: u32 = 50;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

impl Pace {
    pub(crate) fn new(pacing: Pacing) -> Self {
        Self {
            pacing,
            starts: Mutex::default(),
            slowed: Mutex::default(),
        }
    }

    /// The server throttles: the gap between calls doubles.
    pub(crate) async fn slow_down(&self) {
        let mut slowed = self.slowed.lock().await;
        let least = self.pacing.gap.unwrap_or_default().max(FIRST_GAP);
        slowed.gap = (slowed.gap * 2).clamp(least, MAX_GAP);
        slowed.calls = 0;
    }

    /// A call went well: after many of them the gap is halved, until it is the published one.
    pub(crate) async fn speed_up(&self) {
        let mut slowed = self.slowed.lock().await;
        slowed.calls += 1;
        if slowed.calls >= CALLS_TO_RECOVER && !slowed.gap.is_zero() {
            let half = slowed.gap / 2;
            slowed.gap = if half < FIRST_GAP {
                Duration::ZERO
            } else {
                half
            };
            slowed.calls = 0;
        }
    }

    /// Waits until the next call may start. The lock is held while waiting: calls start in order.
    pub(crate) async fn turn(&self, timer: &dyn Timer) {
        let mut starts = self.starts.lock().await;
        loop {
            let now = timer.elapsed();
            let gap = self.slowed.lock().await.gap;
            let slowed = starts.back().map(|last| *last + gap).unwrap_or_default();
            let at = self.pacing.next(&starts).max(slowed);
            if at <= now {
                starts.retain(|start| *start + MINUTE > now);
                starts.push_back(now);
                return;
            }
            timer.sleep(at - now).await;
        }
    }
}

impl Pacing {
    /// When the next call may start after those.
    fn next(&self, starts: &VecDeque<Duration>) -> Duration {
        let within = |calls: Option<usize>, window: Duration| {
            let first = calls.and_then(|calls| starts.len().checked_sub(calls.max(1)));
            first.map(|first| starts[first] + window)
        };
        let gap = self
            .gap
            .and_then(|gap| starts.back().map(|last| *last + gap));
        let times = [
            within(self.per_second, SECOND),
            within(self.per_minute, MINUTE),
            gap,
        ];
        times.into_iter().flatten().max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::HurriedTimer;

    /// Starts of so many calls, in milliseconds.
    fn starts(pacing: Pacing, calls: usize) -> Vec<u128> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (pace, timer) = (Pace::new(pacing), HurriedTimer::default());
            let mut starts = Vec::new();
            for _ in 0..calls {
                pace.turn(&timer).await;
                starts.push(timer.elapsed().as_millis());
            }
            starts
        })
    }

    #[test]
    fn at_most_fifteen_a_second_and_three_hundred_a_minute() {
        let pacing = Pacing {
            per_second: Some(15),
            per_minute: Some(300),
            gap: None,
        };
        let starts = starts(pacing, 640);
        for (window, calls) in [(1_000, 15), (60_000, 300)] {
            for (position, start) in starts.iter().enumerate() {
                let within = starts[position..]
                    .iter()
                    .take_while(|other| **other < start + window)
                    .count();
                assert!(
                    within <= calls,
                    "{within} calls within {window} ms from {start} ms"
                );
            }
        }
        assert_eq!(starts[300], 60_000, "no call waits longer than it must");
    }

    #[test]
    fn calls_to_a_server_that_throttles_slow_down_and_recover() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (pace, timer) = (Pace::new(Pacing::default()), HurriedTimer::default());
            for (throttled, gap) in [(0, 0), (1, 100), (1, 200), (9, 5_000)] {
                for _ in 0..throttled {
                    pace.slow_down().await;
                }
                pace.turn(&timer).await;
                let before = timer.elapsed();
                pace.turn(&timer).await;
                assert_eq!((timer.elapsed() - before).as_millis(), gap);
            }
            for _ in 0..CALLS_TO_RECOVER * 6 {
                pace.speed_up().await;
            }
            pace.turn(&timer).await;
            let before = timer.elapsed();
            pace.turn(&timer).await;
            assert_eq!((timer.elapsed() - before).as_millis(), 0);
        });
    }

    #[test]
    fn sixty_five_hundredths_between_two_calls() {
        let pacing = Pacing {
            gap: Some(Duration::from_millis(650)),
            ..Pacing::default()
        };
        assert_eq!(starts(pacing, 4), [0, 650, 1_300, 1_950]);
    }
}
