//! Settings as the text of an integration file.

use muster_core::setup::settings::{RawSettings, to_json};
use serde_json::{Map, Value};

/// The text of an integration file with these settings. Reading it gives the same settings.
pub(crate) fn to_toml(settings: &RawSettings) -> Result<String, toml::ser::Error> {
    let mut json = to_json(settings);
    if let Value::Object(root) = &mut json
        && let Some(Value::Object(answers)) = root.remove("source.connector")
    {
        let source = root
            .entry("source")
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(source) = source {
            source.extend(answers);
        }
    }
    toml::to_string_pretty(&json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use std::path::Path;

    #[track_caller]
    fn check(text: &str) {
        let read = |text: &str| {
            parse(text, Path::new("/conf")).unwrap_or_else(|why| panic!("{text}\n{why:#?}"))
        };
        let first = read(text);
        let written = to_toml(&first.raw).unwrap();
        let again = read(&written);
        assert_eq!(again.raw, first.raw, "{written}");
        assert_eq!(again.settings, first.settings, "{written}");
    }

    #[test]
    fn written_settings_are_read_back_as_they_were() {
        let names = "workspace = \"acme\"\nname = \"hr\"\n";
        let mapping = "[mapping]\nemail = \"E-mail\"\nfirst_name = { first_of = [\"First\", \"Voornaam\"] }\n\
             last_name = { join = [\"Prefix\", \"Last\"], with = \" \" }\ncountry = { column = \"Land\", values = { \"Nederland\" = \"NL\" } }\n";
        check(&format!("{names}[source]\nurl = \"file:inbox\"\n{mapping}"));
        check(
            "name = \"hr\"\npreset = \"alleo\"\nschedule = [\"02:45 UTC\"]\n\
             [workspace]\nname = \"acme\"\nregion = \"NL\"\nretention = { deliveries = \"30 days\", history = 0 }\n\
             [source]\nurl = \"sftp://h.example/in\"\nafter = { archive = \"done\" }\n[source.limits]\nconnect = \"2s\"\n\
             [credentials]\nuser = \"ann\"\npassword = { env = \"PASSWORD\" }\nprivate_key = { file = \"key\" }\npassphrase = { command = \"pass show key\" }\n\
             [mapping]\nbirthday = false\nmonthly_all_budget = { column = \"Budget\", decimal = \",\" }\n\
             [[select]]\ncolumn = \"Hours\"\nat_least = 32\n[[select]]\ncolumn = \"Access\"\nin = [\"a\", \"b\"]\n\
             [[company]]\nid = \"NL\"\nvalid_to = 2026-04-30\n\
             [guard]\nremovals = { percent = 12.5, number = 3 }\nfill_to = 0\n[policy]\nmatch = [\"email\"]\nmissing = \"keep\"\n",
        );
        check(&format!(
            "{names}[source]\nconnector = \"personio\"\nclient_id = \"id\"\nclient_secret = {{ stored = true }}\napi = \"v2\"\n\
             [fields]\nshirt = {{ type = \"choice\", choices = [\"S\", \"M\"] }}\nstore = \"text\"\n[mapping]\nshirt = \"dynamic_1\"\n"
        ));
    }
}
