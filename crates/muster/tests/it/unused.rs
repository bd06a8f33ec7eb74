//! `muster explain` of an employee who is not in the directory: the last archived delivery says why.

use crate::ground::{Answer, Ground, PLAIN};

const FILE: &str = "id,mail,first,last,until,access\n\
    E-1,ann@acme.example,Ann,Aal,,yes\n\
    E-2,bob@acme.example,Bob,Bos,,no\n\
    E-3,cas@acme.example,Cas,Cos,2026-04-30,yes\n\
    E-4,not an address,Dan,Das,,yes\n\
    E-5,eve@acme.example,Eve,van Es,,\n";

fn ground() -> Ground {
    let mapping = "offboarding_date = \"until\"\n[[select]]\ncolumn = \"access\"\nis = true\n";
    Ground::new(&format!("{PLAIN}{mapping}"))
}

#[track_caller]
fn explained(ground: &Ground, who: &str, outcome: &str, message: &str) -> Answer {
    let answer = ground.run(&["explain", who]);
    assert_eq!(answer.code, 0, "{}", answer.text);
    let record = &answer.json["records"][0];
    assert_eq!(record["outcome"], outcome, "{}", answer.text);
    assert!(
        record["message"].as_str().unwrap().contains(message),
        "{}",
        answer.text
    );
    let output = ground.output(&["explain", who]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("is not in the directory") && text.contains(message),
        "{text}"
    );
    answer
}

#[test]
fn explain_says_which_selection_rule_does_not_select_an_employee() {
    let ground = ground();
    ground.deliver("a.csv", FILE).approve();
    for who in ["E-2", "bob@acme.example", "BOB@acme.example"] {
        let answer = explained(
            &ground,
            who,
            "not_selected",
            "rule on `access` does not select `no`",
        );
        assert_eq!(answer.json["records"][0]["origin"], "a.csv:3");
        assert_eq!(answer.json["records"][0]["integration"], "people");
    }
    // The same file again, with nothing to do, and after that the record is gone.
    ground.sync();
    explained(&ground, "E-2", "not_selected", "`no`");
    ground
        .deliver(
            "a.csv",
            FILE.replace("E-2,bob@acme.example,Bob,Bos,,no\n", ""),
        )
        .approve();
    assert_eq!(ground.run(&["explain", "E-2"]).code, 2);
}

#[test]
fn explain_says_that_the_offboarding_date_had_passed() {
    let ground = ground();
    ground.deliver("a.csv", FILE).approve();
    explained(
        &ground,
        "E-3",
        "ended",
        "the offboarding date 2026-04-30 had passed",
    );
    explained(&ground, "Cas Cos", "ended", "2026-04-30");
}

#[test]
fn explain_says_why_the_record_of_an_unknown_employee_was_rejected() {
    let ground = ground();
    ground.deliver("a.csv", FILE).approve();
    let answer = explained(&ground, "E-4", "rejected", "not an address");
    assert_eq!(
        answer.json["problems"][0]["problem"]["code"],
        "MUS-VALUE-EMAIL"
    );
    explained(&ground, "Dan Das", "rejected", "not an address");
}

#[test]
fn explain_says_that_a_plan_is_pending() {
    let ground = ground();
    std::fs::write(
        ground.path("integration.toml"),
        format!("{PLAIN}offboarding_date = \"until\"\n")
            .replace("approve = \"never\"", "approve = \"first\""),
    )
    .unwrap();
    let held = ground.deliver("a.csv", FILE).sync();
    held.is(3, "held");
    let plan = held.json["plan"].as_str().unwrap();
    explained(&ground, "E-1", "pending", plan);
    ground.run(&["explain", "E-9"]).says("no employee");
}
