//! What a person sees while a run is under way: bars on a terminal, nothing in a pipe.

use crate::ground::Ground;
use std::process::{Command, Output};

fn ground() -> Ground {
    let ground = Ground::new(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\n\
         settle = \"0s\"\n[mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\n\
         last_name = \"last\"\n",
    );
    let rows = (1..=4_000).map(|id| format!("E-{id},p{id}@acme.example,First{id},Last\n"));
    ground.deliver(
        "a.csv",
        format!("id,email,first,last\n{}", rows.collect::<String>()),
    );
    ground
}

/// Runs a command on a terminal of its own.
fn on_a_terminal(ground: &Ground, arguments: &str) -> String {
    let muster = env!("CARGO_BIN_EXE_muster");
    let command = format!("stty cols 120; '{muster}' --database sqlite:muster.db {arguments}");
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env("TERM", "xterm")
        .current_dir(ground.path(""))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output
            .status
            .code()
            .is_some_and(|code| [0, 3].contains(&code)),
        "{text}"
    );
    text
}

#[test]
fn bars_are_shown_on_a_terminal() {
    let ground = ground();
    let held = on_a_terminal(&ground, "sync integration.toml");
    for bar in [
        "fetching a.csv",
        "reading, ",
        "comparing with the directory",
        "KiB of ",
        "left",
    ] {
        assert!(held.contains(bar), "no `{bar}` in {held:?}");
    }
    let plan = held
        .split("muster approve ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap();
    let applied = on_a_terminal(&ground, &format!("approve {plan}"));
    for bar in ["applying", "of 4,000", "[==", "4000 created"] {
        assert!(applied.contains(bar), "no `{bar}` in {applied:?}");
    }
}

#[test]
fn a_pipe_has_no_bar_and_no_escape_code() {
    let ground = ground();
    let Output { stdout, stderr, .. } = ground.output(&["sync", "integration.toml"]);
    assert!(
        !stdout.is_empty() && !stdout.contains(&0x1b),
        "{}",
        String::from_utf8_lossy(&stdout)
    );
    let stderr = String::from_utf8_lossy(&stderr);
    assert!(
        stderr.starts_with("created the master key ") && stderr.lines().count() == 1,
        "{stderr}"
    );
    assert!(!stderr.contains('\u{1b}'), "{stderr}");
}
