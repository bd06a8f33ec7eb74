//! Puts an integration together: its settings, its workspace in the database, its secrets, and its source.

use super::{Beside, Wiring, environment, refuse_other_workspace, shared_settings};
use crate::{
    config::{ConfigProblem, Configuration, Secrets, catalogue},
    error::CommandError,
    text,
};
use muster_connectors::{
    catalogue as connectors,
    connector::{ConnectorError, Network, SystemTimer, Unopened},
    transport::{NetworkPolicy, SourceSettings},
};
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            api::{Fault, SettingRemedy},
            columns,
        },
        workspace::Workspace,
    },
    setup::{
        integration::Setup,
        settings::{FileSettings, IntegrationSettings, SourceKind, SystemSettings},
    },
};
use muster_engine::{FileSource, Integration, Source, SystemSource};
use muster_store::{CompanyList, IntegrationDraft, ListOrigin, StoreError, StoredSettings};
use secrecy::SecretString;
use std::sync::Arc;

impl Wiring {
    /// The file with its fields settled against the workspace, and the keys of those that it creates.
    pub(crate) fn resolved(
        &self,
        configured: &Configuration,
    ) -> Result<(Configuration, Vec<String>), CommandError> {
        let mut configured = configured.clone();
        let workspace = &configured.settings.workspace;
        refuse_other_workspace(self.wanted_workspace.as_deref(), workspace)?;
        let stored = self.store.workspace(workspace)?;
        let created = configured.resolve(stored.as_ref().map(|workspace| &workspace.schema))?;
        Ok((configured, created))
    }

    /// One warning for each field that an integration file creates.
    pub(crate) fn created_fields(
        &self,
        configured: &Configuration,
    ) -> Result<Vec<Problem>, CommandError> {
        let created = |key: String| {
            let detail = columns::Detail::FieldCreated { field: key.clone() };
            let remedy = columns::Remedy::DefineField;
            Problem::new(Code::FieldCreated, Severity::Warning, detail, remedy).of(&key, "")
        };
        Ok(self
            .resolved(configured)?
            .1
            .into_iter()
            .map(created)
            .collect())
    }

    /// An integration with its workspace in the database and its secrets read.
    pub(crate) fn integration(
        &self,
        configured: &Configuration,
    ) -> Result<Integration, CommandError> {
        self.assembled(configured, SecretUse::Needed)
    }

    /// The same for commands that read archived deliveries only, which needs no secret.
    pub(crate) fn at_rest(&self, configured: &Configuration) -> Result<Integration, CommandError> {
        self.assembled(configured, SecretUse::Spared)
    }

    /// An integration that is being set up, with its secrets. Nothing of its settings is written to the workspace yet.
    pub(crate) fn draft(
        &self,
        workspace: Workspace,
        draft: &IntegrationDraft,
    ) -> Result<Integration, CommandError> {
        let mut configured = Configuration::draft(draft)?;
        // A custom field that is not there yet is no reason not to connect.
        configured.settings.drop_unknown_fields(&workspace.schema);
        let reader = Reader {
            wiring: self,
            workspace: &workspace,
            settings: &configured.settings,
            seed: draft.integration.0.unsigned_abs(),
            secrets: SecretUse::Needed,
            ca_certificate: configured.ca_certificate.clone(),
            network: self.network.clone(),
            is_draft: true,
        };
        let source = reader.source()?;
        let schema = configured.settings.schema(&workspace.schema);
        let rules = configured.settings.rules(&schema);
        let name = draft.name.clone();
        Ok(Integration {
            setup: Setup {
                workspace: Workspace {
                    schema,
                    ..workspace.clone()
                },
                name,
                rules,
            },
            source,
        })
    }

    /// Where an integration may connect to.
    fn policy(&self, workspace: &Workspace, name: &str) -> Result<NetworkPolicy, CommandError> {
        let stored = self.store.settings_of(workspace.id, name)?;
        let is_managed = stored.is_some_and(|stored| stored.managed_by.is_some());
        Ok(
            match !is_managed && self.store.is_restricted(workspace.id, name)? {
                true => self.network.clone(),
                false => NetworkPolicy::default(),
            },
        )
    }

