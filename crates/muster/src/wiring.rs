//! Puts a command's parts together: database, clock, process, environment. The only place that reads any.

mod integration;
mod shared;

pub(crate) use shared::{Beside, shared_settings};

use crate::{
    arguments::Arguments,
    config::{self, ConfigProblem, Configuration},
    error::CommandError,
    master_key::{self, WhenMissing},
};
use muster_connectors::transport::NetworkPolicy;
use muster_core::model::{actor::Actor, code::Code, ids::WorkspaceId, workspace::Workspace};
use muster_engine::{Clock, Deps, FixedClock, SystemClock};
use muster_store::{ManualEdit, Options, Store, StoreError};
use std::{path::Path, sync::Arc};
use tempfile::TempDir;

/// What every command works with.
pub(crate) struct Wiring {
    pub(crate) store: Arc<Store>,
    clock: Arc<dyn Clock>,
    process: i64,
    owner: String,
    /// The time given instead of the current one, where the live database is changed.
    given_now: Option<jiff::Timestamp>,
    /// The folder of the copy on which a rehearsal works; it is removed at the end.
    rehearsal: Option<TempDir>,
    actor: Actor,
    /// The actor as it is recorded.
    by: String,
    wanted_workspace: Option<String>,
    any_host: bool,
    /// Where settings of who does not run this machine may connect to.
    network: NetworkPolicy,
}

/// Connections of a service that only read.
const READERS: usize = 4;

impl Wiring {
    /// Opens the database, and creates it if it does not exist.
    pub(crate) fn open(arguments: &Arguments) -> Result<Self, CommandError> {
        Self::with(arguments, Options::default(), WhenMissing::Create)
    }

    /// Opens a database that is removed at the end, in the name of an actor.
    pub(crate) fn throw_away(arguments: &Arguments, actor: Actor) -> Result<Self, CommandError> {
        let wiring = Self::with(arguments, Options::default(), WhenMissing::CreateSilently)?;
        Ok(Self {
            by: actor.to_string(),
            actor,
            ..wiring
        })
    }

    /// Opens the database for a process that works by itself.
    pub(crate) fn service(arguments: &Arguments) -> Result<Self, CommandError> {
        let mut random = [0; 4];
        getrandom::fill(&mut random).map_err(|error| {
            CommandError::usage(
                format!("the system gives no random numbers: {error}"),
                "check the machine",
            )
        })?;
        let options = Options {
            readers: READERS,
            ..Options::default()
        };
        let wiring = Self::with(arguments, options, WhenMissing::Create)?;
        Ok(Self {
            // Process ids are given out again: leases of an earlier process are not those of this one.
            owner: format!(
                "service, process {}, {:08x}",
                wiring.process,
                u32::from_le_bytes(random)
            ),
            actor: Actor::Schedule,
            by: Actor::Schedule.to_string(),
            wanted_workspace: None,
            ..wiring
        })
    }

    /// Opens a database that exists, to change it.
    pub(crate) fn existing(arguments: &Arguments) -> Result<Self, CommandError> {
        refuse_missing(arguments)?;
        Self::open(arguments)
    }

    /// Opens a database that exists, to look at it. What is read is checked as it is read: checking all of it
    /// first would take longer than the answer.
    pub(crate) fn unchecked(arguments: &Arguments) -> Result<Self, CommandError> {
        refuse_missing(arguments)?;
        Self::with(
            arguments,
            Options {
                check: None,
                ..Options::default()
            },
            WhenMissing::Continue,
        )
        .map(|wiring| Self {
            given_now: None,
            ..wiring
        })
    }

    /// Opens a database that exists, and nothing that is sealed in it.
    pub(crate) fn without_key(arguments: &Arguments) -> Result<Self, CommandError> {
        refuse_missing(arguments)?;
        Ok(Self::of(
            Store::open(&arguments.database, Options::default())?,
            arguments,
        ))
    }

    /// Opens a database that exists for reading only; it is not migrated.
    pub(crate) fn read_only(arguments: &Arguments) -> Result<Self, CommandError> {
        refuse_missing(arguments)?;
        Ok(Self::of(
            Store::open_read_only(&arguments.database, Options::default())?,
            arguments,
        ))
    }

    fn with(
        arguments: &Arguments,
        options: Options,
        key: WhenMissing,
    ) -> Result<Self, CommandError> {
        if arguments.rehearse {
            return Self::rehearsing(arguments, options);
        }
        // Who has the key of a database knows that it was not empty.
        let options = Options {
            refuse_empty: master_key::path(arguments).is_some_and(|key| key.exists()),
            ..options
        };
        let store = Store::open(&arguments.database, options)?;
        master_key::unlock(&store, arguments, key)?;
        Ok(Self::of(store, arguments))
    }

