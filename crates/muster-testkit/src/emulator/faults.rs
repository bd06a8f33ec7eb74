//! Faults of transport, the same for every provider: answers in place of the right one, and the right one spoilt.

use super::{
    answer::{Answer, Delivery},
    api::{Api, Scene},
    clock,
    request::Request,
    scenario::{Scenario, Scope, scenario},
};
use flate2::{Compression, write::GzEncoder};
use jiff::ToSpan;
use serde_json::json;
use std::{io::Write, sync::OnceLock};

/// How much a gzip bomb unpacks to.
const BOMB: usize = 512 * 1024 * 1024;

/// Faults of the server and the line, under a provider's menu number.
pub(crate) fn transport(menu: u8) -> Vec<Scenario> {
    let on = |name, about| scenario(menu, name, about);
    vec![
        on("server-500", "status 500, twice").times(2),
        on("server-502", "status 502, twice").times(2),
        on("server-503", "status 503, twice").times(2),
        on("server-504", "status 504, twice").times(2),
        on(
            "server-503-html",
            "status 503 with a page for people, twice",
        )
        .times(2),
        on("html-login", "status 200 with a login page"),
        on("empty-body", "status 200 with nothing"),
        on("error-inside", "status 200 with an error inside"),
        on(
            "truncated",
            "half of what Content-Length says, then the end",
        ),
        on("chunk-cut", "chunks without the last one"),
        on("chunked", "chunks, in order"),
        on("wrong-content-type", "JSON called text/plain"),
        on("byte-order-mark", "a byte order mark before the JSON"),
        on("invalid-utf8", "bytes that are no UTF-8 inside a text"),
        on(
            "duplicate-keys",
            "the members of the envelope twice, first with nothing in them",
        ),
        on("deep-nesting", "a member with 100,000 levels"),
        on("not-a-number", "a member with NaN"),
        on(
            "huge-page",
            "5 KB of filler in every row; a page of at least 10,000 rows where there are pages",
        ),
        on("gzip", "compressed, whether wanted or not"),
        on("gzip-bomb", "512 MiB of blanks, compressed"),
        on("slow-trickle", "one byte a second"),
        on("silence", "no answer, ever"),
        on("endless-header", "a head that never ends"),
        on("connection-reset", "half of the body, then a reset"),
        on("tls-failure", "new connections get an alert and are closed").scope(Scope::Connection),
    ]
}

/// Redirects, under a provider's menu number.
pub(crate) fn redirects(menu: u8) -> Vec<Scenario> {
    let on = |name, about| scenario(menu, name, about).scope(Scope::Both);
    vec![
        on("redirect-301", "moved to another host"),
        on("redirect-302", "found at another host"),
        on("redirect-307", "moved to another host for now"),
        on("redirect-308", "moved to another host for good"),
        on("redirect-other-port", "moved to another port"),
        on("redirect-http", "moved to plain HTTP"),
        on("redirect-loop", "moved to where it is"),
    ]
}

/// Rate limits that are said to be exceeded though they are not.
pub(crate) fn limits(menu: u8) -> Vec<Scenario> {
    let on = |name, about| scenario(menu, name, about).times(1);
    vec![
        on("rate-limited", "429 without Retry-After, once"),
        on(
            "rate-limited-seconds",
            "429 with Retry-After in seconds, once",
        ),
        on("rate-limited-date", "429 with Retry-After as a date, once"),
        on("rate-limited-zero", "429 with Retry-After 0, once"),
        on("rate-limited-negative", "429 with Retry-After -5, once"),
        on(
            "rate-limited-huge",
            "429 with a Retry-After of eleven days, once",
        ),
    ]
}

/// Secrets in error bodies, under a provider's menu number.
pub(crate) fn echoes(menu: u8) -> Vec<Scenario> {
    let on = |name, about| scenario(menu, name, about).scope(Scope::Both);
    vec![
        on("echo-secret", "400 with the secret in body and headers"),
        on(
            "echo-token",
            "400 with what came in Authorization in body and headers",
        ),
    ]
}

/// The answer that a fault gives in place of the right one.
pub(crate) fn instead(api: &dyn Api, request: &Request, scene: &Scene) -> Option<Answer> {
    let firing = &scene.firing;
    if let Some(kind) = firing.starting("redirect-") {
        return Some(redirect(kind, request, scene));
    }
    if let Some(kind) = firing
        .0
        .iter()
        .find(|name| name.starts_with("rate-limited"))
    {
        let answer = api.limited();
        return Some(match retry_after(kind, scene) {
            Some(wait) => answer.with("Retry-After", wait),
            None => answer,
        });
    }
    for name in &firing.0 {
        let answer = match *name {
            "server-500" => Answer::text(500, "text/plain", "an error happened"),
            "server-502" => Answer::text(502, "text/html", "<html><h1>502 Bad Gateway</h1></html>"),
            "server-503" => Answer::json(503, &json!({"message": "come back later"})),
            "server-504" => Answer::empty(504),
            "server-503-html" => Answer::text(
                503,
                "text/html",
                "<!doctype html><h1>Maintenance</h1><p>Back soon.",
            ),
            "html-login" => Answer::text(
                200,
                "text/html; charset=UTF-8",
                "<!doctype html><title>Sign in</title><form>",
            ),
            "empty-body" => Answer::text(200, "application/json", ""),
            "error-inside" => api.error_inside(),
            "echo-secret" => echo(&api.secret()),
            "echo-token" => echo(
                request
                    .header("authorization")
                    .unwrap_or("no Authorization"),
            ),
            _ => continue,
        };
        return Some(answer);
    }
    None
}

