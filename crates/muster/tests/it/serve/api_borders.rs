//! What the API keeps apart: workspaces, and what was deleted at the end of its retention period.

use super::{
    Service,
    api::{Program, ground},
};
use crate::ground::Ground;
use muster_core::privacy::retention::Keep;
use muster_engine::{Clock, SystemClock};
use muster_store::{Options, Store};
use muster_web::endpoints;
use serde_json::{Value, json};
use std::fs;

/// Adds the workspace `other` with an integration that never ran.
fn add_other(ground: &Ground) {
    fs::create_dir(ground.path("others")).unwrap();
    let integration = "name = \"staff\"\n[workspace]\nname = \"other\"\n[source]\nurl = \"file:/nowhere\"\n\
        [mapping]\nexternal_id = \"id\"\nemail = \"mail\"\nfirst_name = \"first\"\nlast_name = \"last\"\n";
    fs::write(ground.path("others/staff.toml"), integration).unwrap();
    let applied = ground.run(&["apply", "others"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
}

/// A valid body for an endpoint.
fn body(path: &str) -> Value {
    if path.contains("/repairs") {
        return json!({ "records": [{ "origin": { "file": 0, "line": 6 }, "values": {} }] });
    }
    match path.rsplit('/').next().unwrap() {
        "{group}" => json!({ "conditions": [{ "field": "country", "in": ["NL"] }] }),
        "rename" => json!({ "key": "size" }),
        "reject" | "erase" | "pause" => json!({ "note": "a reason" }),
        "edits" | "preview" => json!({ "edit": { "deactivate": { "employee": 1 } } }),
        "snooze" => json!({ "days": 1 }),
        "{setting}" => json!({ "value": "hunter2" }),
        _ => json!({}),
    }
}

/// W10, P35: whatever has an id in one workspace does not exist in another, at any address.
#[test]
fn w10_ids_of_one_workspace_do_not_exist_in_another_at_any_address() {
    let ground = ground();
    add_other(&ground);
    let hook = ground.run(&[
        "webhooks",
        "add",
        "https://hooks.acme.invalid/x",
        "--workspace",
        "acme",
    ]);
    let channel = ground.run(&["alert", "add", "ops@acme.example", "--workspace", "acme"]);
    ground.run(&["issues"]);
    let service = Service::start(&ground.path(""));
    let program = Program::of_workspace(&ground, &service, "boss", "admin", "acme");
    let stranger = Program::of_workspace(&ground, &service, "stranger", "admin", "other");
    let held = program.get("/plans?status=held")["items"][0].clone();
    let pin = json!({ "edit": { "unpin": { "employee": 2, "field": "title" } } });
    let job = program.done(program.post("/edits", "", &pin))["job"].to_string();
    let ids = [
        ("{run}", held["run"].to_string()),
        ("{plan}", held["plan"].as_str().unwrap().to_owned()),
        ("{employee}", "1".to_owned()),
        ("{integration}", "people".to_owned()),
        ("{group}", "Dutch".to_owned()),
        ("{field}", "shirt_size".to_owned()),
        ("{setting}", "credentials.password".to_owned()),
        ("{issue}", program.get("/issues")[0]["issue"].to_string()),
        ("{webhook}", hook.json["webhook"].to_string()),
        ("{channel}", channel.json["channel"].to_string()),
        ("{job}", job),
    ];
    let mut walked = 0;
    for (method, path, _) in endpoints() {
        let Some(rest) = path.strip_prefix("/api/v1/workspaces/{workspace}") else {
            continue;
        };
        let has_id = ids.iter().any(|(part, _)| rest.contains(part));
        if !has_id && !rest.starts_with("/edits") {
            continue;
        }
        let rest = ids
            .iter()
            .fold(rest.to_owned(), |rest, (part, id)| rest.replace(part, id));
        // It has a parameter that is required.
        let rest = match rest.starts_with("/runs/") && rest.ends_with("/changes") {
            true => format!("{rest}?kind=update"),
            false => rest,
        };
        assert!(
            !rest.contains('{'),
            "{path} has an id that the test does not know"
        );
        let headers = "Content-Type: application/json\r\n";
        let sent = if method == "GET" {
            Value::Null
        } else {
            body(path)
        };
        let ask = |program: &Program, workspace: &str| {
            let address = format!("/api/v1/workspaces/{workspace}{rest}");
            program.ask(method.as_str(), &address, headers, &sent.to_string())
        };
        walked += 1;
        assert_eq!(ask(&stranger, "acme").0, 404, "{rest}");
        // These make a group of this name, or say what it would have.
        if path.contains("{group}") && (method == "PUT" || method == "POST") {
            continue;
        }
        let (status, answer) = ask(&stranger, "other");
        assert_eq!(status, 404, "{method} {rest}: {answer:#}");
        assert_eq!(answer["code"], "MUS-REQUEST-NOT-FOUND", "{rest}");
        if method == "GET" && !rest.ends_with("/events") {
            assert_eq!(
                ask(&program, "acme").0,
                200,
                "{rest} exists in its own workspace"
            );
        }
    }
    assert!(walked > 25, "{walked}");
    let untouched = program.get("/employees/1");
    assert_eq!(untouched["status"], "active");
    assert_eq!(
        program.get("/webhooks")["webhooks"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    service.stop();
}

#[test]
fn cursor_whose_history_was_deleted_is_gone_and_not_an_empty_page() {
    let ground = ground();
    let service = Service::start(&ground.path(""));
    let program = Program::new(&ground, &service, "reader", "viewer");
    let first = program.get("/changes?limit=1");
    let cursor = first["next"].as_str().unwrap();
    assert_eq!(
        program.get(&format!("/changes?after={cursor}&limit=1"))["more"],
        true
    );
    let url = format!("sqlite:{}", ground.path("muster.db").display());
    let store = Store::open(&url, Options::default()).unwrap();
    let mut workspace = store.workspace("acme").unwrap().unwrap();
    workspace.settings.retention.history = Keep::Days(1);
    let later = SystemClock.now() + jiff::SignedDuration::from_hours(72);
    assert!(store.retain(&workspace, later).unwrap().changes > 0);
    let path = format!("/api/v1/workspaces/acme/changes?after={cursor}");
    let (status, gone) = program.ask("GET", &path, "", "");
    assert_eq!(
        (status, &gone["code"]),
        (410, &json!("MUS-REQUEST-EXPIRED"))
    );
    let now = program.get("/changes?after=now");
    assert_eq!(now["changes"], json!([]));
    service.stop();
}
