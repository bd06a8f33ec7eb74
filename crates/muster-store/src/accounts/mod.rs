//! Who may sign in: users with their roles, sessions, the link of the first start, and the API tokens of programs.
//! Passwords and tokens arrive here as hashes only.

pub(crate) mod api_token;
pub(crate) mod link;
pub(crate) mod session;
pub(crate) mod user;
