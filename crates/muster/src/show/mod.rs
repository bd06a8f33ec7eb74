//! What people and programs read of a run.

mod cell;
pub(crate) mod groups;

mod drill;
mod operation;
mod problem;
mod profile;
mod response;
mod run;
mod table;
mod text;

pub(crate) use cell::shortened;
pub(crate) use drill::drill_report;
pub(crate) use operation::{Sections, Tense, operation_line};
pub(crate) use problem::{problem_line, problems, rejected, warnings};
pub(crate) use profile::{profile, profile_of_change};
pub(crate) use response::{finding as finding_answer, problem, report, unused};
pub(crate) use run::{
    company_ends, decide, file_line, finding, incomplete, outcome, outcome_with, tally,
};
pub(crate) use table::table;
pub(crate) use text::{count, moment, origin, safe, value, value_of};
