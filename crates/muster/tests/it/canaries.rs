//! No credential is told: not in any answer, error, log or database, in no encoding, whatever a server echoes.

use crate::ground::Ground;
use muster_testkit::{
    canary::Canaries,
    emulator::{Emulator, Options, Product, Switch},
};
use std::fs;

/// A secret that every encoding changes.
const CANARY: &str = "Kanarie+/=?&\"\\ van 100% geheim";

/// One provider with its credentials in files beside the integration file.
struct Mine {
    ground: Ground,
    emulator: Emulator,
    canaries: Canaries,
    /// Everything that was written so far.
    written: Vec<u8>,
    commands: usize,
}

impl Mine {
    fn new(product: Product, settings: &str, secrets: &[&str]) -> Self {
        let options = Options {
            people: Some(20),
            speed: 1_000.0,
            ..Options::default()
        };
        let emulator = Emulator::start(product, &options).unwrap();
        let references: String = secrets
            .iter()
            .map(|key| format!("{key} = {{ file = \"{key}\" }}\n"))
            .collect();
        let url = emulator.url();
        let mut ground = Ground::new(&format!(
            "workspace = \"acme\"\nname = \"hr\"\n[source]\nbase_url = \"{url}\"\n{settings}{references}"
        ));
        ground.at("2026-11-02T08:00:00Z");
        let mut canaries = Canaries::default();
        canaries.add(CANARY);
        for key in secrets {
            ground.secret(key, &emulator.credential(key));
            canaries.add(&emulator.credential(key));
        }
        Self {
            ground,
            emulator,
            canaries,
            written: Vec::new(),
            commands: 0,
        }
    }

    /// Runs a command as people and as programs do; gives what both said.
    fn run(&mut self, command: &[&str]) -> String {
        let mut said = String::new();
        for json in [&[][..], &["--json"]] {
            let output = self
                .ground
                .output(&[command, &["--any-host"], json].concat());
            self.written
                .extend([output.stdout.as_slice(), &output.stderr].concat());
            said += &String::from_utf8_lossy(&[output.stdout, output.stderr].concat());
            self.commands += 1;
        }
        said
    }

    /// Runs what reads the source, over a scenario.
    #[track_caller]
    fn meets(&mut self, scenario: &str, words: &str) {
        self.emulator
            .switch(&Switch::parse(scenario).unwrap())
            .unwrap();
        for command in [
            &["sync", "integration.toml"][..],
            &["plan", "integration.toml"],
            &["test", "integration.toml"],
        ] {
            let said = self.run(command);
            assert!(said.contains(words), "{scenario}: no `{words}` in {said}");
        }
        self.emulator.scenario("plain").unwrap();
    }

    /// Every other command: those that look, then those that decide and edit.
    fn look(&mut self) {
        for command in [
            &["employees"][..],
            &["runs"],
            &["runs", "1"],
            &["runs", "2"],
            &["explain", "1"],
            &["fields"],
            &["check", "integration.toml"],
            &["org"],
            &["org", "--problems"],
            &["budgets"],
            &["groups"],
            &["companies"],
            &["pins"],
            &["profile", "integration.toml"],
            &["replay", "integration.toml", "--from", "1"],
            &["erase", "1"],
            &["approve", "1-00000000"],
            &["reject", "1-00000000"],
            &["pin", "1", "title", "Lead", "--reason", "test"],
            &["unpin", "1", "title"],
            &["protect", "1", "--reason", "test"],
            &["unprotect", "1"],
            &[
                "employee",
                "create",
                "email=x@acme.example",
                "first_name=X",
                "last_name=Y",
            ],
            &["undo", "1"],
            &["sweep"],
            &["erase", "2", "--yes"],
        ] {
            self.run(command);
        }
    }

    /// The same with credentials that are not right, and with one where it must not be.
    fn go_wrong(&mut self, secret: &str, words: &str) {
        let right = self.emulator.credential(secret);
        self.ground.secret(secret, CANARY);
        for command in [
            &["sync", "integration.toml"][..],
            &["test", "integration.toml"],
        ] {
            let said = self.run(command);
            assert!(said.contains(words), "no `{words}` in {said}");
        }
        // What is no key is tried when the file is checked, also where it begins like one.
        for broken in [
            CANARY,
            &format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"),
            "",
        ] {
            self.ground.secret(secret, broken);
            self.run(&["check", "integration.toml"]);
            self.run(&["test", "integration.toml"]);
        }
        self.ground.secret(secret, &right);
        let path = self.ground.path("integration.toml");
        let file = fs::read_to_string(&path).unwrap();
        let literal = format!("'{CANARY}'");
        for wrong in [
            file.replace(&format!("{{ file = \"{secret}\" }}"), &literal),
            file.replace(
                &format!("{secret} = {{ file"),
                &format!("{secret} = {{ fiel"),
            ),
            file.replace("base_url", &format!("x_{secret} = {literal}\nbase_url")),
            file.replace("base_url", &format!("api = {literal}\nbase_url")),
        ] {
            fs::write(self.ground.path("wrong.toml"), wrong).unwrap();
            let said = self.run(&["check", "wrong.toml"]) + &self.run(&["sync", "wrong.toml"]);
            assert!(said.contains("source."), "{said}");
        }
        fs::remove_file(self.ground.path("wrong.toml")).unwrap();
    }

