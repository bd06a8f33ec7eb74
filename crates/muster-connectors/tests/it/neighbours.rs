//! Several integrations in one program: they share servers, but neither connections nor each other's troubles. And
//! where a program may connect to at all.

use crate::{
    ftp, https,
    scripted::{CONTENT, Script, ftp as ftp_script, ftp_at, https_at, ordinary},
    source::{contents, delivery, fetched, hasty, refusal, run, source},
};
use futures_util::future::join_all;
use muster_connectors::transport::{FtpTls, NetworkPolicy, SourceSettings, fetch};
use muster_core::model::code::Code;
use muster_testkit::{
    ftp_server::{FtpOptions, FtpServer},
    nginx::{Nginx, NginxOptions},
    openssh::{OpenSsh, Options, PASSWORD, USER},
};
use std::{
    fs,
    io::Write,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const GREETING: &str = "220 ready\r\n";

fn of(script: &Script) -> SourceSettings {
    source(
        &format!("ftp://127.0.0.1:{}/in", script.port),
        "ann",
        "pass-word-7",
    )
}

/// Fetches from all at once, and tells how long each took.
fn together(all: &[SourceSettings]) -> Vec<Duration> {
    let begun = Instant::now();
    let one = async |settings| {
        let mut progress = |_: muster_connectors::transport::Progress<'_>| ();
        let delivery = fetch(
            settings,
            &|| "2100-01-01T00:00:00Z".parse().unwrap(),
            &mut progress,
        )
        .await
        .unwrap();
        assert_eq!(delivery.files[0].file.bytes, CONTENT.len() as u64);
        begun.elapsed()
    };
    run(join_all(all.iter().map(one)))
}

/// P43.
#[test]
fn t35_ten_integrations_with_one_slow_server_share_four_connections_and_hinder_nobody_else() {
    let (count, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let greatest = Arc::clone(&most);
    let slow = ftp_script(GREETING, move |command, control| {
        if command.starts_with("RETR") {
            greatest.fetch_max(count.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(400));
            // Before the answer, after which the client goes and the next one comes.
            count.fetch_sub(1, Ordering::SeqCst);
        }
        ordinary(command, control);
    });
    let quick = ftp_script(GREETING, ordinary);
    let mut all = vec![of(&slow); 10];
    all.push(of(&quick));
    let took = together(&all);
    assert_eq!(
        (slow.received("RETR"), most.load(Ordering::SeqCst)),
        (10, 4)
    );
    let (other, ten) = (took[10], *took[..10].iter().max().unwrap());
    assert!(
        ten >= Duration::from_millis(1_200) && other * 2 < ten,
        "the other took {other:?}, the ten {ten:?}"
    );
}

#[test]
fn t35_a_place_that_does_not_become_free_in_time_is_reported() {
    let silent = ftp_script("", ordinary);
    let mut settings = of(&silent);
    hasty(&mut settings);
    let mut holding = settings.clone();
    holding.limits.handshake = Duration::from_secs(8);
    settings.limits.whole = Duration::from_secs(1);
    let error = run(async {
        let mut ignored = |_: muster_connectors::transport::Progress<'_>| ();
        let now = || "2100-01-01T00:00:00Z".parse().unwrap();
        let held = join_all((0..4).map(async |_| fetch(&holding, &now, &mut |_| ()).await));
        let waiting = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            fetch(&settings, &now, &mut ignored).await
        };
        tokio::select! {
            _ = held => panic!("nobody let go"),
            waited = waiting => waited.unwrap_err(),
        }
    });
    assert_eq!(
        (error.code, error.retry),
        (Code::TransportTimeout, true),
        "{error:?}"
    );
    assert!(error.to_string().contains("GetConnection(4)"), "{error}");
}

/// The right password brings the file; right after it, a wrong one does not, nor one of another user.
fn check_logins(settings: &SourceSettings) {
    assert_eq!(delivery(settings).files.len(), 1);
    let at = settings.location.to_string();
    let mut other = settings.clone();
    other.credentials.password = Some("wrong-word-9".into());
    assert_eq!(refusal(&other).code, Code::TransportCredentials, "{at}");
    let mut other = settings.clone();
    other.credentials.user = Some("nobody".to_owned());
    assert_eq!(refusal(&other).code, Code::TransportCredentials, "{at}");
    assert_eq!(delivery(settings).files.len(), 1);
}

#[test]
fn t36_no_connection_is_used_again_with_other_credentials() {
    let web = Nginx::start(&NginxOptions {
        basic: true,
        ..NginxOptions::default()
    });
    fs::write(web.folder.join("a.csv"), "x").unwrap();
    check_logins(&https::settings(&web, "a.csv"));
    for tls in [false, true] {
        let server = FtpServer::start(&FtpOptions {
            tls,
            ..FtpOptions::default()
        });
        fs::write(server.folder.join("a.csv"), "x").unwrap();
        check_logins(&ftp::settings(&server));
    }
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", b"x");
    let url = format!(
        "sftp://127.0.0.1:{}{}",
        server.port,
        server.folder.display()
    );
    let host_keys = vec![server.fingerprint.clone()];
    check_logins(&SourceSettings {
        host_keys,
        ..source(&url, USER, PASSWORD)
    });
    assert_eq!(
        server.log().matches("Connection from").count(),
        4 + 1,
        "{}",
        server.log()
    );
}

#[test]
fn t37_addresses_of_the_new_protocol_work() {
    let files = ftp_at("::1", GREETING, ordinary);
    let settings = source(
        &format!("ftp://[::1]:{}/in", files.port),
        "ann",
        "pass-word-7",
    );
    assert_eq!(contents(delivery(&settings))[0].1, CONTENT);
    let web = https_at("::1", |request, stream| {
        let body = if request.starts_with("HEAD") {
            ""
        } else {
            "id\n"
        };
        let answer =
            format!("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let mut settings = source(
        &format!("https://[::1]:{}/a.csv", web.port),
        "ann",
        "pass-word-7",
    );
    settings.pattern = None;
    settings.ca_certificate = Some(web.ca_pem.clone());
    assert_eq!(contents(delivery(&settings))[0].1, b"id\n");
}

/// Settings for every way to a host.
fn every_way(host: &str, port: u16) -> Vec<SourceSettings> {
    ["sftp", "ftp", "ftps", "https"]
        .map(|scheme| {
            source(
                &format!("{scheme}://{host}:{port}/a.csv"),
                "ann",
                "pass-word-7",
            )
        })
        .into_iter()
        .flat_map(|settings| {
            let implicit = SourceSettings {
                ftp_tls: FtpTls::Implicit,
                ..settings.clone()
            };
            [settings, implicit].map(|settings| SourceSettings {
                pattern: None,
                ..settings
            })
        })
        .collect()
}

#[test]
fn t06_a_closed_port_is_tried_by_plan_and_named_on_every_way() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for mut settings in every_way("127.0.0.1", port) {
        settings.retry.attempts = 3;
        let (result, again) = fetched(&settings);
        let error = result.unwrap_err();
        assert_eq!(
            (error.code, again),
            (Code::TransportUnreachable, 2),
            "{error:?}"
        );
        assert!(
            error.to_string().contains(&format!("127.0.0.1:{port}")),
            "{error}"
        );
        assert!(error.to_string().contains("refused"), "{error}");
    }
}

#[test]
fn t06_a_name_without_address_is_tried_by_plan_and_named_on_every_way() {
    for mut settings in every_way("nowhere.invalid", 22) {
        // Some name services take their time over what does not exist.
        hasty(&mut settings);
        settings.retry.attempts = 2;
        let (result, again) = fetched(&settings);
        let error = result.unwrap_err();
        assert!(
            [Code::TransportUnreachable, Code::TransportTimeout].contains(&error.code),
            "{error:?}"
        );
        assert!(
            again == 1 && error.to_string().contains("nowhere.invalid:22"),
            "{error}"
        );
    }
}

#[test]
fn t34_no_way_leads_to_an_address_that_the_policy_refuses() {
    let begun = Instant::now();
    for settings in every_way("169.254.169.254", 80)
        .into_iter()
        .chain(every_way("[fe80::1]", 80))
    {
        let error = refusal(&settings);
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportNetwork, false),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .contains(settings.location.host.trim_matches(['[', ']'])),
            "{error}"
        );
        assert!(error.to_string().contains("rule: LinkLocal"), "{error}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "nothing is connected to"
    );
}

#[test]
fn t34_an_address_in_another_notation_is_the_same_address() {
    for host in [
        "2852039166",
        "0xa9fea9fe",
        "169.254.43518",
        "0251.0376.0251.0376",
    ] {
        for settings in every_way(host, 80) {
            let error = refusal(&settings);
            assert_eq!(
                (error.code, error.retry),
                (Code::TransportNetwork, false),
                "{host}: {error:?}"
            );
            assert!(error.to_string().contains("169.254.169.254"), "{error}");
        }
    }
}

#[test]
fn t34_a_name_that_leads_to_this_machine_is_refused_by_the_address_that_it_has() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for settings in every_way("localhost", port) {
        let error = refusal(&SourceSettings {
            network: NetworkPolicy {
                this_machine: false,
                ..NetworkPolicy::default()
            },
            ..settings
        });
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportNetwork, false),
            "{error:?}"
        );
        assert!(
            error.to_string().contains("127.0.0.1") || error.to_string().contains("::1"),
            "{error}"
        );
        assert!(error.to_string().contains("rule: ThisMachine"), "{error}");
    }
    assert!(listener.accept().is_err(), "there was a connection");
}
