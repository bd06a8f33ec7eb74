//! Saved plans, and the decisions on them.

pub(crate) mod approve;
pub(crate) mod causes;
mod conflict;
pub(crate) mod departure_evidence;
mod four_eyes;
pub(crate) mod hold;
mod insight;
pub(crate) mod operations_page;
pub(crate) mod plan;
