//! The same tests on PostgreSQL: this program runs itself again, and then every new database is one on a server.

use muster_store::{Keyring, Options, Store};
use muster_testkit::postgresql::{self, repeat_tests};

/// Tests that look into the bytes of a file.
const NOT_REPEATED: [&str; 2] = [
    "passwords_and_tokens_are_stored_as_hashes",
    "key_and_recovery_codes_are_not_in_the_database",
];

#[test]
fn every_api_and_page_test_passes_on_postgresql() {
    let fill = |url: &str| drop(Store::open(url, Options::default()).unwrap());
    let passed = repeat_tests(fill, &NOT_REPEATED);
    assert!(passed.is_none_or(|passed| passed > 50), "{passed:?}");
}

/// A store on a new database: in memory, or on the server that the whole suite runs on.
pub(crate) fn store() -> Store {
    let Some(url) = postgresql::database() else {
        return Store::open("sqlite::memory:", Options::default()).unwrap();
    };
    let store = Store::open(&url, Options::default()).unwrap();
    store.unlock(Keyring::generate().unwrap()).unwrap();
    store
}
