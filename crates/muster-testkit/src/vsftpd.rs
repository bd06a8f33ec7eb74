//! A real FTPS server (vsftpd) that wants every data connection to use the TLS session of the control connection
//! again, as it does unless configured otherwise.
//!
//! Debian does not let two FTP servers be installed side by side; `scripts/test` puts this one into `/usr/local`.
#![allow(
    clippy::expect_used,
    reason = "a test that cannot start its server must end"
)]

use crate::{
    account::Account,
    certificate::Certificate,
    server_process::{ServerProcess, free_port},
};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// A running server, ended when dropped.
#[derive(Debug)]
pub struct Vsftpd {
    pub port: u16,
    /// Certificate of the server's authority.
    pub ca_pem: String,
    account: Account,
    log: PathBuf,
    _process: ServerProcess,
    _temporary: TempDir,
}

impl Vsftpd {
    /// Starts the server and waits until it answers.
    pub fn start() -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder can be made");
        let at = |name: &str| temporary.path().join(name);
        let account = Account::new(temporary.path());
        let certificate = Certificate::for_localhost(temporary.path());
        fs::create_dir(at("empty")).expect("the temporary folder is writable");
        let port = free_port();
        let configuration = format!(
            "listen=YES\nlisten_ipv6=NO\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n\
             anonymous_enable=NO\nlocal_enable=YES\npam_service_name=other\nsecure_chroot_dir={}\n\
             seccomp_sandbox=NO\nisolate=NO\nisolate_network=NO\n\
             ssl_enable=YES\nforce_local_logins_ssl=YES\nforce_local_data_ssl=YES\nrequire_ssl_reuse=YES\n\
             rsa_cert_file={}\nrsa_private_key_file={}\nssl_ciphers=HIGH\n\
             xferlog_enable=YES\nxferlog_std_format=NO\nlog_ftp_protocol=YES\nvsftpd_log_file={}\n",
            at("empty").display(),
            certificate.certificate.display(),
            certificate.key.display(),
            at("log").display(),
        );
        fs::write(at("vsftpd.conf"), configuration).expect("the temporary folder is writable");
        let mut command = account.command("vsftpd");
        command.arg(at("vsftpd.conf"));
        let process = ServerProcess::start(
            &mut command,
            "vsftpd with scripts/test",
            port,
            &at("output"),
        );
        Self {
            port,
            ca_pem: certificate.ca_pem,
            account,
            log: at("log"),
            _process: process,
            _temporary: temporary,
        }
    }

    /// Writes a file of the user [`USER`](crate::account::USER), in the folder where a login begins, and gives its path.
    pub fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        self.account.write(name, content)
    }

    /// Commands that the server got and answers that it gave, one a line.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}
