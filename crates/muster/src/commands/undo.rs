//! `muster undo`: the opposite of a run, as a plan.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    complain::{Complaint, exit_code},
    show,
    wiring::Wiring,
};
use muster_core::{ids::RunId, run::RunStatus};
use std::process::ExitCode;

pub(super) fn undo(arguments: &Arguments, run: i64, approve: bool) -> Result<ExitCode, Complaint> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let run = RunId(run);
    if wiring.store.run(workspace.id, run)?.is_none() {
        let message = format!("there is no run {run} in workspace `{}`", workspace.name);
        return Err(Complaint::usage(message, "`muster runs` lists the latest"));
    }
    let outcome = muster_engine::undo(&workspace, run, approve, &wiring.deps())?;
    if arguments.json {
        print_json(&show::object(&outcome, &workspace.schema));
    } else {
        show::outcome(&outcome, &workspace.schema, false);
        if outcome.status == RunStatus::Applied {
            say("  where the source still says otherwise, the next sync changes it again: correct the source first");
        }
    }
    Ok(exit_code(outcome.status, false))
}
