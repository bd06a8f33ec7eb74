//! File servers that fail on the second day, through the whole program: each failure is named with its cause, has its exit code,
//! and changes no employee.

use crate::ground::{Answer, Ground};
use muster_testkit::{
    nginx::{Nginx, NginxOptions},
    openssh::{OpenSsh, Options, PASSWORD, USER},
    tls_server::TlsServer,
};
use std::{fs, net::TcpListener, process::Command, thread};

const THREE: &str = "id,mail,first,last\nE-1,e1@acme.example,Ann,Bos\nE-2,e2@acme.example,Bob,Vos\nE-3,e3@acme.example,Cas,Mol\n";
const TWO: &str = "id,mail,first,last\nE-1,e1@acme.example,Ann,Bos\nE-2,e2@acme.example,Bob,Vos\n";

/// The integration file of a source at `url`, where a missing employee is deactivated without review.
fn integration(url: &str, more: &str) -> String {
    format!(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nurl = \"{url}\"\nsettle = \"0s\"\n{more}\n\
         [source.limits]\nattempts = 2\nfirst_wait = \"0s\"\nfirst_byte = \"5s\"\n\
         [policy]\napprove = \"never\"\nmissing = \"deactivate\"\n\
         [guard]\nremovals = {{ percent = 100.0, number = 100 }}\nremovals_week = {{ percent = 100.0, number = 100 }}\n\
         [mapping]\nexternal_id = \"id\"\nemail = \"mail\"\nfirst_name = \"first\"\nlast_name = \"last\"\n"
    )
}

fn write(ground: &Ground, settings: &str) {
    fs::write(ground.path("integration.toml"), settings).unwrap();
}

struct Web {
    server: Nginx,
    ground: Ground,
}

impl Web {
    /// A web server whose file was applied on day one.
    fn started(more: &str) -> Self {
        let server = Nginx::start(&NginxOptions::default());
        let url = format!("https://127.0.0.1:{}/staff.csv", server.port);
        let more = format!("ca_certificate = \"ca.pem\"\n{more}");
        let mut ground = Ground::new(&integration(&url, &more));
        fs::write(ground.path("ca.pem"), &server.ca_pem).unwrap();
        fs::write(server.folder.join("staff.csv"), THREE).unwrap();
        ground.approve().is(0, "applied");
        ground.at("2026-05-05T02:45:00Z");
        Self { server, ground }
    }

    fn deliver(&self, name: &str, content: &str) {
        fs::write(self.server.folder.join(name), content).unwrap();
    }
}

/// The end of a run, after which all three are still employed.
#[track_caller]
fn ends(ground: &Ground, code: i32, status: &str) -> Answer {
    let answer = ground.sync();
    answer.is(code, status);
    for id in ["E-1", "E-2", "E-3"] {
        assert_eq!(
            ground.person(id)["status"],
            "active",
            "{id}: {}",
            answer.text
        );
    }
    answer
}

#[test]
fn checksum_that_does_not_match_refuses_the_file_over_https() {
    let web = Web::started("markers = true");
    web.deliver("staff.csv", TWO);
    web.deliver("staff.csv.sha256", &"0".repeat(64));
    ends(&web.ground, 4, "refused")
        .says("MUS-DELIVERY-CHECKSUM")
        .says("`staff.csv.sha256` states 0000");
    // What is not a checksum counts as absent on a web server, so the file is applied.
    web.deliver("staff.csv.sha256", "<html>not here</html>");
    web.ground.sync().is(0, "applied");
    assert_eq!(web.ground.person("E-3")["status"], "inactive");
}

#[test]
fn checksum_that_does_not_match_refuses_the_file_over_sftp() {
    let server = OpenSsh::start(Options::default());
    let path = server.write("staff.csv", THREE.as_bytes());
    let url = format!("sftp://127.0.0.1:{}{}", server.port, path.display());
    let credentials =
        format!("[credentials]\nuser = \"{USER}\"\npassword = {{ file = \"password\" }}\n");
    let host_key = format!("host_key = \"{}\"", server.fingerprint);
    let mut ground = Ground::new(&(integration(&url, &host_key) + &credentials));
    ground.secret("password", PASSWORD);
    ground.approve().is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");

    server.write("staff.csv", TWO.as_bytes());
    server.write("staff.csv.sha256", "0".repeat(64).as_bytes());
    ends(&ground, 4, "refused").says("MUS-DELIVERY-CHECKSUM");
    fs::remove_file(path.with_file_name("staff.csv.sha256")).unwrap();
    ground.sync().is(0, "applied");
    assert_eq!(ground.person("E-3")["status"], "inactive");
}

#[test]
fn file_that_is_gone_or_replaced_by_a_page_causes_no_departures() {
    let web = Web::started("");
    web.deliver("staff.csv", "<!DOCTYPE html><title>Please sign in</title>");
    ends(&web.ground, 4, "refused").says("a web page came instead of a file");
    web.deliver("staff.csv", "");
    ends(&web.ground, 4, "refused");
    fs::remove_file(web.server.folder.join("staff.csv")).unwrap();
    ends(&web.ground, 4, "refused").says("MUS-DELIVERY-NO-FILE");
}

