//! Runs: their records, what they read, and the transaction that applies what they decided.

pub(crate) mod archive;
pub(crate) mod pause;
pub(crate) mod record;
pub(crate) mod run;
pub(crate) mod run_lease;
mod scratch;
pub(crate) mod settle;
