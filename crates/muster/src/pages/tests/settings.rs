//! The settings of an integration, as its page shows them.

use super::{deciding::get, demo::Demo};
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
