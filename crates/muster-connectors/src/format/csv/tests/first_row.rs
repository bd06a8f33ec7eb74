//! The first row: empty files, headers and delimiters. F21, F22, F25 and F27.

use super::*;

#[test]
fn f21_files_without_data_rows_are_refused() {
    for file in [
        "",
        "\u{FEFF}",
        "\n\n",
        " \r\n\t\n",
        ",,,\n,,,\n",
        "id,name",
        "id,name\n",
        "id,name\n,\n\n",
        "id,name\n\u{1A}",
    ] {
        refused(file, Code::CsvEmpty, &["NoRecords", "CheckExport"]);
    }
    refused(
        "id,name\nid,name\n",
        Code::CsvEmpty,
        &["NoRecords", "CheckExport"],
    );
    for file in ["", "\n", " ,\n"] {
        refused_with(
            file,
            &without_header(),
            Code::CsvEmpty,
            &["NoRecords", "CheckExport"],
        );
    }
    refused_with("", &encoded(Encoding::Auto), Code::CsvEmpty, &[]);
    refused_with(
        utf16("\u{FEFF}", false),
        &encoded(Encoding::Utf16),
        Code::CsvEmpty,
        &[],
    );
    refused_with("", &encoded(Encoding::Utf16), Code::CsvEmpty, &[]);
}

#[test]
fn f22_a_promised_header_that_is_absent_refuses_the_file() {
    for row in [
        "E1,jan@x.nl,Jan",
        "E1,Jan,2024-01-31",
        "E1,Jan,31/01/2024",
        "1042,Jan,Wit",
        "E1,Jan,+31612345678",
        "E1,a,12.50",
    ] {
        let file = format!("{row}\n{row}\n");
        refused(
            file,
            Code::CsvHeaderMissing,
            &["DataInsteadOfHeader", "SwitchHeaderOff"],
        );
    }
    assert_eq!(
        read("id,2024,e-mail\nE1,x,y\n").1.columns,
        ["id", "2024", "e-mail"]
    );
}

#[test]
fn f22_a_header_that_was_not_promised_refuses_the_file() {
    let parts = ["UnexpectedHeader", "SwitchHeaderOn"];
    for file in [
        "id,mail\nE1,jan@x.nl\nE2,els@x.nl\n",
        "first_name,Last name\nJan,Wit\n",
        "Voornaam,Achternaam\n",
    ] {
        refused_with(file, &without_header(), Code::CsvHeaderMissing, &parts);
    }
}

#[test]
fn f22_without_a_header_no_row_is_eaten() {
    let (_, sink) = read_with(
        "E1,Jan,jan@x.nl\nE2,Els,els@x.nl\nE3,Bo\n",
        &without_header(),
    );
    assert_eq!(sink.columns, ["column_1", "column_2", "column_3"]);
    assert_eq!(lines(&sink), [1, 2]);
    one_broken(&sink, 3, Code::CsvColumns, &["found: 2, expected: 3"]);
}

#[test]
fn f22_a_broken_first_row_does_not_set_the_number_of_columns() {
    let (_, sink) = read_with("E1,Jan\nE2,Els,els@x.nl\nE3,Bo,\n", &without_header());
    assert_eq!(lines(&sink), [2, 3]);
    assert_eq!(sink.records[1].1, ["E3", "Bo", ""]);
}

#[test]
fn duplicate_names_are_left_to_what_uses_the_columns() {
    assert_eq!(
        read("id,name,city,\"name \"\n1,a,b,c\n").1.columns,
        ["id", "name", "city", "name"]
    );
    assert_eq!(
        read("id,name,Name\n1,a,b\n").1.columns,
        ["id", "name", "Name"]
    );
}

#[test]
fn a_column_without_a_name_is_reported_and_called_by_its_position() {
    let (decoded, sink) = read("id,,name\n1,x,Jan\n");
    assert_eq!(sink.columns, ["id", "column_2", "name"]);
    says(&decoded.warnings[0], &["UnnamedColumns { positions: [2] }"]);
}

#[test]
fn lines_above_the_header_and_rows_of_labels_are_skipped() {
    let settings = |skip_rows, label_rows| CsvSettings {
        skip_rows,
        label_rows,
        ..CsvSettings::default()
    };
    let file = "Staff; \"of\r\n2026-05-01,x\r\nid,name\r\ninternal id,full name\r\n1,Jan\r\n";
    let (decoded, sink) = read_with(file, &settings(2, 1));
    assert_eq!((decoded.records, lines(&sink)), (1, vec![5]));
    assert_eq!(sink.columns, ["id", "name"]);
    let (_, sink) = read_with("\u{FEFF}Staff\rid,name\r1,Jan\r2,Els\r", &settings(1, 0));
    assert_eq!(lines(&sink), [3, 4]);
    for (file, above, below) in [
        ("id,name\n1,Jan\n", 2, 0),
        ("id,name\n1,Jan\n", 3, 0),
        ("id,name\nx,y\n", 0, 1),
    ] {
        refused_with(
            file,
            &settings(above, below),
            Code::CsvEmpty,
            &["NoRecords"],
        );
    }
}

