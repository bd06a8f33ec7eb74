//! What the system says about processes: which one has an id, and since when.

use jiff::{SignedDuration, Timestamp};
use muster_store::{Observed, Process};
use std::{fs, path::Path};

/// Ticks of the kernel's process clock in one second, on every platform where Linux runs.
const TICKS: i64 = 100;

/// This process.
pub(crate) fn own() -> Process {
    let id = i64::from(std::process::id());
    match observe(id) {
        Observed::Running { process, .. } => process,
        Observed::Gone | Observed::Unknown => Process::of(id),
    }
}

/// Whether the process that began a run is still running. Where the system does not say, it is assumed to be.
pub(crate) fn is_alive(process: &Process, run_started: Timestamp) -> bool {
    process.is_running(run_started, &observe(process.id))
}

fn observe(id: i64) -> Observed {
    let processes = Path::new("/proc");
    if !processes.join("self").exists() {
        return Observed::Unknown;
    }
    let Ok(stat) = fs::read_to_string(processes.join(id.to_string()).join("stat")) else {
        return if processes.join(id.to_string()).exists() {
            Observed::Unknown
        } else {
            Observed::Gone
        };
    };
    let start = start_of(&stat);
    let boot = fs::read_to_string(processes.join("sys/kernel/random/boot_id"))
        .ok()
        .map(|boot| boot.trim().to_owned());
    let since = start.and_then(|ticks| {
        let booted = booted_at(&fs::read_to_string(processes.join("stat")).ok()?)?;
        booted
            .checked_add(SignedDuration::from_millis(ticks * 1_000 / TICKS))
            .ok()
    });
    Observed::Running {
        process: Process { id, boot, start },
        since,
    }
}

/// The start time in a process's `stat`: its 22nd value. The second one, the name, is in parentheses and may contain
/// anything.
fn start_of(stat: &str) -> Option<i64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(19)?.parse().ok()
}

/// When the machine was started, from the system's `stat`.
fn booted_at(stat: &str) -> Option<Timestamp> {
    let seconds = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
    Timestamp::from_second(seconds.trim().parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_is_read_behind_a_name_with_blanks_and_parentheses() {
        let stat = "57 (my (odd) name) S 1 57 57 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 99 1";
        assert_eq!(start_of(stat), Some(123_456));
        assert_eq!(start_of("57 (cut"), None);
    }

    #[test]
    fn this_process_is_alive_and_one_with_another_start_is_not() {
        let own = own();
        let long_ago = Timestamp::UNIX_EPOCH;
        assert!(is_alive(&own, long_ago));
        let other = Process {
            start: own.start.map(|start| start + 1),
            ..own.clone()
        };
        assert_eq!(is_alive(&other, long_ago), own.start.is_none());
        // Recorded by version 0.1.0: this process started long after the run.
        assert_eq!(
            is_alive(&Process::of(own.id), long_ago),
            own.start.is_none()
        );
    }
}
