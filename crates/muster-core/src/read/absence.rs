//! Columns that the mapping names and a delivery does not have. Absent is not blank: stored values stay, and what was
//! known of the column stays known, so that it is missed until it is back or no longer mapped.

use crate::{
    derive::budget::{self, BudgetKind},
    model::{
        code::Code,
        field::{FieldNumber, Schema, canonical},
        problem::{Problem, Severity, shown},
    },
    read::{intake::quoted, reading::FieldFill, roster::LastGood},
    setup::{
        integration::Setup,
        mapping::{FieldMapping, Source},
        suggestion::{nearest, suggest},
    },
};

/// In which files of a delivery a mapped field has a column.
#[derive(Default)]
pub(crate) struct Files {
    pub(crate) some_has: bool,
    pub(crate) some_lacks: bool,
    /// A column that looks like the one that is missing.
    pub(crate) hint: Option<String>,
}

/// Whether nothing may be applied unseen where the column is gone: joiners would be active at once, or nobody leave.
pub(crate) fn decides_access(field: FieldNumber) -> bool {
    [canonical::ONBOARDING_DATE, canonical::OFFBOARDING_DATE].contains(&field)
}

/// The fill of an absent field is that of the last delivery that had it.
pub(crate) fn remembered(now: FieldFill, last: Option<&LastGood>) -> FieldFill {
    let before = last.and_then(|last| last.fills.iter().find(|before| before.field == now.field));
    match before.filter(|_| now.absent) {
        Some(before) => FieldFill {
            absent: true,
            first_column: now.first_column,
            ..before.clone()
        },
        None => now,
    }
}

/// The first of several columns that a field is taken from.
pub(crate) fn first_column(entry: &FieldMapping) -> Option<&String> {
    match &entry.source {
        Source::FirstOf(columns) if columns.len() > 1 => columns.first(),
        _ => None,
    }
}

/// Fields of which the first of several columns had values before and no record has it now, each with a warning: such a
/// column is withheld or gone, and the others are no answer to it. The column stays known in `fills`.
pub(crate) fn fallbacks(
    setup: &Setup,
    last: Option<&LastGood>,
    fills: &mut [FieldFill],
) -> Vec<(FieldNumber, Problem)> {
    let mut found = Vec::new();
    for (entry, fill) in setup.rules.mapping.entries.iter().zip(fills) {
        let before =
            last.and_then(|last| last.fills.iter().find(|before| before.field == fill.field));
        let known = before.and_then(|before| before.first_column.as_ref());
        let (Some(first), Some(known), None) = (first_column(entry), known, &fill.first_column)
        else {
            continue;
        };
        if first != known {
            continue;
        }
        fill.first_column = Some(first.clone());
        let message = format!(
            "no record has `{}`, the first column of `{}`; the other columns do not replace it, so stored values stay",
            shown(first),
            fill.field
        );
        let advice = "check that the source still delivers the column and that the account may read it; if it is no \
                      longer used, remove it from `first_of`";
        let mut problem = Problem::new(Code::ColumnOptional, Severity::Warning, message, advice);
        problem.field = Some(shown(first));
        found.push((entry.field, problem));
    }
    found
}

/// One warning for each column that had values and is gone, and one for the others that are not there.
pub(crate) fn problems<'f>(
    setup: &Setup,
    last: Option<&LastGood>,
    files: impl Iterator<Item = &'f Files>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut never = Vec::new();
    for (entry, files) in setup
        .rules
        .mapping
        .entries
        .iter()
        .zip(files)
        .filter(|(_, files)| files.some_lacks)
    {
        let key = setup.workspace.schema.stored_key(entry.field);
        let before =
            last.and_then(|last| Some((last, last.fills.iter().find(|fill| fill.field == key)?)));
        match before.filter(|(_, before)| before.filled > 0 && !files.some_has) {
            Some((last, before)) => problems.push(gone(entry, files, last, before)),
            // Several spellings are a preset's: that none is there says only that the column is not used.
            None if matches!(entry.source, Source::Column(_)) => {
                never.push(entry.source.columns()[0].as_str())
            }
            None => {}
        }
    }
    if !never.is_empty() {
        problems.push(Problem::new(
            Code::ColumnOptional,
            Severity::Warning,
            format!("the file has no column {}", quoted(never.into_iter())),
            "stored values stay as they are; take the column out of the mapping if it is gone for good",
        ));
    }
    problems.extend(unmapped_budgets(setup, last));
    problems
}

