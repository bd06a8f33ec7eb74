//! Deliveries that are odd, old, unchanged or missing.

use super::*;

#[test]
fn p04_what_is_rejected_is_reported_again_when_the_same_file_comes_again() {
    let ground = ground();
    ground
        .deliver("a.csv", people(1..=3).replace("First2", ""))
        .approve();
    for _ in 0..2 {
        ground.sync().says("MUS-VALUE-REQUIRED").counts(&[
            ("read", 3),
            ("rejected", 1),
            ("unchanged", 2),
        ]);
    }
    ground
        .deliver("a.csv", people(1..=3))
        .sync()
        .is(0, "applied");
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("read", 3), ("rejected", 0), ("unchanged", 3)]);
}

#[test]
fn f37_duplicate_id_causes_no_departure() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=12)).approve();
    let twice = people(1..=12).replace("E-2,", "E-1,");
    ground
        .deliver("a.csv", twice)
        .sync()
        .counts(&[("rejected", 2), ("missing", 0)]);
    assert_eq!(
        ground.person("E-2")["status"],
        "active",
        "the refused record has their address"
    );
}

#[test]
fn f21_empty_file_causes_no_departures() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=2)).approve();
    for content in ["", "\u{feff}", "\n \n", "id,email,first,last,title\n"] {
        ground
            .deliver("a.csv", content)
            .sync()
            .is(4, "refused")
            .says("the file has no records")
            .says("MUS-CSV-EMPTY");
    }
    assert_eq!(ground.person("E-2")["status"], "active");
}

#[test]
fn header_only_file_of_a_delivery_of_changes_is_refused_as_empty() {
    let ground = ground();
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    let changes = settings.replace("missing = \"deactivate\"", "coverage = \"changes\"");
    fs::write(ground.path("integration.toml"), changes).unwrap();
    ground.deliver("a.csv", people(1..=2)).approve();
    ground
        .deliver("a.csv", "id,email,first,last,title\n")
        .sync()
        .is(4, "refused")
        .says("MUS-CSV-EMPTY");
    // One record of many is a delivery like any other.
    ground
        .deliver("a.csv", people(2..=2).replace("Clerk", "Lead"))
        .sync()
        .is(0, "applied")
        .counts(&[("updated", 1), ("missing", 0)]);
    assert_eq!(ground.person("E-1")["status"], "active");
}

#[test]
fn employee_missing_from_two_deliveries_that_are_not_in_a_row_stays() {
    let ground = ground();
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    fs::write(
        ground.path("integration.toml"),
        settings + "missing_runs = 2\n",
    )
    .unwrap();
    ground.deliver("a.csv", people(1..=20)).approve();
    let status = || ground.person("E-1")["status"].clone();
    let deliver = |ids, titled: &str| {
        let content = people(ids).replace("First20,Last,Clerk", &format!("First20,Last,{titled}"));
        ground.deliver("a.csv", content).sync()
    };
    deliver(2..=20, "A").counts(&[("missing", 0), ("updated", 1)]);
    deliver(1..=20, "B").counts(&[("missing", 0), ("updated", 1)]);
    deliver(2..=20, "C").counts(&[("missing", 0), ("updated", 1)]);
    assert_eq!(status(), "active", "missed once, seen, missed once");
    // The other records have the fingerprints of the last delivery.
    deliver(2..=20, "D").counts(&[("missing", 1), ("updated", 1), ("unchanged", 18)]);
    assert_eq!(status(), "inactive");
}

#[test]
fn f18_an_unclosed_quote_refuses_the_file_whole() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=2)).approve();
    ground
        .deliver("a.csv", people(1..=2).replace("First2", "\"First2"))
        .sync()
        .is(4, "refused")
        .says("MUS-CSV-UNCLOSED");
}

#[test]
fn f05_unreadable_bytes_cost_only_their_row_and_prove_presence() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=5)).approve();
    let mut bytes = people(1..=5).into_bytes();
    let at = bytes
        .windows(6)
        .position(|window| window == b"First3")
        .unwrap();
    bytes[at] = 0xEB;
    let answer = ground.deliver("a.csv", bytes).sync();
    answer
        .counts(&[("rejected", 1), ("missing", 0)])
        .says("latin1");
    assert_eq!(ground.person("E-3")["status"], "active");
}

#[test]
fn f23_missing_columns_are_named_once_with_the_nearest() {
    let ground = ground();
    ground
        .deliver("a.csv", people(1..=2).replace("first,", "frist,"))
        .sync()
        .is(4, "refused")
        .says("`first`")
        .says("`frist`");
}

#[test]
fn f35_many_bad_rows_are_counted_by_code() {
    let ground = ground();
    let rows: String = (1..=3000)
        .map(|id| format!("E-{id},not-an-address,F,L,T\n"))
        .collect();
    let answer = ground
        .deliver("a.csv", format!("id,email,first,last,title\n{rows}"))
        .sync();
    assert_eq!(answer.json["problems"].as_array().unwrap().len(), 1000);
    answer
        .is(3, "held")
        .counts(&[("rejected", 3000)])
        .says("3000 of 3000 records are rejected");
}

