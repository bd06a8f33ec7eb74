//! A real FTP server (ProFTPD) with one virtual user, in a temporary folder.
//!
//! Does not misbehave: tests of faults script their own server.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start its server must end"
)]

use crate::{
    certificate::{Certificate, Flaw, LOCALHOST, openssl},
    server_process::{ServerProcess, account, free_port},
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// What the server is to do.
#[derive(Clone, Debug, Default)]
pub struct FtpOptions {
    /// Whether TLS is offered and required.
    pub tls: bool,
    /// Whether TLS is there from the first byte.
    pub implicit: bool,
    /// Names in the certificate, as openssl writes them; none: those of this machine.
    pub certificate_names: Option<String>,
    /// What is wrong with the certificate.
    pub flaw: Flaw,
    /// More lines of configuration.
    pub more: String,
}

/// A running server, ended when dropped.
#[derive(Debug)]
pub struct FtpServer {
    pub port: u16,
    pub user: String,
    pub password: String,
    /// Folder that is served, under its own path.
    pub folder: PathBuf,
    /// Certificate of the server's authority; empty without TLS.
    pub ca_pem: String,
    /// File with the server's certificate.
    pub certificate: PathBuf,
    log: PathBuf,
    _process: ServerProcess,
    _temporary: TempDir,
}

impl FtpServer {
    /// Starts the server and waits until it answers.
    pub fn start(options: &FtpOptions) -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder can be made");
        let (user, password) = ("ann", "pass-word-7");
        let folder = temporary.path().join("served");
        fs::create_dir(&folder).expect("the temporary folder is writable");
        let users = temporary.path().join("users");
        let [name, group, number, group_number] = account();
        let hash = openssl(&["passwd", "-6", password]);
        let line = format!(
            "{user}:{hash}:{number}:{group_number}::{}:/bin/sh\n",
            folder.display()
        );
        fs::write(&users, line).expect("the temporary folder is writable");
        fs::set_permissions(&users, fs::Permissions::from_mode(0o600)).expect("the file is ours");
        let (tls, ca_pem) = if options.tls {
            encryption(temporary.path(), options)
        } else {
            Default::default()
        };
        let port = free_port();
        let at = |name: &str| temporary.path().join(name).display().to_string();
        let configuration = format!(
            "ServerName test\nServerType standalone\nDefaultAddress 127.0.0.1\nPort {port}\nUseIPv6 off\n\
             User {name}\nGroup {group}\nRootLogin on\nRequireValidShell off\nUseReverseDNS off\nWtmpLog off\n\
             AuthOrder mod_auth_file.c\nAuthPAM off\nAuthUserFile {}\nDelayEngine off\nControlsEngine off\n\
             ScoreboardFile {}\nPidFile {}\nSystemLog {}\nTransferLog none\nAllowOverwrite on\nUmask 022\n\
             ModulePath /usr/lib/proftpd\nExtendedLog {} ALL\n{tls}{}\n",
            users.display(),
            at("scoreboard"),
            at("pid"),
            at("log"),
            at("commands"),
            options.more
        );
        let file = temporary.path().join("proftpd.conf");
        fs::write(&file, configuration).expect("the temporary folder is writable");
        let mut command = Command::new("proftpd");
        command.arg("-n").arg("-c").arg(&file);
        let process = ServerProcess::start(
            &mut command,
            "proftpd-core",
            port,
            &temporary.path().join("output"),
        );
        Self {
            port,
            user: user.to_owned(),
            password: password.to_owned(),
            folder,
            ca_pem,
            certificate: temporary.path().join("server.pem"),
            log: temporary.path().join("commands"),
            _process: process,
            _temporary: temporary,
        }
    }

    /// Commands that the server got, one a line.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// Lines of configuration for TLS, and the authority.
fn encryption(folder: &Path, options: &FtpOptions) -> (String, String) {
    let names = options.certificate_names.as_deref().unwrap_or(LOCALHOST);
    let certificate = Certificate::new(folder, names, options.flaw);
    assert!(
        Path::new("/usr/lib/proftpd/mod_tls.so").exists(),
        "ProFTPD has no module for TLS: install proftpd-mod-crypto"
    );
    let lines = format!(
        "LoadModule mod_tls.c\nTLSEngine on\nTLSRequired on\nTLSLog {}\nTLSECCertificateFile {}\n\
         TLSECCertificateKeyFile {}\nTLSProtocol TLSv1.2 TLSv1.3\n{}",
        folder.join("tls-log").display(),
        certificate.certificate.display(),
        certificate.key.display(),
        if options.implicit {
            "TLSOptions UseImplicitSSL\n"
        } else {
            ""
        },
    );
    (lines, certificate.ca_pem)
}
