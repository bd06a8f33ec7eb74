//! What follows from the employees of a workspace: who reports to whom, budgets, smart groups.

pub mod budget;
pub mod reporting_lines;
pub mod smart_group;
