//! A private key that cannot be used is told when it is saved and tested, not when the integration runs at night (A18).

use crate::ground::Ground;
use muster_testkit::{
    emulator::{Emulator, Options, Product},
    private_key::{converted, encrypted, generated, public},
};

const PASSPHRASE: &str = "open sesame, please";

/// An integration whose tokens are signed, and the emulator that it reads.
fn signed(key: &str, passphrase: Option<&str>) -> (Ground, Emulator) {
    let options = Options {
        people: Some(12),
        speed: 1_000.0,
        ..Options::default()
    };
    let emulator = Emulator::start(Product::YouServe, &options).unwrap();
    let (url, client) = (emulator.url(), emulator.credential("client_id"));
    let mut file = format!(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nconnector = \"youserve\"\nbase_url = \"{url}\"\n\
         client_id = \"{client}\"\nlogin = \"assertion\"\nprivate_key = {{ file = \"key\" }}\n"
    );
    if passphrase.is_some() {
        file += "passphrase = { file = \"passphrase\" }\n";
    }
    let mut ground = Ground::new(&file);
    ground.at("2026-11-02T08:00:00Z");
    ground.secret("key", key);
    ground.secret("passphrase", passphrase.unwrap_or_default());
    (ground, emulator)
}

/// What is said of a key by whoever saves, tests and runs, each in words for people and for programs.
#[track_caller]
fn is_reported(key: &str, passphrase: Option<&str>, why: &str, next: &str) {
    let (ground, emulator) = signed(key, passphrase);
    for command in ["check", "test", "sync"] {
        let output = ground.output(&[command, "integration.toml", "--any-host"]);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let answer = ground.run(&[command, "integration.toml", "--any-host"]);
        assert_eq!(
            (output.status.code(), answer.code),
            (Some(2), 2),
            "{command}: {said} {}",
            answer.text
        );
        for said in [&said, &answer.text] {
            assert!(
                said.contains("private_key") && said.contains(why) && said.contains(next),
                "{command}: {said}"
            );
            assert!(
                !said.contains(PASSPHRASE) && !said.contains(key.lines().nth(1).unwrap_or("-----")),
                "{said}"
            );
        }
    }
    assert!(emulator.requests().is_empty(), "nothing is sent");
    let people = ground.run(&["employees"]);
    assert!(
        people.json.as_array().is_none_or(Vec::is_empty),
        "{}",
        people.text
    );
}

fn p256() -> String {
    generated("EC", "ec_paramgen_curve:P-256")
}

#[test]
fn a18_what_is_no_private_key_is_reported_when_it_is_saved() {
    let key = p256();
    let half: String = key.chars().take(120).collect();
    for wrong in [
        "hello",
        &half,
        &key.replace("PRIVATE", "PIRVATE"),
        &key.replace('\n', " "),
    ] {
        is_reported(
            wrong,
            None,
            "not a private key",
            "set the whole file, with its first and last line",
        );
    }
    is_reported(
        &public(&key),
        None,
        "it is a public key",
        "set the private key",
    );
}

#[test]
fn a18_a_passphrase_that_is_wrong_or_not_there_is_reported_when_it_is_saved() {
    for key in [p256(), generated("RSA", "rsa_keygen_bits:2048")] {
        let locked = encrypted(&key, PASSPHRASE);
        is_reported(&locked, None, "no passphrase is set", "`passphrase`");
        is_reported(&locked, Some(""), "no passphrase is set", "`passphrase`");
        is_reported(
            &locked,
            Some("open barley"),
            "the passphrase does not open it",
            "`passphrase`",
        );
    }
}

#[test]
fn a18_a_key_that_no_signed_token_can_be_made_with_is_reported_when_it_is_saved() {
    let form = "set an RSA key (2048 bits or more) or an EC key (P-256 or P-384) in PEM form";
    is_reported(
        &generated("ED25519", ""),
        None,
        "neither an RSA key nor an EC key",
        form,
    );
    is_reported(
        &generated("EC", "ec_paramgen_curve:P-521"),
        None,
        "neither an RSA key nor an EC key",
        form,
    );
    is_reported(
        &generated("RSA", "rsa_keygen_bits:1024"),
        None,
        "RSA keys need 2048 bits or more",
        form,
    );
}

#[test]
fn a18_private_keys_of_every_format_are_accepted() {
    for (form, passphrase) in [
        (&["pkey"][..], None),
        (&["ec"], None),
        (
            &[
                "pkcs8",
                "-topk8",
                "-v2",
                "aes-256-cbc",
                "-passout",
                "pass:open sesame, please",
            ],
            Some(PASSPHRASE),
        ),
    ] {
        let (ground, emulator) = signed("", passphrase);
        let key = converted(&emulator.credential("private_key_p256"), form);
        ground.secret("key", &format!("\r\n {} \r\n", key.replace('\n', "\r\n")));
        assert_eq!(ground.run(&["check", "integration.toml"]).code, 0);
        let tested = ground.run(&["test", "integration.toml", "--any-host"]);
        assert_eq!(
            (tested.code, tested.json["records"].as_u64()),
            (0, Some(12)),
            "{form:?}: {}",
            tested.text
        );
        let synced = ground.run(&["sync", "integration.toml", "--approve", "--any-host"]);
        assert_eq!(synced.code, 0, "{form:?}: {}", synced.text);
    }
}

#[test]
fn a18_another_key_than_the_registered_one_is_reported_when_it_is_tested() {
    let (ground, emulator) = signed(&p256(), None);
    assert_eq!(
        ground.run(&["check", "integration.toml"]).code,
        0,
        "it may be the right one"
    );
    let tested = ground.run(&["test", "integration.toml", "--any-host"]);
    assert_eq!(tested.code, 1, "{}", tested.text);
    tested.says("the signed token is refused: the server answers 400 Bad Request: `the signature is not right`");
    tested.says("check that YouServe registered the public key that belongs to `private_key`");
    assert_eq!(emulator.requests().len(), 1, "tried once");
}

#[test]
fn a18_check_fails_without_the_credentials() {
    let (ground, _) = signed(&p256(), None);
    std::fs::remove_file(ground.path("key")).unwrap();
    let checked = ground.run(&["check", "integration.toml"]);
    assert_eq!(
        (checked.code, checked.json["valid"].as_bool()),
        (2, Some(false)),
        "{}",
        checked.text
    );
    checked.says("source.private_key").says("cannot be read");
    let output = ground.output(&["check", "integration.toml"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("source.private_key"), "{said}");
}
