//! Finds where rows and values begin and end, strictly: the grammar is that of `csv-core`, but where
//! that engine reads on over a misplaced quote, the fault is noted.
//!
//! The only CSV scanner: reading a delivery, looking for swallowed rows and removing an erased employee
//! from an archived delivery all use it. A pure function over bytes: it knows no encoding (every supported
//! one keeps ASCII as it is) and judges no value. That it cuts exactly as `csv-core` does is a property test.

mod byte_search;

use byte_search::{COPY, append, copy, find_all, find_near};
use memchr::{memchr, memchr_iter, memchr2_iter, memchr3};
use std::ops::Range;

const QUOTE: u8 = b'"';
/// How UTF-8 files may begin.
pub const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What is wrong with a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// A quote in the middle of a value that does not begin with one.
    Stray,
    /// Nothing but blanks stand before the opening quote.
    BlankBefore,
    /// Something else than a delimiter or a line end follows the closing quote.
    TextAfter,
}

/// The first misplaced quote of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// The value it is in, counted from 0.
    pub field: usize,
}

/// How a row ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    Lf,
    /// Carriage return and line feed.
    CrLf,
    Cr,
    /// Two carriage returns and a line feed: one line end, written twice by a text-mode copy.
    CrCrLf,
    /// The end of the file.
    File,
}

impl LineEnd {
    /// Bytes of the line end.
    pub fn length(self) -> usize {
        match self {
            Self::Lf | Self::Cr => 1,
            Self::CrLf => 2,
            Self::CrCrLf => 3,
            Self::File => 0,
        }
    }
}

/// The values of one row, unquoted; the buffers are used again for every row.
#[derive(Debug, Default)]
pub struct Row {
    /// All values, one after the other.
    pub text: Vec<u8>,
    /// Where each value ends in `text`; no more than the limit of columns.
    pub ends: Vec<usize>,
    /// The number of values, also beyond the limit.
    pub columns: usize,
    /// The first misplaced quote.
    pub fault: Option<Fault>,
    /// Line ends inside quoted values.
    pub line_breaks: u32,
    /// Whether a byte-order mark stood before the row.
    pub marked: bool,
    most_columns: usize,
    /// Positions of the delimiters of a row; the buffer is reused.
    places: Vec<usize>,
}

impl Row {
    /// An empty row that keeps the ends of at most so many values.
    pub fn new(most_columns: usize) -> Self {
        Self {
            most_columns,
            ..Self::default()
        }
    }

    /// The bytes of the values, in order.
    pub fn values(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| &self.text[start..end])
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.columns = 0;
        self.fault = None;
        self.line_breaks = 0;
        self.marked = false;
    }

    fn end_value(&mut self, length: usize) {
        self.columns += 1;
        if self.columns <= self.most_columns {
            self.ends.push(length);
        }
    }

    fn blame(&mut self, kind: FaultKind) {
        let field = self.columns;
        self.fault.get_or_insert(Fault { kind, field });
    }
}

/// What the bytes begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scan {
    /// A row of so many bytes, its line end included.
    Row {
        /// Bytes of the row and its line end.
        used: usize,
        end: LineEnd,
    },
    /// A row that does not end within the bytes; `columns` of the row is the number of values before
    /// the one that does not end.
    Unfinished {
        /// Where the value begins that does not end.
        value: usize,
        /// Whether it is inside quotes; at the end of the file it always is.
        quoted: bool,
    },
}

/// Reads the row that `bytes` begin with into `row`. `at_end` says that nothing follows the bytes.
pub fn scan(bytes: &[u8], at_end: bool, delimiter: u8, row: &mut Row) -> Scan {
    row.clear();
    let mut start = 0;
    while bytes[start..].starts_with(BYTE_ORDER_MARK) {
        start += BYTE_ORDER_MARK.len();
        row.marked = true;
    }
    let rest = &bytes[start..];
    match memchr3(QUOTE, b'\n', b'\r', rest) {
        Some(at) if rest[at] == QUOTE => split_quoted(bytes, start, at_end, delimiter, row, |_| {}),
        Some(at) => match line_end(bytes, start + at, at_end) {
            Some(end) => {
                split_plain(bytes, start, start + at, delimiter, row);
                Scan::Row {
                    used: start + at + end.length(),
                    end,
                }
            }
            None => Scan::Unfinished {
                value: start,
                quoted: false,
            },
        },
        None if at_end => {
            split_plain(bytes, start, bytes.len(), delimiter, row);
            Scan::Row {
                used: bytes.len(),
                end: LineEnd::File,
            }
        }
        None => {
            let mut value = start;
            for at in memchr_iter(delimiter, rest) {
                value = start + at + 1;
                row.columns += 1;
            }
            Scan::Unfinished {
                value,
                quoted: false,
            }
        }
    }
}

