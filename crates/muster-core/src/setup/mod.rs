//! What an administrator configures: the mapping, the selection rules and the policies of an integration.

pub mod integration;
pub mod mapping;
pub mod policy;
pub mod schedule;
pub mod selection;
pub mod suggestion;