    fn assembled(
        &self,
        configured: &Configuration,
        secrets: SecretUse,
    ) -> Result<Integration, CommandError> {
        let (configured, _) = self.resolved(configured)?;
        let file = &configured.settings;
        let others = self.others(&configured)?;
        let stored = self.store.workspace(&file.workspace)?;
        let beside = Beside {
            others: &others,
            removed: &[],
            stored: stored.as_ref().map(|workspace| &workspace.settings),
        };
        let (workspace, key) = self.ensure_workspace(&configured, &beside)?;
        self.tidy_runs(&workspace)?;
        let seed = u64::from_le_bytes([
            key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7],
        ]);
        let rules = file.rules(&workspace.schema);
        let reader = Reader {
            wiring: self,
            workspace: &workspace,
            settings: file,
            seed,
            secrets,
            ca_certificate: configured.ca_certificate.clone(),
            network: self.policy(&workspace, &file.name)?,
            is_draft: false,
        };
        let source = reader.source()?;
        let setup = Setup {
            workspace,
            name: file.name.clone(),
            rules,
        };
        Ok(Integration { setup, source })
    }

    /// The other integrations of the workspace that are in the database, as far as their settings are valid.
    fn others(&self, own: &Configuration) -> Result<Vec<Configuration>, CommandError> {
        let Some(workspace) = self.store.workspace(&own.settings.workspace)? else {
            return Ok(Vec::new());
        };
        let stored = self.store.integration_settings(workspace.id)?;
        let others = stored
            .iter()
            .filter(|other| other.integration != own.settings.name);
        Ok(others
            .filter_map(|other| Configuration::stored(other).ok())
            .collect())
    }

    /// Puts what the settings say about their workspace into the database, together with what its other integrations say.
    /// Returns the workspace, and random bytes.
    pub(crate) fn ensure_workspace(
        &self,
        configured: &Configuration,
        beside: &Beside<'_>,
    ) -> Result<(Workspace, [u8; 32]), CommandError> {
        let file = &configured.settings;
        let settings = shared_settings(configured, beside)?;
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| {
            CommandError::usage(
                format!("the system gives no random numbers: {error}"),
                "check the machine",
            )
        })?;
        let mut workspace = self.store.ensure_workspace(
            &file.workspace,
            &settings,
            &file.groups,
            &file.own_fields,
            key,
        )?;
        let list = CompanyList {
            integration: &file.name,
            origin: ListOrigin::File,
            companies: &file.companies,
            is_whole: true,
        };
        if self.store.put_companies(&workspace, &list)? > 0 {
            workspace = self.store.workspace(&file.workspace)?.unwrap_or(workspace);
        }
        Ok((workspace, key))
    }
}

/// What a source is made of beside its settings.
struct Reader<'w> {
    wiring: &'w Wiring,
    workspace: &'w Workspace,
    settings: &'w IntegrationSettings,
    seed: u64,
    secrets: SecretUse,
    ca_certificate: Option<String>,
    network: NetworkPolicy,
    /// Whether the integration is being set up: its secrets belong to the draft.
    is_draft: bool,
}

