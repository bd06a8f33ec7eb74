//! The workspace's own fields: of every type, defined in files and by command, renamed and removed.

use crate::ground::{Answer, Ground};
use serde_json::json;
use std::fs;

const BASE: &str = "workspace = \"acme\"\nname = \"hr\"\nTOP\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\n\
    settle = \"0s\"\n[mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n";

fn settings(top: &str, more: &str) -> String {
    format!("{}{more}", BASE.replace("TOP", top))
}

/// A directory of two people, and the value of one column more for each of them.
fn file(values: [&str; 2]) -> String {
    let [ann, bob] = values;
    format!(
        "id,email,first,last,x\nE-1,ann@acme.example,Ann,Aal,{ann}\nE-2,bob@acme.example,Bob,Bos,{bob}\n"
    )
}

fn ground() -> Ground {
    let ground = Ground::new(&settings("", "store = \"x\"\n[fields]\nstore = \"text\"\n"));
    ground
        .deliver("a.csv", file(["Delft", "Utrecht"]))
        .approve();
    ground
}

fn configure(ground: &Ground, text: &str) {
    fs::write(ground.path("integration.toml"), text).unwrap();
}

#[track_caller]
fn ok(answer: Answer) -> Answer {
    assert_eq!(answer.code, 0, "{}", answer.text);
    answer
}

#[test]
fn fields_of_every_type_are_added_and_read_as_their_type_says() {
    let cases = [
        ("text", "Delft", json!("Delft"), ""),
        ("number", "12.5", json!("12.5"), "12x"),
        ("date", "2026-05-01", json!("2026-05-01"), "2026-02-30"),
        (
            "datetime",
            "2026-05-01T10:00:00+02:00",
            json!("2026-05-01T08:00:00Z"),
            "noon",
        ),
        ("boolean", "ja", json!("true"), "perhaps"),
        ("choice", "M", json!("M"), "XXL"),
        ("email", "a@b.example", json!("a@b.example"), "a at b"),
        ("phone", "+31 6 12345678", json!("+31612345678"), "12"),
        (
            "long_text",
            "\" One \r\n\r\nTwo\ttabs\"",
            json!("One\n\nTwo tabs"),
            "#REF!",
        ),
    ];
    let ground = ground();
    for (kind, raw, value, wrong) in cases {
        let key = format!("my_{kind}");
        let choices: &[&str] = if kind == "choice" {
            &["--choice", "S", "--choice", "M"]
        } else {
            &[]
        };
        ok(ground.run(&[&["fields", "add", &key, kind], choices].concat()));
        configure(
            &ground,
            &settings(
                "",
                &format!("store = \"x\"\n{key} = \"y\"\n[fields]\nstore = \"text\"\n"),
            ),
        );
        let deliver = |value: &str| {
            let text = file(["Delft", "Utrecht"])
                .replace(",x\n", ",x,y\n")
                .replace("Delft\n", &format!("Delft,{value}\n"));
            ground
                .deliver("a.csv", text.replace("Utrecht\n", "Utrecht,\n"))
                .approve()
        };
        deliver(raw);
        assert_eq!(ground.person("E-1")[&key], value, "{kind}");
        if !wrong.is_empty() {
            deliver(wrong).says("MUS-VALUE-");
            assert_eq!(
                ground.person("E-1")[&key],
                value,
                "{kind}: a wrong value is dropped"
            );
            let by_hand = ground.run(&["employee", "edit", "E-2", &format!("{key}={wrong}")]);
            assert_eq!(by_hand.code, 2, "{}", by_hand.text);
        }
    }
    let listed = ground.run(&["fields"]).json;
    assert_eq!(listed.as_array().unwrap().len(), 10);
    assert_eq!(
        (&listed[6]["choices"], &listed[6]["people"]),
        (&json!(["S", "M"]), &json!(1))
    );
}

