//! What the admin pages get from this program: their connection to the database, the clock, and the sentences of the
//! command line.

pub(crate) mod drill;
mod groups;
mod outgoing;

use crate::{config::catalogue, show, text};
use jiff::Timestamp;
use muster_core::{
    decide::{guard::Finding, proposal::Proposal},
    derive::smart_group::RuleProblem,
    issue::IssueDetail,
    model::{
        actor::Actor,
        origin::Origin,
        problem::Problem,
        response::{self, Operation},
        run::Run,
        workspace::Workspace,
    },
    setup::settings::SettingError,
};
use muster_engine::{Clock, Deps, EditError, SystemClock};
use muster_store::{Store, StoreError};
use muster_web::{
    CheckRepair, DeliveredRecord, DeliveredRecords, Preview, PreviewUndo, Previewed, Sentence,
    Sentences, SetupForms, WebState,
};
use std::{collections::BTreeSet, sync::Arc};
use tokio::sync::Notify;

/// The state of the pages. `store` is a connection of their own, so that they are read while a run writes; `wake` is rung when
/// they have written a job.
pub(crate) fn state(store: Arc<Store>, clock: Arc<dyn Clock>, wake: Arc<Notify>) -> WebState {
    let preview = preview(Arc::clone(&store), Arc::clone(&clock));
    let change_groups = groups::change_groups(Arc::clone(&store), Arc::clone(&clock));
    let check_repair = check_repair(Arc::clone(&store), Arc::clone(&clock));
    let preview_undo = preview_undo(Arc::clone(&store), Arc::clone(&clock));
    let outgoing = outgoing::outgoing(Arc::clone(&store), Arc::clone(&clock));
    WebState {
        store,
        preview,
        change_groups,
        check_repair,
        drill: Arc::new(|_, _| Err(Sentence::default())),
        preview_undo,
        now: Arc::new(move || -> Timestamp { clock.now() }),
        wake: Arc::new(move || wake.notify_one()),
        sentences: Sentences {
            problem,
            finding,
            incomplete: show::incomplete,
            issue,
            insight: text::insight::insight,
            rule,
            send_failure: outgoing::failure,
            reason: text::reason::sentence,
            group: text::group::rule,
            membership: text::group::membership,
        },
        outgoing,
        setup: SetupForms {
            catalogue: catalogue(),
            problem: setting,
        },
        records,
        progress: Arc::new(|_, _| Vec::new()),
        address: String::new(),
        is_https: false,
        trusted_proxies: Vec::new(),
        version: env!("CARGO_PKG_VERSION"),
        demo: None,
    }
}

/// What a manual edit would change, as the engine computes it for the command line.
fn preview(store: Arc<Store>, clock: Arc<dyn Clock>) -> Arc<Preview> {
    let deps = reading(store, clock);
    Arc::new(
        move |workspace, edit| match muster_engine::preview(workspace, edit, &deps) {
            Ok(proposal) => {
                let views = proposal.views();
                let operations = views.map(|view| Operation::new(&view, &workspace.schema, &[]));
                Ok(operations.collect())
            }
            Err(EditError::Refused(problems)) => Err(problems.first().map(refusal)),
            Err(EditError::Run(error)) => Err(Some(refusal(&error.problem()))),
        },
    )
}

/// What corrected records would change, as the engine computes it for the job that applies them.
fn check_repair(store: Arc<Store>, clock: Arc<dyn Clock>) -> Arc<CheckRepair> {
    let deps = reading(store, clock);
    Arc::new(move |workspace, run, records| {
        let checked = muster_engine::check_repair(workspace, run, records, &deps);
        let proposal = checked.map_err(|error| match error {
            EditError::Refused(problems) => problems,
            EditError::Run(error) => vec![error.problem()],
        })?;
        Ok(previewed(workspace, &proposal))
    })
}

/// What undoing a run would change, as the engine computes it for the job that does it.
fn preview_undo(store: Arc<Store>, clock: Arc<dyn Clock>) -> Arc<PreviewUndo> {
    let deps = reading(store, clock);
    Arc::new(move |workspace, run| {
        let proposal = muster_engine::preview_undo(workspace, run, &deps);
        let proposal = proposal.map_err(|error| Some(refusal(&error.problem())))?;
        Ok(previewed(workspace, &proposal))
    })
}

fn previewed(workspace: &Workspace, proposal: &Proposal) -> Previewed {
    let views = proposal.views();
    let operations = views.map(|view| Operation::new(&view, &workspace.schema, &[]));
    Previewed {
        operations: operations.collect(),
        findings: proposal.findings.clone(),
        problems: proposal.problems.kept().to_vec(),
    }
}

/// For computations that write nothing.
fn reading(store: Arc<Store>, clock: Arc<dyn Clock>) -> Deps {
    Deps {
        store,
        clock,
        system: Arc::new(SystemClock),
        process: 0,
        owner: String::new(),
        lease: None,
        actor: Actor::Schedule,
        rehearsal: false,
    }
}

/// A problem for which something is refused, in words.
fn refusal(problem: &Problem) -> response::Problem {
    let said = self::problem(problem);
    response::Problem::new(problem, &[], said.message, said.help)
}

fn problem(problem: &Problem) -> Sentence {
    Sentence {
        message: text::message(problem),
        help: in_a_browser(text::help(problem)),
    }
}

fn finding(finding: &Finding) -> Sentence {
    Sentence {
        message: text::guard::message(finding),
        help: in_a_browser(text::guard::help(finding)),
    }
}

fn rule(problem: &RuleProblem) -> Sentence {
    Sentence {
        message: text::rule::message(&problem.detail),
        help: in_a_browser(text::rule::help(&problem.remedy)),
    }
}

fn issue(detail: &IssueDetail) -> Sentence {
    Sentence {
        message: text::issue::message(detail),
        help: in_a_browser(text::issue::help(detail)),
    }
}

/// The records at some places of a delivery, as the engine finds them in the archive.
fn records(
    workspace: &Workspace,
    run: &Run,
    origins: &BTreeSet<Origin>,
    store: &Store,
) -> Result<Option<DeliveredRecords>, StoreError> {
    let found = muster_engine::delivered_records(workspace, run, origins, store)?;
    Ok(found.map(|found| DeliveredRecords {
        delimiter: found.delimiter,
        used: found.used,
        records: found
            .records
            .into_iter()
            .map(|record| DeliveredRecord {
                origin: record.origin,
                columns: record.columns,
                cells: record.cells,
            })
            .collect(),
    }))
}

/// What is wrong with a setting in a form.
fn setting(problem: &SettingError) -> Sentence {
    let SettingError { setting, issue } = problem;
    let help = in_a_browser(text::settings::help(setting, issue));
    // A form has no sections and no lines to write.
    let is_of_a_file = help.contains(" = ") || help.contains('[');
    Sentence {
        message: text::settings::message(issue),
        help: if is_of_a_file { String::new() } else { help },
    }
}

/// The next step, unless it is a command or an option of one, which a browser does not have.
fn in_a_browser(help: String) -> String {
    if help.contains("muster ") || help.contains("--") {
        String::new()
    } else {
        help
    }
}

#[cfg(test)]
mod tests;
