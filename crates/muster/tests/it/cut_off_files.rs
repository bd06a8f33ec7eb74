//! A file that was cut off, at any byte of its end and in any encoding, makes no employee leave.

use crate::ground::Ground;

const SETTINGS: &str = r#"
workspace = { name = "acme" }
name = "people"
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
encoding = "ENCODING"
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
"#;

/// Ten employees; the last column is the last name or, unmapped, a note.
fn file(quote: &str, with_notes: bool) -> String {
    let mut text = "id,email,first,last".to_owned();
    text.push_str(if with_notes { ",notes\n" } else { "\n" });
    for number in 1..=10 {
        let last = format!("{quote}Möller {number}{quote}");
        text.push_str(&format!("E-{number:03},e{number}@acme.example,Ann,{last}"));
        if with_notes {
            text.push_str(&format!(",{quote}café note {number}{quote}"));
        }
        text.push('\n');
    }
    text
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    match encoding {
        "utf-8" => text.as_bytes().to_vec(),
        "latin1" => text.chars().map(|letter| letter as u8).collect(),
        "little" => [0xFEFF]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect(),
        _ => [0xFEFF]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect(),
    }
}

/// Cuts the file of day one at some of its last bytes, but not between two rows, where nothing shows it.
#[track_caller]
fn sweep(encoding: &str, quote: &str, with_notes: bool) {
    let setting = if encoding.len() == 6 && encoding != "latin1" || encoding == "big" {
        "utf-16"
    } else {
        encoding
    };
    let mut ground = Ground::new(&SETTINGS.replace("ENCODING", setting));
    let whole = encoded(&file(quote, with_notes), encoding);
    ground.deliver("staff.csv", &whole).sync().is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");
    let width = if setting == "utf-16" { 2 } else { 1 };
    let ends_row = |cut: usize| {
        encoded("\n", encoding).ends_with(&whole[cut - 1..cut])
            && whole[..cut]
                .ends_with(&encoded("\n", encoding)[encoded("\n", encoding).len() - width..])
    };
    // A prime step meets every position within a row, at odd and even bytes.
    for back in (1..=200).step_by(7) {
        let cut = whole.len() - back;
        if ends_row(cut) && cut.is_multiple_of(width) {
            continue;
        }
        ground.deliver("staff.csv", &whole[..cut]);
        let answer = ground.sync();
        let people = ground.run(&["employees"]).json;
        let active = people
            .as_array()
            .unwrap()
            .iter()
            .filter(|person| person["status"] == "active");
        assert_eq!(
            active.count(),
            10,
            "{encoding} {quote} cut {back} before the end: {}",
            answer.text
        );
    }
    ground.deliver("staff.csv", &whole).sync();
}

#[test]
fn utf_8_file_cut_off_causes_no_departures() {
    sweep("utf-8", "", false);
    sweep("utf-8", "\"", true);
}

#[test]
fn latin1_file_cut_off_causes_no_departures() {
    sweep("latin1", "", true);
    sweep("latin1", "\"", false);
}

#[test]
fn utf_16_file_cut_off_causes_no_departures() {
    sweep("little", "", false);
    sweep("little", "\"", false);
    sweep("big", "", true);
}

#[test]
fn file_that_never_ends_with_a_line_break_is_whole() {
    let mut ground = Ground::new(&SETTINGS.replace("ENCODING", "utf-8"));
    let text = file("", false);
    let rows: Vec<&str> = text.trim_end().split('\n').collect();
    ground
        .deliver("staff.csv", rows.join("\n"))
        .sync()
        .is(0, "applied");
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("staff.csv", rows[..10].join("\n"));
    ground.sync().is(0, "applied");
    assert_eq!(ground.person("E-010")["status"], "inactive");
    // A line break that comes later is no sign of anything.
    ground
        .at("2026-05-06T02:45:00Z")
        .deliver("staff.csv", format!("{}\n", rows[..9].join("\n")));
    ground.sync().is(0, "applied");
    assert_eq!(ground.person("E-009")["status"], "inactive");
    // From then on it is expected, unless the integration says otherwise.
    ground
        .at("2026-05-07T02:45:00Z")
        .deliver("staff.csv", rows[..8].join("\n"));
    ground.sync().says("MUS-CSV-TRUNCATED").says("truncated");
    assert_eq!(ground.person("E-008")["status"], "active");
}
