//! Every error to a message, a next step and an exit code.

use crate::config::ConfigProblem;
use anstream::{eprintln, println};
use muster_core::model::{code::Code, run::RunStatus};
use muster_engine::{HandError, RunError};
use muster_store::StoreError;
use owo_colors::OwoColorize;
use serde_json::json;
use std::process::ExitCode;

pub(crate) const FAILED: u8 = 1;
/// Wrong usage or configuration.
pub(crate) const USAGE: u8 = 2;
/// A person must decide.
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
    /// Something about the command line or the configuration.
    pub(crate) fn usage(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            code: Code::Configuration,
            messages: vec![(message.into(), advice.into())],
            exit: USAGE,
        }
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
            println!(
                "{}",
                json!({ "status": "failed", "error": { "code": self.code, "message": message, "advice": advice } })
            );
        } else {
            for (message, advice) in &self.messages {
                eprintln!("{} {message}", "error:".red().bold());
                if !advice.is_empty() {
                    eprintln!("  {} {advice}", "next:".bold());
                }
            }
            eprintln!("  ({})", self.code);
        }
        ExitCode::from(self.exit)
    }
}

impl From<RunError> for CommandError {
    fn from(error: RunError) -> Self {
        let exit = if error.code == Code::Configuration {
            USAGE
        } else {
            FAILED
        };
        Self {
            code: error.code,
            messages: vec![(error.message, error.advice)],
            exit,
        }
    }
}

impl From<HandError> for CommandError {
    fn from(error: HandError) -> Self {
        match error {
            HandError::Run(error) => error.into(),
            HandError::Refused(problems) => Self {
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

/// The exit code of a run that ended like this.
pub(crate) fn exit_code(status: RunStatus, plan_only: bool) -> ExitCode {
    match status {
        RunStatus::Applied | RunStatus::NothingToDo | RunStatus::Planned => ExitCode::SUCCESS,
        RunStatus::Held if plan_only => ExitCode::SUCCESS,
        RunStatus::Held => ExitCode::from(HELD),
        RunStatus::Refused => ExitCode::from(REFUSED),
        RunStatus::Running | RunStatus::Failed | RunStatus::Interrupted => ExitCode::from(FAILED),
    }
}
