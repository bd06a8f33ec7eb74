//! A real mail server (aiosmtpd) in a temporary folder, which stores what it receives and can be told to refuse.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start its server must end"
)]

use crate::{
    certificate::Certificate,
    server_process::{ServerProcess, free_port},
};
use std::{fs, path::PathBuf, process::Command};
use tempfile::TempDir;

/// Stores each mail as a file; a line of `replies` is the next reply instead.
const HANDLER: &str = r#"
import os

class Folder:
    def __init__(self, folder):
        self.folder = folder
        self.number = 0

    @classmethod
    def from_cli(cls, parser, *arguments):
        return cls(*arguments)

    def reply(self):
        path = os.path.join(self.folder, "replies")
        if not os.path.exists(path):
            return None
        with open(path) as file:
            lines = file.read().splitlines()
        with open(path, "w") as file:
            file.write("\n".join(lines[1:]))
        return lines[0] if lines else None

    async def handle_DATA(self, server, session, envelope):
        reply = self.reply()
        if reply:
            return reply
        self.number += 1
        path = os.path.join(self.folder, "%04d" % self.number)
        with open(path + ".part", "wb") as file:
            file.write(("to " + ",".join(envelope.rcpt_tos) + "\n").encode())
            file.write(("tls " + str(session.ssl is not None) + "\n").encode())
            file.write(envelope.content)
        os.rename(path + ".part", path + ".mail")
        return "250 stored"
"#;

/// A running mail server, ended when dropped.
#[derive(Debug)]
pub struct MailServer {
    pub port: u16,
    /// The certificate of its authority, if it encrypts.
    pub ca_pem: String,
    folder: PathBuf,
    _process: ServerProcess,
    _temporary: TempDir,
}

impl MailServer {
    /// Starts a server that encrypts nothing.
    pub fn plain() -> Self {
        Self::start(false)
    }

    /// Starts a server that takes mail only after STARTTLS.
    pub fn starttls() -> Self {
        Self::start(true)
    }

    fn start(encrypts: bool) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = temporary.path().to_owned();
        fs::write(folder.join("handler.py"), HANDLER).expect("the temporary folder is writable");
        let port = free_port();
        // Debian's own interpreter has the package.
        let mut command = Command::new("/usr/bin/python3");
        command
            .args(["-m", "aiosmtpd", "-n", "-l"])
            .arg(format!("127.0.0.1:{port}"))
            .args(["-c", "handler.Folder"])
            .env("PYTHONPATH", &folder)
            .env("PYTHONWARNINGS", "ignore");
        let mut ca_pem = String::new();
        if encrypts {
            let certificate = Certificate::for_localhost(&folder);
            command.arg("--tlscert").arg(&certificate.certificate);
            command.arg("--tlskey").arg(&certificate.key);
            ca_pem = certificate.ca_pem;
        }
        command.arg(&folder);
        let process = ServerProcess::start(
            &mut command,
            "python3-aiosmtpd",
            port,
            &folder.join("output"),
        );
        Self {
            port,
            ca_pem,
            folder,
            _process: process,
            _temporary: temporary,
        }
    }

    /// The server answers the next mails with these replies, such as `451 later`, and takes those after them.
    pub fn reply(&self, replies: &[&str]) {
        fs::write(self.folder.join("replies"), replies.join("\n"))
            .expect("the temporary folder is writable");
    }

    /// The mails that were taken, in order: a line with the recipients, one whether it was encrypted, and the mail.
    pub fn mails(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder).expect("the folder is there");
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "mail"))
            .collect();
        paths.sort();
        paths
            .iter()
            .map(|path| {
                let bytes = fs::read(path).expect("a mail can be read");
                String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
            })
            .collect()
    }
}
