//! The scanner cuts as csv-core does.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| muster_fuzz::csv_agreement::check(bytes));
