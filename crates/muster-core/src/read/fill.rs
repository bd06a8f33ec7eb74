//! Counts how one mapped field is filled while a delivery is read; guards compare it with the last good run.

use crate::read::{
    missing_columns::Files,
    normalise::is_blank,
    record::{Cell, Record},
};

/// The running fill of one mapped field.
#[derive(Default)]
pub(crate) struct Fill {
    /// Position of its column in the current file; `None`: the file has none.
    pub(crate) column: Option<usize>,
    pub(crate) filled: u64,
    first: Option<String>,
    /// Whether there were two different values.
    pub(crate) varied: bool,
    /// Whether some record has the field, even if it is blank.
    pub(crate) present: bool,
    pub(crate) files: Files,
    /// For the current file: where the first of several columns is.
    pub(crate) first_column: Option<usize>,
    /// Whether some record has the first of several columns, even if it is blank.
    pub(crate) has_first: bool,
}

impl Fill {
    pub(crate) fn count(&mut self, record: &Record<'_>) {
        if let Some(first) = self.first_column.filter(|_| !self.has_first) {
            self.has_first = record.cell(first) != Cell::Absent;
        }
        let text = match self.column.map(|column| record.cell(column)) {
            Some(Cell::Text(text)) if !is_blank(text) => text,
            None | Some(Cell::Absent) => return,
            _ => {
                self.present = true;
                return;
            }
        };
        self.filled += 1;
        if !self.varied {
            match &self.first {
                None => self.first = Some(text.to_owned()),
                Some(first) => self.varied = first != text,
            }
        }
    }
}