#[test]
fn renaming_keeps_values_history_and_plans() {
    let ground = ground();
    ground
        .deliver("a.csv", file(["Leiden", "Utrecht"]))
        .sync()
        .is(0, "applied");
    // A plan that waits while the field is renamed.
    let plan = ground
        .deliver("a.csv", file(["Gouda", "Utrecht"]))
        .run(&["plan", "integration.toml"]);
    ok(ground.run(&["fields", "rename", "store", "aaa"]));
    ok(ground.run(&["fields", "rename", "aaa", "shop"]));
    assert_eq!(
        (
            &ground.person("E-1")["shop"],
            &ground.person("E-1")["store"]
        ),
        (&json!("Leiden"), &json!(null))
    );
    ground
        .run(&["explain", "E-1", "shop"])
        .says("Delft")
        .says("Leiden");
    ground
        .run(&["explain", "E-1", "store"])
        .says("was renamed to `shop`");
    ok(ground.run(&["approve", plan.json["plan"].as_str().unwrap()]));
    assert_eq!(ground.person("E-1")["shop"], "Gouda");
    // The file still names the old key, as definition and in the mapping.
    for command in ["check", "sync"] {
        let refused = ground.run(&[command, "integration.toml"]);
        assert_eq!(refused.code, 2);
        refused
            .says("mapping.store")
            .says("the field `store` was renamed to `shop`")
            .says("fields.store");
    }
    configure(&ground, &settings("", "shop = \"x\"\n"));
    ok(ground.run(&["check", "integration.toml"]));
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 2)]);
    ground
        .deliver("a.csv", file(["Delft", "Utrecht"]))
        .sync()
        .is(0, "applied");
    assert_eq!(
        ground.person("E-1")["shop"],
        "Delft",
        "the renamed field is mapped without a new approval"
    );
    ok(ground.run(&["fields", "rename", "shop", "a_town"]));
    configure(&ground, &settings("", "a_town = \"x\"\n"));
    ground
        .deliver("a.csv", file(["Breda", "Utrecht"]))
        .sync()
        .is(0, "applied");
    ok(ground.run(&["fields", "rename", "a_town", "shop"]));
    let edited = ground.run(&["employee", "edit", "E-1", "shop=Zwolle"]);
    assert_eq!(
        edited.json["error"]["code"], "MUS-HAND-OWNED",
        "the integration still owns it: {}",
        edited.text
    );
}

#[test]
fn a_new_field_may_take_the_key_of_a_renamed_one_and_has_none_of_its_values() {
    let ground = ground();
    ok(ground.run(&["fields", "rename", "store", "shop"]));
    ok(ground.run(&["fields", "add", "store", "number"]));
    let ann = ground.person("E-1");
    assert_eq!(
        (&ann["shop"], &ann["store"]),
        (&json!("Delft"), &json!(null))
    );
    ok(ground.run(&["fields", "rename", "shop", "town"]));
    assert_eq!(ground.person("E-1")["town"], "Delft");
    for (old, new, why) in [
        ("town", "store", "already has a field `store`"),
        ("town", "title", "standard field"),
        ("town", "status", "standard field"),
        ("title", "name", "only custom fields"),
        ("town", "A b", "is not a valid key"),
    ] {
        let refused = ground.run(&["fields", "rename", old, new]);
        assert_eq!(refused.code, 2, "{old} {new}");
        refused.says(why);
    }
}

