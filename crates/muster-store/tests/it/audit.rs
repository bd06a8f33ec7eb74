//! The audit log: what is in it, and that tampering is found.

use crate::ground::{Ground, at, change, operation};
use muster_core::model::{
    audit::Act,
    field::canonical::TITLE,
    ids::RunId,
    plan::{OperationKind, PlanId},
    role::Role,
};
use muster_store::{
    AuditFault, AuditHead, AuditQuery, ChannelKind, Choice, Keyring, MailSecurity, MailServer,
    NewApiToken, NewChannel, NewCredential, NewUser, NewWebhook, Options, SettingsChange, Store,
    StoredAudit,
};

const EVA: &str = "eva@acme.test";

/// A database in a file with some entries.
fn store(folder: &tempfile::TempDir) -> Store {
    let url = format!("sqlite:{}", folder.path().join("muster.db").display());
    let store = Store::open(&url, Options::default()).unwrap();
    let acme = store
        .ensure_workspace("acme", &Default::default(), &[], &[], [7; 32])
        .unwrap();
    let eva = NewUser {
        email: EVA,
        name: "Eva Bakker",
        password_hash: "hash",
        is_admin: true,
    };
    let id = store.create_user(&eva, "root (command line)", at(0));
    let id = id.unwrap().unwrap();
    store
        .set_role(id, acme.id, Some(Role::Viewer), EVA, at(1))
        .unwrap();
    store
        .set_role(id, acme.id, Some(Role::Admin), EVA, at(2))
        .unwrap();
    let token = NewApiToken {
        workspace: acme.id,
        name: "payroll",
        token: &[9; 32],
        role: Role::Viewer,
        created_by: EVA,
        expires: at(24),
    };
    store.create_api_token(&token, at(3)).unwrap();
    store
        .revoke_api_token(acme.id, "payroll", EVA, at(4))
        .unwrap();
    store
}

fn all(store: &Store) -> Vec<StoredAudit> {
    let query = AuditQuery {
        limit: 100,
        ..AuditQuery::default()
    };
    store.audit_page(&query).unwrap()
}

#[test]
fn acts_are_recorded_with_actor_subject_before_and_after() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let found: Vec<_> = all(&store)
        .into_iter()
        .rev()
        .map(|entry| {
            let value = |value: Option<serde_json::Value>| {
                value.map(|value| value.to_string()).unwrap_or_default()
            };
            let before = value(entry.before);
            format!(
                "{} {} {}: {} {} {before} > {}",
                entry.number,
                entry.actor,
                entry.actor_name,
                entry.act.as_str(),
                entry.subject,
                value(entry.after)
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "1 root (command line) root (command line): user_added user 1  > {\"administrator\":true}",
            "2 user 1 eva@acme.test: user_role_changed user 1  > {\"role\":\"viewer\"}",
            "3 user 1 eva@acme.test: user_role_changed user 1 {\"role\":\"viewer\"} > {\"role\":\"admin\"}",
            "4 user 1 eva@acme.test: token_created token payroll  > {\"expires\":\"2026-05-29T20:26:40Z\",\"role\":\"viewer\"}",
            "5 user 1 eva@acme.test: token_revoked token payroll  > ",
        ]
    );
    let query = AuditQuery {
        act: Some(Act::UserRoleChanged),
        since: Some(at(2)),
        limit: 5,
        ..AuditQuery::default()
    };
    let numbers: Vec<i64> = store
        .audit_page(&query)
        .unwrap()
        .iter()
        .map(|entry| entry.number)
        .collect();
    assert_eq!(numbers, [3]);
}

#[test]
fn an_act_that_fails_leaves_no_entry() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let acme = store.workspace("acme").unwrap().unwrap();
    let eva = store.find_user(EVA).unwrap().unwrap();
    // What is so already is no act.
    store
        .set_role(eva.id, acme.id, Some(Role::Admin), EVA, at(5))
        .unwrap();
    assert!(
        !store
            .revoke_api_token(acme.id, "payroll", EVA, at(5))
            .unwrap()
    );
    assert!(!store.revoke_api_token(acme.id, "none", EVA, at(5)).unwrap());
    assert_eq!(all(&store).len(), 5);
}

