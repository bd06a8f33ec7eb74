//! How many connections one server gets from this program at once, so that many integrations with the same
//! server do not look like an attack on it, and one of them that is slow does not take the others' turn elsewhere.
//!
//! A read of an HR system counts as one connection from its first request to its end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Connections to one server at once. OpenSSH begins to refuse at ten that have not logged in.
pub(crate) const MAX_CONNECTIONS: usize = 4;

/// Servers by host and port, with the connections that are free there.
type Servers = HashMap<(String, u16), Arc<Semaphore>>;

static SERVERS: Mutex<Option<Servers>> = Mutex::new(None);

/// No connection became free in time.
#[derive(Debug)]
pub(crate) struct NoneFree;

/// Waits for a connection to the server, which is given back when it is dropped.
pub(crate) async fn take(
    host: &str,
    port: u16,
    limit: Duration,
) -> Result<OwnedSemaphorePermit, NoneFree> {
    let free = {
        let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
        let servers = servers.get_or_insert_default();
        // Servers without a connection and without a waiting one are forgotten.
        servers.retain(|_, free| Arc::strong_count(free) > 1);
        let server = (host.to_ascii_lowercase(), port);
        Arc::clone(
            servers
                .entry(server)
                .or_insert_with(|| Arc::new(Semaphore::new(MAX_CONNECTIONS))),
        )
    };
    let permit = timeout(limit, free.acquire_owned()).await;
    permit.map_err(|_| NoneFree)?.map_err(|_| NoneFree)
}
