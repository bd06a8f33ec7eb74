//! Settings of a workspace that several integrations share, and the history of the settings of one.

use crate::ground::{Ground, PLAIN};
use muster_core::{
    model::workspace::WorkspaceSettings,
    privacy::{archived_part::ArchivedContent, retention::Keep},
};
use muster_store::{Options, SettingsChange, Store};
use serde_json::json;
use std::fs;

const PEOPLE: &str = "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\n";

/// Writes an integration file into the folder `conf`.
fn file(ground: &Ground, name: &str, workspace: &str) {
    fs::create_dir_all(ground.path("conf")).unwrap();
    let text = PLAIN
        .replace(
            "{ name = \"acme\" }",
            &format!("{{ name = \"acme\"{workspace} }}"),
        )
        .replace("name = \"people\"", &format!("name = \"{name}\""))
        .replace("file:inbox", "file:../inbox");
    fs::write(ground.path("conf").join(format!("{name}.toml")), text).unwrap();
}

fn settings(ground: &Ground) -> WorkspaceSettings {
    let store = Store::open(ground.database(), Options::default()).unwrap();
    store.workspace("acme").unwrap().unwrap().settings
}

/// The currency and the time zone of the workspace.
fn workspace(ground: &Ground) -> (String, String) {
    let settings = settings(ground);
    (settings.currency, settings.time_zone)
}

