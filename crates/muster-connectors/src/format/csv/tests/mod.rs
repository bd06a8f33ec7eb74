//! The decoder against the fault matrix. Every file is decoded whole, byte by byte and in odd pieces, and
//! all must give the same; each test is then only a file and what is to come of it.

mod agreement;
mod bytes;
mod causes;
mod first_row;
mod limits;
mod properties;
mod structure;

use super::{CsvSettings, Decoded, Delimiter, Encoding, decode};
use muster_core::{
    model::{
        code::Code,
        problem::{Problem, Severity, csv::Detail},
    },
    read::record::{Cell, Record, Sink},
};
use std::io::Read;

/// Delivers some bytes in pieces of one size.
pub(super) struct Pieces<'a> {
    bytes: &'a [u8],
    size: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
        let count = self.size.min(space.len()).min(self.bytes.len());
        space[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

/// What a sink was given, as text: `-` absent, `?` unreadable.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Collected {
    pub(super) columns: Vec<String>,
    pub(super) records: Vec<(u32, Vec<String>)>,
    pub(super) broken: Vec<(u32, Vec<String>, Problem)>,
}

fn texts(record: Record<'_>) -> Vec<String> {
    (0..record.len())
        .map(|column| match record.cell(column) {
            Cell::Text(text) => text.to_owned(),
            Cell::Unreadable => "?".to_owned(),
            Cell::Absent | Cell::Null => "-".to_owned(),
        })
        .collect()
}

impl Sink for Collected {
    fn begin(&mut self, _file: u16, columns: &[String]) -> Result<(), Problem> {
        self.columns = columns.to_vec();
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        self.records.push((record.origin.line, texts(record)));
    }

    fn broken(&mut self, record: Record<'_>, problem: Problem) {
        assert_eq!(problem.origin, Some(record.origin));
        assert_eq!(problem.severity, Severity::Rejected);
        self.broken
            .push((record.origin.line, texts(record), problem));
    }
}

/// A file that was read: the verdict and what the sink has.
pub(super) type Outcome = (Result<Decoded, Problem>, Collected);

pub(super) fn decode_in_pieces(bytes: &[u8], size: usize, settings: &CsvSettings) -> Outcome {
    let mut sink = Collected::default();
    let result = decode(&mut Pieces { bytes, size }, 3, settings, &mut sink);
    (result, sink)
}

/// Decodes a file in pieces of several sizes, which must make no difference.
pub(super) fn decode_all(bytes: &[u8], settings: &CsvSettings) -> Outcome {
    let whole = decode_in_pieces(bytes, usize::MAX, settings);
    for size in [1, 3, 7, 4097] {
        assert_eq!(
            decode_in_pieces(bytes, size, settings),
            whole,
            "in pieces of {size}"
        );
    }
    whole
}

/// A file that is read: its verdict, the rows that are records, and those that are not.
pub(super) fn read_with(bytes: impl AsRef<[u8]>, settings: &CsvSettings) -> (Decoded, Collected) {
    let (result, sink) = decode_all(bytes.as_ref(), settings);
    let decoded = result.expect("the file is read");
    assert_eq!(
        decoded.records,
        (sink.records.len() + sink.broken.len()) as u64
    );
    (decoded, sink)
}

pub(super) fn read(bytes: impl AsRef<[u8]>) -> (Decoded, Collected) {
    read_with(bytes, &CsvSettings::default())
}

/// A file that must be refused with this code and a message or advice that has all these parts.
#[track_caller]
pub(super) fn refused_with(
    bytes: impl AsRef<[u8]>,
    settings: &CsvSettings,
    code: Code,
    parts: &[&str],
) -> Problem {
    let problem = decode_all(bytes.as_ref(), settings)
        .0
        .expect_err("the file is refused");
    assert_eq!(
        (problem.code, problem.severity),
        (code, Severity::Refused),
        "{:?}",
        problem.detail
    );
    says(&problem, parts);
    problem
}

#[track_caller]
pub(super) fn refused(bytes: impl AsRef<[u8]>, code: Code, parts: &[&str]) -> Problem {
    refused_with(bytes, &CsvSettings::default(), code, parts)
}

/// Checks which details, remedy and column a problem has: each part is a piece of their `Debug` form.
#[track_caller]
pub(super) fn says(problem: &Problem, parts: &[&str]) {
    let said = format!(
        "{:?} {:?} {:?}",
        problem.detail, problem.remedy, problem.field
    );
    for part in parts {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
}

/// Checks that exactly one row is broken: its line, code, and what is said of it. Returns its values.
#[track_caller]
pub(super) fn one_broken(sink: &Collected, line: u32, code: Code, parts: &[&str]) -> Vec<String> {
    let [(at, cells, problem)] = sink.broken.as_slice() else {
        panic!("not one broken row: {:?}", sink.broken)
    };
    assert_eq!((*at, problem.code), (line, code), "{:?}", problem.detail);
    says(problem, parts);
    cells.clone()
}

/// The lines of the records.
pub(super) fn lines(sink: &Collected) -> Vec<u32> {
    sink.records.iter().map(|(line, _)| *line).collect()
}

/// The values of the only record.
#[track_caller]
pub(super) fn only(sink: &Collected) -> Vec<&str> {
    let [(_, cells)] = sink.records.as_slice() else {
        panic!("not one record: {:?}", sink.records)
    };
    assert!(sink.broken.is_empty(), "{:?}", sink.broken);
    cells.iter().map(String::as_str).collect()
}

pub(super) fn encoded(encoding: Encoding) -> CsvSettings {
    CsvSettings {
        encoding,
        ..CsvSettings::default()
    }
}

pub(super) fn cut_at(delimiter: Delimiter) -> CsvSettings {
    CsvSettings {
        delimiter,
        ..CsvSettings::default()
    }
}

pub(super) fn without_header() -> CsvSettings {
    CsvSettings {
        header: false,
        ..CsvSettings::default()
    }
}

pub(super) fn utf16(text: &str, big: bool) -> Vec<u8> {
    text.encode_utf16()
        .flat_map(|unit| {
            if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            }
        })
        .collect()
}

/// How many random cases a property gets: 25 times as many with `scripts/test --full`.
fn cases(usual: u32) -> u32 {
    let full = std::env::vars().any(|(name, _)| name == "MUSTER_FULL_TESTS");
    if full { usual * 25 } else { usual }
}
