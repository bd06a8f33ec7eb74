//! Encodings, marks, NUL and files that are no CSV: F1 to F10 and F14.

use super::*;

#[test]
fn f1_byte_order_mark_is_stripped() {
    for file in [
        "\u{FEFF}id,name\n1,Jan\n",
        "\u{FEFF}\u{FEFF}id,name\n1,Jan\n",
        "\u{FEFF}\"id\",\"name\"\n1,\"Jan\"\n",
    ] {
        for encoding in [Encoding::Utf8, Encoding::Auto] {
            let (decoded, sink) = read_with(file, &encoded(encoding));
            assert_eq!(sink.columns, ["id", "name"]);
            assert_eq!(only(&sink), ["1", "Jan"]);
            assert_eq!(decoded.warnings, []);
        }
    }
}

#[test]
fn f2_byte_order_mark_inside_is_removed_and_reported() {
    let (decoded, sink) = read("id,name\n1,Jan\n\u{FEFF}2,Piet\n\u{FEFF}\"3\",\"a\nb\"\n");
    assert_eq!(sink.records[1], (3, vec!["2".into(), "Piet".into()]));
    assert_eq!(sink.records[2], (4, vec!["3".into(), "a\nb".into()]));
    says(&decoded.warnings[0], &["InnerMark { line: 3 }"]);
    let (_, joined) = read("id,name\n1,Jan\n\u{FEFF}id,name\n2,Piet\n");
    assert_eq!(
        one_broken(&joined, 3, Code::CsvLooksLikeHeader, &["kind: Header"]),
        [""; 0]
    );
    assert_eq!(lines(&joined), [2, 4]);
}

#[test]
fn f3_utf16_with_a_mark_is_decoded_or_refused_by_name() {
    for big in [false, true] {
        let file = utf16("\u{FEFF}id,name\r\n1,Zoë 😀\r\n2,\"a\nb\"\r\n3,c\r\n", big);
        for encoding in [Encoding::Utf16, Encoding::Auto] {
            let (_, sink) = read_with(&file, &encoded(encoding));
            assert_eq!(sink.columns, ["id", "name"]);
            assert_eq!(sink.records[0].1, ["1", "Zoë 😀"]);
            assert_eq!(lines(&sink), [2, 3, 5]);
        }
        for encoding in [Encoding::Utf8, Encoding::Latin1] {
            refused_with(
                &file,
                &encoded(encoding),
                Code::CsvEncodingFile,
                &["found: Utf16", "UseUtf16"],
            );
        }
    }
}

#[test]
fn f3_a_lone_surrogate_breaks_its_row_only() {
    let mut file = utf16("\u{FEFF}id,name\n1,", false);
    file.extend([0x00, 0xD8]);
    file.extend(utf16("x\n2,Piet\n", false));
    let (_, sink) = read_with(file, &encoded(Encoding::Utf16));
    assert_eq!(
        one_broken(
            &sink,
            2,
            Code::CsvEncoding,
            &["\"name\"", "NotText { encoding: Utf16 }"]
        ),
        ["1", "?"]
    );
    assert_eq!(lines(&sink), [3]);
}

#[test]
fn f4_wide_encodings_without_or_with_an_odd_mark_are_refused() {
    let text = "id,name\n1,Jan\n2,Piet\n";
    let wide = |big: bool| -> Vec<u8> {
        text.chars()
            .flat_map(|c| {
                if big {
                    (c as u32).to_be_bytes()
                } else {
                    (c as u32).to_le_bytes()
                }
            })
            .collect()
    };
    let marked = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
    for encoding in [
        Encoding::Utf8,
        Encoding::Latin1,
        Encoding::Utf16,
        Encoding::Auto,
    ] {
        let settings = encoded(encoding);
        let refuse = |file: Vec<u8>, name: &str| {
            refused_with(file, &settings, Code::CsvEncodingFile, &[name]);
        };
        refuse(utf16(text, false), "found: Utf16LittleEndianWithoutMark");
        refuse(utf16(text, true), "found: Utf16BigEndianWithoutMark");
        refuse(wide(false), "found: Utf32LittleEndianWithoutMark");
        refuse(wide(true), "found: Utf32BigEndianWithoutMark");
        refuse(
            marked(&[0xFF, 0xFE, 0, 0], wide(false)),
            "found: Utf32LittleEndian,",
        );
        refuse(
            marked(&[0, 0, 0xFE, 0xFF], wide(true)),
            "found: Utf32BigEndian,",
        );
        refuse(
            marked(&[0xEF, 0xBB, 0xBF], utf16(text, false)),
            "found: Utf16LittleEndianWithoutMark",
        );
    }
    refused_with(
        text,
        &encoded(Encoding::Utf16),
        Code::CsvEncodingFile,
        &["found: NotUtf16, configured: Utf16"],
    );
}

