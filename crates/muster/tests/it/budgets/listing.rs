//! The list of granted budgets: currencies, amounts, erased employees, and queries that are refused.

use super::*;

#[test]
fn granted_budgets_keep_their_currency() {
    let mut ground = ground();
    deliver(&ground, "50", "100");
    ground.approve();
    let path = ground.path("integration.toml");
    std::fs::write(
        &path,
        std::fs::read_to_string(&path)
            .unwrap()
            .replace("EUR", "CHF"),
    )
    .unwrap();
    ground.at("2026-05-05T02:45:00Z").sync();
    assert_eq!(due(&ground, "2026-06"), ["all 50 EUR"]);
    deliver(&ground, "60", "100");
    ground.sync().is(0, "applied");
    assert_eq!(due(&ground, "2026-05"), ["all 50 EUR", "health 100 EUR"]);
    assert_eq!(due(&ground, "2026-06"), ["all 60 CHF"]);
}

#[test]
fn amounts_are_exact_and_negative_ones_are_refused() {
    let ground = ground();
    let rows: Vec<String> = (0..30).map(|number| format!("P{number:02}")).collect();
    let mut people: Vec<_> = rows
        .iter()
        .map(|id| (id.as_str(), "0.10", "33.33", "", ""))
        .collect();
    people.push(("N1", "-5", "", "", ""));
    ground.deliver("people.csv", file(&people));
    ground
        .approve()
        .says("`-5` is negative")
        .says("MUS-VALUE-DECIMAL");
    assert_eq!(due(&ground, "2026-05"), ["all 3 EUR", "health 999.9 EUR"]);
    assert_eq!(grants(&ground, "N1"), [] as [&str; 0]);
}

#[test]
fn erased_people_leave_the_list_and_stay_in_the_sums() {
    let mut ground = with("[policy]\nmissing = \"delete\"\n");
    deliver(&ground, "50", "100");
    ground.approve();
    let others: Vec<String> = (1..10).map(|number| format!("O{number}")).collect();
    let rows: Vec<_> = others
        .iter()
        .map(|id| (id.as_str(), "", "", "", ""))
        .collect();
    ground.deliver("people.csv", file(&rows));
    ground.at("2026-05-05T02:45:00Z").approve();
    let answer = ground.run(&["budgets"]);
    assert!(
        !answer.text.contains("E1") && !answer.text.contains("Last"),
        "{}",
        answer.text
    );
    assert_eq!(due(&ground, "2026-05"), ["all 50 EUR", "health 100 EUR"]);
    assert_eq!(due(&ground, "2026-06"), [] as [&str; 0]);
    let output = String::from_utf8(ground.output(&["budgets"]).stdout).unwrap();
    assert!(output.contains("(erased)"), "{output}");
}

#[test]
fn invalid_queries_suggest_what_to_do() {
    let ground = ground();
    deliver(&ground, "", "");
    ground.approve();
    for (arguments, wanted) in [
        (
            &["budgets", "nobody"][..],
            "`muster employees` to list all employees",
        ),
        (&["budgets", "Last"], "matches several employees"),
        (
            &["budgets", "--month", "May"],
            "`May` is not a month such as `2026-05`",
        ),
    ] {
        let answer = ground.run(arguments);
        assert_eq!(answer.code, 2);
        answer.says(wanted);
    }
    let text = |arguments: &[&str]| String::from_utf8(ground.output(arguments).stdout).unwrap();
    assert!(text(&["budgets"]).contains("no budget has been granted yet"));
    assert!(
        text(&["budgets", "--month", "2026-05", "--workspace", "acme"])
            .contains("no budget is due in 2026-05")
    );
}
