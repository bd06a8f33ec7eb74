//! Workbooks: cells by their type, sheets, merged cells and places.

use super::{no_part_is_read, refused, unpacked, unpacked_with, zip};
use crate::format::csv::{CsvSettings, Delimiter, Encoding};
use muster_core::model::code::Code;

const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>
    <numFmt numFmtId="165" formatCode="00000"/><numFmt numFmtId="166" formatCode="[Red]#,##0.00"/></numFmts>
    <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>
    </styleSheet>"#;

const STRINGS: &str = r#"<sst><si><t>id</t></si><si><t>name</t></si><si><r><t>An</t></r><r><t xml:space="preserve">n &amp; co</t></r>
    <rPh><t>x</t></rPh></si><si><t>two_x000D_
lines</t></si></sst>"#;

/// A workbook with sheets: name, further attributes, and the rows of each.
fn book(properties: &str, sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let (mut list, mut relations) = (String::new(), String::new());
    let mut parts = Vec::new();
    for (number, (name, more, rows)) in sheets.iter().enumerate() {
        list += &format!(r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}" {more}/>"#);
        relations +=
            &format!(r#"<Relationship Id="rId{number}" Target="worksheets/{number}.xml"/>"#);
        let sheet = format!("<worksheet>{rows}</worksheet>");
        parts.push((format!("xl/worksheets/{number}.xml"), sheet));
    }
    let book = format!("<workbook>{properties}<sheets>{list}</sheets></workbook>");
    let mut files = vec![
        ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
        ("xl/workbook.xml".to_owned(), book),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships>{relations}</Relationships>"),
        ),
        ("xl/styles.xml".to_owned(), STYLES.to_owned()),
        ("xl/sharedStrings.xml".to_owned(), STRINGS.to_owned()),
    ];
    files.extend(parts);
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    zip(&files)
}

fn sheet(rows: &str) -> Vec<u8> {
    let data = format!("<sheetData>{rows}</sheetData>");
    book("", &[("Staff", "", &data)])
}

#[track_caller]
fn reads(workbook: &[u8], expected: &str) {
    assert_eq!(unpacked(workbook).unwrap().as_deref(), Some(expected));
}

