//! Files of a source that are deleted or archived once a run has applied them.

use super::people;
use crate::ground::Ground;
use std::fs;

const AFTER: [&str; 2] = ["{ archive = \"done\" }", "\"delete\""];

const FIRST: &str = "inbox/a.csv";
const SECOND: &str = "inbox/b.csv";

/// Ten employees of a first file, which is gone.
fn ground(after: &str, policy: &str) -> Ground {
    let ground = super::ground();
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    let settings = removing(&settings, after) + policy;
    fs::write(ground.path("integration.toml"), settings).unwrap();
    ground.deliver("a.csv", people(1..=10)).approve();
    assert!(!is_there(&ground, FIRST), "the first file is applied");
    ground
}

fn removing(settings: &str, after: &str) -> String {
    settings.replace(
        "settle = \"0s\"",
        &format!("settle = \"0s\"\nafter = {after}"),
    )
}

fn is_there(ground: &Ground, file: &str) -> bool {
    ground.path(file).exists()
}

#[test]
fn files_are_removed_after_they_are_applied_and_an_empty_folder_then_succeeds() {
    for (after, is_archived) in AFTER.iter().zip([true, false]) {
        let ground = super::ground();
        let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
        fs::write(ground.path("integration.toml"), removing(&settings, after)).unwrap();
        ground.deliver("a.csv", people(1..=3)).sync().is(3, "held");
        assert!(is_there(&ground, FIRST), "a held file stays");
        ground.approve();
        assert_eq!(
            (
                is_there(&ground, FIRST),
                ground.path("inbox/done/a.csv").exists()
            ),
            (false, is_archived)
        );
        ground
            .sync()
            .is(0, "nothing_to_do")
            .says("MUS-DELIVERY-NO-FILE");
        assert_eq!(ground.person("E-3")["status"], "active");
    }
}

#[test]
fn file_stays_while_a_held_record_of_it_is_pending() {
    for after in AFTER {
        let ground = ground(after, "");
        let rows = people(1..=10)
            .replace("E-10,", "X-10,")
            .replace("First1,Last,Clerk", "First1,Last,Lead");
        let held = ground.deliver("b.csv", rows).sync();
        held.is(3, "applied").counts(&[("held", 1), ("updated", 1)]);
        assert!(is_there(&ground, SECOND), "{after}");
        // Nobody has decided, so that the record is held again.
        let again = ground.sync();
        assert_eq!(
            (again.code, is_there(&ground, SECOND)),
            (3, true),
            "{after}"
        );
        let plan = again.json["plan"].as_str().unwrap();
        ground.run(&["approve", plan]).is(0, "applied");
        assert_eq!(ground.person("X-10")["status"], "active");
        assert!(
            is_there(&ground, SECOND),
            "an approval reads no file: {after}"
        );
        ground.sync().is(0, "nothing_to_do");
        assert!(!is_there(&ground, SECOND), "{after}");
    }
}

#[test]
fn file_stays_while_its_departures_are_pending() {
    for after in AFTER {
        let ground = ground(after, "on_guard = \"hold_removals\"\n");
        let rows = people(1..=5).replace("First1,Last,Clerk", "First1,Last,Lead");
        let held = ground.deliver("b.csv", &rows).sync();
        assert_eq!(
            (held.code, is_there(&ground, SECOND)),
            (3, true),
            "{}",
            held.text
        );
        let plan = held.json["plan"].as_str().unwrap();
        assert_eq!(ground.run(&["reject", plan]).code, 0);
        assert!(is_there(&ground, SECOND), "{after}");
        let again = ground.sync();
        assert_eq!(
            (again.code, is_there(&ground, SECOND)),
            (3, true),
            "{}",
            again.text
        );
        let plan = again.json["plan"].as_str().unwrap();
        ground.run(&["approve", plan]).is(0, "applied");
        ground.sync();
        assert!(!is_there(&ground, SECOND), "{after}");
        assert_eq!(ground.person("E-9")["status"], "inactive");
    }
}

#[test]
fn file_stays_after_a_plan_or_a_refused_delivery() {
    for after in AFTER {
        let ground = ground(after, "");
        let lead = people(1..=10).replace("First1,Last,Clerk", "First1,Last,Lead");
        ground
            .deliver("b.csv", &lead)
            .run(&["plan", "integration.toml"])
            .is(0, "held");
        assert!(is_there(&ground, SECOND), "{after}");
        let refused = ground
            .deliver(
                "b.csv",
                lead.clone() + "E-11,\"p11@acme.example,A,B,Clerk\n",
            )
            .sync();
        assert_eq!(
            (refused.code, is_there(&ground, SECOND)),
            (4, true),
            "{}",
            refused.text
        );
        ground.deliver("b.csv", &lead).sync().is(0, "applied");
        assert!(!is_there(&ground, SECOND), "{after}");
    }
}
