//! The service finds issues by itself, after each job.

use super::{Service, end_of, enqueue, stored, wait_for};
use muster_core::{
    issue::{IssueEvent, IssueKind},
    model::{
        ids::{IntegrationId, WorkspaceId},
        job::{JobEnd, JobKind},
    },
};
use muster_store::NewJob;
use std::fs;

const ACME: WorkspaceId = WorkspaceId(1);

/// P48.
#[test]
fn service_opens_an_issue_after_two_failures_and_ends_it_after_a_success() {
    let (ground, store) = stored();
    let service = Service::start(&ground.path(""));
    fs::rename(ground.path("inbox"), ground.path("away")).unwrap();
    for _ in 0..2 {
        let job = NewJob {
            kind: JobKind::Sync,
            workspace: ACME,
            integration: Some(IntegrationId(1)),
            slot: None,
            priority: 0,
            run_at: None,
            max_attempts: 1,
            host: None,
            dedupe_key: None,
            decision: None,
            request: None,
        };
        let job = store.enqueue(&job).unwrap().unwrap();
        assert_eq!(end_of(&store, job).0, JobEnd::Failed);
    }
    let issue = wait_for("an issue opens", || {
        let mut issues = store.open_issues(ACME).unwrap().into_iter();
        issues.find(|issue| issue.detail.kind() == IssueKind::FailedRepeatedly)
    });
    fs::rename(ground.path("away"), ground.path("inbox")).unwrap();
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    wait_for("the issue ends", || {
        let (issue, _) = store.issue(issue.id).unwrap().unwrap();
        issue.resolved
    });
    let (_, history) = store.issue(issue.id).unwrap().unwrap();
    let events: Vec<_> = history.iter().map(|entry| entry.event).collect();
    assert_eq!(events, [IssueEvent::Opened, IssueEvent::Resolved]);
    wait_for("the metric", || {
        let metrics = service.get("/metrics");
        metrics
            .contains("muster_issues_open{level=\"warning\"} ")
            .then_some(())
    });
    let log = service.stop();
    assert!(
        log.contains("\"kind\":\"failed_repeatedly\",\"event\":\"opened\""),
        "{log}"
    );
}
