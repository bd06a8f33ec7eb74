//! The only folder that knows the database driver: connections, dialects, migrations, errors.

pub(crate) mod connection;
pub mod dialect;
pub(crate) mod error;
pub(crate) mod migrate;

pub use connection::{Options, Store};
pub use error::StoreError;
