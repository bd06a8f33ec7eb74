//! HR systems get as few connections at once as file servers.

use crate::{
    personio::everything,
    scripted::{Script, reply, server, whole_request},
    session::{Ground, Read, connector, described_error},
};
use muster_connectors::{
    catalogue,
    connector::{ConnectorError, ErrorKind},
};
use muster_core::model::{code::Code, problem::api::Attempt};
use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex},
    thread,
    time::Duration,
};

/// A server whose answers wait until it is opened; then it refuses every login.
fn closed() -> (Script, Arc<(Mutex<bool>, Condvar)>) {
    let opening = Arc::new((Mutex::new(false), Condvar::new()));
    let opened = Arc::clone(&opening);
    let script = server("127.0.0.1", String::new(), move |mut stream, received| {
        let request = whole_request(&mut stream);
        received.lock().unwrap().push(request);
        let (is_open, changed) = &*opened;
        let waiting = changed.wait_while(is_open.lock().unwrap(), |open| !*open);
        drop(waiting);
        reply(&mut stream, "403 Forbidden", "", b"");
    });
    (script, opening)
}

fn read(port: u16, all_waits: Duration) -> Read {
    let mut ground = Ground::patient();
    ground.network.limits.all_waits = all_waits;
    let url = format!("http://127.0.0.1:{port}");
    let personio = connector(
        "personio",
        &[("base_url", &url), ("client_id", "papi-id")],
        &[("client_secret", "papi-secret")],
    );
    ground.read(&*personio, &everything())
}

fn refused(error: &ConnectorError) -> bool {
    (error.kind, error.code()) == (ErrorKind::Unauthorised, Code::TransportCredentials)
}

#[test]
fn t35_a_fifth_read_of_one_hr_system_waits_for_one_of_the_four() {
    let (script, opening) = closed();
    let port = script.port;
    let patient = Duration::from_secs(60);
    let reads: Vec<_> = (0..4)
        .map(|_| thread::spawn(move || read(port, patient).unwrap_err()))
        .collect();
    while script.received("POST") < 4 {
        thread::yield_now();
    }
    let error = read(port, Duration::from_millis(100)).unwrap_err();
    assert_eq!(
        (
            error.kind,
            error.code(),
            error.retry,
            script.received("POST")
        ),
        (ErrorKind::Unreachable, Code::TransportTimeout, true, 4),
        "{error}"
    );
    let attempted = &error.failed_request().unwrap().attempted;
    assert_eq!(attempted, &Attempt::GetConnection { of: 4 });
    assert!(
        described_error(&error).contains("limit_millis: 100"),
        "{error}"
    );

    let (is_open, changed) = &*opening;
    *is_open.lock().unwrap() = true;
    changed.notify_all();
    for read in reads {
        let error = read.join().unwrap();
        assert!(refused(&error), "{error}");
    }
    // The four are over, so there is a connection for the next one at once.
    let error = read(port, Duration::ZERO).unwrap_err();
    assert!(refused(&error), "{error}");
}

#[test]
fn server_of_an_hr_system_is_its_host_and_port() {
    for (connector, plain, wanted) in [
        ("personio", &[][..], Some("api.personio.de:443")),
        (
            "personio",
            &[("base_url", " ")],
            Some("api.personio.de:443"),
        ),
        (
            "personio",
            &[("base_url", "http://127.0.0.1:8080/x")],
            Some("127.0.0.1:8080"),
        ),
        (
            "bamboohr",
            &[("company_domain", "acme")],
            Some("acme.bamboohr.com:443"),
        ),
        (
            "bamboohr",
            &[
                ("company_domain", "acme"),
                ("base_url", "https://API.bamboohr.com"),
            ],
            Some("api.bamboohr.com:443"),
        ),
        ("bamboohr", &[], None),
        ("youserve", &[("tenant", "1")], Some("api.youserve.nl:443")),
        ("youserve", &[("base_url", "not a url")], None),
    ] {
        let plain: BTreeMap<String, String> = plain
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let server = catalogue::find(connector).unwrap().server(&plain);
        assert_eq!(server.as_deref(), wanted, "{connector} {plain:?}");
    }
}
