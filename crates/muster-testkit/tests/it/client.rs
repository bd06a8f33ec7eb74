//! A bare HTTP client that hides nothing: every byte that came, and how the connection ended.

use muster_testkit::emulator::{Emulator, Options, Product};
use serde_json::Value;
use std::{
    fmt::Write as _,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Why there is no whole answer; empty: it is whole.
    pub(crate) broken: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {} {} {}", self.status, self.broken, self.text())
        })
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub(crate) fn start(product: Product) -> Emulator {
    Emulator::start(product, &Options::default()).unwrap()
}

/// Lets hours of limits and lives pass in no time.
pub(crate) fn start_fast(product: Product) -> Emulator {
    Emulator::start(
        product,
        &Options {
            speed: 200.0,
            ..Options::default()
        },
    )
    .unwrap()
}

pub(crate) fn get(emulator: &Emulator, target: &str, headers: &[(&str, &str)]) -> Reply {
    ask(&emulator.url(), "GET", target, headers, "", PATIENCE)
}

pub(crate) fn post(
    emulator: &Emulator,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    ask(&emulator.url(), "POST", target, headers, body, PATIENCE)
}

/// One request on a connection of its own.
pub(crate) fn ask(
    url: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
    patience: Duration,
) -> Reply {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let sent = stream.write_all(request(address, method, target, headers, body).as_bytes());
    match sent {
        Ok(()) => read(&mut stream, patience),
        Err(error) => Reply {
            broken: error.kind().to_string(),
            ..Reply::default()
        },
    }
}

pub(crate) fn request(
    host: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let mut text = format!(
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text + "\r\n" + body
}

/// Reads one answer to its end, or to the end of patience.
pub(crate) fn read(stream: &mut TcpStream, patience: Duration) -> Reply {
    let end = Instant::now() + patience;
    stream
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let (mut bytes, mut block) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        if let Some(reply) = parse(&bytes) {
            return reply;
        }
        let broken = match stream.read(&mut block) {
            Ok(0) => "closed".to_owned(),
            Ok(count) => {
                bytes.extend(&block[..count]);
                if Instant::now() < end {
                    continue;
                } else {
                    "too slow".to_owned()
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if Instant::now() < end {
                    continue;
                } else {
                    "too slow".to_owned()
                }
            }
            Err(error) => error.kind().to_string(),
        };
        return Reply {
            status: status(&bytes),
            broken,
            body: bytes,
            ..Reply::default()
        };
    }
}

fn status(bytes: &[u8]) -> u16 {
    bytes
        .get(9..12)
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
        .unwrap_or(0)
}

/// The answer, if it is whole.
fn parse(bytes: &[u8]) -> Option<Reply> {
    let end = bytes
        .windows(4)
        .take(64 * 1024)
        .position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]);
    let headers: Vec<(String, String)> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut reply = Reply {
        status: status(bytes),
        headers,
        ..Reply::default()
    };
    let rest = &bytes[end + 4..];
    reply.body = if reply.header("transfer-encoding").is_some() {
        if !rest.ends_with(b"0\r\n\r\n") {
            return None;
        }
        unchunk(rest)?
    } else {
        let length: usize = reply.header("content-length")?.parse().ok()?;
        rest.get(..length)?.to_vec()
    };
    Some(reply)
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
        rest = &rest[line + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

pub(crate) mod personio {
    //! Signing in to Personio and reading its lists.

    use super::{Reply, get, post};
    use muster_testkit::emulator::Emulator;
    use serde_json::Value;

    pub(crate) fn token(emulator: &Emulator) -> Reply {
        let body = emulator.credentials().to_string();
        post(
            emulator,
            "/v1/auth",
            &[("Content-Type", "application/json")],
            &body,
        )
    }

    pub(crate) fn bearer(emulator: &Emulator) -> String {
        format!(
            "Bearer {}",
            token(emulator).json()["data"]["token"]
                .as_str()
                .unwrap_or("none")
        )
    }

    pub(crate) fn token_v2(emulator: &Emulator) -> Reply {
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            emulator.credential("client_id"),
            emulator.credential("client_secret")
        );
        post(
            emulator,
            "/v2/auth/token",
            &[("Content-Type", "application/x-www-form-urlencoded")],
            &body,
        )
    }

    pub(crate) fn bearer_v2(emulator: &Emulator) -> String {
        format!(
            "Bearer {}",
            token_v2(emulator).json()["access_token"]
                .as_str()
                .unwrap_or("none")
        )
    }

    pub(crate) fn page(emulator: &Emulator, bearer: &str, query: &str) -> Reply {
        get(
            emulator,
            &format!("/v1/company/employees?{query}"),
            &[("Authorization", bearer)],
        )
    }

    /// The attributes of one person.
    pub(crate) fn attributes(emulator: &Emulator, number: u64) -> Value {
        let bearer = bearer(emulator);
        let list = page(emulator, &bearer, "limit=100").json();
        let rows = list["data"].as_array().unwrap().clone();
        let row = rows.iter().find(|row| {
            row["attributes"]["id"]["value"]
                .to_string()
                .contains(&format!("4000{number}"))
        });
        row.map(|row| row["attributes"].clone()).unwrap()
    }
}

