//! Everything that an integration can be made of: the connectors, the file transports, and the presets.

use super::document::Document;
use muster_connectors::catalogue::CATALOGUE;
use muster_core::setup::{
    listing::{Catalogue, Preset, file_transports},
    settings::RawSettings,
};
use std::sync::LazyLock;

/// Presets by name: files that fill in settings, in the same form.
const PRESETS: [(&str, &str); 2] = [
    ("alleo", include_str!("../presets/alleo.toml")),
    ("actimo", include_str!("../presets/actimo.toml")),
];

static ALL: LazyLock<Catalogue> = LazyLock::new(|| {
    let preset = |(name, text): &(&str, &str)| Preset {
        name: (*name).to_owned(),
        settings: settings(text),
    };
    let systems = CATALOGUE.iter();
    Catalogue {
        presets: PRESETS.iter().map(preset).collect(),
        transports: file_transports(),
        systems: systems
            .map(|listing| listing.describe(settings(listing.mapping)))
            .collect(),
    }
});

pub(crate) fn catalogue() -> &'static Catalogue {
    &ALL
}

/// Settings that are part of the program. A test reads each of them.
fn settings(text: &str) -> RawSettings {
    Document::parse(text)
        .map(|document| document.settings().raw)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::setup::{
        listing::SettingKind,
        settings::{check, from_json, to_json},
    };

    #[test]
    fn presets_and_default_mappings_have_no_problem() {
        let texts = PRESETS.iter().map(|(_, text)| *text);
        for text in texts.chain(CATALOGUE.iter().map(|listing| listing.mapping)) {
            let settings = Document::parse(text).unwrap().settings();
            assert_eq!(settings.problems, [], "{text}");
            assert!(settings.raw.mapping.is_some(), "{text}");
        }
    }

    #[test]
    fn every_setting_of_a_transport_form_is_one_that_settings_can_have() {
        let all = catalogue();
        assert_eq!(
            all.transports.iter().map(|one| one.id).collect::<Vec<_>>(),
            ["sftp", "ftps", "ftp", "https", "file"]
        );
        for listing in &all.transports {
            for setting in listing.settings {
                let value = match (
                    setting.is_secret(),
                    setting.default,
                    setting.choices.first().copied(),
                ) {
                    (true, ..) => r#"{"stored":true}"#.to_owned(),
                    (false, Some(number), _) if setting.kind == SettingKind::Number => {
                        number.to_owned()
                    }
                    (false, Some("true" | "false"), _) => "true".to_owned(),
                    (false, Some(text), _) | (false, None, Some(text)) => format!("{text:?}"),
                    (false, None, None) => r#""x""#.to_owned(),
                };
                let mut json = value;
                for part in listing.path(setting).rsplit('.') {
                    json = format!("{{\"{part}\":{json}}}");
                }
                let settings = from_json(&json)
                    .unwrap_or_else(|error| panic!("{}: {json}: {error}", listing.id));
                assert_eq!(to_json(&settings).to_string(), json);
                let problems = check(&settings, all).unwrap_err();
                let about = problems
                    .iter()
                    .filter(|problem| {
                        problem.setting == setting.key && !setting.key.starts_with("source.url")
                    })
                    .collect::<Vec<_>>();
                assert!(about.is_empty(), "{}: {about:?}", listing.id);
            }
        }
    }

    #[test]
    fn a_form_can_be_made_of_the_catalogue_as_json() {
        let json = serde_json::to_value(catalogue()).unwrap();
        let personio = &json["systems"][0];
        assert_eq!(
            (&personio["id"], &personio["section"]),
            (&"personio".into(), &"source".into())
        );
        let secret = personio["settings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|setting| setting["key"] == "client_secret")
            .unwrap();
        assert_eq!(
            (&secret["kind"], &secret["is_required"]),
            (&"secret".into(), &true.into())
        );
        assert_eq!(personio["defaults"]["mapping"]["email"], "email");
    }
}
