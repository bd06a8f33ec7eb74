//! What is removed, and when: erasure from delivered files, tombstones, retention periods.

pub mod archived_part;
pub mod file_erasure;
pub mod retention;
pub mod tombstone;
