//! The real cause is named: other delimiters, titles, tables of another kind, malformed UTF-8, limits.

use super::*;
use crate::format::csv::FinalLineBreak;

const HEADER: &str = "id,email,first,last";

#[test]
fn row_with_another_delimiter_is_not_called_a_title() {
    for (row, found) in [
        ("E-2;b@x.example;Bo;Bb", ';'),
        ("E-2|b@x.example|Bo|Bb", '|'),
        ("E-2\tb@x.example\tBo\tBb", '\t'),
    ] {
        let (_, sink) = read(format!("{HEADER}\n{row}\nE-3,c@x.example,Cy,Ce\n"));
        let cause = format!("RowDelimiter {{ found: {found:?}, expected: ',' }}");
        one_broken(&sink, 2, Code::CsvColumns, &[&cause]);
        assert_eq!(lines(&sink), [3]);
    }
    // What does not have as many parts is a footer.
    let (_, sink) = read(format!(
        "{HEADER}\nE-3,c@x.example,Cy,Ce\nExported; 1 record\n"
    ));
    one_broken(
        &sink,
        3,
        Code::CsvLooksLikeHeader,
        &["kind: SingleValue", "ExportOnlyTable"],
    );
}

#[test]
fn title_above_the_header_is_called_a_title() {
    for title in [
        "Employees per 2026-05-01",
        "2026-05-01,,,",
        "Export,1042,,",
        "Company,Acme,,",
        "\"Staff, all\",,,",
    ] {
        let file = format!("{title}\n{HEADER}\nE-1,a@x.example,An,Aa\nE-2,b@x.example,Bo,Bb\n");
        refused(file, Code::CsvHeaderMissing, &["Title", "RemoveTitle"]);
    }
    // As many values as the header has, as in files of DATEV.
    for title in ["EXTF,700,21,Staff", "2026-05-01,Acme,1042,Staff"] {
        let file = format!("{title}\n{HEADER}\nE-1,a@x.example,An,Aa\nE-2,b@x.example,Bo,Bb\n");
        refused(
            file,
            Code::CsvHeaderMissing,
            &["TitleAboveHeader", "RemoveTitle"],
        );
    }
    // A header with unnamed columns at its end is none.
    read("id,email,first,,\nE-1,a@x.example,An,x,y\nE-2,b@x.example,Bo,x,y\n");
    read("name,of\nAnn,Acme\nBob,Acme\n");
}

#[test]
fn last_row_that_was_cut_off_is_not_blamed_on_its_columns() {
    for row in ["E-2,b@x", "E-2", "E-2,b@x.example,Bo,\u{FFFD}"] {
        let mut file = format!("{HEADER}\nE-1,a@x.example,An,Aa\n{row}").into_bytes();
        if row.ends_with('\u{FFFD}') {
            file.truncate(file.len() - 1);
        }
        let (_, sink) = read(&file);
        one_broken(&sink, 3, Code::CsvTruncated, &["LastRow", "DeliverWhole"]);
    }
}

#[test]
fn html_table_is_no_xml_document() {
    for file in [
        "<table><tr><td>id</td></tr></table>",
        "\n<TABLE border=1>\n<TR><TD>id</TD></TR></TABLE>",
        "<div><table><tr><td>id</td></tr></table></div>",
    ] {
        refused(file, Code::CsvKind, &["HtmlTable", "ExportTable"]);
    }
}

#[test]
fn utf_16_without_a_mark_is_named_with_what_to_do() {
    for big in [false, true] {
        for encoding in [
            Encoding::Utf8,
            Encoding::Utf16,
            Encoding::Auto,
            Encoding::Latin1,
        ] {
            let bytes = utf16(&format!("{HEADER}\nE-1,a@x.example,An,Müller\n"), big);
            let found = if big { "Utf16Big" } else { "Utf16Little" };
            let parts = [found, "WithoutMark", "AddMarkAndUseUtf16"];
            refused_with(bytes, &encoded(encoding), Code::CsvEncodingFile, &parts);
        }
    }
}

#[test]
fn malformed_utf_8_is_not_called_latin1() {
    for bytes in [
        b"\xC0\xAF".as_slice(),
        b"\xED\xA0\x80",
        b"\xE0\x80\xAF",
        b"\xF4\x90\x80\x80",
    ] {
        let mut file = format!("{HEADER}\nE-1,a@x.example,An,").into_bytes();
        file.extend_from_slice(bytes);
        file.extend_from_slice(b"\nE-2,b@x.example,Bo,Bb\n");
        for encoding in [Encoding::Utf8, Encoding::Auto] {
            let (_, sink) = read_with(&file, &encoded(encoding));
            let cells = one_broken(
                &sink,
                2,
                Code::CsvEncoding,
                &["MalformedUtf8", "CorrectWriter"],
            );
            assert_eq!(cells[0], "E-1");
        }
    }
    // Real latin1 still is.
    let (_, sink) = read(b"id,email,first,last\nE-1,a@x.example,An,M\xFCller\n");
    one_broken(&sink, 2, Code::CsvEncoding, &["UseLatin1IfWhole"]);
}

