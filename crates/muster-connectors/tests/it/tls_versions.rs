//! Real servers with which no encryption can be agreed on: over HTTPS, over FTPS, and as an HR system. Each is named as
//! what it is, before a password is sent, and is not asked again.

use crate::{
    personio::everything,
    session::{Ground, connector},
    source::{refusal, source},
};
use muster_connectors::{
    connector::ErrorKind,
    transport::{FtpTls, SourceSettings},
};
use muster_core::model::{
    code::Code,
    problem::{
        api::Failure,
        network::TlsFault,
        transport::{Cause, Remedy},
    },
};
use muster_testkit::tls_server::TlsServer;

fn files(server: &TlsServer) -> [SourceSettings; 2] {
    let port = server.port;
    let with_authority = |url: &str, ftp_tls| SourceSettings {
        ca_certificate: Some(server.ca_pem.clone()),
        ftp_tls,
        ..source(url, "ann", "pw-1")
    };
    let web = with_authority(&format!("https://127.0.0.1:{port}/a.csv"), FtpTls::Explicit);
    let ftps = with_authority(&format!("ftps://127.0.0.1:{port}/in"), FtpTls::Implicit);
    [
        SourceSettings {
            pattern: None,
            ..web
        },
        ftps,
    ]
}

#[track_caller]
fn check(options: &[&str], fault: &TlsFault, remedy: Remedy) {
    let server = TlsServer::start(options);
    for mut settings in files(&server) {
        settings.retry.attempts = 3;
        let error = refusal(&settings);
        let at = settings.location.to_string();
        assert_eq!(
            (error.code, error.retry, error.remedy),
            (Code::TransportTls, false, remedy),
            "{options:?} {at}: {error}"
        );
        assert_eq!(error.failure.cause, Cause::Tls(fault.clone()), "{at}");
    }
    let mut ground = Ground::patient();
    ground.network.ca_certificate = Some(server.ca_pem.clone());
    let url = format!("https://127.0.0.1:{}", server.port);
    let personio = connector(
        "personio",
        &[("base_url", &url), ("client_id", "papi-id")],
        &[("client_secret", "papi-secret")],
    );
    let error = ground.read(&*personio, &everything()).unwrap_err();
    assert_eq!(
        (error.kind, error.code(), error.retry, ground.waited().len()),
        (ErrorKind::Unauthorised, Code::TransportTls, false, 0),
        "{options:?}: {error}"
    );
    let request = error.failed_request().unwrap();
    assert_eq!(request.failure, Failure::Encryption(fault.clone()));
}

#[test]
fn t22_a_server_that_speaks_only_old_tls_is_named_as_that() {
    for version in ["-tls1", "-tls1_1"] {
        let options = [version, "-cipher", "ALL:@SECLEVEL=0"];
        check(&options, &TlsFault::OldTls, Remedy::UpdateServer);
    }
}

#[test]
fn t22_an_alert_of_the_server_is_named() {
    let alert = TlsFault::Alert {
        alert: "HandshakeFailure".to_owned(),
    };
    // Only ciphers that are no longer safe, and a server that wants a certificate of its clients.
    let old_cipher = ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"];
    for options in [&old_cipher[..], &["-tls1_2", "-Verify", "1"]] {
        check(options, &alert, Remedy::CheckTlsServer);
    }
}
