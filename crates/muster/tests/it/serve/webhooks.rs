//! The service sends events about employees: signed, in order, repeated after failures, and recalled.

use super::{
    Service,
    browser::{Browser, location},
    end_of, enqueue, stored, wait_for,
};
use muster_connectors::outgoing::SigningSecret;
use muster_core::model::job::JobEnd;
use muster_engine::{Clock, SystemClock};
use muster_testkit::{
    hook::{Hook, HookRequest},
    nginx::{Nginx, NginxOptions},
};
use serde_json::Value;

const TWO: &str =
    "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\nE-2,bob@acme.example,Bob,Vos\n";

fn bodies(requests: &[HookRequest]) -> Vec<Value> {
    let bodies = requests
        .iter()
        .map(|request| serde_json::from_str(&request.body).unwrap());
    bodies.collect()
}

fn wait_for_type(hook: &Hook, wanted: &str) -> Value {
    wait_for(wanted, || {
        let bodies = bodies(&hook.requests());
        bodies.into_iter().find(|body| body["type"] == wanted)
    })
}

#[test]
fn changes_of_employees_are_sent_signed_and_again_after_a_failure() {
    let (mut ground, store) = stored();
    let hook = Hook::start(&[500, 200]);
    let added = ground.run(&[
        "webhooks",
        "add",
        &hook.url(),
        "--allow-internal",
        "--departure-wait",
        "0",
    ]);
    let secret = SigningSecret::parse(added.json["secret"].as_str().expect(&added.text)).unwrap();
    let service = Service::start(&ground.path(""));
    ground.deliver("a.csv", TWO);
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    // The first attempt fails; the wait before the second is 5 seconds.
    let created = wait_for("the second attempt", || {
        (hook.requests().len() >= 2).then(|| hook.requests())
    });
    assert_eq!(
        created[0].header("webhook-id"),
        created[1].header("webhook-id")
    );
    for request in &created {
        let seconds: i64 = request.header("webhook-timestamp").parse().unwrap();
        assert_eq!(
            request.header("webhook-signature"),
            secret.sign(
                &request.header("webhook-id"),
                seconds,
                request.body.as_bytes()
            )
        );
    }
    let body = &bodies(&created)[1];
    assert_eq!(
        (&body["type"], &body["data"]["workspace"]),
        (&"employee.created".into(), &"acme".into())
    );
    assert_eq!(body["data"]["values"]["email"], "bob@acme.example");
    ground.deliver("a.csv", TWO.replace("Vos", "Smit"));
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    let updated = wait_for_type(&hook, "employee.updated");
    assert_eq!(updated["data"]["changed"], serde_json::json!(["last_name"]));
    ground.at(&SystemClock.now().to_string());
    let erased = ground.run(&["erase", "E-2", "--yes"]);
    assert_eq!(erased.code, 0, "{}", erased.text);
    let erased = wait_for_type(&hook, "employee.erased");
    assert_eq!(
        (&erased["data"]["employee"], &erased["data"]["values"]),
        (&2.into(), &Value::Null)
    );
    let log = service.stop();
    assert!(
        log.contains("event is delivered") && !log.contains("bob@"),
        "{log}"
    );
}

