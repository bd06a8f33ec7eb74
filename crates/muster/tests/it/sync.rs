//! Stories of the whole program: held, approved, refused.

mod deliveries;
mod removed_files;

use crate::ground::Ground;
use std::fs;

pub(crate) fn ground() -> Ground {
    Ground::new(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n\
         [mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\ntitle = \"title\"\n\
         [policy]\nmissing = \"deactivate\"\n",
    )
}

pub(crate) fn people(ids: impl IntoIterator<Item = u32>) -> String {
    let rows = ids
        .into_iter()
        .map(|id| format!("E-{id},p{id}@acme.example,First{id},Last,Clerk\n"));
    format!("id,email,first,last,title\n{}", rows.collect::<String>())
}

#[test]
fn the_first_run_is_held_and_its_plan_can_be_approved_once() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=3));
    let held = ground.sync();
    held.is(3, "held").says("first_run");
    let plan = held.json["plan"].as_str().unwrap().to_owned();
    assert_eq!(ground.run(&["approve", &plan]).code, 0);
    assert_eq!(ground.person("E-3")["status"], "active");
    let again = ground.run(&["approve", &plan]);
    again.says("MUS-PLAN-VOID");
    assert_eq!(again.code, 1);
    ground.sync().is(0, "nothing_to_do");
}

#[test]
fn run_with_nothing_to_do_does_not_count_as_the_first_run() {
    let ground = ground();
    ground
        .deliver("a.csv", people(1..=1).replace("@", ""))
        .sync()
        .is(4, "nothing_to_do")
        .counts(&[("rejected", 1)]);
    ground
        .deliver("a.csv", people(1..=3))
        .sync()
        .is(3, "held")
        .says("first_run");
    ground.approve();
    // The same for a mapping that changes nothing today.
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    fs::write(
        ground.path("integration.toml"),
        settings.replace("title = ", "department = "),
    )
    .unwrap();
    let other = people(1..=3).replace("Clerk", "");
    ground
        .deliver("a.csv", &other)
        .sync()
        .is(0, "nothing_to_do");
    ground
        .deliver("a.csv", other.replace("Last,\n", "Last,Legal\n"))
        .sync()
        .is(3, "held")
        .says("setup_changed");
}

#[test]
fn plan_with_nothing_to_do_saves_no_plan_and_holds_nothing() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=3)).approve();
    for _ in 0..2 {
        let planned = ground.run(&["plan", "integration.toml"]);
        planned
            .is(0, "nothing_to_do")
            .counts(&[("read", 3), ("unchanged", 3)]);
        assert_eq!(planned.json["plan"], serde_json::Value::Null);
        let shown = ground.run(&["runs", &planned.run_id()]).json;
        assert_eq!(
            (&shown["plan_status"], &shown["operations"]),
            (&serde_json::Value::Null, &serde_json::json!([]))
        );
    }
    ground
        .deliver("a.csv", people(1..=4))
        .sync()
        .is(0, "applied");
}

#[test]
fn a_plan_without_operations_can_be_approved_or_rejected_like_any_other() {
    let ground = ground();
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    let dated = settings.replace("title = ", "onboarding_date = \"start\"\ntitle = ");
    fs::write(ground.path("integration.toml"), dated).unwrap();
    let starting = people(1..=4)
        .replace("title\n", "title,start\n")
        .replace("Clerk\n", "Clerk,2020-01-01\n");
    ground.deliver("a.csv", &starting).approve();
    ground.deliver("a.csv", people(1..=4));
    let plan =
        |held: &crate::ground::Answer| held.is(3, "held").json["plan"].as_str().unwrap().to_owned();
    assert_eq!(ground.run(&["reject", &plan(&ground.sync())]).code, 0);
    ground
        .run(&["approve", &plan(&ground.sync())])
        .is(0, "nothing_to_do");
    ground.sync().is(0, "nothing_to_do");
    ground
        .deliver("a.csv", people(1..=5))
        .sync()
        .is(0, "applied")
        .counts(&[("created", 1)]);
    // Of an integration that never did anything, nobody has seen what it does.
    fs::write(
        ground.path("second.toml"),
        settings.replace("\"hr\"", "\"second\""),
    )
    .unwrap();
    let second = || ground.run(&["sync", "second.toml"]);
    ground.deliver("a.csv", people(30..=50).replace('@', " "));
    ground
        .run(&["approve", &plan(&second())])
        .is(0, "nothing_to_do");
    ground.deliver("a.csv", people(30..=50));
    second().is(3, "held").says("first_run");
}

