//! What each fuzz target checks, as a function of bytes: the targets call it with what the fuzzer makes up, the tests
//! of the connectors with the seeds and some thousands of changes to them.
//!
//! The checks are modules of those tests; this crate, which is no part of the workspace, reads the same files.

#[path = "../../crates/muster-connectors/tests/it/fuzz/csv_agreement.rs"]
pub mod csv_agreement;
#[path = "../../crates/muster-connectors/tests/it/fuzz/csv_decode.rs"]
pub mod csv_decode;