pub(crate) mod bamboohr {
    //! Asking BambooHR.

    use super::{Reply, get, post};
    use muster_testkit::emulator::Emulator;
    use serde_json::Value;

    pub(crate) const JSON: (&str, &str) = ("Accept", "application/json");

    /// `key:x` in Base64, for the emulator's key.
    pub(crate) const BASIC: &str = "Basic MGYzYzlhN2I1ZDFlMmY0YTZiOGMwZDJlNGY2YThiMGMxZDNlNWY3MDp4";

    pub(crate) fn report(emulator: &Emulator, fields: &str) -> Reply {
        let headers = [
            ("Authorization", BASIC),
            JSON,
            ("Content-Type", "application/json"),
        ];
        let fields: Vec<&str> = fields.split(',').collect();
        let body = serde_json::json!({"title": "sync", "fields": fields}).to_string();
        post(
            emulator,
            "/api/v1/reports/custom?format=json&onlyCurrent=false",
            &headers,
            &body,
        )
    }

    pub(crate) fn read(emulator: &Emulator, path: &str) -> Reply {
        get(emulator, path, &[("Authorization", BASIC), JSON])
    }

    /// One person's row of a report.
    pub(crate) fn row(emulator: &Emulator, number: u64, fields: &str) -> Value {
        let report = report(emulator, fields).json();
        let id = (number + 3).to_string();
        let rows = report["employees"].as_array().unwrap().clone();
        rows.into_iter()
            .find(|row| row["id"].to_string().trim_matches('"') == id)
            .unwrap()
    }
}

pub(crate) mod youserve {
    //! Signing in to YouServe and reading its lists.

    use super::{Reply, get, post};
    use muster_testkit::emulator::Emulator;
    use serde_json::Value;
    use std::{thread, time::Duration};

    pub(crate) const FORM: [(&str, &str); 2] = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Cache-Control", "no-cache"),
    ];

    pub(crate) fn token(emulator: &Emulator) -> Reply {
        let body = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            emulator.credential("client_id"),
            emulator.credential("client_secret")
        );
        post(emulator, "/authentication/token", &FORM, &body)
    }

    pub(crate) fn bearer(emulator: &Emulator) -> String {
        format!(
            "Bearer {}",
            token(emulator).json()["access_token"]
                .as_str()
                .unwrap_or("none")
        )
    }

    pub(crate) fn read(emulator: &Emulator, bearer: &str, target: &str) -> Reply {
        // Three milliseconds at the speed of the tests are the 0.6 seconds between two calls.
        thread::sleep(Duration::from_millis(4));
        get(
            emulator,
            &format!("/iam/v1.0/{target}"),
            &[("Authorization", bearer)],
        )
    }

    /// Every record of one person.
    pub(crate) fn records(emulator: &Emulator, number: u64, list: &str) -> Vec<Value> {
        let bearer = bearer(emulator);
        let all = read(emulator, &bearer, &format!("{list}?take=1000")).json();
        let payroll = format!("{:06}", 400 + number);
        let is_theirs = |record: &Value| {
            record["employeeCode"] == payroll.as_str()
                || record["employments"][0]["employeeCode"] == payroll.as_str()
        };
        all["value"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|record| is_theirs(record))
            .cloned()
            .collect()
    }
}
