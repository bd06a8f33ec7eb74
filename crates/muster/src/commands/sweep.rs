//! `muster sweep`: applies due dates and deletes expired data.

use super::{print_json, recorded, say};
use crate::{
    arguments::Arguments,
    error::{CommandError, exit_code_of},
    show,
    wiring::Wiring,
};
use muster_core::model::response::{Removed, SweepReport};
use muster_store::{GroupMoves, Swept};
use std::process::ExitCode;

pub(super) fn sweep(arguments: &Arguments, approve: bool) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    if approve {
        wiring.refuse_own_approval(workspace.id)?;
    }
    let mut outcome = muster_engine::sweep(&workspace, approve, &wiring.deps())?;
    let (swept, pending) = muster_engine::retain(&workspace, &wiring.deps())?;
    pending
        .into_iter()
        .for_each(|problem| outcome.warnings.push(problem));
    if arguments.json {
        let recorded = recorded(&wiring, &workspace, &outcome);
        print_json(&SweepReport {
            report: show::report(&outcome, &recorded, &workspace.schema, None),
            smart_groups: outcome.groups.iter().map(GroupMoves::answer).collect(),
            removed: Removed {
                deliveries: swept.deliveries,
                problems: swept.problems,
                operations: swept.operations,
                changes: swept.changes,
                secrets: swept.secrets,
            },
        });
    } else {
        show::outcome(&outcome, &workspace.schema, false);
        let moved = outcome
            .groups
            .iter()
            .filter(|moves| moves.joins + moves.leaves > 0);
        moved.for_each(|moves| show::groups::moves(moves, show::groups::Cause::Day));
        if swept != Swept::default() {
            say(format!(
                "  expired and deleted: {} archived files, {} problems, {} plan operations, {} changes, {} secrets",
                swept.deliveries, swept.problems, swept.operations, swept.changes, swept.secrets
            ));
        }
    }
    Ok(exit_code_of(&outcome))
}
