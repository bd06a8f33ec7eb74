//! The columns of one file against the mapping: what is missing, spelled differently or not used.

use crate::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            columns::{Detail, Remedy},
            csv, shown,
        },
    },
    read::missing_columns::{self, Files},
    setup::{integration::Setup, mapping::FieldMapping, suggestion::nearest},
};

/// How many unused columns are named.
const MAX_NAMED: usize = 20;

/// Refuses a file without a column that the mapping needs, naming all that are missing at once, and warns of columns
/// that nothing uses. `files` notes for each mapped field in which files it has a column.
pub(crate) fn check<'f>(
    setup: &Setup,
    columns: &[String],
    files: impl Iterator<Item = &'f mut Files>,
) -> Result<Option<Problem>, Problem> {
    if let Some(problem) = duplicate(setup, columns) {
        return Err(problem);
    }
    let has = |column: &String| columns.contains(column);
    let is_mapped = |column: &String| is_mapped(setup, column);
    let mut missing: Vec<&FieldMapping> = Vec::new();
    let mut misspelled = None;
    for (entry, files) in setup.rules.mapping.entries.iter().zip(files) {
        let wanted = entry.source.columns();
        if wanted.is_empty() {
            continue;
        }
        if wanted.iter().any(has) {
            files.some_has = true;
        } else if setup.is_required(entry) {
            missing.push(entry);
            continue;
        } else {
            files.some_lacks = true;
            let hint = nearest(&wanted[0], columns.iter().map(String::as_str));
            files.hint = hint.map(str::to_owned);
        }
        // Also where another column of the field is there: a fallback hides that the first one is gone.
        misspelled = misspelled.or_else(|| missing_columns::misspelled(entry, &is_mapped, columns));
    }
    if !missing.is_empty() {
        return Err(missing_columns::refused(
            &missing,
            columns,
            &setup.workspace.schema,
        ));
    }
    misspelled.map_or_else(|| Ok(ignored(setup, columns)), Err)
}

/// Two columns with the name of one that is used: it is not known which of them is meant. Others may share their names.
pub fn duplicate(setup: &Setup, columns: &[String]) -> Option<Problem> {
    let selection = setup.rules.selection.iter().map(|rule| &rule.column);
    let mapped = setup.rules.mapping.entries.iter();
    let mapped = mapped.flat_map(|entry| entry.source.columns());
    let positions = |name: &String| -> Vec<usize> {
        let named = columns.iter().enumerate();
        let named = named.filter(|(_, column)| *column == name);
        named.map(|(position, _)| position + 1).collect()
    };
    let (name, positions) = mapped
        .chain(selection)
        .map(|name| (name, positions(name)))
        .find(|(_, positions)| positions.len() > 1)?;
    let detail = csv::Detail::DuplicateColumn {
        name: shown(name),
        first: positions[0],
        second: positions[1],
    };
    Some(Problem::new(
        Code::CsvHeaderDuplicate,
        Severity::Refused,
        detail,
        csv::Remedy::NameColumns,
    ))
}

fn is_mapped(setup: &Setup, column: &String) -> bool {
    let mut entries = setup.rules.mapping.entries.iter();
    entries.any(|entry| entry.source.columns().contains(column))
}

/// Columns that neither the mapping nor the selection uses.
fn ignored(setup: &Setup, columns: &[String]) -> Option<Problem> {
    let is_used = |column: &String| {
        is_mapped(setup, column)
            || setup
                .rules
                .selection
                .iter()
                .any(|rule| rule.column == *column)
    };
    let ignored: Vec<&str> = columns
        .iter()
        .filter(|column| !column.is_empty() && !is_used(column))
        .map(String::as_str)
        .collect();
    (!ignored.is_empty()).then(|| {
        let detail = Detail::Ignored {
            columns: ignored
                .iter()
                .take(MAX_NAMED)
                .map(|name| shown(name))
                .collect(),
            more: ignored.len().saturating_sub(MAX_NAMED),
        };
        Problem::new(
            Code::ColumnIgnored,
            Severity::Warning,
            detail,
            Remedy::MapIfUsed,
        )
    })
}
