//! `muster init` and a connection test before anything is mapped: from nothing to the first plan.

use crate::ground::{Ground, PLAIN};
use muster_engine::{Clock, SystemClock};
use muster_testkit::{
    emulator::{self, Emulator, Product},
    openssh::{OpenSsh, Options, PASSWORD, USER},
};
use std::fs;

const DUTCH: &str = "Personeelsnr;Voornaam;Achternaam;E-mail;Geboortedatum;Salaris\n\
    1001;Ann;Bos;ann@acme.example;31-12-1980;3000\n1002;Bob;Smit;bob@acme.example;12-03-1979;4000\n";

const MAPPING: &str = "[mapping]\nexternal_id = \"Personeelsnr\"\nfirst_name = \"Voornaam\"\nlast_name = \"Achternaam\"\n\
    email = \"E-mail\"\nbirthday = { column = \"Geboortedatum\", format = \"DD-MM-YYYY\" }\n# not mapped: \"Salaris\"\n";

fn ground() -> Ground {
    let ground = Ground::new(PLAIN);
    ground.deliver("a.csv", DUTCH);
    // Long unchanged, so that it is read at once.
    let file = fs::File::open(ground.path("inbox/a.csv")).unwrap();
    let hour = std::time::Duration::from_secs(3600);
    file.set_modified(std::time::SystemTime::from(SystemClock.now()) - hour)
        .unwrap();
    ground
}

#[test]
fn answers_become_a_file_whose_first_plan_creates_the_employees() {
    let ground = ground();
    // The source, the workspace, the pattern.
    let answer = ground.pipe(&["init", "hr.toml"], "file:inbox\nacme\n\n");
    assert_eq!(answer.code, 0, "{}", answer.text);
    let written = fs::read_to_string(ground.path("hr.toml")).unwrap();
    assert_eq!(
        written,
        format!(
            "name = \"hr\"\nworkspace = \"acme\"\n\n[source]\ndelimiter = \"auto\"\npattern = \"*.csv\"\nurl = \"file:inbox\"\n\n{MAPPING}"
        )
    );
    assert_eq!(ground.run(&["check", "hr.toml"]).code, 0);
    let settled = written.replace("[source]\n", "[source]\nsettle = \"0s\"\n");
    fs::write(ground.path("hr.toml"), settled).unwrap();
    let plan = ground.run(&["plan", "hr.toml"]);
    assert_eq!(plan.json["counts"]["created"], 2, "{}", plan.text);
}

#[test]
fn options_answer_questions_and_an_existing_file_is_kept() {
    let ground = ground();
    let arguments = [
        "init",
        "hr.toml",
        "--workspace",
        "acme",
        "--source",
        "file:inbox",
        "--set",
        "source.pattern=a.csv",
    ];
    let answer = ground.pipe(&arguments, "");
    assert_eq!(answer.code, 0, "{}", answer.text);
    let before = fs::read_to_string(ground.path("hr.toml")).unwrap();
    assert!(before.contains("pattern = \"a.csv\""), "{before}");
    let again = ground.pipe(&arguments, "");
    assert_eq!(again.code, 2, "{}", again.text);
    assert!(again.text.contains("exists already"), "{}", again.text);
    assert_eq!(fs::read_to_string(ground.path("hr.toml")).unwrap(), before);
}

#[test]
fn answers_that_end_too_early_write_nothing_and_name_the_option() {
    let ground = ground();
    let answer = ground.pipe(&["init", "hr.toml"], "file:inbox\n");
    assert_eq!(answer.code, 2, "{}", answer.text);
    assert!(answer.text.contains("--workspace"), "{}", answer.text);
    let answer = ground.pipe(&["init", "hr.toml", "--workspace", "acme"], "");
    assert_eq!(answer.code, 2, "{}", answer.text);
    assert!(answer.text.contains("--source"), "{}", answer.text);
    let answer = ground.pipe(&["init", "hr.toml"], "gopher://x/y\n");
    assert_eq!(answer.code, 2, "{}", answer.text);
    assert!(answer.text.contains("personio"), "{}", answer.text);
    assert!(!ground.path("hr.toml").exists());
}

