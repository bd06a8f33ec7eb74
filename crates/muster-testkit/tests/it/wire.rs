//! Faults of the wire: each is seen as what it is by a client that hides nothing.

use crate::client::{Reply, ask, get, personio, read, request, start, start_fast};
use muster_testkit::emulator::{Emulator, Options, Product};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
    time::Duration,
};

const PATH: &str = "/v1/company/employees?limit=20";

/// The list of people while one scenario is on, read for a second at most.
fn spoilt(name: &str) -> Reply {
    let emulator = start(Product::Personio);
    let bearer = personio::bearer(&emulator);
    emulator.scenario(name).unwrap();
    let hangs = ["silence", "slow-trickle", "endless-header"].contains(&name);
    let patience = Duration::from_secs(if hangs { 1 } else { 60 });
    ask(
        &emulator.url(),
        "GET",
        PATH,
        &[("Authorization", &bearer)],
        "",
        patience,
    )
}

#[test]
fn broken_bodies_end_as_they_should() {
    for (name, broken) in [
        ("truncated", "closed"),
        ("chunk-cut", "closed"),
        ("connection-reset", "connection reset"),
        ("silence", "too slow"),
        ("slow-trickle", "too slow"),
        ("endless-header", "too slow"),
        ("tls-failure", "closed"),
    ] {
        assert_eq!(spoilt(name).broken, broken, "{name}");
    }
    assert!(spoilt("endless-header").body.len() > 2_000);
    assert!(spoilt("slow-trickle").body.starts_with(b"HTTP/1.1 200 OK"));
    assert_eq!(spoilt("silence").body, b"");
    assert_eq!(
        spoilt("tls-failure").body,
        [0x15, 3, 3, 0, 2, 2, 40],
        "a fatal alert"
    );
}

#[test]
fn whole_answers_are_wrong_in_one_way_each() {
    assert!(serde_json::from_slice::<serde_json::Value>(&spoilt("chunked").body).is_ok());
    assert_eq!(
        spoilt("chunked").header("transfer-encoding"),
        Some("chunked")
    );
    assert_eq!(
        spoilt("wrong-content-type").header("content-type"),
        Some("text/plain")
    );
    assert!(spoilt("byte-order-mark").body.starts_with(b"\xEF\xBB\xBF{"));
    assert!(String::from_utf8(spoilt("invalid-utf8").body).is_err());
    assert_eq!(
        spoilt("duplicate-keys")
            .text()
            .matches("\"data\":[")
            .count(),
        2
    );
    assert!(spoilt("deep-nesting").text().contains(&"[".repeat(100_000)));
    assert!(spoilt("not-a-number").text().contains(":NaN,"));
    let login = spoilt("html-login");
    assert_eq!(
        (login.status, login.header("content-type")),
        (200, Some("text/html; charset=UTF-8"))
    );
    assert_eq!(
        spoilt("empty-body"),
        Reply {
            body: Vec::new(),
            ..spoilt("empty-body")
        }
    );
    let inside = spoilt("error-inside");
    assert_eq!(
        (inside.status, &inside.json()["success"]),
        (200, &serde_json::json!(false))
    );
    let huge = spoilt("huge-page");
    assert_eq!(huge.json()["data"].as_array().unwrap().len(), 237);
    assert!(huge.body.len() > 237 * 5_000);
    for status in [500, 502, 503, 504] {
        assert_eq!(spoilt(&format!("server-{status}")).status, status);
    }
    assert!(
        spoilt("server-503-html")
            .text()
            .starts_with("<!doctype html>")
    );
}

#[test]
fn gzip_unpacks_to_the_same_and_a_bomb_to_half_a_gigabyte() {
    let emulator = start(Product::Personio);
    let bearer = personio::bearer(&emulator);
    let plain = get(&emulator, PATH, &[("Authorization", &bearer)]);
    emulator.scenario("gzip").unwrap();
    let packed = get(&emulator, PATH, &[("Authorization", &bearer)]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.body.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain.body);
    emulator.scenario("plain").unwrap();
    emulator.scenario("gzip-bomb").unwrap();
    let bomb = ask(
        &emulator.url(),
        "GET",
        PATH,
        &[("Authorization", &bearer)],
        "",
        Duration::from_secs(120),
    );
    assert!(bomb.body.len() < 10_000_000);
    let mut count = 0;
    let mut unpacker = flate2::read::GzDecoder::new(bomb.body.as_slice());
    let mut block = vec![0; 1 << 20];
    loop {
        match unpacker.read(&mut block).unwrap() {
            0 => break,
            read => count += read,
        }
    }
    assert_eq!(count, 512 << 20);
}

