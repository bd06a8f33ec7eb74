//! `muster test` of an HR system in text form: readable fields, sample employees, and the counts of the selection rules.

use crate::ground::Ground;
use muster_testkit::emulator::{Emulator, Options, Product, Switch};

/// Tests the connection of one provider in a scenario. Returns its output.
fn tested(
    product: Product,
    settings: &str,
    secret: &str,
    selection_field: &str,
    scenario: &str,
) -> String {
    let emulator = Emulator::start(
        product,
        &Options {
            people: Some(20),
            speed: 1_000.0,
            ..Options::default()
        },
    )
    .unwrap();
    emulator.switch(&Switch::parse(scenario).unwrap()).unwrap();
    let mut ground = Ground::new(&format!(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nbase_url = \"{}\"\n{settings}{secret} = {{ file = \"{secret}\" }}\n\
         [[select]]\ncolumn = \"{selection_field}\"\nis = true\n",
        emulator.url()
    ));
    ground.at("2026-11-02T08:00:00Z");
    ground.secret(secret, &emulator.credential(secret));
    let output = ground.output(&["test", "integration.toml", "--any-host"]);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(
        emulator.writes().is_empty()
            && ground
                .run(&["employees"])
                .json
                .as_array()
                .is_none_or(Vec::is_empty)
    );
    said
}

/// The line of a table that is about a field, its words one blank apart.
#[track_caller]
fn row(said: &str, field: &str) -> String {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    said.lines()
        .map(words)
        .find(|line| line.starts_with(&format!("{field} ")))
        .expect(said)
}

#[test]
fn connection_test_of_every_system_lists_readable_fields_samples_and_selection_counts() {
    let personio = "connector = \"personio\"\nclient_id = \"papi-5b1c8d0e-emulated-client\"\n";
    let bamboohr = "connector = \"bamboohr\"\ncompany_domain = \"acme\"\n";
    let youserve = "connector = \"youserve\"\nclient_id = \"emulated-api-key-7f3d\"\n";
    for (product, settings, secret, selection_field, scenario, withheld, used) in [
        (
            Product::Personio,
            personio,
            "client_secret",
            "Alleo",
            "email-withheld",
            "email",
            "first_name",
        ),
        (
            Product::BambooHr,
            bamboohr,
            "api_key",
            "alleo_access",
            "birth-date-withheld",
            "dateOfBirth",
            "firstName",
        ),
        (
            Product::YouServe,
            youserve,
            "client_secret",
            "extensions.alleo",
            "birthday-missing",
            "dateOfBirth",
            "lastName",
        ),
    ] {
        let said = tested(product, settings, secret, selection_field, "plain");
        assert!(
            said.contains("20 employees read") && said.contains("5 sample employees:"),
            "{said}"
        );
        assert!(row(&said, withheld).contains(" yes "), "{said}");
        assert!(said.contains("fields readable but not mapped: "), "{said}");
        let counted = said
            .lines()
            .find_map(|line| line.strip_prefix("selection rules: "))
            .expect(&said);
        let counts: Vec<u32> = counted
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        assert!(
            counts.iter().sum::<u32>() == 20 && counts[0] > 0,
            "{counted}"
        );
        let said = tested(product, settings, secret, selection_field, scenario);
        assert!(
            row(&said, withheld)
                .ends_with("no: the credentials may not read it, or it does not exist 0"),
            "{said}"
        );
        assert!(row(&said, used).ends_with(" yes 20"), "{said}");
    }
    // Nobody died, which can be read all the same.
    let said = tested(
        Product::YouServe,
        youserve,
        "client_secret",
        "extensions.alleo",
        "plain",
    );
    assert!(
        row(&said, "deceased").ends_with("yes, but no employee has a value 0"),
        "{said}"
    );
}
