//! How each source is read: connectors, the transports that fetch and the formats that decode.

pub mod format;
