//! Schedules that a user pauses.

use super::{begin, claim, job};
use crate::ground::{Ground, at};
use muster_core::{
    model::ids::{IntegrationId, WorkspaceId},
    schedule::failure::PauseReason,
};
use muster_store::Store;

const HR: IntegrationId = IntegrationId(1);

/// Each of the statements.
pub(super) fn story(store: &Store, workspace: WorkspaceId) {
    store
        .pause_integration(workspace, HR, "eva@acme.test", "the source moves", at(3))
        .unwrap();
    assert!(
        store
            .resume_integration(workspace, HR, "eva@acme.test", at(4))
            .unwrap()
    );
}

#[test]
fn schedule_that_a_user_paused_is_resumed_by_a_user_and_by_no_run() {
    let ground = Ground::new();
    let (store, workspace) = (&ground.store, ground.workspace.id);
    store
        .pause_schedule(workspace, ground.integration, 0, at(1))
        .unwrap();
    store
        .pause_integration(
            workspace,
            ground.integration,
            "eva@acme.test",
            "the source moves",
            at(2),
        )
        .unwrap();
    let paused = || store.schedule_pause(workspace, ground.integration).unwrap();
    let pause = paused().unwrap();
    assert_eq!((pause.since, pause.reason), (at(2), PauseReason::Requested));
    assert_eq!(
        (pause.by.as_deref(), pause.note.as_deref()),
        (Some("eva@acme.test"), Some("the source moves"))
    );
    // A run that a user starts succeeds.
    store
        .enqueue(&job(workspace.0, ground.integration.0))
        .unwrap();
    let claimed = claim(store, 1).remove(0);
    let run = begin(&ground, claimed.lease).unwrap();
    ground.settle(run, &ground.joiners(&["ann"])).unwrap();
    assert!(paused().is_some(), "a successful run does not resume it");
    let resume = || {
        store
            .resume_integration(workspace, ground.integration, "bob@acme.test", at(4))
            .unwrap()
    };
    assert!(resume());
    assert_eq!(paused(), None);
    assert!(!resume(), "it is not paused");
}