/// What one number cell becomes.
#[track_caller]
fn cell(attributes: &str, value: &str, expected: &str) {
    let rows =
        format!(r#"<row><c t="s"><v>0</v></c></row><row><c {attributes}><v>{value}</v></c></row>"#);
    reads(&sheet(&rows), &format!("id\n{expected}\n"));
}

#[test]
fn cells_are_read_by_their_type() {
    for (attributes, value, expected) in [
        ("", "30123456", "30123456"),
        ("", "30123456.0", "30123456"),
        ("", "1.5", "1.5"),
        ("", "0.30000000000000004", "0.3"),
        ("", "-0", "0"),
        (r#"s="4""#, "1250", "1250"),
        (r#"t="b""#, "1", "true"),
        (r#"t="b""#, "0", "false"),
        (r#"t="str""#, "007", "007"),
        (r#"t="e""#, "#N/A", "#N/A"),
        (r#"t="d""#, "2026-05-01", "2026-05-01"),
        (r#"t="s""#, "2", "Ann &amp; co"),
        (r#"t="s""#, "3", "\"two  lines\""),
        (r#"s="1""#, "46143", "2026-05-01"),
        (r#"s="2""#, "46143", "2026-05-01"),
        (r#"s="1""#, "46143.5", "2026-05-01T12:00:00"),
        (r#"s="1""#, "0.25", "06:00:00"),
        (r#"s="1""#, "59", "1900-02-28"),
        (r#"s="1""#, "60", "1900-02-29"),
        (r#"s="1""#, "61", "1900-03-01"),
    ] {
        cell(attributes, value, &expected.replace("&amp;", "&"));
    }
}

#[test]
fn a_number_that_is_not_what_the_sheet_shows_is_never_a_value() {
    for (attributes, value) in [
        (r#"s="3""#, "123"),
        ("", "1234567890123456789"),
        (r#"s="1""#, "-1"),
        (r#"s="1""#, "9999999"),
        ("", "many"),
    ] {
        cell(attributes, value, &format!("\u{FFFD}{value}"));
    }
    reads(
        &sheet("<row><c t=\"s\"><v>0</v></c></row><row><c><f>A1</f></c></row>"),
        "id\n\u{FFFD}\n",
    );
}

#[test]
fn an_id_with_a_fraction_is_invalid() {
    let rows = r#"<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row><c><v>12.5</v></c><c><v>12.5</v></c></row>"#;
    let plain = unpacked_with(&sheet(rows), &CsvSettings::default(), &["id".to_owned()]).unwrap();
    let text = String::from_utf8(plain.unwrap()).unwrap();
    assert_eq!(text, "id,name\n\u{FFFD}12.5,12.5\n");
}

#[test]
fn workbooks_may_count_days_from_1904() {
    let rows = r#"<sheetData><row><c s="1"><v>44681</v></c></row></sheetData>"#;
    let workbook = book(r#"<workbookPr date1904="1"/>"#, &[("Staff", "", rows)]);
    reads(&workbook, "2026-05-01\n");
}

#[test]
fn rows_keep_their_numbers_and_gaps_are_blank() {
    let rows = r#"<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>
        <row r="3"><c r="B3" s="1"/></row><row r="5"><c r="C5" t="inlineStr"><is><t>a,"b"</t></is></c></row>"#;
    reads(&sheet(rows), "\nid,,name\n\n\n,,\"a,\"\"b\"\"\"\n");
}

#[test]
fn the_first_visible_sheet_or_the_named_one_is_read() {
    let rows = |id| format!("<sheetData><row><c><v>{id}</v></c></row></sheetData>");
    let workbook = book(
        "",
        &[
            ("Old", r#"state="hidden""#, &rows(1)),
            ("Staff", "", &rows(2)),
            ("Lists", r#"state="veryHidden""#, &rows(3)),
        ],
    );
    reads(&workbook, "2\n");
    for (name, expected) in [("staff", "2\n"), ("Old", "1\n"), ("Lists", "3\n")] {
        let settings = CsvSettings {
            sheet: Some(name.to_owned()),
            ..CsvSettings::default()
        };
        let plain = unpacked_with(&workbook, &settings, &[]).unwrap().unwrap();
        assert_eq!(String::from_utf8(plain).unwrap(), expected, "{name}");
    }
    let settings = CsvSettings {
        sheet: Some("Staf".to_owned()),
        ..CsvSettings::default()
    };
    let problem = unpacked_with(&workbook, &settings, &[]).unwrap_err();
    assert!(format!("{:?}", problem.detail).contains("sheets: [\"Old\", \"Staff\", \"Lists\"]"));
    let hidden = book("", &[("Old", r#"state="hidden""#, &rows(1))]);
    refused(&hidden, Code::CsvKind, "NoSheet { sheet: None");
}

#[test]
fn a_cell_over_several_rows_has_its_value_in_each_of_them() {
    let rows = r#"<sheetData><row><c><v>1</v></c><c><v>7</v></c></row><row><c/><c><v>8</v></c></row>
        <row r="3"><c r="B3"><v>9</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>"#;
    reads(&book("", &[("Staff", "", rows)]), "1,7\n1,8\n,9\n");
}

#[test]
fn the_text_has_the_configured_delimiter_and_encoding() {
    let rows = "<row><c t=\"inlineStr\"><is><t>Zoë</t></is></c><c t=\"inlineStr\"><is><t>a;b</t></is></c></row>";
    let with = |encoding, delimiter| CsvSettings {
        encoding,
        delimiter,
        ..CsvSettings::default()
    };
    let latin1 = with(Encoding::Latin1, Delimiter::Exactly(b';'));
    assert_eq!(
        unpacked_with(&sheet(rows), &latin1, &[]),
        Ok(Some(b"Zo\xEB;\"a;b\"\n".to_vec()))
    );
    let utf16 = with(Encoding::Utf16, Delimiter::Auto);
    let plain = unpacked_with(&sheet(rows), &utf16, &[]).unwrap().unwrap();
    assert_eq!(&plain[..8], b"\xFF\xFEZ\0o\0\xEB\0");
    let polish = sheet("<row><c t=\"inlineStr\"><is><t>Łukasz</t></is></c></row>");
    let problem = unpacked_with(&polish, &latin1, &[]).unwrap_err();
    assert_eq!(problem.code, Code::CsvEncodingFile);
}

#[test]
fn a_truncated_or_impossible_workbook_is_never_read() {
    no_part_is_read(&sheet("<row><c><v>1</v></c></row>"));
    for rows in [
        r#"<row r="2"/><row r="1"/>"#,
        r#"<row r="2000000"/>"#,
        r#"<row><c r="ZZZ1"><v>1</v></c></row>"#,
        r#"<row><c t="s"><v>99</v></c></row>"#,
        "<row><c>&unknown;</c></row>",
    ] {
        refused(&sheet(rows), Code::CsvTruncated, "Workbook");
    }
    let wide = r#"<row><c r="BAA1"><v>1</v></c></row>"#;
    refused(&sheet(wide), Code::CsvLimit, "TooManyColumns");
}
