//! A worker sends alerts every few seconds.

use super::{Worker, WorkerEvent};
use crate::alerts::send_alerts;

impl Worker {
    /// Sends alerts until it is dropped.
    pub(super) async fn alert(&self) {
        loop {
            let deps = &self.deps;
            match send_alerts(&deps.store, &self.alerts, &deps.clock).await {
                Ok(reports) => {
                    for report in &reports {
                        (self.observer)(&WorkerEvent::Alert(report));
                    }
                }
                Err(error) => (self.observer)(&WorkerEvent::Unavailable(&error)),
            }
            tokio::time::sleep(self.settings.alerts).await;
        }
    }
}
