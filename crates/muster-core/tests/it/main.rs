//! The rules of the directory, told as deliveries and the plans they lead to.
//!
//! No decoder, store or clock takes part: rows go in as text, a plan comes out as text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing test ends with a panic"
)]

use proptest::{prelude::ProptestConfig, test_runner::RngSeed};

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
mod schedule;
mod selection;
mod smart_groups;
mod starts;
mod undo;
mod values;

/// How random cases are made: the same ones in every run, so that a failure is one of the change at hand. With
/// `scripts/test --full`, other ones each time and 25 times as many.
pub(crate) fn random(cases: u32) -> ProptestConfig {
    let is_full = is_full();
    ProptestConfig {
        cases: if is_full { cases * 25 } else { cases },
        failure_persistence: None,
        rng_seed: if is_full {
            RngSeed::Random
        } else {
            RngSeed::Fixed(SEED)
        },
        ..ProptestConfig::default()
    }
}

const SEED: u64 = 2;

fn is_full() -> bool {
    std::env::vars().any(|(name, _)| name == "MUSTER_FULL_TESTS")
}
