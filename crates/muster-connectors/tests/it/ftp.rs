//! FTP and FTPS against a real server.

use crate::source::{contents, delivery, fetched, hasty, refusal, run, source};
use muster_connectors::transport::{
    After, FtpMode, FtpTls, Scheme, SourceSettings, fetch, finish, look,
};
use muster_core::model::{
    code::Code,
    problem::{
        network::TlsFault,
        transport::{Cause, Remedy},
    },
};
use muster_testkit::{
    account::{PASSWORD, USER},
    ftp_server::{FtpOptions, FtpServer},
    vsftpd::Vsftpd,
};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

fn start() -> FtpServer {
    FtpServer::start(&FtpOptions::default())
}

pub(crate) fn settings(server: &FtpServer) -> SourceSettings {
    let scheme = if server.ca_pem.is_empty() {
        "ftp"
    } else {
        "ftps"
    };
    let url = format!(
        "{scheme}://127.0.0.1:{}{}",
        server.port,
        server.folder.display()
    );
    let mut settings = source(&url, &server.user, &server.password);
    settings.ca_certificate = Some(server.ca_pem.clone()).filter(|pem| !pem.is_empty());
    settings
}

#[test]
fn t25_passive_mode_brings_every_byte_as_it_is() {
    let server = start();
    let bytes: Vec<u8> = (0..=255)
        .chain(*b"\r\n\n\r\r\n")
        .cycle()
        .take(300_000)
        .collect();
    fs::write(server.folder.join("a.csv"), &bytes).unwrap();
    let delivery = delivery(&settings(&server));
    assert_eq!(
        (
            delivery.files[0].file.bytes,
            delivery.files[0].file.modified.is_some()
        ),
        (300_000, true)
    );
    let codes: Vec<Code> = delivery
        .warnings
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(codes, [Code::TransportClear]);
    assert_eq!(contents(delivery), [("a.csv".to_owned(), bytes)]);
    assert!(server.log().contains("EPSV"), "{}", server.log());
}

#[test]
fn active_mode_brings_the_file() {
    let server = start();
    fs::write(server.folder.join("a.csv"), "x").unwrap();
    let settings = SourceSettings {
        ftp_mode: FtpMode::Active,
        ..settings(&server)
    };
    assert_eq!(
        contents(delivery(&settings)),
        [("a.csv".to_owned(), b"x".to_vec())]
    );
    assert!(server.log().contains("PORT"), "{}", server.log());
}

#[test]
fn one_file_is_read_by_its_path() {
    let server = start();
    fs::write(server.folder.join("staff list.csv"), "x").unwrap();
    let mut settings = settings(&server);
    settings.pattern = None;
    settings.location.path.push_str("/staff list.csv");
    assert_eq!(
        contents(delivery(&settings)),
        [("staff list.csv".to_owned(), b"x".to_vec())]
    );
    settings.location.path.push_str(".old");
    assert_eq!(refusal(&settings).code, Code::NoFile);
}

#[test]
fn explicit_tls_protects_commands_and_data() {
    let server = FtpServer::start(&FtpOptions {
        tls: true,
        ..FtpOptions::default()
    });
    fs::write(server.folder.join("a.csv"), vec![b'x'; 200_000]).unwrap();
    let delivery = delivery(&settings(&server));
    assert_eq!(delivery.warnings, []);
    assert_eq!(contents(delivery)[0].1.len(), 200_000);
    let log = server.log();
    assert!(
        log.contains("AUTH TLS") && log.contains("PBSZ 0") && log.contains("PROT P"),
        "{log}"
    );
}

#[test]
fn implicit_tls_protects_commands_and_data_too() {
    let server = FtpServer::start(&FtpOptions {
        tls: true,
        implicit: true,
        ..FtpOptions::default()
    });
    fs::write(server.folder.join("a.csv"), vec![b'x'; 200_000]).unwrap();
    let mut settings = SourceSettings {
        ftp_tls: FtpTls::Implicit,
        ..settings(&server)
    };
    let delivery = delivery(&settings);
    assert_eq!(delivery.warnings, []);
    assert_eq!(contents(delivery)[0].1.len(), 200_000);
    let log = server.log();
    assert!(
        !log.contains("AUTH") && log.contains("PBSZ 0") && log.contains("PROT P"),
        "{log}"
    );
    // Asked for encryption first, such a server says nothing and waits.
    settings.ftp_tls = FtpTls::Explicit;
    hasty(&mut settings);
    let error = refusal(&settings);
    assert!(
        error.code == Code::TransportTimeout && error.remedy == Remedy::UseImplicitTls,
        "{error:?}"
    );
}

