//! The integrations of a service: their settings come from the database.

use super::installation::Installation;
use crate::{config::Configuration, error::CommandError, wiring::Wiring};
use muster_connectors::catalogue as connectors;
use muster_core::{
    issue::{InstallationFacts, IntegrationWatch},
    model::{
        ids::{IntegrationId, WorkspaceId},
        job::JobKind,
        workspace::Workspace,
    },
    setup::{schedule::Schedule, settings::SourceKind},
};
use muster_engine::{Integration, Integrations, RunError, Surveyed};
use muster_store::{ScheduledWork, StoreError, StoredSettings};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long settings that were read are used before they are read again.
const REFRESH: Duration = Duration::from_secs(5);

/// Priority of the jobs of a schedule; those that a person waits for come first.
const SCHEDULED: i64 = 10;

pub(crate) struct StoredIntegrations {
    wiring: Arc<Wiring>,
    installation: Option<Installation>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    read: Option<Instant>,
    workspaces: Vec<Workspace>,
    work: Vec<ScheduledWork>,
    watched: BTreeMap<(WorkspaceId, IntegrationId), IntegrationWatch>,
    /// By workspace and integration: the version of the settings with what follows from it.
    checked: BTreeMap<(WorkspaceId, String), (i64, Option<Checked>)>,
}

#[derive(Clone)]
struct Checked {
    schedule: Schedule,
    host: Option<String>,
    watch: IntegrationWatch,
}

impl StoredIntegrations {
    pub(crate) fn new(wiring: Arc<Wiring>) -> Self {
        Self {
            wiring,
            installation: None,
            known: Mutex::default(),
        }
    }

    /// The same for a service, which knows its installation.
    pub(crate) fn of_service(wiring: Arc<Wiring>, backups: Option<PathBuf>) -> Self {
        Self {
            installation: Some(Installation {
                database: wiring.store.path().map(Path::to_owned),
                backups,
                since: wiring.now(),
            }),
            ..Self::new(wiring)
        }
    }

    fn refresh(&self, known: &mut Known) -> Result<(), StoreError> {
        let store = &self.wiring.store;
        let (mut workspaces, mut work, mut checked) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut watched = BTreeMap::new();
        for name in store.workspaces()? {
            let Some(workspace) = store.workspace(&name)? else {
                continue;
            };
            for stored in store.integration_settings(workspace.id)? {
                let key = (workspace.id, stored.integration.clone());
                let current = match known.checked.remove(&key) {
                    Some((version, checked)) if version == stored.version => (version, checked),
                    _ => (stored.version, check(&name, &stored)),
                };
                if let Some(checked) = current.1.clone().filter(|_| stored.is_active) {
                    let integration =
                        store.ensure_integration(workspace.id, &stored.integration)?;
                    watched.insert((workspace.id, integration), checked.watch);
                    work.push(ScheduledWork {
                        kind: JobKind::Sync,
                        workspace: workspace.id,
                        integration: Some(integration),
                        schedule: checked.schedule,
                        host: checked.host,
                        priority: SCHEDULED,
                    });
                }
                checked.insert(key, current);
            }
            workspaces.push(workspace);
        }
        *known = Known {
            read: Some(Instant::now()),
            workspaces,
            work,
            watched,
            checked,
        };
        Ok(())
    }
}

impl StoredIntegrations {
    /// What is known, read again if it is old.
    fn current(&self) -> Result<MutexGuard<'_, Known>, StoreError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.read.is_none_or(|read| read.elapsed() > REFRESH) {
            self.refresh(&mut known)?;
        }
        Ok(known)
    }
}

impl Surveyed for StoredIntegrations {
    fn watched(
        &self,
    ) -> Result<BTreeMap<(WorkspaceId, IntegrationId), IntegrationWatch>, RunError> {
        Ok(self.current()?.watched.clone())
    }

    fn installation(&self) -> Option<InstallationFacts> {
        self.installation.as_ref().map(Installation::facts)
    }
}

impl Integrations for StoredIntegrations {
    fn scheduled(&self) -> Result<(Vec<Workspace>, Vec<ScheduledWork>), RunError> {
        let known = self.current()?;
        Ok((known.workspaces.clone(), known.work.clone()))
    }

    fn load(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<Integration>, RunError> {
        let store = &self.wiring.store;
        let Some(name) = store.integration_name(workspace, integration)? else {
            return Ok(None);
        };
        let Some(stored) = store.settings_of(workspace, &name)? else {
            return Ok(None);
        };
        let configured = Configuration::stored(&stored)
            .map_err(|problems| CommandError::from(problems).into_run_error())?;
        self.wiring
            .integration(&configured)
            .map(Some)
            .map_err(CommandError::into_run_error)
    }

    fn load_draft(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<Integration>, RunError> {
        let store = &self.wiring.store;
        let Some(draft) = store.draft(workspace, integration)? else {
            // An integration that is set up is tested as it runs.
            return self.load(workspace, integration);
        };
        let Some(workspace) = store.workspace_by_id(workspace)? else {
            return Ok(None);
        };
        self.wiring
            .draft(workspace, &draft)
            .map(Some)
            .map_err(CommandError::into_run_error)
    }
}

/// The schedule of an integration; none: its settings are not valid, which is logged once a version.
fn check(workspace: &str, stored: &StoredSettings) -> Option<Checked> {
    let configured = match Configuration::stored(stored) {
        Ok(configured) => configured,
        Err(error) => {
            let error = CommandError::from(error).into_run_error();
            tracing::error!(
                target: "muster",
                workspace,
                integration = stored.integration,
                code = error.code.as_str(),
                "the stored settings are not valid; the integration does not run"
            );
            return None;
        }
    };
    let settings = configured.settings;
    let host = host(&settings.source);
    // A failing vendor is one outage for all of its customers, whatever host each of them has.
    let outage = match &settings.source {
        SourceKind::Files(_) => host.clone(),
        SourceKind::System(system) => Some(system.connector.clone()),
    };
    Some(Checked {
        watch: IntegrationWatch {
            is_active: stored.is_active,
            schedule: settings.schedule.clone(),
            expect: settings.expect,
            reports_unchanged: settings.reports_unchanged,
            columns: settings.read_columns(),
            host: outage,
            since: stored.changed_at,
        },
        schedule: settings.schedule,
        host,
    })
}

/// Host and port that a source connects to; none: a folder of this machine, or an address that cannot be read.
fn host(source: &SourceKind) -> Option<String> {
    match source {
        SourceKind::Files(files) if files.location.port > 0 => {
            Some(format!("{}:{}", files.location.host, files.location.port))
        }
        SourceKind::Files(_) => None,
        SourceKind::System(system) => connectors::find(&system.connector)?.server(&system.plain),
    }
}
