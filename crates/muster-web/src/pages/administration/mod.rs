//! What administrators of a workspace manage: its users and API tokens, and the audit log.

pub(crate) mod audit;
pub(crate) mod settings;
pub(crate) mod tokens;
pub(crate) mod users;
