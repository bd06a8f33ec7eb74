//! What programs see and change of issues, of webhooks and of channels for alerts.

use super::{
    Service,
    api::{Program, ground, over_http},
    wait_for,
};
use muster_testkit::hook::Hook;
use serde_json::{Value, json};

const ROOT: &str = "/api/v1/workspaces/acme";

#[test]
fn issues_are_those_of_the_command_line_and_are_snoozed_in_the_name_of_the_token() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "watcher", "operator");
    let reader = Program::new(&ground, &service, "reader", "viewer");
    let listed = over_http(ground.run(&["issues"]).json);
    assert_eq!(program.get("/issues"), listed);
    let held = listed.as_array().unwrap().iter();
    let held = held.filter(|issue| issue["kind"] == "held_plan").count();
    assert_eq!(held, 1, "{listed:#}");
    let number = listed[0]["issue"].to_string();
    let shown = over_http(ground.run(&["issues", "show", &number]).json);
    assert_eq!(program.get(&format!("/issues/{number}")), shown);

    let snooze = format!("/issues/{number}/snooze");
    let (status, snoozed) = program.post(&snooze, "", &json!({ "days": 3 }));
    assert_eq!((status, &snoozed["issue"]), (200, &listed[0]["issue"]));
    let after = program.get(&format!("/issues/{number}"));
    assert_eq!(after["issue"]["snoozed_by"], "token watcher");
    assert_eq!(after["issue"]["snoozed_until"], snoozed["snoozed_until"]);
    assert_eq!(program.post(&snooze, "", &json!({})).0, 200);
    let woken = program.get(&format!("/issues/{number}"));
    assert_eq!(woken["issue"]["snoozed_until"], Value::Null);
    let events: Vec<&Value> = woken["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["event"])
        .collect();
    assert_eq!(events, ["opened", "snoozed", "woken"]);
    for (path, body, expected) in [
        (&*snooze, json!({ "days": 0 }), 400),
        (&snooze, json!({ "days": 366 }), 400),
        (&snooze, json!({ "days": 70_000 }), 400),
        ("/issues/999/snooze", json!({ "days": 1 }), 404),
    ] {
        assert_eq!(program.post(path, "", &body).0, expected, "{path} {body}");
    }
    assert_eq!(reader.post(&snooze, "", &json!({ "days": 1 })).0, 403);
    service.stop();
}

/// P41, W12: a program cannot make the service post to its own machine or network.
#[test]
fn webhook_is_added_paused_and_removed_by_a_program_and_leads_nowhere_inside() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "boss", "admin");
    let clerk = Program::new(&ground, &service, "clerk", "approver");
    for url in [
        "https://127.0.0.1/hook",
        "https://[::1]/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.8/hook",
        "http://hooks.acme.example/x",
        "file:///etc/passwd",
        "",
    ] {
        let (status, refused) = program.post("/webhooks", "", &json!({ "url": url }));
        assert_eq!(status, 400, "{url}: {refused:#}");
        assert!(
            refused["detail"].as_str().unwrap().starts_with("url: "),
            "{refused:#}"
        );
    }
    let new = json!({ "url": "https://hooks.acme.invalid/x", "departure_wait": 60 });
    assert_eq!(clerk.post("/webhooks", "", &new).0, 403);
    let (status, added) = program.post("/webhooks", "", &new);
    assert_eq!((status, &added["status"]), (201, &json!("added")));
    assert!(added["secret"].as_str().unwrap().starts_with("whsec_"));
    let number = &added["webhook"];
    let listed = program.get("/webhooks");
    assert_eq!(listed, over_http(ground.run(&["webhooks", "list"]).json));
    assert_eq!(listed["webhooks"][0]["departure_wait"], 60);
    assert!(!listed.to_string().contains("whsec_"), "{listed:#}");
    for (act, status, is_paused) in [("pause", "paused", true), ("resume", "resumed", false)] {
        let (code, answer) = program.post(&format!("/webhooks/{number}/{act}"), "", &json!({}));
        assert_eq!((code, &answer["status"]), (200, &json!(status)));
        let state = &program.get("/webhooks")["webhooks"][0]["is_paused"];
        assert_eq!(state, is_paused);
        assert_eq!(
            program
                .post(&format!("/webhooks/999/{act}"), "", &json!({}))
                .0,
            404
        );
    }
    let path = format!("{ROOT}/webhooks/{number}");
    let remove = |program: &Program| program.ask("DELETE", &path, "", "").0;
    assert_eq!(
        (remove(&clerk), remove(&program), remove(&program)),
        (403, 200, 404)
    );
    assert_eq!(program.get("/webhooks")["webhooks"], json!([]));
    service.stop();
}

