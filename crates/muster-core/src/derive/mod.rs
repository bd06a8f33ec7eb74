//! What follows from the employees of a workspace: reporting lines, budgets, smart groups, what departures have in common.

pub mod budget;
pub mod insight;
pub mod reporting_lines;
pub mod smart_group;
