//! How far the runs of this process are. It is held in memory: a run that ends with its process has no progress.

use muster_core::model::{
    ids::{IntegrationId, WorkspaceId},
    response::RunProgress,
};
use muster_engine::WorkerEvent;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

type Key = (WorkspaceId, IntegrationId);

/// By workspace and integration: an integration has one run at a time.
#[derive(Default)]
pub(crate) struct RunsUnderWay(Mutex<BTreeMap<Key, RunProgress>>);

impl RunsUnderWay {
    /// Remembers what a worker reports.
    pub(crate) fn note(&self, event: &WorkerEvent<'_>) {
        match event {
            WorkerEvent::Progress(job, progress) => {
                if let Some(integration) = job.integration {
                    self.locked()
                        .insert((job.workspace, integration), *progress);
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
    ) -> Option<RunProgress> {
        self.locked().get(&(workspace, integration)).copied()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Key, RunProgress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
