//! Columns that the mapping names and a delivery lacks, and columns that nothing uses.

use muster_core::model::problem::columns::{Detail, LastFill, Remedy, Renamed};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::Ignored { columns, more } => {
            let more = match more {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("no field is mapped from {}{more}", quoted(columns))
        }
        Detail::FirstColumn { column, field } => format!(
            "no record has `{column}`, the first column of `{field}`; the other columns do not replace it, so stored \
             values are unchanged"
        ),
        Detail::Absent { columns } => format!(
            "the file has no column {}; stored values are unchanged",
            quoted(columns)
        ),
        Detail::Gone { columns, last } => format!(
            "the file has no column {}, {}; stored values are unchanged",
            quoted(columns),
            filled(*last)
        ),
        Detail::BudgetUnmapped { budget, filled } => format!(
            "`{budget}` is no longer mapped; existing grants continue ({filled} records had a value)"
        ),
        Detail::Misspelled { column, found } => format!(
            "the file has no column `{column}`, but it has `{found}`, which differs only in capital letters, blanks, \
             `_` or `-`: did you mean that one?"
        ),
        Detail::MatchKey {
            columns,
            field,
            last,
        } => format!(
            "no file of the delivery has the column {} of the match key `{field}`, {}",
            quoted(columns),
            filled(*last)
        ),
        Detail::Required { columns, present } => format!(
            "the mapping needs {}, which the file does not have; it has {}",
            quoted(columns),
            quoted(present)
        ),
        Detail::FieldCreated { field } => {
            format!("the text field `{field}` was created, because the mapping names it")
        }
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    match remedy {
        Remedy::MapIfUsed => {
            "no action is needed; to use a column, map a field to it under [mapping]".to_owned()
        }
        Remedy::DeliverFirstColumn => {
            "check that the source still delivers the column and that the account may read it; if it is no longer \
             used, remove it from `first_of`"
                .to_owned()
        }
        Remedy::CorrectMapping { meant } => {
            let hint = match meant.as_slice() {
                [] => String::new(),
                meant => format!("did you mean {}? ", quoted(meant)),
            };
            format!(
                "{hint}correct the names under [mapping], or remove them there if the source has no such column"
            )
        }
        Remedy::DeliverColumn { meant } => {
            let hint = meant.as_ref().map_or(String::new(), |meant| {
                format!("it may have been renamed to `{meant}`; ")
            });
            format!(
                "{hint}deliver the column again or correct its name under [mapping]; remove it there if the source no \
                 longer has it"
            )
        }
        Remedy::EndGrants { budget } => format!(
            "if this is intended, no action is needed; to end the grants, map `{budget} = {{ constant = \"0\" }}`"
        ),
        Remedy::UseOneSpelling { column, found } => {
            format!("write `{found}` under [mapping], or name the column `{column}` in the export")
        }
        Remedy::MapMatchKey { field, meant } => {
            let hint = meant
                .as_ref()
                .map_or(String::new(), |meant| format!(" (`{meant}` may be it)"));
            format!(
                "correct the export, or map `{field}` to the new column{hint}; if the source no longer has it, remove \
                 `{field}` from `match` under [policy], and review the plan"
            )
        }
        Remedy::CorrectNames { renamed } => {
            let hint = match renamed.as_slice() {
                [] => String::new(),
                renamed => format!("{}; ", renamed_text(renamed)),
            };
            format!("{hint}correct the export, or the names under [mapping]")
        }
        Remedy::RemoveTitle => {
            "the first line has one value, like a title: it must contain the names of the columns; correct the \
             export, or the names under [mapping]"
                .to_owned()
        }
        Remedy::DefineField => {
            "`muster fields` lists the fields of the workspace; define another type under [fields] first"
                .to_owned()
        }
    }
}

fn filled(last: LastFill) -> String {
    match last {
        LastFill::Earlier { filled } => format!("which {filled} records filled before it went"),
        LastFill::InRun {
            filled,
            records,
            run,
        } => format!("which {filled} of {records} records filled in run {run}"),
    }
}

fn renamed_text(renamed: &[Renamed]) -> String {
    renamed
        .iter()
        .map(|Renamed { from, to }| format!("`{from}` may have been renamed to `{to}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
