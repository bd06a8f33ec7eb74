//! The directory at rest. Nobody but this crate speaks SQL.
//!
//! [`Store`] is one concrete type over one SQLite connection, called from threads that may block.
//! There is no clock, no environment and no decision here: instants and plans are arguments, and what
//! is settled is exactly what was proposed, in one transaction or not at all.

mod budget;
mod changes;
mod company;
mod content;
mod db;
pub mod dialect;
mod employee;
mod error;
mod expected;
mod field_use;
mod host_key;
mod integration;
mod migrate;
mod organisation;
mod own_field;
mod pause;
mod pin;
mod protect;
mod roster;
mod run;
mod run_record;
mod seal;
mod secret;
mod workspace;

mod approve;
mod erase;
mod history;
mod hold;
mod plan;
mod retain;
mod rotate;
mod scratch;
mod settle;
mod smart_group;

pub use approve::{Approval, Choice};
pub use budget::PersonGrant;
pub use company::{CompanyList, ListOrigin};
pub use content::{KeptFile, SealedContent};
pub use db::{Options, Store};
pub use employee::PeopleFilter;
pub use erase::{Erased, Erasure};
pub use error::StoreError;
pub use field_use::FieldUse;
pub use history::{HistoryEntry, RunChanges, rewind};
pub use hold::Hold;
pub use host_key::AcceptedKey;
pub use integration::KnownContent;
pub use pause::Pause;
pub use plan::{Decision, PlanStatus, StoredOperation, StoredPlan};
pub use retain::Swept;
pub use rotate::Rotated;
pub use run::{ByHand, Ending, NewRun};
pub use seal::{KeyRing, SealingKey};
pub use secret::StoredSecret;
pub use settle::{Settled, Settlement};
pub use smart_group::{GroupMoves, GroupSaving, MembershipMove, StoredGroup};
