//! Which process does a run, so that a later one can tell whether it is still there.
//!
//! A process id alone is not enough: in a container every process has id 1, and after a reboot ids are given out
//! again. The boot id and the start time of the process make it unique.

use jiff::Timestamp;

/// A process, as recorded with a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    pub id: i64,
    /// Identifies the boot of the machine; none where the system has no such id.
    pub boot: Option<String>,
    /// When the process started, in the unit of the system, counted from the boot.
    pub start: Option<i64>,
}

/// What the system says about a process id now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observed {
    /// No process has this id.
    Gone,
    /// The system does not say.
    Unknown,
    /// A process has this id.
    Running {
        process: Process,
        /// When it started; none where the system does not say.
        since: Option<Timestamp>,
    },
}

impl Process {
    /// A process of which only the id is known.
    pub fn of(id: i64) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }

    /// Whether the process that began a run at `run_started` is the one observed under its id. If the system does not
    /// say, it is assumed to be: two runs of one integration at the same time are worse than one that waits.
    pub fn is_running(&self, run_started: Timestamp, observed: &Observed) -> bool {
        let (now, since) = match observed {
            Observed::Gone => return false,
            Observed::Unknown => return true,
            Observed::Running { process, since } => (process, since),
        };
        match (&self.boot, &now.boot) {
            (Some(then), Some(now)) if then != now => return false,
            _ => {}
        }
        match (self.start, now.start) {
            (Some(then), Some(now)) => then == now,
            // Version 0.1.0 recorded the id alone: a process that started after the run cannot have begun it.
            _ => since.is_none_or(|since| since <= run_started),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(boot: &str, start: i64) -> Process {
        Process {
            id: 1,
            boot: Some(boot.to_owned()),
            start: Some(start),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn process_is_recognised_by_boot_and_start_and_not_by_its_id_alone() {
        let recorded = process("boot-a", 500);
        let running = |process: Process| Observed::Running {
            process,
            since: Some(at(9_000)),
        };
        let started = at(10_000);
        for (observed, is_running, why) in [
            (Observed::Gone, false, "nothing has the id"),
            (Observed::Unknown, true, "the system does not say"),
            (running(process("boot-a", 500)), true, "the same process"),
            (
                running(process("boot-a", 501)),
                false,
                "a container restarted: id 1 again",
            ),
            (
                running(process("boot-b", 500)),
                false,
                "the machine was rebooted",
            ),
        ] {
            assert_eq!(recorded.is_running(started, &observed), is_running, "{why}");
        }
    }

    #[test]
    fn run_of_an_older_version_is_over_if_the_process_started_after_it() {
        let recorded = Process::of(1);
        let since = |since| Observed::Running {
            process: process("boot-a", 500),
            since,
        };
        assert!(!recorded.is_running(at(10_000), &since(Some(at(10_001)))));
        assert!(recorded.is_running(at(10_000), &since(Some(at(9_999)))));
        assert!(recorded.is_running(at(10_000), &since(None)));
    }
}
