//! Servers that want more than an answer: to lead elsewhere, or to never end.

use super::{SECRET, is_list, ordinary, read, read_on, server};
use crate::{
    scripted::{http, reply},
    session::{Ground, connector, described_error, wanted},
};
use muster_connectors::connector::ErrorKind;
use muster_core::model::code::Code;
use std::io::Write;

#[test]
fn a12_an_address_that_no_vendor_has_is_refused_before_anything_is_sent() {
    for base in [
        "https://169.254.169.254",
        "https://2852039166",
        "https://[fe80::1]:8443",
        "https://0.0.0.0",
    ] {
        let connector = connector(
            "personio",
            &[("base_url", base), ("client_id", "papi-id")],
            &[("client_secret", SECRET)],
        );
        let ground = Ground::default();
        let error = ground
            .read(&*connector, &wanted(&["id"], &["id"]))
            .unwrap_err();
        assert_eq!(
            (error.kind, error.code(), error.retry, ground.waited().len()),
            (ErrorKind::Refused, Code::TransportNetwork, false, 0),
            "{base}: {error}"
        );
    }
}

#[test]
fn endless_headers_are_refused_and_not_asked_for_again() {
    let server = server(is_list, |_, stream| {
        let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        let line = format!("X-Padding: {}\r\n", "a".repeat(1_000));
        for _ in 0..4_000 {
            sent = sent.and_then(|()| stream.write_all(line.as_bytes()));
        }
        true
    });
    let error = read(&server).unwrap_err();
    assert_eq!(
        (error.kind, error.code(), server.count("/employees?")),
        (ErrorKind::Refused, Code::ApiLimit, 1),
        "{error}"
    );
    assert!(
        described_error(&error).contains("HeadersTooLarge"),
        "{error}"
    );
}

#[test]
fn a12_redirects_are_not_followed_and_take_nothing_along() {
    let other = http(|_, request, stream| ordinary(request, stream));
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let location = format!("Location: {}/v1/company/employees?x=y\r\n", other.url);
        let server = server(
            |_| true,
            move |_, stream| {
                reply(stream, status, &location, b"");
                true
            },
        );
        let error = read(&server).unwrap_err();
        assert_eq!(
            (error.kind, error.code()),
            (ErrorKind::Refused, Code::TransportRedirect),
            "{status}"
        );
        assert!(
            described_error(&error).contains(&other.url)
                && !described_error(&error).contains("x=y"),
            "{error}"
        );
        assert_eq!(
            server.requests().len(),
            1,
            "{status} {:?}",
            server.requests()
        );
    }
    assert_eq!(other.requests(), Vec::<String>::new());
}

/// Answers whose status is a failure and whose page cannot be read: cut off, or not compressed as it says.
const UNREADABLE_PAGES: &[&str] = &[
    "Content-Length: 900\r\n\r\n{\"success\":false,",
    "Transfer-Encoding: chunked\r\n\r\n500\r\n{\"succ",
    "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    "Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
    "Content-Encoding: br\r\nContent-Length: 4\r\n\r\nnope",
];

#[test]
fn refused_credentials_are_sent_once_though_the_page_that_refuses_them_cannot_be_read() {
    for page in UNREADABLE_PAGES {
        let server = server(
            |request| request.contains("/v1/auth"),
            move |_, stream| {
                let answer = format!("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n{page}");
                stream.write_all(answer.as_bytes()).is_ok()
            },
        );
        let ground = Ground::default();
        let error = read_on(&ground, &server).unwrap_err();
        assert_eq!(
            (error.kind, error.code(), error.retry),
            (ErrorKind::Unauthorised, Code::TransportCredentials, false),
            "{page:?}: {error}"
        );
        assert_eq!(
            (server.count("/v1/auth"), ground.waited().len()),
            (1, 0),
            "{page:?}"
        );
    }
}

#[test]
fn busy_server_is_asked_again_though_its_page_cannot_be_read() {
    for page in UNREADABLE_PAGES {
        let server = server(is_list, move |hit, stream| {
            let answer = format!("HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\n{page}");
            hit == 1 && stream.write_all(answer.as_bytes()).is_ok()
        });
        let (records, extent) = read(&server).unwrap();
        assert_eq!(
            (records.len(), extent.partial, server.count("/employees?")),
            (1, None, 2),
            "{page:?}"
        );
    }
}
