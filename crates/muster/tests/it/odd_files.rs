//! What goes wrong on an ordinary morning: each odd file is told as what it is, and nobody leaves because of it.

use crate::ground::Ground;

const SETTINGS: &str = r#"
workspace = { name = "acme", region = "NL" }
name = "people"
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
[policy]
missing = "deactivate"
approve = "never"
[mapping]
external_id = "Employee ID"
email = "E-mail"
first_name = "First name"
last_name = "Last name"
onboarding_date = "Start date"
offboarding_date = "End date"
department = "Department"
"#;
const HEADER: &str = "Employee ID,E-mail,First name,Last name,Start date,End date,Department";
const NAMES: [&str; 12] = [
    "Ann", "Bob", "Cas", "Dee", "Eva", "Fay", "Gus", "Han", "Ida", "Jan", "Kim", "Lex",
];

fn row(number: usize) -> String {
    let name = NAMES[number];
    let department = ["Sales", "Finance"][number % 2];
    format!(
        "00{},{}@acme.example,{name},L{name},2020-01-15,,{department}",
        100 + number,
        name.to_lowercase()
    )
}

fn staff(rows: impl Iterator<Item = String>) -> String {
    format!("{HEADER}\n{}\n", rows.collect::<Vec<_>>().join("\n"))
}

fn everybody() -> String {
    staff((0..NAMES.len()).map(row))
}

/// Delivers an odd file the morning after, and checks exit code and words. Nobody has left then.
#[track_caller]
fn check(content: impl AsRef<[u8]>, code: i32, says: &[&str]) {
    let mut ground = Ground::new(SETTINGS);
    ground
        .deliver("staff.csv", everybody())
        .sync()
        .is(0, "applied");
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("staff.csv", content);
    let answer = ground.sync();
    assert_eq!(answer.code, code, "{}", answer.text);
    for fragment in says {
        answer.says(fragment);
    }
    let people = ground.run(&["employees"]).json;
    let left = people
        .as_array()
        .unwrap()
        .iter()
        .filter(|person| person["status"] == "inactive");
    assert_eq!(left.count(), 0, "{people}");
}

/// The same with one row in place of Ann's.
#[track_caller]
fn instead_of_ann(ann: &str, code: i32, says: &[&str]) {
    check(
        staff(std::iter::once(ann.to_owned()).chain((1..NAMES.len()).map(row))),
        code,
        says,
    );
}

#[test]
fn f01_byte_order_marks_and_line_ends_change_nothing() {
    check(format!("\u{feff}{}", everybody()), 0, &["nothing_to_do"]);
    check(
        everybody().replacen('\n', "\r\n", 4),
        0,
        &["nothing_to_do", "unusual line ends"],
    );
    check(
        everybody()
            .replace("00100", "  00100 ")
            .replace(",LBob", ", LBob "),
        0,
        &["nothing_to_do"],
    );
    check(
        everybody().replace('\n', ",,\n") + ",,,,,,,,\n\n",
        0,
        &["nothing_to_do", "2 empty columns"],
    );
}

#[test]
fn f21_files_without_employees_are_refused() {
    for nothing in ["", "\u{feff}", " \n \n", HEADER] {
        check(
            nothing,
            4,
            &[
                "MUS-CSV-EMPTY",
                "never taken to mean that every employee left",
            ],
        );
    }
    check(
        "PK\u{3}\u{4}xl/workbook.xml",
        4,
        &["the zip archive is damaged or incomplete"],
    );
    check(
        "<html><title>Log in</title>",
        4,
        &["a web page, such as a login page"],
    );
    check("[{\"id\": 1}]", 4, &["JSON document"]);
    let utf_16: Vec<u8> = "\u{feff}a,b"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    check(utf_16, 4, &["UTF-16", "set `encoding = "]);
}

#[test]
fn f23_headers_that_changed_are_reported_with_what_may_be_meant() {
    let dutch = everybody().replace(
        "E-mail,First name,Last name",
        "Mailadres,Voornaam,Achternaam",
    );
    check(
        dutch,
        4,
        &[
            "MUS-CSV-COLUMN-MISSING",
            "`First name` may have been renamed to `Voornaam`",
        ],
    );
    check(
        format!("Staff of Acme\n\n{}", everybody()),
        4,
        &["it looks like a title, not a header"],
    );
    let two = format!("Staff of Acme\nof this morning\n\n{}", everybody());
    check(two, 4, &["the first line has one value, like a title"]);
    check(
        everybody().replace(',', ";"),
        4,
        &["the header is separated by `;`, but the configured delimiter is `,`"],
    );
    check(
        everybody().replace("Department", "End date"),
        4,
        &["columns 6 and 7 are both named `End date`"],
    );
    let gone = everybody()
        .replace(",Department", "")
        .replace(",Sales", "")
        .replace(",Finance", "");
    check(
        gone,
        0,
        &["no column `Department`, which 12 of 12 records filled in run 1"],
    );
    check(
        everybody().replace("Start date", "Begin"),
        3,
        &["no record has `onboarding_date`"],
    );
}

