//! How far this machine's clock is from a server's: signed assertions fail where they differ.

use super::Answer;
use jiff::{Timestamp, fmt::rfc2822};

/// A difference that servers overlook, in seconds.
const OVERLOOKED: i64 = 30;

/// Says that this machine's clock and the server's differ, if they do, by the answer's `Date`.
pub(crate) fn difference(answer: &Answer, now: Timestamp) -> Option<String> {
    let theirs = rfc2822::DateTimeParser::new()
        .relaxed_weekday(true)
        .parse_timestamp(answer.header("date")?)
        .ok()?;
    let seconds = theirs.as_second() - now.as_second();
    let direction = if seconds > 0 { "behind" } else { "ahead of" };
    (seconds.abs() > OVERLOOKED).then(|| {
        format!(
            "the clock of this machine is {} s {direction} the server's",
            seconds.abs()
        )
    })
}
