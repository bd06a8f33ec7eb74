//! A person has the source of an integration read now, instead of at its next time.

use crate::{
    access::Here,
    api::jobs::write,
    pages::{frame::workspace_path, jobs},
    respond::{self, Outcome},
    state::App,
};
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    response::Response,
};
use muster_core::model::{ids::IntegrationId, job::JobKind};
use muster_store::{Enqueued, NewJob, StoreError};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoFields {
    #[serde(rename = "form_token")]
    _form_token: String,
}

/// The name of an integration with settings, which a run reads them from; none: there is no such integration.
pub(super) fn runnable(
    app: &App,
    here: &Here,
    integration: IntegrationId,
) -> Result<Option<String>, StoreError> {
    let workspace = here.workspace.id;
    let names = app.store.integration_names(&here.workspace)?;
    let Some(name) = names.get(&integration) else {
        return Ok(None);
    };
    let stored = app.store.settings_of(workspace, name)?;
    Ok(stored.map(|_| name.clone()))
}

pub(crate) async fn sync(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
    Body(_): Body<NoFields>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let integration = IntegrationId(integration);
        if runnable(app, here, integration)?.is_none() {
            return Ok(Outcome::NotFound);
        }
        let job = NewJob {
            integration: Some(integration),
            dedupe_key: Some(format!("sync {}/{integration}", here.workspace.id.0)),
            ..write::new(&here.workspace, JobKind::Sync)
        };
        Ok(match app.store.enqueue_once(&job, None, app.now())? {
            Enqueued::Job(job) => {
                (app.web.wake)();
                Outcome::To(jobs::address(here, job, ""))
            }
            // It is being read already.
            Enqueued::Busy | Enqueued::KeyReused => {
                let root = workspace_path(&here.workspace.name);
                Outcome::To(format!("{root}/integrations/{integration}"))
            }
        })
    })
    .await
}
