//! Rejected records as the source wrote them, for those who may see the whole record.

use super::{
    deciding::{get, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::role::Role;

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
