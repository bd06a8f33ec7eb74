//! What is unusual about a plan is said on the command line and over the API alike.

use super::{
    Service,
    api::{Program, over_http},
};
use crate::ground::{Ground, PLAIN};
use muster_engine::{Clock, SystemClock};
use serde_json::{Value, json};

/// Twelve employees, half of them in each country.
fn people() -> String {
    let rows = (1..=12).map(|number| {
        let country = if number % 2 == 0 { "NL" } else { "BE" };
        format!("E-{number},p{number}@acme.example,Ann,Bos,{country}\n")
    });
    "id,mail,first,last,country\n".to_owned() + &rows.collect::<String>()
}

#[test]
fn plan_without_a_part_of_the_employees_says_what_they_have_in_common() {
    let strict = PLAIN
        .replace(
            "approve = \"never\"",
            "approve = \"never\"\nmissing = \"deactivate\"",
        )
        .replace(
            "removals = { percent = 100.0, number = 100 }",
            "removals = { percent = 10.0, number = 3 }",
        );
    let mut ground = Ground::new(&(strict + "country = \"country\"\n"));
    ground.at(&SystemClock.now().to_string());
    ground.deliver("a.csv", people()).sync().is(0, "applied");
    let whole = ground.run(&["plan", "integration.toml"]);
    assert_eq!(whole.json["insight"], Value::Null, "{}", whole.text);
    let part: String = people()
        .lines()
        .filter(|line| !line.ends_with(",BE"))
        .map(|line| format!("{line}\n"))
        .collect();
    ground.deliver("a.csv", part);
    let held = ground.sync();
    held.is(3, "held");
    let insight = &held.json["insight"];
    assert_eq!(
        insight["observations"],
        json!([{
            "kind": "in_common",
            "message": "`country` is \"BE\" for 6 of 6 employees who would be deactivated, and for 0 of the others"
        }])
    );
    assert_eq!(
        insight["cause"],
        "most likely, the part of the delivery with `country` \"BE\" is missing"
    );
    let text = ground.output(&["sync", "integration.toml"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(
        text.contains("most likely, the part of the delivery"),
        "{text}"
    );
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reader", "approver");
    let plan = program.get("/plans?status=held")["items"][0]["plan"].clone();
    let plan = plan.as_str().unwrap();
    assert_eq!(
        program.get(&format!("/plans/{plan}/insight")),
        over_http(insight.clone())
    );
    let reject = json!({ "note": "the file is cut off" });
    program.done(program.post(&format!("/plans/{plan}/reject"), "", &reject));
    assert_eq!(
        program.get(&format!("/plans/{plan}/insight")),
        json!({ "observations": [], "cause": null }),
        "what was decided needs no evidence"
    );
    service.stop();
}