    /// Works on a copy of the database, which is removed at the end.
    fn rehearsing(arguments: &Arguments, options: Options) -> Result<Self, CommandError> {
        let failed = |error: std::io::Error| {
            CommandError::usage(
                format!("the copy for the rehearsal could not be made: {error}"),
                "make the folder for temporary files (TMPDIR) writable; nothing was changed",
            )
        };
        let folder = tempfile::tempdir().map_err(failed)?;
        let copy = folder.path().join("rehearsal.db");
        refuse_missing(arguments)?;
        Store::open_read_only(&arguments.database, options)?.copy_to(&copy)?;
        let store = Store::open(&format!("sqlite:{}", copy.display()), options)?;
        let has_key = master_key::outside(arguments)?.is_some();
        match master_key::path(arguments) {
            Some(path) if has_key || path.exists() => {
                master_key::unlock(&store, arguments, WhenMissing::Continue)?
            }
            _ => store.unlock(muster_store::Keyring::generate()?)?,
        }
        anstream::eprintln!("rehearsal: this runs on a copy; the database does not change");
        Ok(Self {
            rehearsal: Some(folder),
            given_now: None,
            ..Self::of(store, arguments)
        })
    }

    /// Works with a database that is not the one of the command.
    pub(crate) fn around(store: Store, arguments: &Arguments) -> Self {
        Self::of(store, arguments)
    }

    /// The clock of a command.
    pub(crate) fn clock_of(arguments: &Arguments) -> Arc<dyn Clock> {
        match arguments.now {
            Some(now) => Arc::new(FixedClock(now)),
            None => Arc::new(SystemClock),
        }
    }

    fn of(store: Store, arguments: &Arguments) -> Self {
        let clock = Self::clock_of(arguments);
        let account = environment("USER").or_else(|| environment("LOGNAME"));
        let actor = Actor::CommandLine(account);
        let process = i64::from(std::process::id());
        Self {
            store: Arc::new(store),
            clock,
            process,
            owner: format!("process {process}"),
            given_now: arguments.now,
            rehearsal: None,
            by: actor.to_string(),
            actor,
            wanted_workspace: arguments.workspace.clone(),
            any_host: arguments.any_host,
            network: arguments.network.policy(),
        }
    }

    pub(crate) fn deps(&self) -> Deps {
        Deps {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            system: Arc::new(SystemClock),
            process: self.process,
            owner: self.owner.clone(),
            lease: None,
            actor: self.actor.clone(),
            rehearsal: self.rehearsal.is_some(),
        }
    }

    /// Who runs the command, as it is recorded.
    pub(crate) fn author(&self) -> &str {
        &self.by
    }

    /// Something that somebody does by hand, for the record.
    pub(crate) fn manual_edit<'n>(&'n self, note: &'n str) -> ManualEdit<'n> {
        ManualEdit {
            actor: Some(&self.by),
            note: Some(note),
            process: self.process,
            now: self.now(),
        }
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.clock.now()
    }

    /// Refuses `--approve` where another user must approve.
    pub(crate) fn refuse_own_approval(&self, workspace: WorkspaceId) -> Result<(), CommandError> {
        if !self.store.four_eyes(workspace)? {
            return Ok(());
        }
        Err(CommandError::usage(
            "the workspace requires that another user approves; nothing was changed",
            "omit --approve; another user approves the plan if it is held",
        ))
    }

    /// The workspace that the command is about: the one named, or the only one there is. Runs whose lease
    /// expired are ended on the way.
    pub(crate) fn workspace(&self) -> Result<Workspace, CommandError> {
        self.workspace_of(None)
    }

