//! Bytes of a row to text, and for a row that is not text throughout, which values still are.
//!
//! A rejected row must still prove that its person is present, so its other values are kept readable.

use super::{
    CsvLimits,
    encoding::{self, Charset},
    refusal,
    scanner::Row,
};
use encoding_rs::WINDOWS_1252;
use memchr::memchr;
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem,
            csv::{self, Detail, Remedy, Size},
        },
    },
    read::record::Mark,
};

/// A row as text.
pub(super) enum Reading<'a> {
    /// All of it is text.
    Whole { text: &'a str, ends: &'a [usize] },
    /// Something is not; the others are in `text`.
    Partly {
        text: &'a str,
        ends: &'a [usize],
        marks: &'a [Mark],
        cause: Unreadable,
    },
}

/// The first value of a row that cannot be used.
#[derive(Debug)]
pub(super) struct Unreadable {
    /// Its column, counted from 0.
    pub(super) column: usize,
    /// Its bytes, those that are not text as `\xNN`.
    shown: String,
    /// Whether the bytes end inside a character.
    cut_off: bool,
    flaw: Flaw,
}

#[derive(Clone, Copy, Debug)]
enum Flaw {
    Nul,
    NotText(Charset),
    /// UTF-8 that a faulty program wrote, and no text in another encoding.
    Malformed,
    LooksLikeUtf8,
    TooLong {
        size: usize,
        limit: usize,
    },
    /// Nothing is wrong with the value, but it stands behind a misplaced quote.
    Untrusted,
}

/// Turns rows into text, with buffers that are used again.
pub(super) struct Texts {
    charset: Charset,
    longest: usize,
    /// What the bytes from 0x80 mean in windows-1252.
    upper: Vec<char>,
    text: String,
    ends: Vec<usize>,
    marks: Vec<Mark>,
}

impl Texts {
    pub(super) fn new(charset: Charset, limits: &CsvLimits) -> Self {
        let bytes: Vec<u8> = (0x80..=0xFF).collect();
        let upper = WINDOWS_1252
            .decode_without_bom_handling(&bytes)
            .0
            .chars()
            .collect();
        let longest = limits.field;
        Self {
            charset,
            longest,
            upper,
            text: String::new(),
            ends: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// The charset that rows are read with.
    pub(super) fn charset(&self) -> Charset {
        self.charset
    }

    /// The text of a row that was cut as it should be.
    pub(super) fn read<'a>(&'a mut self, row: &'a Row) -> Reading<'a> {
        let fits = row.text.len() <= self.longest && memchr(0, &row.text).is_none();
        if fits && let Some(text) = self.plain(row) {
            return Reading::Whole {
                text,
                ends: &row.ends,
            };
        }
        match self.read_each(row, usize::MAX) {
            None => Reading::Whole {
                text: &self.text,
                ends: &self.ends,
            },
            Some(cause) => Reading::Partly {
                text: &self.text,
                ends: &self.ends,
                marks: &self.marks,
                cause,
            },
        }
    }

    /// The text of a row of which only the first `trusted` values were cut as they should be.
    pub(super) fn salvage(&mut self, row: &Row, trusted: usize) -> (&str, &[usize], &[Mark]) {
        self.read_each(row, trusted);
        (&self.text, &self.ends, &self.marks)
    }

    /// The row as it stands in its buffer, when that is text and no character is cut in two.
    fn plain<'a>(&self, row: &'a Row) -> Option<&'a str> {
        if self.charset == Charset::Windows1252 && !row.text.is_ascii() {
            return None;
        }
        let text = simdutf8::basic::from_utf8(&row.text).ok()?;
        (text.is_ascii() || row.ends.iter().all(|end| text.is_char_boundary(*end))).then_some(text)
    }

    fn read_each(&mut self, row: &Row, trusted: usize) -> Option<Unreadable> {
        self.text.clear();
        self.ends.clear();
        self.marks.clear();
        let mut cause = None;
        for (column, value) in row.values().enumerate() {
            let flaw = if column < trusted {
                self.push(value).err()
            } else {
                Some(Flaw::Untrusted)
            };
            if matches!(&flaw, Some(flaw) if !matches!(flaw, Flaw::Untrusted)) {
                // Nobody reads it as a value, but rows that it has swallowed are looked for in it.
                self.text.push_str(&String::from_utf8_lossy(value));
            }
            self.ends.push(self.text.len());
            self.marks.push(if flaw.is_some() {
                Mark::Unreadable
            } else {
                Mark::Text
            });
            if let (Some(flaw), None) = (flaw, &cause) {
                cause = Some(Unreadable {
                    column,
                    shown: escaped(value),
                    cut_off: ends_inside_character(value),
                    flaw,
                });
            }
        }
        cause
    }

