//! Rows with their line numbers, from a buffer of bounded size.
//!
//! Row and file limits are enforced here while reading, and the file's end is judged: an open quote,
//! a tail of NUL, Ctrl-Z. What the values say is not looked at.

use super::{
    CsvLimits,
    input::Input,
    refusal,
    scanner::{self, LineEnd, Row, Scan},
};
use memchr::memchr2;
use muster_core::model::{
    code::Code,
    origin::Origin,
    problem::{
        Problem,
        csv::{Detail, Limit, Remedy, Size},
    },
};

/// The size of a usual buffer, and by how much a large row may overshoot its limit before it is noticed.
pub(super) const CHUNK: usize = 64 * 1024;
/// The longest line end; it does not count as part of the row.
const LINE_END: usize = 3;
const CTRL_Z: u8 = 0x1A;

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    /// The physical line on which it starts, from 1.
    pub(super) origin: Origin,
    /// Whether a line end follows; without one it is the last row.
    pub(super) terminated: bool,
    /// The file ends inside a character of the row.
    pub(super) cut_off: bool,
}

/// How many lines ended in which way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LineEnds {
    pub(super) lf: u64,
    pub(super) crlf: u64,
    pub(super) cr: u64,
    pub(super) crcrlf: u64,
}

/// Reads a file row by row.
pub(super) struct Rows<'a> {
    input: Input<'a>,
    /// The row that was read last.
    pub(super) row: Row,
    pub(super) line_ends: LineEnds,
    file: u16,
    delimiter: u8,
    limits: CsvLimits,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    /// Bytes before the buffer's start.
    passed: u64,
    line: u32,
}

impl<'a> Rows<'a> {
    pub(super) fn open(
        mut input: Input<'a>,
        file: u16,
        limits: CsvLimits,
    ) -> Result<Self, Problem> {
        let mut buffer = vec![0; CHUNK];
        let end = input.fill(&mut buffer)?;
        let row = Row::new(limits.columns);
        Ok(Self {
            input,
            row,
            line_ends: LineEnds::default(),
            file,
            delimiter: b',',
            limits,
            at_end: end < buffer.len(),
            buffer,
            start: 0,
            end,
            passed: 0,
            line: 1,
        })
    }

    /// What is buffered, and whether it is the rest of the file.
    pub(super) fn ahead(&self) -> (&[u8], bool) {
        (&self.buffer[self.start..self.end], self.at_end)
    }

    /// Whether the last row ended inside a character of two bytes.
    pub(super) fn is_cut_off(&self) -> bool {
        self.at_end && self.start == self.end && self.input.is_cut_off()
    }

    /// The character between values.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// From here on, values are cut at this character.
    pub(super) fn cut_at(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
    }

    /// Skips so many bytes at the start of the file, and with them the line they are on if they end one.
    pub(super) fn skip(&mut self, bytes: usize, lines: u32) {
        self.start = (self.start + bytes).min(self.end);
        self.line += lines;
    }

    /// Reads the next row into `row`; lines without anything are passed over.
    pub(super) fn next(&mut self) -> Result<Option<Position>, Problem> {
        loop {
            if self.start == self.end && self.at_end {
                return Ok(None);
            }
            let bytes = &self.buffer[self.start..self.end];
            let size = bytes.len();
            match scanner::scan(bytes, self.at_end, self.delimiter, &mut self.row) {
                Scan::Row {
                    end: LineEnd::File, ..
                } if self.trim_end()? => {}
                Scan::Row { used, end } => {
                    let position = Position {
                        origin: self.origin(),
                        terminated: end != LineEnd::File,
                        cut_off: false,
                    };
                    self.check_row(used, end)?;
                    self.pass(used, end);
                    if self.row.text == [CTRL_Z] && self.start == self.end && self.at_end {
                        return Ok(None);
                    }
                    if self.row.columns > 1 || !self.row.text.is_empty() || self.row.marked {
                        return Ok(Some(position));
                    }
                }
                Scan::Unfinished { value, quoted } if self.at_end => {
                    return Err(self.unfinished(value, quoted)?);
                }
                Scan::Unfinished { value, quoted } => {
                    if size > self.limits.row.saturating_add(LINE_END) {
                        return Err(self.too_large(value, quoted)?);
                    }
                    self.read_on()?;
                }
            }
        }
    }

    fn origin(&self) -> Origin {
        Origin {
            file: self.file,
            line: self.line,
        }
    }

    fn pass(&mut self, used: usize, end: LineEnd) {
        self.start += used;
        self.line = self.line.saturating_add(self.row.line_breaks);
        let count = match end {
            LineEnd::Lf => &mut self.line_ends.lf,
            LineEnd::CrLf => &mut self.line_ends.crlf,
            LineEnd::Cr => &mut self.line_ends.cr,
            LineEnd::CrCrLf => &mut self.line_ends.crcrlf,
            LineEnd::File => return,
        };
        *count += 1;
        self.line = self.line.saturating_add(1);
    }