impl Reader<'_> {
    fn source(&self) -> Result<Source, CommandError> {
        Ok(match &self.settings.source {
            SourceKind::System(system) => Source::System(Box::new(self.system(system)?)),
            SourceKind::Files(files) => Source::Files(Box::new(self.files(files)?)),
        })
    }

    fn files(&self, settings: &FileSettings) -> Result<FileSource, CommandError> {
        let mut source = SourceSettings::configured(settings, self.ca_certificate.clone());
        if self.secrets == SecretUse::Needed {
            source.credentials = self.read(|secrets| secrets.credentials(&settings.credentials))?;
        }
        source.retry.seed = self.seed;
        source.network = self.network.clone();
        let location = &source.location;
        let store = &self.wiring.store;
        let accepted = store.host_key(self.workspace.id, &location.host, location.port)?;
        if let Some(accepted) = accepted.filter(|_| source.host_keys.is_empty()) {
            source.host_keys.push(accepted.fingerprint);
            source.host_keys_since = Some(accepted.at);
        }
        Ok(FileSource {
            settings: source,
            csv: settings.csv.clone(),
        })
    }

    fn system(&self, settings: &SystemSettings) -> Result<SystemSource, CommandError> {
        let listing = connectors::find(&settings.connector).ok_or_else(|| {
            CommandError::usage(
                format!("`{}` is not a connector", settings.connector),
                "use a version of Muster that has this connector",
            )
        })?;
        let connector = match self.read(|secrets| secrets.answers(settings)) {
            Ok(answers) => (listing.open)(&answers).map_err(|error| {
                let problem = &error.problem;
                CommandError::usage(text::message(problem), text::help(problem))
            })?,
            Err(problems) => {
                let unread = problems.first();
                match unread.filter(|_| self.secrets == SecretUse::Spared) {
                    Some(problem) => {
                        let key = problem.key.trim_start_matches("source.");
                        let (fault, remedy) = (Fault::SecretUnread, SettingRemedy::CheckSecret);
                        Box::new(Unopened(ConnectorError::setting(key, fault, remedy)))
                    }
                    None => return Err(problems.into()),
                }
            }
        };
        let network = Network {
            ca_certificate: self.ca_certificate.clone(),
            any_host: self.wiring.any_host,
            policy: self.network.clone(),
            limits: settings.limits.clone(),
        };
        Ok(SystemSource {
            connector: Arc::from(connector),
            title: listing.title,
            network,
            seed: self.seed,
            timer: Arc::new(SystemTimer::default()),
        })
    }

    /// A stored secret is only sent where the applied settings send it, whatever a file says.
    fn refuse_other_endpoint(
        &self,
        setting: &str,
        applied: Option<&StoredSettings>,
    ) -> Result<(), ConfigProblem> {
        let applied = applied.map(Configuration::stored).transpose();
        let applied = applied.map_err(|mut problems| problems.remove(0))?;
        let here = self.settings.endpoint(catalogue());
        match applied {
            Some(applied) if applied.settings.endpoint(catalogue()) == here => Ok(()),
            Some(_) => Err(ConfigProblem::new(
                setting,
                "the stored secret belongs to another host, port, protocol or user than these settings have",
                "apply these settings with `muster apply`, then set the secret again",
            )),
            None => Err(ConfigProblem::new(
                setting,
                "a stored secret needs an integration that is in the database",
                "store the integration with `muster apply FOLDER`, then set the secret",
            )),
        }
    }

    /// Reads secrets from where the settings say that they are.
    fn read<T>(
        &self,
        from: impl FnOnce(Secrets<'_>) -> Result<T, Vec<ConfigProblem>>,
    ) -> Result<T, Vec<ConfigProblem>> {
        let stored = |setting: &str| {
            let failed = |error: StoreError| {
                let (message, help) = crate::text::store_error(&error);
                ConfigProblem::new(setting, message, help)
            };
            let store = &self.wiring.store;
            let (workspace, name) = (self.workspace.id, self.settings.name.as_str());
            if !self.is_draft {
                let applied = store.settings_of(workspace, name).map_err(failed)?;
                self.refuse_other_endpoint(setting, applied.as_ref())?;
            }
            let found = store.credential(workspace, name, setting).map_err(failed)?;
            let text = found.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            Ok(text.map(SecretString::from))
        };
        from(Secrets {
            environment: &environment,
            stored: &stored,
        })
    }
}

/// Whether an integration is of use without the secrets of its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SecretUse {
    /// The source is asked: every secret must be there.
    Needed,
    Spared,
}
