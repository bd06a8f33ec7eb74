//! What an administrator configures: the mapping, the selection rules and the policies of an integration.

pub mod integration;
pub mod listing;
pub mod mapping;
pub mod policy;
pub mod schedule;
pub mod selection;
pub mod sentinel;
pub mod settings;
pub mod source;
pub mod suggestion;
