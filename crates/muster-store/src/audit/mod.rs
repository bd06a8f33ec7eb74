//! The audit log: who did what, in the transaction in which it was done. Entries are appended and read; nothing here changes or
//! removes one.

pub(crate) mod chain;
pub(crate) mod list;
pub(crate) mod record;
pub(crate) mod verify;
