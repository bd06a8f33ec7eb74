//! From a delivery and the directory to a plan: duplicates, matching, changes, departures, guards.

pub(crate) mod amend;
mod builder;
mod date_order;
mod depart;
mod duplicates;
pub mod guard;
pub mod known;
pub mod manual;
pub(crate) mod matching;
pub mod profile;
pub mod proposal;
pub mod propose;
mod starts;
pub mod succession;
mod swallowed;
mod undecided;
pub mod undo;
mod unidentified;
