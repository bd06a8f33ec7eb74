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
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let outcome = muster_engine::sweep(&workspace, approve, &wiring.deps())?;
    if arguments.json {
        print_json(&show::object(&outcome, &workspace.schema));
    } else {
        show::outcome(&outcome, &workspace.schema, false);
    }
    Ok(exit_code(outcome.status, false))
}
