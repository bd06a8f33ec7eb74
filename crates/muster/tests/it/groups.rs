//! Groups and smart groups through the whole program.

use crate::ground::{Answer, Ground};
use serde_json::Value;
use std::fs;

const INTEGRATION: &str = "name = \"hr\"\n[workspace]\nname = \"acme\"\ngroups = [\"Sales\", \"Support\"]\n\
    [source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n\
    [mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
    department = \"department\"\ncountry = \"country\"\nonboarding_date = \"start\"\ngroup = \"group\"\nshoe_size = \"shoe\"\n\
    [fields]\nshoe_size = \"number\"\n[policy]\nmissing = \"deactivate\"\n";

const PEOPLE: &str = "id,email,first,last,department,country,start,group,shoe\n\
    E-1,ann@acme.example,Ann,Aal,Sales,NL,2020-01-01,Sales,38\n\
    E-2,bob@acme.example,Bob,Berg,Sales,BE,2026-04-20,Sales,44\n\
    E-3,cas@acme.example,Cas,Carel,Legal,NL,2026-04-30,,46\n\
    E-4,dee@acme.example,Dee,Dahl,Sales,DK,2021-03-01,Support,\n";

const GROUPS: &str = "workspace = \"acme\"\n\n[[smart_group]]\nname = \"Dutch-speaking sales\"\nwhere = [\n    \
    { field = \"country\", in = [\"NL\", \"BE\"] },\n    { field = \"department\", equals = \"Sales\" },\n]\n\n\
    [[smart_group]]\nname = \"New this month\"\nwhere = [{ field = \"onboarding_date\", on_or_after = \"today-30\" }]\n\n\
    [[smart_group]]\nname = \"Big feet\"\nexpression = 'shoe_size >= 44.0'\n";

fn ground() -> Ground {
    let ground = Ground::new(INTEGRATION);
    ground.deliver("a.csv", PEOPLE).approve();
    fs::write(ground.path("groups.toml"), GROUPS).unwrap();
    ground
}

fn apply(ground: &Ground) -> Answer {
    let answer = ground.run(&["groups", "apply", "groups.toml"]);
    assert_eq!(answer.code, 0, "{}", answer.text);
    answer
}

#[track_caller]
fn has(ground: &Ground, group: &str, wanted: &[&str]) {
    let shown = ground.run(&["groups", "show", group]).json;
    let people: Vec<_> = shown["people"]
        .as_array()
        .unwrap()
        .iter()
        .map(|person| person["external_id"].clone())
        .collect();
    assert_eq!(people, wanted, "{group}: {shown:#}");
}

/// The newest entry of a group's history: who, whether they joined, and why.
fn newest(ground: &Ground, group: &str) -> (Value, Value, Value, Value) {
    let history = ground.run(&["groups", "show", group, "--history"]).json;
    let entry = &history["history"][0];
    (
        entry["who"]["external_id"].clone(),
        entry["joined"].clone(),
        entry["reason"].clone(),
        entry["fields"].clone(),
    )
}

fn entry(who: &str, joined: bool, reason: &str, fields: &[&str]) -> (Value, Value, Value, Value) {
    (
        who.into(),
        joined.into(),
        reason.into(),
        fields.to_vec().into(),
    )
}

#[test]
fn a_preview_says_what_applying_does_and_saves_nothing() {
    let ground = ground();
    let preview = ground.run(&["groups", "preview", "groups.toml"]);
    let groups = &preview.json["smart_groups"];
    assert_eq!(groups[0]["joins"], 2, "{}", preview.text);
    assert_eq!(groups[0]["first_joining"][1]["name"], "Bob Berg");
    assert_eq!(
        (&groups[2]["joins"], &groups[2]["undecided"]),
        (&2.into(), &1.into()),
        "{}",
        preview.text
    );
    assert_eq!(
        ground.run(&["groups"]).json["smart_groups"],
        serde_json::json!([])
    );
    let applied = apply(&ground);
    assert_eq!(applied.json["smart_groups"], preview.json["smart_groups"]);
    has(&ground, "Dutch-speaking sales", &["E-1", "E-2"]);
    has(&ground, "New this month", &["E-2", "E-3"]);
    has(&ground, "Big feet", &["E-2", "E-3"]);
    let again = apply(&ground);
    assert_eq!(
        (
            &again.json["smart_groups"][0]["is_changed"],
            &again.json["smart_groups"][0]["joins"]
        ),
        (&false.into(), &0.into())
    );

    let all = ground.run(&["groups"]).json;
    assert_eq!(
        all["groups"],
        serde_json::json!([{ "name": "Sales", "members": 2 }, { "name": "Support", "members": 1 }])
    );
    assert_eq!(
        all["smart_groups"][1]["rule"],
        "country is `NL` or `BE`, and department is `Sales`"
    );
}

