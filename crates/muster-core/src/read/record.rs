//! Raw records on their way from a connector into the core: column names and texts, nothing decided.
//!
//! A record borrows the decoder's buffers. It is looked at once, in place, and forgotten; only what
//! differs from the last delivery is copied out of it (see `filter`).

use crate::model::{origin::Origin, problem::Problem};

/// What a record says in one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The record has no such column or attribute: never touch the field.
    Absent,
    /// The source says explicitly that there is no value (a JSON null).
    Null,
    /// There was something, but it could not be decoded (invalid bytes).
    Unreadable,
    /// The text as delivered; may be empty.
    Text(&'a str),
}

/// How one cell that is not plain text is marked; see [`Record::with_marks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The cell is plain text.
    Text,
    /// See [`Cell::Absent`].
    Absent,
    /// See [`Cell::Null`].
    Null,
    /// See [`Cell::Unreadable`].
    Unreadable,
}

/// How the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The character between values.
    pub delimiter: u8,
    /// Columns of the header, unnamed ones at its end included.
    pub columns: usize,
}

/// One record: all its texts in one string, and where each cell ends in it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Where the record starts.
    pub origin: Origin,
    text: &'a str,
    ends: &'a [usize],
    marks: &'a [Mark],
    several_lines: Option<Layout>,
}

impl<'a> Record<'a> {
    /// A record whose cells are all plain text. `ends` are ascending byte offsets into `text`.
    pub fn new(origin: Origin, text: &'a str, ends: &'a [usize]) -> Self {
        Self {
            origin,
            text,
            ends,
            marks: &[],
            several_lines: None,
        }
    }

    /// A record of which some cells are marked; `marks` is as long as `ends`.
    pub fn with_marks(origin: Origin, text: &'a str, ends: &'a [usize], marks: &'a [Mark]) -> Self {
        Self {
            origin,
            text,
            ends,
            marks,
            several_lines: None,
        }
    }

    /// The same record of a file, in which a quoted value continues on the next line.
    #[must_use]
    pub fn on_several_lines(mut self, layout: Layout) -> Self {
        self.several_lines = Some(layout);
        self
    }

    /// The layout of the file, if a quoted value of the record has line breaks.
    pub fn several_lines(&self) -> Option<Layout> {
        self.several_lines
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no cell at all (a record of which nothing could be read).
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell in a column, counted from 0; beyond the last one cells are absent.
    #[inline] // asked for every cell of every record, from other crates
    pub fn cell(&self, column: usize) -> Cell<'a> {
        let Some(&end) = self.ends.get(column) else {
            return Cell::Absent;
        };
        match self.marks.get(column) {
            Some(Mark::Absent) => return Cell::Absent,
            Some(Mark::Null) => return Cell::Null,
            Some(Mark::Unreadable) => return Cell::Unreadable,
            Some(Mark::Text) | None => {}
        }
        self.slice(column, end).map_or(Cell::Unreadable, Cell::Text)
    }

    /// What a source wrote in a column, also where it could not be decoded: then with replacement characters, and
    /// never a value.
    pub(crate) fn written(&self, column: usize) -> Option<&'a str> {
        let text = self.slice(column, *self.ends.get(column)?)?;
        (!text.is_empty()).then_some(text)
    }

    fn slice(&self, column: usize, end: usize) -> Option<&'a str> {
        let start = if column == 0 {
            0
        } else {
            self.ends[column - 1]
        };
        self.text.get(start..end)
    }
}

/// Takes the records of a delivery as they are decoded. The filter of a run and the sampler of a
/// connection test are its two implementations.
pub trait Sink {
    /// A file (or endpoint) begins; `columns` are its column names in order. Files come newest first.
    /// An error refuses the delivery as a whole (a mapped required column is missing, say).
    fn begin(&mut self, file: u16, columns: &[String]) -> Result<(), Problem>;

    /// A record that could be decoded.
    fn record(&mut self, record: Record<'_>);

    /// A record that could not: it is rejected with `problem`. Cells that are still readable are in
    /// `record` (it may be empty), so that the person it names still counts as present.
    fn broken(&mut self, record: Record<'_>, problem: Problem);
}
