//! The pages as a browser gets them, over an in-memory database.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod accounts;
mod administration;
mod api;
mod api_workspaces;
mod forgotten;
mod frame;
mod issues;
mod odd_requests;
mod on_postgresql;
mod receivers;
mod rights;
mod run_events;
mod site;
mod two_step;
