//! What follows from failed runs: another attempt, or a pause until a person has looked.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How often a job is attempted.
pub const MAX_ATTEMPTS: u32 = 4;
/// The longest wait before the second attempt; it doubles with each further one.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(30);

/// How many failures in a row pause an integration, unless its settings say otherwise.
pub const MAX_FAILURES: u32 = 5;
/// Credentials that were refused in two slots so far apart pause it, so that the account is not locked.
const REFUSALS_APART: SignedDuration = SignedDuration::from_mins(15);

/// How long to wait before the next attempt of a job whose error is worth one: exponential backoff with full jitter, which
/// follows from the number of the job. None: there is no further attempt.
pub fn wait_before_retry(attempts: u32, job: i64) -> Option<SignedDuration> {
    let mut hasher = blake3::Hasher::new_derive_key("muster retry jitter");
    hasher.update(&job.to_le_bytes());
    hasher.update(&attempts.to_le_bytes());
    let mut bytes = [0; 4];
    hasher.finalize_xof().fill(&mut bytes);
    wait(
        attempts,
        f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
    )
}

/// `chance` is between 0 and 1.
fn wait(attempts: u32, chance: f64) -> Option<SignedDuration> {
    if attempts == 0 || attempts >= MAX_ATTEMPTS {
        return None;
    }
    let longest = FIRST_WAIT.saturating_mul(1 << (attempts - 1));
    Some(longest.mul_f64(chance.clamp(0.0, 1.0)))
}

/// How a finished job of an integration went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    pub slot: Timestamp,
    pub result: JobResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobResult {
    Done,
    Failed,
    CredentialsRefused,
}

/// Why an integration is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    Failures(u32),
    CredentialsRefused,
    /// A user paused it, and only a user resumes it.
    Requested,
}

/// Whether an integration is to be paused after its last finished jobs, newest first.
pub fn pause(newest_first: &[Finished], max_failures: u32) -> Option<PauseReason> {
    let failed: Vec<&Finished> = newest_first
        .iter()
        .take_while(|one| one.result != JobResult::Done)
        .collect();
    let refused: Vec<Timestamp> = failed
        .iter()
        .take_while(|one| one.result == JobResult::CredentialsRefused)
        .map(|one| one.slot)
        .collect();
    if let (Some(newest), Some(oldest)) = (refused.first(), refused.last())
        && newest.duration_since(*oldest) >= REFUSALS_APART
    {
        return Some(PauseReason::CredentialsRefused);
    }
    let failures = u32::try_from(failed.len()).unwrap_or(u32::MAX);
    (failures >= max_failures).then_some(PauseReason::Failures(failures))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs(results: &[(i64, JobResult)]) -> Vec<Finished> {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        results
            .iter()
            .map(|(minute, result)| Finished {
                slot: at(*minute),
                result: *result,
            })
            .collect()
    }

    #[test]
    fn integration_is_paused_after_failures_in_a_row_and_not_after_others() {
        use JobResult::{Done, Failed};
        let four = [(50, Failed), (40, Failed), (30, Failed), (20, Failed)];
        assert_eq!(pause(&jobs(&four), 5), None);
        let five = [&four[..], &[(10, Failed)]].concat();
        assert_eq!(pause(&jobs(&five), 5), Some(PauseReason::Failures(5)));
        let broken = [&four[..], &[(10, Done), (0, Failed)]].concat();
        assert_eq!(pause(&jobs(&broken), 5), None);
        assert_eq!(pause(&jobs(&broken), 4), Some(PauseReason::Failures(4)));
        assert_eq!(pause(&[], 5), None);
    }

    #[test]
    fn credentials_refused_in_two_slots_15_minutes_apart_pause_the_integration() {
        use JobResult::{CredentialsRefused, Done, Failed};
        let refused = Some(PauseReason::CredentialsRefused);
        for (results, expected) in [
            (vec![(15, CredentialsRefused)], None),
            (
                vec![(14, CredentialsRefused), (0, CredentialsRefused)],
                None,
            ),
            (
                vec![(15, CredentialsRefused), (0, CredentialsRefused)],
                refused,
            ),
            (
                vec![
                    (15, CredentialsRefused),
                    (10, CredentialsRefused),
                    (0, CredentialsRefused),
                ],
                refused,
            ),
            (
                vec![
                    (15, CredentialsRefused),
                    (10, Done),
                    (0, CredentialsRefused),
                ],
                None,
            ),
            (
                vec![
                    (15, CredentialsRefused),
                    (10, Failed),
                    (0, CredentialsRefused),
                ],
                None,
            ),
        ] {
            assert_eq!(pause(&jobs(&results), 5), expected, "{results:?}");
        }
    }

    #[test]
    fn retries_are_bounded_and_wait_at_most_30_seconds_doubled_each_time() {
        let longest = |attempts| wait(attempts, 1.0).map(|wait| wait.as_secs());
        assert_eq!(
            [1, 2, 3, 4].map(longest),
            [Some(30), Some(60), Some(120), None]
        );
        assert_eq!(wait(1, 0.0), Some(SignedDuration::ZERO));
        assert_eq!(wait(2, 0.5), Some(SignedDuration::from_secs(30)));
        assert_eq!(wait(u32::MAX, 0.5), None);
        let of_jobs: std::collections::BTreeSet<_> =
            (1..=100).map(|job| wait_before_retry(1, job)).collect();
        assert!(
            of_jobs.len() > 95,
            "jobs that failed together do not come back together"
        );
    }
}