#[test]
fn limit_refusals_name_line_and_setting() {
    let with = |change: fn(&mut CsvSettings)| {
        let mut settings = CsvSettings::default();
        change(&mut settings);
        settings
    };
    let rows =
        format!("{HEADER}\nE-1,a@x.example,An,Aa\nE-2,b@x.example,Bo,Bbbbbbbbbbbbbbbbbbbbbbbbb\n");
    for (settings, setting, line) in [
        (with(|settings| settings.limits.row = 30), "Row", Some(3)),
        (
            with(|settings| settings.limits.columns = 3),
            "Columns",
            Some(1),
        ),
        (with(|settings| settings.limits.rows = 1), "Rows", Some(3)),
    ] {
        let problem = refused_with(
            &rows,
            &settings,
            Code::CsvLimit,
            &[&format!("RaiseLimit {{ limit: {setting} }}")],
        );
        assert_eq!(
            problem.origin.map(|origin| origin.line),
            line,
            "{problem:?}"
        );
    }
    let (_, sink) = read_with(&rows, &with(|settings| settings.limits.field = 20));
    one_broken(
        &sink,
        3,
        Code::CsvLimit,
        &["\"last\"", "found: 25, limit: 20", "ShortenOrRaiseLimit"],
    );
    let file = with(|settings| settings.limits.file = 60);
    refused_with(
        &rows,
        &file,
        Code::CsvLimit,
        &["FileTooLarge { limit: 60 }", "RaiseLimit { limit: File }"],
    );
}

#[test]
fn value_on_several_lines_tells_the_layout_of_the_file() {
    struct Layouts(Vec<Option<muster_core::read::record::Layout>>);
    impl Sink for Layouts {
        fn begin(&mut self, _: u16, _: &[String]) -> Result<(), Problem> {
            Ok(())
        }
        fn record(&mut self, record: Record<'_>) {
            self.0.push(record.several_lines());
        }
        fn broken(&mut self, _: Record<'_>, _: Problem) {}
    }
    let mut layouts = Layouts(Vec::new());
    let file = "id;note;\n1;a;\n2;\"b\nc\";\n";
    let settings = cut_at(Delimiter::Exactly(b';'));
    decode(&mut file.as_bytes(), 0, &settings, &mut layouts).unwrap();
    let layout = muster_core::read::record::Layout {
        delimiter: b';',
        columns: 3,
    };
    assert_eq!(layouts.0, [None, Some(layout)]);
}

#[test]
fn utf_16_cut_inside_a_character_is_incomplete_in_every_column_and_quoting() {
    for text in [
        "id,name\n1,Jan\n2,Bob\n",
        "id,name\r\n1,\"Jan\"\r\n2,\"Bob\"\r\n",
        "id,name\n1,Jan\n2,Zoë 😀\n",
    ] {
        for big in [false, true] {
            let whole = utf16(&format!("\u{FEFF}{text}"), big);
            for cut in (whole.len() - 30..whole.len()).filter(|cut| cut % 2 == 1) {
                let (result, _) = decode_all(&whole[..cut], &encoded(Encoding::Utf16));
                // A refused file changes nothing.
                let is_doubted = result.map_or(true, |decoded| decoded.truncated.is_some());
                assert!(is_doubted, "{text:?} cut at {cut}");
            }
        }
    }
}

/// The file cut at every byte of its last 200, but where the cut is between two rows, which nothing shows.
#[track_caller]
fn sweep(text: &str, mark: &str, encode: &dyn Fn(&str) -> Vec<u8>, encoding: Encoding) {
    let whole = encode(&format!("{mark}{text}"));
    let settings = CsvSettings {
        final_line_break: FinalLineBreak::Expected,
        ..encoded(encoding)
    };
    let decode_to = |cut: usize| decode_in_pieces(&whole[..cut], 4096, &settings);
    let (result, everybody) = decode_to(whole.len());
    if result.is_err() {
        // An encoding that is refused whole is refused at every cut.
        assert!((1..whole.len()).all(|cut| decode_to(cut).0.is_err()));
        return;
    }
    let between: Vec<usize> = text
        .match_indices(['\r', '\n'])
        .map(|(at, end)| encode(&format!("{mark}{}", &text[..at + end.len()])).len())
        .collect();
    for cut in whole.len().saturating_sub(200)..whole.len() {
        let (result, sink) = decode_to(cut);
        // No value that was cut off is taken for a whole one.
        for record in &sink.records {
            assert!(
                everybody.records.contains(record),
                "{encoding:?}, cut at {cut}: {record:?}"
            );
        }
        let is_doubted = result.map_or(true, |decoded| decoded.truncated.is_some());
        assert!(
            is_doubted || between.contains(&cut),
            "{encoding:?}, cut at {cut}: {:?}",
            String::from_utf8_lossy(&whole[..cut])
        );
    }
}

#[test]
fn file_cut_at_any_byte_is_incomplete_in_every_encoding() {
    for (quote, end) in [("", "\n"), ("\"", "\n"), ("", "\r\n"), ("\"", "\r\n")] {
        let mut text = format!("id,email,first,last,note{end}");
        for number in 1..=9 {
            text.push_str(&format!(
                "E-{number},e{number}@x.example,{quote}Zoë{quote},{quote}Möller {number}{quote},{quote}café{quote}{end}"
            ));
        }
        let utf8 = |text: &str| text.as_bytes().to_vec();
        let latin1 = |text: &str| text.chars().map(|letter| letter as u8).collect();
        let wide = |big: bool| move |text: &str| utf16(text, big);
        for mark in ["", "\u{FEFF}"] {
            sweep(&text, mark, &utf8, Encoding::Utf8);
            for big in [false, true] {
                sweep(&text, mark, &wide(big), Encoding::Utf16);
                sweep(&text, mark, &wide(big), Encoding::Auto);
            }
        }
        sweep(&text, "", &latin1, Encoding::Latin1);
        sweep(&text, "", &latin1, Encoding::Auto);
    }
}
