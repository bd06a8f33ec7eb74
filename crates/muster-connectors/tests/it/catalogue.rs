//! What every connector of the catalogue keeps to: its parts are there, no secret shows, wrong credentials are
//! "unauthorised", and the default mapping reads all employees from its emulator.
//!
//! A connector that is added is covered by being in the catalogue.

use crate::session::{Ground, described_error};
use muster_connectors::{
    catalogue::{CATALOGUE, Listing},
    connector::{Connector, ErrorKind, Settings, Wanted},
};
use muster_core::model::field::{Schema, budget_key};
use muster_testkit::emulator::{Emulator, Options, Product};
use std::{
    fs,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

const MARK: &str = "marked-S3cret+value/of=a-form";

fn source(id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/systems")
        .join(id)
}

fn mapping(listing: &Listing) -> Table {
    listing
        .mapping
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", listing.id))
}

/// The columns that a mapping's entry reads.
fn columns(entry: &Value) -> Vec<String> {
    let texts = |value: &Value| match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    };
    match entry {
        Value::Table(table) => ["column", "first_of", "join"]
            .iter()
            .filter_map(|key| table.get(*key))
            .flat_map(texts)
            .collect(),
        plain => texts(plain),
    }
}

fn rules(table: &Table) -> Vec<String> {
    let rules = table
        .get("select")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    rules
        .iter()
        .filter_map(|rule| rule.get("column")?.as_str().map(str::to_owned))
        .collect()
}

/// What the default mapping wants, all of it deciding.
fn wanted(listing: &Listing) -> Wanted {
    let table = mapping(listing);
    let groups: Vec<Vec<String>> = table["mapping"]
        .as_table()
        .unwrap()
        .values()
        .map(columns)
        .collect();
    let mut wanted = Wanted {
        deciding: groups.clone(),
        ..Wanted::default()
    };
    for column in groups.into_iter().flatten().chain(rules(&table)) {
        if !wanted.columns.contains(&column) {
            wanted.columns.push(column);
        }
    }
    wanted
}

fn emulator(listing: &Listing) -> Emulator {
    let options = Options {
        people: Some(30),
        speed: 500.0,
        ..Options::default()
    };
    Emulator::start(listing.id.parse::<Product>().unwrap(), &options).unwrap()
}

/// A connector to an emulator; `secret` gives the secrets.
fn connector(
    listing: &Listing,
    emulator: &Emulator,
    secret: impl Fn(&str) -> String,
) -> Box<dyn Connector> {
    let mut settings = Settings::default();
    for setting in listing.settings {
        let known = emulator.credential(setting.key);
        if setting.is_secret() {
            let value = secret(setting.key);
            if setting.is_required || !value.is_empty() {
                settings = settings.with_secret(setting.key, value.into());
            }
        } else if setting.key == "base_url" {
            settings = settings.with(setting.key, &emulator.url());
        } else if !known.is_empty() {
            settings = settings.with(setting.key, &known);
        }
    }
    (listing.open)(&settings).unwrap()
}

#[test]
fn every_folder_is_in_the_catalogue_and_every_connector_has_its_parts() {
    let folders = fs::read_dir(source(""))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    for folder in folders.filter(|path| path.join("mapping.toml").exists()) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert!(
            CATALOGUE.iter().any(|listing| listing.id == name),
            "{name} is not in the catalogue"
        );
    }
    for listing in CATALOGUE {
        let folder = source(listing.id);
        for part in ["mod.rs", "wire.rs", "tests.rs", "mapping.toml", "README.md"] {
            assert!(folder.join(part).is_file(), "{} has no {part}", listing.id);
        }
        assert!(
            fs::read_dir(folder.join("fixtures")).unwrap().count() > 0,
            "{} has no fixtures",
            listing.id
        );
        assert_eq!(
            listing.help,
            fs::read_to_string(folder.join("README.md")).unwrap()
        );
        assert_eq!(
            listing.mapping,
            fs::read_to_string(folder.join("mapping.toml")).unwrap()
        );
    }
}

#[test]
fn the_help_says_how_the_credentials_are_made_what_is_read_and_what_the_limits_are() {
    for listing in CATALOGUE {
        for heading in [
            "Credentials",
            "What is read",
            "Selecting people",
            "Budgets",
            "Limits",
        ] {
            assert!(
                listing.help.contains(&format!("\n## {heading}\n")),
                "{}: no `{heading}`",
                listing.id
            );
        }
        for setting in listing.settings {
            assert!(
                listing.help.contains(&format!("`{}`", setting.key)),
                "{}: no `{}`",
                listing.id,
                setting.key
            );
        }
        for column in wanted(listing).columns {
            assert!(
                listing.help.contains(&format!("`{column}`")),
                "{}: no `{column}`",
                listing.id
            );
        }
    }
}

