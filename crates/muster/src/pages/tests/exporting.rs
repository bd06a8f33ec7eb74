//! The list of people as a file: the same employees as on the page, with every field.

use super::{
    deciding::{get, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::role::Role;

#[tokio::test]
async fn people_are_downloaded_as_they_are_filtered() {
    let demo = Demo::new().await;
    let lines = |query: &'static str| {
        let demo = &demo;
        async move {
            let path = format!("/w/fjordmarked/people.csv{query}");
            let file = get(demo, &demo.cookie, &path).await.body;
            file.lines().map(str::to_owned).collect::<Vec<_>>()
        }
    };
    let all = lines("").await;
    assert!(
        all[0].starts_with("\u{feff}employee,status,external_id,email,"),
        "{}",
        all[0]
    );
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    let counts = demo.store.people_counts(&workspace).unwrap();
    assert_eq!(all.len() as u64, counts.people + 1);
    let one = lines("?q=fm-1003&status=active").await;
    assert_eq!(one.len(), 2, "{one:?}");
    assert!(one[1].contains(",active,FM-1003,"), "{}", one[1]);
    let inactive = lines("?status=inactive").await.len() as u64;
    assert_eq!(inactive, counts.people - counts.employed + 1);
    let page = get(&demo, &demo.cookie, "/w/fjordmarked/people?q=fm-1003").await;
    assert!(
        page.body
            .contains("href=\"/w/fjordmarked/people.csv?q=fm-1003\""),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn viewers_do_not_download_everybody() {
    let demo = Demo::new().await;
    let viewer = user(&demo, "viewer@acme.example", Some(Role::Viewer)).await;
    let file = get(&demo, &viewer, "/w/fjordmarked/people.csv").await;
    assert_eq!(file.status, StatusCode::FORBIDDEN);
    let page = get(&demo, &viewer, "/w/fjordmarked/people").await.body;
    assert!(!page.contains("people.csv"), "{page}");
}