#[test]
fn f5_latin1_bytes_under_utf8_reject_those_rows_only() {
    let (_, sink) = read(b"id,name,city\n1,Ren\xE9,Gent\n2,Jan,Tiel\n");
    let cells = one_broken(
        &sink,
        2,
        Code::CsvEncoding,
        &["\"name\"", "NotText { encoding: Utf8 }", "UseLatin1IfWhole"],
    );
    assert_eq!(cells, ["1", "?", "Gent"]);
    assert_eq!(sink.broken[0].2.value.as_deref(), Some("Ren\\xE9"));
    assert_eq!(
        sink.records,
        [(3, vec!["2".into(), "Jan".into(), "Tiel".into()])]
    );
}

#[test]
fn f5_invalid_bytes_in_the_header_refuse_the_file() {
    refused(
        b"id,pr\xE9nom\n1,Jan\n",
        Code::CsvHeaderBytes,
        &["HeaderBytes { field: 2, encoding: Utf8 }"],
    );
}

#[test]
fn f6_utf8_under_latin1_is_refused_row_by_row() {
    let (_, sink) = read_with("id,name\n1,René\n2,Jan\n", &encoded(Encoding::Latin1));
    assert_eq!(
        one_broken(&sink, 2, Code::CsvEncoding, &["LooksLikeUtf8", "UseUtf8"]),
        ["1", "?"]
    );
    assert_eq!(lines(&sink), [3]);
    refused_with(
        "id,prénom\n1,Jan\n",
        &encoded(Encoding::Latin1),
        Code::CsvEncodingFile,
        &["HeaderIsUtf8"],
    );
    let marked = "\u{FEFF}id,name\n1,Jan\n";
    refused_with(
        marked,
        &encoded(Encoding::Latin1),
        Code::CsvEncodingFile,
        &["found: Utf8WithMark, configured: Latin1"],
    );
}

#[test]
fn f7_windows_1252_is_decoded() {
    let file = b"id,name,note\n1,Ren\xE9 \x8Ca,\x80 5 \x96 \x93ok\x94\n";
    for encoding in [Encoding::Latin1, Encoding::Auto] {
        let (_, sink) = read_with(file, &encoded(encoding));
        assert_eq!(only(&sink), ["1", "René Œa", "€ 5 – “ok”"]);
    }
}

#[test]
fn automatic_encoding_never_reads_a_mixture_as_latin1() {
    let (_, sink) = read_with(
        b"id,name\n1,Ren\xE9\n2,Zo\xC3\xAB\n",
        &encoded(Encoding::Auto),
    );
    assert_eq!(
        one_broken(&sink, 2, Code::CsvEncoding, &["Utf8"]),
        ["1", "?"]
    );
    assert_eq!(sink.records[0].1, ["2", "Zoë"]);
}

#[test]
fn automatic_encoding_is_not_misled_by_a_character_cut_by_the_sample() {
    let file = format!(
        "id,name\n1,{}{}\n",
        "x".repeat(64 * 1024 - 11),
        "é".repeat(9)
    );
    let (_, sink) = read_with(&file, &encoded(Encoding::Auto));
    assert!(only(&sink)[1].ends_with("xéééééé\u{e9}éé"));
}

#[test]
fn f8_invalid_sequences_reject_the_row() {
    let sequences: [&[u8]; 5] = [
        b"\xC0\xAF",
        b"\xED\xA0\x80",
        b"\xF4\x90\x80\x80",
        b"\xE2\x82",
        b"\x80",
    ];
    for sequence in sequences {
        let file = [b"id,name\n1,a", sequence, b"b\n2,Jan\n"].concat();
        let (_, sink) = read(&file);
        assert_eq!(
            one_broken(&sink, 2, Code::CsvEncoding, &["Utf8"]),
            ["1", "?"]
        );
        assert_eq!(lines(&sink), [3]);
    }
}

#[test]
fn f8_a_character_cut_by_a_delimiter_is_not_put_together_again() {
    let (_, sink) = read(b"id,a,b\n1,\xC3,\xA9\n");
    assert_eq!(
        one_broken(&sink, 2, Code::CsvEncoding, &["Some(\"a\")"]),
        ["1", "?", "?"]
    );
}

