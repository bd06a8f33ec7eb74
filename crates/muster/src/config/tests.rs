//! What integration files may say, and what is said about those that may not.

use super::*;
use muster_connectors::transport::FtpTls;

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
        (file.workspace.as_str(), file.source.location.path.as_str()),
        ("acme", "/conf/inbox")
    );
    assert_eq!(file.rules(&Schema::new([])).mapping.entries.len(), 3);
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
    let rules = file.rules(&Schema::new(file.own_fields.clone()));
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
        .rules(&Schema::new([]));
    let stored = serde_json::to_string(&plain).unwrap();
    for setting in ["no_date", "decimal", "digits"] {
        assert!(!stored.contains(setting), "{stored}");
    }
    let wrong = text.replace("decimal = \",\"", "decimal = \"'\"");
    check(
        &wrong,
        "`mapping.alleo_monthly_all_budget`: `'` is not known here",
    );
}

#[test]
fn unknown_settings_are_refused_with_line_and_nearest_name() {
    check(
        &BASE.replace("url =", "pattrn = \"*.csv\"\nurl ="),
        "line 5: `source.pattrn`: there is no setting `pattrn`; did you mean `pattern`?",
    );
    check(
        &BASE.replace("email =", "emial ="),
        "line 7: `mapping.emial`: there is no field `emial`; did you mean `email`?",
    );
}

#[test]
fn files_may_be_named_as_a_connector_and_unknown_ones_are_reported_with_those_that_there_are() {
    let file = parse(
        &BASE.replace("url =", "connector = \"csv\"\nurl ="),
        Path::new("/conf"),
    )
    .unwrap();
    assert!(file.system.is_none() && file.source.location.path == "/conf/inbox");
    let known =
        "there are `csv`, `personio`, `bamboohr`, `youserve`; `csv` reads files from a `url`";
    check(
        &BASE.replace("url =", "connector = \"csv\"\npatern ="),
        "did you mean `pattern`?",
    );
    check(
        &BASE.replace("url = \"file:inbox\"", "connector = \"csv\""),
        known,
    );
    check(
        &BASE.replace("url = \"file:inbox\"", "pattern = \"*.csv\""),
        known,
    );
    check(
        &BASE.replace("url =", "connector = \"workday\"\nurl ="),
        &format!("`workday` is not a connector; {known}"),
    );
    check(
        &BASE.replace("url =", "connector = \"persono\"\nurl ="),
        &format!("did you mean `personio`? {known}"),
    );
}

#[test]
fn a_guard_is_not_switched_off_by_what_is_no_percentage() {
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
fn companies_that_cannot_be_are_refused_with_their_line() {
    let with = |company: &str| format!("{BASE}[[company]]\nid = \"NL\"\n{company}\n");
    let file = parse(&with("valid_to = 2026-04-30"), Path::new("/conf")).unwrap();
    assert_eq!(
        (
            file.companies[0].short_name.as_str(),
            file.companies[0].valid_from
        ),
        ("NL", None)
    );
    for (company, wanted) in [
        (
            "valid_to = \"2026-02-30\"",
            "`company.NL`: `valid_to`: `2026-02-30` is not a day of the calendar",
        ),
        (
            "valid_to = 2026-04-30T10:00:00Z",
            "`valid_to`: `2026-04-30T10:00:00Z` is not a day of the calendar",
        ),
        (
            "valid_to = 2026-01-01\nvalid_from = 2026-01-02",
            "`NL` is valid until 2026-01-01, before it begins",
        ),
        (
            "[[company]]\nid = \"NL\"",
            "the company `NL` is listed twice",
        ),
        ("[[company]]\nid = \" \"", "a company has no id"),
        (
            "shortname = \"x\"",
            "there is no setting `shortname`; did you mean `short_name`?",
        ),
    ] {
        check(&with(company), wanted);
    }
    check(&with("valid_to = 5"), "line 10: `company.NL`");
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = BASE
        .replace("\"acme\"", "\"ac me\"")
        .replace("file:inbox", "gopher://x")
        .replace("email = \"E-mail\"\n", "");
    let problems = parse(&text, Path::new("/conf")).unwrap_err();
    assert_eq!(problems.len(), 3, "{problems:#?}");
}

#[test]
fn unknown_settings_wrong_types_and_impossible_values_are_reported_together() {
    let text = r#"workspace = { name = "ac me", langage = "nl" }
name = 5
[sorce]
url = "file:inbox"
[source]
url = ["file:inbox"]
patern = "*.csv"
settle = "soon"
limits = { field = "many", rows = 5, colums = 3 }
[credentials]
password = 90210
[mapping]
email = 7
first_name = { colum = "First" }
last_name = { first_of = "Last", constant = "x" }
titel = "Title"
[[select]]
column = "Alleo"
iss = true
[[select]]
equals = "Yes"
[[select]]
column = "Hours"
at_least = "32"
[guard]
removals = { percent = 10 }
shrunk = { percent = "ten", number = 3 }
"#;
    let problems = parse(text, Path::new("/conf")).unwrap_err();
    let said: Vec<String> = problems
        .iter()
        .map(|problem| {
            format!(
                "{} {} {}",
                problem.line.unwrap_or(0),
                problem.key,
                problem.message
            )
        })
        .collect();
    let wanted = [
        "1 workspace.langage there is no setting `langage`",
        "1 workspace.name `ac me` is not a name",
        "2 name this is not what may stand here: expected a text",
        "3 sorce there is no setting `sorce`",
        "6 source.url this is not what may stand here: expected a text",
        "7 source.patern there is no setting `patern`",
        "8 source.settle `soon` is not a duration",
        "9 source.limits.colums there is no setting `colums`",
        "9 source.limits.field this is not what may stand here: expected a whole number that is not negative",
        "11 credentials.password this is not what may stand here: expected a text or a table",
        "13 mapping.email this is not what may stand here: expected a text or a table",
        "14 mapping.first_name.colum there is no setting `colum`",
        "15 mapping.last_name.first_of this is not what may stand here: expected a list",
        "16 mapping.titel there is no field `titel`",
        "19 select.Alleo.iss there is no setting `iss`",
        "20 select.2 it lacks the setting `column`",
        "24 select.Hours.at_least this is not what may stand here: expected a number",
        "26 guard.removals it lacks the setting `number`",
        "27 guard.shrunk.percent this is not what may stand here: expected a number",
    ];
    assert_eq!(said, wanted);
    let near = problems
        .iter()
        .filter(|problem| problem.advice.contains("did you mean"))
        .count();
    assert_eq!(near, 7, "{problems:#?}");
}

#[test]
fn everything_that_is_no_toml_is_reported_at_once() {
    let problems = parse("workspace = \nname = \"a\nx y\n", Path::new("")).unwrap_err();
    let lines: Vec<_> = problems.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [1, 2, 3].map(Some), "{problems:?}");
}

