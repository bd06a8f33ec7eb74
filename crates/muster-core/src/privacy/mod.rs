//! What is removed, and when: erasure from delivered files, tombstones, retention periods.

pub mod cut;
pub mod retention;
pub mod tombstone;
