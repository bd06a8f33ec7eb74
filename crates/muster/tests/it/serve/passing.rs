//! Time that passes for the schedules of a service: what the database knows of slots and jobs moves into the past.

use crate::ground::Ground;
use jiff::{SignedDuration, tz::TimeZone};
use muster_engine::{Clock, SystemClock};
use std::process::Command;

/// A schedule with one slot a day, which is not near the present time.
pub(super) fn daily() -> String {
    let slot = SystemClock.now() - SignedDuration::from_hours(3);
    let slot = slot.to_zoned(TimeZone::UTC).strftime("%H:%M UTC");
    format!("schedule = [\"{slot}\"]\n")
}

/// What a query answers, one line for each row.
pub(super) fn query(ground: &Ground, text: &str) -> Vec<String> {
    let output = Command::new("sqlite3")
        .args(["-cmd", ".timeout 10000"])
        .arg(ground.path("muster.db"))
        .arg(text)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

pub(super) fn number(ground: &Ground, text: &str) -> i64 {
    query(ground, text)[0].parse().unwrap()
}

/// As if a day had passed. No service may run.
pub(super) fn pass_a_day(ground: &Ground) {
    let day = SignedDuration::from_hours(24).as_micros();
    // A slot that is moved meets another one unless all are out of the way first.
    query(
        ground,
        &format!(
            "BEGIN IMMEDIATE;
             UPDATE schedule SET decided_through = decided_through - {day}, next_slot = next_slot - {day};
             UPDATE slot SET slot = -(slot - {day}), missed_from = missed_from - {day};
             UPDATE slot SET slot = -slot;
             UPDATE job SET slot = slot - {day}, run_at = run_at - {day};
             UPDATE job SET lease_until = 0 WHERE lease_owner IS NOT NULL;
             UPDATE job_history SET slot = slot - {day};
             COMMIT;"
        ),
    );
}

/// Nobody waits for the time of the integration after its slot.
pub(super) fn start_now(ground: &Ground) {
    query(
        ground,
        "UPDATE job SET run_at = 0 WHERE integration_id > 0 AND lease_owner IS NULL",
    );
}
