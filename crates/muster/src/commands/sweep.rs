//! `muster sweep`: what dates ask for today.

use super::print_json;
use crate::{
    arguments::Arguments,
    complain::{Complaint, exit_code},
    show,
    wiring::Wiring,
};
use std::process::ExitCode;

pub(super) fn sweep(arguments: &Arguments, approve: bool) -> Result<ExitCode, Complaint> {
    let wiring = Wiring::look(arguments)?;
    let workspace = wiring.workspace()?;
    let outcome = muster_engine::sweep(&workspace, approve, &wiring.deps())?;
    if arguments.json {
        let mut answer = show::object(&outcome, &workspace.schema);
        answer["smart_groups"] = outcome.groups.iter().map(show::groups::moves_object).collect();
        print_json(&answer);
    } else {
        show::outcome(&outcome, &workspace.schema, false);
        let moved = outcome.groups.iter().filter(|moves| moves.joins + moves.leaves > 0);
        moved.for_each(|moves| show::groups::moves(moves, show::groups::Cause::Day));
    }
    Ok(exit_code(outcome.status, false))
}
