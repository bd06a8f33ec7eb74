//! `muster serve` and `muster worker` as processes of a test.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
};

/// A service that is stopped at the end of a test.
pub(crate) struct Service {
    pub(super) process: Child,
    pub(super) stdout: BufReader<ChildStdout>,
    pub(super) log: BufReader<ChildStderr>,
    pub(super) address: String,
}

impl Service {
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// Its temporary files are in the folder too.
    pub(crate) fn start_with(folder: &Path, options: &[&str]) -> Self {
        Self::start_command(folder, "serve", options)
    }

    /// The machine trusts the authority of a file.
    pub(crate) fn start_trusting(folder: &Path, authority: &Path, options: &[&str]) -> Self {
        Self::start_process(folder, "serve", options, &[("SSL_CERT_FILE", authority)])
    }

    pub(crate) fn start_command(folder: &Path, command: &str, options: &[&str]) -> Self {
        Self::start_process(folder, command, options, &[])
    }

    fn start_process(
        folder: &Path,
        command: &str,
        options: &[&str],
        environment: &[(&str, &Path)],
    ) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args([command, "--listen", "127.0.0.1:0"])
            .args(options)
            .current_dir(folder)
            .env_clear()
            .env("USER", "eva")
            .env("TMPDIR", folder)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut service = Self {
            stdout: BufReader::new(process.stdout.take().unwrap()),
            log: BufReader::new(process.stderr.take().unwrap()),
            process,
            address: String::new(),
        };
        let line = line_with(&mut service.stdout, "monitoring reads ");
        let (_, rest) = line.split_once("monitoring reads ").unwrap();
        let (_, rest) = rest.split_once("://").unwrap();
        service.address = rest.split('/').next().unwrap().to_owned();
        service
    }

    pub(super) fn logs(&mut self, part: &str) {
        line_with(&mut self.log, part);
    }

    pub(crate) fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    pub(super) fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Ends it in order; what it logged since.
    pub(super) fn stop(mut self) -> String {
        self.signal("TERM");
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        assert!(self.process.wait().unwrap().success(), "{rest}");
        rest
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The next line with a text.
pub(super) fn line_with(lines: &mut impl BufRead, part: &str) -> String {
    let mut read = String::new();
    loop {
        let mut line = String::new();
        assert!(
            lines.read_line(&mut line).unwrap() > 0,
            "no `{part}` in\n{read}"
        );
        if line.contains(part) {
            return line;
        }
        read += &line;
    }
}