/// The integration files in a connector's help.
fn examples(listing: &Listing) -> Vec<Table> {
    let blocks = listing
        .help
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    let files = blocks.map(|block| {
        block
            .parse::<Table>()
            .unwrap_or_else(|error| panic!("{}: {error}", listing.id))
    });
    files.filter(|file| file.contains_key("source")).collect()
}

#[test]
fn integration_files_in_the_help_have_the_settings_of_the_form_and_secrets_by_reference() {
    for listing in CATALOGUE {
        for file in examples(listing) {
            let source = file["source"].as_table().unwrap();
            assert_eq!(source["connector"].as_str(), Some(listing.id));
            for (key, value) in source.iter().filter(|(key, _)| *key != "connector") {
                let setting = listing.settings.iter().find(|setting| setting.key == key);
                let setting =
                    setting.unwrap_or_else(|| panic!("{}: there is no `{key}`", listing.id));
                let is_reference = value.get("env").is_some() || value.get("file").is_some();
                assert_eq!(is_reference, setting.is_secret(), "{}: {key}", listing.id);
            }
            for setting in listing
                .settings
                .iter()
                .filter(|setting| setting.is_required && setting.choices.is_empty())
            {
                assert!(
                    source.contains_key(setting.key),
                    "{}: no `{}`",
                    listing.id,
                    setting.key
                );
            }
        }
    }
    assert!(
        CATALOGUE
            .iter()
            .any(|listing| !examples(listing).is_empty()),
        "no help has an integration file"
    );
}

#[test]
fn the_default_mapping_is_of_fields_that_exist() {
    let schema = Schema::new([]);
    for listing in CATALOGUE {
        let table = mapping(listing);
        for (field, entry) in table["mapping"].as_table().unwrap() {
            assert!(
                schema.find(field).is_some() || budget_key(field).is_some(),
                "{}: {field}",
                listing.id
            );
            assert!(!columns(entry).is_empty(), "{}: {field}", listing.id);
        }
        let is_mapped = |field: &str| table["mapping"].get(field).is_some();
        for field in [
            "external_id",
            "email",
            "first_name",
            "last_name",
            "birthday",
        ] {
            assert!(is_mapped(field), "{}: {field} is not mapped", listing.id);
        }
        let has_dates = is_mapped("onboarding_date") && is_mapped("offboarding_date");
        assert!(
            has_dates || is_mapped("employments"),
            "{}: nothing says who comes and leaves",
            listing.id
        );
        assert_eq!(table["policy"]["missing"].as_str(), Some("deactivate"));
    }
}

#[test]
fn forms_have_one_question_of_a_kind_and_no_secret_in_the_clear() {
    for listing in CATALOGUE {
        for (position, setting) in listing.settings.iter().enumerate() {
            assert!(
                listing.settings[..position]
                    .iter()
                    .all(|other| other.key != setting.key),
                "{}",
                setting.key
            );
            assert!(
                !setting.label.is_empty() && !setting.help.is_empty(),
                "{}",
                setting.key
            );
            let sounds_secret = ["secret", "api_key", "private_key", "passphrase", "password"]
                .contains(&setting.key);
            assert!(
                setting.is_secret() || !(sounds_secret || setting.key.ends_with("_secret")),
                "{}",
                setting.key
            );
            assert!(setting.default.is_none_or(
                |default| setting.choices.is_empty() || setting.choices.contains(&default)
            ));
        }
    }
}

#[test]
fn no_secret_shows() {
    for listing in CATALOGUE {
        let mut settings = Settings::default();
        for setting in listing.settings {
            settings = match (
                setting.is_secret(),
                setting.default,
                setting.choices.first(),
            ) {
                (true, ..) => settings.with_secret(setting.key, MARK.to_owned().into()),
                (false, Some(_), _) => settings,
                (false, None, Some(choice)) => settings.with(setting.key, choice),
                (false, None, None) => settings.with(setting.key, "example"),
            };
        }
        let text = match (listing.open)(&settings) {
            Ok(connector) => format!("{connector:?} {connector:#?} {settings:?}"),
            Err(error) => format!("{error} {error:?} {settings:?}"),
        };
        assert!(!text.contains("S3cret"), "{}: {text}", listing.id);
    }
}

