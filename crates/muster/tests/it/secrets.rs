//! Stored secrets of integrations: they go in, are used, and come out nowhere; and the master key that encrypts them.

use crate::ground::{Answer, Ground, PLAIN};
use muster_testkit::{
    canary::Canaries,
    emulator::{Emulator, Options, Product},
};
use std::fs;

/// BambooHR with its API key stored, and the folder that the settings are applied from.
struct Stored {
    ground: Ground,
    emulator: Emulator,
}

impl Stored {
    fn new() -> Self {
        let options = Options {
            people: Some(5),
            speed: 1_000.0,
            ..Options::default()
        };
        let emulator = Emulator::start(Product::BambooHr, &options).unwrap();
        let mut ground = Ground::new(PLAIN);
        ground.at("2026-11-02T08:00:00Z");
        fs::create_dir(ground.path("conf")).unwrap();
        let stored = Self { ground, emulator };
        stored.write("acme", &stored.emulator.url());
        stored
    }

    fn write(&self, company: &str, url: &str) {
        let text = format!(
            "workspace = \"acme\"\nname = \"hr\"\n[source]\nconnector = \"bamboohr\"\ncompany_domain = \"{company}\"\n\
             base_url = \"{url}\"\napi_key = {{ stored = true }}\n[policy]\napprove = \"never\"\n"
        );
        fs::write(self.ground.path("conf/hr.toml"), text).unwrap();
    }

    fn set(&self) -> Answer {
        let key = self.emulator.credential("api_key");
        self.ground
            .pipe(&["secret", "set", "hr", "api_key"], &format!("{key}\n"))
    }
}

#[test]
fn a_stored_secret_is_used_and_is_in_no_output_and_not_readable_in_any_file() {
    let stored = Stored::new();
    let (ground, key) = (&stored.ground, stored.emulator.credential("api_key"));
    let mut canaries = Canaries::default();
    canaries.add(&key);
    let applied = ground.run(&["apply", "conf"]);
    applied.is(0, "applied");
    assert_eq!(
        applied.json["missing_secrets"][0]["setting"],
        "source.api_key"
    );
    let unset = ground.run(&["sync", "hr", "--any-host"]);
    assert!(unset.text.contains("no secret is stored"), "{}", unset.text);
    stored.set().is(0, "stored");
    let mut said = ground.run(&["sync", "hr", "--any-host"]).text;
    assert_eq!(
        ground.run(&["employees"]).json.as_array().unwrap().len(),
        5,
        "{said}"
    );
    for command in [
        &["secret", "list"][..],
        &["check", "hr"],
        &["export"],
        &["apply", "conf", "--plan"],
        &["test", "hr", "--any-host"],
    ] {
        let output = ground.output(command);
        said += &String::from_utf8_lossy(&[output.stdout, output.stderr].concat());
    }
    let listed = ground.run(&["secret", "list"]);
    said += &listed.text;
    assert_eq!(
        (&listed.json[0]["integration"], &listed.json[0]["setting"]),
        (&"hr".into(), &"source.api_key".into())
    );
    let shown = ground.run(&["key", "show"]);
    assert_eq!(listed.json[0]["key"], shown.json["keys"][0]);
    for name in ["muster.db", "muster.db-wal", "conf/hr.toml"] {
        let bytes = fs::read(ground.path(name)).unwrap_or_default();
        assert_eq!(canaries.find(&bytes), None, "{name}");
    }
    assert_eq!(canaries.find(said.as_bytes()), None);
}

#[test]
fn a_secret_is_dropped_with_its_host_and_kept_with_other_changes() {
    let stored = Stored::new();
    let ground = &stored.ground;
    ground.run(&["apply", "conf"]).is(0, "applied");
    stored.set().is(0, "stored");
    let text = fs::read_to_string(ground.path("conf/hr.toml")).unwrap();
    let conf = ground.path("conf/hr.toml");
    fs::write(&conf, format!("{text}missing = \"keep\"\n")).unwrap();
    let kept = ground.run(&["apply", "conf"]);
    assert_eq!(
        kept.json["removed_secrets"],
        serde_json::json!([]),
        "{}",
        kept.text
    );
    // A file that was not applied cannot send the secret elsewhere.
    let other = text.replace("company_domain = \"acme\"", "company_domain = \"rival\"");
    fs::write(ground.path("rival.toml"), other).unwrap();
    let refused = ground.run(&["sync", "rival.toml", "--any-host"]);
    assert!(
        refused.code == 2 && refused.text.contains("belongs to another host"),
        "{}",
        refused.text
    );
    for (company, url) in [
        ("rival", stored.emulator.url()),
        ("rival", "https://other.example".to_owned()),
    ] {
        stored.write(company, &url);
        for command in [&["apply", "conf", "--plan"][..], &["apply", "conf"]] {
            let dropped = ground.run(command);
            assert_eq!(
                dropped.json["removed_secrets"][0]["setting"], "source.api_key",
                "{}",
                dropped.text
            );
        }
        assert_eq!(ground.run(&["secret", "list"]).json, serde_json::json!([]));
        stored.set().is(0, "stored");
    }
    let removed = ground.run(&["secret", "remove", "hr", "api_key"]);
    removed.is(0, "removed");
    assert_eq!(ground.run(&["secret", "remove", "hr", "api_key"]).code, 2);
}