#[test]
fn f27_another_delimiter_is_refused() {
    refused(
        "id;name\n1;Jan\n",
        Code::CsvDelimiter,
        &["found: ';', configured: ','", "SetDelimiter { found: ';' }"],
    );
    refused(
        "id\tname\n1\tJan\n",
        Code::CsvDelimiter,
        &["found: '\\t', configured: ','"],
    );
    let semicolon = cut_at(Delimiter::Exactly(b';'));
    refused_with(
        "id,name\n1,Jan\n",
        &semicolon,
        Code::CsvDelimiter,
        &["found: ',', configured: ';'"],
    );
    let only_comma = CsvSettings {
        only_comma: true,
        ..cut_at(Delimiter::Auto)
    };
    refused_with(
        "id;name\n1;Jan\n",
        &only_comma,
        Code::CsvDelimiter,
        &["found: ';'", "ExportWithCommas"],
    );
    refused_with(
        "sep=;\nid;name\n1;J\n",
        &only_comma,
        Code::CsvDelimiter,
        &["found: ';'", "ExportWithCommas"],
    );
    assert_eq!(
        only(&read_with("id,a;b\n1,Jan\n", &only_comma).1),
        ["1", "Jan"]
    );
    assert_eq!(only(&read("name\nJan;Els\n").1), ["Jan;Els"]);
}

#[test]
fn f27_automatic_delimiter_is_the_one_that_the_lines_agree_on() {
    for delimiter in [",", ";", "\t", "|"] {
        let file = [
            "id",
            "name",
            "note\n1",
            "Jan",
            "\"a,b;c|d\"\n2",
            "Els",
            "\n",
        ]
        .join(delimiter);
        let (_, sink) = read_with(file, &cut_at(Delimiter::Auto));
        assert_eq!(sink.columns, ["id", "name", "note"]);
        assert_eq!(lines(&sink), [2, 3]);
    }
    let (_, sink) = read_with("name, first;mail\nJan;a@x.nl\n", &cut_at(Delimiter::Auto));
    assert_eq!(sink.columns, ["name, first", "mail"]);
    assert_eq!(
        only(&read_with("mail\njan@x.nl\n", &cut_at(Delimiter::Auto)).1),
        ["jan@x.nl"]
    );
}

/// P05.
#[test]
fn f27_a_delimiter_that_could_be_two_is_refused() {
    let parts = ["NoDelimiter { columns: [(',', 2), (';', 2)] }"];
    refused_with(
        "a,b;c\n1,2;3\n",
        &cut_at(Delimiter::Auto),
        Code::CsvDelimiter,
        &parts,
    );
    refused_with(
        "title\na,b\n1,2\n",
        &cut_at(Delimiter::Auto),
        Code::CsvDelimiter,
        &["NoDelimiter", "ChooseDelimiter"],
    );
}

#[test]
fn a_delimiter_that_cannot_be_one_is_refused() {
    for delimiter in [b'"', b'\n', 0xE9, 0] {
        refused_with(
            "a,b\n1,2\n",
            &cut_at(Delimiter::Exactly(delimiter)),
            Code::Configuration,
            &["ImpossibleDelimiter", "ChooseDelimiter"],
        );
    }
}

#[test]
fn a_sink_that_refuses_the_columns_refuses_the_file() {
    struct Refusing;
    impl Sink for Refusing {
        fn begin(&mut self, _file: u16, columns: &[String]) -> Result<(), Problem> {
            Err(Problem::new(
                Code::CsvColumnMissing,
                Severity::Refused,
                muster_core::model::problem::Detail::Text(columns.join("+")),
                muster_core::model::problem::Remedy::Text(String::new()),
            ))
        }
        fn record(&mut self, _record: Record<'_>) {
            panic!("a record after the refusal");
        }
        fn broken(&mut self, _record: Record<'_>, _problem: Problem) {
            panic!("a row after the refusal");
        }
    }
    let result = decode(
        &mut &b"id,name\n1,Jan\n"[..],
        0,
        &CsvSettings::default(),
        &mut Refusing,
    );
    let refused = result.expect_err("refused");
    assert_eq!(
        refused.detail,
        muster_core::model::problem::Detail::Text("id+name".to_owned())
    );
}

#[test]
fn a_file_that_cannot_be_read_on_is_refused() {
    struct Failing(bool);
    impl Read for Failing {
        fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(std::io::Error::other("device gone"));
            }
            space[..8].copy_from_slice(b"id,name\n");
            Ok(8)
        }
    }
    let result = decode(
        &mut Failing(false),
        0,
        &CsvSettings::default(),
        &mut Collected::default(),
    );
    let problem = result.expect_err("refused");
    assert_eq!(problem.code, Code::TransferIncomplete);
    says(&problem, &["bytes: 8, why: \"device gone\""]);
}
