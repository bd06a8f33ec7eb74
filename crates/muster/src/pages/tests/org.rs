//! The org chart: who is around an employee, a search, and problems with managers.

use super::{deciding::get, demo::Demo};
use axum::http::StatusCode;

const ORG: &str = "/w/fjordmarked/org";
const HEADER: &str = "id,mail,first,last,start,title,department,country,manager,birthday\n";

fn row(id: &str, name: &str, manager: &str) -> String {
    format!(
        "{id},{}@acme.example,{name},Lind,2020-01-01,,,,{manager},\n",
        id.to_lowercase()
    )
}

#[tokio::test]
async fn chart_starts_at_the_top_and_goes_to_everyone_found() {
    let demo = Demo::new().await;
    let page = get(&demo, &demo.cookie, ORG).await.body;
    for text in [
        "Around Søren Ágústsson",
        "class=\"org\"",
        "levels=1",
        "levels=3",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let found = get(&demo, &demo.cookie, &format!("{ORG}?q=fm-1007"))
        .await
        .body;
    let around = "/w/fjordmarked/org?around=8";
    assert!(found.contains(around), "{found}");
    let page = get(&demo, &demo.cookie, around).await.body;
    assert!(page.contains("href=\"/w/fjordmarked/people/8\""), "{page}");
    // The way back to the manager.
    assert!(page.contains("around=1&"), "{page}");
    let nobody = get(&demo, &demo.cookie, &format!("{ORG}?q=nobody"))
        .await
        .body;
    assert!(nobody.contains("No person matches"), "{nobody}");
    let unknown = get(&demo, &demo.cookie, &format!("{ORG}?around=99999")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn cycles_unknown_managers_and_managers_who_left_are_listed() {
    let first = HEADER.to_owned()
        + &row("A", "Ada", "B")
        + &row("B", "Bob", "A")
        + &row("C", "Cas", "X-1")
        + &row("D", "Dan", "E")
        + &row("E", "Eva", "")
        + &row("F", "Fay", "C");
    let second = first.replacen(&row("E", "Eva", ""), "", 1);
    let deliveries = [
        (first, "2026-11-20T05:00:00Z"),
        (second, "2026-11-25T05:00:00Z"),
    ];
    let demo = Demo::with_columns("", &deliveries).await;
    let page = get(&demo, &demo.cookie, ORG).await.body;
    for text in [
        "1 person with an unknown manager",
        "1 reporting cycle",
        "1 person whose manager has left",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let listed = get(&demo, &demo.cookie, &format!("{ORG}/problems"))
        .await
        .body;
    for text in ["X-1", "Fri 20 Nov 06:00", "Dan Lind", "Bob Lind"] {
        assert!(listed.contains(text), "{text}: {listed}");
    }
    assert_eq!(
        listed.matches("Bob Lind").count(),
        2,
        "a path ends where it began"
    );
    assert!(!listed.contains("Fay Lind"), "{listed}");
}
