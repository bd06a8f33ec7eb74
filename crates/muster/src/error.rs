//! Every error as a message, a help text and an exit code.

use crate::{commands::print_json, config::ConfigProblem};
use anstream::eprintln;
use muster_core::{
    decide::proposal::{Counts, Proposal, Verdict},
    model::{
        code::Code,
        problem::{Detail, Remedy},
        response::{ErrorAnswer, Failure},
        run::RunStatus,
    },
};
use muster_engine::{EditError, Outcome, RunError};
use muster_store::StoreError;
use owo_colors::OwoColorize;
use std::process::ExitCode;

pub(crate) const FAILED: u8 = 1;
/// Invalid usage or configuration.
pub(crate) const USAGE: u8 = 2;
/// The plan, or a part of it, is held for review.
pub(crate) const HELD: u8 = 3;
/// The delivery was refused.
pub(crate) const REFUSED: u8 = 4;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) struct CommandError {
    code: Code,
    messages: Vec<(String, String)>,
    exit: u8,
}

impl CommandError {
    /// The command cannot be carried out as it is written.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::unknown(Code::Usage, message, help)
    }

    /// Something that the command names does not exist; the code says what.
    pub(crate) fn unknown(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            exit: USAGE,
            ..Self::new(code, message, help)
        }
    }

    /// Something that a code names.
    pub(crate) fn new(code: Code, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            code,
            messages: vec![(message.into(), help.into())],
            exit: FAILED,
        }
    }

    /// The same for a delivery that was read only to look at it: what a sync would refuse is refused here too.
    pub(crate) fn of_delivery(error: RunError) -> Self {
        let is_refused = refuses_delivery(error.code);
        let mut error = Self::from(error);
        if is_refused {
            error.exit = REFUSED;
        }
        error
    }

    /// The same for a run that is not begun.
    pub(crate) fn into_run_error(self) -> RunError {
        let code = self.code;
        let (message, help) = self.into_texts();
        RunError::new(code, Detail::Text(message), Remedy::Text(help))
    }

    /// What is wrong, and what to do about it.
    pub(crate) fn into_texts(self) -> (String, String) {
        let (messages, help): (Vec<String>, Vec<String>) = self.messages.into_iter().unzip();
        (messages.join("; "), help.join("; "))
    }

    /// Prints it, to standard error for people and as an object for programs.
    pub(crate) fn report(self, as_json: bool) -> ExitCode {
        if as_json {
            let message = self
                .messages
                .iter()
                .map(|(message, _)| message.as_str())
                .collect::<Vec<_>>()
                .join("\n");
            let advice = self
                .messages
                .iter()
                .map(|(_, advice)| advice.as_str())
                .collect::<Vec<_>>()
                .join("\n");
            print_json(&Failure {
                status: "failed",
                error: ErrorAnswer {
                    code: Some(self.code),
                    message,
                    help: advice,
                },
            });
        } else {
            for (message, advice) in &self.messages {
                eprintln!("{} {message}", "error:".red().bold());
                if !advice.is_empty() {
                    eprintln!("  {} {advice}", "help:".bold());
                }
            }
            eprintln!("  ({})", self.code);
        }
        ExitCode::from(self.exit)
    }
}

impl From<RunError> for CommandError {
    fn from(error: RunError) -> Self {
        let exit = match error.code {
            Code::Configuration | Code::Usage => USAGE,
            _ => FAILED,
        };
        Self {
            code: error.code,
            messages: vec![crate::text::run_error(&error)],
            exit,
        }
    }
}

impl From<EditError> for CommandError {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Run(error) => (*error).into(),
            EditError::Refused(problems) => Self {
                code: problems
                    .first()
                    .map_or(Code::EditRefused, |problem| problem.code),
                messages: problems
                    .into_iter()
                    .map(|problem| (crate::text::message(&problem), crate::text::help(&problem)))
                    .collect(),
                exit: USAGE,
            },
        }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        RunError::from(error).into()
    }
}

impl From<Vec<ConfigProblem>> for CommandError {
    fn from(problems: Vec<ConfigProblem>) -> Self {
        let messages = problems
            .iter()
            .map(|problem| (problem.place_and_message(), problem.advice.clone()));
        Self {
            code: Code::Configuration,
            messages: messages.collect(),
            exit: USAGE,
        }
    }
}

/// The exit code of a decision or a manual edit that ended like this.
pub(crate) fn exit_code(status: RunStatus) -> ExitCode {
    ExitCode::from(code(status))
}

fn code(status: RunStatus) -> u8 {
    match status {
        RunStatus::Applied | RunStatus::NothingToDo | RunStatus::Planned => 0,
        RunStatus::Held => HELD,
        RunStatus::Refused => REFUSED,
        RunStatus::Running | RunStatus::Failed | RunStatus::Interrupted => FAILED,
    }
}

/// The exit code of a run: what is held for review is never a success, and neither is a delivery of which every record
/// was rejected.
pub(crate) fn exit_code_of(outcome: &Outcome) -> ExitCode {
    let proposal = outcome.proposal.as_ref();
    let counts = proposal
        .map(|proposal| proposal.counts)
        .or(outcome.known.map(|known| known.counts))
        .unwrap_or_default();
    let is_held = |proposal: &Proposal| {
        let mut operations = proposal.plan.operations.iter();
        proposal.verdict != Verdict::Go || operations.any(|operation| operation.held.is_some())
    };
    let waits = outcome.plan.is_some() && proposal.is_some_and(is_held);
    ExitCode::from(match code(outcome.status) {
        0 if waits => HELD,
        0 if is_all_rejected(&counts) => REFUSED,
        code => code,
    })
}

/// Whether a code refuses a delivery, while the source itself could be reached.
fn refuses_delivery(code: Code) -> bool {
    let name = code.as_str();
    let is_of_delivery = ["MUS-CSV-", "MUS-DELIVERY-"]
        .iter()
        .any(|area| name.starts_with(area));
    let is_of_answer = [
        Code::TransportAnswer,
        Code::TransportLimit,
        Code::ApiRefused,
        Code::ApiMalformed,
    ]
    .contains(&code);
    is_of_delivery || is_of_answer
}

/// Whether a delivery had records, and none of them was of any use.
pub(crate) fn is_all_rejected(counts: &Counts) -> bool {
    let used = counts.created
        + counts.updated
        + counts.reactivated
        + counts.deactivated
        + counts.unchanged
        + counts.excluded
        + counts.held;
    counts.rejected > 0 && used == 0
}
