//! The directory: the list of employees, and one of them.

pub(crate) mod change;
pub(crate) mod export;
pub(crate) mod list;
mod past;
pub(crate) mod person;
pub(crate) mod why;
