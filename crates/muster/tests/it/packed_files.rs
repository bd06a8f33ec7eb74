//! Files that are delivered packed, and workbooks: they are read as CSV files are, and a part of one deactivates nobody.

use crate::ground::Ground;
use flate2::{Compression, write::GzEncoder};
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

const SETTINGS: &str = r#"
workspace = { name = "acme" }
name = "people"
[source]
url = "file:inbox"
pattern = "staff*"
settle = "0s"
MORE
[policy]
missing = "deactivate"
approve = "never"
[guard]
removals = { percent = 100.0, number = 100 }
removals_week = { percent = 100.0, number = 100 }
[mapping]
external_id = "id"
email = "email"
first_name = "first"
last_name = "last"
onboarding_date = "start"
"#;

fn csv(people: u32) -> String {
    let rows = (1..=people).map(|n| format!("{n},e{n}@acme.example,Ann,Aal {n},2020-01-15\n"));
    format!("id,email,first,last,start\n{}", rows.collect::<String>())
}

fn gzip(people: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(csv(people).as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zip(files: &[(&str, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn archive(people: u32) -> Vec<u8> {
    zip(&[("staff.csv", csv(people))])
}

/// A title, the header, and employees whose ids and start dates are numbers.
fn workbook(people: u32) -> Vec<u8> {
    let text = |text: &str| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#);
    let mut rows = format!("<row>{}</row><row>", text("Employees"));
    for name in ["id", "email", "first", "last", "start"] {
        rows += &text(name);
    }
    rows += "</row>";
    for n in 1..=people {
        let (email, last) = (
            text(&format!("e{n}@acme.example")),
            text(&format!("Aal {n}")),
        );
        let first = text("Ann");
        rows += &format!(
            r#"<row><c><v>{n}</v></c>{email}{first}{last}<c s="1"><v>43845</v></c></row>"#
        );
    }
    let styles =
        r#"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let relations =
        r#"<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let book = r#"<workbook><sheets><sheet name="Staff" r:id="a"/></sheets></workbook>"#;
    zip(&[
        ("xl/workbook.xml", book.to_owned()),
        ("xl/_rels/workbook.xml.rels", relations.to_owned()),
        ("xl/styles.xml", styles.to_owned()),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ])
}

/// A delivery of ten, parts of one of two, and one of nine.
#[track_caller]
fn delivers(name: &str, more: &str, of: &dyn Fn(u32) -> Vec<u8>) {
    let mut ground = Ground::new(&SETTINGS.replace("MORE", more));
    ground.deliver(name, of(10)).sync().is(0, "applied");
    ground
        .run(&["employees"])
        .says("e10@acme.example")
        .says("2020-01-15");
    ground.at("2026-05-05T02:45:00Z");
    let two = of(2);
    for length in (two.len() / 10..two.len()).step_by(two.len() / 10) {
        ground
            .deliver(name, &two[..length])
            .sync()
            .is(4, "refused")
            .says("MUS-CSV-TRUNCATED");
    }
    ground.deliver(name, of(9)).sync().is(0, "applied");
    assert_eq!(ground.person("9")["status"], "active");
    assert_eq!(ground.person("10")["status"], "inactive");
    ground.run(&["replay", "integration.toml", "--from", "1"]);
}

#[test]
fn truncated_gzip_files_cause_no_departures() {
    delivers("staff.csv.gz", "", &gzip);
}

#[test]
fn truncated_zip_archives_cause_no_departures() {
    delivers("staff.zip", "", &archive);
}

#[test]
fn truncated_workbooks_cause_no_departures() {
    delivers("staff.xlsx", "skip_rows = 1", &workbook);
}

#[test]
fn a_workbook_is_tested_and_named_by_its_rows() {
    let ground = Ground::new(&SETTINGS.replace("MORE", "skip_rows = 1"));
    ground.deliver("staff.xlsx", workbook(3));
    ground
        .run(&["test", "integration.toml"])
        .says("2020-01-15")
        .says("e3@acme.example");
    let ground = Ground::new(&SETTINGS.replace("MORE", "skip_rows = 1\nsheet = \"2026\""));
    ground.deliver("staff.xlsx", workbook(3));
    ground
        .sync()
        .says("MUS-CSV-KIND")
        .says("the workbook has no sheet `2026`; it has `Staff`");
}

/// F25: two columns with the name of one that is used are refused with both positions.
#[test]
fn two_unmapped_columns_may_have_the_same_name() {
    let file = |second: &str| {
        format!(
            "id,email,first,last,start,note,{second}\n1,a@acme.example,Ann,Aal,2020-01-15,x,y\n"
        )
    };
    let mut ground = Ground::new(&SETTINGS.replace("MORE", ""));
    ground
        .deliver("staff.csv", file("note"))
        .sync()
        .is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");
    ground
        .deliver("staff.csv", file("email"))
        .sync()
        .is(4, "refused")
        .says("columns 2 and 7 are both named `email`");
}
