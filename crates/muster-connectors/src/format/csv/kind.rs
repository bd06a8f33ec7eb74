//! Recognises files that are no CSV files, whatever their name says. It reads nothing inside them.

use super::refusal;
use memchr::memmem;
use muster_core::model::{code::Code, problem::Problem};

/// First bytes that no text begins with, and what they begin. The first match counts.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"\x1F\x8B", "gzip archive"),
    (b"PK\x05\x06", "empty zip archive"),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "Excel 97 workbook (xls)",
    ),
    (b"\x09\x08\x10\x00", "Excel workbook (xls)"),
    (b"%PDF-", "PDF document"),
    (b"-----BEGIN PGP", "PGP message"),
    (b"-----BEGIN ", "key or certificate (PEM)"),
    (b"age-encryption.org/", "age-encrypted file"),
    (b"7z\xBC\xAF\x27\x1C", "7z archive"),
    (b"Rar!\x1A\x07", "rar archive"),
    (b"\xFD7zXZ\x00", "xz archive"),
    (b"\x28\xB5\x2F\xFD", "zstd archive"),
    (b"BZh", "bzip2 archive"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"PAR1", "Parquet file"),
    (b"{\\rtf", "RTF document"),
    (b"\x89PNG", "PNG image"),
    (b"\xFF\xD8\xFF", "JPEG image"),
    (b"\x7FELF", "program"),
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

fn zip_kind(head: &[u8]) -> Option<&'static str> {
    if !head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let has = |part: &str| memmem::find(head, part.as_bytes()).is_some();
    Some(
        if has("xl/") || has("[Content_Types].xml") && !has("word/") {
            "Excel workbook (xlsx)"
        } else if has("application/vnd.oasis.opendocument") {
            "OpenDocument file"
        } else if has("Index/") || has("Metadata/") {
            "Numbers spreadsheet"
        } else {
            "zip archive"
        },
    )
}

/// A binary PGP message begins with a packet for the recipient's key, of version 3.
fn pgp_kind(head: &[u8]) -> Option<&'static str> {
    match head {
        [0x85, _, _, 3, ..] | [0x84 | 0xC1, _, 3, ..] | [0xC1, _, _, 3, ..] => Some("PGP message"),
        _ => None,
    }
}

fn json_kind(text: &[u8]) -> Option<&'static str> {
    let (first, rest) = text.split_first()?;
    let rest = rest.trim_ascii_start();
    let json = match first {
        b'{' => matches!(rest.first(), Some(b'"' | b'}')),
        b'[' => matches!(rest.first(), Some(b'{' | b'[' | b'"' | b']' | b'0'..=b'9')),
        _ => false,
    };
    json.then_some("JSON document")
}

fn markup_kind(text: &[u8]) -> Option<&'static str> {
    if text.first() != Some(&b'<') {
        return None;
    }
    let beginning = text[..text.len().min(4096)].to_ascii_lowercase();
    let has = |part: &str| memmem::find(&beginning, part.as_bytes()).is_some();
    let is = |tag: &str| beginning.starts_with(tag.as_bytes());
    if has("urn:schemas-microsoft-com:office:") {
        Some("Excel workbook (saved as XML or HTML)")
    } else if is("<!doctype html")
        || has("<html")
        || is("<head")
        || is("<body")
        || is("<script")
        || is("<meta")
    {
        Some("web page (login?)")
    } else if is("<table") || is("<div") || is("<style") || has("<table") && has("<tr") {
        Some("HTML table")
    } else if matches!(beginning.get(1), Some(b'?' | b'!' | b'a'..=b'z')) && has(">") {
        Some("XML document")
    } else {
        None
    }
}

fn refused(kind: &str) -> Problem {
    let advice = match kind {
        kind if kind.contains("workbook") || kind.contains("preadsheet") => {
            "save the workbook as CSV (comma delimited); changing the name of the file is not enough"
        }
        kind if kind.contains("archive") => "deliver the file unpacked",
        kind if kind.contains("PGP") || kind.contains("age-") => {
            "deliver the file decrypted; the transfer is encrypted"
        }
        "HTML table" => "export the table as CSV; changing the name of the file is not enough",
        kind if kind.contains("web page") => {
            "check the address and the credentials; the server may show a login page"
        }
        _ => "check that the export writes CSV",
    };
    refusal::refused(
        Code::CsvKind,
        format!("the file is not CSV but looks like: {kind}"),
        advice,
    )
}
