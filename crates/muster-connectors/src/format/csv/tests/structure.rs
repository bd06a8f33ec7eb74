//! Rows, quotes, line ends and cut files: F15 to F20 and F28 to F32.

use super::*;
use muster_core::model::origin::Origin;

#[test]
fn f15_every_line_end_is_read() {
    for (end, line) in [("\n", 3), ("\r\n", 3), ("\r", 3), ("\r\r\n", 3)] {
        for last in [end, ""] {
            let (decoded, sink) = read(format!("id,name{end}1,Jan{end}2,Piet{last}"));
            assert_eq!(sink.columns, ["id", "name"], "{end:?}");
            assert_eq!(lines(&sink), [2, line]);
            assert_eq!(sink.records[1].1, ["2", "Piet"]);
            assert_eq!(decoded.truncated, None);
            assert_eq!(decoded.warnings.len(), usize::from(end == "\r\r\n"));
        }
    }
}

#[test]
fn f15_mixed_line_ends_are_read_and_reported() {
    let (decoded, sink) = read("id,name\r\n1,a\n2,b\r3,c\r\r\n\n\r\n4,d\n");
    assert_eq!(lines(&sink), [2, 3, 4, 7]);
    says(
        &decoded.warnings[0],
        &["LineEnds { lf: 3, crlf: 2, cr: 1, crcrlf: 1 }"],
    );
}

#[test]
fn f15_control_z_at_the_end_is_ignored() {
    for tail in ["\u{1A}", "\u{1A}\u{1A}\u{1A}", "\u{1A}\r\n"] {
        let (decoded, sink) = read(format!("id,name\n1,Jan\n{tail}"));
        assert_eq!(only(&sink), ["1", "Jan"]);
        assert_eq!(decoded.truncated, None);
    }
    assert_eq!(only(&read("id,name\n1,Jan\u{1A}").1), ["1", "Jan"]);
}

#[test]
fn f16_line_numbers_count_line_breaks_inside_quotes() {
    for end in ["\n", "\r\n", "\r", "\r\r\n"] {
        let file = format!("id,name\n1,\"a{end}b{end}{end}c\"\n2\n3,\"x\"{end}4,d\n");
        let (_, sink) = read(&file);
        assert_eq!(lines(&sink), [2, 7, 8], "{end:?}");
        one_broken(&sink, 6, Code::CsvLooksLikeHeader, &[]);
    }
    let (_, sink) = read("id,\"full\nname\"\n1,Jan,x\n");
    one_broken(&sink, 3, Code::CsvColumns, &[]);
}

#[test]
fn f17_unicode_line_separators_are_no_line_ends() {
    for separator in ['\u{2028}', '\u{2029}', '\u{85}', '\u{B}', '\u{C}'] {
        let (_, sink) = read(format!("id,name\n1,a{separator}b\n2,c\n"));
        assert_eq!(lines(&sink), [2, 3]);
        assert_eq!(sink.records[0].1[1], format!("a{separator}b"));
    }
}

#[test]
fn f18_unclosed_quote_refuses_the_file() {
    let problem = refused(
        "id,name\n1,\"a\nb\"\n2,\"Piet\n3,Kees\n4,Els\n",
        Code::CsvUnclosed,
        &["UnclosedQuote { line: 4, field: 2 }"],
    );
    assert_eq!(problem.origin, Some(Origin { file: 3, line: 4 }));
    let inside = refused(
        "id,a,b\n1,\"x\ny\",\"z\n2,b,c\n",
        Code::CsvUnclosed,
        &["UnclosedQuote { line: 3, field: 3 }"],
    );
    assert_eq!(inside.origin, Some(Origin { file: 3, line: 3 }));
    refused("id,name\n1,Jan\n\"", Code::CsvUnclosed, &["line: 3"]);
    refused("id,\"name\n1,Jan\n", Code::CsvUnclosed, &["line: 1"]);
}

