//! Workspaces are created, and deleted with everything in them.

use crate::ground::{Ground, LEASED, at, change, operation};
use muster_core::model::{
    field::canonical::TITLE, ids::WorkspaceId, plan::OperationKind, role::Role, run::RunKind,
    workspace::WorkspaceSettings,
};
use muster_store::{Keyring, NewApiToken, NewCredential, NewRun, WorkspaceDeletion};

const OPS: &str = "ops (command line)";

#[test]
fn deleted_workspace_leaves_only_the_audit_log_and_its_number_is_not_reused() {
    let ground = Ground::with(&["ann", "bob"]);
    let store = &ground.store;
    store.unlock(Keyring::generate().unwrap()).unwrap();
    let other = store
        .create_workspace("other", [3; 32], OPS, at(1))
        .unwrap()
        .unwrap();
    let again = store.create_workspace("other", [3; 32], OPS, at(1));
    assert!(again.unwrap().is_none());
    for workspace in [ground.workspace.id, other.id] {
        let credential = NewCredential {
            integration: "hr",
            name: "credentials.password",
            value: b"secret",
            expires: None,
        };
        let set = store.set_credential(workspace, &credential, Some(OPS), at(1));
        set.unwrap();
        let token = NewApiToken {
            workspace,
            name: "payroll",
            token: &[workspace.0 as u8; 32],
            role: Role::Admin,
            created_by: OPS,
            expires: at(100),
        };
        assert!(store.create_api_token(&token, at(1)).unwrap());
    }
    let update = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(TITLE, "", "Cook")],
    );
    ground.hold(&ground.operations(vec![update]));
    let deleted = store.delete_workspace(&ground.workspace, OPS, at(2));
    assert!(matches!(
        deleted.unwrap(),
        WorkspaceDeletion::Deleted { .. }
    ));
    let again = store.delete_workspace(&ground.workspace, OPS, at(2));
    assert_eq!(again.unwrap(), WorkspaceDeletion::Unknown);
    assert_eq!(store.workspaces().unwrap(), ["other"]);
    assert!(store.api_token(&[1; 32], at(2)).unwrap().is_none());
    assert!(store.api_token(&[2; 32], at(2)).unwrap().is_some());
    assert_eq!(store.credentials(other.id).unwrap().len(), 1);
    assert_eq!(store.verify().unwrap().findings, []);
    assert_eq!(store.verify_audit(None).unwrap().fault, None);

    // The last workspace is deleted too: its number stays taken.
    let deleted = store.delete_workspace(&other, OPS, at(3));
    assert!(matches!(
        deleted.unwrap(),
        WorkspaceDeletion::Deleted { .. }
    ));
    let third = store
        .create_workspace("acme", [3; 32], OPS, at(4))
        .unwrap()
        .unwrap();
    assert_eq!(third.id, WorkspaceId(3));
    let fourth = store
        .ensure_workspace("more", &WorkspaceSettings::default(), &[], &[], [4; 32])
        .unwrap();
    assert_eq!(fourth.id, WorkspaceId(4));
}

#[test]
fn workspace_with_a_running_job_is_not_deleted() {
    let ground = Ground::with(&["ann"]);
    let new = NewRun {
        kind: RunKind::Sync,
        integration: Some("hr"),
        started: at(1),
        process: 1,
        lease: LEASED,
        of: None,
        actor: Some(OPS),
    };
    ground.store.begin_run(ground.workspace.id, &new).unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let refused = ground.store.delete_workspace(&ground.workspace, OPS, now);
    assert_eq!(refused.unwrap(), WorkspaceDeletion::Busy);
    assert_eq!(ground.store.workspaces().unwrap(), ["acme"]);
}
