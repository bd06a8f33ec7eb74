//! `muster employee export`: everything that is stored about one employee, for the employee who asks.

use super::{explain, find, print_json};
use crate::{arguments::Arguments, error::CommandError, wiring::Wiring};
use muster_core::model::calendar::Calendar;
use std::process::ExitCode;

pub(super) fn export(arguments: &Arguments, who: &str) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let employee = find::employee(&wiring, &workspace, who)?;
    let (store, now) = (&wiring.store, wiring.now());
    let today = Calendar::at(now, &workspace.settings).today;
    let explained = explain::explanation(&wiring, &workspace, &employee, None)?;
    let export = store.export_employee(&workspace, explained, today, now)?;
    store.record_employee_export(workspace.id, employee.id, wiring.author(), now)?;
    print_json(&export);
    Ok(ExitCode::SUCCESS)
}
