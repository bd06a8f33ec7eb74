//! A directory as a first run left it, of which tests get copies: in a file, or on the server that the whole suite runs on.

use muster_store::{Keyring, Options, Store};
use muster_testkit::postgresql;
use std::{fs, path::Path};

/// A directory as a first run left it, and its master key.
pub(crate) struct FirstRun {
    pub(crate) database: Stored,
    pub(crate) key: String,
}

/// A database of which others are copies.
pub(crate) enum Stored {
    File(Vec<u8>),
    /// On the server that the whole suite runs on: its address.
    Server(String),
}

impl FirstRun {
    /// A store on a copy; a file is in this folder.
    pub(crate) fn copy(&self, folder: &Path) -> Store {
        let url = match &self.database {
            Stored::File(bytes) => {
                fs::write(folder.join("muster.db"), bytes).unwrap();
                file_in(folder)
            }
            Stored::Server(url) => postgresql::copy_of(url),
        };
        opened(&url, Keyring::parse(&self.key).unwrap())
    }
}

pub(crate) fn file_in(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("muster.db").display())
}

pub(crate) fn opened(url: &str, keyring: Keyring) -> Store {
    let store = Store::open(url, Options::default()).unwrap();
    store.unlock(keyring).unwrap();
    store
}
