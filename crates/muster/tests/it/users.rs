//! Users of the admin pages and the audit log, on the command line.

use crate::ground::{Answer, Ground, PLAIN};
use muster_store::{Keyring, Options, Store};
use serde_json::Value;
use std::fs;

const EVA: &str = "eva@acme.example";

/// A database with a workspace.
fn ground() -> Ground {
    let ground = Ground::new(PLAIN);
    ground.deliver(
        "a.csv",
        "id,mail,first,last\n1,ann@acme.example,Ann,Jansen\n",
    );
    ground.sync();
    ground
}

fn users(ground: &Ground) -> Vec<String> {
    let listed = ground.run(&["user", "list"]).json;
    let line = |user: &Value| {
        let roles: Vec<String> = user["roles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|role| format!("{} {}", role["workspace"], role["role"]))
            .collect();
        format!(
            "{} {} {} {}",
            user["email"],
            user["state"],
            user["administrator"],
            roles.join(",")
        )
        .replace('"', "")
    };
    listed.as_array().unwrap().iter().map(line).collect()
}

#[test]
fn users_are_added_with_a_link_and_get_roles_until_they_are_disabled() {
    let ground = ground();
    let name = ["--name", "Eva Bakker"];
    let add =
        |email, more: &[&str]| ground.run(&[&["user", "add", email], &name[..], more].concat());
    let added = add(
        EVA,
        &[
            "--administrator",
            "--public-url",
            "https://muster.acme.example",
        ],
    );
    let link = added.json["link"].as_str().unwrap();
    assert!(
        link.starts_with("https://muster.acme.example/password/"),
        "{link}"
    );
    assert_eq!(added.json["expires"], "2026-05-11T02:45:00Z");
    add("bob@acme.example", &["--role", "viewer"]);
    assert_eq!(
        add("BOB@acme.example", &[]).code,
        2,
        "an address has one user"
    );
    add("nobody", &[]).says("is not an e-mail address");
    assert_eq!(
        users(&ground),
        [
            "bob@acme.example invited false acme viewer",
            "eva@acme.example invited true "
        ]
    );
    ground
        .run(&["user", "role", "Bob@acme.example", "approver"])
        .is(0, "changed");
    ground
        .run(&["user", "role", "bob@acme.example", "approver"])
        .is(0, "unchanged");
    ground
        .run(&["user", "disable", "bob@acme.example"])
        .is(0, "changed");
    let refused = ground.run(&["user", "reset-password", "bob@acme.example"]);
    refused.says("is disabled");
    assert_eq!(refused.code, 2);
    assert_eq!(
        users(&ground)[0],
        "bob@acme.example disabled false acme approver"
    );
    ground
        .run(&["user", "enable", "bob@acme.example"])
        .is(0, "changed");
    let reset = ground.run(&["user", "reset-password", "bob@acme.example"]);
    assert_eq!(reset.json["expires"], "2026-05-04T03:45:00Z");
    ground
        .run(&["user", "role", "bob@acme.example", "none"])
        .is(0, "changed");
    assert_eq!(users(&ground)[0], "bob@acme.example invited false ");
    ground
        .run(&["user", "administrator", "bob@acme.example"])
        .is(0, "changed");
    ground
        .run(&["user", "role", "nobody@acme.example", "viewer"])
        .says("there is no user");
    // Neither has chosen a password yet, so that each is the last one who could.
    ground
        .run(&["user", "disable", EVA])
        .says("the last administrator");
}

#[test]
fn links_are_stored_as_hashes_only() {
    let ground = ground();
    let added = ground.run(&["user", "add", EVA, "--name", "Eva", "--administrator"]);
    let link = added.json["link"].as_str().unwrap();
    let token = link.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 64);
    for file in ["muster.db", "muster.db-wal"] {
        let bytes = fs::read(ground.path(file)).unwrap_or_default();
        let is_there = |secret: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
        assert!(!is_there(token.as_bytes()), "{file}");
    }
    let exported = ground.run(&["audit", "export"]).text;
    assert!(!exported.contains(token), "{exported}");
}

