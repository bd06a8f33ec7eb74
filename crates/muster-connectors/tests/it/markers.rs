//! The files beside a single file: a checksum is compared and a marker ends the wait, on every transport. On a web
//! server they are looked for only where the integration says so.

use crate::source::{delivery, fetched, refusal, source};
use jiff::Timestamp;
use muster_connectors::transport::SourceSettings;
use muster_core::model::code::Code;
use muster_testkit::{
    ftp_server::{FtpOptions, FtpServer},
    nginx::{Nginx, NginxOptions},
    openssh::{self, OpenSsh},
};
use sha2::{Digest, Sha256};
use std::{fs, path::PathBuf, time::SystemTime};

const CONTENT: &[u8] = b"id,name\n1,Ann\n";

/// A server, the folder that it serves, and settings that name `a.csv` in it.
struct Server {
    name: &'static str,
    folder: PathBuf,
    settings: SourceSettings,
    _running: Box<dyn std::any::Any>,
}

/// One server of every transport, each with the file.
fn all() -> Vec<Server> {
    let one_file = |settings: SourceSettings| SourceSettings {
        pattern: None,
        markers: true,
        ..settings
    };
    let local = tempfile::tempdir().unwrap();
    let url = format!("file:{}/a.csv", local.path().display());
    let mut servers = vec![Server {
        name: "file",
        folder: local.path().to_owned(),
        settings: one_file(source(&url, "", "")),
        _running: Box::new(local),
    }];
    let ftp = FtpServer::start(&FtpOptions::default());
    let mut settings = crate::ftp::settings(&ftp);
    settings.location.path.push_str("/a.csv");
    servers.push(Server {
        name: "ftp",
        folder: ftp.folder.clone(),
        settings: one_file(settings),
        _running: Box::new(ftp),
    });
    let sftp = OpenSsh::start(openssh::Options::default());
    let url = format!(
        "sftp://127.0.0.1:{}{}/a.csv",
        sftp.port,
        sftp.folder.display()
    );
    let mut settings = source(&url, openssh::USER, openssh::PASSWORD);
    settings.host_keys = vec![sftp.fingerprint.clone()];
    servers.push(Server {
        name: "sftp",
        folder: sftp.folder.clone(),
        settings: one_file(settings),
        _running: Box::new(sftp),
    });
    let https = Nginx::start(&NginxOptions::default());
    servers.push(Server {
        name: "https",
        folder: https.folder.clone(),
        settings: one_file(crate::https::settings(&https, "a.csv")),
        _running: Box::new(https),
    });
    for server in &servers {
        server.put("a.csv", CONTENT);
    }
    servers
}

impl Server {
    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.folder.join(name), content).unwrap();
    }
}

fn sha256() -> String {
    let digest = Sha256::digest(CONTENT);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn checksum_beside_a_single_file_is_compared_on_every_transport() {
    for server in all() {
        server.put("a.csv.sha256", format!("{}  a.csv\n", "0".repeat(64)));
        let error = refusal(&server.settings);
        assert_eq!(error.code, Code::Checksum, "{}: {error}", server.name);
        server.put("a.csv.sha256", format!("{}  a.csv\n", sha256()));
        let fetched = &delivery(&server.settings).files[0];
        assert!(fetched.is_proven, "{}", server.name);
        // What states no checksum is no checksum file of a single file.
        server.put("a.csv.sha256", "<html>Not found</html>");
        assert_eq!(
            delivery(&server.settings).files[0].file.sha256,
            sha256(),
            "{}",
            server.name
        );
    }
}

#[test]
fn checksum_that_is_older_than_its_file_is_ignored_on_every_transport() {
    for server in all() {
        server.put("a.csv.sha256", format!("{}\n", "0".repeat(64)));
        let old = fs::File::options()
            .append(true)
            .open(server.folder.join("a.csv.sha256"))
            .unwrap();
        old.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let (result, _) = fetched(&server.settings);
        assert_eq!(
            result.unwrap().files[0].file.sha256,
            sha256(),
            "{}",
            server.name
        );
    }
}

#[test]
fn marker_beside_a_single_file_ends_the_wait_on_every_transport() {
    use muster_connectors::transport::{Progress, fetch};
    for server in all() {
        for marker in ["a.csv.done", "a.csv.ok"] {
            server.put(marker, "");
            // Without the marker this would wait for a minute.
            let settings = SourceSettings {
                settle: std::time::Duration::from_secs(60),
                ..server.settings.clone()
            };
            // A file of this moment has not been at rest for a minute.
            let written = fs::metadata(server.folder.join("a.csv"))
                .unwrap()
                .modified();
            let now = Timestamp::try_from(written.unwrap()).unwrap();
            let mut waits = 0;
            let fetched = crate::source::run(fetch(&settings, &|| now, &mut |progress| {
                waits += usize::from(matches!(progress, Progress::Settling { .. }));
            }));
            assert_eq!(fetched.unwrap().files.len(), 1, "{}", server.name);
            assert_eq!(waits, 0, "{} {marker}", server.name);
            fs::remove_file(server.folder.join(marker)).unwrap();
        }
    }
}

#[test]
fn web_server_is_asked_for_markers_only_where_the_integration_says_so() {
    let server = Nginx::start(&NginxOptions::default());
    fs::write(server.folder.join("a.csv"), CONTENT).unwrap();
    fs::write(server.folder.join("a.csv.sha256"), "0".repeat(64)).unwrap();
    let settings = crate::https::settings(&server, "a.csv");
    assert_eq!(delivery(&settings).files[0].file.sha256, sha256());
    assert!(!server.log().contains("a.csv.sha256"), "{}", server.log());
}
