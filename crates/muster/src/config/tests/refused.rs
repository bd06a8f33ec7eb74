//! The messages about invalid integration files, with the line of each problem.

use super::*;

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
fn connector_csv_is_accepted_and_unknown_connectors_list_the_valid_ones() {
    let file = parse(
        &BASE.replace("url =", "connector = \"csv\"\nurl ="),
        Path::new("/conf"),
    )
    .unwrap();
    assert_eq!(files(&file).location.path, "/conf/inbox");
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
fn companies_that_cannot_be_are_refused_with_their_line() {
    let with = |company: &str| format!("{BASE}[[company]]\nid = \"NL\"\n{company}\n");
    let file = parse(&with("valid_to = 2026-04-30"), Path::new("/conf")).unwrap();
    assert_eq!(
        (
            file.settings.companies[0].short_name.as_str(),
            file.settings.companies[0].valid_from
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
        (
            "[[company]]\nid = \" \"",
            "the company has no id; set the `id` that employments refer to",
        ),
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
        "2 name expected a string",
        "3 sorce there is no setting `sorce`",
        "6 source.url expected a string",
        "7 source.patern there is no setting `patern`",
        "8 source.settle `soon` is not a duration",
        "9 source.limits.colums there is no setting `colums`",
        "9 source.limits.field expected a whole number that is not negative",
        "11 credentials.password expected a string or a table",
        "13 mapping.email expected a string or a table",
        "14 mapping.first_name.colum there is no setting `colum`",
        "15 mapping.last_name.first_of expected a list",
        "16 mapping.titel there is no field `titel`",
        "19 select.Alleo.iss there is no setting `iss`",
        "20 select.2 the setting `column` is missing",
        "24 select.Hours.at_least expected a number",
        "26 guard.removals the setting `number` is missing",
        "27 guard.shrunk.percent expected a number",
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
fn duplicate_definitions_are_reported_with_both_lines() {
    let twice = |text: &str, wanted: &str| {
        let problems = parse(text, Path::new("/conf")).expect_err("refused");
        let said: Vec<_> = problems
            .iter()
            .map(ConfigProblem::place_and_message)
            .collect();
        assert_eq!(said, wanted.lines().collect::<Vec<_>>());
    };
    twice(
        &BASE.replace(
            "last_name =",
            "email = \"Mail\"\n\"first_name\" = \"x\"\nlast_name =",
        ),
        "line 9: `mapping.email`: the setting is repeated; line 7 has it already\n\
         line 10: `mapping.first_name`: the setting is repeated; line 8 has it already",
    );
    twice(
        &format!("{BASE}[source]\npattern = \"*\"\n"),
        "line 10: `source`: the setting is repeated; line 4 has it already",
    );
    twice(
        &format!("name = \"b\"{BASE}"),
        "line 3: `name`: the setting is repeated; line 1 has it already",
    );
    twice(
        &format!(
            "{BASE}[[select]]\ncolumn = \"a\"\nis = true\n[[select]]\ncolumn = \"b\"\nis = true\ncolumn = \"c\"\n"
        ),
        "line 16: `select.b.column`: the setting is repeated; line 14 has it already",
    );
    twice(
        &format!("{BASE}title = {{ column = \"a\", column = \"b\" }}\n"),
        "line 10: `mapping.title.column`: the setting is repeated; line 10 has it already",
    );
    twice(
        &format!("{BASE}title.column = \"a\"\ntitle.column = \"b\"\n"),
        "line 11: `mapping.title.column`: the setting is repeated; line 10 has it already",
    );
}

#[test]
fn schedules_with_blackouts_overlap_and_catch_up_are_read_and_impossible_ones_refused() {
    let file = parse(
        &format!(
            "schedule = [\"every 15m\"]\nblackouts = [\"22:00..06:00 Europe/Amsterdam\"]\noverlap = \"queue_one\"\ncatch_up = \"3h\"\n{BASE}"
        ),
        Path::new("/conf"),
    )
    .unwrap();
    let schedule = serde_json::to_string(&file.settings.schedule).unwrap();
    assert_eq!(
        schedule,
        r#"{"entries":["every 15m"],"blackouts":["22:00..06:00 Europe/Amsterdam"],"overlap":"queue_one","catch_up":3}"#
    );
    for (setting, wanted) in [
        (
            "schedule = [\"02:45 CET\"]",
            "`CET` in `02:45 CET` is not a time zone",
        ),
        ("schedule = [\"every 7m\"]", "does not divide a day"),
        (
            "schedule = [\"0 0 30 2 * UTC\"]",
            "names a day that does not exist",
        ),
        (
            "blackouts = [\"2026-12-26..2026-12-24 UTC\"]",
            "ends before it begins",
        ),
        (
            "blackouts = [\"christmas UTC\"]",
            "`christmas UTC` is not a blackout",
        ),
        ("overlap = \"quueue_one\"", "line 1: `overlap`: "),
        ("catch_up = \"12\"", "`12` is not a number of hours"),
        ("catch_up = \"800h\"", "at most 744"),
    ] {
        check(&format!("{setting}\n{BASE}"), wanted);
    }
}

#[test]
fn p23_limits_of_zero_are_refused() {
    for size in [
        "field", "row", "columns", "rows", "file", "names", "matching",
    ] {
        let text = format!("{BASE}[source.limits]\n{size} = 0\n");
        check(
            &text,
            &format!(
                "line 11: `source.limits.{size}`: with a limit of 0, no delivery could be read"
            ),
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
                &format!(
                    "`source.limits.{wait}`: with a time limit of 0, every attempt would fail"
                ),
            );
        }
    }
    check(
        &format!("{BASE}[source.limits]\nattempts = 0\n"),
        "`source.limits.attempts`: with 0 attempts, no delivery could be read",
    );
    check(
        &format!("{BASE}[policy]\nmissing_runs = 0\n"),
        "`policy.missing_runs`: an employee cannot be missing from 0 deliveries",
    );
    check(
        &format!("{BASE}[guard]\nfill_from = 0\n"),
        "`guard.fill_from`: with `fill_from = 0`, every plan would be held",
    );
    check(
        &format!("{BASE}[guard]\nfill_to = 60\n"),
        "`guard.fill_to`: `fill_to` is more than `fill_from` (50%), so every plan would be held",
    );
}

#[test]
fn empty_values_are_refused_where_a_value_is_required() {
    let text = BASE.replace(
        "[mapping]",
        "settle = \"0s\"\nlimits = { first_wait = \"0s\", attempts = 1 }\n[mapping]",
    );
    let none = "removals = { percent = 0, number = 0 }\nremovals_number = 0\nfill_to = 0";
    let file = parse(&format!("{text}[guard]\n{none}\n"), Path::new("/conf")).unwrap();
    assert!(files(&file).settle.is_zero() && files(&file).retry.first_wait.is_zero());
    let limits = file.settings.rules(&Schema::new([])).policy.limits;
    assert!(limits.removals.is_exceeded(1, 1_000) && !limits.removals.is_exceeded(0, 1_000));
}

#[test]
fn an_inline_secret_is_refused_and_not_repeated() {
    let text = format!("{BASE}[credentials]\nuser = \"ann\"\npassword = \"hunter2\"\n");
    check(
        &text,
        "line 12: `credentials.password`: a secret must not be written in the integration file",
    );
    assert!(!format!("{:?}", parse(&text, Path::new("/conf"))).contains("hunter2"));
    let number = format!("{BASE}[credentials]\npassword = 90210\n");
    assert!(!format!("{:?}", parse(&number, Path::new("/conf"))).contains("90210"));
}