#[test]
fn t22_a_server_that_greets_in_the_clear_gets_no_user_where_tls_is_implicit() {
    for tls in [false, true] {
        let server = FtpServer::start(&FtpOptions {
            tls,
            ..FtpOptions::default()
        });
        let mut settings = SourceSettings {
            ftp_tls: FtpTls::Implicit,
            ..settings(&server)
        };
        settings.location.scheme = Scheme::Ftps;
        let error = refusal(&settings);
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportTls, false),
            "{error:?}"
        );
        assert!(
            error.failure.cause == Cause::Tls(TlsFault::AnswersUnencrypted),
            "{error}"
        );
        assert_eq!(error.remedy, Remedy::UseExplicitTls);
        assert!(!server.log().contains("USER"), "{}", server.log());
    }
}

#[test]
fn t01_a_wrong_password_is_tried_once() {
    let server = start();
    let mut settings = settings(&server);
    settings.credentials.password = Some("wrong-word-9".into());
    settings.retry.attempts = 3;
    let (result, again) = fetched(&settings);
    let error = result.unwrap_err();
    assert_eq!((error.code, again), (Code::TransportCredentials, 0));
    assert!(
        error
            .to_string()
            .contains("attempt: LogIn, on: Account { user: \"ann\"")
            && error.to_string().contains("LoginRefused"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("wrong-word-9"));
}

#[test]
fn t14_a_missing_folder_and_an_empty_one_are_distinguished() {
    let server = start();
    let mut settings = settings(&server);
    assert_eq!(refusal(&settings).code, Code::NoFile);
    settings.location.path.push_str("/nowhere");
    let error = refusal(&settings);
    assert_eq!(error.code, Code::TransportFolder);
    assert!(
        error.to_string().contains("nowhere") && error.to_string().contains("Some(\"ann\")"),
        "{error}"
    );
}

#[test]
fn t14_what_the_account_may_not_read_is_no_empty_folder() {
    let (server, other) = (start(), Vsftpd::start());
    fs::write(server.folder.join("a.csv"), "x").unwrap();
    let path = other.write("a.csv", b"x");
    let folder = path.parent().unwrap();
    let mut others = source(
        &format!("ftps://localhost:{}{}", other.port, folder.display()),
        USER,
        PASSWORD,
    );
    others.ca_certificate = Some(other.ca_pem.clone());
    let may =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    // It may be entered, and not listed.
    may(&server.folder, 0o311);
    let error = refusal(&settings(&server));
    assert_eq!(error.code, Code::TransportFolder);
    let text = error.to_string();
    let listed = format!("List, on: Path {{ path: \"{}\"", server.folder.display());
    assert!(
        text.contains(&listed) && text.contains("550") && text.contains("Some(\"ann\")"),
        "{text}"
    );
    may(&server.folder, 0o755);
    // This server lists such a folder as an empty one.
    may(folder, 0o311);
    let error = refusal(&others);
    assert_eq!(error.code, Code::NoFile);
    let text = error.to_string();
    assert!(
        text.contains(&format!("NothingVisible {{ account: {USER:?} }}"))
            && text.contains("CheckUploadAndAccess"),
        "{text}"
    );
    assert!(text.contains(&folder.display().to_string()), "{text}");
    may(folder, 0o755);
    for (file, settings) in [
        (&server.folder.join("a.csv"), settings(&server)),
        (&path, others),
    ] {
        may(file, 0);
        let error = refusal(&settings);
        let account = format!("account: {:?}", settings.credentials.user.unwrap());
        assert!(
            error.code == Code::NoFile && error.to_string().contains(&account),
            "{error}"
        );
    }
}

#[test]
fn t15_more_names_or_files_than_the_limits_are_refused_with_their_numbers() {
    let server = start();
    for number in 0..7 {
        fs::write(server.folder.join(format!("{number}.csv")), "x").unwrap();
    }
    fs::write(server.folder.join("other.txt"), "x").unwrap();
    let local = source(&format!("file:{}", server.folder.display()), "", "");
    for mut settings in [settings(&server), local] {
        assert_eq!(delivery(&settings).files.len(), 7);
        for (names, matching, wanted) in [
            (
                100,
                6,
                "names: 8, names_limit: 100, matching: 7, matching_limit: 6",
            ),
            (8, 100, "names_limit: 8, matching: 7, matching_limit: 100"),
        ] {
            (settings.limits.names_read, settings.limits.names_considered) = (names, matching);
            let error = refusal(&settings);
            assert_eq!(
                (error.code, error.retry),
                (Code::TransportLimit, false),
                "{error:?}"
            );
            assert!(error.to_string().contains(wanted), "{error}");
        }
    }
}

#[test]
fn t18_links_pipes_and_folders_are_never_opened() {
    let server = start();
    fs::write(server.folder.join("a.csv"), "x").unwrap();
    fs::create_dir(server.folder.join("d.csv")).unwrap();
    symlink("/etc/passwd", server.folder.join("l.csv")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(server.folder.join("p.csv"))
            .status()
            .unwrap()
            .success()
    );
    let look = run(look(&settings(&server))).unwrap();
    let names: Vec<&str> = look.files.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["a.csv"]);
    let skipped = look
        .warnings
        .iter()
        .filter(|problem| problem.code == Code::NameRefused)
        .count();
    assert_eq!(skipped, 3, "{:#?}", look.warnings);
    let mut settings = settings(&server);
    settings.pattern = None;
    settings.location.path.push_str("/p.csv");
    assert_eq!(refusal(&settings).code, Code::NameRefused);
}

