//! How each source is read: transports fetch files, formats turn bytes into records, connectors know one
//! kind of source each.
//!
//! A connector has no schedule, no store and no clock, and it never decides who left.

pub mod catalogue;
pub mod connector;

pub mod format;
pub mod outgoing;
pub(crate) mod systems;
pub mod transport;

mod http;
mod net;
