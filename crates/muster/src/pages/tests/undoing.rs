//! A run is undone in two steps: first a plan, which changes nothing, then its approval.

use super::{
    deciding::{get, hidden, post, user},
    demo::Demo,
};
use axum::http::StatusCode;
use muster_core::model::{
    actor::Actor,
    code::Code,
    edit_request::EditRequest,
    ids::RunId,
    job::{JobEnd, JobKind},
    problem::{Detail, Problem, Remedy, Severity},
    role::Role,
};
use muster_store::{ClaimLimits, ClaimedJob};

/// The run of the demo that was applied with changes, and the one whose plan is held.
const APPLIED: &str = "/w/fjordmarked/runs/3";
const HELD: &str = "/w/fjordmarked/runs/4";

fn claimed(demo: &Demo) -> Vec<ClaimedJob> {
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    demo.store
        .claim_jobs("test", ClaimLimits::default(), now)
        .unwrap()
}

/// Undoes a run, as Mette; returns where she waits.
async fn undo(demo: &Demo, run: &str) -> String {
    let path = format!("{run}/undo");
    let page = get(demo, &demo.cookie, &path).await.body;
    let token = hidden(&page, "form_token");
    let form = [("form_token", token.as_str()), ("note", " Wrong file ")];
    let sent = post(demo, &demo.cookie, &path, &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    sent.location
}

#[tokio::test]
async fn undo_first_makes_a_plan_and_needs_a_reason() {
    let demo = Demo::new().await;
    let cookie = demo.cookie.clone();
    let page = get(&demo, &cookie, APPLIED).await.body;
    assert!(page.contains(&format!("href=\"{APPLIED}/undo\"")), "{page}");
    let path = format!("{APPLIED}/undo");
    let page = get(&demo, &cookie, &path).await.body;
    for text in ["Undo run 3", "Nothing changes now.", "Create 2"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let token = hidden(&page, "form_token");
    for (note, error) in [(" ", "Write why"), (&*"x".repeat(1_001), "at most 1,000")] {
        let form = [("form_token", token.as_str()), ("note", note)];
        let sent = post(&demo, &cookie, &path, &form).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent.body.contains(error), "{error}: {}", sent.body);
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
    let waiting = undo(&demo, APPLIED).await;
    // A second request finds the first one.
    assert_eq!(undo(&demo, APPLIED).await, APPLIED);
    let jobs = claimed(&demo);
    let request = jobs[0].request.as_ref().unwrap();
    assert_eq!((jobs.len(), jobs[0].kind), (1, JobKind::Edit));
    assert_eq!(
        (&request.request, request.note.as_deref(), &request.actor),
        (
            &EditRequest::Undo {
                run: RunId(3),
                plan_only: true
            },
            Some("Wrong file"),
            &Actor::User("mette@fjordmarked.example".to_owned())
        )
    );
    let page = get(&demo, &cookie, &waiting).await.body;
    assert!(page.contains("data-live-waits"), "{page}");
}

#[tokio::test]
async fn only_runs_that_changed_something_are_undone_and_only_by_approvers() {
    let demo = Demo::new().await;
    let cookie = demo.cookie.clone();
    for run in [HELD, "/w/fjordmarked/runs/1"] {
        let page = get(&demo, &cookie, run).await.body;
        assert!(!page.contains("/undo\""), "{run}: {page}");
        let form = get(&demo, &cookie, &format!("{run}/undo")).await;
        assert_eq!(form.location, run);
    }
    let unknown = get(&demo, &cookie, "/w/fjordmarked/runs/99/undo").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let operator = user(&demo, "operator@acme.example", Some(Role::Operator)).await;
    let page = get(&demo, &operator, APPLIED).await.body;
    assert!(!page.contains("/undo\""), "{page}");
    let token = hidden(&page, "form_token");
    let form = [("form_token", token.as_str()), ("note", "x")];
    let sent = post(&demo, &operator, &format!("{APPLIED}/undo"), &form).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
}

#[tokio::test]
async fn waiting_page_leads_to_the_run_of_its_job_when_it_has_ended() {
    let demo = Demo::new().await;
    let waiting = undo(&demo, APPLIED).await;
    let page = get(&demo, &demo.cookie, &waiting).await;
    assert!(
        page.body.contains("as soon as the service has room"),
        "{}",
        page.body
    );
    let job = claimed(&demo).remove(0);
    let page = get(&demo, &demo.cookie, &waiting).await;
    assert!(
        page.body.contains("continues by itself when it is done"),
        "{}",
        page.body
    );
    let now = "2026-11-27T07:17:00Z".parse().unwrap();
    let ended = demo
        .store
        .end_job(job.lease, JobEnd::Done, None, Some(RunId(3)), now);
    assert!(ended.unwrap());
    assert_eq!(get(&demo, &demo.cookie, &waiting).await.location, APPLIED);
    let elsewhere = format!("{waiting}?to=%2Fw%2Ffjordmarked%2Fpeople%2F7");
    let led = get(&demo, &demo.cookie, &elsewhere).await.location;
    assert_eq!(led, "/w/fjordmarked/people/7");
    for foreign in [
        "%2F%2Fevil.example",
        "%2Fw%2Fother%2Fruns",
        "https%3A%2F%2Fevil",
    ] {
        let path = format!("{waiting}?to={foreign}");
        assert_eq!(get(&demo, &demo.cookie, &path).await.location, APPLIED);
    }
    let events = get(
        &demo,
        &demo.cookie,
        &format!("{waiting}/live?state=waiting"),
    )
    .await;
    assert!(events.body.contains("event: changed"), "{}", events.body);
}

#[tokio::test]
async fn waiting_page_says_why_nothing_was_done() {
    let demo = Demo::new().await;
    let waiting = undo(&demo, APPLIED).await;
    let job = claimed(&demo).remove(0);
    let problem = Problem::new(
        Code::PlanVoid,
        Severity::Refused,
        Detail::Text("<b>Ann</b> has changed".to_owned()),
        Remedy::Text(String::new()),
    );
    let now = "2026-11-27T07:17:00Z".parse().unwrap();
    let ended = demo.store.end_decision(job.lease, &problem, None, now);
    assert!(ended.unwrap());
    let page = get(&demo, &demo.cookie, &waiting).await.body;
    assert!(page.contains("This could not be done"), "{page}");
    assert!(
        !page.contains("<b>Ann") && !page.contains("data-live"),
        "{page}"
    );
    let unknown = get(&demo, &demo.cookie, "/w/fjordmarked/jobs/99").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sync_now_needs_stored_settings_and_an_operator() {
    let demo = Demo::new().await;
    let cookie = demo.cookie.clone();
    let path = "/w/fjordmarked/integrations/1";
    let sync = format!("{path}/sync");
    let page = get(&demo, &cookie, path).await.body;
    assert!(
        !page.contains(&sync),
        "a run of a file has no settings: {page}"
    );
    let token = hidden(&page, "form_token");
    let form = [("form_token", token.as_str())];
    let sent = post(&demo, &cookie, &sync, &form).await;
    assert_eq!(sent.status, StatusCode::NOT_FOUND);

    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    let change = muster_store::SettingsChange {
        integration: "store-staff",
        expected: 0,
        form: 1,
        settings: Some("{}"),
        managed_by: None,
        is_active: true,
        dropped_credentials: &[],
    };
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    let by = Some("mette@fjordmarked.example");
    demo.store
        .change_settings(workspace.id, &[change], by, now)
        .unwrap();
    let page = get(&demo, &cookie, path).await.body;
    assert!(page.contains(&sync), "{page}");
    let viewer = user(&demo, "viewer@acme.example", Some(Role::Viewer)).await;
    let page = get(&demo, &viewer, path).await.body;
    assert!(!page.contains(&sync), "{page}");
    let sent = post(&demo, &cookie, &sync, &form).await;
    assert!(
        sent.location.starts_with("/w/fjordmarked/jobs/"),
        "{}",
        sent.location
    );
    let again = post(&demo, &cookie, &sync, &form).await;
    assert_eq!(again.location, path, "it is being read already");
    let jobs = claimed(&demo);
    assert_eq!((jobs.len(), jobs[0].kind), (1, JobKind::Sync));
    let waits = get(&demo, &cookie, &sent.location).await.body;
    assert!(waits.contains("Reading store-staff"), "{waits}");
}
