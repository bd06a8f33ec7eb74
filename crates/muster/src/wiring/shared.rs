//! Settings of a workspace that its integrations share. Each is set by one of them, or alike by several; the others leave it
//! as it is set. Otherwise the runs of two integrations would change the workspace in turns.
//!
//! The workspace records who set what: integrations that run by their files do not know of each other.

use crate::{config::Configuration, error::CommandError};
use muster_core::{model::workspace::WorkspaceSettings, setup::settings::RawWorkspace};
use std::iter;

/// A setting that one value of a workspace has.
struct Shared {
    name: &'static str,
    /// As an integration writes it; none: it does not.
    written: fn(&RawWorkspace) -> Option<String>,
    copy: fn(&mut WorkspaceSettings, &WorkspaceSettings),
}

const SHARED: [Shared; 8] = [
    Shared {
        name: "language",
        written: |raw| {
            let languages = raw.languages.iter().flatten();
            let all: Vec<&str> = raw
                .language
                .iter()
                .chain(languages)
                .map(String::as_str)
                .collect();
            (!all.is_empty()).then(|| all.join(", "))
        },
        copy: |to, from| {
            to.language.clone_from(&from.language);
            to.languages.clone_from(&from.languages);
        },
    },
    Shared {
        name: "region",
        written: |raw| raw.region.clone(),
        copy: |to, from| to.region.clone_from(&from.region),
    },
    Shared {
        name: "time_zone",
        written: |raw| raw.time_zone.clone(),
        copy: |to, from| to.time_zone.clone_from(&from.time_zone),
    },
    Shared {
        name: "currency",
        written: |raw| raw.currency.clone(),
        copy: |to, from| to.currency.clone_from(&from.currency),
    },
    Shared {
        name: "offboarding",
        written: |raw| raw.offboarding.clone(),
        copy: |to, from| to.offboarding = from.offboarding,
    },
    Shared {
        name: "manager_left",
        written: |raw| raw.manager_left.clone(),
        copy: |to, from| to.manager_left = from.manager_left,
    },
    Shared {
        name: "deliveries",
        written: |raw| raw.deliveries.clone(),
        copy: |to, from| to.retention.content = from.retention.content,
    },
    Shared {
        name: "retention",
        written: |raw| {
            let periods = raw.retention.as_ref()?;
            serde_json::to_string(periods).ok()
        },
        copy: |to, from| {
            let content = to.retention.content;
            to.retention = from.retention.clone();
            to.retention.content = content;
        },
    },
];

/// What is known beside one integration when the settings of its workspace are decided.
pub(crate) struct Beside<'b> {
    /// The other integrations.
    pub(crate) others: &'b [Configuration],
    /// Integrations that are removed now: what they set no longer applies.
    pub(crate) removed: &'b [String],
    /// The settings as the database has them; none: the workspace does not exist.
    pub(crate) stored: Option<&'b WorkspaceSettings>,
}

/// The settings of the workspace of an integration, together with those that other integrations set. Refused if two of
/// them set one differently.
pub(crate) fn shared_settings(
    own: &Configuration,
    beside: &Beside<'_>,
) -> Result<WorkspaceSettings, CommandError> {
    let mut settings = WorkspaceSettings::default();
    for shared in &SHARED {
        let all = iter::once(own).chain(beside.others);
        let mut writers = all.filter_map(|one| Some((one, written(shared, one)?)));
        match writers.next() {
            Some((writer, value)) => {
                if let Some((other, theirs)) = writers.find(|(_, theirs)| *theirs != value) {
                    return Err(differs(shared.name, (writer, &value), (other, &theirs)));
                }
                set(&mut settings, shared, (writer, &value), own, beside)?;
            }
            None => leave(&mut settings, shared, own, beside),
        }
    }
    Ok(settings)
}

/// Sets what an integration writes.
fn set(
    settings: &mut WorkspaceSettings,
    shared: &Shared,
    (writer, value): (&Configuration, &str),
    own: &Configuration,
    beside: &Beside<'_>,
) -> Result<(), CommandError> {
    (shared.copy)(settings, &workspace_settings(writer));
    let mut by = &writer.settings.name;
    if let Some(stored) = beside.stored
        && let Some(earlier) = stored.set_by.get(shared.name)
        && !is_known(earlier, own, beside)
    {
        let mut unchanged = settings.clone();
        (shared.copy)(&mut unchanged, stored);
        if unchanged != *settings {
            return Err(set_elsewhere(shared.name, (writer, value), earlier));
        }
        by = earlier;
    }
    settings.set_by.insert(shared.name.to_owned(), by.clone());
    Ok(())
}

/// Leaves what no integration that is known writes as it is stored, unless one of them did set it.
fn leave(
    settings: &mut WorkspaceSettings,
    shared: &Shared,
    own: &Configuration,
    beside: &Beside<'_>,
) {
    let Some(stored) = beside.stored else {
        return;
    };
    let by = stored.set_by.get(shared.name);
    if by.is_some_and(|by| is_known(by, own, beside)) {
        return;
    }
    (shared.copy)(settings, stored);
    if let Some(by) = by {
        settings.set_by.insert(shared.name.to_owned(), by.clone());
    }
}

/// Whether it is known what an integration writes now.
fn is_known(name: &str, own: &Configuration, beside: &Beside<'_>) -> bool {
    let mut known = iter::once(own).chain(beside.others);
    known.any(|one| one.settings.name == name) || beside.removed.iter().any(|gone| gone == name)
}

/// What one integration writes, with the defaults of what it does not.
fn workspace_settings(configured: &Configuration) -> WorkspaceSettings {
    let settings = &configured.settings;
    WorkspaceSettings {
        retention: settings.retention.clone().unwrap_or_default(),
        ..settings.workspace_settings.clone()
    }
}

fn written(shared: &Shared, configured: &Configuration) -> Option<String> {
    let workspace = configured.raw.workspace.as_ref()?;
    (shared.written)(&workspace.0)
}

fn differs(
    setting: &str,
    own: (&Configuration, &str),
    other: (&Configuration, &str),
) -> CommandError {
    let (one, two) = (&own.0.settings.name, &other.0.settings.name);
    CommandError::usage(
        format!(
            "the integrations `{one}` and `{two}` of workspace `{}` set `workspace.{setting}` differently: `{}` and `{}`",
            own.0.settings.workspace, own.1, other.1
        ),
        "set it in one of them only, or to the same value in both; nothing was changed",
    )
}

fn set_elsewhere(
    setting: &str,
    (own, value): (&Configuration, &str),
    earlier: &str,
) -> CommandError {
    let (name, workspace) = (&own.settings.name, &own.settings.workspace);
    CommandError::usage(
        format!(
            "the integration `{name}` of workspace `{workspace}` sets `workspace.{setting}` to `{value}`, and the \
             integration `{earlier}` has set another value"
        ),
        format!(
            "set it in one of them only, or to the same value in both, and run `{earlier}` first; if `{earlier}` no longer \
             exists, run `muster apply FOLDER` with the current files; nothing was changed"
        ),
    )
}
