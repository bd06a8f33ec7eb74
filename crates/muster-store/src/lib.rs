//! The directory at rest. Nobody but this crate speaks SQL.
//!
//! [`Store`] is one concrete type over one SQLite connection, called from threads that may block.
//! There is no clock, no environment and no decision here: instants and plans are arguments, and what
//! is settled is exactly what was proposed, in one transaction or not at all.

mod budget;
mod changes;
mod company;
mod db;
mod employee;
mod error;
mod field_use;
mod host_key;
mod integration;
mod migrate;
mod organisation;
mod own_field;
mod pin;
mod protect;
mod roster;
mod run;
mod run_record;
mod workspace;

mod approve;
mod history;
mod hold;
mod plan;
mod settle;
mod smart_group;

pub use approve::{Approval, Choice};
pub use budget::PersonGrant;
pub use db::{Options, Store};
pub use employee::PeopleFilter;
pub use error::StoreError;
pub use field_use::FieldUse;
pub use history::{HistoryEntry, RunChanges};
pub use hold::Hold;
pub use integration::KnownContent;
pub use plan::{Decision, PlanStatus, StoredOperation, StoredPlan};
pub use run::{ByHand, Ending, NewRun};
pub use settle::{Settled, Settlement};
pub use smart_group::{GroupMoves, GroupSaving, MembershipMove, StoredGroup};
