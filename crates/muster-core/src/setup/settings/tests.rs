//! Checked settings and their errors are data: what they look like as JSON.

#![allow(clippy::unwrap_used, reason = "a failing test ends with a panic")]

use super::*;
use crate::{
    model::field::Schema,
    setup::listing::{Catalogue, Listing, Preset, Setting},
};

const FORM_OF_HR: &[Setting] = &[
    Setting::text("client_id", "Client ID", "the id of the credential").required(),
    Setting::secret(
        "client_secret",
        "Client secret",
        "the secret of the credential",
    ),
    Setting::text("api", "API", "the version").one_of(&["v1", "v2"]),
];

fn catalogue() -> Catalogue {
    let defaults = from_json(
        r#"{"mapping":{"email":"mail","first_name":"first","last_name":"last"},"select":[{"column":"status","not_in":["left"]}]}"#,
    );
    Catalogue {
        presets: vec![Preset {
            name: "alleo".to_owned(),
            settings: from_json(r#"{"mapping":{"email":"E-mail"},"schedule":["02:45 UTC"]}"#)
                .unwrap(),
        }],
        transports: Vec::new(),
        systems: vec![Listing {
            id: "hr",
            title: "HR",
            section: "source",
            settings: FORM_OF_HR,
            help: "",
            selection: None,
            defaults: defaults.unwrap(),
        }],
    }
}

fn errors(text: &str) -> Vec<serde_json::Value> {
    let errors = check(&from_json(text).unwrap(), &catalogue()).unwrap_err();
    let json = errors.iter().map(serde_json::to_value);
    json.collect::<Result<_, _>>().unwrap()
}

#[test]
fn nobody_is_missing_from_a_delivery_of_changes() {
    let policy = |policy: &str| {
        let text = r#"{"workspace":"acme","name":"hr","source":{"url":"file:inbox","pattern":"*.csv"},
            "mapping":{"email":"E","first_name":"F","last_name":"L"},"policy":"#;
        check(
            &from_json(&format!("{text}{policy}}}")).unwrap(),
            &catalogue(),
        )
    };
    for missing in ["deactivate", "delete"] {
        let found = policy(&format!(
            r#"{{"coverage":"changes","missing":"{missing}"}}"#
        ))
        .unwrap_err();
        let found: Vec<_> = found.iter().map(|error| error.setting.as_str()).collect();
        assert_eq!(found, ["policy.missing"], "{missing}");
    }
    for allowed in [
        r#"{"coverage":"changes"}"#,
        r#"{"coverage":"changes","missing":"keep"}"#,
        r#"{"coverage":"everyone","missing":"deactivate"}"#,
    ] {
        assert!(policy(allowed).is_ok(), "{allowed}");
    }
}

#[test]
fn an_error_names_its_setting_its_code_and_its_arguments() {
    let found = errors(
        r#"{"workspace":"acme","name":"a b","source":{"url":"http://h.example/x.csv","settle":"soon"},
            "mapping":{"email":"E","first_name":"F","last_name":"L"},"guard":{"fill_from":101},
            "select":[{"column":"x","equals":"1","empty":true}]}"#,
    );
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for wanted in [
        r#"{"setting":"name","code":"not_a_name","value":"a b"}"#,
        r#"{"setting":"source.url","code":"not_a_url","kind":"http"}"#,
        r#"{"setting":"source.settle","code":"not_a_duration","value":"soon"}"#,
        r#"{"setting":"guard.fill_from","code":"not_a_percentage","value":101.0,"largest":100}"#,
        r#"{"setting":"select.x","code":"test_count","count":2}"#,
    ] {
        assert!(found.contains(&json(wanted)), "{wanted}: {found:#?}");
    }
    assert_eq!(found.len(), 5, "{found:#?}");
    let again: Vec<SettingError> = found
        .iter()
        .map(|error| serde_json::from_value(error.clone()).unwrap())
        .collect();
    assert_eq!(again[0].setting, "name");
}

#[test]
fn a_secret_that_is_written_into_settings_is_in_no_error() {
    let found = errors(
        r#"{"workspace":"acme","name":"hr","source":{"connector":"hr"},
            "source.connector":{"client_id":{"env":"X"},"client_secret":"canary","api":"canary"}}"#,
    );
    let text = serde_json::to_string(&found).unwrap();
    assert!(!text.contains("canary"), "{text}");
    let codes: Vec<_> = found.iter().map(|error| error["code"].clone()).collect();
    assert_eq!(codes, ["not_a_choice", "not_secret", "inline_secret"]);
}

#[test]
fn an_unknown_preset_is_the_only_error_about_what_it_would_have_mapped() {
    let found = errors(
        r#"{"workspace":"acme","name":"hr","preset":"aleo","source":{"url":"file:/in"},"mapping":{"shirt":"Shirt"}}"#,
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], "unknown_preset");
}

