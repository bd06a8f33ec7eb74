//! How people become users and sign in.

mod code;
pub(crate) mod demo;
pub(crate) mod device;
pub(crate) mod forgotten;
pub(crate) mod password;
pub(crate) mod password_link;
pub(crate) mod second_step;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod throttle;
pub(crate) mod two_step;
