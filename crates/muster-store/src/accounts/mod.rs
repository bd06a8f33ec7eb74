//! Who may sign in: users with their roles, sessions, links that work once, and the API tokens of programs.
//! Passwords and tokens arrive here as hashes only.

pub(crate) mod api_token;
pub(crate) mod link;
pub(crate) mod session;
pub(crate) mod two_step;
pub(crate) mod user;
pub(crate) mod user_list;
