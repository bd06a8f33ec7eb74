//! What happens to the directory when the machine fails: a killed process, a full disk.

use crate::ground::{Answer, Ground};
use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

fn ground() -> Ground {
    Ground::new(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n\
         [mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\ntitle = \"title\"\n",
    )
}

fn people(number: u32, title: &str) -> String {
    let rows = (1..=number).map(|id| format!("E-{id},p{id}@acme.example,First{id},Last,{title}\n"));
    format!("id,email,first,last,title\n{}", rows.collect::<String>())
}

/// How many people there are, and how many of them have a title.
fn census(answer: &Answer, title: &str) -> (usize, usize) {
    let people = answer
        .json
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    (
        people.len(),
        people
            .iter()
            .filter(|person| person["title"] == title)
            .count(),
    )
}

/// How long a first load takes on this machine, so that the instants of a test are spread over it.
fn duration_of_a_run() -> Duration {
    let ground = ground();
    ground.deliver("a.csv", people(400, "Clerk"));
    let start = Instant::now();
    ground.approve().is(0, "applied");
    start.elapsed()
}

#[test]
fn d01_sync_killed_at_200_moments_leaves_the_old_or_the_new_directory() {
    const PEOPLE: u32 = 400;
    let ground = ground();
    let mut seed = 7u64;
    let mut applied = 0;
    let whole = duration_of_a_run();
    for round in 0..200 {
        // Every fourth round is a first load, the others change everybody.
        if round % 4 == 0 {
            for name in ["muster.db", "muster.db-wal", "muster.db-shm"] {
                let _ = fs::remove_file(ground.path(name));
            }
        }
        let title = format!("Title {round}");
        ground.deliver("a.csv", people(PEOPLE, &title));
        let before = census(&ground.run(&["employees"]), &title).0;
        let mut child = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args([
                "--database",
                &format!("sqlite:{}", ground.path("muster.db").display()),
                "--json",
            ])
            .args(["sync", "integration.toml", "--approve"])
            .current_dir(ground.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(whole * ((seed >> 33) % 1_500) as u32 / 1_000);
        let _ = child.kill();
        child.wait().unwrap();
        let after = census(&ground.run(&["employees"]), &title);
        let old = (before, 0);
        let new = (PEOPLE as usize, PEOPLE as usize);
        assert!(
            after == old || after == new,
            "round {round}: {before} people before, then {after:?}"
        );
        applied += usize::from(after == new);
        ground.expire_leases();
        let runs = ground.run(&["runs"]);
        assert!(
            !runs.text.contains("\"running\""),
            "no run stays running: {}",
            runs.text
        );
    }
    assert!(
        (1..200).contains(&applied),
        "the instants are spread over the run: {applied} of 200 were applied"
    );
}

#[test]
fn d01_killed_approval_or_undo_is_applied_whole_or_not_at_all() {
    const PEOPLE: u32 = 600;
    let ground = ground();
    let mut seed = 11u64;
    let whole = duration_of_a_run();
    let mut kill = |arguments: &[&str]| {
        let mut child = ground.spawn(arguments);
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(whole * ((seed >> 33) % 1_500) as u32 / 1_000);
        let _ = child.kill();
        child.wait().unwrap();
    };
    let all = PEOPLE as usize;
    for round in 0..12 {
        for name in ["muster.db", "muster.db-wal", "muster.db-shm"] {
            let _ = fs::remove_file(ground.path(name));
        }
        let title = format!("Title {round}");
        ground.deliver("a.csv", people(PEOPLE, &title));
        let plan = ground.sync().json["plan"].as_str().unwrap().to_owned();
        kill(&["approve", &plan]);
        ground.expire_leases();
        let there = census(&ground.run(&["employees"]), &title);
        assert!(
            [(0, 0), (all, all)].contains(&there),
            "round {round}: {there:?}"
        );
        // The plan waits just as long as nothing of it was applied, so that nobody is created twice.
        let again = ground.run(&["approve", &plan]);
        assert_eq!(again.code, i32::from(there.0 == all), "{}", again.text);
        assert_eq!(census(&ground.run(&["employees"]), &title), (all, all));

        ground.deliver("a.csv", people(PEOPLE, "Lead"));
        let changed = ground.approve();
        kill(&["undo", &changed.run_id(), "--approve"]);
        let back = census(&ground.run(&["employees"]), &title).1;
        assert!([0, all].contains(&back), "round {round}: {back}");
        ground.expire_leases();
        assert!(!ground.run(&["runs"]).text.contains("\"running\""));
    }
}

#[test]
fn d02_full_disk_fails_the_run_and_loses_nothing() {
    let ground = ground();
    ground.deliver("a.csv", people(20, "Clerk"));
    fs::create_dir(ground.path("disk")).unwrap();
    // A disk of one megabyte, in a namespace of its own that ends with the script.
    let script = format!(
        "set -u; mount -t tmpfs -o size=1m tmpfs disk; \
         muster() {{ '{}' --database sqlite:disk/muster.db \"$@\"; }}; \
         muster sync integration.toml --approve; echo \"first $?\"; \
         cp big.csv inbox/a.csv; muster sync integration.toml --approve; echo \"second $?\"; \
         cp small.csv inbox/a.csv; muster employees --format csv | grep -c E-; muster sync integration.toml --approve; echo \"third $?\"",
        env!("CARGO_BIN_EXE_muster")
    );
    fs::write(ground.path("big.csv"), people(20_000, "Clerk")).unwrap();
    fs::write(ground.path("small.csv"), people(20, "Lead")).unwrap();
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", &script])
        .current_dir(ground.path(""))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    for wanted in [
        "first 0",
        "second 1",
        "no space is left",
        "MUS-STORE-FULL",
        "\n20\n",
        "third 0",
    ] {
        assert!(text.contains(wanted), "no `{wanted}` in {text}");
    }
}

#[test]
fn d07_two_processes_on_one_database_are_both_safe() {
    let ground = ground();
    ground.deliver("a.csv", people(5, "Clerk")).approve();
    for round in 0..10 {
        let title = format!("Title {round}");
        ground.deliver("a.csv", people(300, &title));
        let sync = || ground.run(&["sync", "integration.toml", "--approve"]);
        let (one, other) = std::thread::scope(|scope| {
            let one = scope.spawn(sync);
            (sync(), one.join().unwrap())
        });
        for answer in [&one, &other] {
            let busy = answer.text.contains("MUS-RUN-BUSY") && answer.text.contains("process");
            assert!(answer.code == 0 || busy, "{}", answer.text);
        }
        assert!(
            one.code == 0 || other.code == 0,
            "one of the two does the work"
        );
        assert_eq!(census(&ground.run(&["employees"]), &title), (300, 300));
    }
}
