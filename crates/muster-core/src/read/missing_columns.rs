//! Columns that the mapping names and a delivery does not have. Absent is not blank: stored values stay, and what was
//! known of the column stays known, so that it is missed until it is back or no longer mapped.

use crate::{
    derive::budget::{self, BudgetKind},
    model::{
        code::Code,
        field::{FieldNumber, Schema, canonical},
        problem::{
            Problem, Severity,
            columns::{Detail, LastFill, Remedy, Renamed},
            is_hidden, shown,
        },
    },
    read::{reading::FieldFill, roster::LastGood},
    setup::{
        integration::Setup,
        mapping::{FieldMapping, Source},
        policy::MatchBy,
        suggestion::{nearest, suggest},
    },
};
use unicode_normalization::UnicodeNormalization;

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
        let detail = Detail::FirstColumn {
            column: shown(first),
            field: fill.field.clone(),
        };
        let mut problem = warning(Code::ColumnOptional, detail, Remedy::DeliverFirstColumn);
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
    let mut meant = Vec::new();
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
                never.push(shown(&entry.source.columns()[0]));
                meant.extend(files.hint.as_deref().map(shown));
            }
            None => {}
        }
    }
    if !never.is_empty() {
        problems.push(warning(
            Code::ColumnOptional,
            Detail::Absent { columns: never },
            Remedy::CorrectMapping { meant },
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
        let detail = Detail::BudgetUnmapped {
            budget: key.to_owned(),
            filled,
        };
        let remedy = Remedy::EndGrants {
            budget: key.to_owned(),
        };
        let mut problem = warning(Code::BudgetUnmapped, detail, remedy);
        problem.field = Some(key.to_owned());
        problem
    };
    went.filter(|(_, filled)| *filled > 0)
        .map(problem)
        .collect()
}

fn gone(entry: &FieldMapping, files: &Files, last: &LastGood, before: &FieldFill) -> Problem {
    let detail = Detail::Gone {
        columns: names(entry.source.columns()),
        last: last_fill(last, before),
    };
    let meant = files.hint.as_deref().map(shown);
    warning(
        Code::ColumnOptional,
        detail,
        Remedy::DeliverColumn { meant },
    )
}

fn warning(code: Code, detail: Detail, remedy: Remedy) -> Problem {
    Problem::new(code, Severity::Warning, detail, remedy)
}

fn names(columns: &[String]) -> Vec<String> {
    columns.iter().map(|column| shown(column)).collect()
}

fn last_fill(last: &LastGood, before: &FieldFill) -> LastFill {
    if before.absent {
        return LastFill::Earlier {
            filled: before.filled,
        };
    }
    LastFill::InRun {
        filled: before.filled,
        records: last.records,
        run: last.run,
    }
}

/// Refuses a file in which a mapped column is spelled differently: taken for absent, it would leave the stored values
/// as they are for ever, and those who leave would never leave.
pub(crate) fn misspelled(
    entry: &FieldMapping,
    is_mapped: &dyn Fn(&String) -> bool,
    columns: &[String],
) -> Option<Problem> {
    let alike = |name: &String| {
        let spelled = spelling(name);
        move |column: &&String| spelling(column) == spelled
    };
    // A mapping may list two spellings of one column, of which a file has one.
    let is_gone = |name: &&String| {
        !columns
            .iter()
            .filter(|one| is_mapped(one))
            .any(|one| alike(name)(&one))
    };
    let found = entry
        .source
        .columns()
        .iter()
        .filter(is_gone)
        .find_map(|name| {
            let mut unmapped = columns.iter().filter(|column| !is_mapped(column));
            Some((name, unmapped.find(alike(name))?))
        });
    let (name, column) = found?;
    let (column, found) = (shown(name), shown(column));
    Some(Problem::new(
        Code::ColumnOptional,
        Severity::Refused,
        Detail::Misspelled {
            column: column.clone(),
            found: found.clone(),
        },
        Remedy::UseOneSpelling { column, found },
    ))
}

/// A column name without what people change about it by accident.
fn spelling(name: &str) -> String {
    name.nfc()
        .filter(|letter| {
            !letter.is_whitespace() && !is_hidden(*letter) && !matches!(letter, '_' | '-')
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Refuses a delivery without the column of a match key that the last good one had: matched by the other key alone,
/// employees with a new address would get a second account.
pub(crate) fn key_gone<'f>(
    setup: &Setup,
    last: Option<&LastGood>,
    files: impl Iterator<Item = &'f Files>,
    columns: &[String],
) -> Option<Problem> {
    let last = last?;
    let schema = &setup.workspace.schema;
    let is_key = |field| match setup.rules.policy.match_by {
        MatchBy::ExternalIdThenEmail => [canonical::EXTERNAL_ID, canonical::EMAIL].contains(&field),
        MatchBy::ExternalId => field == canonical::EXTERNAL_ID,
        MatchBy::Email => field == canonical::EMAIL,
    };
    let entries = &setup.rules.mapping.entries;
    let gone = entries.iter().zip(files).find_map(|(entry, files)| {
        let key = schema.stored_key(entry.field);
        let before = last.fills.iter().find(|fill| fill.field == key)?;
        let is_gone = is_key(entry.field) && files.some_lacks && !files.some_has;
        (is_gone && before.filled > 0).then_some((entry, before))
    });
    let (entry, before) = gone?;
    let columns_of_key = entry.source.columns();
    let is_mapped = |column: &&String| {
        entries
            .iter()
            .any(|entry| entry.source.columns().contains(column))
    };
    let unmapped: Vec<String> = columns
        .iter()
        .filter(|column| !is_mapped(column))
        .cloned()
        .collect();
    let key = schema.key(entry.field);
    let suggestions = suggest(&unmapped, &[], &[]);
    let known = suggestions
        .iter()
        .find(|one| one.field.as_deref() == Some(key));
    let meant = nearest(&columns_of_key[0], unmapped.iter().map(String::as_str))
        .or(known.map(|suggestion| suggestion.column.as_str()));
    Some(Problem::new(
        Code::CsvColumnMissing,
        Severity::Refused,
        Detail::MatchKey {
            columns: names(columns_of_key),
            field: key.to_owned(),
            last: last_fill(last, before),
        },
        Remedy::MapMatchKey {
            field: key.to_owned(),
            meant: meant.map(shown),
        },
    ))
}

/// How many columns of a file without the needed ones are named.
const MAX_PRESENT: usize = 30;

/// Refuses a file without columns that every record needs, naming all of them at once, and which may be meant.
pub(crate) fn refused(missing: &[&FieldMapping], columns: &[String], schema: &Schema) -> Problem {
    let wanted = |entry: &&FieldMapping| entry.source.columns()[0].clone();
    let wanted_names = missing.iter().map(wanted).collect::<Vec<_>>();
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
    let renamed: Vec<Renamed> = missing
        .iter()
        .zip(&wanted_names)
        .filter_map(|(entry, name)| Some((name, meant(entry, name)?)))
        .map(|(name, found)| Renamed {
            from: shown(name),
            to: shown(found),
        })
        .collect();
    let remedy = match (renamed.is_empty(), columns.len()) {
        (true, 1) => Remedy::RemoveTitle,
        _ => Remedy::CorrectNames { renamed },
    };
    let detail = Detail::Required {
        columns: names(&wanted_names),
        present: columns
            .iter()
            .take(MAX_PRESENT)
            .map(|name| shown(name))
            .collect(),
    };
    Problem::new(Code::CsvColumnMissing, Severity::Refused, detail, remedy)
}
