//! What is stored encrypted: the keyring, secrets, and the host keys that were accepted.

pub(crate) mod credential;
pub(crate) mod encryption;
pub(crate) mod host_key;
pub(crate) mod rotate;
pub(crate) mod secret;
