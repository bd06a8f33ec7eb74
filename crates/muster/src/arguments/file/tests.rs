//! The configuration file against the command line and the environment, and the page about its settings.

use super::*;
use std::path::Path;

/// The command line with the options of a file.
fn completed(text: &str, line: &[&str]) -> Vec<String> {
    let given: Vec<OsString> = line.iter().map(OsString::from).collect();
    let matches = Arguments::command().try_get_matches_from(&given).unwrap();
    let command = Arguments::command();
    let values = read(text, &settings(&command)).unwrap();
    let complete = complete(given, &matches, &command, values);
    // What results is a command line.
    Arguments::command()
        .try_get_matches_from(&complete)
        .unwrap();
    let text = |part: OsString| part.into_string().unwrap();
    complete.into_iter().map(text).collect()
}

fn problems(text: &str) -> Vec<(Option<usize>, String, String)> {
    let found = read(text, &settings(&Arguments::command())).err().unwrap();
    let reported = |one: ConfigProblem| {
        let message = ConfigProblem {
            line: None,
            ..one.clone()
        }
        .place_and_message();
        (one.line, message, one.advice)
    };
    found.into_iter().map(reported).collect()
}

#[test]
fn file_gives_what_the_command_line_does_not() {
    let text = "database = \"sqlite:/srv/muster.db\"\nlisten = \"0.0.0.0:80\"\njobs = 4\nany_host = true\n\
                trusted_proxy = [\"::1\", \"10.0.0.1\"]\n";
    assert_eq!(
        completed(text, &["muster", "serve", "--jobs", "2"]),
        [
            "muster",
            "--database=sqlite:/srv/muster.db",
            "--any-host",
            "serve",
            "--jobs",
            "2",
            "--listen=0.0.0.0:80",
            "--trusted-proxy=::1",
            "--trusted-proxy=10.0.0.1"
        ]
    );
    // Other commands know the options of all commands only.
    assert_eq!(
        completed(text, &["muster", "runs", "--database", "sqlite:x.db", "3"]),
        [
            "muster",
            "--any-host",
            "runs",
            "--database",
            "sqlite:x.db",
            "3"
        ]
    );
    assert_eq!(
        completed(text, &["muster", "serve", "--demo", "--jobs", "2"])[..4],
        ["muster", "serve", "--demo", "--jobs"]
    );
    assert_eq!(
        completed("any_host = false\n", &["muster", "status"]),
        ["muster", "status"]
    );
}

#[test]
fn option_that_excludes_one_of_the_file_replaces_it() {
    let file = "master_key = \"a.key\"\n";
    assert_eq!(
        completed(
            file,
            &["muster", "--master-key-command", "pass x", "status"]
        ),
        ["muster", "--master-key-command", "pass x", "status"]
    );
    assert_eq!(
        completed(
            "master_key_command = \"pass x\"\n",
            &["muster", "status", "--master-key", "a.key"]
        ),
        ["muster", "status", "--master-key", "a.key"]
    );
}

#[test]
fn every_mistake_of_a_file_is_reported_with_its_line() {
    let text = "lisen = \"127.0.0.1:80\"\njobs = \"many\"\nretained_backups = 0\nany_host = \"yes\"\ngrace = [1, 2]\n\
                public_url = \"acme.example\"\n[source]\nurl = \"x\"\n";
    let found = problems(text);
    let at = |line: usize| {
        let one = found.iter().find(|(at, ..)| *at == Some(line)).unwrap();
        (one.1.as_str(), one.2.as_str())
    };
    assert_eq!(
        at(1),
        ("there is no setting `lisen`", "did you mean `listen`?")
    );
    assert_eq!(
        at(2).0,
        "`jobs`: `many` cannot be used: invalid digit found in string"
    );
    assert_eq!(
        at(3).0,
        "`retained_backups`: `0` cannot be used: 0 is not in 1..=65535"
    );
    assert_eq!(at(4).0, "`any_host`: expected true or false");
    assert_eq!(at(5).0, "`grace`: expected one value, not a list");
    assert_eq!(
        at(6).0,
        "`public_url`: `acme.example` cannot be used: write it as https://HOST, without a path"
    );
    assert_eq!(at(7).0, "there is no setting `source`");
    assert_eq!(found.len(), 7);
    assert_eq!(
        problems("jobs = 1\njobs = 2\n")[0].0,
        Some(2),
        "a setting is given once"
    );
}

/// The page about the settings.
fn page() -> String {
    let mut page = String::from(
        "# Configuration file\n\n`muster --config FILE` and the environment variable `MUSTER_CONFIG` name a file with settings. They \
         apply to all commands;\nthose below **The service** apply to `muster serve` and `muster doctor`. An option of the command line \
         replaces the\nenvironment variable, and both replace the setting of the file. Relative paths start in the working folder, as on \
         the\ncommand line. A setting that does not exist is refused.\n\n```toml\ndatabase = \"sqlite:/var/lib/muster/muster.db\"\n\
         listen = \"0.0.0.0:443\"\ntls_certificate = \"/etc/muster/certificate.pem\"\ntls_key = \"/etc/muster/key.pem\"\n```\n\n\
         This page is generated from the options of the command line.\n",
    );
    let mut of_service = false;
    for setting in settings(&Arguments::command()) {
        if !setting.is_of_every_command && !of_service {
            of_service = true;
            page.push_str("\n## The service\n");
        }
        let option = &setting.option;
        let long = option.get_long().unwrap();
        let variable = option.get_env().unwrap().to_str().unwrap();
        let help = option.get_help().unwrap().to_string();
        let value = if is_flag(option) {
            "`true` or `false`".to_owned()
        } else {
            let names = option.get_value_names().unwrap_or_default();
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let list = matches!(option.get_action(), ArgAction::Append);
            format!(
                "{}{}",
                names.join(" "),
                if list { ", or a list" } else { "" }
            )
        };
        let default = option.get_default_values().first();
        let default = default.map(|default| format!("; default `{}`", default.to_str().unwrap()));
        let default = default.filter(|_| !is_flag(option)).unwrap_or_default();
        page.push_str(&format!(
            "\n### {}\n\n{help}.\n\nValue: {value}{default}. Also `--{long}` and `{variable}`.\n",
            setting.name
        ));
    }
    page
}

#[test]
fn configuration_page_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join("docs/reference/configuration.md");
    if std::env::vars().any(|(name, _)| name == "UPDATE_DOCS") {
        std::fs::write(&path, page()).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap_or_default(),
        page(),
        "docs/reference/configuration.md is not current: UPDATE_DOCS=1 cargo test -p muster configuration_page"
    );
}
