//! What each fuzz target checks, as a function of bytes: the targets call it with what the fuzzer makes up, the tests
//! of the connectors with the seeds and some thousands of changes to them.

pub mod csv_agreement;
pub mod csv_decode;
