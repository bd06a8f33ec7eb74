//! Rows of a file that a misplaced pair of quotes turned into part of one value.
//!
//! To a CSV reader `"t Hart` in one row and `aka Bob"` in a later one are the ends of a single value, and the
//! rows between them are gone. Two signs give them away: a line inside the value has as many delimiters as the
//! header (decided here), or it has the match key of an employee that no other record names (noted here,
//! decided in `decide::swallowed`, when all records are known). Addresses and notes on several lines are neither.

use crate::{
    model::{
        code::Code,
        origin::Origin,
        problem::{Problem, Severity, file},
    },
    read::{
        normalise::fold_email,
        record::{Cell, Layout, Record},
        scanner,
    },
};
use memchr::memchr2;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Fewer delimiters than this are common in addresses and notes.
const FEWEST_DELIMITERS: usize = 3;

/// A line inside a quoted value, and the line on which the value begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    pub(crate) opened: u32,
    pub(crate) inner: u32,
}

/// A text inside a quoted value that could be the match key of a swallowed row.
#[derive(Clone, Copy, Debug)]
pub struct Mention {
    /// See [`id_hash`] and [`address_hash`]: deliveries may have many values on several lines.
    pub(crate) hash: u64,
    /// Where the record that has the value starts.
    pub(crate) origin: Origin,
    pub(crate) lines: Lines,
}

/// Columns of the match keys, by position in the current file.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyColumns {
    pub(crate) ids: Vec<usize>,
    pub(crate) addresses: Vec<usize>,
}

pub(crate) fn id_hash(id: &str) -> u64 {
    hash(("id", id))
}

pub(crate) fn address_hash(address: &str) -> u64 {
    hash(("address", fold_email(address)))
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// One line of a value on several lines.
struct ValueLine<'r> {
    column: usize,
    cells: Vec<&'r str>,
    is_first: bool,
    is_last: bool,
    /// Of a first line, the line after it, up to which the value continues.
    lines: Lines,
}

/// The first line of a value that is written like a row of its own.
pub(crate) fn row(record: &Record<'_>) -> Option<(usize, Lines)> {
    let layout = record.several_lines()?;
    if layout.columns <= FEWEST_DELIMITERS {
        return None;
    }
    inner_lines(record, layout)
        .find(|line| line.cells.len() == layout.columns && has_addresses_alike(record, line))
        .map(|line| (line.column, line.lines))
}

/// Notes the texts that could be match keys of swallowed rows.
pub(crate) fn mentions(record: &Record<'_>, keys: &KeyColumns, mentions: &mut Vec<Mention>) {
    let Some(layout) = record.several_lines() else {
        return;
    };
    for line in inner_lines(record, layout) {
        // A cell ends with a delimiter; the one that goes on behind the closing quote begins a row only
        // where the quote opened in the same column.
        let ends_in_line = line.cells.len() - 1;
        let cell = |column: &usize| {
            let ends = *column < ends_in_line || line.is_last && *column == 0 && line.column == 0;
            let cell = line.cells.get(*column).filter(|_| ends)?.trim();
            (!cell.is_empty()).then_some(cell)
        };
        let ids = keys.ids.iter().filter_map(cell).map(id_hash);
        let addresses = keys.addresses.iter().filter_map(cell).map(address_hash);
        mentions.extend(ids.chain(addresses).map(|hash| Mention {
            hash,
            origin: record.origin,
            lines: line.lines,
        }));
    }
    for opening in opening_rows(record, layout) {
        let cell = |column: &usize| {
            let cell = opening.cells.get(column.checked_sub(opening.column)?)?;
            // The cell in which the quote opens belongs to the record itself.
            (*column > opening.column && !cell.trim().is_empty()).then_some(cell.trim())
        };
        let ids = keys.ids.iter().filter_map(cell).map(id_hash);
        let addresses = keys.addresses.iter().filter_map(cell).map(address_hash);
        mentions.extend(ids.chain(addresses).map(|hash| Mention {
            hash,
            origin: record.origin,
            lines: opening.lines,
        }));
    }
}

/// Rows of one file have their addresses in the same columns; prose with as many commas has none there.
fn has_addresses_alike(record: &Record<'_>, line: &ValueLine<'_>) -> bool {
    let is_like = |(column, cell): (usize, &&str)| {
        let is_address = column != line.column
            && matches!(record.cell(column), Cell::Text(text) if text.contains('@'));
        !is_address || cell.trim().is_empty() || cell.contains('@')
    };
    line.cells.iter().enumerate().all(is_like)
}

