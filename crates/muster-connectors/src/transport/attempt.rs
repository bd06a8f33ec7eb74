//! Repeats attempts that a passing fault spoilt: how often, how long between, and when it is given up.
//!
//! A server that says when to come back is not asked sooner. Refused credentials are never tried again.

use super::{
    SourceSettings, TransportError,
    arrival::{Delivery, Progress, fetch_once},
};
use jiff::Timestamp;
use muster_core::model::problem::transport::{Cause, Remedy};
use std::time::Duration;
use tokio::time::Instant;

/// The longest that a server may have us wait; a wish for more counts as this much.
const LONGEST_WISH: Duration = Duration::from_secs(15 * 60);

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
        if !error.retry || attempt >= settings.retry.attempts {
            return Err(error);
        }
        let wait = wait(settings, attempt, &error);
        // What the server asks for may not fit into this run any more; sleeping first would help nobody.
        if error.retry_after.is_some() && begun.elapsed() + wait > settings.limits.whole {
            return Err(too_late(settings, error));
        }
        progress(Progress::Retrying {
            error: &error,
            wait,
        });
        tokio::time::sleep(wait).await;
        attempt += 1;
    }
}

/// Never sooner than the server wishes; our own share on top, so that all who were told the same do not come at once.
fn wait(settings: &SourceSettings, attempt: u32, error: &TransportError) -> Duration {
    error.retry_after.unwrap_or_default().min(LONGEST_WISH) + settings.retry.wait(attempt)
}

fn too_late(settings: &SourceSettings, error: TransportError) -> TransportError {
    let seconds = settings.limits.whole.as_secs();
    let too_long = |cause| Cause::WaitTooLong {
        cause: Box::new(cause),
        seconds,
    };
    error
        .with_cause(too_long)
        .with_remedy(Remedy::RaiseWholeLimit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Location;
    use muster_core::model::problem::transport::{Attempt, Target};
    use std::path::Path;

    #[test]
    fn t32_a_wish_is_honoured_up_to_a_quarter_of_an_hour_and_our_own_share_comes_on_top() {
        let settings =
            SourceSettings::new(Location::parse("https://h.example/a.csv", Path::new("")).unwrap());
        let own = settings.retry.wait(1);
        for (wish, wanted) in [
            (None, 0),
            (Some(0), 0),
            (Some(7), 7),
            (Some(900), 900),
            (Some(86_400), 900),
        ] {
            let error = TransportError {
                retry_after: wish.map(Duration::from_secs),
                ..TransportError::unreachable(
                    (Attempt::Read, &Target::Server("h:443".to_owned())),
                    Cause::NoAddress,
                )
            };
            assert_eq!(
                wait(&settings, 1, &error),
                own + Duration::from_secs(wanted),
                "{wish:?}"
            );
        }
    }
}
