//! Web servers that break the rules.

use crate::{
    scripted::{Encrypted, Script, https},
    source::{attempts, delivery, hasty, refusal, source},
};
use muster_connectors::transport::{Retry, SourceSettings};
use muster_core::model::code::Code;
use std::{
    io::Write,
    net::TcpListener,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

fn settings(script: &Script) -> SourceSettings {
    let url = format!("https://127.0.0.1:{}/a.csv?token=query-word-5", script.port);
    let mut settings = source(&url, "ann", "pass-word-7");
    settings.pattern = None;
    settings.ca_certificate = Some(script.ca_pem.clone());
    settings
}

/// Answers HEAD in order and GET with the given bytes.
fn answering(answer: &'static [u8]) -> Script {
    with(move |stream| stream.write_all(answer).unwrap())
}

fn with(answer: impl Fn(&mut Encrypted) + Send + Sync + 'static) -> Script {
    https(move |request, stream| {
        if request.starts_with("HEAD") {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
                .unwrap();
        } else {
            answer(stream);
        }
    })
}

#[test]
fn t29_an_answer_shorter_than_its_length_is_not_used() {
    let script = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nid;name\r\n");
    let error = refusal(&settings(&script));
    assert!(
        error.retry && error.to_string().contains("bytes: 9, of: Some(100)"),
        "{error:?}"
    );
    assert!(!format!("{error:?}").contains("query-word-5"), "{error:?}");
}

#[test]
fn t29_bytes_after_the_length_do_not_belong_to_the_file() {
    let script = answering(
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nid\nHTTP/1.1 200 OK",
    );
    assert_eq!(delivery(&settings(&script)).files[0].file.bytes, 3);
}

#[test]
fn t29_a_length_that_differs_from_the_announced_one_is_found() {
    let script = https(|request, stream| {
        let length = if request.starts_with("HEAD") { 5 } else { 3 };
        let body = if length == 3 { "id\n" } else { "" };
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let error = refusal(&settings(&script));
    assert_eq!(error.code, Code::TransferIncomplete);
    assert!(
        error.to_string().contains("bytes: 3, of: Some(5)"),
        "{error}"
    );
}

#[test]
fn t29_no_length_counts_as_less_proof() {
    let script = answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nid;name\r\n");
    let delivery = delivery(&settings(&script));
    assert_eq!(
        (delivery.files[0].file.bytes, delivery.warnings[0].code),
        (9, Code::TransportWeak)
    );
}

#[test]
fn only_a_stated_length_or_a_marked_end_proves_that_a_file_is_whole() {
    for (answer, is_proven) in [
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nid;name\r\n",
            false,
        ),
        ("HTTP/1.0 200 OK\r\n\r\nid;name\r\n", false),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nid;name\r\n",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nid;name\r\n\r\n0\r\n\r\n",
            true,
        ),
    ] {
        let script = https(move |request, stream| {
            let head = b"HTTP/1.1 405 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let is_head = request.starts_with("HEAD");
            let answer = if is_head { head } else { answer.as_bytes() };
            stream.write_all(answer).unwrap();
        });
        let delivery = delivery(&settings(&script));
        assert_eq!(delivery.files[0].is_proven, is_proven, "{answer}");
    }
}

#[test]
fn t29_a_cut_or_bad_chunk_is_not_used() {
    for answer in [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nid;n".as_slice(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nid\r\nzz\r\nname",
    ] {
        let error = refusal(&settings(&answering(answer)));
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportUnreachable, true),
            "{error:?}"
        );
    }
}

#[test]
fn t30_packing_that_was_not_asked_for_is_refused() {
    let script = answering(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08",
    );
    let error = refusal(&settings(&script));
    assert_eq!(error.code, Code::TransportAnswer);
    assert!(error.to_string().contains("gzip"), "{error}");
}

#[test]
fn t27_headers_without_end_reach_a_limit() {
    let script = https(|_, stream| {
        let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream
            .write_all(b"X-Again: and again and again\r\n")
            .is_ok()
        {}
    });
    let error = refusal(&settings(&script));
    assert_eq!(
        (error.code, error.retry),
        (Code::TransportLimit, false),
        "{error:?}"
    );
}

#[test]
fn t09_a_server_that_stalls_is_left() {
    // Takes connections, but never begins encryption.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let silent = https(|_, _| thread::sleep(Duration::from_secs(6)));
    let half = with(|stream| {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nid;")
            .unwrap();
        stream.flush().unwrap();
        thread::sleep(Duration::from_secs(4));
    });
    let mut closed = settings(&silent);
    closed.location.port = port;
    for mut settings in [closed, settings(&silent), settings(&half)] {
        hasty(&mut settings);
        let error = refusal(&settings);
        assert_eq!(
            (error.code, error.retry),
            (Code::TransportTimeout, true),
            "{error:?}"
        );
    }
}

#[test]
fn t10_a_drip_ends_at_the_limit_of_the_whole() {
    let script = with(|stream| {
        let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while stream.write_all(b"x").and_then(|()| stream.flush()).is_ok() {
            thread::sleep(Duration::from_millis(200));
        }
    });
    let mut settings = settings(&script);
    settings.limits.whole = Duration::from_secs(1);
    let error = refusal(&settings);
    assert_eq!(error.code, Code::TransportTimeout, "{error:?}");
    assert!(
        error.to_string().contains("TooSlow") && error.to_string().contains("seconds: 1 "),
        "{error}"
    );
}

