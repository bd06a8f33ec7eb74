//! One employee is changed: what would change is shown first, and a job does it.

use super::{
    deciding::{Answer, get, hidden, post, user},
    demo::Demo,
    unescaped,
};
use axum::http::StatusCode;
use muster_core::model::{
    edit_request::{EditRequest, ManualEdit},
    ids::EmployeeId,
    role::Role,
};
use muster_store::{ClaimLimits, RequestedEdit};

/// Zoë, whose values come from the source. Her number is that of the fourth record.
const ZOE: &str = "/w/fjordmarked/people/4";

/// Fills a form in.
async fn send(demo: &Demo, cookie: &str, page: &str, to: &str, values: &[(&str, &str)]) -> Answer {
    let shown = get(demo, cookie, page).await.body;
    let token = hidden(&shown, "form_token");
    let mut form = vec![("form_token", token.as_str())];
    form.extend(values);
    post(demo, cookie, to, &form).await
}

/// Confirms what a page says would change.
async fn confirm(demo: &Demo, page: &str, note: &str) -> Answer {
    let names = ["form_token", "edit", "revision"];
    let values = names.map(|name| unescaped(&hidden(page, name)));
    let mut form: Vec<(&str, &str)> = names
        .iter()
        .zip(&values)
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    form.push(("note", note));
    post(demo, &demo.cookie, &format!("{ZOE}/confirm"), &form).await
}

fn requests(demo: &Demo) -> Vec<RequestedEdit> {
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    let jobs = demo
        .store
        .claim_jobs("test", ClaimLimits::default(), now)
        .unwrap();
    jobs.into_iter().filter_map(|job| job.request).collect()
}

#[tokio::test]
async fn form_says_what_the_source_delivers_and_offers_to_pin_it() {
    let demo = Demo::new().await;
    let page = get(&demo, &demo.cookie, ZOE).await.body;
    assert!(page.contains("Zoë"), "{page}");
    assert!(
        page.contains(&format!("href=\"{ZOE}/change/edit\"")),
        "{page}"
    );
    let form = get(&demo, &demo.cookie, &format!("{ZOE}/change/edit"))
        .await
        .body;
    for text in [
        "store-staff delivers some of these values",
        "name=\"value.location\"",
        &format!("{ZOE}/change/pin?field=title"),
    ] {
        assert!(form.contains(text), "{text}: {form}");
    }
    for text in ["name=\"value.title\"", "change/pin?field=external_id"] {
        assert!(!form.contains(text), "{text}: {form}");
    }
}

#[tokio::test]
async fn value_is_edited_after_its_change_was_shown() {
    let demo = Demo::new().await;
    let path = format!("{ZOE}/change/edit");
    let same = send(&demo, &demo.cookie, &path, &path, &[("value.location", "")]).await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(same.body.contains("Nothing would change."), "{}", same.body);
    let filled = [("value.location", "Aarhus <b>C</b>")];
    let shown = send(&demo, &demo.cookie, &path, &path, &filled).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    for text in ["Location", "Aarhus &#60;b&#62;C"] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), [], "nothing is done yet");
    let done = confirm(&demo, &shown.body, "").await;
    assert!(
        done.location
            .ends_with("?to=%2Fw%2Ffjordmarked%2Fpeople%2F4"),
        "{} {}",
        done.location,
        done.body
    );
    let requests = requests(&demo);
    let values = [("location".to_owned(), "Aarhus <b>C</b>".to_owned())];
    assert_eq!(
        requests[0].request,
        EditRequest::Manual(ManualEdit::Edit {
            employee: EmployeeId(4),
            values: values.into(),
        })
    );
    assert!(requests[0].revision.is_some(), "a later change voids it");
}

#[tokio::test]
async fn value_of_the_source_is_pinned_with_a_reason() {
    let demo = Demo::new().await;
    let edit = format!("{ZOE}/change/edit");
    let refused = [("value.title", "Director")];
    let refused = send(&demo, &demo.cookie, &edit, &edit, &refused).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("would overwrite it"),
        "{}",
        refused.body
    );
    let path = format!("{ZOE}/change/pin");
    let form = format!("{path}?field=title");
    let odd = [
        ("field", "title"),
        ("value", "Director"),
        ("until", "31/05"),
    ];
    let odd = send(&demo, &demo.cookie, &form, &path, &odd).await;
    assert!(odd.body.contains("Write the day as"), "{}", odd.body);
    let pin = [
        ("field", "title"),
        ("value", "Director"),
        ("until", "2027-01-31"),
    ];
    let shown = send(&demo, &demo.cookie, &form, &path, &pin).await;
    for text in ["Title keeps this value until 2027-01-31.", "Director"] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
    let without = confirm(&demo, &shown.body, " ").await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = confirm(&demo, &shown.body, "The source is late").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let requests = requests(&demo);
    assert_eq!(requests[0].note.as_deref(), Some("The source is late"));
    assert_eq!(
        requests[0].request,
        EditRequest::Manual(ManualEdit::Pin {
            employee: EmployeeId(4),
            field: "title".to_owned(),
            value: "Director".to_owned(),
            until: Some("2027-01-31".parse().unwrap()),
        })
    );
}