#[test]
fn deliveries_of_a_webhook_are_listed_and_sent_again_by_a_program() {
    let ground = ground();
    let hook = Hook::start(&[200]);
    let added = ground.run(&["webhooks", "add", &hook.url(), "--allow-internal"]);
    let number = added.json["webhook"].to_string();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "boss", "admin");
    for location in ["Taulov", "Kolding"] {
        let edit =
            json!({ "edit": { "edit": { "employee": 4, "values": { "location": location } } } });
        program.done(program.post("/edits", "", &edit));
    }
    let list = format!("/webhooks/{number}/deliveries");
    let delivered = wait_for("both events are delivered", || {
        let page = program.get(&format!("{list}?state=delivered"));
        (page["items"].as_array().unwrap().len() == 2).then_some(page)
    });
    let (latest, first) = (&delivered["items"][0], &delivered["items"][1]);
    assert_eq!(
        (&latest["kind"], &latest["employee"], &latest["attempts"]),
        (&json!("employee.updated"), &json!(4), &json!(1))
    );
    let page = program.get(&format!("{list}?limit=1"));
    assert_eq!(
        (&page["items"][0], &page["next"]),
        (latest, &json!(latest["event"].to_string()))
    );
    let page = program.get(&format!("{list}?limit=1&after={}", latest["event"]));
    assert_eq!((&page["items"][0], &page["next"]), (first, &Value::Null));
    assert_eq!(
        program.get(&format!("{list}?state=dead"))["items"],
        json!([])
    );
    let replay = format!("/webhooks/{number}/replay");
    let nothing = program.post(&replay, "", &json!({}));
    assert_eq!(
        (nothing.0, &nothing.1["events"]),
        (200, &json!(0)),
        "nothing was given up"
    );
    let (_, again) = program.post(&replay, "", &json!({ "since": "2026-01-01T00:00:00Z" }));
    assert_eq!(again["status"], "replayed");
    assert!(again["events"].as_u64() >= Some(2), "{again:#}");
    let ids = wait_for("the events arrive again", || {
        let requests = hook.requests();
        let ids = requests.iter().map(|request| request.header("webhook-id"));
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        (ids.len() >= 4).then_some(ids)
    });
    assert!(ids.windows(2).any(|two| two[0] == two[1]), "{ids:?}");
    assert_eq!(program.post("/webhooks/999/replay", "", &json!({})).0, 404);
    service.stop();
}

#[test]
fn channels_of_the_workspace_are_managed_by_a_program_and_those_of_the_installation_are_not() {
    let ground = ground();
    let of_all = ground.run(&["alert", "add", "root@acme.example"]);
    let of_all = of_all.json["channel"].to_string();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "boss", "admin");
    for (target, part) in [
        ("nobody", "e-mail address"),
        ("a b@acme.example", "e-mail address"),
        ("https://127.0.0.1/x", "127.0.0.1"),
        ("http://hooks.acme.example/x", "https"),
    ] {
        let (status, refused) = program.post("/alert-channels", "", &json!({ "target": target }));
        assert_eq!(status, 400, "{target}");
        let detail = refused["detail"].as_str().unwrap();
        assert!(
            detail.starts_with("target: ") && detail.contains(part),
            "{detail}"
        );
    }
    let new = json!({ "target": "ops@acme.example", "digest": true });
    let (status, added) = program.post("/alert-channels", "", &new);
    assert_eq!((status, &added["secret"]), (201, &Value::Null));
    let number = added["channel"].to_string();
    let listed = program.get("/alert-channels");
    let of_command = ground.run(&["alert", "list"]).json;
    let of_command = of_command["channels"].as_array().unwrap();
    assert_eq!(of_command.len(), 2);
    assert_eq!(listed["channels"], json!([of_command.last().unwrap()]));
    let (status, refused) = program.post(&format!("/alert-channels/{number}/test"), "", &json!({}));
    assert_eq!(
        (status, &refused["code"]),
        (422, &json!("MUS-ALERT-NOT-SENT"))
    );
    assert_eq!(refused["detail"], "no mail server is set");
    let remove = |number: &str| {
        let path = format!("{ROOT}/alert-channels/{number}");
        program.ask("DELETE", &path, "", "").0
    };
    assert_eq!(
        (remove(&of_all), remove(&number), remove(&number)),
        (404, 200, 404)
    );
    service.stop();
}
