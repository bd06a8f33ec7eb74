//! A person changes one employee: a form, then what would change, then a job that does it. Nothing changes before the second
//! page is confirmed.

pub(crate) mod confirm;
pub(crate) mod erase;
pub(crate) mod form;
mod identity;

use crate::{
    access::Here,
    api::jobs::write,
    pages::{
        frame::{Area, Frame, workspace_path},
        jobs,
        parts::Link,
    },
    respond::Outcome,
    state::App,
    wording::visible,
};
use axum::http::StatusCode;
use muster_core::model::{
    actor::Actor,
    edit_request::EditRequest,
    employee::{Employee, Status},
    ids::EmployeeId,
};
use muster_store::{Enqueued, RequestedEdit, StoreError};

/// The employee of a page that changes them; none: there is none, or their data was erased.
fn changeable(app: &App, here: &Here, id: i64) -> Result<Option<Employee>, StoreError> {
    let ids = [EmployeeId(id)];
    let found = app.store.employees_by_ids(&here.workspace, &ids)?.pop();
    Ok(found.filter(|employee| employee.status != Status::Erased))
}

fn address(here: &Here, employee: &Employee) -> String {
    let root = workspace_path(&here.workspace.name);
    format!("{root}/people/{}", employee.id)
}

fn name(employee: &Employee) -> String {
    match employee.name().trim() {
        "" => Frame::words().v("employee-without-name", &employee.id.to_string()),
        name => visible(name),
    }
}

fn frame(app: &App, here: &Here, employee: &Employee, title: &str) -> Result<Frame, StoreError> {
    let words = Frame::words();
    let root = workspace_path(&here.workspace.name);
    let crumbs = vec![
        Link::new(format!("{root}/people"), words.t("nav-people")),
        Link::new(address(here, employee), name(employee)),
        Link::new("", title),
    ];
    Frame::inside(app, here, Area::People, title.to_owned(), crumbs)
}

fn status(is_refused: bool) -> StatusCode {
    if is_refused {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    }
}

/// Writes the job of a change, and leads to the page that waits for it.
fn requested(
    app: &App,
    here: &Here,
    employee: &Employee,
    revision: Option<i64>,
    request: EditRequest,
    note: &str,
) -> Result<Outcome, StoreError> {
    let note = note.trim();
    let edit = RequestedEdit {
        request,
        revision,
        note: (!note.is_empty()).then(|| note.to_owned()),
        actor: Actor::User(here.session.user.email.clone()),
    };
    let job = write::edit(&here.workspace, edit);
    Ok(match app.store.enqueue_once(&job, None, app.now())? {
        Enqueued::Job(job) => {
            (app.web.wake)();
            Outcome::To(jobs::address(here, job, &address(here, employee)))
        }
        Enqueued::Busy | Enqueued::KeyReused => Outcome::To(address(here, employee)),
    })
}
