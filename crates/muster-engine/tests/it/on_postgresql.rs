//! The same tests on PostgreSQL: this program runs itself again, and then every new database is one on a server.

use muster_store::{Keyring, Options, Store};
use muster_testkit::postgresql::{self, repeat_tests};

#[test]
fn every_engine_test_passes_on_postgresql() {
    let fill = |url: &str| drop(Store::open(url, Options::default()).unwrap());
    let passed = repeat_tests(fill, &[]);
    assert!(passed.is_none_or(|passed| passed > 70), "{passed:?}");
}

/// A store on a new database: in memory, or on the server that the whole suite runs on.
pub(crate) fn store() -> Store {
    let url = postgresql::database();
    let url = url.as_deref().unwrap_or("sqlite::memory:");
    let store = Store::open(url, Options::default()).unwrap();
    store.unlock(Keyring::generate().unwrap()).unwrap();
    store
}
