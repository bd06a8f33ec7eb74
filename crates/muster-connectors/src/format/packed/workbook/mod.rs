//! Excel workbooks (xlsx): one sheet as the text of a CSV file.
//!
//! A row keeps its number. Values are those that the program stored, also of formulas; nothing is calculated. A value that the
//! sheet shows in another way than it stores it, and that would lose something, is written so that no field accepts it.

mod number;
mod sheet;
mod strings;
mod styles;
mod xml;

use super::fault::{Fault, Limited};
use crate::format::csv::{CsvSettings, Delimiter, Encoding};
use encoding_rs::WINDOWS_1252;
use muster_core::model::{
    code::Code,
    problem::{
        csv::{Detail, Remedy},
        shown,
    },
};
use sheet::{Bounds, Cells};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
};
use styles::Styles;
use xml::{Node, attribute};
use zip::ZipArchive;

/// The part that every workbook has.
pub(super) const PART: &str = "xl/workbook.xml";

/// Bytes of the texts and styles of a workbook, which are kept in memory.
const MAX_KEPT: u64 = 256 << 20;

/// Writes the configured sheet as CSV.
pub(super) fn read(
    archive: &mut ZipArchive<impl Read + Seek>,
    settings: &CsvSettings,
    identifiers: &[String],
) -> Result<File, Fault> {
    let book = Book::read(archive)?;
    let path = book.sheet(archive, settings.sheet.as_deref())?;
    let strings = strings::read(archive)?;
    let styles = Styles::read(archive, book.begins_in_1904)?;
    let cells = Cells {
        strings: &strings,
        styles: &styles,
        settings,
    };
    let bounds = Bounds::read(part(archive, &path, settings.limits.file)?, &cells)?;
    let mut plain = tempfile::tempfile().map_err(Fault::Temporary)?;
    let mut out = Output::new(&plain, settings)?;
    let sheet = part(archive, &path, settings.limits.file)?;
    sheet::rows(sheet, &cells, &bounds, identifiers, &mut |line| {
        out.line(line)
    })?;
    out.flush().map_err(Fault::Temporary)?;
    drop(out);
    plain.seek(SeekFrom::Start(0)).map_err(Fault::Temporary)?;
    Ok(plain)
}

/// A part of the workbook, up to a limit of bytes.
fn part<'a, R: Read + Seek>(
    archive: &'a mut ZipArchive<R>,
    name: &str,
    limit: u64,
) -> Result<BufReader<impl Read + 'a>, Fault> {
    let file = archive.by_name(name).map_err(|_| Fault::Damaged)?;
    Ok(BufReader::new(Limited::new(file, limit)))
}

/// The sheets of a workbook.
struct Book {
    /// Name, relation and whether it is hidden.
    sheets: Vec<(String, String, bool)>,
    begins_in_1904: bool,
}

impl Book {
    fn read(archive: &mut ZipArchive<impl Read + Seek>) -> Result<Self, Fault> {
        let mut book = Self {
            sheets: Vec::new(),
            begins_in_1904: false,
        };
        xml::walk(part(archive, PART, MAX_KEPT)?, &mut |node| {
            if let Node::Open("sheet", element) = node {
                let text = |name| attribute(element, name).unwrap_or_default();
                let is_hidden = !["", "visible"].contains(&text("state").as_str());
                book.sheets.push((text("name"), text("id"), is_hidden));
            } else if let Node::Open("workbookPr", element) = node {
                let date = attribute(element, "date1904").unwrap_or_default();
                book.begins_in_1904 = ["1", "true"].contains(&date.as_str());
            }
            Ok(())
        })?;
        Ok(book)
    }

    /// The part with the sheet that is read.
    fn sheet(
        &self,
        archive: &mut ZipArchive<impl Read + Seek>,
        wanted: Option<&str>,
    ) -> Result<String, Fault> {
        let found = self
            .sheets
            .iter()
            .find(|(name, _, is_hidden)| match wanted {
                Some(wanted) => name.trim().eq_ignore_ascii_case(wanted.trim()),
                None => !is_hidden,
            });
        let Some((_, relation, _)) = found else {
            let detail = Detail::NoSheet {
                sheet: wanted.map(shown),
                sheets: self.sheets.iter().map(|(name, ..)| shown(name)).collect(),
            };
            return Err(Fault::refused(Code::CsvKind, detail, Remedy::NameSheet));
        };
        let mut target = None;
        let relations = part(archive, "xl/_rels/workbook.xml.rels", MAX_KEPT)?;
        xml::walk(relations, &mut |node| {
            if let Node::Open("Relationship", element) = node
                && attribute(element, "Id").as_ref() == Some(relation)
            {
                target = attribute(element, "Target");
            }
            Ok(())
        })?;
        let target = target.ok_or(Fault::Damaged)?;
        Ok(match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("xl/{target}"),
        })
    }
}

/// The CSV file, in the configured encoding and with the configured delimiter.
struct Output<'f> {
    file: BufWriter<&'f File>,
    encoding: Encoding,
    delimiter: char,
    left: u64,
    text: String,
}

impl<'f> Output<'f> {
    fn new(file: &'f File, settings: &CsvSettings) -> Result<Self, Fault> {
        let mut file = BufWriter::new(file);
        let mark: &[u8] = match settings.encoding {
            Encoding::Utf16 => &[0xFF, 0xFE],
            Encoding::Auto => "\u{FEFF}".as_bytes(),
            Encoding::Utf8 | Encoding::Latin1 => &[],
        };
        file.write_all(mark).map_err(Fault::Temporary)?;
        Ok(Self {
            file,
            encoding: settings.encoding,
            delimiter: match settings.delimiter {
                Delimiter::Exactly(delimiter) if !settings.only_comma => char::from(delimiter),
                _ => ',',
            },
            left: settings.limits.file,
            text: String::new(),
        })
    }

    fn line(&mut self, cells: &[String]) -> Result<(), Fault> {
        self.text.clear();
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                self.text.push(self.delimiter);
            }
            self.cell(cell);
        }
        self.text.push('\n');
        let bytes = match self.encoding {
            Encoding::Utf8 | Encoding::Auto => self.text.as_bytes().into(),
            Encoding::Utf16 => {
                let units = self.text.encode_utf16().flat_map(u16::to_le_bytes);
                units.collect::<Vec<u8>>().into()
            }
            Encoding::Latin1 => match WINDOWS_1252.encode(&self.text) {
                (bytes, _, false) => bytes,
                _ => {
                    let detail = Detail::OutsideEncoding;
                    let remedy = Remedy::RemoveEncoding;
                    return Err(Fault::refused(Code::CsvEncodingFile, detail, remedy));
                }
            },
        };
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or(Fault::TooLarge)?;
        self.file.write_all(&bytes).map_err(Fault::Temporary)
    }

    fn cell(&mut self, cell: &str) {
        let is_special = |c| c == self.delimiter || matches!(c, '"' | '\n' | '\r');
        if !cell.contains(is_special) && !cell.starts_with(' ') {
            return self.text.push_str(cell);
        }
        self.text.push('"');
        for character in cell.chars() {
            match character {
                // A row stays on one line, which has its number.
                '\n' | '\r' => self.text.push(' '),
                '"' => self.text.push_str("\"\""),
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