#[test]
fn checked_settings_are_the_same_after_a_round_through_json() {
    for text in [
        r#"{"workspace":"acme","name":"files","preset":"alleo","source":{"url":"sftp://h.example:2222/in","after":{"archive":"done"}},
            "credentials":{"user":"ann","password":{"stored":true},"private_key":{"command":"pass key"}},
            "mapping":{"first_name":"F","last_name":"L","birthday":{"column":"B","format":"DD-MM-YYYY"}},
            "company":[{"id":"NL","valid_to":"2026-04-30"}]}"#,
        r#"{"workspace":{"name":"acme","retention":{"history":"forever"}},"name":"people","source":{"connector":"hr","limits":{"whole":"1min"}},
            "source.connector":{"client_id":"id","client_secret":{"env":"SECRET"}}}"#,
    ] {
        let checked = check(&from_json(text).unwrap(), &catalogue()).unwrap();
        let json = serde_json::to_string(&checked).unwrap();
        let again: IntegrationSettings = serde_json::from_str(&json).unwrap();
        assert_eq!(again, checked);
        assert_eq!(serde_json::to_string(&again).unwrap(), json);
    }
}

#[test]
fn rules_of_a_connector_stay_in_force_and_every_secret_is_known_by_its_setting() {
    let text = r#"{"workspace":"acme","name":"people","source":{"connector":"hr","limits":{"whole":"1min"}},
        "source.connector":{"client_id":"id","client_secret":{"stored":true}},
        "select":[{"column":"alleo","is":true}]}"#;
    let checked = check(&from_json(text).unwrap(), &catalogue()).unwrap();
    let rules = checked.rules(&Schema::new([]));
    let columns: Vec<_> = rules.selection.iter().map(|rule| &rule.column).collect();
    assert_eq!(columns, ["status", "alleo"]);
    assert_eq!(
        checked.secrets(),
        [("source.client_secret".to_owned(), &SecretReference::Stored)]
    );
    assert_eq!(checked.system().unwrap().limits.whole.as_secs(), 60);
}

fn answered(pairs: &[(&str, &str)]) -> Answers {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn answers_of_a_form_become_settings_and_are_shown_again_without_the_secret() {
    let catalogue = catalogue();
    let form = &catalogue.systems[0];
    let sent = answered(&[
        ("source.client_id", " papi-1 "),
        ("source.client_secret", "hunter2"),
        ("source.api", ""),
    ]);
    let filled = fill_in(&RawSettings::default(), form, &sent).unwrap();
    let json = to_json(&filled).to_string();
    assert_eq!(
        json,
        r#"{"source.connector":{"client_id":"papi-1","client_secret":{"stored":true}}}"#
    );
    assert_eq!(
        answers(&filled, form),
        answered(&[("source.client_id", "papi-1")])
    );
    let emptied = fill_in(&filled, form, &answered(&[("source.client_id", "")])).unwrap();
    assert!(!emptied.answers.contains_key("client_id"));
    assert!(emptied.answers.contains_key("client_secret"));
}

#[test]
fn answers_about_files_have_the_types_of_their_settings() {
    let transports = crate::setup::listing::file_transports();
    let sftp = transports.iter().find(|one| one.id == "sftp").unwrap();
    let sent = answered(&[
        ("source.url", "sftp://sftp.acme.example/out"),
        ("source.header", "false"),
        ("source.delimiter", ";"),
        ("source.encoding", "utf-8"),
        ("source.after", "leave"),
        ("source.after.archive", "done"),
        ("credentials.user", "muster"),
        ("credentials.password", "hunter2"),
    ]);
    let filled = fill_in(&RawSettings::default(), sftp, &sent).unwrap();
    assert_eq!(filled.source.header, Some(false));
    assert_eq!(filled.source.encoding, None, "it is the default");
    assert_eq!(
        filled.source.after.as_ref().unwrap().0.archive.as_deref(),
        Some("done")
    );
    assert!(!to_json(&filled).to_string().contains("hunter2"));
    let again = answers(&filled, sftp);
    assert_eq!(again["source.after.archive"], "done");
    assert_eq!(again["source.header"], "false");
    let left = answered(&[("source.after.archive", ""), ("source.after", "delete")]);
    let left = fill_in(&filled, sftp, &left).unwrap();
    assert_eq!(left.source.after.unwrap().0.word.as_deref(), Some("delete"));
}

#[test]
fn settings_from_elsewhere_that_reach_into_this_machine_are_refused_at_each_place() {
    let places = |json: &str| -> Vec<String> {
        let found = check_remote(&from_json(json).unwrap());
        found.into_iter().map(|problem| problem.setting).collect()
    };
    for url in [
        "file:/etc",
        "FILE:///etc/shadow",
        " file:x",
        "https://h.example/a.csv?token=x",
    ] {
        let json = serde_json::json!({ "source": { "url": url } }).to_string();
        assert_eq!(places(&json), ["source.url"], "{url}");
    }
    for secret in [
        r#"{"env":"PATH"}"#,
        r#"{"file":"/etc/shadow"}"#,
        r#"{"command":"id"}"#,
    ] {
        for key in ["password", "private_key", "passphrase"] {
            let json = format!(r#"{{"credentials":{{"{key}":{secret}}}}}"#);
            assert_eq!(places(&json), [format!("credentials.{key}")], "{json}");
        }
        let json = format!(r#"{{"source.connector":{{"client_secret":{secret}}}}}"#);
        assert_eq!(places(&json), ["source.client_secret"]);
    }
    assert_eq!(
        places(r#"{"source":{"url":"ftps://h.example","ca_certificate":"/etc/x.pem"}}"#),
        ["source.ca_certificate"]
    );
    let good = r#"{"source":{"url":"sftp://h.example/out"},"credentials":{"user":"u","password":{"stored":true}}}"#;
    assert_eq!(places(good), [""; 0]);
}
