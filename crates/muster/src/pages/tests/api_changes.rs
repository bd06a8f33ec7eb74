//! What programs change beside employees: smart groups and custom fields; and what they see of reporting lines.

use super::{
    demo::Demo,
    program::{Program, Said},
};
use muster_core::model::role::Role;
use serde_json::{Value, json};

fn cashiers() -> Value {
    json!({ "conditions": [{ "field": "title", "in": ["Cashier"] }] })
}

fn etag(said: &Said) -> String {
    said.headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn smart_group_is_previewed_saved_changed_and_removed_over_the_api() {
    let demo = Demo::new().await;
    let program = Program::new(&demo, "clerk", Role::Operator);
    let path = "/groups/Cashiers";
    let preview = program
        .send("POST", "/groups/Cashiers/preview", &cashiers())
        .await;
    let preview = preview.is(200);
    assert_eq!(
        (&preview["saved"], &preview["smart_groups"][0]["joins"]),
        (&json!(false), &json!(62))
    );
    assert_eq!(program.get("/groups").await["smart_groups"], json!([]));
    let saved = program.send("PUT", path, &cashiers()).await;
    assert_eq!(saved.is(200)["smart_groups"][0]["members"], 62);
    let shown = program.send("GET", path, &Value::Null).await;
    assert_eq!(shown.is(200)["members"], 62);
    assert_eq!(shown.json["saved"]["by"], "token clerk");
    assert_eq!(etag(&shown), etag(&saved));
    // What is shown is what can be sent.
    let again = json!({ "conditions": shown.json["conditions"], "expression": "country == 'NL'" });
    let if_match = [("if-match", etag(&shown))];
    let if_match = if_match.each_ref().map(|(name, value)| (*name, &**value));
    let changed = program.ask("PUT", path, &if_match, &again).await;
    assert_eq!(changed.is(200)["smart_groups"][0]["is_new"], false);
    assert_eq!(changed.json["smart_groups"][0]["members"], 20);
    let stale = program.ask("PUT", path, &if_match, &cashiers()).await;
    stale.refuses(412, "MUS-REQUEST-CHANGED", "has changed");
    let stale = program.ask("DELETE", path, &if_match, &Value::Null).await;
    stale.refuses(412, "MUS-REQUEST-CHANGED", "has changed");
    let bakers = "/groups/Bakers";
    let unknown = program.ask("PUT", bakers, &if_match, &cashiers()).await;
    unknown.refuses(412, "MUS-REQUEST-CHANGED", "");
    let removed = program.send("DELETE", path, &Value::Null).await;
    assert_eq!(removed.is(200)["left"], 20);
    assert_eq!(program.send("DELETE", path, &Value::Null).await.status, 404);
    let history = program.get("/groups/Cashiers?history=true").await;
    assert_eq!(history["removed"], true);
    assert_eq!(history["history"].as_array().unwrap().len(), 62 + 42 + 20);
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_named_with_its_condition() {
    let demo = Demo::new().await;
    let program = Program::new(&demo, "clerk", Role::Operator);
    for (rule, words) in [
        (json!({}), "the group has no rule"),
        (
            json!({ "conditions": [{ "field": "contry", "equals": "NL" }] }),
            "conditions[0]: there is no field `contry`",
        ),
        (
            json!({ "conditions": [{ "field": "title" , "equls": "x" }] }),
            "conditions[0]: unknown field `equls`",
        ),
        (
            json!({ "conditions": [{ "field": "title" , "equals": "x" }, { "field": "birthday", "before": "soon" }] }),
            "conditions[1]: `soon` is not a day",
        ),
        (
            json!({ "expression": "titel == 'a'" }),
            "expression, character 1: there is no field `titel`",
        ),
        (json!({ "condition": [] }), "unknown field `condition`"),
    ] {
        for path in ["/groups/A", "/groups/A/preview"] {
            let method = if path.ends_with('w') { "POST" } else { "PUT" };
            let refused = program.send(method, path, &rule).await;
            refused.refuses(400, "MUS-REQUEST-INVALID", words);
        }
    }
    let long = format!("/groups/{}", "x".repeat(101));
    program
        .send("PUT", &long, &cashiers())
        .await
        .refuses(400, "MUS-REQUEST-INVALID", "");
    assert_eq!(program.get("/groups").await["smart_groups"], json!([]));
    let viewer = Program::new(&demo, "reader", Role::Viewer);
    for (method, path) in [
        ("PUT", "/groups/A"),
        ("POST", "/groups/A/preview"),
        ("DELETE", "/groups/A"),
    ] {
        let refused = viewer.send(method, path, &cashiers()).await;
        refused.refuses(403, "MUS-ACCESS-ROLE", "operator");
    }
}

#[tokio::test]
async fn custom_field_is_added_changed_renamed_and_removed_over_the_api() {
    let demo = Demo::new().await;
    let program = Program::new(&demo, "boss", Role::Admin);
    let size = json!({ "key": "shirt_size", "type": "choice", "choices": ["S", "M"] });
    let added = program.send("POST", "/fields", &size).await;
    let added = added.is(201);
    assert_eq!(
        (&added["created"], &added["people"]),
        (&json!(true), &json!(0))
    );
    assert!(added["without"].as_u64() > Some(240), "{added}");
    let more = json!({ "key": "shirt_size", "type": "choice", "choices": ["S", "M", "L"] });
    let changed = program.send("POST", "/fields", &more).await;
    assert_eq!(changed.is(201)["created"], false);
    let other = json!({ "key": "shirt_size", "type": "date" });
    let refused = program.send("POST", "/fields", &other).await;
    assert_eq!(refused.status, 422, "{:#}", refused.json);
    let rename = json!({ "key": "size" });
    let renamed = program
        .send("POST", "/fields/shirt_size/rename", &rename)
        .await;
    assert_eq!(renamed.is(200)["formerly"], "shirt_size");
    let fields = program.get("/fields").await;
    assert_eq!(fields[0]["key"], "size");
    assert_eq!(fields[0]["choices"], json!(["S", "M", "L"]));
    let rule = json!({ "conditions": [{ "field": "size", "equals": "S" }] });
    program.send("PUT", "/groups/Small", &rule).await.is(200);
    let used = program
        .send("DELETE", "/fields/size?and_values=true", &Value::Null)
        .await;
    assert_eq!(
        used.status, 422,
        "a rule asks for it, whatever is said of values: {:#}",
        used.json
    );
    program
        .send("DELETE", "/groups/Small", &Value::Null)
        .await
        .is(200);
    let removed = program.send("DELETE", "/fields/size", &Value::Null).await;
    assert_eq!(removed.is(200)["lost"]["people"], 0);
    assert_eq!(program.get("/fields").await, json!([]));
}

#[tokio::test]
async fn field_with_values_is_removed_over_the_api_only_with_them() {
    let header = "id,mail,first,last,start,title,department,country,manager,birthday,shop\n";
    let row = "S-1,s1@acme.example,Ada,Lind,2020-01-01,,,,,,North\n";
    let text = "shop = \"shop\"\n[fields]\nshop = \"text\"\n";
    let deliveries = [(header.to_owned() + row, "2026-11-20T05:00:00Z")];
    let demo = Demo::with_columns(text, &deliveries).await;
    let program = Program::new(&demo, "boss", Role::Admin);
    let refused = program.send("DELETE", "/fields/shop", &Value::Null).await;
    assert_eq!(refused.status, 422, "{:#}", refused.json);
    let path = "/fields/shop?and_values=true";
    let removed = program.send("DELETE", path, &Value::Null).await;
    assert_eq!(removed.is(200)["lost"]["people"], 1);
}

#[tokio::test]
async fn impossible_fields_are_refused_over_the_api() {
    let demo = Demo::new().await;
    let program = Program::new(&demo, "boss", Role::Admin);
    for field in [
        json!({ "key": "Shirt size", "type": "text" }),
        json!({ "key": "monthly_all_budget", "type": "number" }),
        json!({ "key": "size", "type": "choice" }),
        json!({ "key": "size", "type": "text", "choices": ["S"] }),
        json!({ "key": "size", "type": "picture" }),
        json!({ "key": "size", "type": "text", "workspace_id": 2 }),
    ] {
        let refused = program.send("POST", "/fields", &field).await;
        refused.refuses(400, "MUS-REQUEST-INVALID", "");
    }
    for reserved in ["status", "employee", "pins"] {
        let field = json!({ "key": reserved, "type": "text" });
        assert_eq!(program.send("POST", "/fields", &field).await.status, 422);
    }
    let standard = program.send("DELETE", "/fields/email", &Value::Null);
    assert_eq!(standard.await.status, 404);
    let approver = Program::new(&demo, "approver", Role::Approver);
    let field = json!({ "key": "size", "type": "text" });
    let refused = approver.send("POST", "/fields", &field).await;
    refused.refuses(403, "MUS-ACCESS-ROLE", "admin");
}

#[tokio::test]
async fn reporting_lines_are_listed_by_level_and_below_one_employee() {
    let header = "id,mail,first,last,start,title,department,country,manager,birthday\n";
    let row = |id: &str, manager: &str| {
        format!("{id},{id}@acme.example,F{id},L{id},2020-01-01,,,DK,{manager},\n")
    };
    let file = header.to_owned()
        + &row("A", "")
        + &row("B", "A")
        + &row("C", "B")
        + &row("D", "Z")
        + &row("E", "F")
        + &row("F", "E");
    let demo = Demo::with_columns("", &[(file, "2026-11-20T05:00:00Z")]).await;
    let program = Program::new(&demo, "reader", Role::Viewer);
    let lines = |answer: &Value| -> Vec<Value> {
        let lines = answer.as_array().unwrap().iter();
        lines
            .map(|one| json!([one["external_id"], one["depth"], one["link"], one["hidden"]]))
            .collect()
    };
    let all = lines(&program.get("/org").await);
    assert_eq!(all.len(), 6, "{all:?}");
    assert_eq!(
        all[..3],
        [
            json!(["A", 0, "none", 0]),
            json!(["B", 1, "linked", 0]),
            json!(["C", 2, "linked", 0])
        ]
    );
    let top = lines(&program.get("/org?depth=0").await);
    assert_eq!(top[0], json!(["A", 0, "none", 2]));
    let below = lines(&program.get("/org?employee=2").await);
    assert_eq!(
        below,
        [json!(["B", 0, "linked", 0]), json!(["C", 1, "linked", 0])]
    );
    let unknown = program.send("GET", "/org?employee=99", &Value::Null).await;
    assert_eq!(unknown.status, 404);
    let problems = program.get("/org/problems").await;
    assert_eq!(problems["dangling"][0]["external_id"], "D");
    assert_eq!(problems["dangling"][0]["manager_external_id"], "Z");
    assert_eq!(problems["dangling"][0]["since"], "2026-11-20T05:00:00Z");
    assert_eq!(problems["more_dangling"], 0);
    let cycle = problems["cycles"][0].as_array().unwrap();
    let cycle: Vec<&Value> = cycle.iter().map(|one| &one["external_id"]).collect();
    assert_eq!(cycle, ["F", "E", "F"], "along the managers and back");
}

#[tokio::test]
async fn undo_is_previewed_over_the_api_before_anything_is_written() {
    let demo = Demo::new().await;
    let program = Program::new(&demo, "approver", Role::Approver);
    let path = "/runs/3/undo/preview";
    let preview = program.send("POST", path, &Value::Null).await;
    let operations = preview.is(200)["operations"].as_array().unwrap();
    let deactivated = operations.iter().filter(|one| one["kind"] == "deactivate");
    let mut created: Vec<&str> = deactivated
        .map(|one| one["external_id"].as_str().unwrap())
        .collect();
    created.sort_unstable();
    assert_eq!(
        created,
        ["FM-2002", "FM-2003"],
        "the run created them: {preview:#}",
        preview = preview.json
    );
    let zoe = operations
        .iter()
        .find(|one| one["external_id"] == "FM-1003");
    let changes = zoe.unwrap()["changes"].as_array().unwrap();
    let title = changes.iter().find(|one| one["field"] == "title").unwrap();
    assert_eq!(
        (&title["old"], &title["new"]),
        (&json!("Store manager"), &json!("Driver"))
    );
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
    let runs = program.get("/runs").await;
    assert_eq!(runs["items"][0]["run"], 4, "it is no run");
    let unknown = program.send("POST", "/runs/99/undo/preview", &Value::Null);
    assert_eq!(unknown.await.status, 404);
    let operator = Program::new(&demo, "clerk", Role::Operator);
    let refused = operator.send("POST", path, &Value::Null).await;
    refused.refuses(403, "MUS-ACCESS-ROLE", "approver");
}

#[tokio::test]
async fn run_whose_changes_were_deleted_cannot_be_undone_over_the_api() {
    let demo = Demo::new().await;
    let program = Program::new(&demo, "approver", Role::Approver);
    let mut workspace = demo.store.workspace("fjordmarked").unwrap().unwrap();
    workspace.settings.retention.history = muster_core::privacy::retention::Keep::Days(1);
    let later = "2027-01-01T00:00:00Z".parse().unwrap();
    assert!(demo.store.retain(&workspace, later).unwrap().changes > 0);
    for path in ["/runs/3/undo", "/runs/3/undo/preview"] {
        let refused = program.send("POST", path, &json!({})).await;
        refused.refuses(409, "MUS-REQUEST-CONFLICT", "were deleted");
    }
    assert_eq!(demo.store.live_jobs(10).unwrap(), []);
}
