//! What happens after something went wrong: a killed run, a damaged or emptied database, an older version, a time in
//! the past.

use crate::ground::{Ground, PLAIN};
use muster_core::model::run::RunKind;
use muster_store::{Lease, NewRun, Options, RunLease, Store};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command, time::Duration};

const PEOPLE: &str =
    "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\nE-2,bob@acme.example,Bob,Smit\n";

/// A directory in which a run of the integration was killed; `lease` is what was left of its lease.
fn killed(lease: Duration) -> (Ground, String) {
    let ground = Ground::new(PLAIN);
    ground.deliver("a.csv", PEOPLE).approve();
    let url = format!("sqlite:{}", ground.path("muster.db").display());
    let store = Store::open(&url, Options::default()).unwrap();
    let workspace = store.workspace("acme").unwrap().unwrap();
    let new = NewRun {
        kind: RunKind::Sync,
        integration: Some("people"),
        started: "2026-05-04T02:45:00Z".parse().unwrap(),
        process: 4_711,
        lease: RunLease::Taken {
            owner: "a killed process",
            length: lease,
        },
        of: None,
        actor: None,
    };
    let (run, _) = store.begin_run(workspace.id, &new).unwrap();
    ground.deliver("a.csv", PEOPLE.replace("Smit", "Vos"));
    (ground, run.to_string())
}

#[test]
fn killed_run_does_not_block_its_integration_after_its_lease_expired() {
    let (ground, run) = killed(Duration::ZERO);
    let answer = ground.sync();
    assert_eq!(answer.code, 0, "{}", answer.text);
    assert_eq!(ground.run(&["runs", &run]).json["status"], "interrupted");
}

#[test]
fn run_with_a_lease_blocks_its_integration_and_can_be_abandoned() {
    let (ground, run) = killed(Lease::LENGTH);
    let busy = ground.sync();
    assert_eq!(busy.code, 1, "{}", busy.text);
    assert!(busy.text.contains("MUS-RUN-BUSY"), "{}", busy.text);
    let abandoned = ground.run(&["runs", "abandon", &run]);
    assert_eq!(abandoned.code, 0, "{}", abandoned.text);
    assert_eq!(abandoned.json["abandoned"], true);
    assert_eq!(ground.sync().code, 0);
    assert_eq!(ground.person("E-2")["last_name"], "Vos");
    let again = ground.run(&["runs", "abandon", &run]);
    assert_eq!(again.json["abandoned"], false, "{}", again.text);
    let none = ground.run(&["runs", "abandon", "99"]);
    assert_eq!(none.code, 2, "{}", none.text);
}

#[test]
fn empty_database_next_to_its_key_is_refused_and_unchanged() {
    let ground = Ground::new(PLAIN);
    ground.deliver("a.csv", PEOPLE).approve();
    fs::write(ground.path("muster.db"), []).unwrap();
    for command in [
        vec!["sync", "integration.toml", "--approve"],
        vec!["employees"],
        vec!["runs"],
    ] {
        let refused = ground.run(&command);
        assert_eq!(refused.code, 1, "{command:?}: {}", refused.text);
        assert!(
            refused.text.contains("MUS-STORE-DAMAGED") && refused.text.contains("0 bytes"),
            "{}",
            refused.text
        );
        assert_eq!(fs::read(ground.path("muster.db")).unwrap().len(), 0);
    }
    // A database that was removed is made again: somebody meant that.
    fs::remove_file(ground.path("muster.db")).unwrap();
    ground.approve();
}

