//! Erasing an employee, and deleting what is past its retention period.

pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod retain;
