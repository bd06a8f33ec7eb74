//! Renews the lease of a run while it works, on a thread of its own: a run blocks while it decides and settles.

use muster_core::model::ids::{RunId, WorkspaceId};
use muster_store::{Lease, Store, StoreError};
use std::{
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    thread::{self, JoinHandle},
};

/// Renews a lease until it is dropped.
#[derive(Debug)]
pub(crate) struct LeaseKeeper {
    stop: Arc<Stop>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Stop {
    is_stopped: Mutex<bool>,
    changed: Condvar,
}

impl LeaseKeeper {
    /// Keeps the lease of a run. A lease that is lost is not kept: the transaction of its run is refused.
    pub(crate) fn of_run(
        store: &Arc<Store>,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Option<Self>, StoreError> {
        let lease = store.lease_of(workspace, run)?;
        Ok(lease.map(|lease| Self::start(store, lease)))
    }

    pub(crate) fn start(store: &Arc<Store>, lease: Lease) -> Self {
        let stop = Arc::new(Stop::default());
        let (seen, store) = (Arc::clone(&stop), Arc::downgrade(store));
        // Without a thread, the run works until its lease expires, and is refused if another worker has taken it.
        let thread = thread::Builder::new()
            .name("lease".to_owned())
            .spawn(move || renew(&store, lease, &seen))
            .ok();
        Self { stop, thread }
    }
}

fn renew(store: &Weak<Store>, lease: Lease, stop: &Stop) {
    while !stop.wait() {
        let Some(store) = store.upgrade() else {
            return;
        };
        // A failed attempt is repeated; the lease outlives two of them.
        if let Ok(false) = store.renew_lease(lease, Lease::LENGTH) {
            return;
        }
    }
}

impl Stop {
    /// Waits until the next renewal; true: there is none.
    fn wait(&self) -> bool {
        let stopped = self
            .is_stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let (stopped, _) = self
            .changed
            .wait_timeout_while(stopped, Lease::RENEWED_EVERY, |stopped| !*stopped)
            .unwrap_or_else(PoisonError::into_inner);
        *stopped
    }
}

impl Drop for LeaseKeeper {
    /// Waits for the thread, so that the database is closed when the process ends.
    fn drop(&mut self) {
        *self
            .stop
            .is_stopped
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
