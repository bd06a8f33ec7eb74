//! What administrators and spreadsheets do to an export: a value, a row or a whole file that is not what it was.
//! Nobody leaves because of it, nobody becomes somebody else, and what cannot be read is reported with its line.

use crate::ground::{Answer, Ground};
use serde_json::Value;
use std::collections::BTreeMap;

mod files;

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
external_id = "id"
email = "email"
first_name = "first"
last_name = "last"
onboarding_date = "start"
offboarding_date = "end"
department = "dep"
phone = "phone"
birthday = "born"
monthly_all_budget = "amount"
"#;
const HEADER: &str = "id,email,first,last,start,end,dep,phone,born,amount,notes";
const COLUMNS: usize = 11;

/// The cells of an employee.
fn cells(number: usize) -> [String; COLUMNS] {
    [
        format!("E-{number:03}"),
        format!("p{number}@acme.example"),
        format!("First{number}"),
        format!("Last{number}"),
        "2020-01-15".to_owned(),
        String::new(),
        ["Sales", "Finance"][number % 2].to_owned(),
        format!("+3162200{number:04}"),
        format!("1980-03-{:02}", number % 28 + 1),
        "50".to_owned(),
        String::new(),
    ]
}

fn row(number: usize) -> String {
    cells(number).join(",")
}

fn with_cell(number: usize, column: &str, value: &str) -> String {
    let at = HEADER.split(',').position(|name| name == column).unwrap();
    let mut cells = cells(number);
    value.clone_into(&mut cells[at]);
    cells.join(",")
}

