//! The damages of a guard drill in words.

use muster_engine::Damage;

/// What is wrong with the delivery.
pub(crate) fn damage(damage: Damage) -> &'static str {
    match damage {
        Damage::Empty => "it has no records",
        Damage::Halved => "its second half is missing",
        Damage::KeyShifted => "the match key of each record is in the next record",
        Damage::KeysExchanged => "records have the match keys of others",
        Damage::EndDates => "every employee left yesterday",
        Damage::OtherDelimiter => "its files have another delimiter",
        Damage::DayAndMonthExchanged => "day and month of all dates are exchanged",
        Damage::OneGroup => "everyone is in the same group or department",
        Damage::Duplicated => "it has every record twice",
        Damage::Earlier => "it is the delivery before the last one",
    }
}