/// The usual row, `bytes[start..stop]`: no quote anywhere in it. Values are short, so delimiters are found
/// by the block and values copied without a call.
fn split_plain(bytes: &[u8], start: usize, stop: usize, delimiter: u8, row: &mut Row) {
    let line = &bytes[start..stop];
    let delimiters = find_all(line, delimiter, row.most_columns, &mut row.places);
    row.columns = delimiters + 1;
    row.text.resize(line.len() + COPY, 0);
    row.places[delimiters.min(row.most_columns)] = line.len();
    row.ends.resize(row.columns.min(row.most_columns), 0);
    let text = row.text.as_mut_slice();
    let (mut from, mut length) = (0, 0);
    for (end, &to) in row.ends.iter_mut().zip(&row.places) {
        length += copy(&bytes[start + from..], to - from, &mut text[length..]);
        from = to + 1;
        *end = length;
    }
    row.text.truncate(length);
}

/// Where each value of one whole row is, quotes included; empty if a quote stays open.
pub fn spans(bytes: &[u8], delimiter: u8) -> Vec<Range<usize>> {
    let start = if bytes.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    let mut spans = Vec::new();
    let mut row = Row::new(0);
    match split_quoted(bytes, start, true, delimiter, &mut row, |span| {
        spans.push(span);
    }) {
        Scan::Row { .. } => spans,
        Scan::Unfinished { .. } => Vec::new(),
    }
}

/// A row with a quote somewhere, value by value from `start`; `found` is given where each value is.
fn split_quoted(
    bytes: &[u8],
    start: usize,
    at_end: bool,
    delimiter: u8,
    row: &mut Row,
    mut found: impl FnMut(Range<usize>),
) -> Scan {
    let mut at = start;
    loop {
        let value = at;
        if bytes.get(at) == Some(&QUOTE) {
            let Some(after) = unquote(bytes, at + 1, at_end, &mut row.text) else {
                return Scan::Unfinished {
                    value,
                    quoted: true,
                };
            };
            at = after;
        }
        let stop = match bytes.get(at) {
            Some(byte) if *byte == delimiter => Some(at),
            _ => memchr3(delimiter, b'\n', b'\r', &bytes[at..]).map(|offset| at + offset),
        };
        if stop.is_none() && !at_end {
            return Scan::Unfinished {
                value,
                quoted: false,
            };
        }
        let tail = &bytes[at..stop.unwrap_or(bytes.len())];
        if at > value && !tail.is_empty() {
            row.blame(FaultKind::TextAfter);
        } else if let Some(quote) = memchr(QUOTE, tail) {
            let blank = tail[..quote]
                .iter()
                .all(|byte| matches!(byte, b' ' | b'\t'));
            row.blame(if blank {
                FaultKind::BlankBefore
            } else {
                FaultKind::Stray
            });
        }
        append(&mut row.text, &bytes[at..], tail.len());
        row.end_value(row.text.len());
        found(value..stop.unwrap_or(bytes.len()));
        let Some(stop) = stop else {
            row.line_breaks = line_breaks(&bytes[start..]);
            return Scan::Row {
                used: bytes.len(),
                end: LineEnd::File,
            };
        };
        if bytes[stop] == delimiter {
            at = stop + 1;
            continue;
        }
        let Some(end) = line_end(bytes, stop, at_end) else {
            return Scan::Unfinished {
                value,
                quoted: false,
            };
        };
        row.line_breaks = line_breaks(&bytes[start..stop]);
        return Scan::Row {
            used: stop + end.length(),
            end,
        };
    }
}

/// Copies a quoted value that begins at `at`, after its opening quote. Returns where its closing quote
/// has been passed, or nothing when the bytes do not show that it closes.
fn unquote(bytes: &[u8], mut at: usize, at_end: bool, text: &mut Vec<u8>) -> Option<usize> {
    loop {
        let length = find_near(&bytes[at..], QUOTE)?;
        append(text, &bytes[at..], length);
        let quote = at + length;
        match bytes.get(quote + 1) {
            Some(&QUOTE) => text.push(QUOTE),
            Some(_) => return Some(quote + 1),
            None if at_end => return Some(quote + 1),
            None => return None,
        }
        at = quote + 2;
    }
}

/// The line end at `at`, where a CR or LF stands; nothing when the following bytes are needed to tell.
pub fn line_end(bytes: &[u8], at: usize, at_end: bool) -> Option<LineEnd> {
    if bytes[at] == b'\n' {
        return Some(LineEnd::Lf);
    }
    match (bytes.get(at + 1), bytes.get(at + 2)) {
        (Some(b'\n'), _) => Some(LineEnd::CrLf),
        (Some(b'\r'), Some(b'\n')) => Some(LineEnd::CrCrLf),
        (None, _) | (Some(b'\r'), None) if !at_end => None,
        _ => Some(LineEnd::Cr),
    }
}

/// The number of line ends in some bytes.
pub fn line_breaks(bytes: &[u8]) -> u32 {
    let mut count = 0;
    let mut passed = 0;
    for at in memchr2_iter(b'\n', b'\r', bytes) {
        if at >= passed {
            passed = at + line_end(bytes, at, true).map_or(1, LineEnd::length);
            count += 1;
        }
    }
    count
}