#[test]
fn t14_an_empty_folder_is_no_file_and_a_missing_one_fails() {
    let ground = ground();
    ground.sync().is(4, "refused").says("MUS-DELIVERY-NO-FILE");
    fs::remove_dir(ground.path("inbox")).unwrap();
    ground.sync().is(1, "failed").says("MUS-TRANSPORT-FOLDER");
}

#[test]
fn t18_where_only_a_link_has_the_name_it_is_named_with_its_kind() {
    let ground = ground();
    std::os::unix::fs::symlink("/etc/passwd", ground.path("inbox/a.csv")).unwrap();
    let refused = ground.sync();
    refused
        .is(4, "refused")
        .says("no plain file in it matches")
        .says("`a.csv`: it is a symbolic link");
}

#[test]
fn p30_the_password_in_the_address_of_a_database_is_not_shown() {
    let ground = ground();
    for command in [&["runs"][..], &["sync", "integration.toml"]] {
        let arguments = [
            &["--database", "mysql://muster:hunter2@db.example/x"][..],
            command,
        ]
        .concat();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_muster"))
            .args(arguments)
            .current_dir(ground.path(""))
            .env_clear()
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.contains("`mysql:...` cannot be the database") && !said.contains("hunter2"),
            "{said}"
        );
        assert_eq!(output.status.code(), Some(2), "{said}");
    }
}

#[test]
fn m22_the_same_delivery_under_a_new_name_changes_nothing() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=3)).approve();
    fs::rename(ground.path("inbox/a.csv"), ground.path("inbox/b.csv")).unwrap();
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 3)]);
}

#[test]
fn t33_an_unchanged_file_is_reported_with_the_run_that_read_it() {
    let mut ground = ground();
    ground.deliver("a.csv", people(1..=3)).approve();
    let again = ground.at("2026-05-05T02:45:00Z").sync();
    again
        .is(0, "nothing_to_do")
        .counts(&[("read", 3), ("unchanged", 3)]);
    assert_eq!(
        (&again.json["delivery"]["same_as"], &again.json["run"]),
        (&1.into(), &2.into())
    );
    let text = String::from_utf8(ground.output(&["sync", "integration.toml"]).stdout).unwrap();
    assert!(
        text.contains("run 3: nothing to do; the content is the same as in run 1 of 2026-05-04 02:45:00 UTC (3 records)"),
        "{text}"
    );
    ground.run(&["runs", "3"]).says("a.csv");
}

#[test]
fn t16_removing_an_old_file_is_not_a_shrunken_delivery() {
    let ground = ground();
    ground.deliver("old.csv", people(1..=20)).approve();
    let new = |ids| people(ids).replace("First2,Last,Clerk", "First2,Last,Lead");
    ground.deliver("new.csv", new(1..=20));
    ground
        .sync()
        .is(0, "applied")
        .counts(&[("read", 40), ("superseded", 20), ("updated", 1)]);
    fs::remove_file(ground.path("inbox/old.csv")).unwrap();
    ground
        .deliver("new.csv", new(1..=21))
        .sync()
        .is(0, "applied")
        .counts(&[("created", 1)]);
}

#[test]
fn m22_an_older_delivery_after_a_newer_is_held_with_both_dates() {
    let ground = ground();
    let dated = |name: &str, content: String, days: u64| {
        ground.deliver(name, content);
        let time =
            std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_777_593_600 + days * 86_400);
        fs::File::options()
            .write(true)
            .open(ground.path("inbox").join(name))
            .unwrap()
            .set_modified(time)
            .unwrap();
    };
    dated("a.csv", people(1..=3), 1);
    ground.approve();
    dated(
        "a.csv",
        people(1..=3).replace("First2,Last,Clerk", "First2,Last,Lead"),
        2,
    );
    ground.sync().is(0, "applied");
    fs::remove_file(ground.path("inbox/a.csv")).unwrap();
    dated("old.csv", people(1..=4), 0);
    let held = ground.sync();
    held.is(3, "held")
        .says("2026-05-01T00:00:00Z")
        .says("2026-05-03T00:00:00Z")
        .says("`a.csv` of run 2");
    assert_eq!(ground.person("E-2")["title"], "Lead");
    fs::remove_file(ground.path("inbox/old.csv")).unwrap();
    dated(
        "a.csv",
        people(1..=3).replace("First2,Last,Clerk", "First2,Last,Lead"),
        0,
    );
    ground.sync().is(0, "nothing_to_do");
}

#[test]
fn records_of_one_employee_name_only_the_columns_in_which_they_differ() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=10)).approve();
    let twice = people(1..=10) + "E-4,p4@acme.example,First4,Other,Clerk\n";
    let answer = ground.deliver("a.csv", twice).sync();
    answer
        .counts(&[("rejected", 2)])
        .says("but differ in `last_name`; both are rejected");
}
