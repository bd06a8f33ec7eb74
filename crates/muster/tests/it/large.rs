//! Fifty thousand people in one answer, as a whole job of the real program: bounded memory.

use crate::ground::Ground;
use muster_testkit::emulator::{Emulator, Options, Product};
use std::{fs, thread, time::Duration};

const PEOPLE: usize = 50_000;
/// The most that the process may ever have had, in KiB.
const MOST: u64 = 300 << 10;

#[test]
fn fifty_thousand_employees_of_bamboohr_need_less_than_300_mib() {
    let options = Options {
        people: Some(PEOPLE),
        speed: 1_000.0,
        ..Options::default()
    };
    let emulator = Emulator::start(Product::BambooHr, &options).unwrap();
    let mut ground = Ground::new(&format!(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nconnector = \"bamboohr\"\nbase_url = \"{}\"\n\
         company_domain = \"acme\"\napi_key = {{ file = \"api_key\" }}\n",
        emulator.url()
    ));
    ground
        .at("2026-11-02T08:00:00Z")
        .secret("api_key", &emulator.credential("api_key"));
    let mut process = ground.spawn(&["sync", "integration.toml", "--any-host", "--approve"]);
    let status = format!("/proc/{}/status", process.id());
    let mut peak = 0;
    while process.try_wait().unwrap().is_none() {
        // The last one before the end counts: it never falls.
        let said = fs::read_to_string(&status).unwrap_or_default();
        let reported = said.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = reported.map_or(peak, |reported| {
            reported.trim().trim_end_matches(" kB").parse().unwrap()
        });
        thread::sleep(Duration::from_millis(20));
    }
    assert!(process.wait().unwrap().success());
    assert!(peak > 20 << 10 && peak < MOST, "{peak} KiB");
    let run = ground.run(&["runs", "1"]);
    assert_eq!(run.json["counts"]["read"], PEOPLE, "{}", run.text);
}