fn file(rows: impl IntoIterator<Item = String>) -> String {
    let rows: Vec<String> = rows.into_iter().collect();
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn staff(count: usize) -> String {
    file((1..=count).map(row))
}

/// Day one with so many employees, then the file of day two.
fn second_day(settings: &str, count: usize, content: impl AsRef<[u8]>) -> (Ground, Answer) {
    let mut ground = Ground::new(settings);
    ground
        .deliver("staff.csv", staff(count))
        .sync()
        .is(0, "applied");
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("staff.csv", content);
    let answer = ground.sync();
    (ground, answer)
}

/// What the directory has, by number.
fn people(ground: &Ground) -> BTreeMap<String, Value> {
    let people = ground.run(&["employees"]).json;
    let of = |person: &Value| (person["employee"].to_string(), person.clone());
    people.as_array().unwrap().iter().map(of).collect()
}

fn inactive(ground: &Ground) -> Vec<String> {
    let people = people(ground);
    let left = people.values().filter(|one| one["status"] == "inactive");
    let ids = left.map(|one| one["external_id"].as_str().unwrap().to_owned());
    ids.collect()
}

/// What must come of one odd cell.
enum Outcome {
    /// Nothing: it says what is stored.
    Same,
    /// The field has this value now.
    Becomes(&'static str, &'static str),
    /// A problem with this code at this line; the employee is as before.
    Reported(&'static str),
    /// An operation on the employee is held for this reason.
    Held(&'static str),
}

use Outcome::{Becomes, Held, Reported, Same};

/// Column, cell as it is written in the file, and what must come of it.
const CELLS: &[(&str, &str, Outcome)] = &[
    // Invisible characters and spreadsheet marks around an id are no part of it.
    ("id", "\u{a0}E-001\u{a0}", Same),
    ("id", "\u{202f}E-002", Same),
    ("id", "\"E-003\n\"", Same),
    ("id", "E-004\t", Same),
    // Inside it they are another id of the same employee, or hide which one it is.
    ("id", "E-\u{a0}005", Held("new_external_id")),
    ("id", "E\u{2013}006", Held("new_external_id")),
    ("id", "e-007", Held("new_external_id")),
    ("id", "'E-008", Reported("MUS-MATCH-CONFLICT")),
    // Addresses are one plain address, in any case of letters.
    (
        "email",
        "mailto:p9@acme.example",
        Reported("MUS-VALUE-EMAIL"),
    ),
    (
        "email",
        "First10 Last10 <p10@acme.example>",
        Reported("MUS-VALUE-EMAIL"),
    ),
    ("email", "<p11@acme.example>", Reported("MUS-VALUE-EMAIL")),
    (
        "email",
        "p12@acme.example;home@acme.example",
        Reported("MUS-VALUE-EMAIL"),
    ),
    (
        "email",
        "SMTP:p13@acme.example",
        Reported("MUS-VALUE-EMAIL"),
    ),
    ("email", "p14@acme.example.", Reported("MUS-VALUE-EMAIL")),
    (
        "email",
        "p15\u{ff20}acme.example",
        Reported("MUS-VALUE-EMAIL"),
    ),
    ("email", "NULL", Reported("MUS-VALUE-EMAIL")),
    ("email", "p17@acme.example\u{200b}", Same),
    (
        "email",
        "\"p18@acme.example\nhome@acme.example\"",
        Reported("MUS-VALUE-CONTROL"),
    ),
    (
        "email",
        "P19@ACME.EXAMPLE",
        Becomes("email", "P19@ACME.EXAMPLE"),
    ),
    // Nothing that stands for no date is one, and no number of a spreadsheet.
    ("end", "NULL", Reported("MUS-VALUE-DATE")),
    ("end", "-", Reported("MUS-VALUE-DATE")),
    ("end", "0", Reported("MUS-VALUE-DATE")),
    ("end", "1900-01-00", Reported("MUS-VALUE-DATE")),
    ("end", "46022", Reported("MUS-VALUE-DATE")),
    ("end", "#N/A", Reported("MUS-VALUE-SPREADSHEET")),
    ("end", "2026-05-01 00:00:00", Reported("MUS-VALUE-DATE")),
    ("end", "1899-12-30", Reported("MUS-VALUE-DATE")),
    ("end", "1970-01-01", Held("end_before_start")),
    ("end", "9999-12-31", Same),
    ("start", "43845", Reported("MUS-VALUE-DATE")),
    // No amount is guessed.
    ("amount", "\"50,00\"", Reported("MUS-VALUE-DECIMAL")),
    ("amount", "1.250", Reported("MUS-VALUE-DECIMAL")),
    ("amount", "1\u{a0}250", Reported("MUS-VALUE-DECIMAL")),
    ("amount", "50 EUR", Reported("MUS-VALUE-DECIMAL")),
    ("amount", " USD", Reported("MUS-VALUE-DECIMAL")),
    ("amount", "5e1", Reported("MUS-VALUE-DECIMAL")),
    ("amount", "50.-", Reported("MUS-VALUE-DECIMAL")),
    ("amount", "\u{ff15}\u{ff10}", Reported("MUS-VALUE-DECIMAL")),
    ("amount", "50.00", Same),
    // Names and texts.
    ("first", "#REF!", Reported("MUS-VALUE-SPREADSHEET")),
    (
        "dep",
        "\"Sales\nFloor 2\"",
        Becomes("department", "Sales Floor 2"),
    ),
    ("dep", "Sales\u{202e}", Reported("MUS-VALUE-CONTROL")),
    ("phone", "31622000043.0", Reported("MUS-VALUE-SCIENTIFIC")),
    ("phone", "'+31622000044", Same),
];

#[test]
fn odd_cells_change_nobody_else_and_nobody_leaves() {
    const COUNT: usize = 250;
    let odd = (1..)
        .zip(CELLS)
        .map(|(number, (column, cell, _))| with_cell(number, column, cell));
    let rest = (CELLS.len() + 1..=COUNT).map(row);
    let mut ground = Ground::new(SETTINGS);
    ground
        .deliver("staff.csv", staff(COUNT))
        .sync()
        .is(0, "applied");
    let before = people(&ground);
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("staff.csv", file(odd.chain(rest)));
    let answer = ground.sync();
    let after = people(&ground);
    assert_eq!(after.len(), COUNT, "nobody is new");
    assert_eq!(inactive(&ground), [""; 0]);
    let mut line = 1;
    for (number, (column, cell, outcome)) in (1..).zip(CELLS) {
        line += 1;
        let what = format!("{column} {cell:?}");
        let is = |person: &&Value| person["first_name"] == format!("First{number}");
        let (old, new) = (before.values().find(is), after.values().find(is));
        let (old, new) = (
            old.unwrap(),
            new.unwrap_or_else(|| panic!("{what} is gone")),
        );
        let at_line = |problem: &&Value| problem["line"] == line;
        let problems = answer.json["problems"].as_array().unwrap().iter();
        let codes: Vec<_> = problems.filter(at_line).map(|one| &one["code"]).collect();
        match outcome {
            Same => assert_eq!((new, codes), (old, vec![]), "{what}"),
            Becomes(field, value) => {
                assert_eq!(
                    (&new[field], codes),
                    (&Value::from(*value), vec![]),
                    "{what}"
                );
            }
            Reported(code) => {
                assert_eq!(new["status"], "active", "{what}");
                assert_eq!(new["external_id"], old["external_id"], "{what}");
                assert!(codes.iter().any(|is| is == code), "{what}: {codes:?}");
                assert_eq!(new["email"], old["email"], "{what}");
                assert_eq!(new["offboarding_date"], old["offboarding_date"], "{what}");
                assert_eq!(
                    new["monthly_all_budget"], old["monthly_all_budget"],
                    "{what}"
                );
            }
            Held(reason) => {
                assert_eq!(new, old, "{what}");
                let id = &old["external_id"];
                let operations = answer.json["operations"].as_array().unwrap();
                let held = |one: &Value| one["held"] == *reason && one["external_id"] == *id;
                assert!(operations.iter().any(held), "{what}: {}", answer.text);
            }
        }
        line += cell.matches('\n').count();
    }
}

#[test]
fn departure_with_a_value_that_cannot_be_decoded_is_applied() {
    // `~` is a byte that is not UTF-8.
    for (column, cell) in [
        ("last", "Andr~"),
        ("first", "~"),
        ("dep", "Caf~"),
        ("notes", "caf~"),
        ("email", "andr~@acme.example"),
        ("born", "~"),
    ] {
        let departing = with_cell(1, "end", "2026-05-04");
        let at = HEADER.split(',').position(|name| name == column).unwrap();
        let mut cells: Vec<&str> = departing.split(',').collect();
        cells[at] = cell;
        let text = file([cells.join(",")].into_iter().chain((2..=5).map(row)));
        let bytes: Vec<u8> = text
            .bytes()
            .map(|is| if is == b'~' { 0xE9 } else { is })
            .collect();
        let (ground, answer) = second_day(SETTINGS, 5, bytes);
        assert_eq!(inactive(&ground), ["E-001"], "{column}: {}", answer.text);
        answer.is(0, "applied").says("MUS-CSV-ENCODING");
        let ann = ground.person("E-001");
        assert_eq!(
            ann["last_name"], "Last1",
            "{column}: what cannot be read changes nothing"
        );
        assert_eq!(ann["email"], "p1@acme.example", "{column}");
    }
    // Where the id, the end date or the row cannot be read, nothing in it is certain.
    for departing in [
        with_cell(1, "end", "2026-05-04").replace("E-001", "E-~01"),
        with_cell(1, "end", "2026-05-~4"),
        with_cell(1, "end", "2026-05-04").replace("Finance", "\"Finance\" x"),
    ] {
        let text = file([departing.clone()].into_iter().chain((2..=5).map(row)));
        let bytes: Vec<u8> = text
            .bytes()
            .map(|is| if is == b'~' { 0xE9 } else { is })
            .collect();
        let (ground, answer) = second_day(SETTINGS, 5, bytes);
        assert_eq!(inactive(&ground), [""; 0], "{departing}: {}", answer.text);
        assert_eq!(
            answer.json["counts"]["rejected"], 1,
            "{departing}: {}",
            answer.text
        );
    }
}

#[test]
fn ids_that_stand_for_none_never_make_two_employees_one() {
    let joiner = |id: &str, name: &str| {
        format!("{id},{name}@acme.example,{name},Vries,2026-05-04,,Sales,,,50,")
    };
    for none in ["NULL", "n/a", "-", "Onbekend"] {
        let first = file((1..=5).map(row).chain([joiner(none, "Ada")]));
        let (mut ground, answer) = second_day(SETTINGS, 5, first);
        answer.says("MUS-VALUE-PLACEHOLDER");
        assert_eq!(people(&ground).len(), 5, "{none}: {}", answer.text);
        // The next one is of the same name and has no id either; the first has one now.
        let next = file(
            (1..=5)
                .map(row)
                .chain([joiner(none, "Bea"), joiner("E-900", "Ada")]),
        );
        ground.at("2026-05-06T02:45:00Z").deliver("staff.csv", next);
        ground.sync().is(0, "applied").says("MUS-VALUE-PLACEHOLDER");
        assert_eq!(people(&ground).len(), 6);
        assert_eq!(ground.person("E-900")["first_name"], "Ada");
        assert_eq!(inactive(&ground), [""; 0]);
    }
}
