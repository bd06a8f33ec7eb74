//! How people become users and sign in.

pub(crate) mod demo;
pub(crate) mod device;
pub(crate) mod password;
pub(crate) mod password_link;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod throttle;
