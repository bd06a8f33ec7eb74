//! What integration files may say.

mod refused;

use super::*;
use muster_core::{
    read::normalise::{CountryNumbers, DecimalMark},
    setup::{
        mapping::{FieldMapping, Source},
        settings::{FileSettings, SecretReference},
        source::FtpTls,
    },
};

const BASE: &str = r#"
workspace = "acme"
name = "acme-hr"
[source]
url = "file:inbox"
[mapping]
email = "E-mail"
first_name = "First"
last_name = "Last"
"#;

fn files(configured: &Configuration) -> &FileSettings {
    configured.settings.files().unwrap()
}

#[track_caller]
fn check(text: &str, wanted: &str) {
    let problems = parse(text, Path::new("/conf")).expect_err("refused");
    let said = problems
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    assert!(said.contains(wanted), "{said}");
}

#[test]
fn a_short_file_is_enough() {
    let file = parse(BASE, Path::new("/conf")).unwrap();
    assert_eq!(
        (
            file.settings.workspace.as_str(),
            files(&file).location.path.as_str()
        ),
        ("acme", "/conf/inbox")
    );
    assert_eq!(
        file.settings.rules(&Schema::new([])).mapping.entries.len(),
        3
    );
}

#[test]
fn settings_of_values_reach_the_rules() {
    let text = BASE.replace(
        "email = \"E-mail\"",
        "email = \"E-mail\"\n\
         offboarding_date = { column = \"End\", no_date = [\"31-12-9999\", \"-\"] }\n\
         alleo_monthly_all_budget = { column = \"Budget\", decimal = \",\" }\n\
         country = { column = \"Land\", digits = \"iso\" }",
    ) + "[[select]]\ncolumn = \"Access\"\nis = true\nblank = \"not_selected\"\n\
         [policy]\nno_date = [\"00-00-0000\"]\n";
    let file = parse(&text, Path::new("/conf")).unwrap();
    let rules = file
        .settings
        .rules(&Schema::new(file.settings.own_fields.clone()));
    let entry = |column: &str| {
        let of = |entry: &&FieldMapping| entry.source == Source::Column(column.to_owned());
        rules.mapping.entries.iter().find(of).unwrap()
    };
    assert_eq!(entry("End").no_date, ["31-12-9999", "-"]);
    assert_eq!(entry("Budget").decimal, DecimalMark::Comma);
    assert_eq!(entry("Land").digits, Some(CountryNumbers::Iso));
    assert_eq!(rules.policy.no_date, ["00-00-0000"]);
    let rule = serde_json::to_value(&rules.selection).unwrap();
    assert_eq!(rule[0]["blank"], "not_selected");
    // What is not set takes no part in stamps, so that directories of earlier versions keep theirs.
    let plain = parse(BASE, Path::new("/conf"))
        .unwrap()
        .settings
        .rules(&Schema::new([]));
    let stored = serde_json::to_string(&plain).unwrap();
    for setting in ["no_date", "decimal", "digits"] {
        assert!(!stored.contains(setting), "{stored}");
    }
    let wrong = text.replace("decimal = \",\"", "decimal = \"'\"");
    check(
        &wrong,
        "`mapping.alleo_monthly_all_budget`: `'` is not a valid value",
    );
}

#[test]
fn guard_limits_above_100_percent_are_refused() {
    for percent in ["nan", "inf", "-5", "100.5"] {
        check(
            &format!("{BASE}[guard]\nremovals = {{ percent = {percent}, number = 3 }}\n"),
            "`guard.removals`: ",
        );
        check(
            &format!("{BASE}[guard]\nfill_from = {percent}\n"),
            "is not a percentage",
        );
    }
    parse(
        &format!("{BASE}[guard]\nremovals = {{ percent = 100, number = 3 }}\n"),
        Path::new("/conf"),
    )
    .unwrap();
}