    /// Moves what is left to the front and reads as much again, so that however long a row is, its
    /// beginning is scanned only as often as the buffer doubles.
    fn read_on(&mut self) -> Result<(), Problem> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.passed += self.start as u64;
        self.end -= self.start;
        self.start = 0;
        if self.end > self.buffer.len() / 2 {
            let most = self.limits.row.saturating_add(CHUNK);
            self.buffer.resize(
                self.buffer
                    .len()
                    .saturating_mul(2)
                    .min(most)
                    .max(self.end + CHUNK),
                0,
            );
        }
        let origin = self.origin();
        let filled = self.input.fill(&mut self.buffer[self.end..]);
        let count = filled.map_err(|problem| problem.at(origin))?;
        self.end += count;
        self.at_end = self.end < self.buffer.len();
        Ok(())
    }

    /// The last row, which no line end follows: a tail of NUL refuses the file, Ctrl-Z is taken off.
    /// Returns whether something was taken off, so that the row is to be scanned again.
    fn trim_end(&mut self) -> Result<bool, Problem> {
        if self.buffer[self.start..self.end].ends_with(&[0]) {
            return Err(self.nul_tail(0));
        }
        let before = self.end;
        while self.end > self.start && self.buffer[self.end - 1] == CTRL_Z {
            self.end -= 1;
        }
        Ok(self.end < before)
    }

    fn check_row(&self, used: usize, end: LineEnd) -> Result<(), Problem> {
        let size = used - end.length();
        if size > self.limits.row {
            let size = Size {
                found: size as u64,
                limit: self.limits.row as u64,
                is_whole: true,
                has_open_quote: false,
            };
            return Err(refusal::over(Limit::Row, Detail::RowTooLong { size }).at(self.origin()));
        }
        if self.row.columns > self.limits.columns {
            let detail = Detail::TooManyColumns {
                found: self.row.columns,
                limit: self.limits.columns,
            };
            return Err(refusal::over(Limit::Columns, detail).at(self.origin()));
        }
        Ok(())
    }

    /// The file ends inside a row: why it is refused.
    fn unfinished(&mut self, value: usize, quoted: bool) -> Result<Problem, Problem> {
        if self.buffer[self.start..self.end].ends_with(&[0]) {
            return Ok(self.nul_tail(0));
        }
        debug_assert!(
            quoted,
            "only a quote can keep a row open at the end of the file"
        );
        let origin = self.place_of(value);
        let detail = Detail::UnclosedQuote {
            line: origin.line,
            field: self.row.columns + 1,
        };
        let remedy = Remedy::DeliverWholeOrDoubleQuotes;
        Ok(refusal::refused(Code::CsvUnclosed, detail, remedy).at(origin))
    }

    /// More than a row may have is buffered, and it still does not end: why the file is refused. A
    /// pre-allocated upload looks like this too, so a tail of NUL is followed to its end.
    fn too_large(&mut self, value: usize, quoted: bool) -> Result<Problem, Problem> {
        if self.buffer[..self.end].ends_with(&[0]) {
            let mut more = 0;
            let mut chunk = vec![0; CHUNK];
            loop {
                let count = self.input.fill(&mut chunk)?;
                more += count as u64;
                if chunk[..count].iter().any(|byte| *byte != 0) {
                    break;
                }
                if count == 0 {
                    return Ok(self.nul_tail(more));
                }
            }
        }
        let size = self.end - self.start;
        let in_value = size - value;
        let origin = self.place_of(value);
        let over = |found: usize, limit: usize| Size {
            found: found as u64,
            limit: limit as u64,
            is_whole: false,
            has_open_quote: quoted,
        };
        let is_value = in_value > self.limits.field && (quoted || value > 0);
        let (limit, detail) = if is_value {
            let field = self.row.columns + 1;
            let size = over(in_value, self.limits.field);
            (Limit::Value, Detail::ValueTooLong { field, size })
        } else {
            let size = over(size, self.limits.row);
            (Limit::Row, Detail::RowTooLong { size })
        };
        Ok(refusal::over(limit, detail).at(origin))
    }

    fn nul_tail(&self, more: u64) -> Problem {
        let buffered = self.buffer[self.start..self.end]
            .iter()
            .rev()
            .take_while(|byte| **byte == 0)
            .count() as u64;
        let units = if self.input.is_transcoded() { 2 } else { 1 };
        let bytes = (buffered + more) * units;
        let offset = if self.input.is_transcoded() {
            self.input.raw.saturating_sub(bytes)
        } else {
            self.passed + self.end as u64 - buffered
        };
        refusal::refused(
            Code::CsvNul,
            Detail::NulTail { bytes, offset },
            Remedy::FinishUpload,
        )
        .at(self.origin())
    }

    /// The line on which a position of the row that did not end stands.
    fn place_of(&self, offset: usize) -> Origin {
        let before = &self.buffer[self.start..(self.start + offset).min(self.end)];
        let lines = if memchr2(b'\n', b'\r', before).is_some() {
            scanner::line_breaks(before)
        } else {
            0
        };
        Origin {
            file: self.file,
            line: self.line.saturating_add(lines),
        }
    }
}
