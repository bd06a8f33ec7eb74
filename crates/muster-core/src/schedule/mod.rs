//! When jobs start: the slots of a schedule, which of them are due, and what follows from failures.
//!
//! There is no clock here: the current time is an argument.

pub mod due;
pub mod failure;
mod instant;
pub mod jitter;
mod slots;
