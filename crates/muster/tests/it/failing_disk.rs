//! A disk that fails, and a system that does a part of what it was asked: the directory is the old one or the
//! new one, and the program says which. A library that is preloaded into the real program stands for the disk.

use crate::ground::Ground;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};
use tempfile::TempDir;

const PEOPLE: usize = 100;

/// The library, compiled once.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = LIBRARY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("failing_disk.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/failing_disk.c");
        let flags = ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"];
        let built = Command::new("cc")
            .args(flags)
            .arg(&path)
            .arg(source)
            .status()
            .unwrap();
        assert!(built.success(), "the C compiler builds the library");
        (folder, path)
    });
    path
}

/// A directory of people with the title "Old", and a delivery that gives everybody the title "New".
struct Disk {
    ground: Ground,
}

/// Which calls fail: of which kind, and from which to which of them.
#[derive(Clone, Copy, Debug)]
struct Fault {
    call: &'static str,
    from: usize,
    to: usize,
}

const FILES: [&str; 3] = ["muster.db", "muster.db-wal", "muster.db-shm"];

impl Disk {
    fn new() -> Self {
        let ground = Ground::new(
            "workspace = \"acme\"\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\n\
             settle = \"0s\"\n[mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\n\
             last_name = \"last\"\ntitle = \"title\"\n",
        );
        ground.deliver("a.csv", delivery("Old")).approve();
        ground.deliver("a.csv", delivery("New"));
        fs::create_dir(ground.path("temporary")).unwrap();
        fs::copy(ground.path("muster.db"), ground.path("before")).unwrap();
        Self { ground }
    }

    /// Syncs from the old directory while calls fail; says how many calls were counted, too.
    fn sync(&self, fault: Fault) -> (Output, usize) {
        FILES
            .iter()
            .for_each(|name| drop(fs::remove_file(self.ground.path(name))));
        fs::copy(self.ground.path("before"), self.ground.path("muster.db")).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_muster"))
            .args([
                "--database",
                &format!("sqlite:{}", self.ground.path("muster.db").display()),
            ])
            .args([
                "--now",
                "2026-05-04T02:45:00Z",
                "sync",
                "integration.toml",
                "--approve",
            ])
            .current_dir(self.ground.path(""))
            .env("LD_PRELOAD", library())
            .env("TMPDIR", self.ground.path("temporary"))
            .env("FAULT_FOLDER", self.ground.path(""))
            .env("FAULT_CALL", fault.call)
            .env("FAULT_FROM", fault.from.to_string())
            .env("FAULT_TO", fault.to.to_string())
            .env("FAULT_COUNT", self.ground.path("count"))
            .output()
            .unwrap();
        let counted = fs::read_to_string(self.ground.path("count"))
            .unwrap()
            .parse()
            .unwrap();
        (output, counted)
    }

    /// How many people have which title.
    fn titles(&self) -> (usize, usize) {
        let people = self.ground.run(&["employees"]).json;
        let people = people.as_array().unwrap();
        assert_eq!(people.len(), PEOPLE, "nobody is lost");
        let with = |title| {
            people
                .iter()
                .filter(|person| person["title"] == title)
                .count()
        };
        (with("Old"), with("New"))
    }
}

fn delivery(title: &str) -> String {
    let rows = (1..=PEOPLE).map(|id| format!("E-{id},p{id}@acme.example,First{id},Last,{title}\n"));
    format!("id,email,first,last,title\n{}", rows.collect::<String>())
}

/// Lets calls of one kind fail, one after another: once, and from then on.
fn check(call: &'static str, steps: usize) {
    let disk = Disk::new();
    let (sound, calls) = disk.sync(Fault {
        call,
        from: 0,
        to: 0,
    });
    assert!(
        sound.status.success() && calls > 1,
        "{calls} calls, {sound:?}"
    );
    let (mut failed, mut unconfirmed) = (0, 0);
    for from in (1..=calls).step_by(calls.div_ceil(steps)) {
        for to in [from, usize::MAX] {
            let fault = Fault { call, from, to };
            let (output, _) = disk.sync(fault);
            let said =
                String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            let titles = disk.titles();
            if output.status.success() {
                assert_eq!(
                    titles,
                    (0, PEOPLE),
                    "{fault:?}: what is said to be applied is: {said}"
                );
                continue;
            }
            failed += 1;
            assert_eq!(
                titles,
                (PEOPLE, 0),
                "{fault:?}: what is said to have failed was not applied: {said}"
            );
            assert!(
                !said.contains("not a SQLite database"),
                "{fault:?}: a read that failed says nothing about the file: {said}"
            );
            unconfirmed += usize::from(
                said.contains("while a change was committed")
                    && said.contains("nothing was changed"),
            );
            let codes = [
                "MUS-STORE-DISK",
                "MUS-STORE-DAMAGED",
                "MUS-STORE-READ-ONLY",
                "MUS-MASTER-KEY",
                "MUS-TRANSPORT",
                "MUS-DELIVERY",
                "MUS-CONFIGURATION",
                "MUS-USAGE",
                "MUS-DATABASE-MISSING",
                "MUS-WORKSPACE-UNKNOWN",
                "MUS-MASTER-KEY",
            ];
            let is_clear = said.contains("error:")
                && said.contains("help:")
                && codes.iter().any(|code| said.contains(code));
            assert!(is_clear && !said.contains("panicked"), "{fault:?}: {said}");
            disk.ground.expire_leases();
            let runs = disk.ground.run(&["runs"]);
            assert!(
                !runs.text.contains("\"running\""),
                "{fault:?}: no run stays running: {}",
                runs.text
            );
        }
    }
    assert!(failed > 0, "some of the {calls} calls are needed");
    assert!(
        call != "sync" || unconfirmed > 0,
        "a commit whose confirmation failed says which state the database has"
    );
    // The disk is sound again: the next run does the work.
    disk.ground.approve();
    assert_eq!(disk.titles(), (0, PEOPLE));
}

#[test]
fn d03_a_write_that_fails_leaves_the_old_directory_or_the_new_one() {
    check("write", 40);
}

#[test]
fn d03_a_sync_that_fails_leaves_the_old_directory_or_the_new_one() {
    check("sync", 10);
    check("truncate", 10);
}

#[test]
fn d03_a_read_that_fails_leaves_the_old_directory_or_the_new_one() {
    check("read", 40);
}

#[test]
fn d05_short_and_interrupted_reads_and_writes_continue() {
    let disk = Disk::new();
    let (output, calls) = disk.sync(Fault {
        call: "short",
        from: 0,
        to: 0,
    });
    assert!(calls > 200, "{calls} calls were cut short or interrupted");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(disk.titles(), (0, PEOPLE));
}
