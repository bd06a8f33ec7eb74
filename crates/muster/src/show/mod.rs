//! What people and programs read of a run.

mod cell;
pub(crate) mod groups;
mod object;
mod operation;
mod problem;
mod profile;
mod run;
mod table;
mod text;

pub(crate) use cell::shortened;
pub(crate) use object::{change, object, operation, problem};
pub(crate) use operation::{Sections, Tense, operation_line};
pub(crate) use problem::{problem_line, problems, rejected, warnings};
pub(crate) use profile::{profile, profile_of_change};
pub(crate) use run::{company_ends, decide, file_line, finding, incomplete, outcome, tally};
pub(crate) use table::table;
pub(crate) use text::{count, moment, place, safe, value, value_of};
