//! A worker looks for issues every minute, and after each job.

use super::{Worker, WorkerEvent, blocking};
use crate::watch::update_issues;
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

/// How long after a job, so that jobs that end together are one look.
const AFTER_JOB: Duration = Duration::from_millis(200);

impl Worker {
    /// Looks for issues until it is dropped. `ended` is rung when a job has ended.
    pub(super) async fn watch(&self, ended: Arc<Notify>) {
        loop {
            self.update_issues().await;
            tokio::select! {
                () = tokio::time::sleep(self.settings.watch) => {}
                () = ended.notified() => tokio::time::sleep(AFTER_JOB).await,
            }
        }
    }

    async fn update_issues(&self) {
        let worker = self.clone();
        let done = blocking(move || {
            let deps = &worker.deps;
            let changed = update_issues(&deps.store, &*worker.surveyed, &deps.clock)?;
            let counts = deps.store.issue_counts(deps.clock.now())?;
            Ok::<_, crate::outcome::RunError>((changed, counts))
        });
        match done.await {
            Ok((changed, (warnings, critical))) => {
                for change in &changed {
                    (self.observer)(&WorkerEvent::Issue(change));
                }
                (self.observer)(&WorkerEvent::Watched { warnings, critical });
            }
            Err(error) => (self.observer)(&WorkerEvent::Unavailable(&error)),
        }
    }
}
