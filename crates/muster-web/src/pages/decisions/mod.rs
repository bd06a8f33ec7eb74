//! Records that wait for a decision of their own: all of them, and one with both sides and what each answer does.

pub(crate) mod list;
pub(crate) mod one;
mod question;

/// What is shown at once.
const MOST: u32 = 100;
