//! How far the runs of this process are. It is held in memory: a run that ends with its process has no progress.

use muster_core::model::{
    ids::{IntegrationId, WorkspaceId},
    response::{RunPhase, RunProgress},
};
use muster_engine::WorkerEvent;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

type Key = (WorkspaceId, IntegrationId);

/// The phases so far by workspace and integration, the current one last: an integration has one run at a time.
#[derive(Default)]
pub(crate) struct RunsUnderWay(Mutex<BTreeMap<Key, Vec<RunProgress>>>);

impl RunsUnderWay {
    /// Remembers what a worker reports.
    pub(crate) fn note(&self, event: &WorkerEvent<'_>) {
        match event {
            WorkerEvent::Progress(job, progress) => {
                if let Some(integration) = job.integration {
                    let mut all = self.locked();
                    let phases = all.entry((job.workspace, integration)).or_default();
                    // How long a source asked to wait says nothing once it has answered.
                    phases.retain(|one| {
                        one.phase != progress.phase && one.phase != RunPhase::Waiting
                    });
                    phases.push(*progress);
                }
            }
            WorkerEvent::Started(job) | WorkerEvent::Finished { job, .. } => {
                if let Some(integration) = job.integration {
                    self.locked().remove(&(job.workspace, integration));
                }
            }
            _ => {}
        }
    }

    pub(crate) fn of(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Vec<RunProgress> {
        let all = self.locked();
        all.get(&(workspace, integration))
            .cloned()
            .unwrap_or_default()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Key, Vec<RunProgress>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
