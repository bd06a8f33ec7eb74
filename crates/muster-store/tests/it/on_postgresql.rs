//! The same tests on PostgreSQL: this program runs itself again, and then every new database is one on a server.

use muster_store::{Options, Store};
use muster_testkit::postgresql::{self, Postgresql};
use std::process::Command;

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
    if postgresql::database().is_some() {
        return;
    }
    let server = Postgresql::start();
    let (variable, socket) = server.share(|url| {
        Store::open(url, Options::default()).unwrap();
    });
    let output = Command::new(std::env::current_exe().unwrap())
        .env(variable, socket)
        .args(NOT_REPEATED.iter().flat_map(|name| ["--skip", name]))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let passed = said
        .split_once("test result: ok. ")
        .and_then(|(_, rest)| rest.split_once(" passed"))
        .map(|(number, _)| number.parse::<usize>().unwrap());
    assert!(passed.is_some_and(|passed| passed > 100), "{said}");
}
