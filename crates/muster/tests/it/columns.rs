//! Columns that are gone, renamed or spelled differently never change who employees are or whether they leave.

use crate::ground::Ground;

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
offboarding_date = "offboarding_date"
department = "department"
"#;

fn file(header: &str) -> String {
    let mut text = format!("{header}\n");
    for number in 1..=10 {
        text.push_str(&format!(
            "E-{number:03},e{number}@acme.example,Ann,Bos{number},,Sales\n"
        ));
    }
    text
}

/// Day one with every column, then a file with another header. Nothing changes.
#[track_caller]
fn refused(header: &str, says: &[&str]) {
    let mut ground = Ground::new(SETTINGS);
    ground
        .deliver(
            "staff.csv",
            file("id,email,first,last,offboarding_date,department"),
        )
        .sync()
        .is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");
    // A new address would have made a second account.
    let changed = file(header).replace("e3@", "new3@");
    let answer = ground.deliver("staff.csv", changed).sync();
    answer.is(4, "refused");
    says.iter().for_each(|part| {
        answer.says(part);
    });
    let people = ground.run(&["employees"]).json;
    let people = people.as_array().unwrap();
    let active = people.iter().filter(|person| person["status"] == "active");
    assert_eq!((people.len(), active.count()), (10, 10));
}

#[test]
fn delivery_without_the_column_of_a_match_key_is_refused() {
    let rest = "email,first,last,offboarding_date,department";
    refused(
        &format!("Employee No,{rest}"),
        &["`id`", "external_id", "`Employee No` may be it", "10 of 10"],
    );
    refused(
        &format!("personnel number,{rest}"),
        &["`id`", "`personnel number` may be it"],
    );
    refused(
        &format!("cost centre,{rest}"),
        &["`id`", "remove `external_id` from `match`"],
    );
}

#[test]
fn mapped_column_that_is_only_spelled_differently_refuses_the_file() {
    for column in [
        "Offboarding_date",
        "offboarding date",
        "OFFBOARDING-DATE",
        "OffboardingDate",
    ] {
        let header = format!("id,email,first,last,{column},department");
        refused(
            &header,
            &["`offboarding_date`", &format!("`{column}`"), "did you mean"],
        );
    }
    refused(
        "id,email,first,last,offboarding_date,Department",
        &["`department`", "`Department`"],
    );
    refused(
        "ID,email,first,last,offboarding_date,department",
        &["`id`", "`ID`"],
    );
}

#[test]
fn misspelled_column_refuses_the_file_also_beside_its_fallback() {
    let mapping = "offboarding_date = \"offboarding_date\"";
    let with = |columns: &str| {
        let settings = SETTINGS.replace(
            mapping,
            &format!("offboarding_date = {{ first_of = [{columns}] }}"),
        );
        let rows = |header: &str| {
            (1..=10).fold(format!("{header}\n"), |text, number| {
                text + &format!(
                    "E-{number:03},e{number}@acme.example,Ann,Bos{number},,Sales,2027-01-01\n"
                )
            })
        };
        (Ground::new(&settings), rows)
    };
    let header = "id,email,first,last,offboarding_date,department,last_day";
    for column in ["Last day", "LAST_DAY", "lastday", "last\u{200b}_day"] {
        let (mut ground, rows) = with("\"last_day\", \"offboarding_date\"");
        ground
            .deliver("staff.csv", rows(header))
            .sync()
            .is(0, "applied");
        ground
            .at("2026-05-05T02:45:00Z")
            .deliver("staff.csv", rows(&header.replace("last_day", column)));
        ground
            .sync()
            .is(4, "refused")
            .says("`last_day`")
            .says("did you mean");
        assert_eq!(ground.person("E-001")["offboarding_date"], "2027-01-01");
    }
    // The mapping lists both spellings, and the file has one of them.
    let (ground, rows) = with("\"last_day\", \"Last day\"");
    ground.deliver("staff.csv", rows(&header.replace("last_day", "Last day")));
    ground.sync().is(0, "applied");
    assert_eq!(ground.person("E-001")["offboarding_date"], "2027-01-01");
}

#[test]
fn optional_match_key_column_in_another_file_is_accepted() {
    let ground = Ground::new(SETTINGS);
    let without = "email,first,last,offboarding_date,department\na@acme.example,Ann,Bos,,Sales\n";
    ground.deliver("staff.csv", without).sync().is(0, "applied");
    ground
        .deliver("staff.csv", without.replace("Bos", "Bosch"))
        .sync()
        .is(0, "applied");

    let mut ground = Ground::new(SETTINGS);
    let whole = file("id,email,first,last,offboarding_date,department");
    ground.deliver("staff.csv", &whole).sync().is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");
    // Two files of one delivery, of which one has no ids.
    ground
        .deliver("more.csv", without)
        .deliver("staff.csv", &whole);
    assert_eq!(ground.sync().code, 0);
    assert_eq!(ground.person("a@acme.example")["status"], "active");
}

#[test]
fn other_columns_with_nearly_the_same_name_are_a_hint() {
    let ground = Ground::new(SETTINGS);
    let text = file("id,email,first,last,offboarding_dates,department");
    let answer = ground.deliver("staff.csv", text).sync();
    answer
        .is(0, "applied")
        .says("MUS-MAPPING-ABSENT")
        .says("`offboarding_dates`");
}