/// One warning for each monthly budget that the last good run mapped and this one does not: what people have of it goes
/// on, also where its column sets another budget now.
fn unmapped_budgets(setup: &Setup, last: Option<&LastGood>) -> Vec<Problem> {
    let schema = &setup.workspace.schema;
    let fill = |field| {
        last.and_then(|last| {
            last.fills
                .iter()
                .find(|fill| fill.field == schema.stored_key(field))
        })
    };
    let is_mapped = |field| {
        setup
            .rules
            .mapping
            .entries
            .iter()
            .any(|entry| entry.field == field)
    };
    let monthly = budget::budgets(schema)
        .filter(|(field, kind, _)| *kind == BudgetKind::Monthly && !is_mapped(*field));
    let went = monthly.filter_map(|(field, ..)| Some((schema.key(field), fill(field)?.filled)));
    let problem = |(key, filled): (&str, u64)| {
        let message = format!(
            "`{key}` is not mapped any more, and goes on for everybody who has it ({filled} records had)"
        );
        let advice = format!(
            "nothing, if that is right; else end it for everybody with `{key} = {{ constant = \"0\" }}`"
        );
        let mut problem = Problem::new(Code::BudgetUnmapped, Severity::Warning, message, advice);
        problem.field = Some(key.to_owned());
        problem
    };
    went.filter(|(_, filled)| *filled > 0)
        .map(problem)
        .collect()
}

fn gone(entry: &FieldMapping, files: &Files, last: &LastGood, before: &FieldFill) -> Problem {
    let columns = quoted(entry.source.columns().iter().map(String::as_str));
    let message = format!(
        "the file has no column {columns}, {}; stored values stay as they are",
        filled(last, before)
    );
    let hint = files
        .hint
        .as_ref()
        .map(|hint| format!("`{}` may be what it is called now; ", shown(hint)));
    let advice = format!(
        "{}deliver the column again or correct its name under [mapping]; take it out there if it is gone for good",
        hint.unwrap_or_default()
    );
    Problem::new(Code::ColumnOptional, Severity::Warning, message, advice)
}

/// How a column that is gone was filled when it was last there.
pub(crate) fn filled(last: &LastGood, before: &FieldFill) -> String {
    if before.absent {
        return format!("which {} records filled before it went", before.filled);
    }
    format!(
        "which {} of {} records filled in run {}",
        before.filled, last.records, last.run
    )
}

/// How many columns of a file without the needed ones are named.
const NAMED: usize = 30;

/// Refuses a file without columns that every record needs, naming all of them at once, and which may be meant.
pub(crate) fn refused(missing: &[&FieldMapping], columns: &[String], schema: &Schema) -> Problem {
    let wanted = |entry: &&FieldMapping| entry.source.columns()[0].clone();
    let names = missing.iter().map(wanted).collect::<Vec<_>>();
    // By what fields are called in other languages, where nothing is named alike.
    let suggestions = suggest(columns, &[], &[]);
    let meant = |entry: &FieldMapping, name: &str| {
        let alike = nearest(name, columns.iter().map(String::as_str));
        let key = schema.key(entry.field);
        let known = suggestions
            .iter()
            .find(|suggestion| suggestion.field.as_deref() == Some(key));
        alike.or(known.map(|suggestion| suggestion.column.as_str()))
    };
    let hints: Vec<String> = missing
        .iter()
        .zip(&names)
        .filter_map(|(entry, name)| Some((name, meant(entry, name)?)))
        .map(|(name, found)| {
            format!(
                "`{}` may be what `{}` is called now",
                shown(found),
                shown(name)
            )
        })
        .collect();
    let hint = match (hints.is_empty(), columns.len()) {
        (false, _) => format!("{}; ", hints.join(", ")),
        (true, 1) => {
            "the first line has one value, as a title has: the names of the columns must stand there; ".to_owned()
        }
        (true, _) => String::new(),
    };
    let seen = quoted(columns.iter().take(NAMED).map(String::as_str));
    Problem::new(
        Code::CsvColumnMissing,
        Severity::Refused,
        format!(
            "the mapping needs {}, which the file does not have; it has {seen}",
            quoted(names.iter().map(String::as_str))
        ),
        format!("{hint}correct the export, or the names under [mapping]"),
    )
}