#[test]
fn secrets_are_resolved_from_environment_private_files_commands_and_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "s3cret\n").unwrap();
    let reference = SecretReference::File(path.clone());
    let secrets = Secrets {
        environment: &|_| None,
        stored: &|setting| Ok((setting == "credentials.password").then(|| "kept".into())),
    };
    let refused = |reference: &SecretReference| {
        let problem = secrets.resolve("k", reference).unwrap_err();
        problem.to_string()
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(refused(&reference).contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    use secrecy::ExposeSecret;
    let read = |setting: &str, reference: &SecretReference| {
        let secret = secrets.resolve(setting, reference).unwrap();
        secret.expose_secret().to_owned()
    };
    assert_eq!(read("k", &reference), "s3cret");
    assert_eq!(
        read("credentials.password", &SecretReference::Stored),
        "kept"
    );
    let command = |text: &str| SecretReference::Command(text.to_owned());
    assert_eq!(read("k", &command("printf 'a b\\n'")), "a b");
    assert!(
        refused(&SecretReference::Environment("NOT_SET".into())).contains("`NOT_SET` is not set")
    );
    assert!(refused(&SecretReference::Stored).contains("no secret is stored"));
    for (text, wanted) in [
        ("echo canary; exit 3", "failed"),
        ("true # canary", "printed nothing"),
    ] {
        let said = refused(&command(text));
        assert!(said.contains(wanted) && !said.contains("canary"), "{said}");
    }
}

#[test]
fn presets_fill_in_and_files_override() {
    let text = "workspace = \"a\"\nname = \"b\"\npreset = \"alleo\"\n[source]\nurl = \"sftp://h.example/in\"\n[mapping]\nemail = \"Mail\"\n[credentials]\nuser = \"ann\"\npassword = { env = \"SFTP_PASSWORD\" }\n";
    let file = parse(text, Path::new("")).unwrap();
    let rules = file.settings.rules(&Schema::new([]));
    assert_eq!(
        files(&file).pattern.as_deref(),
        Some("alleo_employees_*.csv")
    );
    assert!(files(&file).csv.only_comma);
    assert!(
        rules
            .mapping
            .entries
            .iter()
            .any(|entry| entry.source == Source::Column("Mail".into()))
    );
    assert_eq!(rules.mapping.entries.len(), 13);
    let text = "workspace = \"a\"\nname = \"b\"\npreset = \"actimo\"\n[source]\nurl = \"https://h.example/x.csv\"\ndelimiter = \";\"\nheader = true\n";
    let file = parse(text, Path::new("")).unwrap();
    assert_eq!(file.settings.own_fields.len(), 2);
    check(
        "workspace = \"a\"\nname = \"b\"\npreset = \"aleo\"\n",
        "line 3: `preset`: there is no preset `aleo`",
    );
}

#[test]
fn a_field_of_a_preset_can_be_left_out() {
    let with = |line: &str| {
        format!(
            "workspace = \"a\"\nname = \"b\"\npreset = \"alleo\"\n[source]\nurl = \"file:in\"\n[mapping]\n{line}\n"
        )
    };
    let file = parse(&with("birthday = false"), Path::new("")).unwrap();
    let keys: Vec<_> = file.settings.mapped_keys().collect();
    assert!(keys.len() == 12 && !keys.contains(&"birthday"), "{keys:?}");
    check(
        &with("email = false"),
        "line 7: `mapping.email`: no column is mapped to `email`",
    );
    check(
        &with("title = false"),
        "line 7: `mapping.title`: `false` only removes a mapping that a preset provides",
    );
    check(
        &with("birthday = true"),
        "line 7: `mapping.birthday`: expected",
    );
}

#[test]
fn encryption_of_ftp_begins_as_the_port_says_unless_the_file_does() {
    let ftp_tls = |url: &str, more: &str| {
        let text = BASE.replace("url = \"file:inbox\"", &format!("url = \"{url}\"\n{more}"));
        files(&parse(&text, Path::new("/conf")).unwrap()).ftp_tls
    };
    assert_eq!(ftp_tls("ftps://h.example/in", ""), FtpTls::Explicit);
    assert_eq!(ftp_tls("ftps://h.example:990/in", ""), FtpTls::Implicit);
    assert_eq!(
        ftp_tls("ftps://h.example:990/in", "tls = \"explicit\""),
        FtpTls::Explicit
    );
    assert_eq!(
        ftp_tls("ftps://h.example/in", "tls = \"implicit\""),
        FtpTls::Implicit
    );
    check(
        &BASE.replace("url =", "tls = \"implcit\"\nurl ="),
        "did you mean `implicit`?",
    );
}

#[test]
fn rules_take_one_test_each() {
    let rule = |test: &str| format!("{BASE}[[select]]\ncolumn = \"c\"\n{test}\n");
    for test in [
        "is = true",
        "in = [\"a\"]",
        "matches = \"^a\"",
        "at_least = 32",
        "before = \"today+14\"",
        "empty = false",
    ] {
        assert!(parse(&rule(test), Path::new("")).is_ok(), "{test}");
    }
    check(&rule("is = true\nempty = true"), "one test, this one has 2");
    check(&rule("before = \"soon\""), "`soon` is not a day");
}

#[test]
fn a_budget_is_set_by_one_key_and_needs_no_definition() {
    let budget = |keys: &str| BASE.replace("last_name", &format!("{keys}last_name"));
    let file = parse(
        &budget("x_monthly_all_budget = \"Budget\"\noneoff_all_budget = \"Once\"\n"),
        Path::new(""),
    )
    .unwrap();
    assert_eq!(file.settings.own_fields.len(), 2);
    check(
        &budget("alleo_monthly_all_budget = \"A\"\nx_monthly_all_budget = \"B\"\n"),
        "line 10: `mapping.x_monthly_all_budget`: it sets the same budget of an employee as `alleo_monthly_all_budget`",
    );
    let defined = format!("{BASE}[fields]\nmonthly_all_budget = \"number\"\n");
    check(
        &defined,
        "`fields.monthly_all_budget`: this is the key of a budget",
    );
}

#[test]
fn limits_under_source_are_those_of_an_hr_system_too() {
    let text = "workspace = \"a\"\nname = \"b\"\n[source]\nconnector = \"personio\"\nclient_id = \"id\"\n\
         client_secret = { env = \"SECRET\" }\n[source.limits]\nwhole = \"2min\"\nattempts = 7\n";
    let file = parse(text, Path::new("")).unwrap();
    let limits = &file.settings.system().unwrap().limits;
    assert_eq!((limits.whole.as_secs(), limits.attempts), (120, 7));
    check(
        &text.replace("attempts = 7", "attempts = 0"),
        "line 9: `source.limits.attempts`: with 0 attempts, no delivery could be read",
    );
    check(
        &text.replace("whole", "hole"),
        "line 8: `source.limits.hole`: there is no setting `hole`; did you mean `whole`?",
    );
}