/// A file that is run by itself.
fn file_alone(ground: &Ground, name: &str, workspace: &str) -> String {
    let text = PLAIN
        .replace(
            "{ name = \"acme\" }",
            &format!("{{ name = \"acme\"{workspace} }}"),
        )
        .replace("name = \"people\"", &format!("name = \"{name}\""));
    let path = ground.path(&format!("{name}.toml"));
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// Stores the settings of an integration as the pages do: no file manages them, and they say nothing about the workspace.
fn set_up_in_the_browser(ground: &Ground, name: &str) {
    let store = Store::open(ground.database(), Options::default()).unwrap();
    let workspace = store.workspace("acme").unwrap().unwrap();
    let text = json!({
        "workspace": "acme",
        "name": name,
        "source": { "url": format!("file:{}", ground.path("inbox").display()), "pattern": "*.csv", "settle": "0s" },
        "policy": { "approve": "never" },
        "mapping": { "external_id": "id", "email": "mail", "first_name": "first", "last_name": "last" },
    })
    .to_string();
    let change = SettingsChange {
        integration: name,
        expected: 0,
        form: muster_core::setup::settings::FORM,
        settings: Some(&text),
        managed_by: None,
        is_active: true,
        dropped_credentials: &[],
    };
    let now = "2026-05-04T02:45:00Z".parse().unwrap();
    store
        .change_settings(workspace.id, &[change], Some("eva"), now)
        .unwrap();
}

#[test]
fn setting_of_one_integration_stays_when_another_one_runs() {
    let ground = Ground::new("");
    file(&ground, "people", ", time_zone = \"Europe/Amsterdam\"");
    file(&ground, "sales", ", currency = \"DKK\"");
    let applied = ground.run(&["apply", "conf"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
    let both = ("DKK".to_owned(), "Europe/Amsterdam".to_owned());
    assert_eq!(workspace(&ground), both);
    ground.deliver("a.csv", PEOPLE);
    for name in ["people", "sales", "people"] {
        ground.run(&["sync", name]);
        assert_eq!(workspace(&ground), both, "after {name}");
    }
    // A file that is not stored does not change it either.
    fs::write(
        ground.path("integration.toml"),
        PLAIN.replace("name = \"people\"", "name = \"other\""),
    )
    .unwrap();
    ground.sync();
    assert_eq!(workspace(&ground), both);
}

#[test]
fn integrations_that_set_a_workspace_differently_are_refused() {
    let ground = Ground::new("");
    file(&ground, "people", ", time_zone = \"Europe/Amsterdam\"");
    file(&ground, "sales", ", time_zone = \"Europe/Oslo\"");
    for command in [&["apply", "conf", "--plan"][..], &["apply", "conf"]] {
        let refused = ground.run(command);
        assert_eq!(refused.code, 2, "{}", refused.text);
        refused
            .says("`people`")
            .says("`sales`")
            .says("workspace.time_zone")
            .says("Europe/Oslo");
    }
    // Equal values are no contradiction, and a value can be changed in all files together.
    for zone in ["Europe/Amsterdam", "Europe/Oslo"] {
        let setting = format!(", time_zone = \"{zone}\"");
        file(&ground, "people", &setting);
        file(&ground, "sales", &setting);
        let applied = ground.run(&["apply", "conf"]);
        assert_eq!(applied.code, 0, "{}", applied.text);
        assert_eq!(workspace(&ground).1, zone);
    }
    // Neither does a file that is run by itself replace what is stored.
    let other = PLAIN
        .replace(
            "{ name = \"acme\" }",
            "{ name = \"acme\", time_zone = \"Asia/Tokyo\" }",
        )
        .replace("name = \"people\"", "name = \"other\"");
    fs::write(ground.path("integration.toml"), other).unwrap();
    let refused = ground.sync();
    assert_eq!(refused.code, 2, "{}", refused.text);
    refused.says("Asia/Tokyo");
    assert_eq!(workspace(&ground).1, "Europe/Oslo");
}

const ALL: &str = ", time_zone = \"Europe/Amsterdam\", currency = \"DKK\", deliveries = \"everything\", \
                   retention = { problems = \"7 days\" }";

/// What [`ALL`] sets.
fn has_all(settings: &WorkspaceSettings) -> bool {
    let retention = &settings.retention;
    settings.time_zone == "Europe/Amsterdam"
        && settings.currency == "DKK"
        && retention.content == ArchivedContent::Everything
        && retention.problems == Keep::Days(7)
}

#[test]
fn plan_of_an_integration_from_the_browser_leaves_what_a_file_sets() {
    let ground = Ground::new("");
    ground.deliver("a.csv", PEOPLE);
    let people = file_alone(&ground, "people", ALL);
    ground.run(&["sync", &people]).is(0, "applied");
    assert!(has_all(&settings(&ground)));
    set_up_in_the_browser(&ground, "hr");
    for command in ["plan", "sync", "plan"] {
        let done = ground.run(&[command, "hr"]);
        assert_eq!(done.json["status"], "nothing_to_do", "{}", done.text);
        assert!(has_all(&settings(&ground)), "after {command}");
    }
    // The file is stored with what it says, and the other integration still says nothing.
    fs::create_dir_all(ground.path("conf")).unwrap();
    file(&ground, "people", ALL);
    assert_eq!(ground.run(&["apply", "conf"]).code, 0);
    assert!(has_all(&settings(&ground)));
    let again = ground.run(&["apply", "conf"]);
    assert_eq!(again.json["status"], "nothing_to_do", "{}", again.text);
    ground.run(&["plan", "hr"]);
    assert!(has_all(&settings(&ground)));

    // A setting that is no longer in its file has its default, whoever runs next.
    file(&ground, "people", ", currency = \"DKK\"");
    assert_eq!(ground.run(&["apply", "conf"]).code, 0);
    ground.run(&["plan", "hr"]);
    let now = settings(&ground);
    assert_eq!(
        (now.time_zone.as_str(), now.currency.as_str()),
        ("UTC", "DKK")
    );
    assert_eq!(now.retention, Default::default());
    // Neither does an integration that is removed set anything.
    fs::remove_file(ground.path("conf/people.toml")).unwrap();
    file(&ground, "sales", "");
    assert_eq!(ground.run(&["apply", "conf"]).code, 0);
    assert_eq!(workspace(&ground).0, "EUR");
}

#[test]
fn files_that_run_by_themselves_and_set_a_workspace_differently_are_refused() {
    let ground = Ground::new("");
    ground.deliver("a.csv", PEOPLE);
    let zone = |zone: &str| format!(", time_zone = \"{zone}\"");
    let people = file_alone(&ground, "people", &zone("Europe/Amsterdam"));
    ground.run(&["sync", &people]).is(0, "applied");
    let sales = file_alone(&ground, "sales", &zone("Europe/Oslo"));
    let refused = ground.run(&["sync", &sales]);
    assert_eq!(refused.code, 2, "{}", refused.text);
    refused
        .says("workspace.time_zone")
        .says("Europe/Oslo")
        .says("`people`");
    assert_eq!(workspace(&ground).1, "Europe/Amsterdam");
    // The same value, or none, is no contradiction.
    for text in [zone("Europe/Amsterdam"), String::new()] {
        let sales = file_alone(&ground, "sales", &text);
        let agrees = ground.run(&["sync", &sales]);
        assert_eq!(agrees.json["status"], "nothing_to_do", "{}", agrees.text);
        assert_eq!(workspace(&ground).1, "Europe/Amsterdam");
    }
    // The file that set it can change it, and can leave it to the other.
    file_alone(&ground, "people", &zone("Europe/Paris"));
    ground.run(&["sync", &people]);
    assert_eq!(workspace(&ground).1, "Europe/Paris");
    file_alone(&ground, "people", "");
    ground.run(&["sync", &people]);
    assert_eq!(workspace(&ground).1, "UTC");
    file_alone(&ground, "sales", &zone("Europe/Oslo"));
    ground.run(&["sync", &sales]);
    assert_eq!(workspace(&ground).1, "Europe/Oslo");
    // A folder of files says what is right, also if the file that set it is gone.
    file(&ground, "people", &zone("Asia/Tokyo"));
    let applied = ground.run(&["apply", "conf"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
    assert_eq!(workspace(&ground).1, "Asia/Tokyo");
}

#[test]
fn history_of_settings_has_every_version_with_its_author_and_difference() {
    let mut ground = Ground::new("");
    file(&ground, "people", "");
    file(&ground, "sales", "");
    assert_eq!(ground.run(&["apply", "conf"]).code, 0);
    ground.at("2026-05-05T09:00:00Z");
    let path = ground.path("conf/people.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        text.replace("last_name = \"last\"", "last_name = \"surname\""),
    )
    .unwrap();
    assert_eq!(ground.run(&["apply", "conf"]).code, 0);
    ground.at("2026-05-06T09:00:00Z");
    fs::remove_file(&path).unwrap();
    assert_eq!(ground.run(&["apply", "conf"]).code, 0);

    let history = ground.run(&["integration", "history", "people"]);
    assert_eq!(history.code, 0, "{}", history.text);
    let versions = history.json.as_array().unwrap();
    assert_eq!(versions.len(), 3, "{}", history.text);
    assert_eq!(versions[0]["is_removed"], true);
    assert_eq!(
        versions[1]["differences"],
        json!([{ "setting": "mapping.last_name", "old": "last", "new": "surname", "hidden": false }])
    );
    assert_eq!(versions[1]["changed"], "2026-05-05T09:00:00Z");
    assert_eq!(versions[1]["file"], "people.toml");
    assert_eq!(versions[1]["by"], "eva (command line)");
    assert!(versions[2]["differences"].as_array().unwrap().len() > 5);
    let text = ground.output(&["integration", "history", "people"]).stdout;
    let text = String::from_utf8(text).unwrap();
    for wanted in [
        "version 3, ",
        ", removed",
        "~ mapping.last_name: \"last\" -> \"surname\"",
        " by eva (command line), managed by people.toml",
    ] {
        assert!(text.contains(wanted), "no `{wanted}` in {text}");
    }
    let none = ground.run(&["integration", "history", "nobody"]);
    assert_eq!(none.code, 2, "{}", none.text);
}
