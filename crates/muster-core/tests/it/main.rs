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

mod amend;
mod budget_laws;
mod budgets;
mod conditions;
mod dates;
mod departures;
mod directory;
mod duplicates;
mod evidence_laws;
mod fallback;
mod guard_evidence;
mod guards;
mod hand;
mod held;
mod honest;
mod identity;
mod keys;
mod laws;
mod lifecycle;
mod matching;
mod mixed_laws;
mod person;
mod schedule;
mod selection;
mod smart_groups;
mod starts;
mod undo;
mod values;

/// How random cases are made: by the same seeds in every run, so that a failure is one of the change at hand. With
/// `scripts/test --full`, with another seed each time and 25 times as many.
pub(crate) fn random(cases: u32) -> Vec<ProptestConfig> {
    let config = |cases, rng_seed| ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed,
        ..ProptestConfig::default()
    };
    if is_full() {
        return vec![config(cases * 25, RngSeed::Random)];
    }
    let seeds = SEEDS.map(|seed| config(cases.div_ceil(SEEDS.len() as u32), RngSeed::Fixed(seed)));
    seeds.into()
}

const SEEDS: [u64; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// Tests of what holds for every generated case, each with every seed.
macro_rules! for_every_seed {
    (cases: $cases:expr; $($(#[$attribute:meta])* fn $name:ident($($arguments:tt)*) $body:block)*) => {$(
        $(#[$attribute])*
        fn $name() {
            for config in crate::random($cases) {
                proptest::proptest!(config, |($($arguments)*)| $body);
            }
        }
    )*};
}
pub(crate) use for_every_seed;

fn is_full() -> bool {
    std::env::vars().any(|(name, _)| name == "MUSTER_FULL_TESTS")
}
