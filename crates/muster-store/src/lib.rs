//! The directory at rest. Nobody but this crate speaks SQL.
//!
//! [`Store`] is one concrete type over one SQLite connection, called from threads that may block.
//! There is no clock, no environment and no decision here: instants and plans are arguments, and what
//! is settled is exactly what was proposed, in one transaction or not at all.

mod changes;
mod content;
mod db;
mod employee;
mod error;
mod host_key;
mod integration;
mod migrate;
mod organisation;
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
mod scratch;
mod settle;

pub use approve::{Approval, Choice};
pub use content::{KeptFile, SealedContent};
pub use db::{Options, Store};
pub use employee::PeopleFilter;
pub use erase::{Erased, Erasure};
pub use error::StoreError;
pub use history::{HistoryEntry, RunChanges, rewind};
pub use hold::Hold;
pub use integration::KnownContent;
pub use plan::{Decision, PlanStatus, StoredOperation, StoredPlan};
pub use retain::Swept;
pub use run::{Ending, NewRun};
pub use seal::{KeyRing, SealingKey};
pub use secret::StoredSecret;
pub use settle::{Settled, Settlement};