#[test]
fn membership_follows_files_undo_and_departures_with_their_reason() {
    let ground = ground();
    apply(&ground);
    let moved = ground
        .deliver(
            "a.csv",
            PEOPLE.replace("Cas,Carel,Legal", "Cas,Carel,Sales"),
        )
        .sync();
    moved.is(0, "applied");
    has(&ground, "Dutch-speaking sales", &["E-1", "E-2", "E-3"]);
    assert_eq!(
        newest(&ground, "Dutch-speaking sales"),
        entry("E-3", true, "field_changed", &["department"])
    );
    let explained = ground.run(&["explain", "E-3"]);
    assert_eq!(
        explained.json["smart_groups"][1]["group"], "Dutch-speaking sales",
        "{}",
        explained.text
    );
    assert_eq!(
        explained.json["smart_groups"][1]["run"].to_string(),
        moved.run_id()
    );
    let text = String::from_utf8(ground.output(&["explain", "E-3"]).stdout).unwrap();
    assert!(
        text.contains("smart groups:\n") && text.contains("because `department` changed"),
        "{text}"
    );

    ground.run(&["undo", &moved.run_id()]).is(0, "applied");
    has(&ground, "Dutch-speaking sales", &["E-1", "E-2"]);

    let gone: String = PEOPLE
        .lines()
        .filter(|line| !line.starts_with("E-2"))
        .map(|line| format!("{line}\n"))
        .collect();
    ground
        .deliver("a.csv", gone)
        .sync()
        .is(0, "applied")
        .counts(&[("missing", 1)]);
    has(&ground, "Big feet", &["E-3"]);
    assert_eq!(
        newest(&ground, "Big feet"),
        entry("E-2", false, "field_changed", &["status"])
    );

    ground
        .deliver(
            "a.csv",
            format!("{PEOPLE}E-5,eve@acme.example,Eve,Ek,Sales,NL,2026-05-01,,41\n"),
        )
        .sync();
    has(&ground, "Dutch-speaking sales", &["E-1", "E-2", "E-5"]);
    let history = ground
        .run(&["groups", "show", "New this month", "--history"])
        .json;
    let of = |who: &str| {
        history["history"]
            .as_array()
            .unwrap()
            .iter()
            .find(|moved| moved["who"]["external_id"] == who)
    };
    assert_eq!(of("E-5").unwrap()["reason"], "new_person");
    assert_eq!(
        of("E-2").unwrap()["fields"],
        serde_json::json!(["status"]),
        "somebody who came back joins again"
    );
}

#[test]
fn held_plan_changes_no_membership_until_it_is_approved() {
    let ground = Ground::new(INTEGRATION);
    fs::write(ground.path("groups.toml"), GROUPS).unwrap();
    let held = ground.deliver("a.csv", PEOPLE).sync();
    apply(&ground);
    has(&ground, "Big feet", &[]);
    ground
        .run(&["approve", held.json["plan"].as_str().unwrap()])
        .is(0, "applied");
    has(&ground, "Big feet", &["E-2", "E-3"]);
}

#[test]
fn the_sweep_after_midnight_moves_people_of_rules_on_dates_once() {
    let mut ground = ground();
    apply(&ground);
    ground
        .at("2026-05-20T22:00:00Z")
        .run(&["sweep"])
        .is(0, "nothing_to_do")
        .says("New this month");
    has(&ground, "New this month", &["E-2", "E-3"]);
    let swept = ground.at("2026-05-21T00:01:00Z").run(&["sweep"]);
    assert_eq!(swept.json["smart_groups"][0]["leaves"], 1, "{}", swept.text);
    has(&ground, "New this month", &["E-3"]);
    assert_eq!(
        newest(&ground, "New this month"),
        entry("E-2", false, "date_passed", &[])
    );
    assert_eq!(
        ground.run(&["sweep"]).json["smart_groups"],
        serde_json::json!([]),
        "once a day"
    );
}