#[test]
fn held_record_is_reported_again_until_approved_and_after_a_rejection() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=12)).approve();
    ground
        .deliver("a.csv", people(1..=11))
        .sync()
        .is(0, "applied")
        .counts(&[("missing", 1)]);
    ground.deliver(
        "a.csv",
        people(1..=11) + "N-12,p12@acme.example,First12,Last,Clerk\n",
    );
    let waits = || {
        let held = ground.sync();
        held.is(3, "held")
            .says("rehire")
            .counts(&[("held", 1), ("unchanged", 11)]);
        held.json["plan"].as_str().unwrap().to_owned()
    };
    waits();
    assert_eq!(ground.run(&["reject", &waits()]).code, 0);
    assert_eq!(ground.run(&["approve", &waits()]).code, 0);
    assert_eq!(ground.person("N-12")["status"], "active");
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 12)]);
}

#[test]
fn on_guard_hold_removals_applies_the_rest_unless_it_depends_on_held_operations() {
    let ground = ground();
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    let settings = settings.replace("title = ", "offboarding_date = \"end\"\ntitle = ")
        + "on_guard = \"hold_removals\"\n";
    fs::write(
        ground.path("integration.toml"),
        settings + "[guard]\nkey_changes = { percent = 100, number = 100 }\n",
    )
    .unwrap();
    let dated = |text: String| {
        text.replace("title\n", "title,end\n")
            .replace("Clerk\n", "Clerk,\n")
    };
    ground.deliver("a.csv", dated(people(1..=20))).approve();
    let leave = |text: String, id: u32| {
        text.replace(
            &format!("p{id}@acme.example,First{id},Last,Clerk,"),
            &format!("q{id}@acme.example,First{id},Last,Clerk,2026-05-01"),
        )
    };
    let leaving = (1..=4).fold(dated(people(1..=20)), leave);
    let taking = leaving
        .replace("p20@", "p1@")
        .replace("First19,Last,Clerk", "First19,Last,Lead");
    for _ in 0..2 {
        ground
            .deliver("a.csv", &taking)
            .sync()
            .is(3, "held")
            .says("passed_on")
            .says("`p1@acme.example`");
    }
    assert_eq!(ground.person("E-19")["title"], "Clerk");
    let held = ground.sync();
    let plan = held.json["plan"].as_str().unwrap();
    let refused = ground.run(&["approve", plan, "--only", "update"]);
    assert_eq!(refused.code, 1, "{}", refused.text);
    refused
        .says("MUS-PLAN-CHOICE")
        .says("`p1@acme.example` is in use until operation 1 (`First1 Last`) is applied");
    assert_eq!(ground.run(&["reject", plan]).code, 0);
    let held = ground
        .deliver("a.csv", taking.replace("p1@", "p20@"))
        .sync();
    held.is(3, "applied")
        .counts(&[("updated", 1), ("deactivated", 4)]);
    assert_eq!(held.json["guard"]["verdict"], "hold_removals");
    assert_eq!(
        (
            &ground.person("E-19")["title"],
            &ground.person("E-1")["status"]
        ),
        (&"Lead".into(), &"active".into())
    );
    assert_eq!(
        ground
            .run(&["approve", held.json["plan"].as_str().unwrap()])
            .code,
        0
    );
    assert_eq!(ground.person("E-1")["status"], "inactive");
}

#[test]
fn m01_mass_departure_holds_the_plan_and_lists_the_employees() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=20)).approve();
    ground.deliver("a.csv", people(1..=4));
    ground
        .sync()
        .is(3, "held")
        .says("16 of 20")
        .says("First20 Last");
    assert_eq!(ground.person("E-20")["status"], "active");
}

