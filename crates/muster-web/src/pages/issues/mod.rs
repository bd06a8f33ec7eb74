//! What needs a person: the open issues of a workspace, one of them with its history, and its snooze.

pub(crate) mod list;
pub(crate) mod one;
pub(crate) mod row;
