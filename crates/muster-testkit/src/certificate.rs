//! Certificates for servers under test, made by the `openssl` program in a temporary folder.
//!
//! Nothing here is trusted by the machine: tests name the authority themselves.
#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot start its server must end")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// An authority made for one test, and a certificate that it gave to a server.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Certificate of the authority (PEM).
    pub ca_pem: String,
    /// File with the server's certificate.
    pub certificate: PathBuf,
    /// File with the server's key.
    pub key: PathBuf,
}

impl Certificate {
    /// For `localhost` and `127.0.0.1`.
    pub fn for_localhost(folder: &Path) -> Self {
        Self::for_names(folder, "DNS:localhost,IP:127.0.0.1")
    }

    /// For alternative names as openssl writes them, such as `DNS:other.example`.
    pub fn for_names(folder: &Path, names: &str) -> Self {
        let path = |name: &str| folder.join(name).display().to_string();
        let (ca, ca_key) = (path("ca.pem"), path("ca.key"));
        let (certificate, key, request, extensions) =
            (path("server.pem"), path("server.key"), path("server.csr"), path("server.ext"));
        let curve = "ec_paramgen_curve:P-256";
        openssl(&[
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            curve,
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=Test authority",
            "-keyout",
            &ca_key,
            "-out",
            &ca,
        ]);
        openssl(&[
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            curve,
            "-nodes",
            "-subj",
            "/CN=Test server",
            "-keyout",
            &key,
            "-out",
            &request,
        ]);
        fs::write(&extensions, format!("subjectAltName={names}\n")).expect("the temporary folder is writable");
        openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &ca,
            "-CAkey",
            &ca_key,
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            &extensions,
            "-out",
            &certificate,
        ]);
        let ca_pem = fs::read_to_string(&ca).expect("openssl wrote the authority");
        Self { ca_pem, certificate: certificate.into(), key: key.into() }
    }
}

/// Runs openssl and gives what it prints.
pub(crate) fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("`openssl` cannot be run ({error}): install openssl"));
    assert!(output.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
