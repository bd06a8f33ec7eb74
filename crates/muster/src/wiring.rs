//! Puts a command's parts together: database, clock, process, environment. The only place that reads any.

use crate::{
    arguments::Arguments,
    complain::Complaint,
    config::{self, IntegrationFile},
    master_key::{self, WhenMissing},
};
use muster_core::{integration::Setup, workspace::Workspace};
use muster_engine::{Clock, Deps, FixedClock, Integration, SystemClock};
use muster_store::{Options, Store};
use std::path::Path;

/// What every command works with.
pub(crate) struct Wiring {
    pub(crate) store: Store,
    clock: Box<dyn Clock>,
    actor: Option<String>,
    wanted_workspace: Option<String>,
}

impl Wiring {
    /// Opens the database, and creates it if it does not exist.
    pub(crate) fn open(arguments: &Arguments) -> Result<Self, Complaint> {
        let store = Store::open(&arguments.database, Options::default())?;
        master_key::unlock(&store, arguments, WhenMissing::Make)?;
        Ok(Self::with(store, arguments))
    }

    /// Opens a database that exists, to look at it.
    pub(crate) fn look(arguments: &Arguments) -> Result<Self, Complaint> {
        let path = arguments.database.strip_prefix("sqlite:").unwrap_or(&arguments.database);
        if !Path::new(path).exists() {
            let message = format!("there is no database `{path}` yet");
            return Err(Complaint::usage(
                message,
                "run `muster sync FILE.toml` first, or name another with --database",
            ));
        }
        let store = Store::open(&arguments.database, Options::default())?;
        master_key::unlock(&store, arguments, WhenMissing::Leave)?;
        Ok(Self::with(store, arguments))
    }

    fn with(store: Store, arguments: &Arguments) -> Self {
        let clock: Box<dyn Clock> = match arguments.now {
            Some(now) => Box::new(FixedClock(now)),
            None => Box::new(SystemClock),
        };
        let actor = environment("USER").or_else(|| environment("LOGNAME")).map(|user| format!("{user} (command line)"));
        Self { store, clock, actor, wanted_workspace: arguments.workspace.clone() }
    }

    pub(crate) fn deps(&self) -> Deps<'_> {
        Deps {
            store: &self.store,
            clock: self.clock.as_ref(),
            system: &SystemClock,
            process: i64::from(std::process::id()),
            is_alive: &is_alive,
            actor: self.actor.as_deref(),
        }
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// The workspace that the command is about: the one named, or the only one there is. Runs whose process is
    /// gone are closed on the way.
    pub(crate) fn workspace(&self) -> Result<Workspace, Complaint> {
        let names = self.store.workspaces()?;
        let name = match (&self.wanted_workspace, names.as_slice()) {
            (Some(name), _) => name,
            (None, [only]) => only,
            (None, []) => {
                return Err(Complaint::usage("the database has no workspace yet", "run `muster sync FILE.toml` first"));
            }
            (None, several) => {
                let message = format!("the database has several workspaces: {}", several.join(", "));
                return Err(Complaint::usage(message, "name one with --workspace"));
            }
        };
        let workspace = self.store.workspace(name)?.ok_or_else(|| {
            let known = names.join(", ");
            Complaint::usage(format!("there is no workspace `{name}`"), format!("the database has {known}"))
        })?;
        self.store.interrupt_dead_runs(workspace.id, &is_alive, self.now())?;
        Ok(workspace)
    }

    /// An integration with its workspace in the database and its secrets read.
    pub(crate) fn integration(&self, file: &IntegrationFile) -> Result<Integration, Complaint> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| {
            Complaint::usage(format!("the system gives no random numbers: {error}"), "check the machine")
        })?;
        let mut settings = file.settings.clone();
        // A second file of the workspace that says nothing about it leaves it as the first one set it.
        settings.retention = match &file.retention {
            Some(retention) => retention.clone(),
            None => self.store.workspace(&file.workspace)?.map(|known| known.settings.retention).unwrap_or_default(),
        };
        let workspace = self.store.ensure_workspace(&file.workspace, &settings, &file.groups, &file.own_fields, key)?;
        self.store.interrupt_dead_runs(workspace.id, &is_alive, self.now())?;
        let mut source = file.source.clone();
        source.credentials = file.secrets.resolve(&environment)?;
        source.retry.seed = u64::from_le_bytes([key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7]]);
        let accepted = self.store.host_key(workspace.id, &source.location.host, source.location.port)?;
        if source.host_keys.is_empty() {
            source.host_keys.extend(accepted);
        }
        let rules = file.rules(&workspace.schema);
        let setup = Setup { workspace, name: file.name.clone(), rules };
        Ok(Integration { setup, source, csv: file.csv.clone() })
    }
}

/// Reads an integration file for a command.
pub(crate) fn integration_file(path: &Path) -> Result<IntegrationFile, Complaint> {
    Ok(config::read(path)?)
}

#[expect(clippy::disallowed_methods, reason = "this is the home of the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Whether a process lives. Where that cannot be seen, it is taken to.
fn is_alive(process: i64) -> bool {
    let processes = Path::new("/proc");
    !processes.join("self").exists() || processes.join(process.to_string()).exists()
}
