//! Fifty thousand people in one answer cost a bounded amount of memory: measured in a process that only reads.

use crate::{
    bamboohr::{bamboohr_at, everything},
    session::Ground,
};
use muster_testkit::emulator::{Emulator, Options, Product};
use std::{fs, process::Command, time::Duration};

const PEOPLE: usize = 50_000;
/// The most that the whole process may ever have had, in KiB.
const MOST: u64 = 300 << 10;

#[test]
fn fifty_thousand_people_in_one_answer_stay_within_three_hundred_mebibytes() {
    let options = Options { people: Some(PEOPLE), speed: 500.0, ..Options::default() };
    let emulator = Emulator::start(Product::BambooHr, &options).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "bamboohr_memory::reads_and_tells_its_peak", "--ignored", "--nocapture"])
        .env("MUSTER_TEST_URL", emulator.url())
        .env("MUSTER_TEST_KEY", emulator.credential("api_key"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{told}");
    let number = |name: &str| {
        let line = told.lines().find_map(|line| line.split_once(name)).unwrap_or_else(|| panic!("no {name}: {told}"));
        line.1.trim().parse::<u64>().unwrap()
    };
    assert_eq!(number("people:"), PEOPLE as u64);
    let peak = number("peak:");
    println!("{peak} KiB for {PEOPLE} people");
    assert!(peak > 20 << 10 && peak < MOST, "{peak} KiB");
}

/// Run by the test above, in a process of its own.
#[test]
#[ignore = "is a part of another test"]
fn reads_and_tells_its_peak() {
    let setting = |wanted: &str| std::env::vars().find(|(name, _)| name == wanted).map(|(_, value)| value).unwrap();
    let mut ground = Ground::default();
    let limits = &mut ground.network.limits;
    (limits.between_bytes, limits.whole) = (Duration::from_secs(60), Duration::from_secs(180));
    let connector = bamboohr_at(&setting("MUSTER_TEST_URL"), &setting("MUSTER_TEST_KEY"), &[]);
    let (records, extent) = ground.read(&*connector, &everything()).unwrap();
    assert_eq!(extent.partial, None);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("people: {}\npeak: {}", records.len(), peak.trim().trim_end_matches("kB"));
}