fn redirect(kind: &str, request: &Request, scene: &Scene) -> Answer {
    let status = kind.parse().unwrap_or(307);
    let origin = match kind {
        "other-port" => format!("{}://127.0.0.1:{}", scene.scheme, scene.stranger),
        "http" => format!("http://127.0.0.1:{}", scene.stranger),
        "loop" => scene.origin.clone(),
        _ => format!("{}://localhost:{}", scene.scheme, scene.stranger),
    };
    let query = if request.query.is_empty() {
        String::new()
    } else {
        format!("?{}", request.query)
    };
    Answer::empty(status).with("Location", format!("{origin}{}{query}", request.path))
}

pub(crate) fn retry_after(kind: &str, scene: &Scene) -> Option<String> {
    let wait = kind.rsplit('-').next().unwrap_or_default();
    Some(match wait {
        "seconds" => "2".to_owned(),
        "date" => clock::http_date(
            clock::wall()
                .checked_add(2.seconds())
                .unwrap_or(jiff::Timestamp::MAX),
        ),
        "zero" => "0".to_owned(),
        "negative" => "-5".to_owned(),
        "huge" => "1000000".to_owned(),
        "told" => scene
            .clock
            .reported(std::time::Duration::from_secs(60))
            .to_string(),
        _ => return None,
    })
}

fn echo(secret: &str) -> Answer {
    let message = format!("the request with {secret} cannot be understood");
    Answer::json(400, &json!({"error": {"code": 400, "message": message}}))
        .with("X-Error-Message", message.clone())
        .with("X-BambooHR-Error-Message", message)
}

/// The right answer, spoilt.
pub(crate) fn spoil(mut answer: Answer, scene: &Scene) -> Answer {
    for name in &scene.firing.0 {
        match *name {
            "truncated" => answer.delivery = Delivery::Short,
            "chunk-cut" => answer.delivery = Delivery::ChunkMissing,
            "chunked" => answer.delivery = Delivery::Chunked,
            "slow-trickle" => answer.delivery = Delivery::Trickle,
            "silence" => answer.delivery = Delivery::Silence,
            "endless-header" => answer.delivery = Delivery::EndlessHead,
            "connection-reset" => answer.delivery = Delivery::Reset,
            "wrong-content-type" => answer = answer.with("Content-Type", "text/plain"),
            "byte-order-mark" => drop(answer.body.splice(0..0, *b"\xEF\xBB\xBF")),
            "invalid-utf8" => insert(&mut answer.body, b"\"broken\":\"\xC3\x28\xFF\","),
            "duplicate-keys" => insert(
                &mut answer.body,
                br#""success":false,"data":[],"_data":[],"employees":[],"value":[],"#,
            ),
            "deep-nesting" => insert(&mut answer.body, &deep()),
            "not-a-number" => insert(&mut answer.body, b"\"ratio\":NaN,"),
            "gzip" => answer = pack(answer),
            "gzip-bomb" => {
                answer.body = bomb().to_vec();
                answer = answer.with("Content-Encoding", "gzip");
            }
            _ => {}
        }
    }
    answer
}

/// Puts bytes behind the first opening brace.
fn insert(body: &mut Vec<u8>, bytes: &[u8]) {
    if let Some(place) = body.iter().position(|byte| *byte == b'{') {
        body.splice(place + 1..=place, bytes.iter().copied());
    }
}

fn deep() -> Vec<u8> {
    let mut bytes = b"\"deep\":".to_vec();
    bytes.extend([b'['; 100_000]);
    bytes.extend([b']'; 100_000]);
    bytes.push(b',');
    bytes
}

/// Blanks, packed once a process.
fn bomb() -> &'static [u8] {
    static PACKED: OnceLock<Vec<u8>> = OnceLock::new();
    PACKED.get_or_init(|| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        let block = vec![b' '; 1 << 20];
        // Memory takes every byte.
        let _packed = (0..BOMB >> 20).try_for_each(|_| packer.write_all(&block));
        packer.finish().unwrap_or_default()
    })
}

fn pack(answer: Answer) -> Answer {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    match packer
        .write_all(&answer.body)
        .and_then(|()| packer.finish())
    {
        Ok(body) => Answer { body, ..answer }.with("Content-Encoding", "gzip"),
        Err(_) => answer,
    }
}