#[test]
fn f19_misplaced_quotes_reject_the_row_and_the_next_is_intact() {
    for (row, part, kept) in [
        (
            "1,Jan \"Jo\" Wit,x",
            "field: 2, fault: InsideValue",
            vec!["1", "?", "?"],
        ),
        (
            "1,\"Jan\"Wit,x",
            "field: 2, fault: TextAfter",
            vec!["1", "?", "?"],
        ),
        ("1,\"Jan\" ,x", "fault: TextAfter", vec!["1", "?", "?"]),
        (
            "1,Jan,\"x\"\"\"y",
            "field: 3, fault: TextAfter",
            vec!["1", "Jan", "?"],
        ),
        (
            "1,\"Jan \\\"Jo\\\" Wit\",x",
            "Some(\"name\")",
            vec!["1", "?", "?"],
        ),
        ("1,Jan\",x", "InsideValue", vec!["1", "?", "?"]),
        ("1\",Jan,x", "Some(\"id\")", vec!["?", "?", "?"]),
    ] {
        let (decoded, sink) = read(format!("id,name,city\n{row}\n2,Piet,Tiel\n"));
        assert_eq!(one_broken(&sink, 2, Code::CsvQuote, &[part]), kept, "{row}");
        assert_eq!(
            sink.records,
            [(3, vec!["2".into(), "Piet".into(), "Tiel".into()])],
            "{row}"
        );
        assert_eq!(decoded.truncated, None);
    }
}

#[test]
fn f19_a_quote_that_may_have_swallowed_rows_proves_nobody() {
    let (_, sink) = read("id,name,city\n1,\"Jan,x\n2,Piet,y\n3,\"Kees\",z\n4,Els,w\n");
    assert!(
        one_broken(&sink, 2, Code::CsvQuote, &["lines: 3"])
            .iter()
            .all(|cell| cell == "?")
    );
    assert_eq!(lines(&sink), [5]);
}

#[test]
fn f20_blank_before_a_quote_rejects_the_row() {
    let (_, sink) = read("id,name\n1, \"Jan\"\n2,\"Piet\"\n");
    assert_eq!(
        one_broken(&sink, 2, Code::CsvQuote, &["BlankBefore"]),
        ["1", "?"]
    );
    assert_eq!(lines(&sink), [3]);
}

#[test]
fn f20_apostrophes_and_smart_quotes_are_text() {
    let (_, sink) = read("id,name,nick\n1,'t Hart,“Jo” ‘x’\n");
    assert_eq!(only(&sink), ["1", "'t Hart", "“Jo” ‘x’"]);
    assert_eq!(
        only(&read("id,name\n1,\"says \"\"hi\"\", twice\"\n").1),
        ["1", "says \"hi\", twice"]
    );
    assert_eq!(only(&read("id,name\n\"\",\"\"\"\"\n").1), ["", "\""]);
}

#[test]
fn f28_short_and_long_rows_are_rejected_never_shifted() {
    let (_, sink) = read("id,first,last\n1,Jan,Wit,x\n2,Piet\n3,Els,Bos\n4,Jansen, P.,\n");
    let reported: Vec<_> = sink
        .broken
        .iter()
        .map(|(line, cells, problem)| (*line, cells.len(), problem.detail.clone()))
        .collect();
    let count = |found| {
        muster_core::model::problem::Detail::from(Detail::FieldCount { found, expected: 3 })
    };
    let expected = [(2, 0, count(4)), (3, 0, count(2)), (5, 0, count(4))];
    assert_eq!(reported, expected);
    assert!(
        sink.broken
            .iter()
            .all(|(_, _, problem)| problem.code == Code::CsvColumns)
    );
    assert_eq!(lines(&sink), [4]);
}

#[test]
fn f29_spare_columns_and_cleared_rows() {
    let (decoded, sink) = read("id,name,,\n1,Jan,,\n,,,\n , ,,\n2,Piet\n3,Els, ,\n4,Bo,x,\n\n");
    assert_eq!(sink.columns, ["id", "name"]);
    assert_eq!(lines(&sink), [2, 5, 6]);
    assert!(sink.records.iter().all(|(_, cells)| cells.len() == 2));
    one_broken(&sink, 7, Code::CsvColumns, &["found: 4, expected: 2"]);
    says(&decoded.warnings[0], &["SpareColumns { columns: 2 }"]);
}

#[test]
fn f29_rows_of_invisible_characters_are_cleared_rows() {
    let (decoded, sink) =
        read("id,name,city\n1,Jan,Gent\n \u{a0},\u{202f},\n\u{feff},,\u{200b}\n2,Piet,\u{a0}\n");
    assert_eq!(lines(&sink), [2, 5]);
    assert_eq!((sink.broken.len(), decoded.records), (0, 2));
}

#[test]
fn f29_spare_columns_of_the_rows_alone() {
    let (decoded, sink) = read("id,name\n1,Jan,\n2,Piet,\n3,Jansen, P.,\n4,Els\n5,Bo,\n");
    assert_eq!(lines(&sink), [2, 3, 5, 6]);
    one_broken(&sink, 4, Code::CsvColumns, &["found: 4, expected: 2"]);
    says(&decoded.warnings[0], &["SpareColumns { columns: 1 }"]);
}

