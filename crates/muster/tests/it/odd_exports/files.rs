//! Rows that are no employee, and files that are written in another way: nobody leaves and nobody changes.

use super::{COLUMNS, HEADER, SETTINGS, file, inactive, people, row, second_day, staff, with_cell};
use crate::ground::Ground;

/// Rows that are nobody's: the twelve employees stay as they are, and one of them who is missing beside such a row
/// still leaves where the row cannot be about them.
#[test]
fn rows_that_are_no_employee_change_nobody() {
    const COUNT: usize = 12;
    let empty = ",".repeat(COLUMNS - 1);
    for (extra, leaves) in [
        (format!("{empty}\n{empty}\n{empty}"), true),
        (format!(" ,\u{a0}{}", &empty[1..]), true),
        (format!("\u{202f}{empty}"), true),
        (HEADER.to_owned(), true),
        (HEADER.to_uppercase(), true),
        (format!("\u{feff}{HEADER}"), true),
        (format!("Totaal: 12 medewerkers{empty}"), true),
        (format!("Page 1 of 2{empty}"), true),
        (format!("12{empty}"), true),
        ("\u{1a}".to_owned(), true),
        // What may be left of a record could be anybody's.
        (format!("Total,12{}", &empty[1..]), false),
        ("Total: 12".to_owned(), false),
        (
            "Generated on 2026-05-05 by hr@acme.example".to_owned(),
            false,
        ),
        (row(12).replace(',', ";"), false),
        (format!("{},x", row(12)), false),
        (with_cell(12, "id", "#N/A"), false),
        (with_cell(12, "id", "1.2E+05"), false),
        (with_cell(12, "id", "E-\u{200b}012"), false),
        (with_cell(12, "id", "NULL"), false),
    ] {
        let content = file((1..COUNT).map(row).chain([extra.clone()]));
        let (ground, answer) = second_day(SETTINGS, COUNT, content);
        let expected: &[&str] = if leaves { &["E-012"] } else { &[] };
        assert_eq!(inactive(&ground), expected, "{extra:?}: {}", answer.text);
        assert_eq!(people(&ground).len(), COUNT, "{extra:?}: {}", answer.text);
    }
}

#[test]
fn files_that_are_written_in_another_way_change_nobody() {
    const COUNT: usize = 12;
    let staff = staff(COUNT);
    let renamed = |from: &str, to: &str| staff.replacen(HEADER, &HEADER.replace(from, to), 1);
    let half = staff.len() / 2;
    let mut mixed = staff.clone().into_bytes();
    mixed.extend(
        row(12)
            .replace("Last12", "L\u{e9}")
            .chars()
            .map(|one| one as u8),
    );
    for (name, content, code, says) in [
        ("sep line", format!("sep=,\n{staff}"), 0, "nothing_to_do"),
        ("CR", staff.replace('\n', "\r"), 0, "nothing_to_do"),
        (
            "CR CR LF",
            staff.replace('\n', "\r\r\n"),
            0,
            "unusual line ends",
        ),
        (
            "end of file mark",
            format!("{staff}\u{1a}"),
            0,
            "nothing_to_do",
        ),
        (
            "mark inside",
            staff.replace("\nE-006", "\n\u{feff}E-006"),
            0,
            "several exports were joined",
        ),
        (
            "semicolons",
            staff.replace(',', ";"),
            4,
            "MUS-CSV-DELIMITER",
        ),
        (
            "upper-case header",
            staff.replacen(HEADER, &HEADER.to_uppercase(), 1),
            4,
            "MUS-CSV-COLUMN-MISSING",
        ),
        (
            "Dutch header",
            renamed(
                "id,email,first,last",
                "Personeelsnummer,E-mailadres,Voornaam,Achternaam",
            ),
            4,
            "`Voornaam`",
        ),
        (
            "blanks around a header",
            renamed("end", "\u{a0}end\u{a0}"),
            0,
            "nothing_to_do",
        ),
        (
            "duplicate header with a blank",
            renamed("dep", "email "),
            4,
            "MUS-CSV-HEADER-DUPLICATE",
        ),
        (
            "zero-width character in a header",
            renamed("end", "en\u{200b}d"),
            4,
            "did you mean",
        ),
        (
            "unit in a header",
            renamed("end", "end (last day)"),
            0,
            "MUS-MAPPING-ABSENT",
        ),
        (
            "quotes around each line",
            staff.lines().map(|line| format!("\"{line}\"\n")).collect(),
            4,
            "MUS-CSV-COLUMN-MISSING",
        ),
        (
            "quotes around each row",
            file((1..=COUNT).map(|number| format!("\"{}\"", row(number)))),
            4,
            "MUS-CSV-EMPTY",
        ),
        (
            "columns exchanged midway",
            format!("{}\n{}", &staff[..half], renamed("id,email", "email,id")),
            0,
            "MUS-CSV-NOT-A-PERSON",
        ),
        (
            "all lower-case ids",
            staff.replace("E-", "e-"),
            3,
            "new_external_id",
        ),
        (
            "apostrophes before all ids",
            staff.replace("E-", "'E-"),
            3,
            "12 of 12 records are rejected",
        ),
        (
            "names shifted by one row",
            (1..=COUNT).fold(format!("{HEADER}\n"), |text, number| {
                let other = number % COUNT + 1;
                let renamed = row(number).replace(
                    &format!("First{number},Last{number},"),
                    &format!("First{other},Last{other},"),
                );
                text + &renamed + "\n"
            }),
            3,
            "field_changes",
        ),
        (
            "ids shifted by one row",
            (1..=COUNT).fold(format!("{HEADER}\n"), |text, number| {
                text + &with_cell(number, "id", &format!("E-{:03}", number % COUNT + 1)) + "\n"
            }),
            3,
            "id_reused",
        ),
        (
            "a shared mailbox",
            staff.replace("p1@", "info@").replace("p2@", "info@"),
            0,
            "MUS-RECORD-DUPLICATE",
        ),
    ] {
        let mut ground = Ground::new(SETTINGS);
        ground
            .deliver("staff.csv", super::staff(COUNT))
            .sync()
            .is(0, "applied");
        let before = people(&ground);
        ground
            .at("2026-05-05T02:45:00Z")
            .deliver("staff.csv", content);
        let answer = ground.sync();
        assert_eq!(answer.code, code, "{name}: {}", answer.text);
        assert!(answer.text.contains(says), "{name}: {}", answer.text);
        assert_eq!(people(&ground), before, "{name}");
    }
    let (ground, answer) = second_day(SETTINGS, COUNT, mixed);
    assert_eq!(inactive(&ground), [""; 0], "{}", answer.text);
    assert_eq!(answer.json["counts"]["rejected"], 1, "{}", answer.text);
}
