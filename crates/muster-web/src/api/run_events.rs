//! The events of a run while it runs: how far it is, and its end. A reader that is slow holds nothing: an event is made when the
//! last one was sent.

use crate::{
    access::Visit,
    api::{
        access::Client,
        endpoint::{EVENT_STREAM, Endpoint, NoQuery},
        problem::ApiProblem,
        runs::RunPath,
    },
    respond,
    routes::Right,
    state::App,
};
use axum::{
    Extension,
    extract::{Path, State, rejection::PathRejection},
    http::{Method, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures_util::stream;
use muster_core::model::{
    ids::RunId,
    response::{RunState, RunStatus},
    role::Role,
    run::{self, Run},
    workspace::Workspace,
};
use muster_store::StoreError;
use schemars::{JsonSchema, SchemaGenerator};
use std::{convert::Infallible, sync::Arc, time::Duration};

/// How often the state is read for each reader.
const EVERY: Duration = Duration::from_millis(500);

/// After five minutes, a reader connects again, and its rights are looked at again.
const MAX_READS: u32 = 600;

/// How often a comment is sent while nothing changes, so that no proxy takes the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(10);

pub(crate) const FOLLOW: Endpoint = Endpoint {
    method: Method::GET,
    path: "/api/v1/workspaces/{workspace}/runs/{run}/events",
    right: Right::Workspace(Role::Viewer),
    name: "follow_run",
    summary: "How far a run is, as server-sent events: `progress` whenever it changes, then `end`",
    status: StatusCode::OK,
    answer_type: EVENT_STREAM,
    path_schema: RunPath::json_schema,
    query_schema: NoQuery::json_schema,
    body_schema: None,
    answer_schema: SchemaGenerator::subschema_for::<RunState>,
    handler: || get(events),
};

/// A reader of events.
struct Reader {
    app: App,
    workspace: Arc<Workspace>,
    run: RunId,
    /// The state that was sent last.
    sent: Option<RunState>,
    is_over: bool,
    reads: u32,
}

async fn events(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Extension(client): Extension<Client>,
    path: Result<Path<RunPath>, PathRejection>,
) -> Response {
    let not_found = || ApiProblem::not_found().response(&visit);
    let (Ok(Path(path)), Some(workspace)) = (path, client.workspace) else {
        return not_found();
    };
    let reader = Reader {
        app,
        workspace,
        run: RunId(path.run),
        sent: None,
        is_over: false,
        reads: 0,
    };
    match reader.read().await {
        Err(error) => return ApiProblem::from(error).response(&visit),
        Ok(None) => return not_found(),
        Ok(Some(_)) => {}
    }
    let events = stream::unfold(reader, |reader| async move { reader.next().await });
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(HEARTBEAT))
        .into_response()
}

impl Reader {
    /// The next event, once there is one; none: the run has ended, and that was said.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if self.is_over {
            return None;
        }
        while self.reads < MAX_READS {
            self.reads += 1;
            match self.read().await {
                // A database that does not answer says nothing of the run; the next attempt may succeed.
                Err(_) => {}
                Ok(None) => return None,
                Ok(Some(state)) if self.sent != Some(state) => {
                    self.sent = Some(state);
                    self.is_over = state.status != RunStatus::Running;
                    let name = if self.is_over { "end" } else { "progress" };
                    let data = serde_json::to_string(&state).unwrap_or_default();
                    return Some((Ok(Event::default().event(name).data(data)), self));
                }
                Ok(Some(_)) => {}
            }
            tokio::time::sleep(EVERY).await;
        }
        None
    }

    /// The state of the run now; none: it does not exist.
    async fn read(&self) -> Result<Option<RunState>, StoreError> {
        let (app, workspace, run) = (self.app.clone(), Arc::clone(&self.workspace), self.run);
        respond::blocking(move || {
            let found = app.store.run(workspace.id, run)?;
            found.map(|run| state(&app, &workspace, &run)).transpose()
        })
        .await
    }
}

fn state(app: &App, workspace: &Workspace, run: &Run) -> Result<RunState, StoreError> {
    let progress = match (&run.integration, run.status) {
        (Some(name), run::RunStatus::Running) => {
            let integration = app.store.integration(workspace.id, name)?;
            integration.and_then(|id| (app.web.progress)(workspace.id, id).pop())
        }
        _ => None,
    };
    Ok(RunState {
        run: run.id,
        status: run.status.into(),
        progress,
    })
}
