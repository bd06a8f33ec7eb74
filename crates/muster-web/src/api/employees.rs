//! Employees: the list, now or at the end of a past day, and everything about one of them.

mod export;
mod list;
mod one;

pub(crate) use export::Export;
pub(crate) use list::List;
pub(crate) use one::{Explain, History, Show};
