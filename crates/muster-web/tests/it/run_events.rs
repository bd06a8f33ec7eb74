//! The events of a run: how far it is, until it has ended.

use crate::{
    api::{problem, token},
    site::{Answer, Site},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt;
use muster_core::{
    decide::proposal::Counts,
    model::{
        ids::{RunId, WorkspaceId},
        response::{RunPhase, RunProgress},
        role::Role,
        run::{RunKind, RunStatus},
    },
    read::reading::Problems,
};
use muster_store::{Ending, Lease, NewRun, RunLease};
use serde_json::{Value, json};

/// A run that was begun in a workspace.
fn begin(site: &Site, workspace: WorkspaceId) -> RunId {
    let new = NewRun {
        kind: RunKind::Sync,
        integration: Some("people"),
        started: site.now(),
        process: 1,
        lease: RunLease::Taken {
            owner: "tester",
            length: Lease::LENGTH,
        },
        of: None,
        actor: None,
    };
    site.store.begin_run(workspace, &new).unwrap().0
}

fn end(site: &Site, workspace: WorkspaceId, run: RunId) {
    let ending = Ending {
        status: RunStatus::Failed,
        finished: site.now(),
        partial: None,
        counts: &Counts::default(),
        problems: &Problems::default(),
        files: &[],
        error: None,
    };
    site.store.finish_run(workspace, run, &ending).unwrap();
}

fn follow(run: &str, token: &str) -> Request<Body> {
    let request = Request::get(format!("/api/v1/workspaces/acme/runs/{run}/events"))
        .header("authorization", format!("Bearer {token}"))
        .header("accept-encoding", "gzip, br");
    request.body(Body::empty()).unwrap()
}

/// The data of the events with a name.
fn data(text: &str, name: &str) -> Vec<Value> {
    let events = text.split("\n\n");
    let of_name = events.filter_map(|event| event.strip_prefix(&format!("event: {name}\ndata: ")));
    of_name
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

#[tokio::test]
async fn events_of_a_run_say_how_far_it_is_and_end_with_it() {
    let site = Site::following(|_, _| {
        vec![RunProgress {
            phase: RunPhase::Reading,
            done: 7,
            of: None,
        }]
    });
    let token = token(&site, "acme", Role::Viewer);
    let acme = site.store.workspace("acme").unwrap().unwrap().id;
    let run = begin(&site, acme);
    let answer = site.answer(follow(&run.to_string(), &token)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers().contains_key("ratelimit-remaining"));
    // What is compressed would arrive late.
    assert_eq!(answer.headers().get("content-encoding"), None);
    let mut body = answer.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    let progress = json!({ "phase": "reading", "done": 7, "of": null });
    assert_eq!(
        data(&first, "progress"),
        [json!({ "run": run, "status": "running", "progress": progress })]
    );
    // Nobody reads meanwhile, and the run ends all the same.
    end(&site, acme, run);
    let rest = body.collect().await.unwrap().to_bytes();
    let rest = String::from_utf8(rest.to_vec()).unwrap();
    assert_eq!(
        data(&rest, "end"),
        [json!({ "run": run, "status": "failed", "progress": null })]
    );
    assert_eq!(data(&rest, "progress"), Vec::<Value>::new());
}

#[tokio::test]
async fn events_of_a_run_that_has_ended_say_so_at_once_and_others_do_not_exist() {
    let site = Site::new();
    let token = token(&site, "acme", Role::Viewer);
    let workspace = |name| site.store.workspace(name).unwrap().unwrap().id;
    let run = begin(&site, workspace("acme"));
    end(&site, workspace("acme"), run);
    let answer = site.send(follow(&run.to_string(), &token)).await;
    assert_eq!(data(&answer.body, "end").len(), 1, "{}", answer.body);
    assert!(!answer.body.contains("progress\n"), "{}", answer.body);
    let foreign = begin(&site, workspace("other"));
    end(&site, workspace("other"), foreign);
    let foreign_only = begin(&site, workspace("other"));
    assert_eq!((foreign, run), (RunId(1), RunId(1)));
    for unknown in [foreign_only.to_string(), "0".to_owned(), "x".to_owned()] {
        let mut request = follow(&unknown, &token);
        // A problem is compressed like any other answer.
        request.headers_mut().remove("accept-encoding");
        let answer: Answer = site.send(request).await;
        problem(&answer, 404, "MUS-REQUEST-NOT-FOUND");
    }
}

#[tokio::test]
async fn page_of_a_run_shows_its_stages_and_gets_the_next_ones() {
    let (mut site, mut eva) = Site::with_administrator().await;
    let acme = site.store.workspace("acme").unwrap().unwrap().id;
    let run = begin(&site, acme);
    let page = eva.get(&site, &format!("/w/acme/runs/{run}")).await.body;
    assert!(page.contains("as soon as it is known"), "{page}");
    assert!(!page.contains("class=\"stages\""), "{page}");
    let reached = |phase, done, of| RunProgress { phase, done, of };
    site.follow(move |_, _| {
        vec![
            reached(RunPhase::Fetching, 3, Some(3)),
            reached(RunPhase::Reading, 1_207, None),
        ]
    });
    let page = eva.get(&site, &format!("/w/acme/runs/{run}")).await.body;
    let stages = "<li class=\"now\" aria-current=\"step\">";
    assert!(page.contains(stages) && page.contains("<b>Read</b><span>1,207 records"));
    let live = page.split("data-live=\"").nth(1).unwrap();
    let live = live.split('"').next().unwrap().to_owned();
    let request = Request::get(&live).header("cookie", eva.cookie());
    let mut body = site
        .answer(request.body(Body::empty()).unwrap())
        .await
        .into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let first = String::from_utf8(first.to_vec()).unwrap();
    assert!(first.starts_with("event: progress\ndata: <ol"), "{first}");
    assert!(first.contains("1,207 records"), "{first}");
    // Nothing is sent twice, and the end once.
    end(&site, acme, run);
    let rest = body.collect().await.unwrap().to_bytes();
    let rest = String::from_utf8(rest.to_vec()).unwrap();
    assert_eq!(rest, "event: changed\ndata: now\n\n");
    let page = eva.get(&site, &format!("/w/acme/runs/{run}")).await.body;
    assert!(!page.contains("id=\"stages\""), "{page}");
}
