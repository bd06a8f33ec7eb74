//! One execution, as it is recorded.

use crate::{
    decide::proposal::Counts,
    model::{ids::RunId, origin::DeliveredFile, plan::PlanId, problem::Problem},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a run was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// A delivery was read and its plan applied, if nothing held it.
    Sync,
    /// A delivery was read and its plan only shown.
    Plan,
    /// Dates that came due.
    Sweep,
    /// An earlier run was undone.
    Undo,
    /// A held plan was approved.
    Approve,
    /// Somebody changed a person by hand.
    Edit,
    /// Rules of smart groups were saved, or one was removed.
    Groups,
    /// A person's values were removed for good.
    Erase,
    /// Rejected records of an earlier delivery were corrected.
    Repair,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Running,
    Applied,
    /// The plan waits for a person.
    Held,
    /// Nothing had to change.
    NothingToDo,
    /// The delivery was refused.
    Refused,
    /// The run could not be done.
    Failed,
    /// The process ended in the middle; nothing was applied.
    Interrupted,
    /// A plan that was only asked for.
    Planned,
}

macro_rules! as_text {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            /// The value as stored and printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads a stored value.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

as_text!(RunKind {
    Sync = "sync", Plan = "plan", Sweep = "sweep", Undo = "undo", Approve = "approve", Edit = "edit", Groups = "groups",
    Erase = "erase", Repair = "repair",
});
as_text!(RunStatus {
    Running = "running", Applied = "applied", Held = "held", NothingToDo = "nothing_to_do",
    Refused = "refused", Failed = "failed", Interrupted = "interrupted", Planned = "planned",
});

/// How far the database file had been checked when a run began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseCheck {
    /// Every page.
    Whole,
    /// As many pages as the time allowed; the daily sweep checks the rest.
    Partial,
}

as_text!(DatabaseCheck { Whole = "whole", Partial = "partial" });

/// A run as recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    /// What it was for.
    pub kind: RunKind,
    /// Name of the integration; none for a sweep of the whole workspace.
    pub integration: Option<String>,
    pub started: Timestamp,
    /// When it ended; none while it runs.
    pub finished: Option<Timestamp>,
    pub status: RunStatus,
    /// Why the delivery was not complete; none: it was, or there was none.
    pub partial: Option<String>,
    /// The files that were read.
    pub files: Vec<DeliveredFile>,
    /// What became of the records.
    pub counts: Counts,
    /// The plan that it made, unless there was nothing to do.
    pub plan: Option<PlanId>,
    /// What went wrong, in one sentence, and what to do; none where `problem` says it.
    pub error: Option<String>,
    /// What went wrong, as data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Who asked for it or approved it.
    pub actor: Option<String>,
    /// What that person gave as the reason.
    pub note: Option<String>,
    /// The run that this one undoes or approves, or whose records it corrects.
    pub of: Option<RunId>,
    /// How far the database file had been checked; none: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database_check: Option<DatabaseCheck>,
}
