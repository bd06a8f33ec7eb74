//! Certificates for servers under test, made by the `openssl` program in a temporary folder.
//!
//! Nothing here is trusted by the machine: tests name the authority themselves.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot start its server must end"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Names of this machine, as openssl writes them.
pub const LOCALHOST: &str = "DNS:localhost,IP:127.0.0.1,IP:::1";

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    #[default]
    None,
    /// It was valid in 2020 only.
    Expired,
    /// It becomes valid in 2060.
    NotYetValid,
    /// Its own key signed it. It also is what `ca_pem` has.
    SelfSigned,
}

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
    /// For `localhost` and its addresses.
    pub fn for_localhost(folder: &Path) -> Self {
        Self::new(folder, LOCALHOST, Flaw::None)
    }

    /// For alternative names as openssl writes them, such as `DNS:other.example`.
    pub fn new(folder: &Path, names: &str, flaw: Flaw) -> Self {
        let path = |name: &str| folder.join(name).display().to_string();
        let (certificate, key) = (path("server.pem"), path("server.key"));
        if flaw == Flaw::SelfSigned {
            let names = format!("subjectAltName={names}");
            new_key(
                &["-x509", "-days", "2", "-addext", &names],
                "Test server",
                &key,
                &certificate,
            );
            return Self {
                ca_pem: read(&certificate),
                certificate: certificate.into(),
                key: key.into(),
            };
        }
        let (ca, ca_key, request) = (path("ca.pem"), path("ca.key"), path("server.csr"));
        new_key(&["-x509", "-days", "2"], "Test authority", &ca_key, &ca);
        new_key(&[], "Test server", &key, &request);
        let (from, until) = match flaw {
            Flaw::None | Flaw::SelfSigned => ("", ""),
            Flaw::Expired => ("20200101000000Z", "20210101000000Z"),
            Flaw::NotYetValid => ("20600101000000Z", "20610101000000Z"),
        };
        // `openssl x509` knows no dates in the past before version 3.4, but `openssl ca` does.
        let settings = format!(
            "[ca]\ndefault_ca=it\n[it]\ndatabase={}\nserial={}\nnew_certs_dir={}\ndefault_md=sha256\npolicy=any\n\
             x509_extensions=server\n[any]\ncommonName=supplied\n[server]\nsubjectAltName={names}\n",
            path("issued"),
            path("serial"),
            folder.display(),
        );
        for (name, content) in [
            ("ca.cnf", settings.as_str()),
            ("issued", ""),
            ("serial", "01\n"),
        ] {
            fs::write(path(name), content).expect("the temporary folder is writable");
        }
        let (settings, mut dates) = (path("ca.cnf"), vec!["-days", "2"]);
        if !from.is_empty() {
            dates = vec!["-startdate", from, "-enddate", until];
        }
        let mut arguments = vec![
            "ca", "-batch", "-notext", "-config", &settings, "-cert", &ca, "-keyfile", &ca_key,
        ];
        arguments.extend(["-in", &request, "-out", &certificate]);
        arguments.extend(dates);
        openssl(&arguments);
        Self {
            ca_pem: read(&ca),
            certificate: certificate.into(),
            key: key.into(),
        }
    }
}

/// Makes a key, and a certificate or a request for it.
fn new_key(more: &[&str], name: &str, key: &str, out: &str) {
    let subject = format!("/CN={name}");
    let mut arguments = vec![
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ];
    arguments.extend(["-subj", &subject, "-keyout", key, "-out", out]);
    arguments.extend(more);
    openssl(&arguments);
}

fn read(path: &str) -> String {
    fs::read_to_string(path).expect("openssl wrote the certificate")
}

/// Runs openssl and gives what it prints.
pub(crate) fn openssl(arguments: &[&str]) -> String {
    let output = Command::new("openssl").args(arguments).output();
    let output =
        output.unwrap_or_else(|error| panic!("`openssl` cannot be run ({error}): install openssl"));
    assert!(
        output.status.success(),
        "openssl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
