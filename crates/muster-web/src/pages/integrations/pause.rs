//! A user pauses the schedule of an integration, with a reason, and a user resumes it.

use super::sync::{NoFields, runnable};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{FieldError, Form, Link},
        runs::decide::note_error,
    },
    respond::{self, Outcome},
    state::App,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::ids::IntegrationId;
use muster_store::StoreError;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/integrations/pause.html")]
struct PausePage {
    frame: Frame,
    integration: String,
    note: String,
    form: Form,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pausing {
    note: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
) -> Response {
    respond::act(app, here, move |app, here| {
        app.snapshot(|app| shown(app, here, integration, String::new(), None))
    })
    .await
}

pub(crate) async fn pause(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
    Body(sent): Body<Pausing>,
) -> Response {
    respond::act(app, here, move |app, here| {
        if let Some(error) = note_error(&sent.note, true) {
            return shown(app, here, integration, sent.note, Some(error));
        }
        let id = IntegrationId(integration);
        if runnable(app, here, id)?.is_none() {
            return Ok(Outcome::NotFound);
        }
        let (workspace, by) = (here.workspace.id, &here.session.user.email);
        app.store
            .pause_integration(workspace, id, by, sent.note.trim(), app.now())?;
        Ok(Outcome::To(address(here, integration)))
    })
    .await
}

pub(crate) async fn resume(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
    Body(_): Body<NoFields>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let id = IntegrationId(integration);
        if runnable(app, here, id)?.is_none() {
            return Ok(Outcome::NotFound);
        }
        let (workspace, by) = (here.workspace.id, &here.session.user.email);
        // One that was resumed in between shows that on its page.
        app.store.resume_integration(workspace, id, by, app.now())?;
        Ok(Outcome::To(address(here, integration)))
    })
    .await
}

fn address(here: &Here, integration: i64) -> String {
    let root = workspace_path(&here.workspace.name);
    format!("{root}/integrations/{integration}")
}

fn shown(
    app: &App,
    here: &Here,
    integration: i64,
    note: String,
    error: Option<FieldError>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let Some(name) = runnable(app, here, IntegrationId(integration))? else {
        return Ok(Outcome::NotFound);
    };
    let title = words.v("pause-title", &name);
    let crumbs = vec![
        Link::new(address(here, integration), name),
        Link::new("", title.clone()),
    ];
    let status = match error {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = PausePage {
        integration: address(here, integration),
        note,
        form: Form {
            errors: error.into_iter().collect(),
        },
        frame: Frame::inside(app, here, Area::Integrations, title, crumbs)?,
    };
    Ok(Outcome::Page(status, page.render()))
}
