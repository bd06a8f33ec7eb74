//! Settings of a workspace that several integrations share, and the history of the settings of one.

use crate::ground::{Ground, PLAIN};
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

/// The currency and the time zone of the workspace.
fn workspace(ground: &Ground) -> (String, String) {
    let url = format!("sqlite:{}", ground.path("muster.db").display());
    let store = muster_store::Store::open(&url, muster_store::Options::default()).unwrap();
    let settings = store.workspace("acme").unwrap().unwrap().settings;
    (settings.currency, settings.time_zone)
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
