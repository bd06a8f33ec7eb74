//! The pages over a directory that real runs made: what they show, what they escape, and how many statements they take.

mod api_changes;
mod budgets;
mod changing;
mod deciding;
mod demo;
mod exporting;
mod fields;
mod four_eyes;
mod groups;
mod live;
mod org;
mod past;
mod pausing;
mod program;
mod repairing;
mod selecting;
mod settings;
mod undoing;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use demo::Demo;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;

/// The text of a page in which these characters stand for themselves.
fn unescaped(text: &str) -> String {
    let named = [
        ("&#34;", "\""),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ];
    named
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[tokio::test]
async fn held_run_shows_its_findings_with_limits_and_its_departures() {
    let demo = Demo::new().await;
    let page = demo.get("/w/fjordmarked/runs/4").await;
    for text in [
        "Held for review",
        "Held: nothing has been applied",
        "63 of 242 active employees would be deactivated",
        "26.0%",
        "trips at more than 10% and more than 3",
        "63 people lose access.",
        "Deactivate: ",
        "Show more of 63",
        "Active",
        "Inactive",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let overview = demo.get("/w/fjordmarked").await;
    assert!(
        overview.contains("store-staff: the plan of run 4 is held"),
        "{overview}"
    );
    let more = demo
        .get("/w/fjordmarked/runs/4?show=deactivate.missing.0&after=10")
        .await;
    assert!(more.matches("id=\"operation-").count() == 50, "{more}");
}

#[tokio::test]
async fn person_page_says_why_each_value_is_what_it_is() {
    let demo = Demo::new().await;
    let found = demo.get("/w/fjordmarked/people?q=FM-1003").await;
    let href = found
        .split("class=\"who\" href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let page = demo.get(href).await;
    for text in [
        "Why Title is Store manager",
        "staff.csv:5",
        "The record has this value",
        "Applied without a decision",
        "becomes",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn rejected_records_say_what_is_wrong_and_what_to_do() {
    let demo = Demo::new().await;
    let page = demo.get("/w/fjordmarked/runs/3/rejected").await;
    for text in [
        "2026-02-30",
        "MUS-VALUE-DATE",
        "staff.csv:",
        "Nobody leaves because their record was rejected.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

/// What people put into fields that others read.
const HOSTILE: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "&lt;script&gt;",
    "Bob\u{202e}gnp.exe",
];

/// P39.
#[tokio::test]
async fn w8_hostile_values_stay_inert_on_every_page() {
    let demo = Demo::with_names(&HOSTILE).await;
    let mut pages = vec![demo.get("/").await];
    for path in [
        "",
        "/runs",
        "/runs/1",
        "/runs/1/rejected",
        "/runs/1/files",
        "/runs/2",
        "/people",
        "/people?q=%22%3E%3Cscript%3E",
        "/decisions",
        "/integrations",
        "/integrations/1",
        "/org",
        "/org?q=%3Cscript%3E",
        "/org/problems",
        "/groups",
        "/smart-group",
        "/fields",
        "/people?group=%22%3E%3Cscript%3E",
    ] {
        pages.push(demo.get(&format!("/w/fjordmarked{path}")).await);
    }
    for person in 1..=HOSTILE.len() {
        pages.push(demo.get(&format!("/w/fjordmarked/people/{person}")).await);
    }
    for page in &pages {
        for raw in [
            "<script>alert",
            "<img",
            "<svg onload",
            "' onmouseover",
            "\u{202e}",
            "href=\"javascript:",
            "49",
        ] {
            let shown = if raw == "49" {
                page.contains(">49<")
            } else {
                page.contains(raw)
            };
            assert!(!shown, "{raw}: {page}");
        }
        assert_eq!(page.matches("<script").count(), 1, "only our own");
    }
    assert!(
        pages
            .iter()
            .any(|page| page.contains("&#60;script&#62;alert(1)")
                || page.contains("&lt;script&gt;alert(1)"))
    );
}

static STATEMENTS: AtomicU64 = AtomicU64::new(0);

#[tokio::test]
async fn pages_take_a_bounded_number_of_statements() {
    let demo = Demo::counting(|_| {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
    })
    .await;
    for (path, most) in [
        ("/", 4),
        ("/w/fjordmarked", 28),
        ("/w/fjordmarked/runs", 16),
        ("/w/fjordmarked/runs/4", 28),
        ("/w/fjordmarked/runs/1", 60),
        ("/w/fjordmarked/runs/3/rejected", 24),
        ("/w/fjordmarked/people", 20),
        ("/w/fjordmarked/people?q=fm-1", 20),
        ("/w/fjordmarked/people/7", 34),
        ("/w/fjordmarked/integrations", 20),
        ("/w/fjordmarked/integrations/1", 23),
        ("/w/fjordmarked/decisions", 18),
        ("/w/fjordmarked/groups", 18),
        ("/w/fjordmarked/org", 18),
        ("/w/fjordmarked/budgets/2026-11", 18),
        ("/w/fjordmarked/fields", 18),
        ("/w/fjordmarked/settings", 18),
        ("/api/v1/workspaces", 30),
        ("/api/v1/workspaces/fjordmarked/employees?limit=200", 30),
        ("/api/v1/workspaces/fjordmarked/employees/7/explain", 30),
        ("/api/v1/workspaces/fjordmarked/runs?limit=200", 30),
        (
            "/api/v1/workspaces/fjordmarked/runs/4/problems?limit=200",
            30,
        ),
        ("/api/v1/workspaces/fjordmarked/plans?limit=200", 30),
        ("/api/v1/workspaces/fjordmarked/changes?limit=200", 30),
        ("/api/v1/workspaces/fjordmarked/integrations", 30),
        ("/api/v1/workspaces/fjordmarked/issues?resolved=true", 30),
    ] {
        let before = STATEMENTS.load(Ordering::Relaxed);
        demo.get(path).await;
        let took = STATEMENTS.load(Ordering::Relaxed) - before;
        assert!(
            took <= most,
            "{path} took {took} statements; at most {most} are expected"
        );
    }
}

impl Demo {
    async fn get(&self, path: &str) -> String {
        let request = Request::get(path).header("cookie", &self.cookie);
        let answer = self
            .router
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        text
    }
}

/// Whole requests over TCP. P43.
#[tokio::test]
async fn w1_slow_headers_are_closed_while_others_are_answered() {
    let demo = Demo::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let limits = muster_web::Limits {
        headers: std::time::Duration::from_millis(300),
        ..muster_web::Limits::default()
    };
    tokio::spawn(muster_web::serve(
        listener,
        None,
        demo.router.clone(),
        limits,
        std::future::pending(),
    ));
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: a").await.unwrap();
    let mut quick = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nCookie: {}\r\nConnection: close\r\n\r\n",
        demo.cookie
    );
    quick.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    quick.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    // It is answered only by the end of the connection, or by a refusal and its end.
    let mut rest = String::new();
    slow.read_to_string(&mut rest).await.unwrap();
    assert!(!rest.contains("200 OK"), "{rest}");
}

#[tokio::test]
async fn held_run_says_what_its_departures_have_in_common() {
    let demo = Demo::new().await;
    let page = demo.get("/w/fjordmarked/runs/4").await;
    for text in [
        "Title is Cashier for 62 of the 63 people who would leave, and for 0 of the others.",
        "Most likely, the part of the delivery with Title Cashier is missing.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let applied = demo.get("/w/fjordmarked/runs/3").await;
    assert!(!applied.contains("Unusual about this plan"), "{applied}");
}
