//! How far this machine's clock is from a server's: signed tokens fail where they differ.

use super::{Answer, time};
use jiff::Timestamp;

/// A difference that servers overlook, in seconds.
const OVERLOOKED: i64 = 30;

/// How many seconds this machine's clock is behind the server's by the answer's `Date`, if that is more than servers overlook.
pub(crate) fn difference(answer: &Answer, now: Timestamp) -> Option<i64> {
    let theirs = time(answer.header("date")?)?;
    let seconds = theirs.as_second() - now.as_second();
    (seconds.abs() > OVERLOOKED).then_some(seconds)
}
