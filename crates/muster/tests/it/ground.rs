//! A folder with a database, an inbox and the program: what tests of the whole job stand on.

use muster_store::{Options, Store};
use serde_json::Value;
use std::{
    fs,
    io::{ErrorKind, Write},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// An integration that applies whatever it reads, with four columns; a test adds its own mapping at the end.
pub(crate) const PLAIN: &str = r#"
workspace = { name = "acme" }
name = "people"
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
[policy]
approve = "never"
[guard]
removals = { percent = 100.0, number = 100 }
removals_week = { percent = 100.0, number = 100 }
[mapping]
external_id = "id"
email = "mail"
first_name = "first"
last_name = "last"
"#;

/// One workspace of one test.
pub(crate) struct Ground {
    folder: TempDir,
    database: String,
    now: String,
}

/// What a command answered.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Ground {
    /// An empty inbox and an integration file.
    pub(crate) fn new(integration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ground = Self {
            database: format!("sqlite:{}", folder.path().join("muster.db").display()),
            folder,
            now: "2026-05-04T02:45:00Z".to_owned(),
        };
        fs::create_dir(ground.folder.path().join("inbox")).unwrap();
        fs::write(ground.path("integration.toml"), integration).unwrap();
        ground
    }

    /// The same with another database.
    pub(crate) fn with_database(self, database: String) -> Self {
        Self { database, ..self }
    }

    /// The address of the database.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// It is this instant from now on.
    pub(crate) fn at(&mut self, now: &str) -> &mut Self {
        now.clone_into(&mut self.now);
        self
    }

    /// Puts a file into the inbox, in place of one of the same name.
    pub(crate) fn deliver(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path("inbox").join(name), content).unwrap();
        self
    }

    /// Writes a secret into a file that only its owner may read.
    pub(crate) fn secret(&self, name: &str, secret: &str) {
        use std::os::unix::fs::PermissionsExt;
        fs::write(self.path(name), secret).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts a command that says nothing.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    /// Runs a command with `--json` that reads something from standard input.
    pub(crate) fn pipe(&self, arguments: &[&str], input: &str) -> Answer {
        let mut child = self
            .command(&[arguments, &["--json"]].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let written = child.stdin.take().unwrap().write_all(input.as_bytes());
        // A command that refuses before it reads closes its end.
        assert!(written.is_ok() || written.unwrap_err().kind() == ErrorKind::BrokenPipe);
        Answer::of(child.wait_with_output().unwrap())
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command
            .args(["--database", &self.database, "--now", &self.now])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("USER", "eva");
        command
    }

    /// Runs a command with `--json`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        Answer::of(self.output(&[arguments, &["--json"]].concat()))
    }

    pub(crate) fn sync(&self) -> Answer {
        self.run(&["sync", "integration.toml"])
    }

    /// A sync whose plan is approved in advance; single records may still be held.
    pub(crate) fn approve(&self) -> Answer {
        let answer = self.run(&["sync", "integration.toml", "--approve"]);
        assert!([0, 3].contains(&answer.code), "{}", answer.text);
        answer
    }

    /// The person with an external id or address; null if there is none.
    pub(crate) fn person(&self, key: &str) -> Value {
        let people = self.run(&["employees"]).json;
        let people = people.as_array().unwrap();
        let found = people
            .iter()
            .find(|person| person["external_id"] == key || person["email"] == key);
        found.cloned().unwrap_or(Value::Null)
    }

    /// As if 30 seconds had passed: leases of killed processes have expired.
    pub(crate) fn expire_leases(&self) {
        let path = self.path("muster.db");
        if !path.exists() {
            return;
        }
        let store = Store::open(&format!("sqlite:{}", path.display()), Options::default()).unwrap();
        for name in store.workspaces().unwrap() {
            let workspace = store.workspace(&name).unwrap().unwrap().id;
            for run in store.runs(workspace, 1_000).unwrap() {
                if let Some(lease) = store.lease_of(workspace, run.id).unwrap() {
                    assert!(store.renew_lease(lease, Duration::ZERO).unwrap());
                }
            }
        }
    }
}

impl Answer {
    pub(crate) fn of(output: Output) -> Self {
        let text = String::from_utf8(output.stdout).unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self {
            code: output.status.code().unwrap(),
            json,
            text: text + &String::from_utf8_lossy(&output.stderr),
        }
    }

    /// The number of the run, as an argument of another command.
    pub(crate) fn run_id(&self) -> String {
        assert!(self.json["run"].is_number(), "{}", self.text);
        self.json["run"].to_string()
    }

    /// Checks exit code and status.
    #[track_caller]
    pub(crate) fn is(&self, code: i32, status: &str) -> &Self {
        assert_eq!(
            (self.code, self.json["status"].as_str()),
            (code, Some(status)),
            "{}",
            self.text
        );
        self
    }

    /// Checks that the answer says something.
    #[track_caller]
    pub(crate) fn says(&self, fragment: &str) -> &Self {
        assert!(
            self.text.contains(fragment),
            "no `{fragment}` in {}",
            self.text
        );
        self
    }

    #[track_caller]
    pub(crate) fn counts(&self, wanted: &[(&str, u64)]) -> &Self {
        for (name, number) in wanted {
            assert_eq!(
                self.json["counts"][name], *number,
                "{name} in {}",
                self.text
            );
        }
        self
    }
}
