//! Tests of the connectors against real servers and against servers that misbehave.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed test ends"
)]

mod api_faults;
mod bamboohr;
mod bamboohr_answers;
mod bamboohr_memory;
mod bamboohr_menu;
mod bamboohr_people;
mod bamboohr_table;
mod catalogue;
mod certificates;
mod connection_limit;
mod ftp;
mod ftp_faults;
mod ftps_faults;
mod fuzz;
mod https;
mod https_faults;
mod markers;
mod missing;
mod neighbours;
mod people;
mod personio;
mod personio_people;
mod personio_v2;
mod scripted;
mod session;
mod sftp;
mod source;
mod tls_versions;
mod token_lives;
mod youserve;
mod youserve_menu;
mod youserve_people;
mod youserve_rules;
mod youserve_standing;
