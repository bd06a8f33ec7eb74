//! The English of the terminal: the one place where problems and their remedies become sentences.
//!
//! A message is a lower-case fragment without full stop; a help is one concrete next step that works on this
//! command line. One file per area, as in `muster_core::model::problem`.

pub(crate) mod account;
pub(crate) mod alert;
pub(crate) mod api;
mod columns;
pub(crate) mod company;
mod csv;
pub(crate) mod drill;
mod edit;
pub(crate) mod employment;
mod evidence;
mod file;
pub(crate) mod group;
pub(crate) mod guard;
#[cfg(test)]
mod guard_reference;
mod identity;
pub(crate) mod insight;
pub(crate) mod issue;
mod lifecycle;
mod matching;
mod network;
pub(crate) mod reason;
pub(crate) mod rule;
mod run;
pub(crate) mod secret;
mod selection;
pub(crate) mod settings;
pub(crate) mod store;
pub(crate) mod transport;
mod undo;
pub(crate) mod unused;
mod value;

use muster_core::model::{
    problem::{Detail, Problem, Remedy},
    run::Run,
};
use muster_engine::RunError;
use muster_store::StoreError;

/// What is wrong.
pub(crate) fn message(problem: &Problem) -> String {
    match &problem.detail {
        Detail::Text(message) => message.clone(),
        Detail::Api(detail) => api::message(detail, problem.severity),
        Detail::Columns(detail) => columns::message(detail),
        Detail::Csv(detail) => csv::message(detail),
        Detail::Edit(detail) => edit::message(detail),
        Detail::File(detail) => file::message(detail, problem),
        Detail::Lifecycle(detail) => lifecycle::message(detail),
        Detail::Identity(detail) => identity::message(detail),
        Detail::Undo(detail) => undo::message(detail),
        Detail::Transport(detail) => transport::message(detail),
        Detail::Run(detail) => run::message(detail),
        Detail::Store(detail) => store::message(detail),
        Detail::Selection(detail) => selection::message(detail, problem),
        Detail::Value(detail) => value::message(detail, problem),
        Detail::Evidence(detail) => evidence::message(detail),
        Detail::Match(detail) => matching::message(detail),
    }
}

/// What to do about it; empty: nothing.
pub(crate) fn help(problem: &Problem) -> String {
    match &problem.remedy {
        Remedy::Text(help) => help.clone(),
        Remedy::Api(remedy) => api::help(remedy),
        Remedy::Columns(remedy) => columns::help(remedy),
        Remedy::Csv(remedy) => csv::help(*remedy),
        Remedy::Edit(remedy) => edit::help(remedy),
        Remedy::File(remedy) => file::help(*remedy),
        Remedy::Lifecycle(remedy) => lifecycle::help(remedy),
        Remedy::Identity(remedy) => identity::help(remedy),
        Remedy::Undo(remedy) => undo::help(remedy),
        Remedy::Transport(remedy) => transport::help(*remedy, problem),
        Remedy::Run(remedy) => run::help(remedy),
        Remedy::Store(remedy) => store::help(*remedy),
        Remedy::Selection(remedy) => selection::help(*remedy),
        Remedy::Value(remedy) => value::help(*remedy, problem),
        Remedy::Evidence(remedy) => evidence::help(remedy),
        Remedy::Match(remedy) => matching::help(remedy),
    }
}

/// Why a run could not go on, and what to do about it.
pub(crate) fn run_error(error: &RunError) -> (String, String) {
    let problem = error.problem();
    (message(&problem), help(&problem))
}

/// What is wrong with the database, and what to do about it.
pub(crate) fn store_error(error: &StoreError) -> (String, String) {
    (store::message(&error.detail()), store::help(error.remedy()))
}

/// A run with its error as a sentence.
pub(crate) fn with_error(mut run: Run) -> Run {
    if let Some(problem) = run.problem.take() {
        let (message, help) = (message(&problem), help(&problem));
        run.error = Some(format!("{message} ({}); {help}", problem.code));
    }
    run
}

/// `1 record`, `2 records`.
fn numbered(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    }
}
