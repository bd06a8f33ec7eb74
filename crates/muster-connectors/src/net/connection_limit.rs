//! How many connections one server gets from this program at once, so that many integrations with the same
//! server do not look like an attack on it, and one of them that is slow does not take the others' turn elsewhere.

use crate::transport::{SourceSettings, TransportError};
use muster_core::model::problem::transport::{Attempt, Cause};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections to one server at once. OpenSSH begins to refuse at ten that have not logged in.
pub(crate) const PLACES: usize = 4;

/// Servers by host and port, with the places that are free there.
type Servers = HashMap<(String, u16), Arc<Semaphore>>;

static SERVERS: Mutex<Option<Servers>> = Mutex::new(None);

/// Waits for a place at the server, which is given back when it is dropped.
pub(crate) async fn take(
    settings: &SourceSettings,
) -> Result<OwnedSemaphorePermit, TransportError> {
    let location = &settings.location;
    let places = {
        let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
        let servers = servers.get_or_insert_default();
        // Servers that nobody uses or waits for are forgotten.
        servers.retain(|_, places| Arc::strong_count(places) > 1);
        let server = (location.host.to_ascii_lowercase(), location.port);
        Arc::clone(
            servers
                .entry(server)
                .or_insert_with(|| Arc::new(Semaphore::new(PLACES))),
        )
    };
    let on = location.server_target();
    let attempted = (Attempt::GetConnection(PLACES), &on);
    let limit = settings.limits.whole;
    let permit = tokio::time::timeout(limit, places.acquire_owned()).await;
    let permit = permit.map_err(|_| TransportError::timed_out(attempted, limit.as_secs()))?;
    permit.map_err(|error| {
        let why = error.to_string();
        TransportError::unreachable(attempted, Cause::System { why })
    })
}
