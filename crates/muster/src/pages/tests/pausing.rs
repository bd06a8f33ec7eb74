//! A user pauses an integration and resumes it.

use super::{
    deciding::{get, hidden, post, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::role::Role;
use muster_store::SettingsChange;

const PAGE: &str = "/w/fjordmarked/integrations/1";

#[tokio::test]
async fn operator_pauses_an_integration_with_a_reason_and_resumes_it() {
    let demo = Demo::new().await;
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    let form = format!("{PAGE}/pause");
    let early = get(&demo, &demo.cookie, &form).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND, "it has no settings");
    let change = SettingsChange {
        integration: "store-staff",
        expected: 0,
        form: 1,
        settings: Some(r#"{"source":{"url":"file:inbox"}}"#),
        managed_by: None,
        is_active: true,
        dropped_credentials: &[],
    };
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    demo.store
        .change_settings(workspace.id, &[change], None, now)
        .unwrap();
    let page = get(&demo, &demo.cookie, PAGE).await.body;
    assert!(page.contains(&format!("href=\"{form}\"")), "{page}");
    let shown = get(&demo, &demo.cookie, &form).await.body;
    let token = hidden(&shown, "form_token");
    let blank = [("form_token", token.as_str()), ("note", " ")];
    let refused = post(&demo, &demo.cookie, &form, &blank).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = [
        ("form_token", token.as_str()),
        ("note", "the <b>source</b> moves"),
    ];
    let done = post(&demo, &demo.cookie, &form, &sent).await;
    assert_eq!(done.location, PAGE, "{}", done.body);
    let page = get(&demo, &demo.cookie, PAGE).await.body;
    for text in [
        "Paused by mette@fjordmarked.example since",
        "the &#60;b&#62;source&#60;/b&#62; moves",
        ">Resume<",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let viewer = user(&demo, "viewer@acme.example", Some(Role::Viewer)).await;
    let seen = get(&demo, &viewer, PAGE).await.body;
    assert!(
        seen.contains("Paused by") && !seen.contains(">Resume<"),
        "{seen}"
    );
    let resume = [("form_token", token.as_str())];
    let resume = post(&demo, &demo.cookie, &format!("{PAGE}/resume"), &resume).await;
    assert_eq!(resume.location, PAGE, "{}", resume.body);
    let page = get(&demo, &demo.cookie, PAGE).await.body;
    assert!(!page.contains("Paused by"), "{page}");
    let audit = get(&demo, &demo.cookie, "/w/fjordmarked/audit").await.body;
    for act in ["Integration paused", "Integration resumed"] {
        assert!(audit.contains(act), "{act}: {audit}");
    }
}
