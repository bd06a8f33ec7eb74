//! Files on a real OpenSSH server; `broken` and `odd` have the servers that misbehave.

mod broken;
mod login;
mod odd;

use jiff::Timestamp;
use muster_connectors::transport::{
    After, Credentials, Delivery, ErrorKind, Location, Progress, Retry, SourceSettings,
    TransportError, fetch, finish, look, ssh_algorithms,
};
use muster_core::model::{
    code::Code,
    problem::{self, transport},
};
use muster_testkit::openssh::{OpenSsh, Options, PASSPHRASE, PASSWORD, USER};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, OpenOptions, Permissions},
    io::{Read, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

/// Settings for the `*.csv` files of a folder on a server of this machine, with nothing accepted.
fn settings(port: u16, path: &str) -> SourceSettings {
    let location =
        Location::parse(&format!("sftp://127.0.0.1:{port}{path}"), Path::new("/")).unwrap();
    SourceSettings {
        pattern: Some("*.csv".to_owned()),
        credentials: Credentials {
            user: Some(USER.to_owned()),
            ..Credentials::default()
        },
        retry: Retry {
            attempts: 2,
            first_wait: Duration::from_millis(10),
            seed: 1,
        },
        ..SourceSettings::new(location)
    }
}

/// Settings that log in with the password.
fn accepted(server: &OpenSsh) -> SourceSettings {
    let mut settings = settings(server.port, server.folder.to_str().unwrap());
    settings.host_keys = vec![server.fingerprint.clone()];
    settings.credentials.password = Some(PASSWORD.into());
    settings
}

/// Settings that log in with this key alone.
fn with_key(server: &OpenSsh, key: &str, passphrase: Option<&str>) -> SourceSettings {
    let mut settings = accepted(server);
    settings.credentials.password = None;
    settings.credentials.private_key = Some(key.into());
    settings.credentials.passphrase = passphrase.map(Into::into);
    settings
}

/// So late that every file is at rest.
fn late() -> Timestamp {
    "2100-01-01T00:00:00Z".parse().unwrap()
}

async fn fetched(settings: &SourceSettings) -> Result<Delivery, TransportError> {
    fetch(settings, &late, &mut |_| {}).await
}

/// The names that were skipped, each with the reason.
fn skipped(delivery: &Delivery) -> Vec<String> {
    let detail = delivery.warnings.iter().map(|warning| &warning.detail);
    detail
        .filter_map(|detail| match detail {
            problem::Detail::Transport(transport::Detail::Skipped(it)) => {
                Some(format!("{}: {:?}", it.name, it.reason))
            }
            _ => None,
        })
        .collect()
}

/// Fails, and without a second attempt.
async fn refused(settings: &SourceSettings) -> TransportError {
    let mut attempts = 0;
    let error = fetch(settings, &late, &mut |progress| {
        attempts += usize::from(matches!(progress, Progress::Retrying { .. }));
    })
    .await
    .unwrap_err();
    assert_eq!(attempts, 0, "{error:?}");
    error
}

#[track_caller]
fn check(error: &TransportError, code: Code, kind: ErrorKind, parts: &[&str]) {
    let text = error.to_string();
    assert_eq!((error.code, error.kind), (code, kind), "{text}");
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
    assert!(
        !text.contains(PASSWORD) && !text.contains("wrong one"),
        "{text}"
    );
}

#[tokio::test]
async fn t14_missing_forbidden_and_empty_folders_are_distinguished() {
    let server = OpenSsh::start(Options::default());
    let folder = server.folder.to_str().unwrap().to_owned();
    let at = format!("{USER}@127.0.0.1:{}", server.port);
    check(
        &refused(&accepted(&server)).await,
        Code::NoFile,
        ErrorKind::NoFile,
        &[&folder, "EmptyFolder"],
    );

    let mut missing = accepted(&server);
    missing.location.path = format!("{folder}/nowhere");
    let parts = ["/nowhere\"", at.as_str(), "Missing"];
    check(
        &refused(&missing).await,
        Code::TransportFolder,
        ErrorKind::Unreachable,
        &parts,
    );

    fs::create_dir(server.folder.join("closed")).unwrap();
    fs::set_permissions(server.folder.join("closed"), Permissions::from_mode(0o700)).unwrap();
    let mut closed = accepted(&server);
    closed.location.path = format!("{folder}/closed");
    let parts = ["/closed\"", at.as_str(), "NoPermission"];
    check(
        &refused(&closed).await,
        Code::TransportFolder,
        ErrorKind::Unreachable,
        &parts,
    );

    let path = server.write("closed.csv", b"id\n");
    fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    let parts = ["closed.csv", at.as_str(), "NoPermission"];
    check(
        &refused(&accepted(&server)).await,
        Code::TransportFolder,
        ErrorKind::Unreachable,
        &parts,
    );
}

#[tokio::test]
async fn t17_hostile_names_are_skipped_and_shown_escaped() {
    use std::os::unix::ffi::OsStrExt;
    let server = OpenSsh::start(Options::default());
    server.write("good.csv", b"id\n1\n");
    server.write("a\r\nDELE b.csv", b"id\n2\n");
    server.write("back\\slash.csv", b"id\n3\n");
    server.write("esc\u{1b}[31m.csv", b"id\n4\n");
    fs::write(
        server
            .folder
            .join(std::ffi::OsStr::from_bytes(b"caf\xe9.csv")),
        b"id\n5\n",
    )
    .unwrap();
    let delivery = fetched(&accepted(&server)).await.unwrap();
    let names: Vec<&str> = delivery
        .files
        .iter()
        .map(|file| file.file.name.as_str())
        .collect();
    assert_eq!(names, ["good.csv"]);
    let text = skipped(&delivery).join("\n");
    for part in [
        "a\\r\\nDELE b.csv",
        "back\\slash.csv",
        "\\u{001B}",
        "NotUtf8",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(delivery.warnings.len(), 4, "{text}");
}

/// P18.
#[tokio::test]
async fn t18_links_pipes_and_folders_are_skipped_and_never_opened() {
    let server = OpenSsh::start(Options::default());
    server.write("good.csv", b"id\n1\n");
    symlink("/etc/passwd", server.folder.join("link.csv")).unwrap();
    fs::create_dir(server.folder.join("folder.csv")).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(server.folder.join("pipe.csv"))
            .status()
            .unwrap()
            .success()
    );
    let delivery = tokio::time::timeout(Duration::from_secs(20), fetched(&accepted(&server)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(delivery.files.len(), 1);
    let mut text = skipped(&delivery);
    text.sort_unstable();
    assert!(
        text == ["folder.csv: Folder", "link.csv: Link", "pipe.csv: Special"],
        "{text:?}"
    );

    for name in ["pipe.csv", "link.csv", "folder.csv"] {
        let mut one = accepted(&server);
        one.pattern = None;
        one.location.path = format!("{}/{name}", server.folder.display());
        check(
            &refused(&one).await,
            Code::NameRefused,
            ErrorKind::Refused,
            &[name, "NotAPlainFile"],
        );
    }
}

#[tokio::test]
async fn one_file_is_fetched_by_its_path() {
    let server = OpenSsh::start(Options::default());
    server.write("other.csv", b"id\n1\n");
    server.write("staff.txt", b"id\n2\n");
    let mut one = accepted(&server);
    one.pattern = None;
    one.location.path = format!("{}/staff.txt", server.folder.display());
    let mut delivery = fetched(&one).await.unwrap();
    let mut text = String::new();
    delivery.files[0].content.read_to_string(&mut text).unwrap();
    assert_eq!((delivery.files.len(), text.as_str()), (1, "id\n2\n"));
    one.location.path.push_str(".gone");
    check(
        &refused(&one).await,
        Code::NoFile,
        ErrorKind::NoFile,
        &["staff.txt.gone", "Missing"],
    );
}

#[tokio::test]
async fn t11_a_file_that_grows_is_not_settled() {
    let server = OpenSsh::start(Options::default());
    let path = server.write("a.csv", b"id\n1\n");
    let now = Timestamp::try_from(fs::metadata(&path).unwrap().modified().unwrap()).unwrap();
    let mut growing = accepted(&server);
    growing.settle = Duration::from_secs(1);
    let mut again = 0;
    let error = fetch(&growing, &|| now, &mut |progress| {
        if matches!(progress, Progress::Settling { .. }) {
            OpenOptions::new()
                .append(true)
                .open(&path)
                .unwrap()
                .write_all(b"2\n")
                .unwrap();
        }
        again += usize::from(matches!(progress, Progress::Retrying { .. }));
    })
    .await
    .unwrap_err();
    check(
        &error,
        Code::NotSettled,
        ErrorKind::NotSettled,
        &["a.csv", "Size { before: Some(7), now: Some(9) }"],
    );
    assert_eq!(again, 1, "it may have settled by then");
}

/// Bytes that do not compress and do not repeat.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        bytes.extend_from_slice(&(state ^ (state >> 29)).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

#[tokio::test]
async fn a_large_file_arrives_whole_and_in_order() {
    let server = OpenSsh::start(Options::default());
    // Neither a multiple of what is read at once, nor empty.
    for length in [20_000_003, 32 << 10, 1, 0] {
        let content = noise(length);
        server.write("a.csv", &content);
        let mut delivery = fetched(&accepted(&server)).await.unwrap();
        let file = &mut delivery.files[0];
        let mut copy = Vec::new();
        file.content.read_to_end(&mut copy).unwrap();
        assert!(copy == content, "{length}: the copy is another");
        let wanted: String = Sha256::digest(&content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            (file.file.bytes, &file.file.sha256),
            (length as u64, &wanted)
        );
    }
}

#[tokio::test]
async fn a_file_larger_than_the_limit_is_refused() {
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", &noise(5_000));
    let mut small = accepted(&server);
    small.limits.file_bytes = 4_999;
    check(
        &refused(&small).await,
        Code::CsvLimit,
        ErrorKind::Refused,
        &["bytes: 5000, limit: 4999", "RaiseFileLimit"],
    );
}

/// P25.
#[tokio::test]
async fn files_that_were_applied_are_archived_or_deleted() {
    let server = OpenSsh::start(Options::default());
    let mut settings = accepted(&server);
    settings.after = After::Archive("done".to_owned());
    for name in ["a.csv", "b.csv"] {
        server.write(name, b"id\n1\n");
        let delivery = fetched(&settings).await.unwrap();
        assert_eq!(finish(&settings, &delivery.files).await, []);
        assert!(
            !server.folder.join(name).exists() && server.folder.join("done").join(name).exists(),
            "{name}"
        );
    }
    // The archive has files of these names: what it has is kept, and the new ones get the time of the file.
    server.write("a.csv", b"id\n2\n");
    server.write("a.csv.done", b"");
    let delivery = fetched(&settings).await.unwrap();
    let modified = delivery.files[0].file.modified.unwrap();
    assert_eq!(finish(&settings, &delivery.files).await, []);
    let stamped = format!("done/a-{}.csv", modified.strftime("%Y%m%dT%H%M%SZ"));
    let read = |name: &str| fs::read(server.folder.join(name)).unwrap();
    assert_eq!(
        (read("done/a.csv"), read(&stamped)),
        (b"id\n1\n".to_vec(), b"id\n2\n".to_vec())
    );
    assert!(server.folder.join(format!("{stamped}.done")).exists());

    server.write("a.csv", b"id\n2\n");
    settings.after = After::Delete;
    let delivery = fetched(&settings).await.unwrap();
    server.write("new.csv", b"id\n3\n");
    assert_eq!(finish(&settings, &delivery.files).await, []);
    assert!(!server.folder.join("a.csv").exists() && server.folder.join("new.csv").exists());
}

#[tokio::test]
async fn a_server_without_file_transfer_is_reported() {
    let server = OpenSsh::start(Options {
        sftp: false,
        ..Options::default()
    });
    let error = refused(&accepted(&server)).await;
    check(
        &error,
        Code::TransportAnswer,
        ErrorKind::Refused,
        &["NoSftp", "AllowSftp"],
    );
}
