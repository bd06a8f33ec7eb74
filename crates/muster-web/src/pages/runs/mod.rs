//! Runs: the list, and the parts of one run.

pub(crate) mod correct;
pub(crate) mod decide;
pub(crate) mod decision;
pub(crate) mod effect;
pub(crate) mod files;
pub(crate) mod head;
pub(crate) mod insight;
pub(crate) mod list;
pub(crate) mod live;
pub(crate) mod operations;
pub(crate) mod problems;
pub(crate) mod progress;
pub(crate) mod repair;
pub(crate) mod run;
pub(crate) mod sections;
pub(crate) mod selection;
pub(crate) mod undo;
pub(crate) mod verdict;

use crate::{
    pages::parts::{BAD, GOOD, HELD, Look, Markup, badge, look},
    texts::Words,
};
use muster_core::model::run::{Run, RunKind, RunStatus};
use muster_store::PlanStatus;

pub(crate) fn status_look(status: RunStatus) -> Look {
    match status {
        RunStatus::Running => look("is-update", "loader-circle"),
        RunStatus::Applied => GOOD,
        RunStatus::Held | RunStatus::Planned => HELD,
        RunStatus::NothingToDo => look("is-plain", "equal"),
        RunStatus::Refused => look("is-deactivate", "file-x"),
        RunStatus::Failed | RunStatus::Interrupted => BAD,
    }
}

pub(crate) fn status_word(words: &Words, status: RunStatus) -> String {
    words.t(match status {
        RunStatus::Running => "run-running",
        RunStatus::Applied => "run-applied",
        RunStatus::Held => "run-held",
        RunStatus::Planned => "run-planned",
        RunStatus::NothingToDo => "run-nothing",
        RunStatus::Refused => "run-refused",
        RunStatus::Failed => "run-failed",
        RunStatus::Interrupted => "run-interrupted",
    })
}

/// The integration of a run, or what else it was for.
pub(crate) fn subject(words: &Words, run: &Run) -> String {
    if let Some(name) = &run.integration {
        return name.clone();
    }
    words.t(match run.kind {
        RunKind::Sync | RunKind::Plan => "run-kind-sync",
        RunKind::Sweep => "run-kind-sweep",
        RunKind::Undo => "run-kind-undo",
        RunKind::Approve => "run-kind-approve",
        RunKind::Edit => "run-kind-edit",
        RunKind::Groups => "run-kind-groups",
        RunKind::Erase => "run-kind-erase",
        RunKind::Repair => "run-kind-repair",
    })
}

/// The state of a run, or of its plan where a person has decided on it.
pub(crate) fn run_badge(words: &Words, status: RunStatus, plan: Option<PlanStatus>) -> Markup {
    let look = status_look(status);
    let is_held = matches!(status, RunStatus::Held | RunStatus::Planned);
    match plan.filter(|_| is_held) {
        Some(PlanStatus::Approved) => badge(GOOD, &words.t("plan-approved")),
        Some(PlanStatus::Rejected) => badge(PLAIN, &words.t("plan-rejected")),
        Some(PlanStatus::Replaced) => badge(PLAIN, &words.t("plan-replaced")),
        Some(PlanStatus::Expired) => badge(PLAIN, &words.t("plan-expired")),
        Some(PlanStatus::Partly) => badge(HELD, &words.t("plan-partly")),
        _ => badge(look, &status_word(words, status)),
    }
}

const PLAIN: Look = look("is-plain", "minus");
