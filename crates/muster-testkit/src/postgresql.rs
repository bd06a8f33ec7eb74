//! A real PostgreSQL server in a temporary folder, reached through a socket in it and spoken to with `psql`.
//!
//! The server refuses to run as root; then it runs as the account that its package made.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start its server must end"
)]

use crate::server_process::account;
use std::{
    env, fs,
    io::Write,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// How long the server may take to start, and to stop.
const WAIT: Duration = Duration::from_secs(60);

/// The account that runs the server where the tests run as root.
const ACCOUNT: &str = "postgres";

/// A running server, stopped when dropped.
#[derive(Debug)]
pub struct Postgresql {
    /// The folder of its socket.
    pub socket: PathBuf,
    child: Child,
    _temporary: TempDir,
}

impl Postgresql {
    /// Starts a server with an empty database whose locale folds and orders letters of every language, and
    /// waits until it answers.
    pub fn start() -> Self {
        let temporary = folder();
        let data = temporary.path().join("data");
        let owner = owner();
        if let Some([user, group]) = owner {
            chown(temporary.path(), Some(user), Some(group))
                .expect("the temporary folder can be given away");
        }
        let made = command("initdb", owner)
            .args([
                "--auth=trust",
                "--username=muster",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "-D",
            ])
            .arg(&data)
            .output()
            .expect("initdb can be run");
        assert!(
            made.status.success(),
            "initdb fails: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let child = spawn(temporary.path(), owner);
        let mut server = Self {
            socket: temporary.path().to_owned(),
            child,
            _temporary: temporary,
        };
        server.wait_until_it_answers();
        server
    }

    /// Starts another server that follows this one by streaming replication. From then on, a commit waits until the other
    /// server has it, too.
    pub fn standby(&self) -> Self {
        let temporary = folder();
        let owner = owner();
        if let Some([user, group]) = owner {
            chown(temporary.path(), Some(user), Some(group))
                .expect("the temporary folder can be given away");
        }
        let copied = command("pg_basebackup", owner)
            .args(["--username=muster", "--write-recovery-conf"])
            .args(["--checkpoint=fast", "--no-sync", "-D"])
            .arg(temporary.path().join("data"))
            .arg("--host")
            .arg(&self.socket)
            .output()
            .expect("pg_basebackup can be run");
        let said = String::from_utf8_lossy(&copied.stderr);
        assert!(copied.status.success(), "pg_basebackup fails: {said}");
        let mut standby = Self {
            socket: temporary.path().to_owned(),
            child: spawn(temporary.path(), owner),
            _temporary: temporary,
        };
        standby.wait_until_it_answers();
        for setting in [
            "ALTER SYSTEM SET synchronous_standby_names = '*';",
            "ALTER SYSTEM SET synchronous_commit = 'remote_apply';",
            "SELECT pg_reload_conf();",
        ] {
            self.run(setting).expect("the server is configured");
        }
        let started = Instant::now();
        let text = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync';";
        while self.run(text).as_deref().map(str::trim) != Ok("1") {
            assert!(started.elapsed() < WAIT, "the other server does not follow");
            thread::sleep(Duration::from_millis(50));
        }
        standby
    }

    /// Makes a server that follows another one independent, so that it accepts changes.
    pub fn promote(&self) {
        self.run("SELECT pg_promote();")
            .expect("a server that follows another one can be promoted");
    }

    /// Ends the server as a crash would, cutting every connection.
    pub fn end(&mut self) {
        self.signal("-QUIT");
        self.child.wait().expect("the child is ours");
    }

    /// Ends the server as a crash would, and starts it again.
    pub fn crash(&mut self) {
        self.end();
        self.start_again();
    }

    /// Starts the server after its end, with the data that it had.
    pub fn start_again(&mut self) {
        self.child = spawn(&self.socket, owner());
        self.wait_until_it_answers();
    }

    fn signal(&self, name: &str) {
        let _sent = Command::new("kill")
            .args([name, &self.child.id().to_string()])
            .status();
    }

    fn wait_until_it_answers(&mut self) {
        let log = self.socket.join("log");
        let started = Instant::now();
        while self.run("SELECT 1").is_err() {
            let said = || fs::read_to_string(&log).unwrap_or_default();
            assert!(
                self.child.try_wait().expect("the child is ours").is_none(),
                "postgres ended at once: {}",
                said()
            );
            assert!(
                started.elapsed() < WAIT,
                "postgres does not answer: {}",
                said()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The address of one of its databases.
    pub fn url(&self, database: &str) -> String {
        url(&self.socket, database)
    }

    /// Makes the server the one on which [`database`] makes databases, in processes that are started with this variable. Each
    /// is a copy of the template, which `fill` makes from its address.
    pub fn share(&self, fill: impl FnOnce(&str)) -> (&'static str, PathBuf) {
        self.run(&format!("CREATE DATABASE {TEMPLATE}"))
            .expect("a server has room for a database");
        fill(&self.url(TEMPLATE));
        (SHARED, self.socket.clone())
    }

    /// Runs a script up to its first error: the rows, columns parted by `|`; or what the server said.
    pub fn run(&self, script: &str) -> Result<String, String> {
        answer(&self.socket, script)
    }

    /// Runs a script to its end: what the server said about statements that it refuses.
    pub fn refusals(&self, script: &str) -> String {
        String::from_utf8_lossy(&psql(&self.socket, script, "0").stderr).into_owned()
    }
}

impl Drop for Postgresql {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // SIGINT ends it at once and in order; a killed server would leave shared memory behind.
        self.signal("-INT");
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < WAIT {
            thread::sleep(Duration::from_millis(20));
        }
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Starts the server of a folder.
fn spawn(folder: &Path, owner: Option<[u32; 2]>) -> Child {
    let output = fs::File::create(folder.join("log")).expect("the temporary folder is writable");
    let errors = output.try_clone().expect("a file can be opened twice");
    command("postgres", owner)
        .args(["-c", "listen_addresses=", "-c", "fsync=off"])
        .args(["-c", "autovacuum=off", "-c", "max_connections=200", "-k"])
        .arg(folder)
        .arg("-D")
        .arg(folder.join("data"))
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .expect("postgres can be run")
}

/// A temporary folder, in memory where that is possible: the databases of the tests are many and small.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a temporary folder can be made")
}

/// The variable with the folder of the socket of a shared server.
const SHARED: &str = "MUSTER_TEST_POSTGRESQL";

const TEMPLATE: &str = "template_muster";

/// A new database on the shared server, as its address. `None`: no server is shared with this process.
pub fn database() -> Option<String> {
    let socket = PathBuf::from(env::var_os(SHARED)?);
    Some(made_from(&socket, TEMPLATE))
}

/// A new database on the shared server with all that another one holds, to which nobody may be connected any more.
pub fn copy_of(url: &str) -> String {
    let socket = PathBuf::from(env::var_os(SHARED).expect("a server is shared with this process"));
    made_from(&socket, url.rsplit('/').next().unwrap_or_default())
}

/// Makes a database. A server closes connections a moment after the client did: it is asked again until nobody is connected
/// to the original.
fn made_from(socket: &Path, original: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let name = format!(
        "test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let asked = Instant::now();
    let text = format!("CREATE DATABASE {name} TEMPLATE {original}");
    while let Err(said) = answer(socket, &text) {
        assert!(
            said.contains("being accessed by other users") && asked.elapsed() < WAIT,
            "{said}"
        );
        thread::sleep(Duration::from_millis(20));
    }
    url(socket, &name)
}

/// Runs this program of tests once more with every new database on one server, but for the tests with these names: how many
/// passed. `None`: this is that run.
pub fn repeat_tests(fill: impl FnOnce(&str), skipped: &[&str]) -> Option<usize> {
    if env::var_os(SHARED).is_some() {
        return None;
    }
    let server = Postgresql::start();
    let (variable, socket) = server.share(fill);
    let output = Command::new(env::current_exe().expect("a running program has a path"))
        .env(variable, socket)
        .args(skipped.iter().flat_map(|name| ["--skip", name]))
        .output()
        .expect("a running program can be run");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    let passed = said
        .split_once("test result: ok. ")
        .and_then(|(_, rest)| rest.split_once(" passed"))
        .and_then(|(number, _)| number.parse().ok());
    Some(passed.unwrap_or_else(|| panic!("no result: {said}")))
}

/// What the shared server says of a database with this address.
pub fn ask(url: &str, text: &str) -> String {
    let socket = env::var_os(SHARED).expect("a server is shared with this process");
    let name = url.rsplit('/').next().unwrap_or_default();
    answer(Path::new(&socket), &format!("\\connect {name}\n{text}"))
        .expect("the server answers")
        .trim()
        .to_owned()
}

fn url(socket: &Path, database: &str) -> String {
    let socket = socket.to_str().expect("temporary folders have plain names");
    format!(
        "postgres://muster@{}/{database}",
        socket.replace('/', "%2F")
    )
}

/// Runs a script up to its first error: the rows, or what the server said.
fn answer(socket: &Path, script: &str) -> Result<String, String> {
    let Output {
        status,
        stdout,
        stderr,
    } = psql(socket, script, "1");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    if status.success() {
        Ok(text(stdout))
    } else {
        Err(text(stderr))
    }
}

fn psql(socket: &Path, script: &str, stop: &str) -> Output {
    let mut psql = command("psql", None)
        .args([
            "--no-psqlrc",
            "--quiet",
            "--no-align",
            "--tuples-only",
            "--username=muster",
            "--dbname=postgres",
        ])
        .arg(format!("--set=ON_ERROR_STOP={stop}"))
        .arg("--host")
        .arg(socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql can be run");
    let mut input = psql.stdin.take().expect("its input is piped");
    let script = script.to_owned();
    // Beside the reading: a script that is longer than a pipe would wait for its own answers.
    let writer = thread::spawn(move || {
        // It may end at the first error, before it has read all.
        let _ended = input.write_all(script.as_bytes());
    });
    let output = psql.wait_with_output().expect("psql ends");
    writer.join().expect("the writer ends");
    output
}

/// Who the server runs as, where the tests run as root: number of the account and of its group.
fn owner() -> Option<[u32; 2]> {
    let [.., number, _] = account();
    (number == "0").then(|| {
        ["-u", "-g"].map(|option| {
            let output = Command::new("id")
                .args([option, ACCOUNT])
                .output()
                .expect("every system has `id`");
            let number = String::from_utf8_lossy(&output.stdout).trim().parse();
            number.unwrap_or_else(|_| panic!("there is no account `{ACCOUNT}`: install postgresql"))
        })
    })
}

/// A program of the newest installed version, with nothing of the environment that speaks of another server.
fn command(name: &str, owner: Option<[u32; 2]>) -> Command {
    let versions =
        fs::read_dir("/usr/lib/postgresql").map(|entries| entries.flatten().collect::<Vec<_>>());
    let version = versions
        .unwrap_or_default()
        .into_iter()
        .max_by_key(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .parse::<u32>()
                .unwrap_or_default()
        });
    let version = version.unwrap_or_else(|| panic!("there is no PostgreSQL: install postgresql"));
    let mut command = Command::new(version.path().join("bin").join(name));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LC_ALL", "C.UTF-8")
        .current_dir("/");
    if let Some([user, group]) = owner {
        command.uid(user).gid(group);
    }
    command
}
