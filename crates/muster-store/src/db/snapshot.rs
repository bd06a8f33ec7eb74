//! Several reads of one state of the database.

use crate::db::{
    connection::{Access, Options, Store},
    error::StoreError,
    readers::Readers,
    sql::Connection,
    writers::Writers,
};
use std::sync::{Arc, Mutex, OnceLock};

impl Store {
    /// Reads with a store that shows one state of the database however often it is asked, and that cannot write. A store
    /// without connections that only read is used as it is.
    pub fn snapshot<T>(
        self: &Arc<Self>,
        read: impl FnOnce(Arc<Self>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let named = |error| self.named(error, "read a state of the database");
        if !self.readers.are_used() {
            return read(Arc::clone(self));
        }
        let Some(connection) = self.readers.take(&self.place).map_err(named)? else {
            return read(Arc::clone(self));
        };
        connection.begin_reading().map_err(named)?;
        let shown = Arc::new(self.through(connection));
        let done = read(Arc::clone(&shown));
        // A store that is still referred to keeps its connection, which is closed with it.
        if let Some(connection) = Arc::into_inner(shown).and_then(|shown| shown.writers.into_one())
            && done.is_ok()
            && connection.end_reading().is_ok()
        {
            self.readers.give_back(connection);
        }
        done
    }

    /// The same store, which reads with this connection only.
    fn through(&self, connection: Connection) -> Self {
        Self {
            writers: Writers::one(connection),
            readers: Readers::new(Options::default()),
            database: self.database.clone(),
            place: self.place.clone(),
            options: self.options,
            access: Access::ReadOneState,
            check: Mutex::new(self.check()),
            keyring: self
                .keyring
                .get()
                .cloned()
                .map_or_else(OnceLock::new, OnceLock::from),
        }
    }
}