#[test]
fn time_before_the_last_run_is_refused_on_a_live_database_and_can_be_rehearsed() {
    let mut ground = Ground::new(PLAIN);
    ground.deliver("a.csv", PEOPLE).approve();
    let first = ground.run(&["runs"]).json[0]["run"].to_string();
    ground.deliver("a.csv", PEOPLE.replace("Smit", "Vos"));
    ground.at("2026-05-01T00:00:00Z");
    for command in [
        vec!["sync", "integration.toml"],
        vec!["plan", "integration.toml"],
        vec!["undo", first.trim_matches('"')],
        vec!["sweep"],
    ] {
        let refused = ground.run(&command);
        assert_eq!(refused.code, 2, "{command:?}: {}", refused.text);
        assert!(
            refused.text.contains("is before run") && refused.text.contains("--rehearse"),
            "{}",
            refused.text
        );
    }
    assert_eq!(
        ground.run(&["employees"]).code,
        0,
        "reading is no matter of time"
    );
    let rehearsed = ground.run(&["sync", "integration.toml", "--rehearse"]);
    rehearsed.is(0, "applied");
    assert_eq!(rehearsed.json["counts"]["updated"], 1, "{}", rehearsed.text);
    assert_eq!(ground.person("E-2")["last_name"], "Smit", "it was a copy");
    assert_eq!(ground.run(&["runs"]).json.as_array().unwrap().len(), 1);
    // The same instant as the last run, and later ones, are as good as ever.
    ground.at("2026-05-04T02:45:00Z");
    ground.sync().is(0, "applied");
}

#[test]
fn rehearsal_leaves_files_that_are_removed_after_a_run() {
    let integration = PLAIN.replace("settle = \"0s\"", "settle = \"0s\"\nafter = \"delete\"");
    let ground = Ground::new(&integration);
    ground.deliver("a.csv", PEOPLE).approve();
    assert!(!ground.path("inbox/a.csv").exists());
    ground.deliver("a.csv", PEOPLE.replace("Smit", "Vos"));
    ground
        .run(&["sync", "integration.toml", "--rehearse"])
        .is(0, "applied");
    assert!(
        ground.path("inbox/a.csv").exists(),
        "the source stays as it is"
    );
    ground.sync().is(0, "applied");
    assert!(!ground.path("inbox/a.csv").exists());
}

#[test]
fn expired_plan_is_held_again_by_the_next_run() {
    let mut ground = Ground::new(&PLAIN.replace(
        "percent = 100.0, number = 100",
        "percent = 10.0, number = 1",
    ));
    let people = |number: u32| {
        let rows = (1..=number).map(|id| format!("E-{id},p{id}@acme.example,First{id},Last\n"));
        format!("id,mail,first,last\n{}", rows.collect::<String>())
    };
    ground.deliver("a.csv", people(10)).approve();
    ground.deliver("a.csv", people(5));
    let integration = fs::read_to_string(ground.path("integration.toml"))
        .unwrap()
        .replace(
            "approve = \"never\"",
            "approve = \"never\"\nmissing = \"deactivate\"",
        );
    fs::write(ground.path("integration.toml"), integration).unwrap();
    let held = ground.at("2026-05-05T02:45:00Z").sync();
    held.is(3, "held");
    let plan = held.json["plan"].as_str().unwrap().to_owned();
    // Eight days later nobody has decided, and the delivery would pass by itself.
    ground.deliver("a.csv", people(11));
    let again = ground.at("2026-05-13T02:45:00Z").sync();
    again.is(3, "held");
    let finding = &again.json["guard"]["findings"][0];
    assert_eq!(finding["guard"], "integration_held", "{}", again.text);
    again.says("the plan of run 2 is pending; this plan replaces it");
    assert_eq!(ground.person("E-11"), serde_json::Value::Null);
    let newer = again.json["plan"].as_str().unwrap().to_owned();
    assert_ne!(newer, plan);
    // Expired as well, and rejected: now runs apply by themselves.
    ground.at("2026-05-23T02:45:00Z");
    assert_eq!(ground.run(&["approve", &newer]).code, 1);
    assert_eq!(ground.run(&["reject", &newer]).code, 0);
    ground.deliver("a.csv", people(12));
    ground.sync().is(0, "applied");
}

#[test]
fn expired_plan_is_closed_by_a_delivery_that_changes_nothing() {
    let mut ground = Ground::new(
        &PLAIN
            .replace(
                "percent = 100.0, number = 100",
                "percent = 10.0, number = 1",
            )
            .replace(
                "approve = \"never\"",
                "approve = \"never\"\nmissing = \"deactivate\"",
            ),
    );
    let people = |number: u32| {
        let rows = (1..=number).map(|id| format!("E-{id},p{id}@acme.example,First{id},Last\n"));
        format!("id,mail,first,last\n{}", rows.collect::<String>())
    };
    ground.deliver("a.csv", people(10)).approve();
    ground.deliver("a.csv", people(5));
    ground.at("2026-05-05T02:45:00Z").sync().is(3, "held");
    ground.deliver("a.csv", people(10));
    ground
        .at("2026-05-13T02:45:00Z")
        .sync()
        .is(0, "nothing_to_do");
}

