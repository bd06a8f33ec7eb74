//! Budgets through the whole program: files over several days, undo, hold and approval, and the list of a month.

mod listing;
mod sequences;

use crate::ground::{Answer, Ground};
use serde_json::Value;

/// One-off amounts follow each other within days here, which the guard on them would hold.
const EVERY_ONE_OFF: &str = "[guard]\none_off_days = 0\n";

fn ground() -> Ground {
    with(EVERY_ONE_OFF)
}

fn with(settings: &str) -> Ground {
    Ground::new(&integration("", settings))
}

fn in_workspace(settings: &str) -> Ground {
    Ground::new(&integration(settings, EVERY_ONE_OFF))
}

fn integration(workspace: &str, settings: &str) -> String {
    let first =
        format!("name = \"hr\"\n[workspace]\nname = \"acme\"\ncurrency = \"EUR\"\n{workspace}");
    let integration = "[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n\
         [mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
         onboarding_date = \"start\"\noffboarding_date = \"end\"\n\
         alleo_monthly_all_budget = \"monthly\"\nalleo_oneoff_health_budget = \"once\"\n";
    format!("{first}{integration}{settings}")
}

/// Rows of id, monthly amount, one-off amount, first and last day.
fn file(rows: &[(&str, &str, &str, &str, &str)]) -> String {
    let row = |(id, monthly, once, start, end): &(&str, &str, &str, &str, &str)| {
        format!("{id},{id}@acme.example,First{id},Last,{start},{end},{monthly},{once}\n")
    };
    format!(
        "id,email,first,last,start,end,monthly,once\n{}",
        rows.iter().map(row).collect::<String>()
    )
}

/// One person beside nine others who never change.
fn deliver(ground: &Ground, monthly: &str, once: &str) {
    deliver_dated(ground, monthly, once, "", "");
}

fn deliver_dated(ground: &Ground, monthly: &str, once: &str, start: &str, end: &str) {
    let others: Vec<String> = (1..10).map(|number| format!("O{number}")).collect();
    let mut rows = vec![("E1", monthly, once, start, end)];
    rows.extend(others.iter().map(|id| (id.as_str(), "", "", "", "")));
    ground.deliver("people.csv", file(&rows));
}

/// What counts: kind, amount, first and last day, state.
fn grants(ground: &Ground, who: &str) -> Vec<String> {
    let answer = ground.run(&["budgets", who]);
    assert_eq!(answer.code, 0, "{}", answer.text);
    let counted = answer
        .json
        .as_array()
        .unwrap()
        .iter()
        .filter(|grant| grant["state"] != "cancelled");
    let text = |value: &Value| value.as_str().unwrap_or("on").to_owned();
    let keys = ["kind", "amount", "starts", "ends", "state"];
    let mut lines: Vec<String> = counted
        .map(|grant| keys.map(|key| text(&grant[key])).join(" "))
        .collect();
    lines.sort();
    lines
}