#[test]
fn header_or_comment_inside_a_file_does_not_stop_departures() {
    let header = HEADER.to_owned();
    let comment = format!("# end{}", ",".repeat(HEADER.matches(',').count()));
    for extra in [header, comment] {
        let mut ground = Ground::new(SETTINGS);
        ground
            .deliver("staff.csv", everybody())
            .sync()
            .is(0, "applied");
        let rows = (0..NAMES.len() - 1).map(row).chain([extra]);
        ground
            .at("2026-05-05T02:45:00Z")
            .deliver("staff.csv", staff(rows));
        ground.sync().is(0, "applied").says("MUS-CSV-NOT-A-PERSON");
        assert_eq!(ground.person("00111")["status"], "inactive");
    }
}

#[test]
fn day_number_of_a_spreadsheet_is_named_as_the_cause() {
    instead_of_ann(
        &row(0).replace("2020-01-15", "43831"),
        0,
        &["the number that a spreadsheet stores for a date"],
    );
}

#[test]
fn f31_parts_of_a_file_cause_no_departures() {
    check(
        &everybody()[..400],
        0,
        &["MUS-CSV-TRUNCATED", "\"truncated\""],
    );
    check(
        everybody().replace("Cas,LCas", "\"Cas,LCas"),
        4,
        &["the quote that opens on line 4"],
    );
    check(
        staff((0..8).map(row)),
        3,
        &[
            "4 of 12 active employees would be deactivated",
            "has 8 records; the last successful one had 12",
        ],
    );
    check(
        format!("{HEADER}\nX1,x@other.example,X,Y,2020-01-15,,Sales\n"),
        3,
        &["12 of 12 active employees would be deactivated"],
    );
}

#[test]
fn f40_ids_changed_by_a_spreadsheet_cause_no_departures() {
    check(
        everybody().replace("\n00", "\n"),
        3,
        &[
            "12 of 12 records are rejected",
            "leading zeros: export them as text",
        ],
    );
    instead_of_ann(
        &row(0).replace("00100", "'00100"),
        0,
        &["MUS-MATCH-CONFLICT", "export them as text"],
    );
    instead_of_ann(
        &row(0).replace("00100", "1.00E+02"),
        0,
        &["MUS-VALUE-SCIENTIFIC", "unknown_people"],
    );
    check(
        staff((0..NAMES.len()).map(|number| row(number)[5..].to_owned())),
        0,
        &["nothing_to_do"],
    );
}

#[test]
fn p06_rejected_record_does_not_change_its_employee() {
    for date in [
        "15-01-2020",
        "01/15/2020",
        "43845",
        "0000-00-00",
        "2026-02-30",
    ] {
        instead_of_ann(
            &row(0).replace("2020-01-15", date),
            0,
            &["MUS-VALUE-DATE", date],
        );
    }
    instead_of_ann(
        &row(0).replace("2020-01-15,", "2026-09-01,2026-08-31"),
        0,
        &["MUS-DATE-ORDER"],
    );
    // An end that has come is compared with the stored start, and is a person's decision.
    instead_of_ann(
        &row(0).replace("2020-01-15,", "2020-01-15,2019-01-01"),
        3,
        &["\"held\": \"end_before_start\""],
    );
    instead_of_ann(
        &row(0).replace("ann@", "bob@"),
        0,
        &["MUS-MATCH-ADDRESS-TAKEN", "Bob LBob"],
    );
    instead_of_ann(
        &row(0).replace("LAnn", "LAnn, MSc"),
        0,
        &[
            "MUS-CSV-COLUMNS",
            "the row has 8 values, but the header has 7",
        ],
    );
    instead_of_ann(
        &format!("{}\n{}", row(0), row(0).replace("Sales", "Legal")),
        0,
        &["MUS-RECORD-DUPLICATE"],
    );
    instead_of_ann(
        "A1,ann@acme,Ann,Married,2020-01-15,,Sales",
        0,
        &[
            "MUS-RECORD-UNKNOWN",
            "Ann Married could belong to any employee",
        ],
    );
    instead_of_ann(
        "A1,,Ann,LAnn,2020-01-15,,Sales",
        0,
        &["MUS-RECORD-NAMESAKE", "Ann LAnn (00100) is missing"],
    );
}

#[test]
fn m07_two_people_who_swap_addresses_are_both_changed() {
    let swapped = everybody()
        .replace("ann@", "x@")
        .replace("bob@", "ann@")
        .replace("x@", "bob@");
    check(swapped, 0, &["applied", "bob@acme.example"]);
}
