//! The pages of alert channels and of webhooks.

use crate::{
    administration::{send, signed_in},
    site::{Browser, EVA, Site},
};
use axum::http::StatusCode;
use jiff::SignedDuration;
use muster_core::model::role::Role;
use muster_store::{AuditQuery, NewWebhook};

/// The acts in the audit log of a workspace, the latest last.
fn acts(site: &Site, workspace: &str) -> Vec<String> {
    let workspace = site.store.workspace(workspace).unwrap().unwrap().id;
    let query = AuditQuery {
        workspace: Some(workspace),
        act: None,
        since: None,
        before: None,
        limit: 20,
    };
    let entries = site.store.audit_page(&query).unwrap();
    let acts = entries.iter().rev();
    acts.map(|entry| format!("{} {}", entry.act.as_str(), entry.subject))
        .collect()
}

#[tokio::test]
async fn alert_channel_is_added_tested_and_removed_on_its_page() {
    let (site, mut eva) = Site::with_administrator().await;
    let page = eva.get(&site, "/w/acme/alerts").await.body;
    assert!(page.contains("No alert channels yet"), "{page}");
    assert!(page.contains("This installation has no mail server"));
    let form = [("target", " ops@acme.example "), ("digest", "yes")];
    let added = send(&mut eva, &site, "/w/acme/alerts", &form).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    for text in [
        "The channel was added",
        "ops@acme.example",
        "Issues, and runs with changes",
    ] {
        assert!(added.body.contains(text), "{text}: {}", added.body);
    }
    assert!(!added.body.contains("whsec_"), "{}", added.body);
    let again = send(&mut eva, &site, "/w/acme/alerts", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("Alerts are already sent there"));
    let empty = send(&mut eva, &site, "/w/acme/alerts", &[("target", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let tested = send(&mut eva, &site, "/w/acme/alerts/1/test", &[]).await;
    assert!(tested.body.contains("The test message was sent"));
    let removed = send(&mut eva, &site, "/w/acme/alerts/1/remove", &[]).await;
    assert_eq!(removed.location(), "/w/acme/alerts");
    let gone = send(&mut eva, &site, "/w/acme/alerts/1/test", &[]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(
        acts(&site, "acme"),
        [
            "alert_channel_added alert channel 1",
            "alert_channel_removed alert channel 1"
        ]
    );
}

#[tokio::test]
async fn signing_secret_is_shown_once_and_why_a_receiver_is_refused_is_said() {
    let (mut site, mut eva) = Site::with_administrator().await;
    let form = [("target", "https://chat.example/hook")];
    let added = send(&mut eva, &site, "/w/acme/alerts", &form).await.body;
    assert!(added.contains("whsec_Bw"), "{added}");
    let form = [("url", "https://other.example/hook"), ("wait", "0")];
    let added = send(&mut eva, &site, "/w/acme/webhooks", &form).await.body;
    assert!(added.contains("whsec_Bw"), "{added}");
    for path in ["/w/acme/alerts", "/w/acme/webhooks", "/w/acme/webhooks/1"] {
        let page = eva.get(&site, path).await.body;
        assert!(page.contains(".example/hook"), "{page}");
        assert!(!page.contains("whsec_"), "{path}");
    }
    site.refuse_receivers();
    for (path, field) in [("/w/acme/alerts", "target"), ("/w/acme/webhooks", "url")] {
        let form = [(field, "https://internal.example"), ("wait", "0")];
        let form = if field == "url" {
            &form[..]
        } else {
            &form[..1]
        };
        let refused = send(&mut eva, &site, path, form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let body = refused.body;
        assert!(
            body.contains("10.0.0.1 is in an internal network"),
            "{body}"
        );
        assert!(
            body.contains("value=\"https://internal.example\""),
            "{body}"
        );
    }
    let failed = send(&mut eva, &site, "/w/acme/alerts/1/test", &[])
        .await
        .body;
    assert!(failed.contains("The test message was not sent"), "{failed}");
    assert!(failed.contains("10.0.0.1 is in an internal network"));
}

#[tokio::test]
async fn webhook_is_paused_resumed_and_removed_on_its_page() {
    let (site, mut eva) = Site::with_administrator().await;
    for (url, wait) in [
        ("", "0"),
        ("https://a.example", "86401"),
        ("https://a.example", "x"),
    ] {
        let form = [("url", url), ("wait", wait)];
        let refused = send(&mut eva, &site, "/w/acme/webhooks", &form).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{url} {wait}"
        );
    }
    let form = [("url", "https://a.example"), ("wait", "120")];
    send(&mut eva, &site, "/w/acme/webhooks", &form).await;
    let again = send(&mut eva, &site, "/w/acme/webhooks", &form).await;
    assert!(again.body.contains("Events are already sent there"));
    let path = "/w/acme/webhooks/1";
    let page = eva.get(&site, path).await.body;
    assert!(page.contains("departures wait 120 seconds"), "{page}");
    assert!(page.contains("No events"), "{page}");
    let paused = send(&mut eva, &site, "/w/acme/webhooks/1/pause", &[]).await;
    assert_eq!(paused.location(), path);
    let page = eva.get(&site, path).await.body;
    assert!(page.contains("Events wait until the webhook is resumed"));
    send(&mut eva, &site, "/w/acme/webhooks/1/resume", &[]).await;
    let replayed = [("since", "2026-11-01")];
    let replayed = send(&mut eva, &site, "/w/acme/webhooks/1/replay", &replayed).await;
    assert_eq!(replayed.location(), path);
    let odd = send(
        &mut eva,
        &site,
        "/w/acme/webhooks/1/replay",
        &[("since", "soon")],
    )
    .await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.body.contains("Enter a day."), "{}", odd.body);
    let removed = send(&mut eva, &site, "/w/acme/webhooks/1/remove", &[]).await;
    assert_eq!(removed.location(), "/w/acme/webhooks");
    for (path, form) in [("pause", &[][..]), ("replay", &[]), ("remove", &[])] {
        let path = format!("/w/acme/webhooks/1/{path}");
        let gone = send(&mut eva, &site, &path, form).await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(eva.get(&site, path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        acts(&site, "acme"),
        [
            "webhook_added webhook 1",
            "webhook_paused webhook 1",
            "webhook_resumed webhook 1",
            "webhook_replayed webhook 1",
            "webhook_removed webhook 1"
        ]
    );
}

/// A number of another workspace is none here, whatever is done with it.
#[tokio::test]
async fn w10_receivers_of_another_workspace_do_not_exist() {
    let (site, mut eva) = Site::with_administrator().await;
    site.wait(SignedDuration::from_secs(1));
    let foreign = [("target", "ops@other.example")];
    send(&mut eva, &site, "/w/other/alerts", &foreign).await;
    let other = site.store.workspace("other").unwrap().unwrap().id;
    let new = NewWebhook {
        workspace: other,
        url: "https://other.example",
        allows_internal: false,
        departure_wait: 0,
        ca_certificate: None,
        secret: &[7; 32],
    };
    let webhook = site.store.add_webhook(&new, EVA, site.now()).unwrap();
    let mut bob: Browser = signed_in(&site, "bob@acme.example", Role::Admin).await;
    for path in ["/w/acme/alerts", "/w/acme/webhooks"] {
        let page = bob.get(&site, path).await.body;
        assert!(!page.contains("other.example"), "{path}: {page}");
    }
    let webhook = format!("webhooks/{webhook}");
    for path in [
        "alerts/1/test".to_owned(),
        "alerts/1/remove".to_owned(),
        format!("{webhook}/pause"),
        format!("{webhook}/replay"),
        format!("{webhook}/remove"),
    ] {
        let path = format!("/w/acme/{path}");
        let answer = send(&mut bob, &site, &path, &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(site.store.channels().unwrap().len(), 1);
    assert_eq!(site.store.webhooks(other).unwrap().len(), 1);
}