#[tokio::test]
async fn departure_of_an_employee_from_a_source_is_pinned_instead() {
    let demo = Demo::new().await;
    let page = get(&demo, &demo.cookie, ZOE).await.body;
    assert!(
        page.contains("/change/pin?field=offboarding_date"),
        "{page}"
    );
    let path = format!("{ZOE}/change/deactivate");
    let form = get(&demo, &demo.cookie, &path).await.body;
    assert!(form.contains("value=\"2026-11-27\""), "{form}");
    let now = [("on", "2026-11-27")];
    let refused = send(&demo, &demo.cookie, &path, &path, &now).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in ["muster ", "--"] {
        let main = refused.body.split("<main").nth(1).unwrap();
        let main = main.split("</main").next().unwrap();
        assert!(!main.contains(text), "a browser has no commands: {main}");
    }
    let pin = format!("{ZOE}/change/pin");
    let form = format!("{pin}?field=offboarding_date");
    let last = [("field", "offboarding_date"), ("value", "2026-12-31")];
    let shown = send(&demo, &demo.cookie, &form, &pin, &last).await;
    for text in [
        "Offboarding date keeps this value until the pin is removed.",
        "<ins dir=\"auto\">2026-12-31</ins>",
    ] {
        assert!(shown.body.contains(text), "{text}: {}", shown.body);
    }
}

#[tokio::test]
async fn protection_needs_no_form() {
    let demo = Demo::new().await;
    let protect = get(&demo, &demo.cookie, &format!("{ZOE}/change/protect")).await;
    let done = confirm(&demo, &protect.body, "").await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(
        requests(&demo)[0].request,
        EditRequest::Manual(ManualEdit::Protect {
            employee: EmployeeId(4),
            protected: true,
        })
    );
}

#[tokio::test]
async fn erasure_lists_where_data_is_and_needs_the_id_and_a_reason() {
    let demo = Demo::new().await;
    let path = format!("{ZOE}/erase");
    let page = get(&demo, &demo.cookie, &path).await.body;
    assert!(page.contains("This cannot be undone."), "{page}");
    for (typed, note) in [("FM-1004", "Request 7"), ("FM-1003", ""), ("", "Request 7")] {
        let form = [("typed", typed), ("note", note)];
        let sent = send(&demo, &demo.cookie, &path, &path, &form).await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
    let form = [("typed", " FM-1003 "), ("note", "Request 7")];
    let sent = send(&demo, &demo.cookie, &path, &path, &form).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let erase = EditRequest::Erase {
        employee: EmployeeId(4),
    };
    assert_eq!(requests(&demo)[0].request, erase);
}

#[tokio::test]
async fn w10_changes_need_their_role_and_only_concern_the_employee_of_the_page() {
    let demo = Demo::new().await;
    let viewer = user(&demo, "viewer@acme.example", Some(Role::Viewer)).await;
    let page = get(&demo, &viewer, ZOE).await.body;
    assert!(!page.contains("/change/"), "{page}");
    let operator = user(&demo, "operator@acme.example", Some(Role::Operator)).await;
    let page = get(&demo, &operator, ZOE).await.body;
    assert!(
        page.contains("/change/edit") && !page.contains("/erase"),
        "{page}"
    );
    for (cookie, part) in [
        (&viewer, "change/edit"),
        (&viewer, "confirm"),
        (&viewer, "erase"),
        (&operator, "erase"),
    ] {
        let to = format!("{ZOE}/{part}");
        let sent = send(&demo, cookie, ZOE, &to, &[]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{part}");
    }
    for edit in [
        r#"{"protect":{"employee":5,"protected":true}}"#,
        r#"{"create":{"values":{}}}"#,
        r#"{"pin":{"employee":4,"field":"shoe_size","value":"x","until":null}}"#,
        r#"{"merge":{"survivor":5,"duplicate":4}}"#,
        "{}",
    ] {
        let form = [("edit", edit), ("revision", "1"), ("note", "x")];
        let sent = send(&demo, &operator, ZOE, &format!("{ZOE}/confirm"), &form).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{edit}");
    }
    for path in ["change/hire", "change/pin", "change/pin?field=employments"] {
        let shown = get(&demo, &operator, &format!("{ZOE}/{path}")).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
}
