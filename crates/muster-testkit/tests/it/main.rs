//! Tests of the emulators: each plays what is documented, and each scenario changes it as its menu says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test ends"
)]

mod bamboohr;
mod bamboohr_lists;
mod binary;
mod client;
mod company;
mod control;
mod menus;
mod naive;
mod personio;
mod personio_scenarios;
mod personio_tokens;
mod wire;
mod youserve;
mod youserve_scenarios;
mod youserve_tokens;
