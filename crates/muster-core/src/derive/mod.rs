//! What follows from the employees of a workspace: reporting lines, budgets, smart groups.

pub mod budget;
pub mod reporting_lines;
pub mod smart_group;