/// P17.
#[test]
fn t11_a_file_that_changes_while_it_is_read_is_not_used() {
    let ordinary = "Content-Length: 3\r\nLast-Modified: Sat, 31 Jan 2026 12:00:00 GMT\r\n";
    for (afterwards, wanted) in [
        (
            "200 OK\r\nContent-Length: 6\r\nLast-Modified: Sat, 31 Jan 2026 12:00:00 GMT\r\n",
            Some(Code::NotSettled),
        ),
        (
            "200 OK\r\nContent-Length: 2\r\nLast-Modified: Sat, 31 Jan 2026 12:00:00 GMT\r\n",
            Some(Code::NotSettled),
        ),
        (
            "200 OK\r\nContent-Length: 3\r\nLast-Modified: Sat, 31 Jan 2026 12:00:01 GMT\r\n",
            Some(Code::NotSettled),
        ),
        ("404 Not Found\r\nContent-Length: 0\r\n", Some(Code::NoFile)),
        (
            "200 OK\r\nContent-Length: 3\r\nLast-Modified: Sat, 31 Jan 2026 12:00:00 GMT\r\n",
            None,
        ),
    ] {
        let is_read = AtomicUsize::new(0);
        let script = https(move |request, stream| {
            let answer = match (request.starts_with("HEAD"), is_read.load(Ordering::SeqCst)) {
                (true, 0) => format!("HTTP/1.1 200 OK\r\n{ordinary}Connection: close\r\n\r\n"),
                (true, _) => format!("HTTP/1.1 {afterwards}Connection: close\r\n\r\n"),
                (false, _) => {
                    is_read.store(1, Ordering::SeqCst);
                    format!("HTTP/1.1 200 OK\r\n{ordinary}Connection: close\r\n\r\nid\n")
                }
            };
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let settings = settings(&script);
        match wanted {
            Some(code) => assert_eq!(refusal(&settings).code, code, "{afterwards}"),
            None => assert_eq!(delivery(&settings).files[0].file.bytes, 3),
        }
    }
}

/// What a busy server asks for, as lines of a header, and how long is waited; none: it is not tried again.
fn asked(lines: &str) -> Option<Duration> {
    let answer = format!("HTTP/1.1 429 Too Many Requests\r\n{lines}Connection: close\r\n\r\n");
    let script = https(move |_, stream| {
        stream.write_all(answer.as_bytes()).unwrap();
    });
    let mut settings = settings(&script);
    settings.retry = Retry {
        attempts: 2,
        first_wait: Duration::ZERO,
        seed: 1,
    };
    settings.limits.whole = Duration::from_secs(5);
    let begun = Instant::now();
    let (result, waits) = attempts(&settings);
    let error = result.unwrap_err();
    assert_eq!(
        (error.code, error.retry),
        (Code::TransportAnswer, true),
        "{error:?}"
    );
    assert!(error.to_string().contains("429"), "{error}");
    assert!(
        begun.elapsed() >= waits.iter().sum::<Duration>(),
        "{lines:?} was not waited for"
    );
    assert_eq!(script.received("HEAD"), 1 + waits.len());
    assert!(
        !waits.is_empty()
            || error.to_string().contains("WaitTooLong")
                && ["seconds: 5 ", "seconds: 900 "]
                    .iter()
                    .any(|limit| error.to_string().contains(limit)),
        "{error}"
    );
    waits.first().copied()
}

#[test]
fn t32_what_retry_after_says_is_waited_for() {
    let (none, second) = (Some(Duration::ZERO), Some(Duration::from_secs(1)));
    let date = "Date: Sat, 31 Jan 2026 23:59:59 GMT\r\n";
    assert_eq!(asked(""), none);
    assert_eq!(asked("Retry-After: 1\r\n"), second);
    assert_eq!(
        asked(&format!(
            "{date}Retry-After: Sun, 01 Feb 2026 00:00:00 GMT\r\n"
        )),
        second
    );
    // In the past, negative, and no time at all.
    assert_eq!(
        asked(&format!(
            "{date}Retry-After: Sat, 31 Jan 2026 23:00:00 GMT\r\n"
        )),
        none
    );
    for odd in ["-5", "soon", "1.5", "", "Sun, 99 Foo 2026"] {
        assert_eq!(
            asked(&format!("{date}Retry-After: {odd}\r\n")),
            none,
            "{odd}"
        );
    }
}

/// P24.
#[test]
fn t32_a_retry_after_beyond_the_limit_of_the_run_ends_it_at_once() {
    let date = "Date: Sat, 31 Jan 2026 23:59:59 GMT\r\n";
    for huge in [
        "6",
        "86400",
        "99999999999999999999999",
        "Sun, 31 Jan 2038 00:00:00 GMT",
    ] {
        let begun = Instant::now();
        assert_eq!(
            asked(&format!("{date}Retry-After: {huge}\r\n")),
            None,
            "{huge}"
        );
        assert!(begun.elapsed() < Duration::from_secs(4), "{huge}");
    }
}

#[test]
fn t32_a_server_that_was_busy_and_is_no_longer_brings_the_file() {
    let asked = AtomicUsize::new(0);
    let script = https(move |request, stream| {
        let answer: &[u8] = match (
            asked.fetch_add(1, Ordering::SeqCst),
            request.starts_with("HEAD"),
        ) {
            (0, _) => b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nConnection: close\r\n\r\n",
            (_, true) => b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n",
            (_, false) => b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nid\n",
        };
        stream.write_all(answer).unwrap();
    });
    let mut settings = settings(&script);
    settings.retry.attempts = 2;
    let (result, waits) = attempts(&settings);
    assert_eq!(result.unwrap().files[0].file.bytes, 3);
    assert!(
        waits.len() == 1 && waits[0] >= Duration::from_secs(1),
        "{waits:?}"
    );
}

#[test]
fn more_bytes_than_the_limit_are_refused() {
    let script = answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nid;name\r\n1;Ann\r\n");
    let mut settings = settings(&script);
    settings.limits.file_bytes = 10;
    assert_eq!(refusal(&settings).code, Code::CsvLimit);
}
