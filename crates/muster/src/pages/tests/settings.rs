//! The settings of an integration and of a workspace, as their pages show them.

use super::{
    deciding::{get, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::role::Role;
use muster_store::SettingsChange;

#[tokio::test]
async fn settings_are_shown_in_words_with_what_each_version_changed() {
    let demo = Demo::new().await;
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    let store = |version, settings: &str, by| {
        let change = SettingsChange {
            integration: "store-staff",
            expected: version,
            form: 1,
            settings: Some(settings),
            managed_by: None,
            is_active: true,
            dropped_credentials: &[],
        };
        let now = "2026-11-27T07:16:00Z".parse().unwrap();
        demo.store
            .change_settings(workspace.id, &[change], Some(by), now)
            .unwrap();
    };
    store(
        0,
        r#"{"source":{"url":"file:inbox","pattern":"*.csv"},"mapping":{"title":"job"}}"#,
        "eva@acme.example",
    );
    store(
        1,
        r#"{"source":{"url":"file:<b>new</b>","pattern":"*.csv"},"mapping":{"title":"job"}}"#,
        "bob@acme.example",
    );
    let path = "/w/fjordmarked/integrations/1";
    let page = get(&demo, &demo.cookie, path).await.body;
    for text in [
        "<dt>Files</dt><dd dir=\"auto\">*.csv</dd>",
        "<dt>Title</dt><dd dir=\"auto\">job</dd>",
        "<del dir=\"auto\">file:inbox</del>",
        "<ins dir=\"auto\">file:&#60;b&#62;new&#60;/b&#62;</ins>",
        "No next run",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let (new, old) = (
        page.find("bob@acme").unwrap(),
        page.find("eva@acme").unwrap(),
    );
    assert!(new < old, "the newest version comes first: {page}");
}

#[tokio::test]
async fn settings_of_the_workspace_are_shown_to_admins_only() {
    let demo = Demo::new().await;
    let path = "/w/fjordmarked/settings";
    let page = demo.get(path).await;
    for text in [
        "da, nl",
        "Europe/Copenhagen",
        "belong to DK",
        "at 23:00 UTC",
        "stays, marked",
        "30 days, encrypted",
        "without limit",
        "Every approver and admin may approve every plan.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let bob = user(&demo, "bob@fjordmarked.example", Some(Role::Approver)).await;
    assert_eq!(get(&demo, &bob, path).await.status, StatusCode::FORBIDDEN);
}