/// P49: every way of changing the log with the tools of the database.
#[test]
fn p49_tampering_with_any_entry_is_found() {
    let tampering: [(&str, AuditFault); 14] = [
        (
            "UPDATE audit_entry SET at = at + 1 WHERE number = 1",
            AuditFault::Changed(1),
        ),
        (
            "UPDATE audit_entry SET actor = 'user 2' WHERE number = 2",
            AuditFault::Changed(2),
        ),
        (
            "UPDATE audit_entry SET client = '192.0.2.9' WHERE number = 3",
            AuditFault::Changed(3),
        ),
        (
            "UPDATE audit_entry SET workspace_id = 2 WHERE number = 4",
            AuditFault::Changed(4),
        ),
        (
            "UPDATE audit_entry SET act = 'signed_in' WHERE number = 5",
            AuditFault::Changed(5),
        ),
        (
            "UPDATE audit_entry SET subject = 'user 7' WHERE number = 2",
            AuditFault::Changed(2),
        ),
        (
            "UPDATE audit_entry SET before = NULL WHERE number = 3",
            AuditFault::Changed(3),
        ),
        (
            "UPDATE audit_entry SET after = '{}' WHERE number = 3",
            AuditFault::Changed(3),
        ),
        (
            "UPDATE audit_entry SET hash = zeroblob(32) WHERE number = 5",
            AuditFault::Changed(5),
        ),
        (
            "DELETE FROM audit_entry WHERE number = 1",
            AuditFault::Missing(1),
        ),
        (
            "DELETE FROM audit_entry WHERE number = 3",
            AuditFault::Missing(3),
        ),
        (
            "DELETE FROM audit_entry WHERE number = 5",
            AuditFault::Removed(4),
        ),
        ("DELETE FROM audit_entry", AuditFault::Removed(0)),
        (
            "UPDATE audit_entry SET number = 9 WHERE number = 2; UPDATE audit_entry SET number = 2 WHERE number = 3; \
             UPDATE audit_entry SET number = 3 WHERE number = 9",
            AuditFault::Changed(2),
        ),
    ];
    for (statement, fault) in tampering {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder);
        assert_eq!(store.verify_audit(None).unwrap().fault, None);
        let raw = rusqlite::Connection::open(folder.path().join("muster.db")).unwrap();
        raw.execute_batch(statement).unwrap();
        assert_eq!(
            store.verify_audit(None).unwrap().fault,
            Some(fault),
            "{statement}"
        );
    }
}

/// Who can write to the database can also write the head; a head that was stored elsewhere shows it.
#[test]
fn p49_shortened_log_is_found_by_an_earlier_head() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let head = store.verify_audit(None).unwrap().head;
    assert_eq!(head.number, 5);
    let verified = store.verify_audit(Some(&head)).unwrap();
    assert_eq!((verified.entries, verified.fault), (5, None));
    let earlier = AuditHead {
        number: 3,
        hash: all(&store)[2].hash.clone(),
    };
    assert_eq!(store.verify_audit(Some(&earlier)).unwrap().fault, None);
    let raw = rusqlite::Connection::open(folder.path().join("muster.db")).unwrap();
    raw.execute_batch(
        "DELETE FROM audit_entry WHERE number = 5; UPDATE audit_head SET number = 4, \
         hash = (SELECT hash FROM audit_entry WHERE number = 4)",
    )
    .unwrap();
    assert_eq!(store.verify_audit(None).unwrap().fault, None);
    assert_eq!(
        store.verify_audit(Some(&head)).unwrap().fault,
        Some(AuditFault::Unexpected(5))
    );
    assert_eq!(store.verify_audit(Some(&earlier)).unwrap().fault, None);
}

/// The acts of the log, oldest first.
fn acts(store: &Store) -> Vec<String> {
    let line =
        |entry: StoredAudit| format!("{} {} {}", entry.actor, entry.act.as_str(), entry.subject);
    all(store).into_iter().rev().map(line).collect()
}

/// A plan that changes the title of the first employee.
fn held(ground: &Ground, title: &str) -> PlanId {
    let person = ground.person(1);
    let update = operation(
        OperationKind::Update,
        &person,
        vec![change(TITLE, "", title)],
    );
    ground.hold(&ground.operations(vec![update]))
}

