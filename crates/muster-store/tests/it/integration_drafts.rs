//! Integrations that are being set up: their settings, their sample, and what is left of them afterwards.

use crate::ground::{Ground, at};
use muster_core::model::{ids::IntegrationId, job::JobKind};
use muster_store::{DraftChange, NewCredential, NewJob, SettingsChange};

fn change(settings: &str, hour: i64) -> DraftChange<'_> {
    DraftChange {
        form: 1,
        settings,
        by: "eva@acme.example",
        now: at(hour),
    }
}

fn draft(ground: &Ground) -> IntegrationId {
    let created = ground
        .store
        .create_draft(ground.workspace.id, "stores", &change("{}", 1))
        .unwrap();
    created.unwrap()
}

fn password(ground: &Ground) -> bool {
    let found = ground
        .store
        .credential(ground.workspace.id, "stores", "credentials.password");
    found.unwrap().is_some()
}

fn set_password(ground: &Ground) {
    let new = NewCredential {
        integration: "stores",
        name: "credentials.password",
        value: b"hunter2",
        expires: None,
    };
    ground
        .store
        .set_credential(ground.workspace.id, &new, Some("Eva"), at(1))
        .unwrap();
}

fn store_settings(ground: &Ground, integration: &str) {
    let settings = SettingsChange {
        integration,
        expected: 0,
        form: 1,
        settings: Some("{}"),
        managed_by: None,
        is_active: false,
        dropped_credentials: &[],
    };
    ground
        .store
        .change_settings(ground.workspace.id, &[settings], Some("Eva"), at(2))
        .unwrap();
}

#[test]
fn name_of_a_draft_is_free_in_its_workspace_and_taken_afterwards() {
    let ground = Ground::new();
    let (store, workspace) = (&ground.store, ground.workspace.id);
    draft(&ground);
    store_settings(&ground, "hr");
    for taken in ["stores", "hr"] {
        let again = store.create_draft(workspace, taken, &change("{}", 2));
        assert_eq!(again.unwrap(), None, "{taken}");
    }
    assert!(store.is_restricted(workspace, "stores").unwrap());
    assert!(!store.is_restricted(workspace, "hr").unwrap());
}

#[test]
fn draft_changed_meanwhile_is_not_overwritten() {
    let ground = Ground::new();
    let (store, workspace, id) = (&ground.store, ground.workspace.id, draft(&ground));
    let first = change(r#"{"preset":"alleo"}"#, 2);
    assert!(store.change_draft(workspace, id, 1, &first).unwrap());
    let late = change(r#"{"preset":"actimo"}"#, 3);
    assert!(!store.change_draft(workspace, id, 1, &late).unwrap());
    let found = store.draft(workspace, id).unwrap().unwrap();
    assert_eq!(
        (found.version, found.settings.as_str()),
        (2, first.settings)
    );
    assert_eq!(store.drafts(workspace).unwrap(), [found]);
}

#[test]
fn removed_draft_leaves_neither_sample_nor_credentials_and_frees_its_name() {
    let ground = Ground::new();
    let (store, workspace, id) = (&ground.store, ground.workspace.id, draft(&ground));
    set_password(&ground);
    store
        .put_sample(workspace, id, b"ann@acme.example")
        .unwrap();
    assert!(store.sample(workspace, id).unwrap().is_some());
    assert!(store.remove_draft(workspace, id, "Eva", at(3)).unwrap());
    assert!(store.sample(workspace, id).unwrap().is_none());
    assert!(!password(&ground));
    assert!(!store.remove_draft(workspace, id, "Eva", at(3)).unwrap());
    assert_ne!(draft(&ground), id, "its number is not used again");
    // A test that ends late stores nothing.
    store.put_sample(workspace, id, b"late").unwrap();
    assert!(store.sample(workspace, id).unwrap().is_none());
}

#[test]
fn draft_that_became_an_integration_keeps_its_credentials() {
    let ground = Ground::new();
    let (store, workspace, id) = (&ground.store, ground.workspace.id, draft(&ground));
    set_password(&ground);
    store
        .put_sample(workspace, id, b"ann@acme.example")
        .unwrap();
    store_settings(&ground, "stores");
    assert!(store.remove_draft(workspace, id, "Eva", at(3)).unwrap());
    assert!(store.sample(workspace, id).unwrap().is_none());
    assert!(password(&ground));
    let name = store.integration_name(workspace, id).unwrap();
    assert_eq!(name.as_deref(), Some("stores"));
}

#[test]
fn test_of_a_draft_is_queued_once_at_a_time() {
    let ground = Ground::new();
    let (store, workspace, id) = (&ground.store, ground.workspace.id, draft(&ground));
    let job = NewJob {
        kind: JobKind::Test,
        workspace,
        integration: Some(id),
        slot: None,
        priority: 0,
        run_at: None,
        max_attempts: 1,
        host: None,
        dedupe_key: Some("test".to_owned()),
        decision: None,
        request: None,
    };
    let queued = store.test_draft(&job).unwrap();
    assert!(queued.is_some());
    assert_eq!(store.test_draft(&job).unwrap(), None);
    let found = store.draft(workspace, id).unwrap().unwrap();
    assert_eq!(found.test_job, queued);
}
