//! A worker sends events about employees.

use super::{Worker, WorkerEvent};
use crate::webhooks::send_events;

impl Worker {
    /// Sends events until it is dropped.
    pub(super) async fn send_events(&self) {
        loop {
            match send_events(&self.deps.store, &self.deps.clock).await {
                Ok(reports) => {
                    for report in &reports {
                        (self.observer)(&WorkerEvent::Delivery(report));
                    }
                }
                Err(error) => (self.observer)(&WorkerEvent::Unavailable(&error)),
            }
            tokio::time::sleep(self.settings.poll).await;
        }
    }
}
