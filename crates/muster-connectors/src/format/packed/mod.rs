//! Files that hold a CSV file or a table inside: gzip, zip and Excel workbooks (xlsx). What is inside is written to an unnamed
//! temporary file, as CSV, so that everything that reads files reads it in the same way.
//!
//! A packed file is read only if all of it is there: its checksum or directory is at its end. The size limits apply to what comes
//! out. Every line of a workbook's CSV has the number of its row in the sheet.

mod archive;
mod fault;
mod workbook;

use super::csv::CsvSettings;
use fault::{Fault, Limited};
use flate2::read::MultiGzDecoder;
use muster_core::model::problem::{Problem, csv::PackedKind};
use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
};

/// How many packed files may be inside each other, such as a workbook in a zip archive.
const MAX_LAYERS: usize = 3;

/// What is inside a packed file; none: the file is not packed. `identifiers` names columns of a workbook whose numbers must have
/// lost nothing.
pub fn unpack(
    content: &File,
    settings: &CsvSettings,
    identifiers: &[String],
) -> Result<Option<File>, Problem> {
    let mut plain: Option<File> = None;
    for _ in 0..MAX_LAYERS {
        let outer = plain.as_ref().unwrap_or(content);
        let limit = settings.limits.file;
        let unpacked = layer(outer, settings, identifiers)
            .map_err(|(kind, fault)| fault.problem(kind, limit))?;
        let Some(inner) = unpacked else { break };
        plain = Some(inner);
    }
    Ok(plain)
}

fn layer(
    outer: &File,
    settings: &CsvSettings,
    identifiers: &[String],
) -> Result<Option<File>, (PackedKind, Fault)> {
    let mut head = [0; 4];
    let length =
        beginning(outer, &mut head).map_err(|error| (PackedKind::Gzip, Fault::Temporary(error)))?;
    match &head[..length] {
        [0x1F, 0x8B, ..] => gunzip(outer, settings)
            .map(Some)
            .map_err(|fault| (PackedKind::Gzip, fault)),
        b"PK\x03\x04" => archive::open(outer, settings, identifiers),
        _ => Ok(None),
    }
}

/// Reads the first bytes, and goes back to the start.
fn beginning(mut file: &File, head: &mut [u8]) -> io::Result<usize> {
    file.seek(SeekFrom::Start(0))?;
    let mut length = 0;
    while length < head.len() {
        match file.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(length)
}

fn gunzip(outer: &File, settings: &CsvSettings) -> Result<File, Fault> {
    let mut inside = MultiGzDecoder::new(BufReader::new(outer));
    copy(&mut inside, settings.limits.file)
}

/// Writes what comes out to a temporary file, up to the limit of bytes.
fn copy(inside: &mut dyn Read, limit: u64) -> Result<File, Fault> {
    let mut limited = Limited::new(inside, limit);
    let mut plain = tempfile::tempfile().map_err(Fault::Temporary)?;
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let count = match limited.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        plain.write_all(&chunk[..count]).map_err(Fault::Temporary)?;
    }
    plain.seek(SeekFrom::Start(0)).map_err(Fault::Temporary)?;
    Ok(plain)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test ends with a panic")]
mod tests;
