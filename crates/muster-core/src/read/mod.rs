//! From a raw record to the facts that it states: mapping, normalisation and selection.

pub mod columns;
pub(crate) mod date_order;
pub(crate) mod draft;
mod fill;
pub mod filter;
pub mod formula;
pub(crate) mod missing_columns;
pub mod normalise;
pub mod reading;
pub mod record;
pub mod roster;
pub mod sample;
pub mod scanner;
pub mod swallowed;
pub mod test_export;