#[test]
fn decisions_settings_and_secrets_are_recorded_without_their_values() {
    let ground = Ground::with(&["ann"]);
    let (store, workspace) = (&ground.store, ground.workspace.id);
    let before = all(store).len();
    let rejected = held(&ground, "Cook");
    store
        .reject_plan(workspace, &rejected, Some("token payroll"), at(1))
        .unwrap();
    let approved = held(&ground, "Chef");
    ground.approve(&approved, &Choice::All, 3).unwrap();
    let settings = SettingsChange {
        integration: "hr",
        expected: 0,
        form: 1,
        settings: Some("{\"canary\":1}"),
        managed_by: None,
        is_active: true,
        dropped_credentials: &[],
    };
    store
        .change_settings(workspace, &[settings], Some("eva (command line)"), at(2))
        .unwrap();
    store.unlock(Keyring::generate().unwrap()).unwrap();
    let secret = NewCredential {
        integration: "hr",
        name: "credentials.password",
        value: b"canary",
        expires: None,
    };
    store
        .set_credential(workspace, &secret, Some("eva (command line)"), at(3))
        .unwrap();
    for _ in 0..2 {
        store
            .remove_credential(workspace, "hr", "credentials.password", "schedule", at(4))
            .unwrap();
    }
    let new: Vec<String> = acts(store).split_off(before);
    let expected = [
        format!("token payroll plan_rejected plan {rejected}"),
        format!("plan_approved plan {approved}"),
        "eva (command line) settings_changed integration hr".to_owned(),
        "eva (command line) secret_set secret hr/credentials.password".to_owned(),
        "schedule secret_removed secret hr/credentials.password".to_owned(),
    ];
    let mut lines = new.iter();
    for act in &expected {
        assert!(
            lines.any(|line| line.ends_with(act.as_str())),
            "{act} in {new:#?}"
        );
    }
    let removed = new.iter().filter(|line| line.contains("secret_removed"));
    assert_eq!(removed.count(), 1, "the second time there is no secret");
    let log = format!("{:?}", all(store));
    for value in ["canary", "Cook", "Chef"] {
        assert!(!log.contains(value), "{value}");
    }
    assert_eq!(store.verify_audit(None).unwrap().fault, None);
}

/// W24, P49.
#[test]
fn connections_receivers_and_what_leaves_the_installation_are_recorded() {
    let ground = Ground::with(&["ann"]);
    let (store, workspace) = (&ground.store, ground.workspace.id);
    store.unlock(Keyring::generate().unwrap()).unwrap();
    let before = all(store).len();
    let ops = "ops (command line)";
    for print in ["SHA256:old", "SHA256:new"] {
        let accepted = store.accept_host_key(workspace, "ftp.acme.test", 22, print, ops, at(1));
        accepted.unwrap();
    }
    let webhook = NewWebhook {
        workspace,
        url: "https://canary.acme.test/token",
        allows_internal: false,
        departure_wait: 0,
        ca_certificate: None,
        secret: &[7; 32],
    };
    let webhook = store.add_webhook(&webhook, ops, at(1)).unwrap();
    for is_paused in [true, true, false] {
        let paused = store.pause_webhook(workspace, webhook, is_paused, ops, at(2));
        assert!(paused.unwrap());
    }
    for expected in [true, false] {
        let removed = store.remove_webhook(workspace, webhook, ops, at(3));
        assert_eq!(removed.unwrap(), expected);
    }
    let channel = NewChannel {
        workspace,
        kind: ChannelKind::Email,
        target: "canary@acme.test",
        has_digest: false,
        allows_internal: false,
        secret: None,
    };
    let channel = store.add_channel(&channel, ops, at(3)).unwrap();
    for expected in [true, false] {
        assert_eq!(store.remove_channel(channel, ops, at(4)).unwrap(), expected);
    }
    let server = MailServer {
        host: "mail.acme.test".to_owned(),
        port: 587,
        security: MailSecurity::Starttls,
        sender: "muster@acme.test".to_owned(),
        user: Some("muster".to_owned()),
        ca_certificate: None,
    };
    let set = store.set_mail_server(&server, Some(b"canary"), ops, at(5));
    set.unwrap();
    let run = RunId(1);
    store
        .record_delivery_download(workspace, run, ops, at(6))
        .unwrap();
    store
        .record_employees_download(workspace, 3, ops, at(6))
        .unwrap();
    store.record_restore(at(0), ops, at(7)).unwrap();
    let new: Vec<String> = acts(store).split_off(before);
    let expected = [
        "host_key_accepted host ftp.acme.test:22".to_owned(),
        "host_key_accepted host ftp.acme.test:22".to_owned(),
        format!("webhook_added webhook {webhook}"),
        format!("webhook_paused webhook {webhook}"),
        format!("webhook_resumed webhook {webhook}"),
        format!("webhook_removed webhook {webhook}"),
        format!("alert_channel_added alert channel {channel}"),
        format!("alert_channel_removed alert channel {channel}"),
        "mail_server_changed mail server mail.acme.test".to_owned(),
        "delivery_downloaded run 1".to_owned(),
        format!("employees_downloaded workspace {workspace}"),
        format!("database_restored backup {}", at(0)),
    ];
    assert_eq!(new, expected.map(|act| format!("{ops} {act}")));
    let fingerprint = |print: &str| Some(serde_json::json!({ "fingerprint": print }));
    let replaced = &all(store)[new.len() - 2];
    assert_eq!(
        (&replaced.before, &replaced.after),
        (&fingerprint("SHA256:old"), &fingerprint("SHA256:new"))
    );
    assert!(!format!("{:?}", all(store)).contains("canary"));
    assert_eq!(store.verify_audit(None).unwrap().fault, None);
}
