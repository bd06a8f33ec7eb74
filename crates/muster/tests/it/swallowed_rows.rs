//! A misplaced pair of quotes turns rows into part of a value. The employees of those rows must not leave, and
//! departures that the file states are held for review. Values on several lines that are just that pass.

use crate::ground::{Answer, Ground};

const SETTINGS: &str = r#"
workspace = { name = "acme" }
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
offboarding_date = "end"
"#;
const HEADER: &str = "id,email,first,last,end,notes";
const NAMES: [&str; 10] = ["An", "Bo", "Cy", "Di", "Ed", "Fo", "Gi", "Ha", "Io", "Jo"];

fn address(number: usize) -> String {
    format!("{}@acme.example", NAMES[number - 1].to_lowercase())
}

/// The row of E-001 to E-010.
fn row(number: usize, end: &str, notes: &str) -> String {
    let name = NAMES[number - 1];
    format!(
        "E-{number:03},{},{name},{name}sen,{end},{notes}",
        address(number)
    )
}

fn file(rows: impl IntoIterator<Item = String>) -> String {
    let rows: Vec<String> = rows.into_iter().collect();
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn everybody() -> impl Iterator<Item = String> {
    (1..=10).map(|number| row(number, "", ""))
}

/// The file with other rows in place of those of E-002 to E-004.
fn with_middle(middle: &[String]) -> String {
    let rest = (5..=10).map(|number| row(number, "", ""));
    file(
        [row(1, "", "")]
            .into_iter()
            .chain(middle.iter().cloned())
            .chain(rest),
    )
}

fn settings(more: &str) -> String {
    format!("{SETTINGS}{more}")
}

/// Day one, then the file of day two.
#[track_caller]
fn second_day(settings: &str, content: impl AsRef<[u8]>) -> (Ground, Answer) {
    let mut ground = Ground::new(settings);
    ground
        .deliver("staff.csv", file(everybody()))
        .sync()
        .is(0, "applied");
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("staff.csv", content);
    let answer = ground.sync();
    (ground, answer)
}

fn inactive(ground: &Ground) -> Vec<String> {
    let people = ground.run(&["employees"]).json;
    let people = people.as_array().unwrap().iter();
    let inactive = people.filter(|person| person["status"] == "inactive");
    inactive
        .map(|person| person["external_id"].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn nobody_leaves(settings: &str, content: impl AsRef<[u8]>, says: &[&str]) {
    let (ground, answer) = second_day(settings, content);
    assert_eq!(inactive(&ground), [""; 0], "{}", answer.text);
    assert_eq!(answer.json["counts"]["rejected"], 1, "{}", answer.text);
    for part in ["MUS-RECORD-SUSPICIOUS", "suspicious_rows"]
        .iter()
        .chain(says)
    {
        answer.says(part);
    }
}

#[test]
fn rows_swallowed_by_a_pair_of_quotes_cause_no_departures() {
    // In an unmapped column, the last one: E-003 is gone, and E-002 and E-004 are one record.
    let unmapped = [
        row(2, "", "\"t Hart"),
        row(3, "", ""),
        row(4, "", "aka Bob\""),
    ];
    nobody_leaves(SETTINGS, with_middle(&unmapped), &["line 3", "line 4"]);
    // The same column, mapped.
    let mapped = settings("job_function = \"notes\"\n");
    nobody_leaves(&mapped, with_middle(&unmapped), &["line 3", "line 4"]);
    // An optional column in the middle.
    let end = [row(2, "\"", ""), row(3, "", ""), row(4, "\"", "")];
    nobody_leaves(SETTINGS, with_middle(&end), &["line 3", "line 4"]);
    // A required one.
    let names = with_middle(&[row(2, "", ""), row(3, "", ""), row(4, "", "")])
        .replace("Bosen", "\"t Hart")
        .replace("Disen", "Di\"");
    nobody_leaves(SETTINGS, &names, &["line 3", "line 4"]);
}

#[test]
fn rows_swallowed_by_a_value_that_cannot_be_decoded_cause_no_departures() {
    // `~` is a byte that is not UTF-8, or a NUL, in what was swallowed.
    let undecodable = |content: String, byte: u8| {
        let bytes = content.into_bytes().into_iter();
        bytes
            .map(|is| if is == b'~' { byte } else { is })
            .collect::<Vec<u8>>()
    };
    let whole = [
        row(2, "", "\"t Hart"),
        row(3, "", "~"),
        row(4, "", "aka Bob\""),
    ];
    let part = [
        "E-002,bo@acme.example,Bo,\"t Hart~,,".to_owned(),
        "E-003,cy@acme.example,Cy,Ce\",,".to_owned(),
        row(4, "", ""),
    ];
    for byte in [0xE9, 0x00, 0xC0] {
        for middle in [&whole, &part] {
            let content = undecodable(with_middle(middle), byte);
            nobody_leaves(SETTINGS, content, &["line 3", "line 4"]);
        }
    }
    let small = SETTINGS.replace(
        "settle = \"0s\"",
        "settle = \"0s\"\nlimits = { field = 60 }",
    );
    nobody_leaves(&small, with_middle(&whole), &["line 3", "line 4"]);
    // A note on several lines that cannot be decoded has swallowed nothing: E-003 is missing.
    let honest = [
        row(2, "", "\"Rue de l'~cole\n1000 Brussels, BE\""),
        row(4, "", ""),
    ];
    let (ground, answer) = second_day(SETTINGS, undecodable(with_middle(&honest), 0xE9));
    assert_eq!(inactive(&ground), ["E-003"], "{}", answer.text);
    assert_eq!(answer.json["counts"]["rejected"], 1, "{}", answer.text);
}

#[test]
fn row_that_ends_inside_the_value_is_found_by_the_match_key_of_a_missing_employee() {
    // Two rows: no line inside the value is a whole row, but one begins with E-003.
    let two = [
        "E-002,bo@acme.example,Bo,\"t Hart,,".to_owned(),
        "E-003,cy@acme.example,Cy,Ce\",,".to_owned(),
        row(4, "", ""),
    ];
    nobody_leaves(
        SETTINGS,
        with_middle(&two),
        &["line 3", "line 4", "`E-003`"],
    );
    // The quote opens in the first column.
    let first = [
        row(2, "", ""),
        format!("\"{}", row(3, "", "")),
        "E-004\",di@acme.example,Di,Disen,,".to_owned(),
    ];
    nobody_leaves(
        SETTINGS,
        with_middle(&first),
        &["line 4", "line 5", "`E-00"],
    );
    // Matching by address, which is not the first column.
    let by_address = SETTINGS
        .replace("[policy]", "[policy]\nmatch = [\"email\"]")
        .replace("external_id = \"id\"\n", "");
    nobody_leaves(
        &by_address,
        with_middle(&two),
        &["line 3", "line 4", "`cy@acme.example`"],
    );
}

#[test]
fn row_whose_match_key_is_behind_the_value_is_found_by_the_key_of_a_missing_employee() {
    // Names come first, so that the record has the match key of the last row that was swallowed.
    let names_first = |middle: [&str; 3]| {
        let row = |number: usize| {
            let name = NAMES[number - 1];
            format!("{name}sen,{name},E-{number:03},{},", address(number))
        };
        let rest = (5..=10).map(row);
        let rows: Vec<String> = [row(1)]
            .into_iter()
            .chain(middle.map(str::to_owned))
            .chain(rest)
            .collect();
        format!("last,first,id,email,end\n{}\n", rows.join("\n"))
    };
    let [bo, cy, di] = [
        "Bosen,Bo,E-002,bo@acme.example,",
        "Cysen,Cy,E-003,cy@acme.example,",
        "Disen,Di,E-004,di@acme.example,",
    ];
    let check = |settings: &str, middle: [&str; 3], key: &str| {
        let mut ground = Ground::new(settings);
        ground
            .deliver("staff.csv", names_first([bo, cy, di]))
            .sync()
            .is(0, "applied");
        ground.at("2026-05-05T02:45:00Z");
        let answer = ground.deliver("staff.csv", names_first(middle)).sync();
        assert_eq!(inactive(&ground), [""; 0], "{}", answer.text);
        assert_eq!(answer.json["counts"]["rejected"], 1, "{}", answer.text);
        answer.says("suspicious_rows").says(key);
        assert_eq!(ground.person("E-003")["last_name"], "Cysen");
    };
    let in_first_name = [
        "Bosen,\"Bo,E-002,bo@acme.example,",
        "Cysen,Cy\",E-003,cy@acme.example,",
        di,
    ];
    let in_last_name = [
        "\"Bosen,Bo,E-002,bo@acme.example,",
        "Cysen\",Cy,E-003,cy@acme.example,",
        di,
    ];
    check(SETTINGS, in_first_name, "`E-002`");
    check(SETTINGS, in_last_name, "MUS-RECORD-SUSPICIOUS");
    let by_address = SETTINGS.replace("[policy]", "[policy]\nmatch = [\"email\"]");
    check(&by_address, in_first_name, "`bo@acme.example`");
    // An address on several lines before the match key is no row: E-002 is missing.
    let honest = [
        "Cysen,Cy,E-003,cy@acme.example,",
        di,
        "\"de\nGroot\",Kim,E-011,kim@acme.example,",
    ];
    let mut ground = Ground::new(SETTINGS);
    ground
        .deliver("staff.csv", names_first([bo, cy, di]))
        .sync()
        .is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");
    let answer = ground.deliver("staff.csv", names_first(honest)).sync();
    assert_eq!(inactive(&ground), ["E-002"], "{}", answer.text);
}

#[test]
fn departures_stated_by_other_records_of_the_file_are_held_and_not_lost() {
    let middle = [
        row(2, "", "\"t Hart"),
        row(3, "", ""),
        row(4, "", "aka Bob\""),
        row(5, "2026-05-04", ""),
    ];
    let rest = (6..=10).map(|number| row(number, "", ""));
    let content = file([row(1, "", "")].into_iter().chain(middle).chain(rest));
    let (ground, answer) = second_day(SETTINGS, &content);
    assert_eq!(inactive(&ground), [""; 0], "{}", answer.text);
    assert_eq!(answer.json["counts"]["held"], 1, "{}", answer.text);
    assert_eq!(answer.json["counts"]["deactivated"], 0);
    // The corrected file applies it.
    let corrected =
        (1..=10).map(|number| row(number, if number == 5 { "2026-05-04" } else { "" }, ""));
    ground.deliver("staff.csv", file(corrected)).sync();
    ground.sync();
    assert_eq!(inactive(&ground), ["E-005"]);
}

#[test]
fn swallowed_rows_of_a_first_load_are_reported_in_the_plan_that_is_reviewed() {
    let reviewed = SETTINGS.replace("approve = \"never\"", "approve = \"first\"");
    let ground = Ground::new(&reviewed);
    let middle = [
        row(2, "", "\"t Hart"),
        row(3, "", ""),
        row(4, "", "aka Bob\""),
    ];
    ground.deliver("staff.csv", with_middle(&middle));
    let answer = ground.sync();
    answer.is(3, "held");
    answer.says("MUS-RECORD-SUSPICIOUS");
    let text = ground.output(&["plan", "integration.toml"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("begins on line 3") && text.contains("includes line 4"),
        "{text}"
    );
}

#[test]
fn addresses_notes_and_ids_in_notes_on_several_lines_are_not_suspicious() {
    for notes in [
        "\"Main Street 1\n1234 AB Town, NL\"",
        "\"2026-01-02: moved, again\n2026-02-03: back\n\nE-004 signed, on paper\"",
        "\"reports to\nE-001, and to\nE-005\"",
        "\"one, two, three, four, five, six\nseven, eight, nine, ten, eleven, twelve\"",
        "\"quote: \"\"yes\"\"\r\nE-003,cy@acme.example\"",
    ] {
        let middle = [row(2, "", notes), row(3, "", ""), row(4, "2026-05-04", "")];
        let (ground, answer) = second_day(SETTINGS, with_middle(&middle));
        assert_eq!(
            answer.json["counts"]["rejected"], 0,
            "{notes}: {}",
            answer.text
        );
        assert_eq!(inactive(&ground), ["E-004"], "{notes}: {}", answer.text);
    }
    // An employee who left is missing, whatever the notes of others say in the middle of a line.
    let middle = [
        row(2, "", "\"took over from\nMs E-003, who left\""),
        row(4, "", ""),
    ];
    let (ground, answer) = second_day(SETTINGS, with_middle(&middle));
    assert_eq!(inactive(&ground), ["E-003"], "{}", answer.text);
}