#[test]
fn a_field_in_use_is_removed_only_with_its_values_and_says_what_is_lost() {
    let ground = ground();
    ok(ground.run(&["pin", "E-1", "store", "Gouda", "--reason", "moved"]));
    let refused = ground.run(&["fields", "remove", "store"]);
    assert_eq!(
        (refused.code, &refused.json["error"]["code"]),
        (1, &json!("MUS-FIELD-IN-USE"))
    );
    refused
        .says("2 employees have a value in it")
        .says("1 value is pinned")
        .says("mapped by `hr`")
        .says("--and-values");
    assert_eq!(ground.person("E-1")["store"], "Gouda");
    let plan = ground
        .deliver("a.csv", file(["Gouda", "Leiden"]))
        .run(&["plan", "integration.toml"]);
    let waits = ground.run(&["fields", "remove", "store", "--and-values"]);
    assert_eq!(waits.code, 1, "a plan that waits speaks of it");
    waits
        .says(plan.json["plan"].as_str().unwrap())
        .says("approve or reject");
    ground.run(&["reject", plan.json["plan"].as_str().unwrap()]);
    let removed = ok(ground.run(&["fields", "remove", "store", "--and-values"]));
    assert_eq!(
        (
            &removed.json["lost"]["people"],
            &removed.json["lost"]["integrations"]
        ),
        (&json!(2), &json!(["hr"]))
    );
    assert_eq!(ground.run(&["pins"]).json, json!([]));
    assert_eq!(ground.person("E-1").get("store"), None);
    // A field of the same key begins anew.
    ok(ground.run(&["fields", "add", "store", "number"]));
    assert_eq!(ground.person("E-1")["store"], json!(null));
    assert_eq!(
        ground.run(&["explain", "E-1", "store"]).json["history"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "only the creation"
    );
    ok(ground.run(&["fields", "remove", "store"]));
}

#[test]
fn a_removed_field_leaves_the_others_and_their_approval_alone() {
    let ground = Ground::new(&settings("", "kept = \"x\"\n"));
    configure(
        &ground,
        &settings("create_fields = true", "aaa = \"x\"\nkept = \"x\"\n"),
    );
    ground
        .deliver("a.csv", file(["Delft", "Utrecht"]))
        .approve();
    configure(&ground, &settings("", "kept = \"x\"\n"));
    ground.approve();
    ok(ground.run(&["fields", "remove", "aaa", "--and-values"]));
    ground
        .deliver("a.csv", file(["Leiden", "Utrecht"]))
        .sync()
        .is(0, "applied");
    assert_eq!(ground.person("E-1")["kept"], "Leiden");
}

#[test]
fn a_mapping_to_an_unknown_field_is_an_error_unless_fields_are_created_on_request() {
    let ground = Ground::new(&settings("", "stroe = \"x\"\n"));
    ground.deliver("a.csv", file(["Delft", "Utrecht"]));
    for command in ["check", "sync"] {
        let refused = ground.run(&[command, "integration.toml"]);
        assert_eq!(refused.code, 2);
        refused
            .says("mapping.stroe")
            .says("there is no field `stroe`")
            .says("create_fields = true");
    }
    configure(
        &ground,
        &settings("create_fields = true", "stroe = \"x\"\n"),
    );
    ok(ground.run(&["check", "integration.toml"]));
    let first = ground.approve();
    first.says("MUS-FIELD-CREATED").says("`stroe` was created");
    assert_eq!(ground.person("E-1")["stroe"], "Delft");
    assert!(
        !ground.sync().text.contains("MUS-FIELD-CREATED"),
        "it is there now"
    );
    assert_eq!(ground.run(&["fields"]).json[0]["type"], "text");
    let text = String::from_utf8(ground.output(&["fields"]).stdout).unwrap();
    assert!(text.contains("stroe") && text.contains("hr"), "{text}");
}

#[test]
fn required_field_is_required_in_files_and_manual_edits() {
    let ground = ground();
    let added = ok(ground.run(&["fields", "add", "cost_centre", "text", "--required"]));
    assert_eq!(added.json["without"], 2);
    let refused = ground.sync();
    assert_eq!(refused.code, 2);
    refused.says("no column is mapped to `cost_centre`");
    let by_hand = ground.run(&[
        "employee",
        "create",
        "email=z@acme.example",
        "first_name=Z",
        "last_name=Z",
    ]);
    assert_eq!(by_hand.json["error"]["code"], "MUS-VALUE-REQUIRED");
    by_hand.says("cost_centre");
    configure(&ground, &settings("", "cost_centre = \"x\"\n"));
    ground
        .deliver("a.csv", file(["C1", ""]))
        .approve()
        .counts(&[("updated", 1), ("rejected", 1)]);
    assert_eq!(
        ground.person("E-2")["status"],
        "active",
        "a rejected record still counts as present"
    );
}

#[test]
fn a_choice_gets_more_values_but_loses_none_and_a_type_is_kept() {
    let ground = ground();
    let add =
        |choices: &[&str]| ground.run(&[&["fields", "add", "size", "choice"], choices].concat());
    assert_eq!(add(&[]).code, 2, "a choice needs values");
    ok(add(&["--choice", "S", "--choice", "M"]));
    ok(add(&["--choice", "S", "--choice", "M", "--choice", "L"]));
    let fewer = add(&["--choice", "S"]);
    assert_eq!(
        fewer.says("would lose the choice `M`, `L`").code,
        2,
        "people may have an M"
    );
    let other = ground.run(&["fields", "add", "size", "text"]);
    assert_eq!(
        other
            .says("already exists as a choice, not as a string")
            .code,
        2
    );
    assert_eq!(ground.run(&["fields", "add", "title", "text"]).code, 2);
    assert_eq!(ground.run(&["fields", "add", "size", "colour"]).code, 2);
    assert_eq!(
        ground.run(&["fields"]).json[1]["choices"],
        json!(["S", "M", "L"])
    );
}

#[test]
fn the_key_of_a_budget_is_no_field_of_its_own() {
    let ground = ground();
    for arguments in [
        &["fields", "add", "monthly_all_budget", "text"][..],
        &["fields", "rename", "store", "oneoff_x_budget"],
    ] {
        let answer = ground.run(arguments);
        answer.says("is the key of a budget");
        assert_eq!(answer.code, 2, "{}", answer.text);
    }
}

#[test]
fn after_a_rename_smart_groups_go_on_and_their_history_names_the_field_as_it_is_called_now() {
    let ground = ground();
    let rule = "workspace = \"acme\"\n[[smart_group]]\nname = \"Leiden\"\nwhere = [{ field = \"store\", equals = \"Leiden\" }]\n";
    std::fs::write(ground.path("groups.toml"), rule).unwrap();
    ok(ground.run(&["groups", "apply", "groups.toml"]));
    ground
        .deliver("a.csv", file(["Leiden", "Utrecht"]))
        .sync()
        .is(0, "applied");
    ok(ground.run(&["fields", "rename", "store", "shop"]));
    let newest = |ground: &Ground| {
        ground.run(&["groups", "show", "Leiden", "--history"]).json["history"][0].clone()
    };
    assert_eq!(
        newest(&ground)["fields"],
        json!(["shop"]),
        "{}",
        newest(&ground)
    );
    let refused = ground.run(&["groups", "preview", "groups.toml"]);
    refused.says("`store`").says("is called `shop` now");
    configure(&ground, &settings("", "shop = \"x\"\n"));
    ground
        .deliver("a.csv", file(["Delft", "Utrecht"]))
        .sync()
        .is(0, "applied");
    assert_eq!(
        (&newest(&ground)["joined"], &newest(&ground)["fields"]),
        (&json!(false), &json!(["shop"]))
    );
}

#[test]
fn a_workspace_has_as_many_fields_of_its_own_as_it_likes() {
    let numbers = 1..=120;
    let columns: String = numbers
        .clone()
        .map(|number| format!(",c{number}"))
        .collect();
    let values: String = numbers
        .clone()
        .map(|number| format!(",v{number}"))
        .collect();
    let mapping: String = numbers
        .clone()
        .map(|number| format!("own_{number} = \"c{number}\"\n"))
        .collect();
    let ground = Ground::new(&settings("create_fields = true", &mapping));
    ground.deliver(
        "a.csv",
        format!("id,email,first,last{columns}\nE-1,ann@acme.example,Ann,Aal{values}\n"),
    );
    ground.approve();
    let person = ground.person("E-1");
    numbers.for_each(|number| assert_eq!(person[format!("own_{number}")], format!("v{number}")));
}