#[test]
fn t22_a_server_without_tls_gets_no_user() {
    let server = start();
    let mut settings = settings(&server);
    settings.location.scheme = Scheme::Ftps;
    let error = refusal(&settings);
    assert_eq!((error.code, error.retry), (Code::TransportTls, false));
    assert!(error.to_string().contains("NoTls"), "{error}");
    assert!(!server.log().contains("USER"), "{}", server.log());
}

#[test]
fn t22_a_server_that_wants_tls_refuses_the_clear() {
    let server = FtpServer::start(&FtpOptions {
        tls: true,
        ..FtpOptions::default()
    });
    let mut settings = settings(&server);
    settings.location.scheme = Scheme::Ftp;
    let error = refusal(&settings);
    assert!(!error.retry && error.remedy == Remedy::UseFtps, "{error:?}");
}

#[test]
fn what_was_applied_is_archived_or_deleted() {
    let server = start();
    let file = server.folder.join("a.csv");
    for (after, archived) in [
        (After::Archive("done".to_owned()), true),
        (After::Delete, false),
    ] {
        fs::write(&file, "x").unwrap();
        let settings = SourceSettings {
            after,
            ..settings(&server)
        };
        let delivery = delivery(&settings);
        assert_eq!(run(finish(&settings, &delivery.files)), []);
        assert_eq!(
            (file.exists(), server.folder.join("done/a.csv").exists()),
            (false, archived)
        );
        fs::remove_file(server.folder.join("done/a.csv")).unwrap_or_default();
    }
}

#[test]
fn an_archived_file_is_never_written_over() {
    let server = start();
    fs::create_dir(server.folder.join("done")).unwrap();
    fs::write(server.folder.join("done/a.csv"), "old").unwrap();
    fs::write(server.folder.join("a.csv"), "new").unwrap();
    let settings = SourceSettings {
        after: After::Archive("done".to_owned()),
        ..settings(&server)
    };
    let delivery = delivery(&settings);
    assert_eq!(run(finish(&settings, &delivery.files)), []);
    let archived = fs::read_dir(server.folder.join("done")).unwrap();
    let mut contents: Vec<String> = archived
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    contents.sort();
    assert_eq!(contents, ["new", "old"]);
    assert_eq!(
        fs::read_to_string(server.folder.join("done/a.csv")).unwrap(),
        "old"
    );
}

#[test]
fn t11_a_file_that_grows_between_two_looks_is_not_read() {
    let server = start();
    let file = server.folder.join("a.csv");
    fs::write(&file, "half").unwrap();
    let mut settings = settings(&server);
    settings.settle = std::time::Duration::from_millis(200);
    let mut progress =
        |_: muster_connectors::transport::Progress<'_>| fs::write(&file, "whole now").unwrap();
    let long_ago = || "1990-01-01T00:00:00Z".parse().unwrap();
    let error = run(fetch(&settings, &long_ago, &mut progress)).unwrap_err();
    assert_eq!(error.code, Code::NotSettled);
    assert!(
        error
            .to_string()
            .contains("Size { before: Some(4), now: Some(9) }"),
        "{error}"
    );
}

#[test]
fn a_server_that_wants_the_same_session_for_commands_and_data_brings_the_file() {
    let server = Vsftpd::start();
    let bytes = b"id;name\n".repeat(50_000);
    let path = server.write("a.csv", &bytes);
    let folder = path.parent().unwrap().display();
    let url = format!("ftps://localhost:{}{folder}", server.port);
    let mut settings = source(&url, USER, PASSWORD);
    settings.ca_certificate = Some(server.ca_pem.clone());
    for ftp_mode in [FtpMode::Passive, FtpMode::Active] {
        // A listing and the file: two data connections, each with that session.
        let found = contents(delivery(&SourceSettings {
            ftp_mode,
            ..settings.clone()
        }));
        assert!(found[0].1 == bytes, "{ftp_mode:?}: {}", server.log());
    }
    let log = server.log();
    assert!(
        log.contains("RETR a.csv") && log.contains("\"226 Transfer complete.\""),
        "{log}"
    );
}
