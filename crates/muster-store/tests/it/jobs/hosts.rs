//! Which host a job counts for.

use super::{claim, job, whose};
use crate::ground::{at, store};
use muster_core::{
    model::{
        ids::{IntegrationId, WorkspaceId},
        job::{JobEnd, JobKind},
    },
    setup::schedule::Schedule,
};
use muster_store::ScheduledWork;

/// A person starts integrations that have a schedule, over the API or a page: nobody there knows their hosts.
#[test]
fn job_without_a_host_counts_for_the_host_of_its_schedule() {
    let store = store();
    let work = |host: &str| -> Vec<ScheduledWork> {
        let of = |integration| ScheduledWork {
            kind: JobKind::Sync,
            workspace: WorkspaceId(1),
            integration: Some(IntegrationId(integration)),
            schedule: Schedule::default(),
            host: Some(host.to_owned()),
            priority: 10,
        };
        (1..=6).map(of).collect()
    };
    store
        .decide_slots(&work("sftp.acme.test:22"), at(1))
        .unwrap();
    for integration in 1..=7 {
        store.enqueue(&job(1, integration)).unwrap();
    }
    // The seventh has no schedule, and so no host.
    let first = claim(&store, 8);
    assert_eq!(whose(&first), [(1, 1), (1, 2), (1, 3), (1, 4), (1, 7)]);
    for job in &first {
        store
            .end_job(job.lease, JobEnd::Done, None, None, at(3))
            .unwrap();
    }
    claim(&store, 8);
    // The server moved: only new jobs connect to the new one.
    store
        .decide_slots(&work("new.acme.test:22"), at(4))
        .unwrap();
    for integration in 1..=4 {
        store.enqueue(&job(1, integration)).unwrap();
    }
    assert_eq!(
        whose(&claim(&store, 8)),
        [(1, 1), (1, 2), (1, 3), (1, 4)],
        "two jobs of the old host do not count for the new one"
    );
}
