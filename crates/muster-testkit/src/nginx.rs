//! A real web server (nginx) over TLS, in a temporary folder.
//!
//! Does not misbehave beyond what its configuration can say: tests of faults script their own server.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start its server must end"
)]

use crate::{
    certificate::{Certificate, Flaw, LOCALHOST, openssl},
    server_process::{ServerProcess, account, free_port},
};
use std::{fs, path::PathBuf, process::Command};
use tempfile::TempDir;

/// What the server is to do.
#[derive(Clone, Debug, Default)]
pub struct NginxOptions {
    /// Whether a user and password are wanted.
    pub basic: bool,
    /// Names in the certificate, as openssl writes them; none: those of this machine.
    pub certificate_names: Option<String>,
    /// What is wrong with the certificate.
    pub flaw: Flaw,
    /// More lines inside of `server { }`, such as locations.
    pub more: String,
}

/// A running server, ended when dropped.
#[derive(Debug)]
pub struct Nginx {
    pub port: u16,
    /// Folder that is served at `/`.
    pub folder: PathBuf,
    /// Certificate of the server's authority.
    pub ca_pem: String,
    /// File with the server's certificate.
    pub certificate: PathBuf,
    pub user: String,
    pub password: String,
    log: PathBuf,
    _process: ServerProcess,
    _temporary: TempDir,
}

impl Nginx {
    /// Starts the server and waits until it answers.
    pub fn start(options: &NginxOptions) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder can be made");
        let (user, password) = ("ann", "pass-word-7");
        let at = |name: &str| temporary.path().join(name);
        fs::create_dir(at("served")).expect("the temporary folder is writable");
        let names = options.certificate_names.as_deref().unwrap_or(LOCALHOST);
        let certificate = Certificate::new(temporary.path(), names, options.flaw);
        let basic = if options.basic {
            let hash = openssl(&["passwd", "-apr1", password]);
            fs::write(at("users"), format!("{user}:{hash}\n"))
                .expect("the temporary folder is writable");
            format!(
                "auth_basic test; auth_basic_user_file {};",
                at("users").display()
            )
        } else {
            String::new()
        };
        // Without a master process there is one process to end.
        let [name, group, number, _] = account();
        let account = if number == "0" {
            format!("user {name} {group};\n")
        } else {
            String::new()
        };
        let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {};\n", at(kind).display()))
            .collect();
        let port = free_port();
        let configuration = format!(
            "{account}daemon off;\nmaster_process off;\npid {};\nerror_log {};\nevents {{ worker_connections 64; }}\n\
             http {{\naccess_log {};\n{folders}types {{ text/html html; text/csv csv; }}\n\
             default_type application/octet-stream;\nserver {{\nlisten 127.0.0.1:{port} ssl;\nserver_name localhost;\n\
             ssl_certificate {};\nssl_certificate_key {};\nroot {};\n{basic}\n{}\n}}\n}}\n",
            at("pid").display(),
            at("errors").display(),
            at("requests").display(),
            certificate.certificate.display(),
            certificate.key.display(),
            at("served").display(),
            options.more,
        );
        fs::write(at("nginx.conf"), configuration).expect("the temporary folder is writable");
        let mut command = Command::new("nginx");
        command
            .arg("-p")
            .arg(temporary.path())
            .arg("-c")
            .arg(at("nginx.conf"))
            .arg("-e")
            .arg(at("errors"));
        let process = ServerProcess::start(&mut command, "nginx-light", port, &at("output"));
        Self {
            port,
            folder: at("served"),
            ca_pem: certificate.ca_pem,
            certificate: certificate.certificate,
            user: user.to_owned(),
            password: password.to_owned(),
            log: at("requests"),
            _process: process,
            _temporary: temporary,
        }
    }

    /// Requests that the server got, one a line.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}