    /// The same for a file that may name the workspace.
    pub(crate) fn workspace_of(&self, named: Option<&str>) -> Result<Workspace, CommandError> {
        if let Some(named) = named {
            refuse_other_workspace(self.wanted_workspace.as_deref(), named)?;
        }
        let names = self.store.workspaces()?;
        let name = match (named.or(self.wanted_workspace.as_deref()), names.as_slice()) {
            (Some(name), _) => name,
            (None, [only]) => only,
            (None, []) => {
                return Err(CommandError::unknown(
                    Code::WorkspaceUnknown,
                    "the database has no workspace yet",
                    "run `muster sync FILE.toml` first",
                ));
            }
            (None, several) => {
                let message = format!(
                    "the database has several workspaces: {}",
                    several.join(", ")
                );
                return Err(CommandError::unknown(
                    Code::WorkspaceUnknown,
                    message,
                    "name one with --workspace",
                ));
            }
        };
        let workspace = self.store.workspace(name)?.ok_or_else(|| {
            let known = names.join(", ");
            CommandError::unknown(
                Code::WorkspaceUnknown,
                format!("there is no workspace `{name}`"),
                format!("the database has {known}"),
            )
        })?;
        self.tidy_runs(&workspace)?;
        Ok(workspace)
    }

    /// Refuses a given time before the last run, and ends runs whose lease expired.
    fn tidy_runs(&self, workspace: &Workspace) -> Result<(), CommandError> {
        if let Some(now) = self.given_now
            && let Some((run, started)) = self.store.last_run(workspace.id)?
            && now < started
        {
            return Err(CommandError::usage(
                format!(
                    "`--now {now}` is before run {run}, which started at {started}; nothing was changed"
                ),
                "add --rehearse to work on a copy of the database, or use a later time",
            ));
        }
        self.store.interrupt_dead_runs(workspace.id, self.now())?;
        Ok(())
    }
}

fn refuse_missing(arguments: &Arguments) -> Result<(), CommandError> {
    // What is no path is refused by the store, which knows what is.
    let path = arguments
        .database
        .strip_prefix("sqlite:")
        .unwrap_or_default();
    if path.is_empty() || Path::new(path).exists() {
        return Ok(());
    }
    let advice = "run `muster sync FILE.toml` first, or choose another with --database";
    Err(CommandError::unknown(
        Code::DatabaseMissing,
        format!("there is no database `{path}` yet"),
        advice,
    ))
}

/// Refuses a file that names another workspace than the command line does: which of the two is meant cannot be known.
pub(crate) fn refuse_other_workspace(
    wanted: Option<&str>,
    named: &str,
) -> Result<(), CommandError> {
    match wanted {
        Some(wanted) if wanted != named => Err(CommandError::usage(
            format!("the file names the workspace `{named}`, and --workspace names `{wanted}`"),
            "omit --workspace and MUSTER_WORKSPACE, or use a file of that workspace; nothing was changed",
        )),
        _ => Ok(()),
    }
}

/// Reads an integration file for a command, or the settings of an integration that is named.
pub(crate) fn integration_file(
    arguments: &Arguments,
    target: &Path,
) -> Result<Configuration, CommandError> {
    Ok(configuration(arguments, target)?)
}

/// The same, with every problem of the settings.
pub(crate) fn configuration(
    arguments: &Arguments,
    target: &Path,
) -> Result<Configuration, Vec<ConfigProblem>> {
    let is_file = target.exists()
        || target
            .extension()
            .is_some_and(|extension| extension == "toml")
        || target.components().count() != 1
        || !has_database(arguments);
    let Some(name) = target.to_str().filter(|_| !is_file) else {
        return config::read(target);
    };
    let failed = |error: StoreError| {
        let (message, help) = crate::text::store_error(&error);
        vec![ConfigProblem::new("", message, help)]
    };
    let store = Store::open_read_only(&arguments.database, Options::default()).map_err(failed)?;
    let workspaces = store.workspaces().map_err(failed)?;
    let wanted = arguments.workspace.as_ref();
    let mut found = Vec::new();
    for workspace in workspaces
        .iter()
        .filter(|name| wanted.is_none_or(|wanted| wanted == *name))
    {
        if let Some(workspace) = store.workspace(workspace).map_err(failed)? {
            found.extend(store.settings_of(workspace.id, name).map_err(failed)?);
        }
    }
    match (found.pop(), found.pop()) {
        (Some(stored), None) => Configuration::stored(&stored),
        (None, _) => config::read(target).map_err(|mut problems| {
            for problem in &mut problems {
                problem.advice = format!(
                    "check the path; the database has no integration `{name}` either (`muster apply FOLDER` stores integrations)"
                );
            }
            problems
        }),
        (Some(_), Some(_)) => Err(vec![ConfigProblem::new(
            "",
            format!("several workspaces have an integration `{name}`"),
            "name the workspace with --workspace",
        )]),
    }
}

/// Whether the database exists.
pub(crate) fn has_database(arguments: &Arguments) -> bool {
    refuse_missing(arguments).is_ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the home of the environment"
)]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
