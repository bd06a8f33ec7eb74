//! Four eyes over the API: who started a run, or changed what it used, may not approve its plan. Admins are no exception.

use super::{demo::Demo, program::Program};
use muster_core::model::role::Role;
use muster_store::SettingsChange;
use serde_json::{Value, json};

const METTE: &str = "mette@fjordmarked.example";
const BOB: &str = "bob@fjordmarked.example";

/// Settings that no file manages, as a program may change them.
fn settings() -> Value {
    json!({
        "name": "store-staff",
        "workspace": "fjordmarked",
        "source": { "url": "sftp://sftp.fjordmarked.example/out", "pattern": "*.csv" },
        "credentials": { "user": "muster", "password": { "stored": true } },
        "mapping": { "external_id": "id", "email": "mail", "first_name": "first", "last_name": "last" },
    })
}

/// A demo whose integration is in the database since before its last run, under the rule.
async fn demo() -> Demo {
    let demo = Demo::new().await;
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap().id;
    let text = settings().to_string();
    let change = SettingsChange {
        integration: "store-staff",
        expected: 0,
        form: muster_core::setup::settings::FORM,
        settings: Some(&text),
        managed_by: None,
        is_active: false,
        dropped_credentials: &[],
    };
    let before = "2026-11-20T05:00:00Z".parse().unwrap();
    demo.store
        .change_settings(workspace, &[change], None, before)
        .unwrap();
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    demo.store
        .set_four_eyes(workspace, true, METTE, now)
        .unwrap();
    demo
}

async fn held(program: &Program<'_>) -> String {
    let plans = program.get("/plans?status=held").await;
    plans["items"][0]["plan"].as_str().unwrap().to_owned()
}

async fn approves(program: &Program<'_>) -> u16 {
    let path = format!("/plans/{}/approve", held(program).await);
    let body = json!({ "note": "They moved" });
    let said = program.send("POST", &path, &body).await;
    if said.status != 202 {
        said.refuses(403, "MUS-PLAN-FOUR-EYES", "");
    }
    said.status
}

/// W24: whatever of the settings was changed, and with whichever of the tokens of the same person.
#[tokio::test]
async fn user_who_changed_mapping_selection_or_guards_may_not_approve_over_the_api() {
    for change in [
        json!({ "mapping": { "title": "title" } }),
        json!({ "select": [{ "column": "title", "equals": "Cashier" }] }),
        json!({ "guard": { "removals": { "percent": 90.0, "number": 3 } } }),
    ] {
        let demo = demo().await;
        let admin = Program::of(&demo, "admin-of-bob", Role::Admin, BOB);
        let other = Program::of(&demo, "other-of-bob", Role::Approver, BOB);
        let mette = Program::of(&demo, "of-mette", Role::Approver, METTE);
        let body = json!({ "settings": change });
        let changed = admin
            .send("PATCH", "/integrations/store-staff", &body)
            .await;
        changed.is(200);
        assert_eq!(approves(&admin).await, 403, "{change}");
        assert_eq!(approves(&other).await, 403, "{change}");
        assert_eq!(demo.store.live_jobs(10).unwrap(), []);
        assert_eq!(approves(&mette).await, 202, "{change}");
    }
}

#[tokio::test]
async fn user_who_changed_nothing_may_approve_and_the_rule_can_be_off() {
    let demo = demo().await;
    let bob = Program::of(&demo, "of-bob", Role::Admin, BOB);
    assert_eq!(
        approves(&bob).await,
        202,
        "the settings are older than the run"
    );
    let demo = self::demo().await;
    let bob = Program::of(&demo, "of-bob", Role::Admin, BOB);
    let body = json!({ "settings": { "mapping": { "title": "title" } } });
    bob.send("PATCH", "/integrations/store-staff", &body)
        .await
        .is(200);
    assert_eq!(approves(&bob).await, 403);
    let workspace = demo.store.workspace("fjordmarked").unwrap().unwrap().id;
    let now = "2026-11-27T07:16:00Z".parse().unwrap();
    demo.store
        .set_four_eyes(workspace, false, METTE, now)
        .unwrap();
    assert_eq!(approves(&bob).await, 202);
}

/// Rejecting is never dangerous: the requester may.
#[tokio::test]
async fn requester_may_reject_over_the_api() {
    let demo = demo().await;
    let bob = Program::of(&demo, "of-bob", Role::Admin, BOB);
    let body = json!({ "settings": { "guard": { "removals": { "percent": 90.0, "number": 3 } } } });
    bob.send("PATCH", "/integrations/store-staff", &body)
        .await
        .is(200);
    let path = format!("/plans/{}/reject", held(&bob).await);
    let said = bob
        .send("POST", &path, &json!({ "note": "Wrong file" }))
        .await;
    said.is(202);
}
