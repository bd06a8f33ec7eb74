//! Which character separates the values: the configured one, held against what the file shows, or the
//! one that the first lines agree on. Nothing is guessed: two that could be meant refuse the file.

use super::{CsvSettings, Delimiter, refusal, sample::Sample, scanner};
use memchr::memchr2;
use muster_core::model::{
    code::Code,
    problem::{
        Problem,
        csv::{Detail, Remedy},
    },
};

pub(super) const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter of a file and what stands before its first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) delimiter: u8,
    /// Bytes of a `sep=` line at the beginning, 0 without one.
    pub(super) skip: usize,
}

/// Chooses by the beginning of the file.
pub(super) fn choose(
    bytes: &[u8],
    at_end: bool,
    settings: &CsvSettings,
) -> Result<Choice, Problem> {
    let configured = match settings.delimiter {
        _ if settings.only_comma => Some(b','),
        Delimiter::Exactly(delimiter) => Some(delimiter),
        Delimiter::Auto => None,
    };
    if let Some(wrong) =
        configured.filter(|byte| !byte.is_ascii() || matches!(byte, b'"' | b'\r' | b'\n' | 0))
    {
        let delimiter = char::from(wrong);
        return Err(refusal::refused(
            Code::Configuration,
            Detail::ImpossibleDelimiter { delimiter },
            Remedy::ChooseDelimiter,
        ));
    }
    let (stated, skip) = stated(bytes, at_end);
    let rest = &bytes[skip..];
    let delimiter = match (configured, stated) {
        (Some(wanted), Some(found)) if wanted != found => {
            return Err(wrong(found, wanted, settings.only_comma));
        }
        (Some(wanted), _) => {
            check(rest, at_end, wanted, settings)?;
            wanted
        }
        (None, Some(found)) => found,
        (None, None) => agreed(rest, at_end, settings)?,
    };
    Ok(Choice { delimiter, skip })
}

/// The delimiter in a first line `sep=;`, which spreadsheets write for each other, and its length.
fn stated(bytes: &[u8], at_end: bool) -> (Option<u8>, usize) {
    let Some(stop) = memchr2(b'\n', b'\r', bytes) else {
        return (None, 0);
    };
    let line = &bytes[..stop];
    let bare = line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""))
        .unwrap_or(line);
    match bare {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter]
            if delimiter.is_ascii_punctuation() || *delimiter == b'\t' =>
        {
            let end = scanner::line_end(bytes, stop, at_end).map_or(1, scanner::LineEnd::length);
            (Some(*delimiter), stop + end)
        }
        _ => (None, 0),
    }
}

/// Refuses a file whose first row is one value at the configured delimiter but several at another.
fn check(bytes: &[u8], at_end: bool, wanted: u8, settings: &CsvSettings) -> Result<(), Problem> {
    let columns = settings.limits.columns;
    if Sample::take(bytes, at_end, wanted, columns).width() != 1 {
        return Ok(());
    }
    for found in CANDIDATES
        .into_iter()
        .filter(|candidate| *candidate != wanted)
    {
        let sample = Sample::take(bytes, at_end, found, columns);
        let width = sample.width();
        if width > 1 && sample.widths().nth(1).is_none_or(|next| next == width) {
            return Err(wrong(found, wanted, settings.only_comma));
        }
    }
    Ok(())
}

fn agreed(bytes: &[u8], at_end: bool, settings: &CsvSettings) -> Result<u8, Problem> {
    let samples = CANDIDATES.map(|candidate| {
        (
            candidate,
            Sample::take(bytes, at_end, candidate, settings.limits.columns),
        )
    });
    let several: Vec<_> = samples
        .iter()
        .filter(|(_, sample)| sample.width() > 1)
        .collect();
    let steady: Vec<_> = several
        .iter()
        .filter(|(_, sample)| sample.widths().all(|each| each == sample.width()))
        .collect();
    match (several.as_slice(), steady.as_slice()) {
        ([(only, _)], _) | (_, [(only, _)]) => Ok(*only),
        ([], _)
            if samples
                .iter()
                .all(|(_, sample)| sample.widths().all(|width| width == 1)) =>
        {
            Ok(b',')
        }
        _ => {
            let columns = samples
                .iter()
                .filter(|(_, sample)| sample.widths().any(|width| width > 1))
                .map(|(delimiter, sample)| (char::from(*delimiter), sample.width()))
                .collect();
            Err(refusal::refused(
                Code::CsvDelimiter,
                Detail::NoDelimiter { columns },
                Remedy::ChooseDelimiter,
            ))
        }
    }
}

fn wrong(found: u8, configured: u8, only_comma: bool) -> Problem {
    let (found, configured) = (char::from(found), char::from(configured));
    let remedy = if only_comma {
        Remedy::ExportWithCommas
    } else {
        Remedy::SetDelimiter { found }
    };
    refusal::refused(
        Code::CsvDelimiter,
        Detail::OtherDelimiter { found, configured },
        remedy,
    )
}
