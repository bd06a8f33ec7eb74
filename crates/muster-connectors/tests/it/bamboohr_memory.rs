//! Fifty thousand people in one answer cost a bounded amount of memory: measured in a process that only reads.

use crate::{
    bamboohr::{bamboohr_at, everything},
    session::Ground,
};
use muster_testkit::emulator::{Emulator, Options, Product};
use std::{fs, io::Write, process::Command};

/// The test below, which starts itself once more as the process that only reads.
const NAME: &str =
    "bamboohr_memory::fifty_thousand_people_in_one_answer_stay_within_three_hundred_mebibytes";
const URL: &str = "MUSTER_TEST_URL";
const KEY: &str = "MUSTER_TEST_KEY";
const PEOPLE: usize = 50_000;
/// The most that the whole process may ever have had, in KiB.
const MOST: u64 = 300 << 10;

#[test]
fn fifty_thousand_people_in_one_answer_stay_within_three_hundred_mebibytes() {
    if let (Some(url), Some(key)) = (setting(URL), setting(KEY)) {
        return read_and_tell_the_peak(&url, &key);
    }
    let options = Options {
        people: Some(PEOPLE),
        speed: 500.0,
        ..Options::default()
    };
    let emulator = Emulator::start(Product::BambooHr, &options).unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", NAME])
        .env(URL, emulator.url())
        .env(KEY, emulator.credential("api_key"))
        .output()
        .unwrap();
    let reported = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{reported}");
    let number = |name: &str| {
        let line = reported
            .lines()
            .find_map(|line| line.split_once(name))
            .unwrap_or_else(|| panic!("no {name}: {reported}"));
        line.1.trim().parse::<u64>().unwrap()
    };
    assert_eq!(number("people:"), PEOPLE as u64);
    let peak = number("peak:");
    println!("{peak} KiB for {PEOPLE} people");
    assert!(peak > 20 << 10 && peak < MOST, "{peak} KiB");
}

fn setting(wanted: &str) -> Option<String> {
    std::env::vars()
        .find(|(name, _)| name == wanted)
        .map(|(_, value)| value)
}

/// The part of the process that only reads.
fn read_and_tell_the_peak(url: &str, key: &str) {
    let ground = Ground::patient();
    let connector = bamboohr_at(url, key, &[]);
    let (records, extent) = ground.read(&*connector, &everything()).unwrap();
    assert_eq!(extent.partial, None);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let reported = format!(
        "people: {}\npeak: {}\n",
        records.len(),
        peak.trim().trim_end_matches("kB")
    );
    std::io::stdout().write_all(reported.as_bytes()).unwrap();
}
