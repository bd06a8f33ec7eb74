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
use muster_core::model::{
    response::{DataLocation, EmployeeExport},
    role::Role,
};

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
            let (store, id) = (&app.store, employee.id);
            let mut budgets = Vec::new();
            store.grants_of(workspace.id, Some(id), today, &mut |found| {
                budgets.push(found.answer(today));
                true
            })?;
            let archived = store.archived_records(workspace, id)?;
            let locations = store.personal_data(workspace, id)?.into_iter();
            Ok(EmployeeExport {
                workspace: workspace.name.clone(),
                exported: now,
                employee: explanation(call, app, workspace, &employee, None)?,
                budgets,
                records: archived.records,
                unclear: archived.unclear,
                locations: locations
                    .map(|location| DataLocation {
                        what: location.what.to_owned(),
                        count: location.count,
                    })
                    .collect(),
            })
        })?;
        let by = call.client.caller.actor().to_string();
        let store = &call.app.store;
        store.record_employee_export(workspace.id, employee.id, &by, now)?;
        Ok(export.into())
    }
}