    /// Searches every byte that was written, but those of the files in which the secrets were given.
    #[track_caller]
    fn search(mut self, secrets: &[&str]) {
        for asked in self.emulator.requests() {
            let header = asked.header("authorization").unwrap_or_default();
            if let Some(token) = header.strip_prefix("Bearer ") {
                self.canaries.add(token);
            }
        }
        assert!(self.emulator.stranger_requests().is_empty() && self.emulator.writes().is_empty());
        assert_eq!(self.canaries.find(&self.written), None, "told by a command");
        let given = |name: &str| {
            name == "integration.toml" || name.ends_with(".key") || secrets.contains(&name)
        };
        let mut searched = 0;
        for entry in fs::read_dir(self.ground.path("")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() || given(&name) {
                continue;
            }
            assert_eq!(
                self.canaries.find(&fs::read(&path).unwrap()),
                None,
                "in {name}"
            );
            searched += 1;
        }
        assert!(
            searched > 0 && self.commands > 40,
            "{searched} files, {} commands",
            self.commands
        );
    }
}

#[test]
fn p30_no_secret_of_personio_is_reported() {
    let settings = "connector = \"personio\"\nclient_id = \"papi-5b1c8d0e-emulated-client\"\n";
    let mut mine = Mine::new(Product::Personio, settings, &["client_secret"]);
    mine.run(&["sync", "integration.toml", "--approve"]);
    mine.meets("gzip", "");
    mine.meets("echo-token,on=/v1/company", "[secret]");
    mine.meets("redirect-307", "not followed");
    mine.meets("token-refused,after=0", "token");
    mine.meets("html-login", "Sign in");
    mine.go_wrong("client_secret", "Wrong credentials");
    mine.meets("echo-secret", "[secret]");
    // Also packed: what is echoed is unpacked before it is cleaned.
    mine.emulator.scenario("gzip").unwrap();
    mine.meets("echo-token,on=/v1/company", "[secret]");
    mine.look();
    mine.search(&["client_secret"]);
}

#[test]
fn p30_no_secret_of_bamboohr_is_reported() {
    let mut mine = Mine::new(
        Product::BambooHr,
        "connector = \"bamboohr\"\ncompany_domain = \"acme\"\n",
        &["api_key"],
    );
    mine.run(&["sync", "integration.toml", "--approve"]);
    mine.meets("gzip", "");
    mine.meets("echo-secret", "[secret]");
    mine.meets("echo-token", "[secret]");
    mine.meets("redirect-307", "not followed");
    mine.meets("html-login", "Sign in");
    mine.go_wrong("api_key", "API key");
    mine.look();
    mine.search(&["api_key"]);
}

fn youserve(login: &str) {
    let client = Emulator::start(
        Product::YouServe,
        &Options {
            people: Some(1),
            ..Options::default()
        },
    )
    .unwrap();
    let client = client.credential("client_id");
    let settings =
        format!("connector = \"youserve\"\nlogin = \"{login}\"\nclient_id = \"{client}\"\n");
    let secrets = ["client_secret", "private_key"];
    let mut mine = Mine::new(Product::YouServe, &settings, &secrets);
    mine.run(&["sync", "integration.toml", "--approve"]);
    mine.meets("gzip", "");
    mine.meets("echo-token,on=/iam", "[secret]");
    mine.meets("redirect-307", "not followed");
    mine.meets("html-login", "Sign in");
    mine.meets("echo-secret", "");
    mine.go_wrong(
        if login == "secret" {
            "client_secret"
        } else {
            "private_key"
        },
        "",
    );
    mine.look();
    mine.search(&secrets);
}

#[test]
fn p30_no_secret_of_youserve_is_reported() {
    youserve("secret");
}

#[test]
fn p30_no_signed_assertion_of_youserve_is_reported() {
    youserve("assertion");
}

#[test]
fn p30_no_signed_token_of_youserve_is_reported() {
    youserve("bearer");
}