#[test]
fn f9_nul_in_a_field_rejects_the_row() {
    let (_, sink) = read("id,name,city\n1,J\0n,Gent\n2,Jan,Tiel\n");
    assert_eq!(
        one_broken(&sink, 2, Code::CsvNul, &["Nul", "\"name\""]),
        ["1", "?", "Gent"]
    );
    assert_eq!(lines(&sink), [3]);
    refused("id,na\0me\n1,Jan\n", Code::CsvNul, &["Nul", "column_2"]);
}

#[test]
fn f10_a_tail_of_nul_is_an_incomplete_upload() {
    let parts = ["NulTail { bytes: 1000, offset: 14 }", "FinishUpload"];
    refused(
        ["id,name\n1,Jan\n", &"\0".repeat(1000)].concat(),
        Code::CsvNul,
        &parts,
    );
    refused(
        ["id,name\n1,Jan,", &"\0".repeat(1000)].concat(),
        Code::CsvNul,
        &parts,
    );
    refused(
        ["id,name\n1,\"Ja", &"\0".repeat(1000)].concat(),
        Code::CsvNul,
        &["NulTail { bytes: 1000, offset: 13 }"],
    );
    refused(
        "\0".repeat(1000),
        Code::CsvNul,
        &["NulTail { bytes: 1000, offset: 0 }"],
    );
    let file = utf16(
        &["\u{FEFF}id,name\n1,Jan\n", &"\0".repeat(9)].concat(),
        false,
    );
    refused_with(
        file,
        &encoded(Encoding::Utf16),
        Code::CsvNul,
        &["NulTail { bytes: 18, offset: 30 }"],
    );
}

#[test]
fn f10_a_tail_of_nul_larger_than_a_row_is_followed_to_its_end() {
    let mut settings = CsvSettings::default();
    settings.limits.row = 1000;
    let file = ["id,name\n1,Jan\n", &"\0".repeat(300_000)].concat();
    let problem = decode_in_pieces(file.as_bytes(), 5000, &settings)
        .0
        .expect_err("refused");
    says(&problem, &["NulTail { bytes: 300000, offset: 14 }"]);
    let followed = [file.as_str(), "x\n"].concat();
    let problem = decode_in_pieces(followed.as_bytes(), 5000, &settings)
        .0
        .expect_err("refused");
    assert_eq!(problem.code, Code::CsvLimit);
}

#[test]
fn f14_other_kinds_of_files_are_recognised() {
    let zip = |name: &str| [b"PK\x03\x04\x14\0\0\0\x08\0", name.as_bytes(), b"\xAA\xBB"].concat();
    let kinds: Vec<(Vec<u8>, &str)> = vec![
        (b"\x1F\x8B\x08\0abc".to_vec(), "GzipArchive"),
        (zip("[Content_Types].xml"), "ExcelWorkbook"),
        (zip("xl/workbook.xml"), "ExcelWorkbook"),
        (zip("employees.csv"), "ZipArchive"),
        (zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".to_vec(), "Excel97Workbook"),
        (b"%PDF-1.7\n%\xE2".to_vec(), "PdfDocument"),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc".to_vec(), "PgpMessage"),
        (b"\x85\x02\x0C\x03abcdef".to_vec(), "PgpMessage"),
        (b"[{\"id\": 1}]".to_vec(), "JsonDocument"),
        (b"{\n  \"employees\": []\n}".to_vec(), "JsonDocument"),
        (b"\n<!DOCTYPE html><html><body>Log in".to_vec(), "WebPage"),
        (b"\xEF\xBB\xBF<HTML>".to_vec(), "WebPage"),
        (b"<?xml version=\"1.0\"?>\n<employees/>".to_vec(), "XmlDocument"),
        (b"<?xml version=\"1.0\"?><html xmlns=\"x\">".to_vec(), "WebPage"),
        (b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">".to_vec(), "ExcelTextWorkbook"),
    ];
    for (file, name) in kinds {
        for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Auto] {
            refused_with(&file, &encoded(encoding), Code::CsvKind, &[name]);
        }
    }
    let page = utf16("\u{FEFF}<html><p>Sign in</p></html>", false);
    refused_with(page, &encoded(Encoding::Utf16), Code::CsvKind, &["WebPage"]);
}

#[test]
fn f14_odd_headers_are_not_mistaken_for_other_kinds() {
    for file in [
        "[id],[name]\n1,Jan\n",
        "{id},{name}\n1,Jan\n",
        "<id>,<name>\n1,Jan\n",
        "PK,name\n1,Jan\n",
    ] {
        let (result, sink) = decode_all(file.as_bytes(), &CsvSettings::default());
        if file.starts_with('<') {
            assert_eq!(result.expect_err("looks like a tag").code, Code::CsvKind);
        } else {
            assert_eq!(only(&sink), ["1", "Jan"]);
        }
    }
}
