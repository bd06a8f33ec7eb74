//! Runs: the same fields in every answer that has one.

use super::{ErrorAnswer, Finding, Operation, PinNotice, PlanInsight, Problem};
use crate::{
    decide::{
        profile::Profile,
        proposal::{Counts, Verdict},
    },
    model::{
        code::Code,
        company::CompanyEnd,
        ids::RunId,
        origin::DeliveredFile,
        run::{self, RunKind},
    },
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Running,
    /// Changes were written.
    Applied,
    /// The plan is saved and was not applied: a guard held it, or only a plan was asked for (`kind` is `plan`).
    Held,
    NothingToDo,
    /// The delivery was refused.
    Refused,
    Failed,
    /// The process ended during the run; nothing was applied.
    Interrupted,
}

impl From<run::RunStatus> for RunStatus {
    fn from(status: run::RunStatus) -> Self {
        match status {
            run::RunStatus::Running => Self::Running,
            run::RunStatus::Applied => Self::Applied,
            run::RunStatus::Held | run::RunStatus::Planned => Self::Held,
            run::RunStatus::NothingToDo => Self::NothingToDo,
            run::RunStatus::Refused => Self::Refused,
            run::RunStatus::Failed => Self::Failed,
            run::RunStatus::Interrupted => Self::Interrupted,
        }
    }
}

/// One run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Run {
    /// The number of the run.
    pub run: RunId,
    pub kind: RunKind,
    /// The name of the integration; null for a run of the whole workspace.
    pub integration: Option<String>,
    pub status: RunStatus,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
    /// The run that this one undoes, or whose plan it approves.
    pub of: Option<RunId>,
    /// Who asked for it or approved it.
    pub actor: Option<String>,
    /// The reason that was given.
    pub note: Option<String>,
    /// The id of the saved plan, such as `12-3f9a2c1b`.
    pub plan: Option<String>,
    pub delivery: Delivery,
    pub counts: Counts,
    pub error: Option<ErrorAnswer>,
}

/// What was read.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Delivery {
    /// `complete` or `partial`; null if nothing was read.
    pub completeness: Option<String>,
    /// Why it is partial.
    pub reason: Option<String>,
    /// The run that read the same content before.
    pub same_as: Option<RunId>,
    pub files: Vec<DeliveredFile>,
}

impl From<&run::Run> for Run {
    fn from(stored: &run::Run) -> Self {
        let completeness = match &stored.partial {
            Some(_) => Some("partial"),
            None if !stored.files.is_empty() => Some("complete"),
            None => None,
        };
        Self {
            run: stored.id,
            kind: stored.kind,
            integration: stored.integration.clone(),
            status: stored.status.into(),
            started: stored.started,
            finished: stored.finished,
            of: stored.of,
            actor: stored.actor.clone(),
            note: stored.note.clone(),
            plan: stored.plan.as_ref().map(ToString::to_string),
            delivery: Delivery {
                completeness: completeness.map(str::to_owned),
                reason: stored.partial.clone(),
                same_as: None,
                files: stored.files.clone(),
            },
            counts: stored.counts,
            error: stored.error.as_deref().map(recorded_error),
        }
    }
}

/// The parts of an error that was recorded as `message (code); advice`.
fn recorded_error(text: &str) -> ErrorAnswer {
    let parts = text.rsplit_once(" (MUS-").and_then(|(message, rest)| {
        let (code, advice) = rest.split_once(')')?;
        let code = Code::parse(&format!("MUS-{code}"))?;
        Some((message, code, advice.trim_start_matches("; ")))
    });
    match parts {
        Some((message, code, advice)) => ErrorAnswer {
            code: Some(code),
            message: message.to_owned(),
            help: advice.to_owned(),
        },
        None => ErrorAnswer {
            code: None,
            message: text.to_owned(),
            help: String::new(),
        },
    }
}

/// What the guards say about a plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Guard {
    pub verdict: Verdict,
    /// How many employees changed settings would change, field by field; null if the settings are the same.
    pub profile: Option<Profile>,
    pub findings: Vec<Finding>,
}

/// The answer of `sync`, `plan`, `sweep`, `undo` and manual edits.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunReport<Operations = Vec<Operation>, Problems = Vec<Problem>> {
    #[serde(flatten)]
    pub run: Run,
    pub guard: Guard,
    /// What is unusual about the plan; null: no plan was saved.
    pub insight: Option<PlanInsight>,
    /// What the run changed, or what its plan would change.
    pub operations: Operations,
    /// Companies that get another last day.
    pub companies: Vec<CompanyEnd>,
    /// Groups that the plan creates.
    pub new_groups: Vec<String>,
    pub problems: Problems,
    /// Pinned fields for which the source has another value.
    pub pins: Vec<PinNotice>,
}

/// The answer of `runs RUN`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunDetails<Applied = Vec<Operation>> {
    #[serde(flatten)]
    pub run: Run,
    /// `held`, `partly`, `saved`, `approved`, `rejected`, `replaced` or `expired`.
    pub plan_status: Option<String>,
    pub findings: Vec<Finding>,
    /// The operations of the saved plan.
    pub operations: Vec<Operation>,
    /// What the run changed.
    pub applied: Applied,
    /// Companies that got another last day.
    pub companies: Vec<CompanyEnd>,
    pub problems: Vec<Problem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_error_is_taken_apart() {
        let error = recorded_error("the file is empty (MUS-CSV-EMPTY); check the export (today)");
        assert_eq!(error.code, Some(Code::CsvEmpty));
        assert_eq!(error.message, "the file is empty");
        assert_eq!(error.help, "check the export (today)");
        let plain = recorded_error("the process ended");
        assert_eq!(
            (plain.code, plain.message.as_str()),
            (None, "the process ended")
        );
    }
}
