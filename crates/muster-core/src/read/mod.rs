//! From a raw record to the facts that it states: mapping, normalisation and selection.

pub(crate) mod absence;
mod columns;
pub(crate) mod date_order;
pub(crate) mod draft;
mod fill;
pub mod formula;
pub mod intake;
pub mod normalise;
pub mod reading;
pub mod record;
pub mod roster;
pub mod scanner;
pub mod swallowed;