/// P09.
#[test]
fn m02_an_approval_of_an_older_plan_is_void() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=20)).approve();
    let old = ground.deliver("a.csv", people(1..=4)).sync();
    let new = ground
        .deliver(
            "a.csv",
            people(1..=5).replace("First1,Last,Clerk", "First1,Last,Lead"),
        )
        .sync();
    new.is(3, "held");
    let (old, new) = (
        old.json["plan"].as_str().unwrap(),
        new.json["plan"].as_str().unwrap(),
    );
    ground.run(&["approve", old]).says("MUS-PLAN-VOID");
    assert_eq!(
        ground
            .run(&["approve", new, "--only", "create,update"])
            .code,
        0
    );
    assert_eq!(ground.person("E-1")["title"], "Lead");
    assert_eq!(
        ground.person("E-20")["status"],
        "active",
        "only some kinds were approved"
    );
    assert_eq!(ground.run(&["approve", new]).code, 0);
    assert_eq!(ground.person("E-20")["status"], "inactive");
}

#[test]
fn m05_employees_under_new_ids_are_held_every_time() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=20)).approve();
    ground.deliver("a.csv", people(1..=20).replace("E-", "N-"));
    for _ in 0..2 {
        let held = ground.sync();
        held.is(3, "held");
        held.counts(&[
            ("held", 20),
            ("rejected", 0),
            ("unchanged", 0),
            ("missing", 0),
        ]);
        let operations = held.json["operations"].as_array().unwrap();
        assert_eq!(operations.len(), 20, "{}", held.text);
        for (operation, id) in operations.iter().zip(1..) {
            assert_eq!(
                (&operation["held"], &operation["changes"]),
                (
                    &"new_external_id".into(),
                    &serde_json::json!([{
                        "field": "external_id", "old": format!("E-{id}"), "new": format!("N-{id}"), "reason": "record"
                    }])
                ),
                "{}",
                held.text
            );
        }
    }
    assert_eq!(ground.person("E-20")["status"], "active");
    ground
        .deliver("a.csv", people(1..=20))
        .sync()
        .is(0, "nothing_to_do");
    ground
        .deliver("a.csv", people(1..=21))
        .sync()
        .is(0, "applied");
}

#[test]
fn m07_ids_pass_on_in_one_run_where_addresses_decide() {
    let ground = ground();
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    fs::write(
        ground.path("integration.toml"),
        settings + "match = [\"email\"]\n",
    )
    .unwrap();
    ground.deliver("a.csv", people(1..=3)).approve();
    let swapped = people(1..=4)
        .replace("E-1,", "x,")
        .replace("E-2,", "E-1,")
        .replace("x,", "E-2,");
    ground.deliver(
        "a.csv",
        swapped.replace("E-3,", "E-9,").replace("E-4,", "E-3,"),
    );
    // Ids that move to others are held, together with the record that gives one up.
    let held = ground.sync();
    held.is(3, "held")
        .counts(&[("updated", 0), ("created", 0), ("held", 4), ("rejected", 0)]);
    for (id, number) in [("E-1", 1), ("E-2", 2), ("E-3", 3)] {
        assert_eq!(
            ground.person(id)["email"],
            format!("p{number}@acme.example"),
            "{id}"
        );
    }
    assert_eq!(ground.person("E-9"), serde_json::Value::Null);
    let approved = ground.run(&["approve", held.json["plan"].as_str().unwrap()]);
    assert_eq!(approved.code, 0, "{}", approved.text);
    for (id, number) in [("E-2", 1), ("E-1", 2), ("E-9", 3), ("E-3", 4)] {
        assert_eq!(
            ground.person(id)["email"],
            format!("p{number}@acme.example"),
            "{id}"
        );
    }
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 4)]);
}

#[test]
fn m19_two_integrations_do_not_take_each_other_s_people() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=3)).approve();
    let other = fs::read_to_string(ground.path("integration.toml"))
        .unwrap()
        .replace("\"hr\"", "\"second\"");
    fs::write(ground.path("second.toml"), other).unwrap();
    ground.deliver("a.csv", people(3..=6));
    let answer = ground.run(&["sync", "second.toml", "--approve"]);
    answer.says("First3 Last is managed by `hr`, so `second` cannot change the employee; the record is rejected");
    answer
        .says("MUS-MATCH-OWNER")
        .counts(&[("created", 3), ("rejected", 1), ("missing", 0)]);
    assert_eq!(ground.person("E-1")["status"], "active");
}

