//! What an answer means for another attempt: its status, and when the server asks to be tried again.

use crate::net::retry::Fault;
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::StatusCode;
use std::time::Duration;

/// What a status means for another attempt. A server that is out of order and says when it is back asks for a pause.
pub(crate) fn fault(status: StatusCode, asks_for_pause: bool) -> Fault {
    match status.as_u16() {
        429 => Fault::Throttled,
        503 if asks_for_pause => Fault::Throttled,
        408 | 500 | 502..=504 | 507..=599 => Fault::Passing,
        _ => Fault::Permanent,
    }
}

/// What `Retry-After` asks for (RFC 9110 section 10.2.3): seconds, or a moment. What cannot be read asks for nothing, and a
/// moment in the past for no wait. `now` is the server's own clock where it states one, because ours may differ.
pub(crate) fn retry_after(header: &str, now: Option<Timestamp>) -> Option<Duration> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than a number holds are a very long time.
        let seconds = header.parse().unwrap_or(u64::from(u32::MAX));
        return Some(Duration::from_secs(seconds));
    }
    let until = time(header)?;
    Some(Duration::try_from(until.duration_since(now?)).unwrap_or_default())
}

/// A time as HTTP writes it.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(text.trim())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t32_statuses_that_pass_are_repeated_and_others_are_not() {
        for (fault_wanted, statuses) in [
            (Fault::Throttled, &[429][..]),
            (Fault::Passing, &[408, 500, 502, 503, 504, 507, 520, 599]),
            (
                Fault::Permanent,
                &[
                    200, 204, 301, 400, 401, 403, 404, 405, 409, 410, 422, 501, 505, 506,
                ],
            ),
        ] {
            for status in statuses {
                let status = StatusCode::from_u16(*status).unwrap();
                assert_eq!(fault(status, false), fault_wanted, "{status}");
            }
        }
        for (status, wanted) in [
            (503, Fault::Throttled),
            (500, Fault::Passing),
            (401, Fault::Permanent),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(fault(status, true), wanted, "{status} with Retry-After");
        }
    }

    #[test]
    fn t32_retry_after_is_seconds_or_a_time() {
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().unwrap();
        for (header, wanted) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("0", Some(0)),
            ("99999999999999999999999", Some(u64::from(u32::MAX))),
            ("Fri, 20 Nov 2026 08:00:30 GMT", Some(30)),
            // Some servers get the weekday wrong.
            ("Mon, 20 Nov 2026 08:00:30 GMT", Some(30)),
            ("Fri, 20 Nov 2026 07:00:00 GMT", Some(0)),
            ("-5", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
            ("Sun, 99 Foo 2026", None),
        ] {
            assert_eq!(
                retry_after(header, Some(now)),
                wanted.map(Duration::from_secs),
                "{header:?}"
            );
        }
        let moment = "Fri, 20 Nov 2026 08:00:30 GMT";
        assert_eq!(retry_after(moment, None), None, "measured by no clock");
    }
}
