//! One scenario of a menu as a whole job: the directory as it was, one more run, and what must come of it.

use crate::{
    directory::changes,
    harness::{Harness, SystemSetup},
};
use muster_connectors::connector::ErrorKind;
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_engine::Mode;
use std::{sync::Mutex, thread, time::Duration};

/// What must come of a run. Words are looked for in all that is said of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Expected {
    /// Everybody is read, and there is nothing to tell.
    Complete,
    /// Everybody is read, and this is reported.
    Reported(&'static str),
    /// The whole plan waits for a person, or all that is in it does, and this is why.
    Held(&'static str),
    /// Not everybody was read, so nobody departs.
    Partial(PartialReason, &'static str),
    Failed(RunStatus, PartialReason, &'static str),
}

/// How a run ends whose read fails.
pub(crate) fn failed(kind: ErrorKind, words: &'static str) -> Expected {
    let (status, reason) = match kind {
        ErrorKind::Unreachable | ErrorKind::RateLimited => {
            (RunStatus::Failed, PartialReason::Unreachable)
        }
        ErrorKind::Unauthorised | ErrorKind::Forbidden => {
            (RunStatus::Failed, PartialReason::Unauthorised)
        }
        _ => (RunStatus::Refused, PartialReason::Unreadable),
    };
    Expected::Failed(status, reason, words)
}

#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) scenarios: Vec<&'static str>,
    pub(crate) setup: SystemSetup,
    pub(crate) expected: Expected,
    /// Everything that changes in the directory, as [`changes`] says it.
    pub(crate) changes: &'static [&'static str],
}

impl Case {
    /// What is wrong; none: everything is as it must be.
    pub(crate) fn check(&self) -> Option<String> {
        let mut harness = Harness::after_first_run(self.setup);
        for scenario in &self.scenarios {
            harness.scenario(scenario);
        }
        match self.scenarios[0] {
            "slow-trickle" | "silence" => harness.impatient(),
            "huge-page" | "gzip-bomb" => harness.limits.whole = Duration::from_secs(120),
            _ => {}
        }
        let before = harness.directory();
        let ended = harness.run(Mode::Apply);
        let changed = changes(&before, &harness.directory());
        let (status, partial) = (ended.status(), ended.partial());
        let done = if self.changes.is_empty() {
            RunStatus::NothingToDo
        } else {
            RunStatus::Applied
        };
        let is_right = match self.expected {
            Expected::Complete => status == done && partial.is_none() && ended.said.is_empty(),
            Expected::Reported(words) => {
                status == done && partial.is_none() && says(&ended.said, words)
            }
            Expected::Held(words) => {
                status == RunStatus::Held && partial.is_none() && says(&ended.said, words)
            }
            Expected::Partial(reason, words) => {
                let keeps = !changed
                    .iter()
                    .any(|change| change.ends_with("status=inactive"));
                // Too many changes of other kinds may still be held.
                let is_done = status == done || (status == RunStatus::Held && changed.is_empty());
                is_done && partial == Some(reason) && says(&ended.said, words) && keeps
            }
            Expected::Failed(wanted, reason, words) => {
                let is_safe = ended.outcome.proposal.is_none();
                status == wanted && partial == Some(reason) && ended.said.contains(words) && is_safe
            }
        };
        (!is_right || changed != self.changes).then(|| {
            let (settings, said) = (self.setup.settings, shortened(&ended.said));
            let wanted = (self.expected, self.changes);
            format!(
                "{:?} {settings:?}: {status:?} {partial:?} {changed:?} `{said}`\n  not {wanted:?}",
                self.scenarios
            )
        })
    }
}

fn says(said: &str, words: &str) -> bool {
    !words.is_empty() && said.contains(words)
}

fn shortened(said: &str) -> String {
    said.lines().take(3).collect::<Vec<_>>().join("\n")
}

/// Checks all, several at a time: some wait for a server that does not answer.
#[track_caller]
pub(crate) fn check_all(cases: &[Case]) {
    let (next, wrong) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let case = next.lock().unwrap().next();
                    let Some(case) = case else { return };
                    let found = case.check();
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}
