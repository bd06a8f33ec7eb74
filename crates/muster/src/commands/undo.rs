//! `muster undo`: the opposite of a run, as a plan.

use super::{confirm::confirm, print_report, say};
use crate::{
    arguments::Arguments,
    error::{CommandError, exit_code_of},
    show,
    wiring::Wiring,
};
use muster_core::model::{code::Code, ids::RunId, run::RunStatus};
use muster_engine::Mode;
use std::process::ExitCode;

pub(super) fn undo(
    arguments: &Arguments,
    run: i64,
    mode: Mode,
    is_confirmed: bool,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    if mode == Mode::Approve {
        wiring.refuse_own_approval(workspace.id)?;
    }
    let run = RunId(run);
    let Some(record) = wiring.store.run(workspace.id, run)? else {
        let message = format!("there is no run {run} in workspace `{}`", workspace.name);
        return Err(CommandError::unknown(
            Code::RunUnknown,
            message,
            "`muster runs` lists the latest",
        ));
    };
    if wiring
        .store
        .forgotten_through(&workspace)?
        .is_some_and(|through| record.started < through)
    {
        let message = format!(
            "the changes of run {run} were deleted at the end of the retention period of history"
        );
        let advice = "nothing was changed; `history` under [workspace] retention sets how long history is kept";
        return Err(CommandError::usage(message, advice));
    }
    if mode != Mode::PlanOnly && !is_confirmed {
        let tally = show::tally(&record.counts, record.status, &record.files);
        confirm(arguments, &format!("undo run {run} ({tally})?"))?;
    }
    let outcome = muster_engine::undo(&workspace, run, mode, None, &wiring.deps())?;
    let plan_only = mode == Mode::PlanOnly;
    if arguments.json {
        print_report(&wiring, &workspace, &outcome);
    } else {
        show::outcome(&outcome, &workspace.schema, plan_only);
        if outcome.status == RunStatus::Applied {
            say("  the next sync changes these values again unless the source is corrected first");
        }
    }
    Ok(exit_code_of(&outcome))
}
