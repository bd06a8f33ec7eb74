//! What people and programs read of a run.

mod cell;
pub(crate) mod groups;
mod object;
mod plan;
mod profile;
mod table;
mod text;

pub(crate) use cell::shortened;
pub(crate) use object::{change, object, operation, problem};
pub(crate) use plan::{company_ends, operation_line, outcome, problems};
pub(crate) use profile::{profile, profile_of_change};
pub(crate) use table::table;
pub(crate) use text::{count, moment, place, safe, value, value_of};
