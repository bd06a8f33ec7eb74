//! A server program that a test started: waits until it answers, and ends it by its process id.
//!
//! Never touches a process that it did not start.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start its server must end"
)]

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a server may take to answer.
const START: Duration = Duration::from_secs(20);

/// A running server program, ended when dropped.
#[derive(Debug)]
pub(crate) struct ServerProcess(Child);

impl ServerProcess {
    /// Starts a program and waits until it takes connections. Its words go to `log`.
    pub(crate) fn start(command: &mut Command, package: &str, port: u16, log: &Path) -> Self {
        let output = fs::File::create(log).expect("the temporary folder is writable");
        let errors = output.try_clone().expect("a file can be opened twice");
        let child = command
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .spawn();
        let name = command.get_program().to_string_lossy().into_owned();
        let child = child
            .unwrap_or_else(|error| panic!("`{name}` cannot be run ({error}): install {package}"));
        let mut process = Self(child);
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = process.0.try_wait().expect("the child is ours");
            let said = || fs::read_to_string(log).unwrap_or_default();
            assert!(ended.is_none(), "`{name}` ended at once: {}", said());
            assert!(
                started.elapsed() < START,
                "`{name}` does not answer: {}",
                said()
            );
            thread::sleep(Duration::from_millis(20));
        }
        process
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// A port on which nothing listens now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("the machine has a free port");
    listener
        .local_addr()
        .expect("a bound listener has an address")
        .port()
}

/// The account that runs the tests: name, group name, number and group number.
pub(crate) fn account() -> [String; 4] {
    ["-un", "-gn", "-u", "-g"].map(|option| {
        let output = Command::new("id")
            .arg(option)
            .output()
            .expect("every system has `id`");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    })
}