#[test]
fn f30_rows_that_are_no_person() {
    let file = "id,name,mail\n1,Jan,j@x.nl\n# comment\nID,Name,Mail\n\nTotal: 1\n#end,,\nid,function,name\n2,Piet,p@x.nl\n";
    let (decoded, sink) = read(file);
    let odd: Vec<u32> = sink.broken.iter().map(|(line, ..)| *line).collect();
    assert_eq!(odd, [3, 4, 6, 7, 8]);
    for (_, cells, problem) in &sink.broken {
        assert_eq!((problem.code, cells.len()), (Code::CsvLooksLikeHeader, 0));
    }
    assert_eq!(lines(&sink), [2, 9]);
    assert_eq!(decoded.truncated, None);
}

#[test]
fn f30_a_title_above_the_header_is_refused() {
    refused(
        "Employees of today\n\nid,name\n1,Jan\n",
        Code::CsvHeaderMissing,
        &["Title { next_columns: 2 }", "RemoveTitle"],
    );
}

#[test]
fn f30_a_sep_line_is_no_row() {
    for (first, delimiter) in [
        ("sep=;", Delimiter::Exactly(b';')),
        ("SEP=;", Delimiter::Auto),
        ("\"sep=;\"", Delimiter::Auto),
    ] {
        let (_, sink) = read_with(
            format!("\u{FEFF}{first}\r\nid;name\r\n1;Jan\r\n"),
            &cut_at(delimiter),
        );
        assert_eq!(sink.columns, ["id", "name"]);
        assert_eq!(lines(&sink), [3]);
    }
    refused(
        "sep=;\nid;name\n1;Jan\n",
        Code::CsvDelimiter,
        &["found: ';', configured: ','"],
    );
}

#[test]
fn f31_a_cut_last_row_is_rejected_and_nobody_departs() {
    let (decoded, sink) = read("id,name,city\n1,Jan,Gent\n2,Pi");
    assert_eq!(
        one_broken(
            &sink,
            3,
            Code::CsvTruncated,
            &["LastRow", "FieldCount { found: 2, expected: 3 }"]
        ),
        [""; 0]
    );
    let truncated = decoded.truncated.expect("truncated");
    assert_eq!(truncated.code, Code::CsvTruncated);
    says(&truncated, &["LastRow"]);
    let (decoded, sink) = read("id,name,city\n1,Jan,Gent\n2");
    one_broken(&sink, 3, Code::CsvTruncated, &["LastRow"]);
    assert!(decoded.truncated.is_some());
}

#[test]
fn f31_a_cut_inside_a_character() {
    let (decoded, sink) = read(b"id,name\n1,Jan\n2,Ren\xC3");
    assert_eq!(
        one_broken(&sink, 3, Code::CsvTruncated, &["LastRow"]),
        ["2", "?"]
    );
    assert!(decoded.truncated.is_some());
    assert_eq!(read(b"id,name\n1,Jan\n2,Ren\xC3\n").0.truncated, None);
    assert_eq!(read("id,name\n1,Jan\n2,Ren").0.truncated, None);
}

#[test]
fn f32_a_trailer_that_disagrees_means_cut_off() {
    let settings = CsvSettings {
        trailer_count: Some("TOTAL".into()),
        ..CsvSettings::default()
    };
    let verdict = |rows: &str| {
        let (decoded, sink) = read_with(format!("id,name,city\n{rows}"), &settings);
        (
            lines(&sink).len(),
            decoded.truncated.map(|problem| problem.detail),
        )
    };
    assert_eq!(verdict("1,a,b\n2,c,d\nTOTAL,2\n"), (2, None));
    assert_eq!(verdict("1,a,b\n2,c,d\nTOTAL: 2"), (2, None));
    assert_eq!(
        verdict("1,a,b\nTOTAL,2,\n"),
        (
            1,
            Some(
                Detail::TrailerCount {
                    stated: 2,
                    found: 1
                }
                .into()
            )
        )
    );
    assert_eq!(
        verdict("1,a,b\n"),
        (
            1,
            Some(
                Detail::NoTrailer {
                    prefix: "TOTAL".into(),
                    records: 1
                }
                .into()
            )
        )
    );
    assert_eq!(
        verdict("1,a,b\nTOTAL,x\n"),
        (1, Some(Detail::TrailerWithoutCount.into()))
    );
    assert_eq!(
        verdict("1,a,b\nTOTAL,1\n2,c,d\n"),
        (2, Some(Detail::RowsAfterTrailer { trailer_line: 3 }.into()))
    );
}
