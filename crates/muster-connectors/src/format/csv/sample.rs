//! The first rows of a file, for what has to be decided before the first record: the delimiter, whether
//! there is a header, spare columns. Never used for a record.

use super::scanner::{self, LineEnd, Row, Scan};

/// Rows looked at.
const ROWS: usize = 20;

/// The first rows, cut at one delimiter.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Rows that have anything in them; the text may be damaged.
    pub(super) rows: Vec<Vec<String>>,
}

impl Sample {
    /// Cuts the first rows out of `bytes`; a row that does not end in them is left out, unless it is all
    /// there is.
    pub(super) fn take(bytes: &[u8], at_end: bool, delimiter: u8, most_columns: usize) -> Self {
        let mut row = Row::new(most_columns.saturating_add(1));
        let mut rows = Vec::new();
        let mut at = 0;
        while at < bytes.len() && rows.len() < ROWS {
            let rest = &bytes[at..];
            let mut cut = scanner::scan(rest, at_end, delimiter, &mut row);
            if matches!(cut, Scan::Unfinished { .. }) && rows.is_empty() {
                cut = scanner::scan(rest, true, delimiter, &mut row);
            }
            let Scan::Row { used, end } = cut else { break };
            at += used;
            if !is_blank(&row) {
                rows.push(
                    row.values()
                        .map(|value| String::from_utf8_lossy(value).into_owned())
                        .collect(),
                );
            }
            if end == LineEnd::File {
                break;
            }
        }
        Self { rows }
    }

    /// The number of values in each row.
    pub(super) fn widths(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().map(Vec::len)
    }

    /// The number of values in the first row; 0 when there is none.
    pub(super) fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// The commonest number of values, that of the earliest row among equals.
    pub(super) fn usual_width(&self) -> usize {
        let mut best = (0, 0);
        for width in self.widths() {
            let count = self.widths().filter(|other| *other == width).count();
            if count > best.0 {
                best = (count, width);
            }
        }
        best.1
    }
}

/// Whether a row has nothing but delimiters and blanks, as a spreadsheet leaves cleared rows behind.
pub(super) fn is_blank(row: &Row) -> bool {
    row.text.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}
