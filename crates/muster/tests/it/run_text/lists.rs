//! Lists of runs and columns, and what does not exist.

use super::*;

#[test]
fn list_of_runs_marks_the_counts_of_a_held_plan_as_planned() {
    let ground = deactivating();
    ground.deliver("a.csv", file(1..=20)).approve();
    ground.deliver("a.csv", file(1..=10)).sync();
    let (code, runs) = text(&ground, &["runs"]);
    assert_eq!(code, 0, "{runs}");
    let held = runs.lines().find(|line| line.contains(" held ")).unwrap();
    assert!(held.contains("10 planned"), "{runs}");
    let applied = runs.lines().find(|line| line.contains(" applied "));
    assert!(
        applied.unwrap().contains(" 20 ") && !applied.unwrap().contains("planned"),
        "{runs}"
    );
}

#[test]
fn connection_test_shows_the_mapped_field_of_a_column_and_suggests_fields_for_the_others() {
    let ground = deactivating();
    ground.deliver(
        "a.csv",
        "id,mail,first,last,Afdeling,shoe\nE-1,ann@acme.example,Ann,Aal,Sales,42\n",
    );
    let (code, test) = text(&ground, &["test", "integration.toml"]);
    assert_eq!(code, 0, "{test}");
    let words = |column: &str| -> Vec<String> {
        let mut lines = test.lines().map(str::split_whitespace);
        let line = lines.find(|line| line.clone().next() == Some(column));
        line.unwrap().map(str::to_owned).collect()
    };
    assert_eq!(words("mail")[..3], ["mail", "email", "mapped"], "{test}");
    assert_eq!(words("id")[..3], ["id", "external_id", "mapped"], "{test}");
    assert_eq!(words("Afdeling")[..2], ["Afdeling", "department"], "{test}");
    assert_eq!(words("shoe")[1..3], ["(custom", "field)"], "{test}");
}

#[test]
fn each_thing_that_does_not_exist_has_a_code_of_its_own() {
    let ground = deactivating();
    let check = |arguments: &[&str], code: &str| {
        let answer = ground.run(arguments);
        assert_eq!(
            (answer.code, answer.json["error"]["code"].as_str()),
            (2, Some(code)),
            "{arguments:?}: {}",
            answer.text
        );
    };
    check(&["runs"], "MUS-DATABASE-MISSING");
    ground.deliver("a.csv", file(1..=3)).approve();
    for (arguments, code) in [
        (
            &["protect", "nobody", "--reason", "test"][..],
            "MUS-EMPLOYEE-UNKNOWN",
        ),
        (&["runs", "99"], "MUS-RUN-UNKNOWN"),
        (&["undo", "99"], "MUS-RUN-UNKNOWN"),
        (&["runs", "abandon", "99"], "MUS-RUN-UNKNOWN"),
        (&["approve", "9-00000000"], "MUS-PLAN-UNKNOWN"),
        (&["reject", "1-00000000"], "MUS-PLAN-UNKNOWN"),
        (&["fields", "remove", "shoe"], "MUS-FIELD-UNKNOWN"),
        (&["groups", "show", "Sales"], "MUS-GROUP-UNKNOWN"),
        (&["token", "revoke", "payroll"], "MUS-TOKEN-UNKNOWN"),
        (&["alert", "test", "99"], "MUS-CHANNEL-UNKNOWN"),
        (&["issues", "show", "99"], "MUS-ISSUE-UNKNOWN"),
        (&["runs", "--workspace", "beta"], "MUS-WORKSPACE-UNKNOWN"),
        (&["fields", "remove", "title"], "MUS-USAGE"),
    ] {
        check(arguments, code);
    }
}