    fn push(&mut self, value: &[u8]) -> Result<(), Flaw> {
        if value.len() > self.longest {
            return Err(Flaw::TooLong {
                size: value.len(),
                limit: self.longest,
            });
        }
        if memchr(0, value).is_some() {
            return Err(Flaw::Nul);
        }
        match simdutf8::basic::from_utf8(value) {
            Ok(text) if self.charset != Charset::Windows1252 || text.is_ascii() => {
                self.text.push_str(text)
            }
            Ok(_) => return Err(Flaw::LooksLikeUtf8),
            Err(_) if self.charset == Charset::Utf8 && encoding::is_malformed(value) => {
                return Err(Flaw::Malformed);
            }
            Err(_) if self.charset != Charset::Windows1252 => {
                return Err(Flaw::NotText(self.charset));
            }
            Err(_) => {
                let upper = &self.upper;
                self.text.extend(value.iter().map(|&byte| {
                    match byte.checked_sub(0x80) {
                        Some(above) => upper
                            .get(usize::from(above))
                            .copied()
                            .unwrap_or(char::from(byte)),
                        None => char::from(byte),
                    }
                }));
            }
        }
        Ok(())
    }
}

/// The values of a row, in order.
pub(super) fn cells<'a>(text: &'a str, ends: &'a [usize]) -> impl Iterator<Item = &'a str> + Clone {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts
        .zip(ends)
        .map(|(start, &end)| text.get(start..end).unwrap_or_default())
}

fn ends_inside_character(value: &[u8]) -> bool {
    std::str::from_utf8(value).is_err_and(|error| error.error_len().is_none())
}

/// The beginning of a value, with bytes that are not text as `\xNN`.
pub(super) fn escaped(value: &[u8]) -> String {
    const ENOUGH: usize = 200;
    let mut text = String::new();
    for chunk in value[..value.len().min(ENOUGH)].utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
    }
    text
}

impl Unreadable {
    /// Why the row is rejected; `column` is the name of the column to blame.
    pub(super) fn problem(&self, column: &str) -> Problem {
        let (code, detail, remedy) = match self.flaw {
            Flaw::Nul => (Code::CsvNul, Detail::Nul, Remedy::RemoveNul),
            Flaw::NotText(charset) => {
                let encoding = charset.encoding();
                let remedy = match charset {
                    Charset::Utf16(_) => Remedy::ExportAgain,
                    _ => Remedy::UseLatin1IfWhole,
                };
                (Code::CsvEncoding, Detail::NotText { encoding }, remedy)
            }
            Flaw::Malformed => (
                Code::CsvEncoding,
                Detail::MalformedUtf8,
                Remedy::CorrectWriter,
            ),
            Flaw::Untrusted => (
                Code::CsvEncoding,
                Detail::NotText {
                    encoding: csv::Encoding::Utf8,
                },
                Remedy::UseLatin1IfWhole,
            ),
            Flaw::LooksLikeUtf8 => (Code::CsvEncoding, Detail::LooksLikeUtf8, Remedy::UseUtf8),
            Flaw::TooLong { size, limit } => {
                let size = Size {
                    found: size as u64,
                    limit: limit as u64,
                    is_whole: true,
                    has_open_quote: false,
                };
                let field = self.column + 1;
                (
                    Code::CsvLimit,
                    Detail::ValueTooLong { field, size },
                    Remedy::ShortenOrRaiseLimit,
                )
            }
        };
        refusal::rejected(code, detail, remedy).of(column, &self.shown)
    }

    /// Whether the value ends inside a character, as the last one of a file that was cut off does.
    pub(super) fn is_cut_off(&self) -> bool {
        self.cut_off && matches!(self.flaw, Flaw::NotText(_) | Flaw::Malformed)
    }

    /// Whether the value only looks wrong because the whole file is UTF-8.
    pub(super) fn looks_like_utf8(&self) -> bool {
        matches!(self.flaw, Flaw::LooksLikeUtf8)
    }
}
