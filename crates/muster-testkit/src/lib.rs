//! What tests of several crates need: real servers in temporary folders, started on free ports and stopped
//! by process id. Nothing of the product depends on this crate.
