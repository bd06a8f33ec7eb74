//! Runs: their records, what they read, and the transaction that applies what they decided.

pub(crate) mod archive;
pub(crate) mod pause;
pub(crate) mod record;
pub(crate) mod run;
pub(crate) mod run_lease;
pub(crate) mod runs_page;
mod scratch;
pub(crate) mod settle;