#[test]
fn what_stands_there_twice_is_named_with_both_lines() {
    let twice = |text: &str, wanted: &str| {
        let problems = parse(text, Path::new("/conf")).expect_err("refused");
        let said: Vec<_> = problems
            .iter()
            .map(ConfigProblem::place_and_message)
            .collect();
        assert_eq!(
            said,
            wanted
                .lines()
                .map(|line| format!("{line}: only one of the two could count"))
                .collect::<Vec<_>>()
        );
    };
    twice(
        &BASE.replace(
            "last_name =",
            "email = \"Mail\"\n\"first_name\" = \"x\"\nlast_name =",
        ),
        "line 9: `mapping.email`: it stands here again, after line 7\n\
         line 10: `mapping.first_name`: it stands here again, after line 8",
    );
    twice(
        &format!("{BASE}[source]\npattern = \"*\"\n"),
        "line 10: `source`: it stands here again, after line 4",
    );
    twice(
        &format!("name = \"b\"{BASE}"),
        "line 3: `name`: it stands here again, after line 1",
    );
    twice(
        &format!(
            "{BASE}[[select]]\ncolumn = \"a\"\nis = true\n[[select]]\ncolumn = \"b\"\nis = true\ncolumn = \"c\"\n"
        ),
        "line 16: `select.b.column`: it stands here again, after line 14",
    );
    twice(
        &format!("{BASE}title = {{ column = \"a\", column = \"b\" }}\n"),
        "line 10: `mapping.title.column`: it stands here again, after line 10",
    );
    twice(
        &format!("{BASE}title.column = \"a\"\ntitle.column = \"b\"\n"),
        "line 11: `mapping.title.column`: it stands here again, after line 10",
    );
}

#[test]
fn p23_limits_of_nothing_are_refused_where_nothing_could_ever_be_read() {
    for size in [
        "field", "row", "columns", "rows", "file", "names", "matching",
    ] {
        let text = format!("{BASE}[source.limits]\n{size} = 0\n");
        check(
            &text,
            &format!("line 11: `source.limits.{size}`: a limit of 0 lets nothing through"),
        );
        let problems = parse(&text, Path::new("/conf")).unwrap_err();
        assert_eq!(problems.len(), 1, "{problems:#?}");
    }
    for wait in [
        "connect",
        "handshake",
        "first_byte",
        "between_bytes",
        "whole",
    ] {
        for nothing in ["0s", "0.0min", "0ms"] {
            let text = format!("{BASE}[source.limits]\n{wait} = \"{nothing}\"\n");
            check(
                &text,
                &format!("`source.limits.{wait}`: without any time to wait"),
            );
        }
    }
    check(
        &format!("{BASE}[source.limits]\nattempts = 0\n"),
        "`source.limits.attempts`: with no attempt at all",
    );
    check(
        &format!("{BASE}[policy]\nmissing_runs = 0\n"),
        "`policy.missing_runs`: nobody is missing",
    );
    check(
        &format!("{BASE}[guard]\nfill_from = 0\n"),
        "`guard.fill_from`: a field that was never filled",
    );
    check(
        &format!("{BASE}[guard]\nfill_to = 60\n"),
        "`guard.fill_to`: a field filled for 50 % of the records",
    );
}