#[test]
fn redirects_lead_to_a_stranger_who_remembers() {
    let emulator = start(Product::Personio);
    let bearer = personio::bearer(&emulator);
    for status in [301, 302, 307, 308] {
        emulator.scenario("plain").unwrap();
        emulator.scenario(&format!("redirect-{status}")).unwrap();
        let reply = get(&emulator, PATH, &[("Authorization", &bearer)]);
        assert_eq!(reply.status, status);
        assert!(
            reply
                .header("location")
                .unwrap()
                .starts_with("http://localhost:"),
            "{reply:?}"
        );
        assert!(
            reply.header("location").unwrap().ends_with(PATH),
            "{reply:?}"
        );
    }
    let place = |name: &str| {
        emulator.scenario("plain").unwrap();
        emulator.scenario(name).unwrap();
        get(&emulator, PATH, &[("Authorization", &bearer)])
            .header("location")
            .unwrap()
            .to_owned()
    };
    assert_eq!(place("redirect-loop"), format!("{}{PATH}", emulator.url()));
    let other = place("redirect-other-port");
    assert!(other.starts_with("http://127.0.0.1:") && !other.starts_with(&emulator.url()));
    assert!(place("redirect-http").starts_with("http://127.0.0.1:"));
    assert!(emulator.stranger_requests().is_empty());
    let stranger = other.trim_end_matches(PATH);
    ask(
        stranger,
        "GET",
        PATH,
        &[("Authorization", &bearer)],
        "",
        Duration::from_secs(2),
    );
    assert_eq!(
        emulator.stranger_requests()[0].header("authorization"),
        Some(bearer.as_str())
    );
}

#[test]
fn limits_are_reported_in_every_form() {
    for (name, wait) in [
        ("", None),
        ("-seconds", Some("2")),
        ("-zero", Some("0")),
        ("-negative", Some("-5")),
        ("-huge", Some("1000000")),
    ] {
        let reply = spoilt(&format!("rate-limited{name}"));
        assert_eq!(
            (reply.status, reply.header("retry-after")),
            (429, wait),
            "{name}"
        );
    }
    let dated = spoilt("rate-limited-date");
    assert!(
        dated.header("retry-after").unwrap().ends_with(" GMT"),
        "{dated:?}"
    );
}

#[test]
fn secrets_are_echoed_where_they_must_not_be_kept() {
    let secret = start(Product::Personio).credential("client_secret");
    let reply = spoilt("echo-secret");
    assert_eq!(reply.status, 400);
    assert!(
        reply.text().contains(&secret)
            && reply.header("x-error-message").unwrap().contains(&secret)
    );
    assert!(spoilt("echo-token").text().contains("Bearer papi-"));
}

#[test]
fn connections_are_kept_and_closed_as_the_client_says() {
    let emulator = start(Product::Personio);
    let address = emulator.url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    for closing in [&[][..], &[("Connection", "close")][..]] {
        stream
            .write_all(request(&address, "GET", "/nothing", closing, "").as_bytes())
            .unwrap();
        assert_eq!(read(&mut stream, Duration::from_secs(2)).status, 404);
    }
    assert_eq!(read(&mut stream, Duration::from_secs(2)).broken, "closed");
    let asked = emulator.requests();
    assert_eq!(asked[0].connection, asked[1].connection);
}

#[test]
fn dropping_it_ends_open_connections_too() {
    let emulator = start_fast(Product::YouServe);
    let address = emulator.url().trim_start_matches("http://").to_owned();
    emulator.scenario("silence").unwrap();
    let mut stream = TcpStream::connect(&address).unwrap();
    stream
        .write_all(request(&address, "GET", "/iam/v1.0/employees", &[], "").as_bytes())
        .unwrap();
    drop(emulator);
    let reply = read(&mut stream, Duration::from_secs(5));
    assert!(
        reply.body.is_empty() && reply.broken != "too slow",
        "{reply:?}"
    );
    assert!(
        TcpStream::connect(&address).is_err(),
        "nobody listens any more"
    );
}

#[test]
fn tls_is_spoken_with_an_authority_of_its_own() {
    let emulator = Emulator::start(
        Product::Personio,
        &Options {
            tls: true,
            ..Options::default()
        },
    )
    .unwrap();
    assert!(emulator.url().starts_with("https://127.0.0.1:"));
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(emulator.ca_pem().as_bytes()).unwrap())
        .unwrap();
    let settings = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let settings = Arc::new(settings);
    let address = emulator.url().trim_start_matches("https://").to_owned();
    let talk = || {
        let name = ServerName::try_from("localhost").unwrap();
        let session = ClientConnection::new(Arc::clone(&settings), name).unwrap();
        let mut stream = StreamOwned::new(session, TcpStream::connect(&address).unwrap());
        let closing = [("Connection", "close")];
        stream.write_all(request(&address, "GET", "/nothing", &closing, "").as_bytes())?;
        let mut text = vec![0; 12];
        stream.read_exact(&mut text)?;
        std::io::Result::Ok(String::from_utf8(text).unwrap())
    };
    assert_eq!(talk().unwrap(), "HTTP/1.1 404");
    emulator.scenario("tls-failure").unwrap();
    assert!(talk().unwrap_err().to_string().contains("HandshakeFailure"));
}