#[test]
fn a_secret_is_stored_only_where_the_settings_refer_to_one() {
    let stored = Stored::new();
    let ground = &stored.ground;
    ground.run(&["apply", "conf"]).is(0, "applied");
    for (arguments, input, wanted) in [
        (
            ["secret", "set", "hr", "password"],
            "x",
            "do not refer to a secret `password`",
        ),
        (
            ["secret", "set", "other", "api_key"],
            "x",
            "no settings of an integration `other`",
        ),
        (
            ["secret", "set", "hr", "api_key"],
            "\n",
            "no secret on standard input",
        ),
    ] {
        let refused = ground.pipe(&arguments, input);
        assert!(
            refused.code == 2 && refused.text.contains(wanted),
            "{}",
            refused.text
        );
    }
    assert_eq!(ground.run(&["secret", "list"]).json, serde_json::json!([]));
}

#[test]
fn p32_the_master_key_comes_from_a_variable_or_a_command_and_a_wrong_one_starts_nothing() {
    let stored = Stored::new();
    let ground = &stored.ground;
    ground.run(&["apply", "conf"]).is(0, "applied");
    stored.set().is(0, "stored");
    let file = ground.path("muster.db.key");
    let key = fs::read_to_string(&file).unwrap();
    let id = ground.run(&["key", "show"]).json["keys"][0]
        .as_str()
        .unwrap()
        .to_owned();
    fs::rename(&file, ground.path("kept")).unwrap();
    let missing = ground.run(&["sync", "hr", "--any-host"]);
    assert!(
        missing.code != 0 && missing.text.contains(&id),
        "{}",
        missing.text
    );
    let sync = ["sync", "hr", "--any-host", "--json"];
    let with = |name: &str, value: &str| {
        Answer::of(ground.command(&sync).env(name, value).output().unwrap())
    };
    for (name, value) in [
        ("MUSTER_MASTER_KEY", key.as_str()),
        ("MUSTER_MASTER_KEY_COMMAND", "cat kept"),
    ] {
        let answer = with(name, value);
        assert_eq!(answer.code, 0, "{name}: {}", answer.text);
    }
    assert!(
        !file.exists(),
        "no key file is created beside a key from elsewhere"
    );
    let mut other = Ground::new(PLAIN);
    other.at("2026-11-02T08:00:00Z");
    other
        .deliver("a.csv", "id,mail,first,last\n1,a@acme.example,A,B\n")
        .sync();
    let wrong = fs::read_to_string(other.path("muster.db.key")).unwrap();
    for (name, value, wanted) in [
        ("MUSTER_MASTER_KEY", wrong.as_str(), id.as_str()),
        (
            "MUSTER_MASTER_KEY",
            "canary",
            "no master key, or it is damaged",
        ),
        (
            "MUSTER_MASTER_KEY_COMMAND",
            "echo canary",
            "no master key, or it is damaged",
        ),
        ("MUSTER_MASTER_KEY_COMMAND", "echo canary; exit 1", "failed"),
    ] {
        let refused = with(name, value);
        assert!(
            refused.code != 0 && refused.text.contains(wanted) && !refused.text.contains("canary"),
            "{}",
            refused.text
        );
    }
    let rotate = ground
        .command(&["key", "rotate", "--json"])
        .env("MUSTER_MASTER_KEY", &key)
        .output()
        .unwrap();
    assert_eq!(Answer::of(rotate).code, 2);
    // Back in its file, the key is rotated and the secret with it.
    fs::rename(ground.path("kept"), &file).unwrap();
    let rotated = ground.run(&["key", "rotate"]);
    assert_eq!(rotated.json["credentials"], 1, "{}", rotated.text);
    assert_eq!(ground.run(&["sync", "hr", "--any-host"]).code, 0);
}
