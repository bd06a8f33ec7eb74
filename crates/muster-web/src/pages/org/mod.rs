//! The org chart: the reporting lines around one employee as a drawing, and as a tree of links beside it.

pub(crate) mod chart;
pub(crate) mod companies;
pub(crate) mod page;
pub(crate) mod problems;

use crate::{
    access::Here,
    pages::frame::{Frame, workspace_path},
    state::App,
    wording::{number, visible},
};
use muster_core::derive::reporting_lines::{Member, Organisation};
use muster_store::StoreError;

fn organisation(app: &App, here: &Here) -> Result<Organisation, StoreError> {
    let left = here.workspace.settings.manager_left;
    Ok(Organisation::new(app.store.members(&here.workspace)?, left))
}

fn root(here: &Here) -> String {
    workspace_path(&here.workspace.name) + "/org"
}

/// The page of an employee.
fn person(here: &Here, member: &Member) -> String {
    format!(
        "{}/people/{}",
        workspace_path(&here.workspace.name),
        member.id
    )
}

fn name(member: &Member) -> String {
    match member.name.trim() {
        "" => Frame::words().v("employee-without-name", &number(member.id.0.unsigned_abs())),
        name => visible(name),
    }
}
