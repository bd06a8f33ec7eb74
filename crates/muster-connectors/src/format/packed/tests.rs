//! Packed files: what is inside them, and that a part of one is never taken for all of it.

mod workbooks;

use super::unpack;
use crate::format::csv::CsvSettings;
use flate2::{Compression, write::GzEncoder};
use muster_core::model::{code::Code, problem::Problem};
use std::{
    fs::File,
    io::{Cursor, Read, Seek, SeekFrom, Write},
};
use zip::{ZipWriter, write::SimpleFileOptions};

const STAFF: &str = "id,name\n1,Ann\n2,Bob\n";

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn unpacked_with(
    bytes: &[u8],
    settings: &CsvSettings,
    identifiers: &[String],
) -> Result<Option<Vec<u8>>, Problem> {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let plain = unpack(&file, settings, identifiers)?;
    Ok(plain.map(|mut plain| {
        let mut bytes = Vec::new();
        plain.seek(SeekFrom::Start(0)).unwrap();
        plain.read_to_end(&mut bytes).unwrap();
        bytes
    }))
}

fn unpacked(bytes: &[u8]) -> Result<Option<String>, Problem> {
    let plain = unpacked_with(bytes, &CsvSettings::default(), &[])?;
    Ok(plain.map(|bytes| String::from_utf8(bytes).unwrap()))
}

#[track_caller]
fn refused(bytes: &[u8], code: Code, part: &str) {
    let problem = unpacked(bytes).unwrap_err();
    assert_eq!(problem.code, code, "{problem:?}");
    let detail = format!("{:?}", problem.detail);
    assert!(detail.contains(part), "{detail}");
}

/// Every beginning of a packed file is refused, or is no packed file yet, which is then no CSV file either.
#[track_caller]
fn no_part_is_read(whole: &[u8]) {
    for length in 0..whole.len() {
        match unpacked(&whole[..length]) {
            Ok(None) => assert!(length < 4, "{length} bytes are taken for a CSV file"),
            Ok(Some(text)) => panic!("{length} bytes of {} are read: {text}", whole.len()),
            Err(problem) => assert_eq!(problem.code, Code::CsvTruncated, "{length}: {problem:?}"),
        }
    }
}

#[test]
fn csv_files_are_not_touched() {
    for plain in [STAFF, "", "\u{1F}", "PK", "%PDF-1.7"] {
        assert_eq!(unpacked(plain.as_bytes()), Ok(None), "{plain}");
    }
}

#[test]
fn gzip_files_are_unpacked_whole() {
    assert_eq!(
        unpacked(&gzip(STAFF.as_bytes())).unwrap().as_deref(),
        Some(STAFF)
    );
    let (first, second) = STAFF.split_at(8);
    let members = [gzip(first.as_bytes()), gzip(second.as_bytes())].concat();
    assert_eq!(unpacked(&members).unwrap().as_deref(), Some(STAFF));
    let mut damaged = gzip(STAFF.as_bytes());
    let at = damaged.len() - 6;
    damaged[at] ^= 1;
    refused(&damaged, Code::CsvTruncated, "Gzip");
}

#[test]
fn a_truncated_packed_file_is_never_read() {
    no_part_is_read(&gzip(STAFF.as_bytes()));
    no_part_is_read(&zip(&[("staff.csv", STAFF.as_bytes())]));
    no_part_is_read(&gzip(&zip(&[("staff.csv", STAFF.as_bytes())])));
}

#[test]
fn what_comes_out_has_the_limit_of_a_file() {
    let settings = CsvSettings {
        limits: muster_core::setup::source::CsvLimits {
            file: 10_000,
            ..Default::default()
        },
        ..CsvSettings::default()
    };
    let zeros = vec![b'0'; 10_001];
    for bomb in [
        gzip(&zeros),
        zip(&[("staff.csv", &zeros)]),
        gzip(&gzip(&zeros)),
        zip(&[("staff.csv.gz", &gzip(&zeros))]),
    ] {
        let problem = unpacked_with(&bomb, &settings, &[]).unwrap_err();
        assert_eq!(problem.code, Code::CsvLimit);
    }
    let fits = unpacked_with(&gzip(&zeros[1..]), &settings, &[]).unwrap();
    assert_eq!(fits.map(|plain| plain.len()), Some(10_000));
}

#[test]
fn a_zip_archive_has_one_table() {
    for files in [
        &[("staff.csv", STAFF)][..],
        &[("export/", ""), ("export/staff.CSV", STAFF)],
        &[
            ("__MACOSX/._staff.csv", "x"),
            ("staff.csv", STAFF),
            (".DS_Store", "x"),
        ],
        &[("readme.md", "x"), ("staff.txt", STAFF)],
        &[("staff.dat", STAFF)],
    ] {
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, text)| (*name, text.as_bytes()))
            .collect();
        let text = unpacked(&zip(&files)).unwrap();
        assert_eq!(text.as_deref(), Some(STAFF), "{files:?}");
    }
    let two: &[(&str, &[u8])] = &[("a.csv", b"x"), ("b.csv", b"y")];
    refused(
        &zip(two),
        Code::CsvKind,
        "files: 2, names: [\"a.csv\", \"b.csv\"]",
    );
    refused(&zip(&[("export/", b"")]), Code::CsvKind, "files: 0");
    // A document of another program is left to the check of the kind of a file.
    assert_eq!(unpacked(&zip(&[("mimetype", b"x")])), Ok(None));
}

#[test]
fn packed_files_may_be_inside_each_other() {
    let inside = zip(&[("staff.csv.gz", &gzip(STAFF.as_bytes()))]);
    assert_eq!(unpacked(&inside).unwrap().as_deref(), Some(STAFF));
}
