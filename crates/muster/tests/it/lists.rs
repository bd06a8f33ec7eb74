//! Long lists on the terminal: employees by search and filter, and the plan of a run by the kind of its operations.

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
department = "department"
"#;

fn staff(people: u32) -> String {
    let department = |n: u32| if n.is_multiple_of(2) { "Sales" } else { "IT" };
    let rows =
        (1..=people).map(|n| format!("E-{n:03},e{n}@acme.example,Ann,Aal {n},{}\n", department(n)));
    format!(
        "id,email,first,last,department\n{}",
        rows.collect::<String>()
    )
}

/// What a command prints for a person.
fn text(ground: &Ground, arguments: &[&str]) -> String {
    let output = ground.output(arguments);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn employees_are_searched_and_filtered() {
    let mut ground = Ground::new(SETTINGS);
    ground
        .deliver("staff.csv", staff(10))
        .sync()
        .is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");
    ground
        .deliver("staff.csv", staff(9))
        .sync()
        .is(0, "applied");
    let listed = |arguments: &[&str]| -> Vec<String> {
        let answer = ground.run(&[&["employees"], arguments].concat());
        let people = answer
            .json
            .as_array()
            .unwrap_or_else(|| panic!("{}", answer.text));
        let id = |person: &serde_json::Value| person["external_id"].as_str().unwrap().to_owned();
        people.iter().map(id).collect()
    };
    assert_eq!(listed(&["--find", "aal 7"]), ["E-007"]);
    assert_eq!(listed(&["--find", "E3@ACME"]), ["E-003"]);
    assert_eq!(listed(&["--find", "e-010"]), ["E-010"]);
    assert_eq!(listed(&["--status", "inactive"]), ["E-010"]);
    assert_eq!(listed(&["--find", "nobody"]), [""; 0]);
    let of_sales = listed(&["--where", "department=sales", "--status", "active"]);
    assert_eq!(of_sales, ["E-002", "E-004", "E-006", "E-008"]);
    let both = ["--where", "department=IT", "--where", "last_name=Aal 5"];
    assert_eq!(listed(&both), ["E-005"]);
    assert_eq!(
        listed(&["--as-of", "2026-05-04", "--status", "inactive"]),
        [""; 0]
    );
    ground
        .run(&["employees", "--where", "departement=IT"])
        .says("there is no field `departement`");
    assert!(text(&ground, &["employees", "--find", "nobody"]).contains("no employee matches"));
}

#[test]
fn employees_are_shown_with_the_fields_that_are_asked_for() {
    let ground = Ground::new(SETTINGS);
    ground
        .deliver("staff.csv", staff(2))
        .sync()
        .is(0, "applied");
    let arguments = ["employees", "--columns", "name,department"];
    let table = text(&ground, &arguments);
    assert!(
        table.contains("department") && table.contains("Ann Aal 2"),
        "{table}"
    );
    assert!(!table.contains("acme.example"), "{table}");
    let csv = text(&ground, &[&arguments[..], &["--format", "csv"]].concat());
    assert_eq!(
        csv,
        "employee,status,name,department\r\n1,active,Ann Aal 1,IT\r\n2,active,Ann Aal 2,Sales\r\n"
    );
}

#[test]
fn a_long_plan_is_shown_by_kind_or_whole() {
    let mut ground = Ground::new(SETTINGS);
    ground
        .deliver("staff.csv", staff(150))
        .sync()
        .is(0, "applied");
    let usual = text(&ground, &["runs", "1"]);
    assert!(
        usual.contains("and 50 more") && !usual.contains("E-150"),
        "{usual}"
    );
    let all = text(&ground, &["runs", "1", "--all"]);
    assert!(all.contains("E-150") && !all.contains(" more;"), "{all}");
    ground.at("2026-05-05T02:45:00Z");
    let changed = staff(148).replace("Aal 7,", "Other 7,");
    ground.deliver("staff.csv", changed).sync().is(0, "applied");
    for (kind, shown, others) in [
        ("depart", &["E-149", "E-150"][..], &["E-007"][..]),
        ("change", &["E-007"], &["E-149", "E-150"]),
        ("create", &[], &["E-007", "E-149"]),
        ("held", &[], &["E-007", "E-149"]),
    ] {
        let text = text(&ground, &["runs", "2", "--kind", kind]);
        for id in shown {
            assert!(text.contains(id), "{kind}: {text}");
        }
        for id in others {
            assert!(!text.contains(id), "{kind}: {text}");
        }
    }
}