#[test]
fn database_of_version_0_1_0_opens_trips_no_guard_and_voids_no_plan() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../muster-store/tests/fixtures");
    let read = |name: &str| fs::read(fixtures.join(name)).unwrap();
    let old = || {
        let toml = String::from_utf8(read("0.1.0.toml")).unwrap();
        let mut ground = Ground::new(&toml);
        fs::write(ground.path("muster.db"), read("0.1.0.db")).unwrap();
        fs::write(ground.path("muster.db.key"), read("0.1.0.db.key")).unwrap();
        fs::set_permissions(
            ground.path("muster.db.key"),
            fs::Permissions::from_mode(0o600),
        )
        .unwrap();
        ground.at("2026-05-03T07:00:00Z");
        ground
    };
    let ground = old();
    assert_eq!(ground.run(&["employees"]).json.as_array().unwrap().len(), 9);
    assert_eq!(ground.run(&["runs"]).json.as_array().unwrap().len(), 7);
    let same = ground.deliver("hr.csv", read("0.1.0-day-2.csv")).sync();
    same.is(0, "nothing_to_do");
    assert_eq!(same.json["guard"]["verdict"], "go", "{}", same.text);

    // Golden: the setup that 0.1.0 stored is the setup of the same file now, so a change applies without a review.
    let day_2 = String::from_utf8(read("0.1.0-day-2.csv")).unwrap();
    let changed = day_2.replace("Finance", "Marketing");
    ground.deliver("hr.csv", changed).sync().is(0, "applied");
    assert_eq!(ground.person("E-003")["department"], "Marketing");

    // Golden: the plan of the same delivery has the same operations and so the same hash.
    let ground = old();
    let planned = ground
        .deliver("hr.csv", read("0.1.0-day-3.csv"))
        .run(&["plan", "integration.toml"]);
    assert_eq!(planned.json["plan"], "8-a83d878c", "{}", planned.text);

    let ground = old();
    let approved = ground.run(&["approve", "7-a83d878c"]);
    approved.is(0, "applied");
    assert_eq!(ground.person("E-004")["first_name"], "Rob");
    assert_eq!(ground.person("E-010")["status"], "inactive");
    ground
        .deliver("hr.csv", read("0.1.0-day-3.csv"))
        .sync()
        .is(0, "nothing_to_do");

    let ground = old();
    ground.run(&["undo", "2", "--approve"]).is(0, "applied");
    assert_eq!(ground.person("E-003")["department"], "Research");
}

#[test]
fn erasure_without_room_for_a_copy_names_the_disk_and_is_finished_later() {
    let ground = Ground::new(PLAIN);
    let rows = (1..=1_500).map(|id| format!("E-{id},p{id}@acme.example,First{id},Last\n"));
    ground.deliver(
        "a.csv",
        format!("id,mail,first,last\n{}", rows.collect::<String>()),
    );
    fs::create_dir(ground.path("disk")).unwrap();
    let script = format!(
        "set -u; mount -t tmpfs -o size=2m tmpfs disk; \
         muster() {{ '{}' --database sqlite:disk/muster.db \"$@\"; }}; \
         muster sync integration.toml --approve >/dev/null; echo \"first $?\"; \
         free=$(df -k disk | awk 'NR==2 {{ print $4 }}'); head -c $(( (free - 300) * 1024 )) /dev/zero > disk/other; \
         muster erase E-7 --yes; echo \"erased $?\"; rm disk/other; muster sweep; echo \"swept $?\"",
        env!("CARGO_BIN_EXE_muster")
    );
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", &script])
        .current_dir(ground.path(""))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    for wanted in ["first 0", "no room for a copy", "erased 0", "swept 0"] {
        assert!(text.contains(wanted), "no `{wanted}` in {text}");
    }
    assert!(!text.contains("another process"), "{text}");
}