#[test]
fn changing_and_removing_a_rule_are_in_the_history() {
    let ground = ground();
    apply(&ground);
    fs::write(ground.path("groups.toml"), GROUPS.replace(", \"BE\"]", "]")).unwrap();
    apply(&ground);
    has(&ground, "Dutch-speaking sales", &["E-1"]);
    assert_eq!(
        newest(&ground, "Dutch-speaking sales"),
        entry("E-2", false, "rule_changed", &[])
    );
    let removed = ground.run(&["groups", "remove", "Big feet"]);
    assert_eq!(
        (removed.code, &removed.json["left"]),
        (0, &2.into()),
        "{}",
        removed.text
    );
    assert_eq!(
        newest(&ground, "Big feet"),
        entry("E-2", false, "group_removed", &[])
    );
    assert_eq!(ground.run(&["groups", "show", "Big feet"]).code, 2);
    ground.run(&["runs"]).says("groups");
}

#[test]
fn invalid_rules_are_rejected_with_their_location() {
    let ground = ground();
    fs::write(
        ground.path("groups.toml"),
        GROUPS.replace(
            "shoe_size >= 44.0",
            "shoe_size >= 44.0 && departmnt == \"x\"",
        ),
    )
    .unwrap();
    for command in ["preview", "apply"] {
        let output = ground.output(&["groups", command, "groups.toml"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains(
                "line 16: `smart_group.Big feet`: the expression, line 1, column 22: there is no field `departmnt`"
            ),
            "{said}"
        );
        assert!(
            said.contains("\n                         ^\n")
                && said.contains("did you mean `department`?"),
            "{said}"
        );
    }
    fs::write(
        ground.path("groups.toml"),
        GROUPS.replace("equals", "eqals"),
    )
    .unwrap();
    let answer = ground.run(&["groups", "apply", "groups.toml"]);
    answer.says("did you mean `equals`?");
    assert_eq!(answer.code, 2);
    ground
        .run(&["groups", "show", "Big foot"])
        .says("there is no smart group `Big foot`");
}

#[test]
fn f48_an_unknown_group_is_warned_of_with_the_nearest_or_created_or_rejected() {
    let ground = ground();
    ground.deliver("a.csv", PEOPLE.replace("Sales,38", "sales,38"));
    ground
        .sync()
        .says("MUS-VALUE-GROUP")
        .says("did you mean `Sales`? Names must match exactly");
    assert_eq!(
        ground.person("E-1")["group"],
        "Sales",
        "the person is kept, the group unchanged"
    );
    let with = |policy: &str| {
        fs::write(
            ground.path("integration.toml"),
            format!("{INTEGRATION}unknown_group = \"{policy}\"\n"),
        )
        .unwrap();
        ground.run(&["sync", "integration.toml", "--approve"])
    };
    with("reject")
        .says("did you mean `Sales`")
        .counts(&[("rejected", 1)]);
    assert_eq!(ground.person("E-1")["group"], "Sales");
    with("create").is(0, "applied");
    assert_eq!(ground.person("E-1")["group"], "sales");
    assert_eq!(
        ground.run(&["groups"]).json["groups"][2],
        serde_json::json!({ "name": "sales", "members": 1 })
    );
}

#[test]
fn m24_erasure_lists_the_same_locations_before_and_after() {
    let ground = ground();
    apply(&ground);
    let before = ground.run(&["erase", "E-2"]);
    let places = before.json["places"].as_array().unwrap();
    let memberships = places
        .iter()
        .find(|place| place["what"] == "memberships of smart groups")
        .unwrap();
    assert_eq!(memberships["count"], 3, "{}", before.text);
    let after = ground.run(&["erase", "E-2", "--yes"]);
    after.is(0, "applied");
    assert_eq!(after.json["places"], before.json["places"]);
    has(&ground, "Big feet", &["E-3"]);
}
