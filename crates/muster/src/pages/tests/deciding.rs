//! Who may decide on a plan, and what they must have read: the held plan of the demo would deactivate 63 of its people.

use super::demo::Demo;
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use muster_core::model::{actor::Actor, job::JobKind, role::Role};
use muster_store::{Choice, ClaimLimits, DecisionState, NewUser, SettingsChange};
use tower::ServiceExt;

pub(super) const RUN: &str = "/w/fjordmarked/runs/4";
pub(super) const APPROVE: &str = "/w/fjordmarked/runs/4/approve";
pub(super) const REJECT: &str = "/w/fjordmarked/runs/4/reject";

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) location: String,
    pub(super) body: String,
}

async fn send(demo: &Demo, request: Request<Body>) -> Answer {
    let answer = demo.router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let location = answer.headers().get(header::LOCATION);
    let location = location.map_or("", |to| to.to_str().unwrap()).to_owned();
    let body = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
    Answer {
        status,
        location,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(super) async fn get(demo: &Demo, cookie: &str, path: &str) -> Answer {
    let request = Request::get(path).header(header::COOKIE, cookie);
    send(demo, request.body(Body::empty()).unwrap()).await
}

pub(super) async fn post(demo: &Demo, cookie: &str, path: &str, form: &[(&str, &str)]) -> Answer {
    let pairs = form.iter().map(|(name, value)| {
        let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("{name}={value}")
    });
    let request = Request::post(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie);
    let body = pairs.collect::<Vec<_>>().join("&");
    send(demo, request.body(Body::from(body)).unwrap()).await
}

/// The value of a field that is hidden in the main part of a page.
pub(super) fn hidden(page: &str, name: &str) -> String {
    let found = page.rsplit(&format!("name=\"{name}\" value=\"")).next();
    found.unwrap().split('"').next().unwrap().to_owned()
}

/// The cookie of a new user with a role in the workspace; none: they have a role nowhere.
pub(super) async fn user(demo: &Demo, email: &str, role: Option<Role>) -> String {
    let store = &demo.store;
    let (_, hash) = store
        .user_by_email("mette@fjordmarked.example")
        .unwrap()
        .unwrap();
    let new = NewUser {
        email,
        name: "Bob Jansen",
        password_hash: &hash,
        is_admin: false,
    };
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    let id = store.create_user(&new, email, now).unwrap().unwrap();
    let workspace = store.workspace("fjordmarked").unwrap().unwrap();
    store.set_role(id, workspace.id, role, email, now).unwrap();
    let form = format!(
        "email={}&password=a+rather+long+sentence&to=",
        email.replace('@', "%40")
    );
    let request = Request::post("/sign-in")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = demo
        .router
        .clone()
        .oneshot(request.body(Body::from(form)).unwrap())
        .await
        .unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// What is filled in on the page of the approval of everything.
async fn form(demo: &Demo, cookie: &str) -> [(&'static str, String); 4] {
    let page = get(demo, cookie, &format!("{APPROVE}?choice=all"))
        .await
        .body;
    ["form_token", "plan", "choice", "operations"].map(|name| (name, hidden(&page, name)))
}

async fn approve(demo: &Demo, cookie: &str, departures: &str, note: &str) -> Answer {
    let form = form(demo, cookie).await;
    let mut pairs: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    pairs.extend([("departures", departures), ("note", note)]);
    post(demo, cookie, APPROVE, &pairs).await
}

#[tokio::test]
async fn only_approvers_decide_and_others_see_why_not() {
    let demo = Demo::new().await;
    for role in [Role::Viewer, Role::Operator] {
        let cookie = user(
            &demo,
            &format!("{}@acme.example", role.as_str()),
            Some(role),
        )
        .await;
        let page = get(&demo, &cookie, RUN).await.body;
        assert!(
            page.contains("Only approvers and admins of this workspace"),
            "{page}"
        );
        assert!(!page.contains(&format!("href=\"{APPROVE}")), "{page}");
        let token = hidden(&page, "form_token");
        for path in [APPROVE, REJECT] {
            let shown = get(&demo, &cookie, path).await;
            assert_eq!(shown.status, StatusCode::FORBIDDEN, "{path}");
            let form = [
                ("form_token", token.as_str()),
                ("note", "x"),
                ("plan", "4-0"),
            ];
            let sent = post(&demo, &cookie, path, &form).await;
            assert_eq!(sent.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let foreign = user(&demo, "foreign@acme.example", None).await;
    let token = hidden(&get(&demo, &foreign, "/").await.body, "form_token");
    for path in [APPROVE, REJECT] {
        let shown = get(&demo, &foreign, path).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{path}");
        let sent = post(&demo, &foreign, path, &[("form_token", &token)]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
    let approver = user(&demo, "approver@acme.example", Some(Role::Approver)).await;
    let page = get(&demo, &approver, RUN).await.body;
    assert!(
        page.contains(&format!("href=\"{APPROVE}?choice=all\"")),
        "{page}"
    );
    let sent = approve(&demo, &approver, "63", "They moved").await;
    assert_eq!(
        (sent.status, sent.location.as_str()),
        (StatusCode::SEE_OTHER, RUN)
    );
}

#[tokio::test]
async fn approval_of_departures_needs_their_number_and_a_reason() {
    let demo = Demo::new().await;
    let cookie = demo.cookie.clone();
    let page = get(&demo, &cookie, &format!("{APPROVE}?choice=all"))
        .await
        .body;
    for text in [
        "63 people lose access.",
        "All of them only because they are missing from the delivery.",
        "63 people are deactivated.",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    for (typed, note, error) in [
        (
            "62",
            "They moved",
            "This is not the number of people who lose access.",
        ),
        (
            "",
            "They moved",
            "This is not the number of people who lose access.",
        ),
        (
            "-63",
            "They moved",
            "This is not the number of people who lose access.",
        ),
        ("63", " ", "Write why"),
        ("63", &"x".repeat(1_001), "at most 1,000 characters"),
    ] {
        let sent = approve(&demo, &cookie, typed, note).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(sent.body.contains(error), "{error}: {}", sent.body);
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
    let note = "They moved <script>alert(1)</script>";
    let sent = approve(&demo, &cookie, "63", note).await;
    assert_eq!(sent.location, RUN, "{}", sent.body);
    let page = get(&demo, &cookie, RUN).await.body;
    assert!(page.contains("The approval is being applied"), "{page}");
    assert!(
        !page.contains("<script>alert") && !page.contains(APPROVE),
        "{page}"
    );
    let again = get(&demo, &cookie, APPROVE).await;
    assert_eq!(again.location, RUN, "a second decision waits for the first");
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    let claimed = demo
        .store
        .claim_jobs("test", ClaimLimits::default(), now)
        .unwrap();
    let decision = claimed[0].decision.as_ref().unwrap();
    assert_eq!(
        (
            claimed.len(),
            claimed[0].kind,
            &decision.choice,
            &decision.actor
        ),
        (
            1,
            JobKind::Approve,
            &Choice::All,
            &Actor::User("mette@fjordmarked.example".to_owned())
        )
    );
    let listed = demo
        .store
        .plan_decision(workspace.id, decision.plan.run)
        .unwrap()
        .unwrap();
    assert_eq!(
        (listed.state, listed.decision.note.as_str()),
        (DecisionState::Pending, note)
    );
}

#[tokio::test]
async fn plan_that_differs_from_what_was_shown_is_not_approved() {
    let demo = Demo::new().await;
    let cookie = demo.cookie.clone();
    let form = form(&demo, &cookie).await;
    for changed in ["plan", "operations"] {
        let mut pairs: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| {
                (
                    *name,
                    if *name == changed {
                        "1"
                    } else {
                        value.as_str()
                    },
                )
            })
            .collect();
        pairs.extend([("departures", "63"), ("note", "They moved")]);
        let sent = post(&demo, &cookie, APPROVE, &pairs).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{changed}");
        assert!(
            sent.body.contains("The plan has changed since"),
            "{}",
            sent.body
        );
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
}

#[tokio::test]
async fn rejection_needs_a_reason() {
    let demo = Demo::new().await;
    let cookie = demo.cookie.clone();
    let page = get(&demo, &cookie, REJECT).await.body;
    let (token, plan) = (hidden(&page, "form_token"), hidden(&page, "plan"));
    let send = |note: &'static str| {
        let form = [
            ("form_token", token.as_str()),
            ("plan", plan.as_str()),
            ("note", note),
        ];
        let (demo, cookie) = (&demo, &cookie);
        async move { post(demo, cookie, REJECT, &form).await }
    };
    let without = send("").await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.body.contains("Write why"), "{}", without.body);
    assert_eq!(send("The file is cut off").await.location, RUN);
    let page = get(&demo, &cookie, RUN).await.body;
    assert!(page.contains("The rejection is being recorded"), "{page}");
    assert_eq!(demo.store.live_jobs(10).unwrap()[0].kind, JobKind::Reject);
}

#[tokio::test]
async fn requester_sees_that_another_user_must_approve_and_cannot_approve() {
    let demo = Demo::new().await;
    let (store, email) = (&demo.store, "approver@acme.example");
    let approver = user(&demo, email, Some(Role::Approver)).await;
    let filled = form(&demo, &approver).await;
    let workspace = store.workspace("fjordmarked").unwrap().unwrap().id;
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    store.set_four_eyes(workspace, true, email, now).unwrap();
    let stored = store.settings_of(workspace, "store-staff").unwrap();
    let (expected, managed_by) =
        stored.map_or((0, None), |stored| (stored.version, stored.managed_by));
    let change = SettingsChange {
        integration: "store-staff",
        expected,
        form: 1,
        settings: Some("{}"),
        managed_by: managed_by.as_deref(),
        is_active: true,
        dropped_credentials: &[],
    };
    store
        .change_settings(workspace, &[change], Some(email), now)
        .unwrap();
    let page = get(&demo, &approver, RUN).await.body;
    assert!(
        page.contains("You started this run or changed its settings"),
        "{page}"
    );
    assert!(!page.contains(&format!("href=\"{APPROVE}")), "{page}");
    let shown = get(&demo, &approver, &format!("{APPROVE}?choice=all")).await;
    assert_eq!(shown.location, RUN);
    let mut pairs: Vec<(&str, &str)> = filled
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    pairs.extend([("departures", "63"), ("note", "They moved")]);
    let sent = post(&demo, &approver, APPROVE, &pairs).await;
    assert_eq!(sent.location, RUN);
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
    let other = get(&demo, &demo.cookie, RUN).await.body;
    assert!(
        other.contains(&format!("href=\"{APPROVE}?choice=all\"")),
        "{other}"
    );
}
