//! Answers that are odd, very large, slow or echo secrets.

use super::*;

/// What a sink hears of each record: id and problem.
#[derive(Default)]
pub(super) struct Heard(pub(super) Vec<String>);

impl Sink for Heard {
    fn begin(&mut self, _: u16, _: &[String]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        self.0.push(format!("{} Ok", id(record)));
    }

    fn broken(&mut self, record: Record<'_>, problem: Problem) {
        assert_eq!(problem.origin, Some(record.origin));
        self.0.push(format!("{} {}", id(record), problem.code));
    }
}

fn id(record: Record<'_>) -> String {
    match record.cell(0) {
        Cell::Text(id) => id.to_owned(),
        _ => "?".to_owned(),
    }
}

#[test]
fn a16_odd_json_is_refused_and_a_byte_order_mark_is_not() {
    let twice = r#"{"success":true,"data":[{"attributes":{"id":{"value":1},"id":{"value":2}}}]}"#;
    let deep = format!(
        r#"{{"success":true,"data":[],"deep":{}{}}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let nested = format!(
        r#"{{"success":true,"data":[{{"attributes":{{"id":{{"value":{}{}}}}}}}]}}"#,
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let number = r#"{"success":true,"data":[{"attributes":{"id":{"value":NaN}}}]}"#;
    for body in [twice, &nested, number, r#"{"data":[],"data":[]}"#] {
        let error = refused("200 OK", JSON, body);
        assert!(
            error.kind == ErrorKind::Malformed && described_error(&error).contains("at: "),
            "{error}"
        );
    }
    assert_eq!(
        refused(
            "200 OK",
            JSON,
            b"{\"success\":true,\"data\":[],\"x\":\"\xff\xfe\"".to_vec()
        )
        .kind,
        ErrorKind::Malformed
    );
    let bodies = [
        deep.into_bytes(),
        [b"\xef\xbb\xbf", page(&[person("1", "null")], 1).as_bytes()].concat(),
    ];
    for body in bodies {
        let server = server(is_list, move |_, stream| {
            reply(stream, "200 OK", JSON, &body);
            true
        });
        // Either is read or refused whole; never a crash, never a part.
        let read = read(&server);
        assert!(read.is_ok() || read.is_err_and(|error| error.kind == ErrorKind::Malformed));
    }
}

#[test]
fn a16_two_hundred_thousand_people_are_read_in_pages_or_at_once() {
    let people: Vec<String> = (0..200_000)
        .map(|id| person(&id.to_string(), "\"a@b.example\""))
        .collect();
    let server = server(is_list, move |_, stream| {
        reply(stream, "200 OK", JSON, page(&people, 200_000).as_bytes());
        true
    });
    let (records, extent) = read(&server).unwrap();
    assert_eq!(
        (records.len(), extent.partial, server.count("/employees?")),
        (200_000, None, 1)
    );
}

#[test]
fn answers_have_a_limit_packed_and_unpacked() {
    let mut ground = Ground::default();
    ground.network.limits.answer_bytes = 1 << 20;
    let endless = server(is_list, |_, stream| {
        let _sent = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b' '; 65_536]).is_ok() {}
        true
    });
    let error = read_on(&ground, &endless).unwrap_err();
    assert_eq!(
        (error.kind, error.code()),
        (ErrorKind::Refused, Code::ApiLimit)
    );
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&vec![b' '; 65 << 20]).unwrap();
    let bomb = packer.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    let packed = server(is_list, move |_, stream| {
        reply(stream, "200 OK", "Content-Encoding: gzip\r\n", &bomb);
        true
    });
    let error = read_on(&ground, &packed).unwrap_err();
    assert!(
        error.code() == Code::ApiLimit && described_error(&error).contains("TooLarge"),
        "{error}"
    );
}

#[test]
fn waits_for_bytes_have_a_limit() {
    let mut ground = Ground::default();
    ground.network.limits.attempts = 1;
    for scenario in ["silence", "slow-trickle"] {
        let emulator = started(&[&format!("{scenario},on=/v1/company/employees")]);
        let error = ground
            .read(&*personio(&emulator, "v1"), &everything())
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable, "{scenario}: {error}");
    }
}

#[test]
fn secrets_that_a_server_echoes_are_taken_out_everywhere() {
    let basic = "cGFwaS1WM3J5K1MzY3JldC9LZXk9";
    let echo = format!(
        "{SECRET} papi-V3ry%2BS3cret%2FKey%3D papi-V3ry+S3cret\\/Key= {basic} Bearer {TOKEN}"
    );
    for status in [
        "400 Bad Request",
        "500 Internal Server Error",
        "200 OK",
        "307 Temporary Redirect",
    ] {
        let (body, location) = (
            format!(r#"{{"error":{{"message":"{echo}"}}}}"#),
            format!("Location: /x/{TOKEN}\r\n"),
        );
        let headers = format!("X-Request-Id: {TOKEN}\r\n{location}");
        let server = server(is_list, move |_, stream| {
            reply(stream, status, &headers, body.as_bytes());
            true
        });
        let ground = Ground::default();
        let error = read_on(&ground, &server).unwrap_err();
        complete(&error, &server);
        let reported = format!("{error:?} {:?}", ground.waits.lock().unwrap());
        assert!(
            !reported.contains(&basic[..20])
                && !reported.contains("%2BS3")
                && !reported.contains("t0ken"),
            "{reported}"
        );
    }
    let echoed = page(&[person("1", &format!("\"{TOKEN}@example.com\""))], 1);
    let server = server(is_list, move |_, stream| {
        reply(stream, "200 OK", JSON, echoed.as_bytes());
        true
    });
    let (records, _) = read(&server).unwrap();
    assert!(
        records
            .iter()
            .all(|record| !format!("{record:?}").contains("t0ken")),
        "nothing secret is stored"
    );
}

#[test]
fn every_fault_of_the_line_ends_safe() {
    let good = [
        "chunked",
        "wrong-content-type",
        "byte-order-mark",
        "gzip",
        "server-500",
        "server-502",
        "server-503",
        "server-504",
        "server-503-html",
        "rate-limited",
    ];
    for scenario in good {
        let read = Ground::default().read(&*personio(&started(&[scenario]), "v1"), &everything());
        assert_eq!(read.unwrap().1.partial, None, "{scenario}");
    }
    let bad = [
        ("html-login", ErrorKind::Malformed),
        ("empty-body", ErrorKind::Malformed),
        ("error-inside", ErrorKind::Refused),
        ("truncated", ErrorKind::Unreachable),
        ("chunk-cut", ErrorKind::Unreachable),
        ("connection-reset", ErrorKind::Unreachable),
        ("invalid-utf8", ErrorKind::Malformed),
        ("duplicate-keys", ErrorKind::Malformed),
        ("not-a-number", ErrorKind::Malformed),
        ("redirect-loop", ErrorKind::Refused),
        ("echo-token", ErrorKind::Refused),
    ];
    for (scenario, kind) in bad {
        let emulator = started(&[&format!("{scenario},after=3,on=/v1/company/employees")]);
        let read = Ground::default().read(&*personio(&emulator, "v1"), &everything());
        let error = read.map(|(records, _)| records.len()).expect_err(scenario);
        assert_eq!(error.kind, kind, "{scenario}: {error}");
        assert!(
            emulator.stranger_requests().is_empty() && described_error(&error).contains("page: 3"),
            "{scenario}: {error}"
        );
    }
}
