//! `muster issues`: what needs a person, from the first failure to the end.

use crate::ground::{Ground, PLAIN};
use serde_json::Value;

const PEOPLE: &str =
    "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\nE-2,bob@acme.example,Bob,Smit\n";

fn open(ground: &Ground) -> Vec<Value> {
    let answer = ground.run(&["issues", "--workspace", "acme"]);
    assert_eq!(answer.code, 0, "{}", answer.text);
    answer.json.as_array().unwrap().clone()
}

/// M01, P48.
#[test]
fn held_plan_is_an_issue_until_it_is_approved() {
    let ground = Ground::new(&PLAIN.replace("approve = \"never\"", "approve = \"first\""));
    let held = ground.deliver("a.csv", PEOPLE).sync();
    held.is(3, "held");
    let issues = open(&ground);
    assert_eq!(issues.len(), 1, "{issues:?}");
    let (issue, plan) = (&issues[0], held.json["plan"].as_str().unwrap());
    assert_eq!(
        (&issue["kind"], &issue["level"], &issue["integration"]),
        (&"held_plan".into(), &"warning".into(), &"people".into())
    );
    assert_eq!(
        issue["message"],
        format!(
            "plan {plan} is held for review: 2 operations are pending, of which 0 deactivate or delete an employee; \
             it expires at 2026-05-11 02:45:00 UTC"
        )
    );
    assert!(
        issue["help"]
            .as_str()
            .unwrap()
            .contains(&format!("muster approve {plan}"))
    );
    let text = String::from_utf8(ground.output(&["issues"]).stdout).unwrap();
    assert!(
        !text.contains("Ann") && !text.contains("acme.example"),
        "{text}"
    );
    ground.run(&["approve", plan]).is(0, "applied");
    assert_eq!(open(&ground), Vec::<Value>::new());
}

/// P48.
#[test]
fn two_failures_in_a_row_are_an_issue_with_its_code_and_history() {
    let mut ground = Ground::new(PLAIN);
    ground.deliver("a.csv", PEOPLE).approve();
    ground.deliver("a.csv", "");
    ground.at("2026-05-05T02:45:00Z").sync().is(4, "refused");
    assert_eq!(open(&ground), Vec::<Value>::new(), "one failure is none");
    let refused = ground.at("2026-05-06T02:45:00Z").sync();
    let issue = &open(&ground)[0];
    assert_eq!(
        issue["message"],
        format!(
            "the last 2 jobs failed, since 2026-05-05 02:45:00 UTC; the latest is run {} (MUS-CSV-EMPTY); nothing was \
             applied",
            refused.run_id()
        )
    );
    let number = issue["issue"].to_string();
    let snoozed = ground.run(&["issues", "snooze", &number, "--days", "3"]);
    assert_eq!(
        snoozed.json["snoozed_until"], "2026-05-09T02:45:00Z",
        "{}",
        snoozed.text
    );
    ground.deliver("a.csv", PEOPLE);
    ground.at("2026-05-07T02:45:00Z").sync();
    assert_eq!(open(&ground), Vec::<Value>::new());
    let shown = ground.run(&["issues", "show", &number]);
    let history = shown.json["history"].as_array().unwrap();
    let events: Vec<_> = history
        .iter()
        .map(|entry| entry["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["opened", "snoozed", "resolved"]);
    assert_eq!(history[1]["by"], "eva (command line)");
    let all = ground.run(&["issues", "--all", "--workspace", "acme"]);
    assert_eq!(
        all.json[0]["resolved"], "2026-05-07T02:45:00Z",
        "{}",
        all.text
    );
    ground
        .run(&["issues", "snooze", &number])
        .says("there is no open issue");
}

#[test]
fn new_column_of_a_source_is_an_issue_for_a_week() {
    let mut ground = Ground::new(PLAIN);
    ground.deliver("a.csv", PEOPLE).approve();
    let with_salary = "id,mail,first,last,salary\nE-1,ann@acme.example,Ann,Bos,51234\n\
                       E-2,bob@acme.example,Bob,Smit,49876\n";
    ground.deliver("a.csv", with_salary);
    ground.at("2026-05-05T02:45:00Z").sync();
    let issue = &open(&ground)[0];
    assert_eq!(
        issue["message"],
        "the source delivers 1 new column that nothing uses: `salary`"
    );
    ground.at("2026-05-06T02:45:00Z").sync();
    assert_eq!(
        open(&ground).len(),
        1,
        "a run that reads nothing new changes nothing"
    );
    ground.at("2026-05-12T03:00:00Z");
    assert_eq!(open(&ground), Vec::<Value>::new());
}