#[test]
fn configuration_errors_have_exit_code_2_and_never_show_secrets() {
    let ground =
        Ground::new("workspace = \"a\"\nname = \"b\"\n[credentials]\npassword = \"hunter2\"\n");
    let answer = ground.sync();
    assert_eq!(answer.code, 2);
    assert!(!answer.text.contains("hunter2"), "{}", answer.text);
}

#[test]
fn m20_changed_match_key_is_reviewed_and_causes_no_departures() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=5)).approve();
    let by_email = fs::read_to_string(ground.path("integration.toml")).unwrap();
    fs::write(
        ground.path("integration.toml"),
        by_email + "match = [\"email\"]\n",
    )
    .unwrap();
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 5), ("missing", 0)]);
    let by_id = fs::read_to_string(ground.path("integration.toml"))
        .unwrap()
        .replace("\"email\"]", "\"external_id\"]");
    fs::write(ground.path("integration.toml"), by_id).unwrap();
    let changed = ground
        .deliver(
            "a.csv",
            people(1..=5).replace("First1,Last,Clerk", "First1,Last,Lead"),
        )
        .sync();
    changed.is(3, "held").says("setup_changed").counts(&[
        ("updated", 1),
        ("unchanged", 4),
        ("missing", 0),
    ]);
}

#[test]
fn t12_file_replaced_while_it_is_read_is_applied_as_one_version_or_not_at_all() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let ground = ground();
    let versions = ["Lead", "Clerk and more"].map(|title| people(1..=2000).replace("Clerk", title));
    ground.deliver("a.csv", &versions[0]);
    let stop = AtomicBool::new(false);
    let mut used = 0;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                fs::write(ground.path("next"), &versions[turn % 2]).unwrap();
                fs::rename(ground.path("next"), ground.path("inbox/a.csv")).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(40));
            }
        });
        for _ in 0..6 {
            let answer = ground.run(&["sync", "integration.toml", "--approve"]);
            assert!([0, 1, 4].contains(&answer.code), "{}", answer.text);
            used += usize::from(answer.json["status"] == "applied");
            let directory = ground.run(&["employees"]).json;
            let titles: std::collections::BTreeSet<_> = directory
                .as_array()
                .into_iter()
                .flatten()
                .map(|person| person["title"].to_string())
                .collect();
            assert!(titles.len() <= 1, "two versions at once: {titles:?}");
        }
        stop.store(true, Ordering::Relaxed);
    });
    ground.deliver("a.csv", &versions[0]).approve();
    assert_eq!(
        ground.person("E-2000")["title"],
        "Lead",
        "{used} of 6 runs used a version"
    );
}

#[test]
fn p04_birthdays_are_masked_in_messages_objects_and_the_database() {
    let ground = Ground::new(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n\
         [mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
         birthday = \"born\"\nonboarding_date = \"start\"\n",
    );
    let wrong = [
        "1987-31-12",
        "12 mei 1987",
        "31/12/1987",
        "1987\u{200B}-31-12",
        "19\"87-12-31",
        "\"1987-12-31\" x",
    ];
    let rows = wrong
        .iter()
        .zip(1..)
        .map(|(born, id)| format!("E-{id},p{id}@x.nl,A,B,{born},\n"));
    let file = format!(
        "id,email,first,last,born,start\n{}E-9,p9@x.nl,A,B,,2026-77-01\n",
        rows.collect::<String>()
    );
    ground.deliver("a.csv", file);
    let answer = ground.run(&["sync", "integration.toml", "--approve"]);
    answer
        .says("`####-##-##` is not a day of the calendar")
        .says("`## xxx ####` is not a date")
        .says("`2026-77-01`");
    let run = answer.run_id();
    let reported = ground.output(&["runs", &run]);
    let explained = ground.run(&["explain", "E-1"]);
    let mut kept = answer.text.into_bytes();
    kept.extend(reported.stdout);
    kept.extend(explained.text.into_bytes());
    for name in ["muster.db", "muster.db-wal"] {
        kept.extend(fs::read(ground.path(name)).unwrap_or_default());
    }
    let kept = String::from_utf8_lossy(&kept);
    assert!(!kept.contains("1987") && !kept.contains("87-12"), "{kept}");
    assert!(kept.contains("2026-77-01"), "the database was read");
}