#[test]
fn settings_that_are_missing_unknown_or_in_the_clear_are_reported() {
    for listing in CATALOGUE {
        let required = listing
            .settings
            .iter()
            .find(|setting| setting.is_required)
            .unwrap();
        let error = (listing.open)(&Settings::default()).unwrap_err();
        assert!(
            error.kind == ErrorKind::Configuration
                && described_error(&error).contains(required.key),
            "{error}"
        );
        let error = (listing.open)(&Settings::default().with("no_such_setting", "x")).unwrap_err();
        assert!(
            error.kind == ErrorKind::Configuration
                && described_error(&error).contains(required.key),
            "{error}"
        );
        let secret = listing
            .settings
            .iter()
            .find(|setting| setting.is_secret())
            .unwrap();
        let error = (listing.open)(&Settings::default().with(secret.key, MARK)).unwrap_err();
        assert!(
            described_error(&error).contains(secret.key)
                && !format!("{error:?}").contains("S3cret"),
            "{error}"
        );
    }
}

/// P24.
#[test]
fn wrong_credentials_are_unauthorised_and_tried_once() {
    for listing in CATALOGUE {
        let emulator = emulator(listing);
        let ground = Ground::default();
        let error = ground
            .read(
                &*connector(listing, &emulator, |_| MARK.to_owned()),
                &wanted(listing),
            )
            .unwrap_err();
        assert_eq!(
            error.kind,
            ErrorKind::Unauthorised,
            "{}: {error}",
            listing.id
        );
        assert_eq!(
            (emulator.requests().len(), ground.waited().len()),
            (1, 0),
            "{}",
            listing.id
        );
        assert!(!format!("{error:?}").contains("S3cret"), "{error:?}");
    }
}

#[test]
fn the_default_mapping_reads_everybody_and_says_the_same_twice() {
    for listing in CATALOGUE {
        let (ground, emulator) = (Ground::default(), emulator(listing));
        let connector = connector(listing, &emulator, |key| emulator.credential(key));
        let (records, extent) = ground.read(&*connector, &wanted(listing)).unwrap();
        assert!(
            records.len() >= 30,
            "{}: {} people",
            listing.id,
            records.len()
        );
        assert_eq!(
            (extent.partial, extent.problems),
            (None, Vec::new()),
            "{}",
            listing.id
        );
        let (again, twice) = ground.read(&*connector, &wanted(listing)).unwrap();
        assert_eq!(
            (records.digest(), extent.delivered[0].sha256.clone()),
            (again.digest(), twice.delivered[0].sha256.clone())
        );
        assert!(
            emulator.writes().is_empty() && emulator.stranger_requests().is_empty(),
            "{}",
            listing.id
        );
        assert!(
            emulator.token_requests().len() <= 1,
            "{}: the token is kept",
            listing.id
        );
    }
}

#[test]
fn an_unreachable_server_and_an_untrusted_one_are_distinguished() {
    for listing in CATALOGUE {
        let mut ground = Ground::default();
        let options = Options {
            people: Some(1),
            speed: 500.0,
            tls: true,
            ..Options::default()
        };
        let emulator = Emulator::start(listing.id.parse().unwrap(), &options).unwrap();
        let connector = connector(listing, &emulator, |key| emulator.credential(key));
        let error = ground.read(&*connector, &wanted(listing)).unwrap_err();
        assert_eq!(
            error.kind,
            ErrorKind::Unauthorised,
            "{}: a certificate that nobody vouches for: {error}",
            listing.id
        );
        assert_eq!(emulator.requests().len(), 0);
        ground.network.ca_certificate = Some(emulator.ca_pem().to_owned());
        assert_eq!(
            ground.read(&*connector, &wanted(listing)).unwrap().0.len(),
            1,
            "{}",
            listing.id
        );
        drop(emulator);
        let error = ground.read(&*connector, &wanted(listing)).unwrap_err();
        assert_eq!(
            error.kind,
            ErrorKind::Unreachable,
            "{}: {error}",
            listing.id
        );
        ground.network.any_host = false;
        assert_eq!(
            ground.read(&*connector, &wanted(listing)).unwrap_err().kind,
            ErrorKind::Configuration
        );
    }
}

#[test]
fn the_pages_of_the_book_are_current() {
    for listing in CATALOGUE {
        let page = format!(
            "{}\n## Default mapping\n\n```toml\n{}```\n\n<!-- Generated from `crates/muster-connectors/src/systems/{}`. -->\n",
            listing.help, listing.mapping, listing.id
        );
        let path = source("../../../../docs/connectors").join(format!("{}.md", listing.id));
        if std::env::vars().any(|(name, _)| name == "UPDATE_DOCS") {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &page).unwrap();
        }
        let current = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            current == page,
            "{} is not current: UPDATE_DOCS=1 cargo test -p muster-connectors pages",
            path.display()
        );
    }
}
