//! From a delivery and the directory to a plan: duplicates, matching, changes, departures, guards.

mod applied;
pub mod candidates;
pub(crate) mod changes;
pub mod company_end;
mod correction;
mod date_order;
mod departures;
mod duplicates;
pub mod four_eyes;
pub mod guard;
mod manager_address;
pub mod manual;
pub(crate) mod matching;
mod plan_builder;
pub mod profile;
pub mod proposal;
pub mod propose;
pub mod reporting_cycle;
pub mod shared_change;
mod start_evidence;
pub mod succession;
mod swallowed;
mod undecided_selection;
pub mod undo;
mod unidentified_records;
