//! Servers whose certificate is wrong, over HTTPS and over FTPS in both its ways: each is refused before anything is
//! sent, and the message says exactly what is wrong with it.

use crate::{
    ftp, https,
    source::{delivery, refusal},
};
use muster_connectors::transport::{FtpTls, SourceSettings};
use muster_core::model::code::Code;
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
        "its certificate expired on 2021-01-01T00:00:00Z",
        "this machine's clock says 20",
        "`CN=Test server`",
    ];
    check(Flaw::Expired, None, Named::Authority, Err(&parts));
    // Naming it does not make it younger.
    check(Flaw::Expired, None, Named::Itself, Err(&parts));
}

#[test]
fn t21_a_certificate_that_is_not_yet_valid_is_refused_with_its_dates() {
    let parts = [
        "is not valid before 2060-01-01T00:00:00Z",
        "this machine's clock says 20",
        "`CN=Test server`",
    ];
    check(Flaw::NotYetValid, None, Named::Authority, Err(&parts));
}

#[test]
fn t21_a_self_signed_certificate_is_refused_unless_it_is_named_itself() {
    let parts = [
        "is signed by itself: no authority vouches for it",
        "`CN=Test server`",
        "wanted for `127.0.0.1`",
    ];
    check(Flaw::SelfSigned, None, Named::Nothing, Err(&parts));
    check(Flaw::SelfSigned, None, Named::Itself, Ok(()));
}

#[test]
fn t21_an_unknown_authority_is_refused_by_name_unless_it_is_named() {
    let parts = [
        "is signed by `CN=Test authority`, an authority that is not trusted here",
        "`CN=Test server`",
    ];
    check(Flaw::None, None, Named::Nothing, Err(&parts));
    check(Flaw::None, None, Named::Authority, Ok(()));
}

#[test]
fn t21_a_certificate_for_another_host_is_refused_unless_it_is_named_itself() {
    let names = Some("DNS:other.example,DNS:*.acme.example,IP:192.0.2.7");
    let parts = ["is for `other.example`, `*.acme.example`, `192.0.2.7` and not for `127.0.0.1`"];
    check(Flaw::None, names, Named::Authority, Err(&parts));
    check(Flaw::None, names, Named::Itself, Ok(()));
}
