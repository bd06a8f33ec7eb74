//! A TLS server by the `openssl` program, for versions and ciphers that no other server offers any more.
//!
//! Answers requests over HTTP with a page about the connection, and knows no other protocol.

use crate::{
    certificate::Certificate,
    server_process::{ServerProcess, free_port},
};
use std::process::Command;
use tempfile::TempDir;

/// A running server.
#[derive(Debug)]
pub struct TlsServer {
    pub port: u16,
    /// The authority that confirms its certificate (PEM).
    pub ca_pem: String,
    _process: ServerProcess,
    _folder: TempDir,
}

impl TlsServer {
    /// Starts one with options of `openssl s_server`, such as `-tls1_1`.
    #[allow(
        clippy::expect_used,
        reason = "a test that cannot start its server must end"
    )]
    pub fn start(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let certificate = Certificate::for_localhost(folder.path());
        let port = free_port();
        let mut command = Command::new("openssl");
        command
            .args(["s_server", "-www", "-accept", &format!("127.0.0.1:{port}")])
            .arg("-cert")
            .arg(&certificate.certificate)
            .arg("-key")
            .arg(&certificate.key)
            .args(options);
        let log = folder.path().join("log");
        Self {
            port,
            ca_pem: certificate.ca_pem,
            _process: ServerProcess::start(&mut command, "openssl", port, &log),
            _folder: folder,
        }
    }
}