/// The first lines of values that complete a row with the cells before them. The record then has the match key of a later
/// row where the column of the key is behind the value.
fn opening_rows<'r>(record: &Record<'r>, layout: Layout) -> impl Iterator<Item = ValueLine<'r>> {
    value_lines(record, layout).filter(move |line| {
        line.is_first && line.column + line.cells.len() == layout.columns && line.cells.len() > 1
    })
}

fn inner_lines<'r>(record: &Record<'r>, layout: Layout) -> impl Iterator<Item = ValueLine<'r>> {
    value_lines(record, layout).filter(|line| !line.is_first)
}

fn value_lines<'r>(record: &Record<'r>, layout: Layout) -> impl Iterator<Item = ValueLine<'r>> {
    let delimiter = char::from(layout.delimiter);
    let mut breaks_before = 0;
    // A value that cannot be decoded swallows rows like any other.
    let values = (0..record.len()).filter_map(|column| Some((column, record.written(column)?)));
    let start = record.origin.line;
    values
        .filter(|(_, text)| memchr2(b'\n', b'\r', text.as_bytes()).is_some())
        .flat_map(move |(column, text)| {
            let opened = start.saturating_add(breaks_before);
            let lines = split_lines(text);
            let last = lines.len() as u32 - 1;
            breaks_before += last;
            (0..)
                .zip(lines)
                .map(move |(number, line): (u32, &str)| ValueLine {
                    column,
                    cells: line.split(delimiter).collect(),
                    is_first: number == 0,
                    is_last: number == last,
                    lines: Lines {
                        opened,
                        inner: opened.saturating_add(number.max(1)),
                    },
                })
        })
}

/// The lines of a value; there is at least one.
fn split_lines(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut lines = Vec::new();
    let mut start = 0;
    while let Some(offset) = memchr2(b'\n', b'\r', &bytes[start..]) {
        let stop = start + offset;
        lines.push(&text[start..stop]);
        start = stop + scanner::line_end(bytes, stop, true).map_or(1, scanner::LineEnd::length);
    }
    lines.push(&text[start..]);
    lines
}

/// Why a record is rejected of which a value has swallowed rows; `key` is the match key found in them.
pub(crate) fn problem(lines: Lines, key: Option<String>) -> Problem {
    let Lines { opened, inner } = lines;
    Problem::new(
        Code::SuspiciousRows,
        Severity::Rejected,
        file::Detail::SwallowedRows { opened, inner, key },
        file::Remedy::CorrectQuotes,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record on line 2 of a file with five columns, whose value in `column` has several lines.
    fn found(cells: [&str; 5]) -> Option<(usize, Lines)> {
        let mut ends = Vec::new();
        let mut text = String::new();
        for cell in cells {
            text.push_str(cell);
            ends.push(text.len());
        }
        let layout = Layout {
            delimiter: b',',
            columns: 5,
        };
        let origin = Origin { file: 0, line: 2 };
        row(&Record::new(origin, &text, &ends).on_several_lines(layout))
    }

    #[track_caller]
    fn check(cells: [&str; 5], wanted: Option<(usize, u32, u32)>) {
        let found = found(cells).map(|(column, lines)| (column, lines.opened, lines.inner));
        assert_eq!(found, wanted);
    }

    #[test]
    fn line_with_the_delimiters_and_addresses_of_a_row_is_a_swallowed_row() {
        let notes = "t Hart\nE-003,c@x.example,Cy,Ce,\nE-004,d@x.example,Di,De,aka Bob";
        check(["E-002", "b@x.example", "Bo", "Bb", notes], Some((4, 2, 3)));
        let name = "t\r\nE-003,c@x.example,Cy,Ce,\r\nE-004,d@x.example,De";
        check(["E-002", "b@x.example", name, "Dd", ""], Some((2, 2, 3)));
        let late = "one\r\rtwo\rE-003,,Cy,Ce,";
        check(
            ["E-002", "b@x.example", "a\nb", "Bb", late],
            Some((4, 3, 6)),
        );
    }

    #[test]
    fn addresses_and_notes_on_several_lines_are_no_rows() {
        for notes in [
            "Main Street 1\n1234 AB Town, NL",
            "2026-01-02: moved, again\n2026-02-03: back, at last, and so on",
            "asked for Dutch, German, French, English, Danish\nand got\na, b, c, d, e",
            "E-003 is the manager\nE-004, E-005",
        ] {
            check(["E-002", "b@x.example", "Bo", "Bb", notes], None);
        }
    }
}