#[test]
fn nothing_may_stand_where_it_means_something() {
    let text = BASE.replace(
        "[mapping]",
        "settle = \"0s\"\nlimits = { first_wait = \"0s\", attempts = 1 }\n[mapping]",
    );
    let none = "removals = { percent = 0, number = 0 }\nremovals_number = 0\nfill_to = 0";
    let file = parse(&format!("{text}[guard]\n{none}\n"), Path::new("/conf")).unwrap();
    assert!(file.source.settle.is_zero() && file.source.retry.first_wait.is_zero());
    let limits = file.rules(&Schema::new([])).policy.limits;
    assert!(limits.removals.is_exceeded(1, 1_000) && !limits.removals.is_exceeded(0, 1_000));
}

#[test]
fn an_inline_secret_is_refused_and_not_repeated() {
    let text = format!("{BASE}[credentials]\nuser = \"ann\"\npassword = \"hunter2\"\n");
    check(
        &text,
        "line 12: `credentials.password`: a secret may not stand in the integration file",
    );
    assert!(!format!("{:?}", parse(&text, Path::new("/conf"))).contains("hunter2"));
    let number = format!("{BASE}[credentials]\npassword = 90210\n");
    assert!(!format!("{:?}", parse(&number, Path::new("/conf"))).contains("90210"));
}

#[test]
fn secrets_are_resolved_from_environment_and_private_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "s3cret\n").unwrap();
    let reference = SecretReference::File(path.clone());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(
            reference
                .resolve("k", &|_| None)
                .unwrap_err()
                .to_string()
                .contains("chmod 600")
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    use secrecy::ExposeSecret;
    assert_eq!(
        reference.resolve("k", &|_| None).unwrap().expose_secret(),
        "s3cret"
    );
    let missing = SecretReference::Environment("NOT_SET".into())
        .resolve("k", &|_| None)
        .unwrap_err();
    assert!(missing.to_string().contains("`NOT_SET` is not set"));
}

#[test]
fn presets_fill_in_and_files_override() {
    let text = "workspace = \"a\"\nname = \"b\"\npreset = \"alleo\"\n[source]\nurl = \"sftp://h.example/in\"\n[mapping]\nemail = \"Mail\"\n";
    let file = parse(text, Path::new("")).unwrap();
    let rules = file.rules(&Schema::new([]));
    assert_eq!(
        file.source.pattern.as_deref(),
        Some("alleo_employees_*.csv")
    );
    assert!(file.csv.only_comma);
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
    assert_eq!(file.own_fields.len(), 2);
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
    let keys: Vec<_> = file
        .mapping
        .iter()
        .map(|mapping| mapping.key.as_str())
        .collect();
    assert!(keys.len() == 12 && !keys.contains(&"birthday"), "{keys:?}");
    check(
        &with("email = false"),
        "line 7: `mapping.email`: nothing is mapped to `email`",
    );
    check(
        &with("title = false"),
        "line 7: `mapping.title`: no preset maps this field",
    );
    check(
        &with("birthday = true"),
        "line 7: `mapping.birthday`: this is not what may stand here",
    );
}

#[test]
fn encryption_of_ftp_begins_as_the_port_says_unless_the_file_does() {
    let ftp_tls = |url: &str, more: &str| {
        let text = BASE.replace("url = \"file:inbox\"", &format!("url = \"{url}\"\n{more}"));
        parse(&text, Path::new("/conf")).unwrap().source.ftp_tls
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
    assert_eq!(file.own_fields.len(), 2);
    check(
        &budget("alleo_monthly_all_budget = \"A\"\nx_monthly_all_budget = \"B\"\n"),
        "line 10: `mapping.x_monthly_all_budget`: it sets the same budget of a person as `alleo_monthly_all_budget`",
    );
    let defined = format!("{BASE}[fields]\nmonthly_all_budget = \"number\"\n");
    check(
        &defined,
        "`fields.monthly_all_budget`: the key is that of a budget",
    );
}
