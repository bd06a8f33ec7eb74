//! Repeats attempts that a passing fault spoilt: how often, how long between, and when it is given up.
//!
//! A server that says when to come back is not asked sooner. Refused credentials are never tried again.

use super::{
    SourceSettings, TransportError,
    arrival::{Delivery, Progress, fetch_once},
};
use crate::net::retry::{Decision, Failed, Fault, GiveUp, MAX_RETRY_AFTER, RetryPolicy, share};
use jiff::Timestamp;
use muster_core::model::problem::transport::{Cause, Remedy};
use std::time::Duration;
use tokio::time::Instant;

/// Fetches every matching file whole; repeats attempts that a passing fault spoilt. `now` is the real time.
pub async fn fetch(
    settings: &SourceSettings,
    now: &(dyn Fn() -> Timestamp + Sync),
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Delivery, TransportError> {
    let begun = Instant::now();
    let mut attempt = 1;
    loop {
        let error = match fetch_once(settings, now, progress).await {
            Ok(delivery) => return Ok(delivery),
            Err(error) => error,
        };
        let wait = match decide(settings, attempt, begun.elapsed(), &error) {
            Decision::Retry(wait) => wait,
            Decision::GiveUp(reason) => return Err(given_up(settings, error, reason)),
        };
        progress(Progress::Retrying {
            error: &error,
            wait,
        });
        tokio::time::sleep(wait).await;
        attempt += 1;
    }
}

/// What follows from the failure of attempt `number`. The time of all attempts together is that of one run.
fn decide(
    settings: &SourceSettings,
    number: u32,
    spent: Duration,
    error: &TransportError,
) -> Decision {
    let retry = &settings.retry;
    let fault = match (error.retry, error.retry_after) {
        (false, _) => Fault::Permanent,
        (true, Some(_)) => Fault::Throttled,
        (true, None) => Fault::Passing,
    };
    let policy = RetryPolicy::for_files(retry.attempts, retry.first_wait, settings.limits.whole);
    policy.decide(&Failed {
        number,
        fault,
        retry_after: error.retry_after,
        cool_down: Duration::ZERO,
        spent,
        share: share(retry.seed, u64::from(number)),
    })
}

/// The error of a last attempt. One that may pass says when waiting is what ends it: what the server asks for does not
/// fit into this run.
fn given_up(settings: &SourceSettings, error: TransportError, reason: GiveUp) -> TransportError {
    let (limit, remedy) = match reason {
        GiveUp::Budget if error.retry_after.is_some() => {
            (settings.limits.whole, Remedy::RaiseWholeLimit)
        }
        GiveUp::RetryAfter => (MAX_RETRY_AFTER, Remedy::WaitForServer),
        GiveUp::Budget | GiveUp::Attempts | GiveUp::Permanent => return error,
    };
    let too_long = |cause| Cause::WaitTooLong {
        cause: Box::new(cause),
        seconds: limit.as_secs(),
    };
    error.with_cause(too_long).with_remedy(remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Location;
    use muster_core::model::problem::transport::{Attempt, Target};
    use std::path::Path;

    #[test]
    fn t32_a_server_is_asked_again_when_it_wants_and_not_at_all_if_that_is_too_late() {
        let mut settings =
            SourceSettings::new(Location::parse("https://h.example/a.csv", Path::new("")).unwrap());
        settings.retry.first_wait = Duration::ZERO;
        let unreachable = TransportError::unreachable(
            (Attempt::Read, &Target::Server("h:443".to_owned())),
            Cause::NoAddress,
        );
        let too_long = |seconds| Cause::WaitTooLong {
            cause: Box::new(Cause::NoAddress),
            seconds,
        };
        for (asked, spent, wanted) in [
            (None, 0, Ok(0)),
            (Some(0), 0, Ok(0)),
            (Some(7), 0, Ok(7)),
            (Some(900), 900, Ok(900)),
            (
                Some(900),
                901,
                Err((too_long(1_800), Remedy::RaiseWholeLimit)),
            ),
            (Some(901), 0, Err((too_long(900), Remedy::WaitForServer))),
            // Waiting is not what ends it: the attempt itself used the time up.
            (None, 1_801, Err((Cause::NoAddress, Remedy::CheckServer))),
        ] {
            let error = TransportError {
                retry_after: asked.map(Duration::from_secs),
                ..unreachable.clone()
            };
            let decision = decide(&settings, 1, Duration::from_secs(spent), &error);
            let found = match decision {
                Decision::Retry(wait) => Ok(wait.as_secs()),
                Decision::GiveUp(reason) => {
                    let error = given_up(&settings, error, reason);
                    Err((error.failure.cause, error.remedy))
                }
            };
            assert_eq!(found, wanted, "{asked:?} after {spent} s");
        }
    }
}
