//! The only folder that knows the database driver: connections, dialects, migrations, errors.

mod check;
pub(crate) mod connection;
pub mod dialect;
pub(crate) mod digest;
pub(crate) mod error;
mod failure;
pub mod locks;
pub(crate) mod migrate;
pub(crate) mod note;
pub(crate) mod open;
mod parameters;
mod place;
mod postgres;
mod readers;
mod snapshot;
pub(crate) mod sql;
mod statement;
mod writers;

pub use connection::{HearsOfJobs, Options, Store};
pub use error::{
    AddressFault, BackupFault, ChoiceFault, Committed, Contradiction, Inconsistency, StoreError,
    UniqueValue, VoidCause,
};
pub use note::BackupNote;