#[test]
fn p49_audit_log_is_listed_exported_and_verified_against_an_earlier_head() {
    let ground = ground();
    ground.run(&["user", "add", EVA, "--name", "Eva", "--role", "viewer"]);
    ground.run(&["token", "create", "payroll"]);
    ground.run(&["token", "revoke", "payroll"]);
    let acts = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with('{'));
        let lines = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .map(|line| format!("{} {} {}", line["actor"], line["act"], line["subject_name"]))
            .map(|line| line.replace('"', ""))
            .collect()
    };
    let exported = ground.run(&["audit", "export"]).text;
    assert_eq!(
        acts(&exported),
        [
            "eva (command line) run_ended run 1",
            "eva (command line) user_added eva@acme.example",
            "eva (command line) user_role_changed eva@acme.example",
            "eva (command line) token_created token payroll",
            "eva (command line) token_revoked token payroll",
        ]
    );
    let after = ground.run(&["audit", "export", "--after", "4"]).text;
    assert_eq!(acts(&after).len(), 1);
    let listed = ground
        .run(&["audit", "list", "--limit", "2", "--workspace", "acme"])
        .json;
    assert_eq!(listed[0]["number"], 5);
    assert_eq!(listed[0]["workspace"], "acme");
    let verified = ground.run(&["audit", "verify"]);
    verified.is(0, "intact");
    let head = verified.json["head"].as_str().unwrap().to_owned();
    assert!(head.starts_with("5:"), "{head}");
    ground
        .run(&["audit", "verify", "--head", &head])
        .is(0, "intact");
    let other = head.replacen("5:", "4:", 1);
    let unexpected = ground.run(&["audit", "verify", "--head", &other]);
    unexpected.is(1, "changed");
    assert_eq!(unexpected.json["fault"]["kind"], "unexpected");
    assert_eq!(unexpected.json["fault"]["entry"], 4);
    assert_eq!(ground.run(&["audit", "verify", "--head", "x"]).code, 2);
}

/// Runs a command as another account of the system.
fn run_as(ground: &Ground, account: &str, arguments: &[&str]) -> Answer {
    let all = [arguments, &["--json"]].concat();
    Answer::of(ground.command(&all).env("USER", account).output().unwrap())
}

#[test]
fn four_eyes_refuse_the_requester_and_approval_in_advance() {
    let ground = Ground::new(&PLAIN.replace("approve = \"never\"", "approve = \"always\""));
    ground.deliver(
        "a.csv",
        "id,mail,first,last\n1,ann@acme.example,Ann,Jansen\n",
    );
    let first = ground.sync();
    assert_eq!(first.code, 3, "{}", first.text);
    ground.run(&["user", "four-eyes", "on"]).is(0, "changed");
    ground.run(&["user", "four-eyes", "on"]).is(0, "unchanged");
    let plan = first.json["plan"].as_str().unwrap();
    let refused = ground.run(&["approve", plan]);
    assert_eq!(refused.code, 1, "{}", refused.text);
    refused
        .says("MUS-PLAN-FOUR-EYES")
        .says("`eva (command line)` started this run");
    for command in [
        &["sync", "integration.toml"][..],
        &["sweep"],
        &["undo", "1"],
    ] {
        let advance = ground.run(&[command, &["--approve"]].concat());
        assert_eq!(advance.code, 2, "{}", advance.text);
        advance.says("another user approves");
    }
    assert_eq!(run_as(&ground, "bob", &["approve", plan]).code, 0);
    assert_eq!(ground.person("1")["email"], "ann@acme.example");
}

/// The codes of a lost phone are not needed any more, and whoever is signed in is signed out.
#[test]
fn two_step_sign_in_is_removed_for_a_user_who_lost_the_app() {
    let ground = ground();
    ground.run(&["user", "add", EVA, "--name", "Eva", "--role", "viewer"]);
    ground
        .run(&["user", "remove-two-step", EVA])
        .is(0, "unchanged");
    let url = format!("sqlite:{}", ground.path("muster.db").display());
    let store = Store::open(&url, Options::default()).unwrap();
    let key = fs::read_to_string(ground.path("muster.db.key")).unwrap();
    store.unlock(Keyring::parse(&key).unwrap()).unwrap();
    let (user, _) = store.user_by_email(EVA).unwrap().unwrap();
    let now = "2026-05-04T02:45:00Z".parse().unwrap();
    assert!(store.prepare_two_step(user.id, b"shared").unwrap());
    let codes = [[11; 32]];
    let activated = store.activate_two_step(user.id, 5, &codes, &[7; 32], now);
    assert!(activated.unwrap());
    assert!(store.has_two_step(user.id).unwrap());
    ground
        .run(&["user", "remove-two-step", EVA])
        .is(0, "changed");
    assert!(!store.has_two_step(user.id).unwrap());
    assert!(store.two_step(user.id).unwrap().is_none(), "nor its codes");
    let log = ground.run(&["audit", "list", "--limit", "1"]).json;
    assert_eq!(
        (&log[0]["act"], &log[0]["actor"]),
        (&"two_step_removed".into(), &"eva (command line)".into()),
        "{log:#}"
    );
    ground
        .run(&["user", "remove-two-step", "nobody@acme.example"])
        .says("there is no user");
}
