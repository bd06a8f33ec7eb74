//! A service with a certificate of its own: HTTPS, a renewed certificate, and files that cannot be used.

use super::{Service, wait_for};
use muster_testkit::certificate::Certificate;
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    sync::Arc,
};

/// What a client gets that trusts an authority; none: there is no connection.
fn get(address: &str, ca_pem: &str, path: &str) -> Option<String> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap())
        .unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(address).unwrap());
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut part) {
        answer.extend_from_slice(&part[..length]);
    }
    let answer = String::from_utf8(answer).unwrap();
    (!answer.is_empty()).then_some(answer)
}

/// A certificate whose key only its owner can read.
fn certificate(folder: &Path) -> Certificate {
    fs::create_dir_all(folder).unwrap();
    let made = Certificate::for_localhost(folder);
    fs::set_permissions(&made.key, fs::Permissions::from_mode(0o600)).unwrap();
    made
}

fn options(certificate: &Path, key: &Path) -> [String; 4] {
    [
        "--tls-certificate".to_owned(),
        certificate.display().to_string(),
        "--tls-key".to_owned(),
        key.display().to_string(),
    ]
}

#[test]
fn service_answers_https_and_uses_a_renewed_certificate_after_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let first = certificate(&folder.path().join("first"));
    let second = certificate(&folder.path().join("second"));
    let options = options(&first.certificate, &first.key);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let mut service = Service::start_with(folder.path(), &options);
    let address = service.address.clone();
    let pages = get(&address, &first.ca_pem, "/sign-in").unwrap();
    assert!(pages.starts_with("HTTP/1.1 200"), "{pages}");
    assert!(
        pages.contains("strict-transport-security: max-age="),
        "{pages}"
    );
    assert_eq!(get(&address, &second.ca_pem, "/livez"), None);
    let mut plain = TcpStream::connect(&address).unwrap();
    write!(plain, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"), "nothing is answered in clear");

    fs::copy(&second.certificate, &first.certificate).unwrap();
    fs::copy(&second.key, &first.key).unwrap();
    service.signal("HUP");
    wait_for("the new certificate is used", || {
        get(&address, &second.ca_pem, "/livez")
    });

    fs::write(&first.key, "not a key").unwrap();
    service.signal("HUP");
    service.logs("continues with the earlier one");
    assert!(get(&address, &second.ca_pem, "/livez").is_some());
    service.stop();
}

#[test]
fn signal_to_read_the_certificate_does_not_end_a_service_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(folder.path());
    service.signal("HUP");
    assert!(service.get("/livez").starts_with("HTTP/1.1 200"));
    service.stop();
}

#[test]
fn certificate_that_cannot_be_used_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let made = certificate(&folder.path().join("made"));
    let other = certificate(&folder.path().join("other"));
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    let open = folder.path().join("open.key");
    fs::copy(&made.key, &open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    let missing = folder.path().join("missing.pem");
    for (certificate, key, wanted) in [
        (
            Some(&made.certificate),
            Some(&other.key),
            "does not belong to the certificate",
        ),
        (Some(&made.certificate), None, "only one of them is set"),
        (None, Some(&made.key), "only one of them is set"),
        (Some(&empty), Some(&made.key), "contains no certificate"),
        (
            Some(&made.certificate),
            Some(&made.certificate),
            "every account",
        ),
        (Some(&made.certificate), Some(&open), "every account"),
        (Some(&missing), Some(&made.key), "cannot be read"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .env_clear();
        if let Some(certificate) = certificate {
            command.arg("--tls-certificate").arg(certificate);
        }
        if let Some(key) = key {
            command.arg("--tls-key").arg(key);
        }
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(wanted), "no `{wanted}` in {text}");
    }
}
