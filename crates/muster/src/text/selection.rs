//! Problems of selection.

use super::value;
use muster_core::model::problem::{
    Problem,
    selection::{Detail, Remedy},
};

pub(super) fn message(detail: &Detail, problem: &Problem) -> String {
    let column = problem.field.as_deref().unwrap_or_default();
    let said = problem.value.as_deref().unwrap_or_default();
    match detail {
        Detail::Invalid { fault } => format!(
            "{}; a selection rule uses `{column}`, so the record is rejected",
            value::fault_of(fault, problem)
        ),
        Detail::Undecodable => format!(
            "`{column}` cannot be decoded and a selection rule uses it; the record is rejected"
        ),
        Detail::Pattern { column, error } => {
            format!("the rule on `{column}` is not a regular expression: {error}")
        }
        Detail::ColumnsAbsent { columns } => format!(
            "the selection rules use {}, which no record has; nobody was deselected",
            quoted(columns)
        ),
        Detail::ColumnsAbsentInSome {
            columns,
            records,
            read,
        } => format!(
            "the selection rules use {}, which {records} of {read} records do not have; these records were skipped",
            quoted(columns)
        ),
        Detail::NewValue { employees } => format!(
            "`{column}` has the value `{said}`, which is not in the selection rule and has not been reviewed; {} kept selected",
            counted(*employees)
        ),
        Detail::Blank { employees } => format!(
            "`{column}` is blank, so the selection rule cannot be evaluated; {} kept selected",
            counted(*employees)
        ),
    }
}

fn counted(employees: u64) -> String {
    match employees {
        1 => "1 employee is".to_owned(),
        _ => format!("{employees} employees are"),
    }
}

pub(super) fn quoted(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

pub(super) fn help(remedy: Remedy) -> String {
    match remedy {
        Remedy::CorrectValue => "correct the value in the source".to_owned(),
        Remedy::CheckEncoding => "check the encoding of the file".to_owned(),
        Remedy::CorrectPattern => "correct the rule under [[select]]".to_owned(),
        Remedy::DeliverColumn => {
            "check that the source still delivers the column and that the account may read it"
                .to_owned()
        }
        Remedy::Classify => {
            "approve the held departures if the value means that they are no longer selected; if it does not, add the \
             value to the rule under [[select]]"
                .to_owned()
        }
        Remedy::StateBlank => {
            "fill in the column, or set `blank = \"not_selected\"` in the rule under [[select]]".to_owned()
        }
    }
}
