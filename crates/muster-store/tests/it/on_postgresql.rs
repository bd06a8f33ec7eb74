//! The same tests on PostgreSQL: this program runs itself again, and then every new database is one on a server.

use muster_store::{Options, Store};
use muster_testkit::postgresql::repeat_tests;

/// Tests of what only SQLite has, which is the file of the database, and laws, which need a database for each of many cases.
const NOT_REPEATED: [&str; 13] = [
    "distribution::",
    "faults::",
    "integrity::",
    "verify::",
    "schema::",
    "copying::",
    "cut_connection::",
    "statements::",
    "readers_cannot_write_and_a_copy",
    "a_first_load_costs_at_most_450_bytes",
    "erasing::",
    "jobs::laws",
    "smart_group_laws",
];

#[test]
fn every_store_test_passes_on_postgresql() {
    let fill = |url: &str| drop(Store::open(url, Options::default()).unwrap());
    let passed = repeat_tests(fill, &NOT_REPEATED);
    assert!(passed.is_none_or(|passed| passed > 100), "{passed:?}");
}