#[test]
fn undo_recalls_a_departure_that_was_not_sent_yet() {
    let (mut ground, store) = stored();
    ground.deliver("a.csv", TWO);
    ground.at(&SystemClock.now().to_string());
    ground.sync().is(0, "applied");
    let hook = Hook::start(&[200]);
    ground.run(&[
        "webhooks",
        "add",
        &hook.url(),
        "--allow-internal",
        "--departure-wait",
        "86400",
    ]);
    let service = Service::start(&ground.path(""));
    let integration = std::fs::read_to_string(ground.path("integration.toml")).unwrap();
    let strict = integration.replace("[policy]", "[policy]\nmissing = \"deactivate\"");
    std::fs::write(ground.path("integration.toml"), strict).unwrap();
    ground.deliver(
        "a.csv",
        TWO.split_inclusive('\n').take(2).collect::<String>(),
    );
    ground.at(&SystemClock.now().to_string());
    let left = ground.approve();
    assert_eq!(ground.person("E-2")["status"], "inactive", "{}", left.text);
    ground.at(&SystemClock.now().to_string());
    let undone = ground.run(&["undo", &left.run_id(), "--approve"]);
    assert_eq!(undone.code, 0, "{}", undone.text);
    // What comes after it arrives: nothing was held back before it.
    ground.deliver("a.csv", TWO.replace("Vos", "Smit"));
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    wait_for_type(&hook, "employee.updated");
    let types: Vec<String> = bodies(&hook.requests())
        .iter()
        .map(|body| body["type"].to_string())
        .collect();
    assert!(
        !types.iter().any(|kind| kind.contains("activated")),
        "{types:?}"
    );
    service.stop();
}

#[test]
fn receiver_with_a_certificate_of_a_private_authority_is_trusted_if_that_is_named() {
    let (ground, store) = stored();
    let receiver = Nginx::start(&NginxOptions {
        more: "location /named { return 204; }\nlocation /unnamed { return 204; }".to_owned(),
        ..NginxOptions::default()
    });
    let authority = ground.path("authority.pem");
    std::fs::write(&authority, &receiver.ca_pem).unwrap();
    let authority = authority.display().to_string();
    let url = |path: &str| format!("https://localhost:{}/{path}", receiver.port);
    let empty = ground.path("inbox/a.csv").display().to_string();
    let (named, unnamed) = (url("named"), url("unnamed"));
    let add = |url: &str, authority: &[&str]| {
        ground.run(&[&["webhooks", "add", url, "--allow-internal"], authority].concat())
    };
    let refused = add(&named, &["--ca-certificate", &empty]);
    assert_eq!(refused.code, 2, "{}", refused.text);
    refused.says("contains no certificate");
    assert_eq!(add(&named, &["--ca-certificate", &authority]).code, 0);
    assert_eq!(add(&unnamed, &[]).code, 0);
    let mut service = Service::start(&ground.path(""));
    ground.deliver("a.csv", TWO);
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    service.logs("event is not delivered");
    wait_for("the receiver is posted to", || {
        receiver.log().contains("POST /named").then_some(())
    });
    service.stop();
    assert!(!receiver.log().contains("/unnamed"), "{}", receiver.log());
}

#[test]
fn page_of_a_webhook_lists_its_events_and_sends_them_again() {
    let (ground, store) = stored();
    let hook = Hook::start(&[200]);
    ground.run(&["webhooks", "add", &hook.url(), "--allow-internal"]);
    let mut service = Service::start(&ground.path(""));
    let eva = Browser::new(&mut service);
    ground.deliver("a.csv", TWO);
    assert_eq!(end_of(&store, enqueue(&store)).0, JobEnd::Done);
    let list = eva.get("/w/acme/webhooks");
    let path = list.split("href=\"/w/acme/webhooks/").nth(1).expect(&list);
    let path = format!("/w/acme/webhooks/{}", path.split('"').next().unwrap());
    let page = wait_for("the event is delivered", || {
        let page = eva.get(&path);
        page.contains("</svg>Delivered").then_some(page)
    });
    assert!(page.contains("<code>employee.created</code>"), "{page}");
    assert!(page.contains(">Bob Vos</a>"), "{page}");
    assert!(!eva.get(&format!("{path}?state=dead")).contains("Bob Vos"));
    let before = hook.requests().len();
    let again = eva.submit(&path, &format!("{path}/replay"), &[("since", "2020-01-01")]);
    assert_eq!(location(&again), path);
    let sent = wait_for("the event is sent again", || {
        let sent = hook.requests();
        (sent.len() > before).then_some(sent)
    });
    let id = |request: &HookRequest| request.header("webhook-id");
    assert!(
        sent[..before]
            .iter()
            .any(|first| id(first) == id(&sent[before]))
    );
    service.stop();
}
