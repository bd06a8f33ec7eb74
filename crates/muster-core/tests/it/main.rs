//! The rules of the directory, told as deliveries and the plans they lead to.
//!
//! No decoder, store or clock takes part: rows go in as text, a plan comes out as text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing test ends with a panic"
)]

mod budget_laws;
mod budgets;
mod dates;
mod directory;
mod duplicates;
mod evidence_laws;
mod fallback;
mod guard_evidence;
mod guards;
mod hand;
mod identity;
mod keys;
mod laws;
mod leavers;
mod lifecycle;
mod matching;
mod person;
mod selection;
mod smart_groups;
mod starts;
mod undo;
mod values;

/// How many random cases a property gets: 25 times as many with `scripts/test --full`.
pub(crate) fn cases(usual: u32) -> u32 {
    let full = std::env::vars().any(|(name, _)| name == "MUSTER_FULL_TESTS");
    if full { usual * 25 } else { usual }
}
