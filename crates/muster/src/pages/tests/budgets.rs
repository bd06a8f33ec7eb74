//! Budgets of a month: sums, starts and ends, what is granted once, and the file for payroll.

use super::{
    deciding::{get, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::role::Role;

const MAPPING: &str = "monthly_all_budget = \"monthly\"\noneoff_health_budget = \"once\"\n";
const HEADER: &str =
    "id,mail,first,last,start,title,department,country,manager,birthday,monthly,once\n";

fn row(id: usize, monthly: &str, once: &str) -> String {
    format!("B-{id},b{id}@acme.example,Ada,\"=Lind{id}\",2020-01-01,,,,,,{monthly},{once}\n")
}

/// Sixty people have 50.00 a month from October; in November one of them has it no longer and one gets something once.
async fn demo() -> Demo {
    let october: String = (0..60).map(|id| row(id, "50", "")).collect();
    let november = october
        .replacen(&row(0, "50", ""), &row(0, "0", ""), 1)
        .replacen(&row(1, "50", ""), &row(1, "50", "1500.25"), 1);
    let deliveries = [
        (HEADER.to_owned() + &october, "2026-10-05T05:00:00Z"),
        (HEADER.to_owned() + &november, "2026-11-04T05:00:00Z"),
    ];
    Demo::with_columns(MAPPING, &deliveries).await
}

const PAGE: &str = "/w/fjordmarked/budgets/2026-11";

#[tokio::test]
async fn month_has_its_sums_starts_ends_and_what_is_granted_once() {
    let demo = demo().await;
    let current = get(&demo, &demo.cookie, "/w/fjordmarked/budgets").await;
    assert_eq!(current.location, PAGE);
    let page = get(&demo, &demo.cookie, PAGE).await.body;
    for text in [
        "November 2026",
        "Open until 2026-11-30",
        // What ends in a month is due in it.
        "<dd>3000 <small>DKK · 60 people</small>",
        "<dd>1500.25 <small>DKK · 1 person</small>",
        "1–50 of 61",
    ] {
        let text = text.replace("DKK", "EUR");
        assert!(page.contains(&text), "{text}: {page}");
    }
    let second = get(&demo, &demo.cookie, &format!("{PAGE}?show=all&after=50")).await;
    assert_eq!(second.body.matches("class=\"who\"").count(), 11);
    let ends = get(&demo, &demo.cookie, &format!("{PAGE}?show=ends"))
        .await
        .body;
    assert_eq!(ends.matches("class=\"who\"").count(), 1, "{ends}");
    assert!(
        ends.contains("Ends 2026-11-04") && ends.contains("50 became 0 in run"),
        "{ends}"
    );
    let once = get(&demo, &demo.cookie, &format!("{PAGE}?show=once"))
        .await
        .body;
    assert!(once.contains("Granted 2026-11-04"), "{once}");
    let october = get(
        &demo,
        &demo.cookie,
        "/w/fjordmarked/budgets/2026-10?show=starts",
    )
    .await;
    assert!(october.body.contains("1–50 of 60"), "{}", october.body);
    let december = get(&demo, &demo.cookie, "/w/fjordmarked/budgets/2026-12")
        .await
        .body;
    assert!(december.contains("59 people"), "{december}");
    let none = get(&demo, &demo.cookie, "/w/fjordmarked/budgets/2026-13").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn payroll_file_has_every_entry_and_no_formulas() {
    let demo = demo().await;
    let viewer = user(&demo, "bob@fjordmarked.example", Some(Role::Viewer)).await;
    let csv = format!("{PAGE}/payroll.csv");
    assert_eq!(
        get(&demo, &viewer, &csv).await.status,
        StatusCode::FORBIDDEN
    );
    let file = get(&demo, &demo.cookie, &csv).await.body;
    assert_eq!(file.lines().count(), 62);
    let line = "2,B-1,b1@acme.example,Ada =Lind1,oneoff,health,1500.25,EUR,2026-11-04,2026-11-04";
    assert!(file.contains(line), "{file}");
    assert!(
        file.contains("1,B-0,b0@acme.example,Ada =Lind0,monthly,all,50,EUR,2026-10-05,2026-11-04"),
        "{file}"
    );
}

#[tokio::test]
async fn workspace_without_budgets_says_how_to_get_them() {
    let demo = Demo::new().await;
    let page = get(&demo, &demo.cookie, PAGE).await.body;
    assert!(page.contains("This workspace has no budgets"), "{page}");
    assert!(!page.contains("payroll.csv"), "{page}");
}
