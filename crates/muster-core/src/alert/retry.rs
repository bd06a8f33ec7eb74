//! When something that could not be sent is attempted again: the waits that Standard Webhooks recommends, for a day.

use jiff::SignedDuration;

/// The waits after the first, second, ... failed attempt, in seconds.
const WAITS: [i64; 8] = [
    5,
    5 * 60,
    30 * 60,
    2 * 3600,
    4 * 3600,
    5 * 3600,
    6 * 3600,
    6 * 3600,
];

/// After so long, the last attempt has been made.
pub const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// How long to wait after a failed attempt, from 1. None: it was the last one. The wait is spread by up to a tenth, which
/// follows from what is sent.
pub fn wait_before_retry(attempts: u32, seed: i64) -> Option<SignedDuration> {
    let wait = WAITS.get(usize::try_from(attempts).ok()?.checked_sub(1)?)?;
    let mut hasher = blake3::Hasher::new_derive_key("muster send jitter");
    hasher.update(&seed.to_le_bytes());
    hasher.update(&attempts.to_le_bytes());
    let share = i64::from(hasher.finalize().as_bytes()[0]);
    // Between 90 % and 100 %.
    Some(SignedDuration::from_millis(
        wait * 1000 - wait * 100 * share / 255,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_end_within_a_day_and_are_spread() {
        let total: SignedDuration = (1..)
            .map_while(|attempt| wait_before_retry(attempt, 7))
            .sum();
        assert!(
            total <= GIVEN_UP_AFTER && total > SignedDuration::from_hours(20),
            "{total:?}"
        );
        assert_eq!(wait_before_retry(0, 7), None);
        assert_eq!(wait_before_retry(9, 7), None);
        let first = wait_before_retry(2, 1).unwrap();
        assert!(first <= SignedDuration::from_mins(5) && first >= SignedDuration::from_secs(270));
        let different = (1..50)
            .map(|seed| wait_before_retry(4, seed))
            .collect::<Vec<_>>();
        assert!(different.iter().any(|wait| *wait != different[0]));
    }
}
