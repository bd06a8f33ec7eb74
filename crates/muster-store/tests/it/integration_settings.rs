//! Settings of integrations with their history, and the credentials that belong to them.

use crate::ground::{Ground, at};
use muster_core::model::ids::WorkspaceId;
use muster_store::{
    Keyring, ManualEdit, NewCredential, Options, SettingsChange, Store, StoreError,
};

fn change<'a>(
    integration: &'a str,
    expected: i64,
    settings: Option<&'a str>,
) -> SettingsChange<'a> {
    SettingsChange {
        integration,
        expected,
        form: 1,
        settings,
        managed_by: Some("acme.toml"),
        is_active: true,
        dropped_credentials: &[],
    }
}

fn put(ground: &Ground, changes: &[SettingsChange<'_>], hour: i64) -> Result<(), StoreError> {
    let workspace = ground.workspace.id;
    ground
        .store
        .change_settings(workspace, changes, Some("Eva"), at(hour))
}

fn set(ground: &Ground, integration: &str, value: &str) {
    let new = NewCredential {
        integration,
        name: "credentials.password",
        value: value.as_bytes(),
        expires: None,
    };
    let workspace = ground.workspace.id;
    ground
        .store
        .set_credential(workspace, &new, Some("Eva"), at(1))
        .unwrap();
}

fn password(ground: &Ground, integration: &str) -> Option<String> {
    let workspace = ground.workspace.id;
    let value = ground
        .store
        .credential(workspace, integration, "credentials.password")
        .unwrap()?;
    Some(String::from_utf8(value.to_vec()).unwrap())
}

#[test]
fn settings_of_one_workspace_are_listed_by_name_and_those_of_another_are_not() {
    let ground = Ground::new();
    put(
        &ground,
        &[
            change("b", 0, Some("{\"b\":1}")),
            change("a", 0, Some("{\"a\":1}")),
        ],
        1,
    )
    .unwrap();
    let found = ground
        .store
        .integration_settings(ground.workspace.id)
        .unwrap();
    let rows: Vec<_> = found
        .iter()
        .map(|row| (row.integration.as_str(), row.version, row.settings.as_str()))
        .collect();
    assert_eq!(rows, [("a", 1, "{\"a\":1}"), ("b", 1, "{\"b\":1}")]);
    assert_eq!(
        (
            found[0].managed_by.as_deref(),
            found[0].changed_by.as_deref(),
            found[0].changed_at
        ),
        (Some("acme.toml"), Some("Eva"), at(1))
    );
    let other = WorkspaceId(ground.workspace.id.0 + 1);
    assert!(ground.store.integration_settings(other).unwrap().is_empty());
    assert!(ground.store.settings_of(other, "a").unwrap().is_none());
}

#[test]
fn settings_keep_every_version_with_its_author_and_removal_is_one() {
    let ground = Ground::new();
    put(&ground, &[change("a", 0, Some("{}"))], 1).unwrap();
    put(&ground, &[change("a", 1, Some("{\"x\":1}"))], 2).unwrap();
    put(&ground, &[change("a", 2, None)], 3).unwrap();
    let workspace = ground.workspace.id;
    assert!(ground.store.settings_of(workspace, "a").unwrap().is_none());
    put(&ground, &[change("a", 0, Some("{\"y\":1}"))], 4).unwrap();
    let history = ground.store.settings_history(workspace, "a").unwrap();
    let rows: Vec<_> = history
        .iter()
        .map(|row| (row.version, row.settings.as_deref(), row.changed_at))
        .collect();
    assert_eq!(
        rows,
        [
            (4, Some("{\"y\":1}"), at(4)),
            (3, None, at(3)),
            (2, Some("{\"x\":1}"), at(2)),
            (1, Some("{}"), at(1)),
        ]
    );
    assert!(
        history
            .iter()
            .all(|row| row.changed_by.as_deref() == Some("Eva"))
    );
}

#[test]
fn settings_that_changed_since_they_were_compared_refuse_the_whole_change() {
    let ground = Ground::new();
    put(&ground, &[change("a", 0, Some("{}"))], 1).unwrap();
    for expected in [0, 2] {
        let changes = [
            change("new", 0, Some("{}")),
            change("a", expected, Some("{\"x\":1}")),
        ];
        let error = put(&ground, &changes, 2).unwrap_err();
        assert!(
            matches!(&error, StoreError::SettingsMoved { integration, found: 1, .. } if integration == "a"),
            "{error}"
        );
    }
    let left = ground
        .store
        .integration_settings(ground.workspace.id)
        .unwrap();
    assert_eq!((left.len(), left[0].settings.as_str()), (1, "{}"));
}

#[test]
fn settings_that_a_file_manages_are_changed_by_a_file_only() {
    let ground = Ground::new();
    put(&ground, &[change("a", 0, Some("{}"))], 1).unwrap();
    let elsewhere = SettingsChange {
        managed_by: None,
        ..change("a", 1, Some("{\"x\":1}"))
    };
    let error = put(&ground, &[elsewhere], 2).unwrap_err();
    assert!(
        matches!(&error, StoreError::SettingsManaged { file, .. } if file == "acme.toml"),
        "{error}"
    );
    let renamed = SettingsChange {
        managed_by: Some("other.toml"),
        ..elsewhere
    };
    put(&ground, &[renamed], 3).unwrap();
    let free = SettingsChange {
        managed_by: None,
        ..change("free", 0, Some("{}"))
    };
    put(&ground, &[free], 4).unwrap();
    let changed = SettingsChange {
        expected: 1,
        ..free
    };
    put(&ground, &[changed], 5).unwrap();
}

#[test]
fn dropped_credentials_go_with_the_change_and_all_of_them_with_the_integration() {
    let ground = Ground::new();
    put(
        &ground,
        &[change("a", 0, Some("{}")), change("b", 0, Some("{}"))],
        1,
    )
    .unwrap();
    set(&ground, "a", "one");
    set(&ground, "b", "two");
    let names = ["credentials.password".to_owned()];
    let dropping = SettingsChange {
        dropped_credentials: &names,
        ..change("a", 1, Some("{\"host\":2}"))
    };
    put(&ground, &[dropping], 2).unwrap();
    assert_eq!(
        (password(&ground, "a"), password(&ground, "b").as_deref()),
        (None, Some("two"))
    );
    put(&ground, &[change("b", 1, None)], 3).unwrap();
    assert_eq!(password(&ground, "b"), None);
}

/// P31.
#[test]
fn a_credential_is_read_back_only_by_its_integration_and_its_list_has_no_value() {
    let ground = Ground::new();
    set(&ground, "a", "first");
    set(&ground, "a", "hunter2-canary");
    assert_eq!(password(&ground, "a").as_deref(), Some("hunter2-canary"));
    assert_eq!(password(&ground, "b"), None);
    let listed = ground.store.credentials(ground.workspace.id).unwrap();
    assert_eq!(
        (listed.len(), listed[0].version, listed[0].set_at),
        (1, 2, at(1))
    );
    assert_eq!(
        listed[0].key_id,
        ground.store.wanted_keys().unwrap()[0],
        "the key that it needs"
    );
    assert!(!format!("{listed:?}").contains("canary"));
}

#[test]
fn p32_p33_a_credential_is_encrypted_in_the_file_moves_nowhere_and_rotates_with_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.db");
    let url = format!("sqlite:{}", path.display());
    let old = Keyring::generate().unwrap();
    let store = Store::open(&url, Options::default()).unwrap();
    store.unlock(old.clone()).unwrap();
    let ground = Ground::on(store);
    set(&ground, "a", "hunter2-canary");
    let raw = |sql: &str| {
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch(sql).unwrap();
    };
    // What is encrypted for one place cannot be put in another: not another integration, name or version.
    for (moved, back) in [
        ("integration = 'b'", "integration = 'a'"),
        (
            "name = 'credentials.private_key'",
            "name = 'credentials.password'",
        ),
        ("version = 7", "version = 1"),
    ] {
        raw(&format!("UPDATE credential SET {moved}"));
        let workspace = ground.workspace.id;
        let listed = ground.store.credentials(workspace).unwrap().remove(0);
        let error = ground
            .store
            .credential(workspace, &listed.integration, &listed.name)
            .unwrap_err();
        assert!(
            matches!(error, StoreError::Undecryptable { .. }),
            "{moved}: {error}"
        );
        raw(&format!("UPDATE credential SET {back}"));
    }
    let workspace = ground.workspace.id;
    drop(ground);
    let new = Keyring::generate().unwrap();
    let store = Store::open(&url, Options::default()).unwrap();
    let wrong = store.unlock(new.clone()).unwrap_err().to_string();
    assert!(wrong.contains(old.id()), "{wrong}");
    store.unlock(old.encrypting_with(&new)).unwrap();
    let done = ManualEdit {
        actor: None,
        note: None,
        process: 1,
        now: at(3),
    };
    assert_eq!(store.rotate(&done).unwrap().credentials, 1);
    drop(store);
    let store = Store::open(&url, Options::default()).unwrap();
    store.unlock(new.clone()).unwrap();
    let value = store
        .credential(workspace, "a", "credentials.password")
        .unwrap()
        .unwrap();
    assert_eq!(value.as_slice(), b"hunter2-canary");
    assert_eq!(store.credentials(workspace).unwrap()[0].key_id, new.id());
    let log = std::fs::read(folder.path().join("d.db-wal")).unwrap_or_default();
    let bytes = [std::fs::read(&path).unwrap(), log].concat();
    assert!(!bytes.windows(6).any(|window| window == b"canary"));
}
