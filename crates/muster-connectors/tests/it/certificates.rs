//! Servers whose certificate is wrong, over HTTPS and over FTPS in both its ways: each is refused before anything is
//! sent, and the message says exactly what is wrong with it.

use crate::{
    ftp, https,
    source::{delivery, refusal, source},
};
use muster_connectors::transport::{FtpTls, SourceSettings};
use muster_core::model::{code::Code, problem::transport::Remedy};
use muster_testkit::{
    certificate::Flaw,
    ftp_server::{FtpOptions, FtpServer},
    nginx::{Nginx, NginxOptions},
};
use std::fs;

/// What each kind of server makes of settings that do not name its authority yet.
enum Server {
    Https(Nginx),
    Ftps(FtpServer),
}

impl Server {
    fn all(flaw: Flaw, names: Option<&str>) -> [(Self, SourceSettings); 3] {
        let certificate_names = names.map(str::to_owned);
        let web = Nginx::start(&NginxOptions {
            certificate_names,
            flaw,
            ..NginxOptions::default()
        });
        fs::write(web.folder.join("a.csv"), "id\n1\n").unwrap();
        let web_settings = https::settings(&web, "a.csv");
        let [explicit, implicit] = [false, true].map(|implicit| {
            let certificate_names = names.map(str::to_owned);
            let options = FtpOptions {
                tls: true,
                implicit,
                certificate_names,
                flaw,
                ..FtpOptions::default()
            };
            let server = FtpServer::start(&options);
            fs::write(server.folder.join("a.csv"), "id\n1\n").unwrap();
            let ftp_tls = if implicit {
                FtpTls::Implicit
            } else {
                FtpTls::Explicit
            };
            let settings = SourceSettings {
                ftp_tls,
                ..ftp::settings(&server)
            };
            (Self::Ftps(server), settings)
        });
        [(Self::Https(web), web_settings), explicit, implicit]
    }

    /// The certificate that the server shows (PEM).
    fn own(&self) -> String {
        fs::read_to_string(match self {
            Self::Https(server) => &server.certificate,
            Self::Ftps(server) => &server.certificate,
        })
        .unwrap()
    }

    /// Whether the server was asked for anything.
    fn was_asked(&self) -> bool {
        match self {
            Self::Https(server) => !server.log().is_empty(),
            Self::Ftps(server) => server.log().contains("USER"),
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Named {
    Nothing,
    Authority,
    Itself,
}

#[track_caller]
fn check(flaw: Flaw, names: Option<&str>, named: Named, wanted: Result<(), &[&str]>) {
    for (server, settings) in Server::all(flaw, names) {
        let at = settings.location.to_string();
        let ca_certificate = match named {
            Named::Nothing => None,
            Named::Authority => settings.ca_certificate.clone(),
            Named::Itself => Some(server.own()),
        };
        let settings = SourceSettings {
            ca_certificate,
            ..settings
        };
        let Err(parts) = wanted else {
            assert_eq!(delivery(&settings).files[0].file.bytes, 5, "{at}");
            continue;
        };
        let error = refusal(&settings);
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportTls, false),
            "{at}: {error:?}"
        );
        for part in parts {
            assert!(
                error.to_string().contains(part),
                "{at}: `{part}` is missing: {error}"
            );
        }
        assert!(
            error.to_string().contains("CorrectCertificate"),
            "{error:?}"
        );
        assert!(!server.was_asked(), "{at}: something was sent");
    }
}

#[test]
fn t21_an_expired_certificate_is_refused_with_its_dates() {
    let parts = [
        "Expired { now: Some(20",
        "until: 2021-01-01T00:00:00Z",
        "subject: Some(\"CN=Test server\")",
    ];
    check(Flaw::Expired, None, Named::Authority, Err(&parts));
    // Naming it does not make it younger.
    check(Flaw::Expired, None, Named::Itself, Err(&parts));
}

#[test]
fn t21_a_certificate_that_is_not_yet_valid_is_refused_with_its_dates() {
    let parts = [
        "NotYetValid { now: Some(20",
        "from: 2060-01-01T00:00:00Z",
        "subject: Some(\"CN=Test server\")",
    ];
    check(Flaw::NotYetValid, None, Named::Authority, Err(&parts));
}

#[test]
fn t21_a_self_signed_certificate_is_refused_unless_it_is_named_itself() {
    let parts = [
        "SelfSigned",
        "subject: Some(\"CN=Test server\")",
        "host: \"127.0.0.1\"",
    ];
    check(Flaw::SelfSigned, None, Named::Nothing, Err(&parts));
    check(Flaw::SelfSigned, None, Named::Itself, Ok(()));
}

/// P19.
#[test]
fn t21_an_unknown_authority_is_refused_by_name_unless_it_is_named() {
    let parts = [
        "UnknownAuthority",
        "issuer: Some(\"CN=Test authority\")",
        "subject: Some(\"CN=Test server\")",
    ];
    check(Flaw::None, None, Named::Nothing, Err(&parts));
    check(Flaw::None, None, Named::Authority, Ok(()));
}

#[test]
fn t21_a_certificate_for_another_host_is_refused_unless_it_is_named_itself() {
    let names = Some("DNS:other.example,DNS:*.acme.example,IP:192.0.2.7");
    let parts = [
        r#"OtherHosts { names: ["other.example", "*.acme.example", "192.0.2.7"] }"#,
        "host: \"127.0.0.1\"",
    ];
    check(Flaw::None, names, Named::Authority, Err(&parts));
    check(Flaw::None, names, Named::Itself, Ok(()));
}

/// Answers a TLS handshake with bytes of its own.
fn answering(bytes: &'static [u8]) -> crate::scripted::Script {
    crate::scripted::server("127.0.0.1", String::new(), move |mut stream, _| {
        use std::io::{Read, Write};
        let _read = stream.read(&mut [0; 512]);
        let _sent = stream.write_all(bytes);
    })
}

#[test]
fn what_is_not_about_the_certificate_does_not_suggest_one() {
    let old = b"\x15\x03\x01\x00\x02\x02\x46";
    let broken = b"\x16\x03\x03\x00\x04\xFF\x00\x00\x00";
    for (bytes, cause, remedy) in [
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(),
            "AnswersUnencrypted",
            Remedy::CheckTlsServer,
        ),
        (old, "OldTls", Remedy::UpdateServer),
        (broken, "Tls", Remedy::CheckTlsServer),
    ] {
        let script = answering(bytes);
        let mut settings = source(&format!("https://127.0.0.1:{}/a.csv", script.port), "", "");
        settings.pattern = None;
        let mut ftps = source(
            &format!("ftps://127.0.0.1:{}/in", script.port),
            "ann",
            "pw-1",
        );
        ftps.ftp_tls = FtpTls::Implicit;
        let error = refusal(&settings);
        assert_eq!(
            (error.code, error.remedy),
            (Code::TransportTls, remedy),
            "{error}"
        );
        assert!(error.to_string().contains(cause), "{error}");
        assert!(!error.to_string().contains("http"), "{error}");
        let error = refusal(&ftps);
        assert_eq!(error.code, Code::TransportTls, "{error}");
        assert!(error.to_string().contains(cause), "{error}");
        assert_ne!(error.remedy, Remedy::CorrectCertificate);
    }
}
