//! Who may sign in: users with their roles, sessions, and the link of the first start. Passwords and tokens arrive here
//! as hashes only.

pub(crate) mod link;
pub(crate) mod session;
pub(crate) mod user;
