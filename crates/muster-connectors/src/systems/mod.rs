//! The HR systems that can be read, one folder each.

pub(crate) mod attributes;
pub(crate) mod bamboohr;
pub(crate) mod leniency;
mod oauth;
pub(crate) mod personio;
pub(crate) mod salary;
pub(crate) mod youserve;