#[test]
fn secret_that_is_typed_as_the_answer_is_not_written_or_repeated() {
    let ground = ground();
    let input = "sftp://127.0.0.1:9/in\nacme\n\nacme\nHunter2!\n";
    let answer = ground.pipe(&["init", "hr.toml"], input);
    assert_eq!(answer.code, 2, "{}", answer.text);
    assert!(!answer.text.contains("Hunter2"), "{}", answer.text);
    assert!(!ground.path("hr.toml").exists());
}

#[test]
fn source_that_cannot_be_reached_leaves_a_file_to_correct() {
    let ground = ground();
    let answer = ground.pipe(&["init", "hr.toml"], "file:nowhere\nacme\n\n");
    assert_eq!(answer.code, 1, "{}", answer.text);
    let written = fs::read_to_string(ground.path("hr.toml")).unwrap();
    assert!(written.contains("url = \"file:nowhere\""), "{written}");
    let corrected = written.replace("nowhere", "inbox");
    fs::write(ground.path("hr.toml"), corrected).unwrap();
    let output = ground.output(&["test", "hr.toml"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains(MAPPING), "{text}");
}

#[test]
fn host_key_is_accepted_only_by_a_clear_yes() {
    let server = OpenSsh::start(Options::default());
    server.write("a.csv", DUTCH.as_bytes());
    server.write("a.csv.ok", b"");
    let ground = ground();
    ground.secret("password", PASSWORD);
    let url = format!(
        "sftp://127.0.0.1:{}{}",
        server.port,
        server.folder.display()
    );
    let answers = |key: &str| format!("{url}\nacme\n\n{USER}\nfile:password\n{key}\n");
    for refusal in ["no", "", "perhaps", "SHA256:other"] {
        let refused = ground.pipe(&["init", "hr.toml"], &answers(refusal));
        assert_eq!(refused.code, 2, "{}", refused.text);
        assert!(!ground.path("hr.toml").exists(), "{refusal}");
    }
    let accepted = ground.pipe(&["init", "hr.toml"], &answers("yes"));
    assert_eq!(accepted.code, 0, "{}", accepted.text);
    let written = fs::read_to_string(ground.path("hr.toml")).unwrap();
    let key = format!("host_key = \"{}\"", server.fingerprint);
    assert!(
        written.contains(&key) && written.contains(MAPPING),
        "{written}"
    );
    assert!(!written.contains(PASSWORD), "{written}");
}

#[test]
fn connection_test_before_anything_is_mapped_prints_the_mapping_to_paste() {
    let ground = ground();
    let unmapped = "name = \"hr\"\nworkspace = \"acme\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\ndelimiter = \"auto\"\nsettle = \"0s\"\n";
    fs::write(ground.path("hr.toml"), unmapped).unwrap();
    let output = ground.output(&["test", "hr.toml"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && text.contains(MAPPING), "{text}");
    assert!(text.contains("paste this mapping into hr.toml"), "{text}");
    fs::write(ground.path("hr.toml"), format!("{unmapped}{MAPPING}")).unwrap();
    let plan = ground.run(&["plan", "hr.toml"]);
    assert_eq!(plan.json["counts"]["created"], 2, "{}", plan.text);
    // What is mapped is not proposed again, and other mistakes are still found.
    let output = ground.output(&["test", "hr.toml"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("[mapping]"), "{text}");
    fs::write(ground.path("hr.toml"), unmapped.replace("auto", "?")).unwrap();
    assert_eq!(ground.run(&["test", "hr.toml"]).code, 2);
}

#[test]
fn hr_system_is_set_up_with_its_credentials_and_its_default_mapping() {
    let options = emulator::Options {
        people: Some(20),
        speed: 1_000.0,
        ..emulator::Options::default()
    };
    let emulator = Emulator::start(Product::Personio, &options).unwrap();
    let ground = ground();
    ground.secret("secret", &emulator.credential("client_secret"));
    let address = format!("source.base_url={}", emulator.url());
    let answer = ground.pipe(
        &["init", "hr.toml", "--any-host", "--set", &address],
        "personio\nacme\npapi-5b1c8d0e-emulated-client\nfile:secret\n",
    );
    assert_eq!(answer.code, 0, "{}", answer.text);
    let written = fs::read_to_string(ground.path("hr.toml")).unwrap();
    assert!(
        written.contains("client_secret = { file = \"secret\" }"),
        "{written}"
    );
    let plan = ground.run(&["plan", "hr.toml", "--any-host"]);
    assert!(
        plan.json["counts"]["created"].as_u64() > Some(0),
        "{}",
        plan.text
    );
}
