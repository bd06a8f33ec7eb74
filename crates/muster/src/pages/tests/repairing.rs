//! Rejected records as the source wrote them, for those who may see the whole record.

use super::{
    deciding::{Answer, get, hidden, post, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::{
    edit_request::{CorrectedRecord, EditRequest},
    ids::RunId,
    role::Role,
};
use muster_store::ClaimLimits;

const REJECTED: &str = "/w/fjordmarked/runs/3/rejected";
const CSV: &str = "/w/fjordmarked/runs/3/rejected.csv";

#[tokio::test]
async fn rejected_records_are_shown_and_downloaded_in_the_columns_of_the_source() {
    let demo = Demo::new().await;
    let page = demo.get(REJECTED).await;
    assert!(
        page.contains("<mark title=\"start\">2026-02-30</mark>"),
        "{page}"
    );
    let file = demo.get(CSV).await;
    let lines: Vec<&str> = file.lines().collect();
    assert_eq!(
        lines[0],
        "\u{feff}id,mail,first,last,start,title,department,country,manager,birthday,Line of the delivery,What to correct"
    );
    let date = lines.iter().find(|line| line.contains("2026-02-30"));
    let date = date.unwrap();
    for text in [
        "staff.csv:",
        "start: 2026-02-30 is not a day of the calendar",
        "Write dates as YYYY-MM-DD",
    ] {
        assert!(date.contains(text), "{text}: {date}");
    }
}

#[tokio::test]
async fn whole_records_are_not_shown_to_viewers() {
    let demo = Demo::new().await;
    let viewer = user(&demo, "viewer@acme.example", Some(Role::Viewer)).await;
    let page = get(&demo, &viewer, REJECTED).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("class=\"raw\""), "{}", page.body);
    assert!(!page.body.contains("rejected.csv"), "{}", page.body);
    assert_eq!(get(&demo, &viewer, CSV).await.status, StatusCode::FORBIDDEN);
    let operator = user(&demo, "operator@acme.example", Some(Role::Operator)).await;
    assert_eq!(get(&demo, &operator, CSV).await.status, StatusCode::OK);
}

#[tokio::test]
async fn run_without_rejected_records_has_no_file_of_them() {
    let demo = Demo::new().await;
    for run in ["1", "2", "99"] {
        let path = format!("/w/fjordmarked/runs/{run}/rejected.csv");
        let answer = get(&demo, &demo.cookie, &path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{run}");
    }
}

/// Fills the form of a rejected record in with another onboarding date.
async fn check(demo: &Demo, cookie: &str, line: &str, start: &str) -> Answer {
    let page = get(demo, cookie, REJECTED).await.body;
    let token = hidden(&page, "form_token");
    let form = [
        ("form_token", token.as_str()),
        ("file", "0"),
        ("line", line),
        ("c4", start),
    ];
    post(demo, cookie, &format!("{REJECTED}/check"), &form).await
}

/// The line of the record whose onboarding date is wrong.
fn wrong_line(page: &str) -> String {
    let input = page.split("value=\"2026-02-30\"").next().unwrap();
    let id = input.rsplit("id=\"r0-").next().unwrap();
    id.split('-').next().unwrap().to_owned()
}

#[tokio::test]
async fn rejected_record_is_corrected_checked_again_and_applied_after_a_confirmation() {
    let demo = Demo::new().await;
    let page = demo.get(REJECTED).await;
    assert!(page.contains("Correct here"), "{page}");
    let line = wrong_line(&page);
    let wrong = check(&demo, &demo.cookie, &line, "2014-13-01").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in [
        "The record cannot be used yet",
        "value=\"2014-13-01\" aria-invalid=\"true\"",
    ] {
        assert!(wrong.body.contains(text), "{text}: {}", wrong.body);
    }
    assert!(!wrong.body.contains("Apply the correction"));
    let same = check(&demo, &demo.cookie, &line, "2014-05-01").await;
    assert!(
        same.body.contains("Nothing would change."),
        "that is what is known: {}",
        same.body
    );
    let right = check(&demo, &demo.cookie, &line, "2014-05-02").await;
    assert_eq!(right.status, StatusCode::OK, "{}", right.body);
    for text in ["What would change", "2014-05-02"] {
        assert!(right.body.contains(text), "{text}: {}", right.body);
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), [], "nothing is done yet");
    let record = hidden(&right.body, "record").replace("&#34;", "\"");
    let token = hidden(&right.body, "form_token");
    let form = [
        ("form_token", token.as_str()),
        ("record", &record),
        ("note", "typed from the contract"),
    ];
    let done = post(&demo, &demo.cookie, &format!("{REJECTED}/repair"), &form).await;
    assert!(
        done.location.contains("/w/fjordmarked/jobs/"),
        "{} {}",
        done.location,
        done.body
    );
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    let jobs = demo.store.claim_jobs("test", ClaimLimits::default(), now);
    let requested = jobs.unwrap().pop().unwrap().request.unwrap();
    assert_eq!(requested.note.as_deref(), Some("typed from the contract"));
    let EditRequest::Repair { run, records } = requested.request else {
        panic!("{requested:?}")
    };
    assert_eq!(run, RunId(3));
    let [CorrectedRecord { origin, values }] = &records[..] else {
        panic!("{records:?}")
    };
    assert_eq!(origin.line.to_string(), line);
    let start = ("start".to_owned(), "2014-05-02".to_owned());
    assert_eq!(values.clone().into_iter().collect::<Vec<_>>(), [start]);
}

#[tokio::test]
async fn only_rejected_records_are_corrected_and_not_by_viewers() {
    let demo = Demo::new().await;
    let other = check(&demo, &demo.cookie, "2", "2014-05-02").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND, "{}", other.body);
    let line = wrong_line(&demo.get(REJECTED).await);
    let viewer = user(&demo, "viewer@acme.example", Some(Role::Viewer)).await;
    let page = get(&demo, &viewer, REJECTED).await;
    assert!(!page.body.contains("Correct here"), "{}", page.body);
    let answer = check(&demo, &viewer, &line, "2014-05-02").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
