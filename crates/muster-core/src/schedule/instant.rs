//! The instant of a local time.

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, Offset, TimeZone},
};

/// The instant of a local time: of two, the first; of none, the first instant after the gap. Later local times never have
/// an earlier instant.
pub(super) fn of(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let at = |offset: Offset| offset.to_timestamp(local).ok();
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => at(offset),
        AmbiguousOffset::Fold { before, .. } => at(before),
        AmbiguousOffset::Gap { before, after } => {
            let (earlier, later) = (at(after)?, at(before)?);
            let transition = zone.following(earlier).next().map(|one| one.timestamp());
            Some(
                transition
                    .filter(|instant| *instant <= later)
                    .unwrap_or(later),
            )
        }
    }
}

/// The last instant before another, in the resolution of schedules.
pub(super) fn just_before(instant: Timestamp) -> Option<Timestamp> {
    instant.checked_sub(SignedDuration::from_secs(1)).ok()
}
