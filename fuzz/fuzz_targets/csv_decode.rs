//! Nothing panics, and how the bytes come makes no difference.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| muster_fuzz::csv_decode::check(bytes));
