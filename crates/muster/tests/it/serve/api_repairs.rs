//! Rejected records that programs correct: they are checked again, and applied for their delivery alone.

use super::{
    Service,
    api::{INTEGRATION, PEOPLE, Program},
};
use crate::ground::Ground;
use muster_engine::{Clock, SystemClock};
use serde_json::{Value, json};
use std::fs;

const WITHOUT_ADDRESS: &str = "E-5,,Eve,Gal,Cook,NL,Sales,NL01,1994-02-03,,\n";
const ODD_ADDRESS: &str = "E-6,fay,Fay,Hun,Cook,NL,Sales,NL01,1995-02-03,,\n";

/// A directory with four employees, after a delivery of which two records were rejected.
fn ground(integration: &str, people: &str) -> Ground {
    let mut ground = Ground::new(integration);
    ground.at(&SystemClock.now().to_string());
    ground.deliver("a.csv", PEOPLE).approve();
    fs::create_dir(ground.path("integrations")).unwrap();
    let inbox = format!("file:{}", ground.path("inbox").display());
    let stored = integration.replace("file:inbox", &inbox);
    fs::write(ground.path("integrations/people.toml"), stored).unwrap();
    let applied = ground.run(&["apply", "integrations"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
    ground.deliver("a.csv", format!("{people}{WITHOUT_ADDRESS}{ODD_ADDRESS}"));
    ground
}

fn rejecting_run(program: &Program) -> String {
    let runs = program.get("/runs");
    let runs = runs["items"].as_array().unwrap();
    let rejecting = runs.iter().find(|run| run["counts"]["rejected"] == 2);
    rejecting.expect("a run rejected two records")["run"].to_string()
}

/// What a person reads about an employee.
fn explained(ground: &Ground, who: &str) -> String {
    let output = ground.output(&["explain", who]);
    String::from_utf8(output.stdout).unwrap()
}

fn correction(line: u32, address: &str) -> Value {
    json!({ "records": [{ "origin": { "file": 0, "line": line }, "values": { "mail": address } }], "note": "typed from the contract" })
}

#[test]
fn rejected_record_is_corrected_for_its_delivery_alone_and_explain_tells_it() {
    let mut ground = ground(&INTEGRATION.replace("\"always\"", "\"first\""), PEOPLE);
    assert_eq!(ground.sync().code, 0);
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "editor", "operator");
    let run = rejecting_run(&program);
    let (preview, repairs) = (
        format!("/runs/{run}/repairs/preview"),
        format!("/runs/{run}/repairs"),
    );
    for (line, address, why) in [
        (6, "eve", "the value is still wrong"),
        (6, "ann@acme.example", "another employee has the address"),
    ] {
        let (status, checked) = program.post(&preview, "", &correction(line, address));
        assert_eq!(status, 200, "{checked:#}");
        assert_ne!(checked["problems"], json!([]), "{why}: {checked:#}");
        assert_eq!(checked["operations"], json!([]), "{why}");
    }
    let (_, checked) = program.post(&preview, "", &correction(2, "ann.bos@acme.example"));
    assert_eq!(
        checked["problems"][0]["code"], "MUS-HAND-REFUSED",
        "line 2 was not rejected: {checked:#}"
    );
    let right = correction(6, "eve@acme.example");
    let (_, checked) = program.post(&preview, "", &right);
    assert_eq!(checked["problems"], json!([]), "{checked:#}");
    assert_eq!(checked["operations"][0]["kind"], "create", "{checked:#}");
    assert_eq!(checked["operations"].as_array().unwrap().len(), 1);
    let job = program.done(program.post(&repairs, "", &right));
    assert_eq!(job["result"], "done", "{job:#}");
    assert_eq!(ground.person("E-5")["email"], "eve@acme.example");
    let text = explained(&ground, "E-5");
    for part in [
        "a.csv:6",
        &format!("with values that token editor corrected after run {run}"),
        "typed from the contract",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let history = program.get("/employees/5/history");
    assert_eq!(history[0]["corrects"].to_string(), run, "{history:#}");
    // The source says what it said before: the employee stays, and the record is rejected again.
    let changed = PEOPLE.replace("Eik,Cook", "Eik,Driver") + WITHOUT_ADDRESS;
    ground.deliver("a.csv", changed);
    ground.at(&SystemClock.now().to_string());
    ground.sync().counts(&[("rejected", 1), ("updated", 1)]);
    assert_eq!(ground.person("E-5")["status"], "active");
    let (_, checked) = program.post(&preview, "", &correction(7, "fay@acme.example"));
    let message = checked["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("read a newer delivery"), "{message}");
    service.stop();
}

#[test]
fn correction_that_a_guard_holds_waits_beside_the_plan_of_its_delivery() {
    let people = PEOPLE.replace("Eik,Cook", "Eik,Driver");
    let ground = ground(INTEGRATION, &people);
    ground.sync().is(3, "held");
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reviewer", "approver");
    let run = rejecting_run(&program);
    let both = json!({ "records": [
        { "origin": { "file": 0, "line": 6 }, "values": { "mail": "eve@acme.example" } },
        { "origin": { "file": 0, "line": 7 }, "values": { "mail": "fay@acme.example" } },
    ] });
    let job = program.done(program.post(&format!("/runs/{run}/repairs"), "", &both));
    assert_eq!(job["result"], "done", "{job:#}");
    let plans = program.get("/plans?status=held");
    let plans: Vec<&str> = plans["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| plan["plan"].as_str().unwrap())
        .collect();
    let [one, other] = plans[..] else {
        panic!("two plans wait: {plans:?}")
    };
    let (own, delivered) = match one.starts_with(&format!("{run}-")) {
        true => (other, one),
        false => (one, other),
    };
    let operations = program.get(&format!("/plans/{own}/operations"));
    assert_eq!(
        operations["items"][1]["origin"], "a.csv:7",
        "{operations:#}"
    );
    let approved = program.post(&format!("/plans/{own}/approve"), "", &json!({}));
    assert_eq!(program.done(approved)["result"], "done");
    assert_eq!(ground.person("E-6")["email"], "fay@acme.example");
    let text = explained(&ground, "E-6");
    let part = "with values that token reviewer corrected";
    assert!(text.contains(part), "{text}");
    assert_eq!(ground.person("E-3")["title"], "Cook", "that plan waits");
    let waiting = program.get(&format!("/plans/{delivered}"));
    assert_eq!(waiting["status"], "held");
    service.stop();
}
