//! `muster test --export`: what the first records would become, for the person who reviews them.

use crate::ground::Ground;
use muster_testkit::emulator::{Emulator, Options, Product};
use std::fs;

const INTEGRATION: &str = "workspace = \"acme\"\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n\
    [[select]]\ncolumn = \"kind\"\nnot_equals = \"extern\"\n[mapping]\nexternal_id = \"id\"\nemail = \"mail\"\nfirst_name = \"first\"\n\
    last_name = \"last\"\nonboarding_date = { column = \"start\", format = \"DD-MM-YYYY\" }\n";

const FILE: &str = "id,mail,first,last,start,kind\n\
    E-1,ann@acme.example,Ann,Bos,01-02-2020,staff\n\
    E-2,bob@acme.example,=HYPERLINK(1),Dam,31-11-2020,staff\n\
    E-3,cas@acme.example,Cas,Eik,01-03-2020,extern\n";

fn export(ground: &Ground, file: &str) -> (Option<i32>, String) {
    let output = ground.output(&["test", "integration.toml", "--export", file]);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.code(), said)
}

#[test]
fn export_has_the_values_and_the_problems_of_each_record_and_stores_nothing() {
    let ground = Ground::new(INTEGRATION);
    ground.deliver("a.csv", FILE);
    let (code, said) = export(&ground, "review.csv");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("3 records written to review.csv"), "{said}");
    let text = fs::read_to_string(ground.path("review.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].starts_with("record,result,"), "{text}");
    assert!(
        lines[1].starts_with("1,selected,") && lines[1].contains("2020-02-01"),
        "{text}"
    );
    assert!(
        lines[2].starts_with("2,rejected,"),
        "31 November is no day: {text}"
    );
    assert!(lines[3].starts_with("3,not selected,"), "{text}");
    assert!(!text.contains(",=HYPERLINK"), "{text}");
    let people = ground.run(&["employees"]);
    assert!(
        people.json.as_array().is_none_or(Vec::is_empty),
        "{}",
        people.text
    );
}

#[test]
fn export_is_for_its_owner_alone_and_overwrites_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let ground = Ground::new(INTEGRATION);
    ground.deliver("a.csv", FILE);
    assert_eq!(export(&ground, "review.csv").0, Some(0));
    let mode = fs::metadata(ground.path("review.csv"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::write(ground.path("other.csv"), "mine").unwrap();
    let (code, said) = export(&ground, "other.csv");
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("`other.csv` was not written"), "{said}");
    assert_eq!(
        fs::read_to_string(ground.path("other.csv")).unwrap(),
        "mine"
    );
}

#[test]
fn export_of_an_hr_system_has_more_employees_than_the_test_prints() {
    let options = Options {
        people: Some(12),
        speed: 1_000.0,
        ..Options::default()
    };
    let emulator = Emulator::start(Product::BambooHr, &options).unwrap();
    let mut ground = Ground::new(&format!(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nconnector = \"bamboohr\"\nbase_url = \"{}\"\ncompany_domain = \"acme\"\n\
         api_key = {{ file = \"key\" }}\n",
        emulator.url()
    ));
    ground.at("2026-11-02T08:00:00Z");
    ground.secret("key", &emulator.credential("api_key"));
    let output = ground.output(&[
        "test",
        "integration.toml",
        "--any-host",
        "--export",
        "review.csv",
    ]);
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(ground.path("review.csv")).unwrap();
    assert_eq!(text.lines().count(), 13, "{text}");
}