#[test]
fn server_that_speaks_only_old_tls_is_named_without_advice_on_certificates() {
    let web = Web::started("");
    let old = TlsServer::start(&["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]);
    fs::write(web.ground.path("ca.pem"), &old.ca_pem).unwrap();
    let url = format!("https://127.0.0.1:{}/staff.csv", old.port);
    write(
        &web.ground,
        &integration(&url, "ca_certificate = \"ca.pem\""),
    );
    let answer = ends(&web.ground, 1, "failed");
    answer
        .says("MUS-TRANSPORT-TLS")
        .says("the server supports neither TLS 1.2 nor TLS 1.3, which are required")
        .says("ask the server's administrator to update the server");
    assert!(!answer.text.contains("ca_certificate"), "{}", answer.text);
}

#[test]
fn certificate_of_another_host_is_named_with_its_hosts() {
    let web = Web::started("");
    let other = Nginx::start(&NginxOptions {
        certificate_names: Some("DNS:files.example,IP:192.0.2.7".to_owned()),
        ..NginxOptions::default()
    });
    fs::write(web.ground.path("ca.pem"), &other.ca_pem).unwrap();
    let url = format!("https://127.0.0.1:{}/staff.csv", other.port);
    write(
        &web.ground,
        &integration(&url, "ca_certificate = \"ca.pem\""),
    );
    ends(&web.ground, 1, "failed")
        .says("its certificate is for `files.example`, `192.0.2.7` and not for `127.0.0.1`")
        .says("the subject is `CN=Test server`")
        .says("ca_certificate");
    assert_eq!(other.log(), "", "nothing was asked for");
}

#[test]
fn text_that_is_no_certificate_is_named_by_its_setting() {
    let web = Web::started("");
    for (content, wanted) in [
        (
            "id,mail\n",
            "`ca_certificate` contains no certificate in PEM form",
        ),
        (
            "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
            "`ca_certificate` is not a certificate in PEM form",
        ),
        (
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "`ca_certificate` cannot be used",
        ),
    ] {
        fs::write(web.ground.path("ca.pem"), content).unwrap();
        ends(&web.ground, 1, "failed").says(wanted);
    }
}

#[test]
fn missing_temporary_folder_is_a_fault_of_this_machine() {
    let web = Web::started("");
    web.deliver("staff.csv", TWO);
    let mut command = web.ground.command(&["sync", "integration.toml", "--json"]);
    let output = command.env("TMPDIR", "/nowhere/at-all").output().unwrap();
    Answer::of(output)
        .is(1, "failed")
        .says("MUS-TRANSPORT-COPY")
        .says("the temporary folder `/nowhere/at-all` of this machine does not exist");
    assert_eq!(web.ground.person("E-3")["status"], "active");
}

#[test]
fn server_that_drops_every_connection_is_unreachable_and_asked_as_often_as_set() {
    let web = Web::started("");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (asked, connections) = std::sync::mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream);
            let _nobody_counts_any_more = asked.send(());
        }
    });
    let credentials = "[credentials]\nuser = \"ann\"\npassword = { file = \"password\" }\n";
    web.ground.secret("password", PASSWORD);
    for scheme in ["sftp", "ftp"] {
        let url = format!("{scheme}://127.0.0.1:{port}/staff.csv");
        let host_key = match scheme {
            "sftp" => "host_key = \"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
            _ => "",
        };
        write(&web.ground, &(integration(&url, host_key) + credentials));
        ends(&web.ground, 1, "failed").says("MUS-TRANSPORT-UNREACHABLE");
        assert_eq!(connections.try_iter().count(), 2, "{scheme}");
    }
}

/// Output of a sync whose temporary folder is `folder`, on a disk of 64 KiB that ends with the command.
fn sync_with_temporary_folder(ground: &Ground, prepare: &str, folder: &str) -> String {
    let script = format!(
        "set -u; mkdir -p small; mount -t tmpfs -o size=64k tmpfs small; {prepare} \
         TMPDIR=\"$PWD/{folder}\" '{}' --database sqlite:muster.db --now 2026-05-05T02:45:00Z sync integration.toml; \
         echo \"code $?\"",
        env!("CARGO_BIN_EXE_muster")
    );
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", &script])
        .current_dir(ground.path(""))
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn temporary_folder_that_is_full_read_only_or_missing_is_named_and_changes_nothing() {
    let larger: String = (4..4_000)
        .map(|number| format!("E-{number},e{number}@acme.example,Ann,Bos{number}\n"))
        .collect();
    let larger = THREE.to_owned() + &larger;
    let web = Web::started("");
    web.deliver("staff.csv", &larger);
    let ssh = OpenSsh::start(Options::default());
    let path = ssh.write("staff.csv", THREE.as_bytes());
    let url = format!("sftp://127.0.0.1:{}{}", ssh.port, path.display());
    let credentials =
        format!("[credentials]\nuser = \"{USER}\"\npassword = {{ file = \"password\" }}\n");
    let host_key = format!("host_key = \"{}\"", ssh.fingerprint);
    let mut ground = Ground::new(&(integration(&url, &host_key) + &credentials));
    ground.secret("password", PASSWORD);
    ground.approve().is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");
    ssh.write("staff.csv", larger.as_bytes());
    for ground in [&web.ground, &ground] {
        for (prepare, folder, says) in [
            ("", "small", "is full"),
            ("mount -o remount,ro small;", "small", "is not writable"),
            ("", "small/none", "does not exist"),
        ] {
            let text = sync_with_temporary_folder(ground, prepare, folder);
            assert!(!text.contains("code 0"), "{text}");
            assert!(text.contains("MUS-TRANSPORT-COPY"), "{text}");
            assert!(text.contains(says), "no `{says}` in {text}");
        }
        assert_eq!(ground.run(&["employees"]).json.as_array().unwrap().len(), 3);
        // With room for it the same file is applied.
        ground.approve();
        assert_eq!(ground.person("E-3999")["status"], "active");
    }
}
