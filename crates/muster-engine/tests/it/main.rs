//! Tests of whole jobs: an HR system read through its connector, decided and settled.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test ends")]

mod case;
mod directory;
mod ground;
mod personio;
mod personio_table;
mod rules;
