//! Tests of whole jobs: an HR system read through its connector, decided and settled.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test ends"
)]

mod aging;
mod alerts;
mod bamboohr;
#[allow(
    dead_code,
    reason = "what is said of single reads is for the tests of connectors"
)]
#[path = "../../../muster-connectors/tests/it/bamboohr_table.rs"]
mod bamboohr_table;
mod case;
mod directory;
mod expected;
mod faults;
mod file_runs;
mod first_run;
mod harness;
mod hurried_timer;
mod missing;
mod on_postgresql;
mod personio;
mod personio_table;
mod replay;
mod rules;
mod signed;
mod worker;
mod youserve;
mod youserve_selection;
#[allow(
    dead_code,
    reason = "what is said of single reads is for the tests of connectors"
)]
#[path = "../../../muster-connectors/tests/it/youserve_menu.rs"]
mod youserve_table;
