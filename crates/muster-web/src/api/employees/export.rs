//! Everything about one employee, for the employee who asks what is stored. Nothing of others is part of it.

use super::one::{EmployeePath, explanation, found};
use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use axum::http::Method;
use muster_core::model::{response::EmployeeExport, role::Role};

pub(crate) struct Export;

impl Operation for Export {
    // It is recorded, so it is not a GET.
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/employees/{employee}/export";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "export_employee";
    const SUMMARY: &'static str =
        "Everything that is stored about an employee, also in archived deliveries";
    type Path = EmployeePath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = EmployeeExport;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<EmployeeExport>, ApiProblem> {
        let (workspace, now) = (call.workspace()?, call.app.now());
        let employee = found(call, workspace, sent.path.employee)?;
        let today = call.today(workspace);
        let export = call.app.snapshot(|app| {
            let explained = explanation(call, app, workspace, &employee, None)?;
            app.store.export_employee(workspace, explained, today, now)
        })?;
        let by = call.client.caller.actor().to_string();
        let store = &call.app.store;
        store.record_employee_export(workspace.id, employee.id, &by, now)?;
        Ok(export.into())
    }
}
