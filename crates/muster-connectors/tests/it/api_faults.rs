//! The shared HTTP client under the faults of HR APIs, through a connector, against servers that misbehave.
//!
//! After each of them the sink was given nothing, which is what "safe" means here.

mod answers;
mod hostile;

use answers::Heard;

use crate::{
    personio::{everything, personio, started},
    scripted::{ScriptedServer, http, reply},
    session::{Ground, Read, connector, described_error, wanted},
};
use muster_connectors::connector::{Connector, ConnectorError, ErrorKind};
use muster_core::{
    model::{
        code::Code,
        problem::{Problem, api::Attempt},
    },
    read::record::{Cell, Record, Sink},
};
use std::{io::Write, net::TcpStream, time::Duration};

const SECRET: &str = "papi-V3ry+S3cret/Key=";
const TOKEN: &str = "papi-t0ken-0f-th1s-run";
const JSON: &str = "Content-Type: application/json\r\nX-Request-Id: req-77\r\n";

/// Answers as Personio does: a token, one attribute, one person.
fn ordinary(request: &str, stream: &mut TcpStream) {
    let first = request.lines().next().unwrap_or_default();
    let body = if first.contains("/v1/auth") {
        format!(r#"{{"success":true,"data":{{"token":"{TOKEN}","expires_in":86400}}}}"#)
    } else if first.contains("/attributes") {
        r#"{"success":true,"data":[{"key":"id"},{"key":"email"}]}"#.to_owned()
    } else {
        page(&[person(r#"1"#, r#""ann@example.com""#)], 1)
    };
    reply(stream, "200 OK", JSON, body.as_bytes());
}

fn person(id: &str, email: &str) -> String {
    format!(
        r#"{{"type":"Employee","attributes":{{"id":{{"value":{id}}},"email":{{"value":{email}}}}}}}"#
    )
}

fn page(people: &[String], total: usize) -> String {
    format!(
        r#"{{"success":true,"metadata":{{"total_elements":{total}}},"data":[{}]}}"#,
        people.join(",")
    )
}

fn is_list(request: &str) -> bool {
    request.starts_with("GET /v1/company/employees?")
}

/// A server that answers as Personio does but for requests that `is_hit`, which `answer` gets with their number.
fn server(
    is_hit: fn(&str) -> bool,
    answer: impl Fn(usize, &mut TcpStream) -> bool + Send + 'static,
) -> ScriptedServer {
    let hits = std::cell::Cell::new(0);
    http(move |_, request, stream| {
        let is_answered = is_hit(request) && {
            hits.set(hits.get() + 1);
            answer(hits.get(), stream)
        };
        if !is_answered {
            ordinary(request, stream);
        }
    })
}

fn of(server: &ScriptedServer) -> Box<dyn Connector> {
    connector(
        "personio",
        &[("base_url", &server.url), ("client_id", "papi-id")],
        &[("client_secret", SECRET)],
    )
}

fn read_on(ground: &Ground, server: &ScriptedServer) -> Read {
    ground.read(&*of(server), &wanted(&["id", "email"], &["id", "email"]))
}

fn read(server: &ScriptedServer) -> Read {
    read_on(&Ground::default(), server)
}

/// The error of a list that always comes like this; it has everything that a refusal says, and no secret.
#[track_caller]
fn refused(
    status: &'static str,
    headers: &'static str,
    body: impl Into<Vec<u8>>,
) -> ConnectorError {
    let body = body.into();
    let server = server(is_list, move |_, stream| {
        reply(stream, status, headers, &body);
        true
    });
    let error = read(&server).unwrap_err();
    complete(&error, &server);
    error
}

fn request_id(error: &ConnectorError) -> Option<&str> {
    error.failed_request()?.request_id.as_deref()
}

#[track_caller]
fn complete(error: &ConnectorError, server: &ScriptedServer) {
    let text = format!("{error} {error:?}");
    assert!(!text.contains("S3cret") && !text.contains(TOKEN), "{text}");
    let on = &error.failed_request().unwrap().on;
    assert!(on.starts_with(&server.url) && !on.contains('?'), "{text}");
}

#[test]
fn an_ordinary_server_is_read() {
    let server = server(is_list, |_, _| false);
    let (records, extent) = read(&server).unwrap();
    assert_eq!((records.len(), extent.partial), (1, None));
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a2_a_token_endpoint_that_is_down_is_asked_a_few_times_and_named() {
    let server = server(
        |request| request.contains("/v1/auth"),
        |_, stream| {
            reply(stream, "503 Service Unavailable", "", b"");
            true
        },
    );
    let ground = Ground::default();
    let error = read_on(&ground, &server).unwrap_err();
    assert_eq!(
        (error.kind, &error.failed_request().unwrap().attempted),
        (ErrorKind::Unreachable, &Attempt::GetToken)
    );
    assert_eq!((server.requests().len(), ground.waited().len()), (5, 4));
    complete(&error, &server);
}

#[test]
fn a2_a_revoked_secret_in_the_middle_of_a_read_stops_it() {
    let server = http(|number, request, stream| match number {
        0 | 1 => ordinary(request, stream),
        _ => reply(
            stream,
            "403 Forbidden",
            JSON,
            br#"{"success":false,"error":{"message":"Wrong credentials"}}"#,
        ),
    });
    let error = read(&server).unwrap_err();
    assert_eq!(
        (error.kind, error.code()),
        (ErrorKind::Unauthorised, Code::TransportCredentials)
    );
    assert_eq!(
        (server.requests().len(), request_id(&error)),
        (4, Some("req-77"))
    );
}

#[test]
fn a1_a_token_that_is_refused_again_and_again_costs_one_new_one() {
    let server = server(is_list, |hit, stream| {
        let people: Vec<String> = (0..100)
            .map(|id| person(&(hit * 1_000 + id).to_string(), "null"))
            .collect();
        match hit % 2 {
            0 => reply(stream, "200 OK", JSON, page(&people, 900).as_bytes()),
            _ => reply(stream, "403 Forbidden", JSON, b"{}"),
        }
        true
    });
    let error = read(&server).unwrap_err();
    assert_eq!(
        (
            error.kind,
            server.count("/v1/auth"),
            server.count("/employees?")
        ),
        (ErrorKind::Forbidden, 2, 3)
    );
    assert!(described_error(&error).contains("page: 2"), "{error}");
}

#[test]
fn a2_too_many_token_requests_cool_down_for_a_minute() {
    let server = server(
        |request| request.contains("/v1/auth"),
        |hit, stream| {
            if hit == 1 {
                reply(stream, "429 Too Many Requests", "", b"");
            }
            hit == 1
        },
    );
    let ground = Ground::default();
    read_on(&ground, &server).unwrap();
    assert!(
        ground.waited()[0] >= Duration::from_secs(60),
        "{:?}",
        ground.waited()
    );
}

/// The wait after one answer like this, and how the read ends.
#[track_caller]
fn waits(status: &'static str, headers: &'static str, least: f64, most: f64) {
    let server = server(is_list, move |hit, stream| {
        if hit == 1 {
            reply(stream, status, headers, b"");
        }
        hit == 1
    });
    let ground = Ground::default();
    let (records, _) = read_on(&ground, &server).unwrap();
    let waited = ground.waited();
    assert_eq!(
        (records.len(), waited.len(), server.count("/employees?")),
        (1, 1, 2)
    );
    let seconds = waited[0].as_secs_f64();
    assert!(
        (least..=most).contains(&seconds),
        "{status} {headers}: {seconds} s"
    );
}

#[test]
fn a3_a_limit_is_waited_for_as_requested() {
    let limited = "429 Too Many Requests";
    waits(limited, "", 1.0, 2.0);
    waits(limited, "Retry-After: 30\r\n", 30.0, 31.0);
    waits(
        limited,
        "Retry-After: Mon, 02 Nov 2026 08:00:20 GMT\r\n",
        20.0,
        21.0,
    );
    // By the server's own clock, which is an hour behind.
    waits(
        limited,
        "Date: Mon, 02 Nov 2026 07:00:00 GMT\r\nRetry-After: Mon, 02 Nov 2026 07:00:20 GMT\r\n",
        20.0,
        21.0,
    );
    waits(limited, "Retry-After: 0\r\n", 1.0, 2.0);
    waits(limited, "Retry-After: -5\r\n", 1.0, 2.0);
    waits("503 Service Unavailable", "Retry-After: 7\r\n", 7.0, 8.0);
}

#[test]
fn a3_a_limit_that_would_take_too_long_ends_the_read() {
    for (header, seconds) in [
        ("Retry-After: 901\r\n", "901"),
        ("Retry-After: 1000000\r\n", "1000000"),
        ("Retry-After: 99999999999999999999999\r\n", "4294967295"),
        ("Retry-After: Tue, 02 Nov 2027 08:00:00 GMT\r\n", "31536000"),
    ] {
        let error = refused("429 Too Many Requests", header, "");
        assert_eq!(
            (error.kind, error.code()),
            (ErrorKind::RateLimited, Code::ApiRateLimited)
        );
        assert!(
            described_error(&error).contains(&format!("retry_after: Some({seconds})"))
                && described_error(&error).contains("attempts: 1"),
            "{error}"
        );
    }
}

#[test]
fn a4_errors_of_the_server_are_repeated_within_bounds() {
    for status in [
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        let server = server(is_list, move |hit, stream| {
            reply(
                stream,
                if hit < 5 { status } else { "404 Not Found" },
                "Content-Type: text/html\r\n",
                b"<h1>Down",
            );
            true
        });
        let ground = Ground::default();
        let error = read_on(&ground, &server).unwrap_err();
        assert_eq!(
            (server.count("/employees?"), ground.waited().len()),
            (5, 4),
            "{status}"
        );
        assert!(
            described_error(&error).contains("404")
                && described_error(&error).contains("Down")
                && described_error(&error).contains("page: 1"),
            "{error}"
        );
    }
    let error = refused("500 Internal Server Error", "", "");
    assert!(
        error.kind == ErrorKind::Unreachable && described_error(&error).contains("attempts: 5"),
        "{error}"
    );
}

#[test]
fn a4_an_error_on_a_later_page_leaves_nothing_of_the_earlier_ones() {
    let server = server(is_list, |hit, stream| {
        let people: Vec<String> = (0..100)
            .map(|id| person(&(hit * 1_000 + id).to_string(), "\"a@b.example\""))
            .collect();
        match hit {
            1..=6 => reply(stream, "200 OK", JSON, page(&people, 2_000).as_bytes()),
            _ => reply(stream, "500 Internal Server Error", "", b""),
        }
        true
    });
    let error = read(&server).unwrap_err();
    assert!(described_error(&error).contains("page: 7"), "{error}");
}

#[test]
fn a5_an_answer_that_is_cut_off_is_never_used() {
    let good = page(&[person("1", "null"), person("2", "null")], 2);
    for cut in [1, 20, good.len() / 2, good.len() - 1] {
        let error = refused("200 OK", JSON, good.as_bytes()[..cut].to_vec());
        assert_eq!(
            (error.kind, request_id(&error)),
            (ErrorKind::Malformed, Some("req-77")),
            "{cut}"
        );
        assert!(
            described_error(&error).contains(&format!("of: {cut}")),
            "{error}"
        );
    }
    let error = refused("200 OK", JSON, "");
    assert!(described_error(&error).contains("EmptyAnswer"), "{error}");
}

#[test]
fn a5_a_connection_that_breaks_is_tried_again() {
    for is_short in [true, false] {
        let server = server(is_list, move |hit, stream| {
            if hit < 3 && is_short {
                let _sent = stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"success\":");
            }
            hit < 3
        });
        assert_eq!(
            (read(&server).unwrap().0.len(), server.count("/employees?")),
            (1, 3)
        );
    }
    let error = read(&server(is_list, |_, stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"suc\r\n")
            .is_ok()
    }))
    .unwrap_err();
    assert!(
        error.kind == ErrorKind::Unreachable
            && described_error(&error).contains("Interrupted { bytes: 5"),
        "{error}"
    );
}

#[test]
fn a6_a_page_for_people_is_no_data() {
    let error = refused(
        "200 OK",
        "Content-Type: text/html\r\n",
        "<!DOCTYPE html><title>Please sign in</title>",
    );
    assert_eq!(error.kind, ErrorKind::Malformed);
    assert!(
        described_error(&error).contains("text/html")
            && described_error(&error).contains("Please sign in"),
        "{error}"
    );
}

#[test]
fn a7_an_error_inside_a_good_answer_is_an_error() {
    for body in [
        r#"{"success":false,"error":{"code":0,"message":"Something went wrong"}}"#,
        r#"{"success":false,"data":[],"error":{"message":"Something went wrong"}}"#,
    ] {
        let error = refused("200 OK", JSON, body);
        assert!(
            error.kind == ErrorKind::Refused
                && described_error(&error).contains("Something went wrong"),
            "{error}"
        );
    }
    for body in [
        "{}",
        "[]",
        "null",
        r#"{"data":null}"#,
        r#"{"success":true,"data":{}}"#,
    ] {
        assert_eq!(
            refused("200 OK", JSON, body).kind,
            ErrorKind::Malformed,
            "{body}"
        );
    }
}

#[test]
fn a14_a_value_of_another_kind_rejects_its_record_and_an_id_that_is_none_could_be_anybody() {
    let people = [
        person("1", r#""ann@example.com""#),
        person("2", r#"{"a":1}"#),
        person("1e20", "null"),
    ];
    let server = server(is_list, move |_, stream| {
        reply(stream, "200 OK", JSON, page(&people, 3).as_bytes());
        true
    });
    let (records, extent) = read(&server).unwrap();
    assert_eq!(
        (records.len(), extent.partial),
        (3, None),
        "the record says that its employee is unknown"
    );
    let mut reported = Heard::default();
    records.pour(&mut reported).unwrap();
    assert_eq!(
        reported.0,
        ["1 Ok", "2 MUS-API-VALUE", "? MUS-API-UNIDENTIFIED"]
    );
}
