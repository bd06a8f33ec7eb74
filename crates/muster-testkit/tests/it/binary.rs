//! The program `muster-emulate`.

use crate::client::ask;
use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_muster-emulate"))
}

#[test]
fn it_prints_where_it_is_and_answers_there() {
    let arguments = "personio --people 5 --seed 3 --port 0 --scenario total-changes --scenario server-503,times=1";
    let mut child = program()
        .args(arguments.split(' '))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.next().unwrap().unwrap();
    let credentials: serde_json::Value =
        serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let overview = ask(&url, "GET", "/_control", &[], "", Duration::from_secs(5)).json();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(overview["people"], 5);
    assert_eq!(overview["credentials"], credentials);
    let names: Vec<_> = overview["scenarios"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["total-changes", "server-503"]);
}

#[test]
fn it_lists_every_menu_and_refuses_what_is_on_none() {
    for (product, name) in [
        ("personio", "token-expiry"),
        ("bamboohr", "shell-person"),
        ("youserve", "slices-three"),
    ] {
        let output = program().args([product, "--list"]).output().unwrap();
        assert!(output.status.success());
        assert!(
            String::from_utf8(output.stdout).unwrap().contains(name),
            "{product}"
        );
    }
    let refused = program()
        .args(["personio", "--scenario", "slices-three"])
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert!(
        String::from_utf8(refused.stderr)
            .unwrap()
            .contains("there is no scenario `slices-three`")
    );
    assert!(
        !program()
            .args(["workday"])
            .output()
            .unwrap()
            .status
            .success()
    );
}
