//! Open pages of a run are notified when they are out of date.

use super::{
    deciding::{REJECT, RUN, get, hidden, post},
    demo::Demo,
};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use tower::ServiceExt;

/// The address of the events of an open page.
fn events(page: &str) -> String {
    let after = page.split("data-live=\"").nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn open_page_is_notified_when_its_plan_was_decided_on() {
    let demo = Demo::new().await;
    let page = get(&demo, &demo.cookie, RUN).await.body;
    assert!(!page.contains("data-live-waits"), "{page}");
    assert_eq!(
        events(&page),
        events(&get(&demo, &demo.cookie, RUN).await.body)
    );
    let request = Request::get(events(&page)).header(header::COOKIE, &demo.cookie);
    let request = request.body(Body::empty()).unwrap();
    let answer = demo.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");

    let form = get(&demo, &demo.cookie, REJECT).await.body;
    let form = [
        ("form_token", hidden(&form, "form_token")),
        ("plan", hidden(&form, "plan")),
        ("note", "The file is cut off".to_owned()),
    ];
    let form: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    assert_eq!(post(&demo, &demo.cookie, REJECT, &form).await.location, RUN);
    let body = to_bytes(answer.into_body(), 10_000).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(body.contains("event: changed\ndata: now\n"), "{body}");

    // The page now waits for the decision, also without scripts.
    let page = get(&demo, &demo.cookie, RUN).await.body;
    for text in ["data-live-waits", "http-equiv=\"refresh\""] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn page_that_shows_another_state_is_notified_at_once() {
    let demo = Demo::new().await;
    let events = get(&demo, &demo.cookie, &format!("{RUN}/live?state=held")).await;
    assert!(
        events.body.contains("event: changed\ndata: now\n"),
        "{}",
        events.body
    );
    let gone = get(&demo, &demo.cookie, "/w/fjordmarked/runs/99/live?state=x").await;
    assert!(
        gone.body.contains("event: changed\ndata: now\n"),
        "{}",
        gone.body
    );
}
