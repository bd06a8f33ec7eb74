//! Recognises files that are no CSV files, whatever their name says. It reads nothing inside them.

use super::refusal;
use memchr::memmem;
use muster_core::model::{
    code::Code,
    problem::{
        Problem,
        csv::{Detail, FileKind, Remedy},
    },
};

/// First bytes that no text begins with, and what they begin. The first match counts.
const SIGNATURES: &[(&[u8], FileKind)] = &[
    (b"\x1F\x8B", FileKind::GzipArchive),
    (b"PK\x05\x06", FileKind::EmptyZipArchive),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        FileKind::Excel97Workbook,
    ),
    (b"\x09\x08\x10\x00", FileKind::OldExcelWorkbook),
    (b"%PDF-", FileKind::PdfDocument),
    (b"-----BEGIN PGP", FileKind::PgpMessage),
    (b"-----BEGIN ", FileKind::KeyOrCertificate),
    (b"age-encryption.org/", FileKind::AgeFile),
    (b"7z\xBC\xAF\x27\x1C", FileKind::SevenZipArchive),
    (b"Rar!\x1A\x07", FileKind::RarArchive),
    (b"\xFD7zXZ\x00", FileKind::XzArchive),
    (b"\x28\xB5\x2F\xFD", FileKind::ZstdArchive),
    (b"BZh", FileKind::BzipArchive),
    (b"SQLite format 3\x00", FileKind::SqliteDatabase),
    (b"PAR1", FileKind::ParquetFile),
    (b"{\\rtf", FileKind::RtfDocument),
    (b"\x89PNG", FileKind::PngImage),
    (b"\xFF\xD8\xFF", FileKind::JpegImage),
    (b"\x7FELF", FileKind::Program),
];

/// Refuses a file by its first bytes, before anything is decoded.
pub(super) fn check_bytes(head: &[u8]) -> Result<(), Problem> {
    let kind = SIGNATURES
        .iter()
        .find(|(signature, _)| head.starts_with(signature))
        .map(|&(_, kind)| kind);
    match kind.or_else(|| zip_kind(head)).or_else(|| pgp_kind(head)) {
        Some(kind) => Err(refused(kind)),
        None => Ok(()),
    }
}

/// Refuses a file by its first characters, once decoded and without a byte-order mark.
pub(super) fn check_text(head: &[u8]) -> Result<(), Problem> {
    let text = head.trim_ascii_start();
    match json_kind(text).or_else(|| markup_kind(text)) {
        Some(kind) => Err(refused(kind)),
        None => Ok(()),
    }
}

fn zip_kind(head: &[u8]) -> Option<FileKind> {
    if !head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let has = |part: &str| memmem::find(head, part.as_bytes()).is_some();
    Some(
        if has("xl/") || has("[Content_Types].xml") && !has("word/") {
            FileKind::ExcelWorkbook
        } else if has("application/vnd.oasis.opendocument") {
            FileKind::OpenDocument
        } else if has("Index/") || has("Metadata/") {
            FileKind::NumbersSpreadsheet
        } else {
            FileKind::ZipArchive
        },
    )
}

/// A binary PGP message begins with a packet for the recipient's key, of version 3.
fn pgp_kind(head: &[u8]) -> Option<FileKind> {
    match head {
        [0x85, _, _, 3, ..] | [0x84 | 0xC1, _, 3, ..] | [0xC1, _, _, 3, ..] => {
            Some(FileKind::PgpMessage)
        }
        _ => None,
    }
}

fn json_kind(text: &[u8]) -> Option<FileKind> {
    let (first, rest) = text.split_first()?;
    let rest = rest.trim_ascii_start();
    let json = match first {
        b'{' => matches!(rest.first(), Some(b'"' | b'}')),
        b'[' => matches!(rest.first(), Some(b'{' | b'[' | b'"' | b']' | b'0'..=b'9')),
        _ => false,
    };
    json.then_some(FileKind::JsonDocument)
}

fn markup_kind(text: &[u8]) -> Option<FileKind> {
    if text.first() != Some(&b'<') {
        return None;
    }
    let beginning = text[..text.len().min(4096)].to_ascii_lowercase();
    let has = |part: &str| memmem::find(&beginning, part.as_bytes()).is_some();
    let is = |tag: &str| beginning.starts_with(tag.as_bytes());
    if has("urn:schemas-microsoft-com:office:") {
        Some(FileKind::ExcelTextWorkbook)
    } else if is("<!doctype html")
        || has("<html")
        || is("<head")
        || is("<body")
        || is("<script")
        || is("<meta")
    {
        Some(FileKind::WebPage)
    } else if is("<table") || is("<div") || is("<style") || has("<table") && has("<tr") {
        Some(FileKind::HtmlTable)
    } else if matches!(beginning.get(1), Some(b'?' | b'!' | b'a'..=b'z')) && has(">") {
        Some(FileKind::XmlDocument)
    } else {
        None
    }
}

fn refused(kind: FileKind) -> Problem {
    let remedy = match kind {
        FileKind::Excel97Workbook
        | FileKind::ExcelTextWorkbook
        | FileKind::ExcelWorkbook
        | FileKind::NumbersSpreadsheet
        | FileKind::OldExcelWorkbook
        | FileKind::OpenDocument => Remedy::SaveAsCsv,
        FileKind::BzipArchive
        | FileKind::EmptyZipArchive
        | FileKind::GzipArchive
        | FileKind::RarArchive
        | FileKind::SevenZipArchive
        | FileKind::XzArchive
        | FileKind::ZipArchive
        | FileKind::ZstdArchive => Remedy::Unpack,
        FileKind::AgeFile | FileKind::PgpMessage => Remedy::Decrypt,
        FileKind::HtmlTable => Remedy::ExportTable,
        FileKind::WebPage => Remedy::CheckAddress,
        _ => Remedy::CheckKind,
    };
    refusal::refused(Code::CsvKind, Detail::NotCsv { kind }, remedy)
}
