//! `muster alert`: channels from the command line, and a service that sends through a real mail server.

use crate::ground::{Ground, PLAIN};
use muster_testkit::{hook::Hook, smtp::MailServer};

const PEOPLE: &str = "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\n";

fn mailing(server: &MailServer) -> Ground {
    let ground = Ground::new(PLAIN);
    ground.deliver("a.csv", PEOPLE).approve();
    let port = server.port.to_string();
    let set = ground.run(&[
        "alert",
        "mail-server",
        "127.0.0.1",
        "--port",
        &port,
        "--encryption",
        "none",
        "--from",
        "muster@acme.example",
    ]);
    assert_eq!(set.json["status"], "set", "{}", set.text);
    ground
}

#[test]
fn test_mail_arrives_or_the_command_says_why_not() {
    let server = MailServer::plain();
    let ground = mailing(&server);
    let added = ground.run(&["alert", "add", "ops@acme.example"]);
    let channel = added.json["channel"].to_string();
    assert_eq!(
        ground.run(&["alert", "test", &channel]).json["status"],
        "sent"
    );
    let mails = server.mails();
    assert!(
        mails[0].contains("Subject: [Muster] test message"),
        "{}",
        mails[0]
    );
    server.reply(&["550 unknown user"]);
    let refused = ground.run(&["alert", "test", &channel]);
    assert_eq!(refused.code, 2);
    refused.says("the mail server answered with reply 550");
    ground
        .run(&["alert", "test", "99"])
        .says("there is no channel 99");
    assert_eq!(
        ground.run(&["alert", "remove", &channel]).json["status"],
        "removed"
    );
    assert_eq!(
        ground.run(&["alert", "list"]).json["channels"],
        serde_json::json!([])
    );
}

#[test]
fn signing_secret_is_shown_once_and_is_not_in_the_database() {
    let ground = Ground::new(PLAIN);
    let added = ground.run(&["alert", "add", "https://hooks.acme.example/muster"]);
    let secret = added.json["secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"));
    let list = ground.run(&["alert", "list"]);
    assert!(!list.text.contains("whsec_"), "{}", list.text);
    let database = std::fs::read(ground.path("muster.db")).unwrap();
    let found = |text: &[u8]| database.windows(text.len()).any(|window| window == text);
    assert!(found(b"hooks.acme.example"));
    assert!(!found(&secret.as_bytes()["whsec_".len()..]));
}

/// P41, W12.
#[test]
fn internal_receiver_is_refused_unless_it_is_allowed() {
    let ground = Ground::new(PLAIN);
    for url in [
        "https://10.0.0.9/x",
        "https://127.0.0.1/x",
        "http://hooks.acme.example/x",
    ] {
        let refused = ground.run(&["alert", "add", url]);
        assert_eq!(refused.code, 2, "{url}: {}", refused.text);
    }
    let hook = Hook::start(&[200]);
    let added = ground.run(&["alert", "add", &hook.url(), "--allow-internal"]);
    let channel = added.json["channel"].to_string();
    assert_eq!(
        ground.run(&["alert", "test", &channel]).json["status"],
        "sent"
    );
    assert_eq!(hook.requests().len(), 1);
}

#[test]
fn rotation_of_the_master_key_covers_the_secrets_of_channels() {
    let server = MailServer::plain();
    let ground = mailing(&server);
    let hook = Hook::start(&[200]);
    let added = ground.run(&["alert", "add", &hook.url(), "--allow-internal"]);
    let rotated = ground.run(&["key", "rotate"]);
    assert_eq!(rotated.code, 0, "{}", rotated.text);
    let channel = added.json["channel"].to_string();
    assert_eq!(
        ground.run(&["alert", "test", &channel]).json["status"],
        "sent"
    );
}