/// The sums of a month, and how many entries they have.
fn due(ground: &Ground, month: &str) -> Vec<String> {
    let answer = ground.run(&["budgets", "--month", month]);
    assert_eq!(
        (answer.code, &answer.json["month"]),
        (0, &Value::from(month)),
        "{}",
        answer.text
    );
    let entries = answer.json["entries"].as_array().unwrap().len() as u64;
    let totals = answer.json["totals"].as_array().unwrap();
    assert_eq!(
        totals
            .iter()
            .map(|total| total["entries"].as_u64().unwrap())
            .sum::<u64>(),
        entries
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    totals
        .iter()
        .map(|total| {
            ["category", "sum", "currency"]
                .map(|key| text(&total[key]))
                .join(" ")
        })
        .collect()
}

fn undo(ground: &Ground, run: &str) -> Answer {
    ground.run(&["undo", run])
}

#[test]
fn monthly_budgets_follow_the_files_of_several_months() {
    let mut ground = ground();
    deliver(&ground, "50", "");
    ground.approve();
    ground.at("2026-05-05T02:45:00Z").sync();
    assert_eq!(grants(&ground, "E1"), ["monthly 50 2026-05-04 on active"]);
    deliver(&ground, "60.50", "");
    ground.at("2026-05-20T02:45:00Z").sync().is(0, "applied");
    let changed = [
        "monthly 50 2026-05-04 2026-05-31 active",
        "monthly 60.5 2026-06-01 on waiting",
    ];
    assert_eq!(grants(&ground, "E1"), changed);
    deliver(&ground, "", "");
    ground.sync().is(0, "nothing_to_do");
    assert_eq!(grants(&ground, "E1"), changed, "blank does nothing");
    deliver(&ground, "0", "");
    ground.at("2026-07-10T02:45:00Z").sync().is(0, "applied");
    for (month, wanted) in [
        ("2026-04", None),
        ("2026-05", Some("50")),
        ("2026-06", Some("60.5")),
        ("2026-07", Some("60.5")),
        ("2026-08", None),
    ] {
        let wanted: Vec<_> = wanted.iter().map(|sum| format!("all {sum} EUR")).collect();
        assert_eq!(due(&ground, month), wanted, "{month}");
    }
}

#[test]
fn changed_scheduled_budget_is_kept_as_cancelled() {
    let mut ground = ground();
    deliver(&ground, "50", "");
    ground.approve();
    for (now, amount) in [
        ("2026-05-05T02:45:00Z", "60"),
        ("2026-05-05T14:45:00Z", "70"),
    ] {
        deliver(&ground, amount, "");
        ground.at(now).sync().is(0, "applied");
    }
    assert_eq!(
        grants(&ground, "E1"),
        [
            "monthly 50 2026-05-04 2026-05-31 active",
            "monthly 70 2026-06-01 on waiting"
        ]
    );
    let output = ground.output(&["budgets", "E1"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for wanted in [
        "cancelled",
        "2026-05-05 run 2: granted from 2026-06-01, value 50 -> 60, because the record has this value",
        "run 3: cancelled before it began, value 60 -> 70",
    ] {
        assert!(text.contains(wanted), "no `{wanted}` in {text}");
    }
}

#[test]
fn a_one_off_is_paid_once_whatever_is_repeated_or_undone() {
    let mut ground = ground();
    deliver(&ground, "", "");
    ground.approve();
    deliver(&ground, "50", "100.05");
    let run = ground.at("2026-05-05T02:45:00Z").sync().run_id();
    ground.at("2026-05-05T14:45:00Z").sync();
    let undone = undo(&ground, &run);
    undone
        .is(0, "applied")
        .says("MUS-BUDGET-KEPT")
        .says("is 100.05 and stays granted");
    assert_eq!(
        ground.person("E1")["alleo_oneoff_health_budget"],
        Value::Null
    );
    assert_eq!(
        grants(&ground, "E1"),
        ["oneoff 100.05 2026-05-05 2026-05-05 granted"],
        "monthly is as before"
    );
    for now in [
        "2026-05-05T20:00:00Z",
        "2026-05-06T02:45:00Z",
        "2026-05-06T14:45:00Z",
    ] {
        deliver(
            &ground,
            "50",
            if now.contains("T14") {
                "100.050"
            } else {
                "100.05"
            },
        );
        assert_eq!(ground.at(now).sync().code, 0);
    }
    assert_eq!(due(&ground, "2026-05"), ["all 50 EUR", "health 100.05 EUR"]);
    deliver(&ground, "50", "200");
    ground.at("2026-05-31T14:45:00Z").sync().is(0, "applied");
    assert_eq!(due(&ground, "2026-05"), ["all 50 EUR", "health 300.05 EUR"]);
    let output =
        String::from_utf8(ground.output(&["budgets", "--month", "2026-05"]).stdout).unwrap();
    assert!(
        output.contains("2026-05 health: 300.05 EUR in 2 entries"),
        "{output}"
    );
}

#[test]
fn nothing_is_granted_before_a_held_plan_is_approved() {
    let mut ground = ground();
    deliver(&ground, "50", "100");
    let held = ground.sync();
    held.is(3, "held");
    assert_eq!(ground.run(&["budgets"]).json, Value::Array(Vec::new()));
    let plan = held.json["plan"].as_str().unwrap();
    ground.at("2026-05-07T10:00:00Z");
    assert_eq!(ground.run(&["approve", plan]).code, 0);
    assert_eq!(
        grants(&ground, "E1"),
        [
            "monthly 50 2026-05-07 on active",
            "oneoff 100 2026-05-07 2026-05-07 granted"
        ]
    );
}

#[test]
fn plans_in_parts_rejected_replaced_and_approved_twice_grant_once() {
    let mut ground = ground();
    deliver(&ground, "", "");
    ground.approve();
    let plan_for = |once: &str| {
        deliver(&ground, "50", once);
        ground.run(&["plan", "integration.toml"]).json["plan"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (old, rejected) = (plan_for("100"), plan_for("100"));
    assert_eq!(ground.run(&["reject", &rejected]).code, 0);
    assert_ne!(ground.run(&["approve", &rejected]).code, 0);
    assert_eq!(ground.run(&["approve", &old, "--only", "update"]).code, 0);
    assert_ne!(ground.run(&["approve", &old]).code, 0, "approved already");
    let granted = [
        "monthly 50 2026-05-04 on active",
        "oneoff 100 2026-05-04 2026-05-04 granted",
    ];
    assert_eq!(grants(&ground, "E1"), granted);
    ground.sync();
    let (waits, newer) = (plan_for("200"), "300");
    deliver(&ground, "50", newer);
    ground.sync().is(0, "applied");
    assert_ne!(
        ground.run(&["approve", &waits]).code,
        0,
        "of a person who changed since"
    );
    ground.at("2026-05-04T23:00:00Z").run(&["sweep"]);
    ground.at("2026-05-05T00:00:00Z").run(&["sweep"]);
    ground.sync();
    assert_eq!(due(&ground, "2026-05"), ["all 50 EUR", "health 400 EUR"]);
}

#[test]
fn an_undo_that_is_held_and_approved_on_the_same_day_restores_exactly() {
    let mut ground = ground();
    deliver(&ground, "50", "100");
    let run = ground.approve().run_id();
    let held = undo(&ground, &run);
    held.is(3, "held").says("MUS-BUDGET-KEPT");
    assert_eq!(
        grants(&ground, "E1")[0],
        "monthly 50 2026-05-04 on active",
        "nothing happened yet"
    );
    let plan = held.json["plan"].as_str().unwrap();
    assert_eq!(ground.run(&["approve", plan]).code, 0);
    assert_eq!(
        grants(&ground, "E1"),
        ["oneoff 100 2026-05-04 2026-05-04 granted"]
    );
    // Everyone comes back.
    ground.at("2026-05-06T02:45:00Z").approve();
    assert_eq!(
        grants(&ground, "E1"),
        [
            "monthly 50 2026-05-06 on active",
            "oneoff 100 2026-05-04 2026-05-04 granted"
        ]
    );
}

#[test]
fn budgets_of_a_scheduled_person_wait_for_the_first_day() {
    let mut ground = ground();
    deliver_dated(&ground, "50", "100", "2026-06-15", "");
    ground.approve();
    assert_eq!(
        grants(&ground, "E1"),
        [
            "monthly 50 2026-06-15 on waiting",
            "oneoff 100 2026-06-15 2026-06-15 waiting"
        ]
    );
    deliver_dated(&ground, "50", "100", "2026-07-01", "");
    ground.at("2026-05-05T02:45:00Z").sync().is(0, "applied");
    assert_eq!(
        (due(&ground, "2026-06"), due(&ground, "2026-07").len()),
        (Vec::new(), 2)
    );
    ground
        .at("2026-07-01T00:10:00Z")
        .run(&["sweep"])
        .is(0, "applied");
    ground.sync();
    assert_eq!(
        grants(&ground, "E1"),
        [
            "monthly 50 2026-07-01 on active",
            "oneoff 100 2026-07-01 2026-07-01 granted"
        ]
    );
}

#[test]
fn rehire_within_a_month_is_paid_once() {
    let mut ground = ground();
    deliver(&ground, "50", "100");
    ground.approve();
    deliver_dated(&ground, "50", "100", "", "2026-05-10");
    ground.at("2026-05-06T02:45:00Z").sync();
    ground
        .at("2026-05-10T23:00:00Z")
        .run(&["sweep"])
        .is(0, "applied");
    assert_eq!(due(&ground, "2026-06"), [] as [&str; 0]);
    deliver_dated(&ground, "50", "100", "", "9999-12-31");
    ground.at("2026-05-12T02:45:00Z").sync().is(0, "applied");
    assert_eq!(
        grants(&ground, "E1"),
        [
            "monthly 50 2026-05-04 2026-05-10 ended",
            "monthly 50 2026-06-01 on waiting",
            "oneoff 100 2026-05-04 2026-05-04 granted"
        ]
    );
    assert_eq!(
        (due(&ground, "2026-05"), due(&ground, "2026-06")),
        (
            vec!["all 50 EUR".to_owned(), "health 100 EUR".to_owned()],
            vec!["all 50 EUR".to_owned()]
        )
    );
}

#[test]
fn departure_on_the_last_of_a_month_ends_the_budget_in_every_time_zone() {
    for (settings, sweep) in [
        ("", "2026-05-31T23:00:00Z"),
        ("", "2026-06-02T04:00:00Z"),
        ("time_zone = \"Europe/Amsterdam\"\n", "2026-05-31T23:00:00Z"),
        (
            "time_zone = \"Europe/Amsterdam\"\noffboarding = \"end_of_day\"\n",
            "2026-05-31T22:10:00Z",
        ),
    ] {
        let mut ground = in_workspace(settings);
        deliver_dated(&ground, "50", "", "", "2026-05-31");
        ground.approve();
        ground.at(sweep).run(&["sweep"]).is(0, "applied");
        ground.at("2026-06-15T02:45:00Z");
        assert_eq!(
            grants(&ground, "E1"),
            ["monthly 50 2026-05-04 2026-05-31 ended"],
            "{settings}{sweep}"
        );
        assert_eq!(
            due(&ground, "2026-06"),
            [] as [&str; 0],
            "{settings}{sweep}"
        );
    }
}

#[test]
fn undo_cancels_a_scheduled_one_off_and_restores_the_replaced_one() {
    let mut ground = ground();
    deliver_dated(&ground, "", "100", "2026-06-15", "");
    ground.approve();
    for amount in ["200", "0"] {
        deliver_dated(&ground, "", amount, "2026-06-15", "");
        let run = ground.at("2026-05-05T02:45:00Z").sync().run_id();
        let undone = undo(&ground, &run);
        undone.is(0, "applied");
        assert!(
            !undone.text.contains("MUS-BUDGET-KEPT"),
            "nothing was given yet: {}",
            undone.text
        );
        assert_eq!(
            grants(&ground, "E1"),
            ["oneoff 100 2026-06-15 2026-06-15 waiting"]
        );
    }
    deliver_dated(&ground, "", "100", "2026-06-15", "");
    ground.sync();
    ground.at("2026-06-15T02:45:00Z").sync();
    assert_eq!(
        grants(&ground, "E1"),
        ["oneoff 100 2026-06-15 2026-06-15 granted"]
    );
}

#[test]
fn a_pin_that_is_over_grants_nothing_again() {
    let mut ground = ground();
    deliver(&ground, "50", "100");
    ground.approve();
    let field = "alleo_oneoff_health_budget";
    ground.at("2026-05-05T10:00:00Z").run(&[
        "pin",
        "E1",
        field,
        "200",
        "--reason",
        "HR-7",
        "--until",
        "2026-05-06",
    ]);
    ground.sync();
    ground.at("2026-05-08T02:45:00Z").sync().is(0, "applied");
    assert_eq!(ground.person("E1")[field], "100");
    assert_eq!(
        due(&ground, "2026-05"),
        ["all 50 EUR", "health 300 EUR"],
        "100 of the source and 200 of the pin"
    );
    deliver(&ground, "50", "250");
    ground.sync().is(0, "applied");
    assert_eq!(due(&ground, "2026-05"), ["all 50 EUR", "health 550 EUR"]);
}

#[test]
fn unmapped_budget_continues_and_is_reported() {
    let mut ground = with("[policy]\napprove = \"never\"\n");
    deliver(&ground, "50", "");
    ground.approve();
    let path = ground.path("integration.toml");
    let text = std::fs::read_to_string(&path)
        .unwrap()
        .replace("alleo_monthly_all", "monthly_food");
    std::fs::write(&path, &text).unwrap();
    let changed = ground.at("2026-05-05T02:45:00Z").sync();
    changed
        .says("MUS-BUDGET-UNMAPPED")
        .says("`alleo_monthly_all_budget` is no longer mapped; existing grants continue");
    assert_eq!(due(&ground, "2026-06"), ["all 50 EUR", "food 50 EUR"]);
    let ended = text.replace(
        "[mapping]",
        "[mapping]\nalleo_monthly_all_budget = { constant = \"0\" }",
    );
    std::fs::write(&path, ended).unwrap();
    assert!(!ground.approve().text.contains("MUS-BUDGET-UNMAPPED"));
    assert_eq!(due(&ground, "2026-06"), ["food 50 EUR"]);
}
