//! File formats: bytes to records. A format knows nothing of servers, mappings or people.

pub mod csv;
pub mod packed;
