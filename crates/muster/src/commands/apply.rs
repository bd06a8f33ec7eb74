//! `muster apply`: makes the integrations of a workspace equal to the files of a folder.

mod report;

pub(super) use report::line;

use super::print_json;
use crate::{
    arguments::Arguments,
    config::{self, ConfigProblem, Configuration, catalogue, raw_settings},
    error::CommandError,
    wiring::{Beside, Wiring, has_database, refuse_other_workspace, shared_settings},
};
use muster_core::{
    model::{
        field::Schema,
        ids::WorkspaceId,
        response::{ApplyAnswer, SecretName},
        workspace::{Workspace, WorkspaceSettings},
    },
    setup::settings::{
        ChangeKind, FORM, IntegrationChange, KnownSettings, RawSettings, SecretReference,
        WantedSettings, check, compare, to_json,
    },
};
use muster_store::{SettingsChange, StoredCredential, StoredSettings};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// An integration file of the folder.
struct Wanted {
    /// Its name in the folder.
    file: String,
    configured: Configuration,
}

/// What the database has.
#[derive(Default)]
struct Candidates {
    settings: Vec<StoredSettings>,
    raw: Vec<RawSettings>,
    credentials: Vec<StoredCredential>,
}

pub(super) fn apply(
    arguments: &Arguments,
    folder: &Path,
    plan: bool,
) -> Result<ExitCode, CommandError> {
    let wanted = read(folder)?;
    let workspace = one_workspace(&wanted)?;
    refuse_other_workspace(arguments.workspace.as_deref(), &workspace)?;
    let wiring = match plan {
        false => Some(Wiring::open(arguments)?),
        true if has_database(arguments) => Some(Wiring::unchecked(arguments)?),
        true => None,
    };
    let stored = match &wiring {
        Some(wiring) => wiring.store.workspace(&workspace)?,
        None => None,
    };
    refuse_unknown_fields(&wanted, stored.as_ref())?;
    let known = match (&wiring, &stored) {
        (Some(wiring), Some(workspace)) => known(wiring, workspace.id)?,
        _ => Candidates::default(),
    };
    let answer = compared(&known, &wanted, workspace, plan);
    let removed = removed_integrations(&answer);
    let shared = stored.map(|stored| of_this_folder(stored.settings, &known, &wanted));
    for one in &wanted {
        let beside = Beside {
            others: &others(&known, &one.configured, &wanted),
            removed: &removed,
            stored: shared.as_ref(),
        };
        shared_settings(&one.configured, &beside)?;
    }
    // The difference is shown before anything is changed.
    if !arguments.json {
        report::changes(&answer);
    }
    if let (Some(wiring), false) = (&wiring, plan || answer.changes.is_empty()) {
        write(wiring, &known, &wanted, &answer)?;
    }
    if arguments.json {
        print_json(&answer);
    } else {
        report::end(&answer, folder);
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the integrations of a workspace equal to the files of a folder, and prints nothing.
pub(crate) fn store_folder(wiring: &Wiring, folder: &Path) -> Result<(), CommandError> {
    let wanted = read(folder)?;
    let workspace = one_workspace(&wanted)?;
    let known = match wiring.store.workspace(&workspace)? {
        Some(workspace) => known(wiring, workspace.id)?,
        None => Candidates::default(),
    };
    let answer = compared(&known, &wanted, workspace, false);
    write(wiring, &known, &wanted, &answer)
}

fn compared(known: &Candidates, wanted: &[Wanted], workspace: String, plan: bool) -> ApplyAnswer {
    let changes = differences(known, wanted);
    let removed_secrets = removed(known, wanted, &changes);
    ApplyAnswer {
        status: match (changes.is_empty(), plan) {
            (true, _) => "nothing_to_do",
            (false, true) => "planned",
            (false, false) => "applied",
        },
        workspace,
        missing_secrets: missing(known, wanted, &removed_secrets),
        unmanaged: unmanaged(known, wanted),
        removed_secrets,
        changes,
    }
}

fn read(folder: &Path) -> Result<Vec<Wanted>, CommandError> {
    let unreadable = |error: std::io::Error| {
        CommandError::usage(
            format!("the folder `{}` cannot be read: {error}", folder.display()),
            "check the path; nothing was changed",
        )
    };
    // Paths in the files are stored, so they must mean the same in every folder.
    let folder = folder.canonicalize().map_err(unreadable)?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_file()
            && path
                .extension()
                .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(CommandError::usage(
            format!("the folder `{}` has no integration file", folder.display()),
            "name a folder with files that end in `.toml`; nothing was changed",
        ));
    }
    paths.sort();
    let (mut wanted, mut problems): (Vec<Wanted>, Vec<ConfigProblem>) = (Vec::new(), Vec::new());
    for path in paths {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let found = config::read(&path).and_then(|configured| {
            refuse_secret_url(&configured)?;
            Ok(configured)
        });
        match found {
            Ok(configured) => {
                let name = &configured.settings.name;
                if let Some(other) = wanted
                    .iter()
                    .find(|other| other.configured.settings.name == *name)
                {
                    let message = format!("`{}` has an integration `{name}` too", other.file);
                    let problem = ConfigProblem::new("name", message, "give each its own name");
                    problems.push(in_file(&file, problem));
                }
                wanted.push(Wanted {
                    file: file.into_owned(),
                    configured,
                });
            }
            Err(found) => problems.extend(found.into_iter().map(|problem| in_file(&file, problem))),
        }
    }
    if problems.is_empty() {
        Ok(wanted)
    } else {
        Err(problems.into())
    }
}

/// A query can hold a token, and settings are stored unencrypted.
fn refuse_secret_url(configured: &Configuration) -> Result<(), Vec<ConfigProblem>> {
    let url = configured.raw.source.url.as_deref().unwrap_or_default();
    if url.starts_with("https:") && url.contains('?') {
        return Err(vec![ConfigProblem::new(
            "source.url",
            "the query of a URL may be secret, and is not stored in the database",
            "use `user` and `password` under [credentials], or run this integration by its file",
        )]);
    }
    Ok(())
}

/// The same problem with the name of its file.
fn in_file(file: &str, problem: ConfigProblem) -> ConfigProblem {
    ConfigProblem {
        line: None,
        key: String::new(),
        message: format!("{file}: {}", problem.place_and_message()),
        advice: problem.advice,
    }
}

fn one_workspace(wanted: &[Wanted]) -> Result<String, CommandError> {
    let mut names: Vec<&str> = wanted
        .iter()
        .map(|wanted| wanted.configured.settings.workspace.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    match names.as_slice() {
        [only] => Ok((*only).to_owned()),
        several => Err(CommandError::usage(
            format!("the files name several workspaces: {}", several.join(", ")),
            "keep the files of each workspace in a folder of its own; nothing was changed",
        )),
    }
}

/// Fields may be those of the workspace, or be defined by any of the files.
fn refuse_unknown_fields(
    wanted: &[Wanted],
    stored: Option<&Workspace>,
) -> Result<(), CommandError> {
    let own = wanted
        .iter()
        .flat_map(|wanted| &wanted.configured.settings.own_fields);
    let empty = Schema::new([]);
    let schema = stored.map_or(&empty, |workspace| &workspace.schema);
    let known = schema.own().map(|(_, field)| field).chain(own);
    let all = Schema::new(known.cloned());
    let mut problems = Vec::new();
    for wanted in wanted {
        if let Err(found) = wanted.configured.clone().resolve(Some(schema))
            && wanted.configured.clone().resolve(Some(&all)).is_err()
        {
            problems.extend(
                found
                    .into_iter()
                    .map(|problem| in_file(&wanted.file, problem)),
            );
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.into())
    }
}

fn known(wiring: &Wiring, workspace: WorkspaceId) -> Result<Candidates, CommandError> {
    let settings = wiring.store.integration_settings(workspace)?;
    let raw: Result<Vec<_>, _> = settings.iter().map(raw_settings).collect();
    Ok(Candidates {
        raw: raw?,
        settings,
        credentials: wiring.store.credentials(workspace)?,
    })
}

fn differences(known: &Candidates, wanted: &[Wanted]) -> Vec<IntegrationChange> {
    let stored = known.settings.iter().zip(&known.raw);
    let stored: Vec<_> = stored
        .map(|(stored, settings)| KnownSettings {
            integration: &stored.integration,
            settings,
            managed_by: stored.managed_by.as_deref(),
        })
        .collect();
    let wanted: Vec<_> = wanted
        .iter()
        .map(|wanted| WantedSettings {
            integration: &wanted.configured.settings.name,
            settings: &wanted.configured.raw,
            file: &wanted.file,
        })
        .collect();
    compare(&stored, &wanted)
}

/// Stored secrets that the new settings would send elsewhere, or do not refer to.
fn removed(
    known: &Candidates,
    wanted: &[Wanted],
    changes: &[IntegrationChange],
) -> Vec<SecretName> {
    let mut removed = Vec::new();
    for change in changes {
        let new = wanted
            .iter()
            .map(|wanted| &wanted.configured.settings)
            .find(|settings| settings.name == change.integration);
        let stored = known
            .settings
            .iter()
            .find(|stored| stored.integration == change.integration);
        // Settings that cannot be read any more send nothing anywhere.
        let old = stored.and_then(|stored| check(&raw_settings(stored).ok()?, catalogue()).ok());
        let is_elsewhere = new.is_none_or(|new| new.sends_elsewhere(old.as_ref(), catalogue()));
        let references = new.map(|new| new.secrets()).unwrap_or_default();
        let is_used = |name: &str| {
            let mut references = references.iter();
            references.any(|(setting, one)| setting == name && **one == SecretReference::Stored)
        };
        let credentials = known.credentials.iter();
        let of_this = credentials.filter(|one| one.integration == change.integration);
        removed.extend(
            of_this
                .filter(|one| is_elsewhere || !is_used(&one.name))
                .map(|one| SecretName {
                    integration: one.integration.clone(),
                    setting: one.name.clone(),
                }),
        );
    }
    removed
}

fn missing(known: &Candidates, wanted: &[Wanted], removed: &[SecretName]) -> Vec<SecretName> {
    let mut missing = Vec::new();
    for settings in wanted.iter().map(|wanted| &wanted.configured.settings) {
        for (setting, reference) in settings.secrets() {
            let name = SecretName {
                integration: settings.name.clone(),
                setting,
            };
            let is_stored = known
                .credentials
                .iter()
                .any(|one| one.integration == name.integration && one.name == name.setting);
            let is_there = is_stored && !removed.contains(&name);
            if *reference == SecretReference::Stored && !is_there {
                missing.push(name);
            }
        }
    }
    missing
}

/// The other integrations that the workspace will have.
fn others(known: &Candidates, own: &Configuration, wanted: &[Wanted]) -> Vec<Configuration> {
    let is_other = |name: &str| name != own.settings.name;
    let of_folder = wanted.iter().map(|wanted| wanted.configured.clone());
    let of_folder = of_folder.filter(|other| is_other(&other.settings.name));
    let left = unmanaged(known, wanted);
    let left = known
        .settings
        .iter()
        .filter(|stored| left.contains(&stored.integration) && is_other(&stored.integration))
        .filter_map(|stored| Configuration::stored(stored).ok());
    of_folder.chain(left).collect()
}

/// The integrations that the folder no longer has.
fn removed_integrations(answer: &ApplyAnswer) -> Vec<String> {
    let changes = answer.changes.iter();
    let removed = changes.filter(|change| change.kind == ChangeKind::Remove);
    removed.map(|change| change.integration.clone()).collect()
}

/// The settings of the workspace without who set them, as far as neither the folder nor the database has the integration: the
/// folder says what is right now.
fn of_this_folder(
    mut settings: WorkspaceSettings,
    known: &Candidates,
    wanted: &[Wanted],
) -> WorkspaceSettings {
    let files = wanted.iter().map(|wanted| &wanted.configured.settings.name);
    let stored = known.settings.iter().map(|stored| &stored.integration);
    let names: Vec<&String> = files.chain(stored).collect();
    settings.set_by.retain(|_, by| names.contains(&&*by));
    settings
}

fn unmanaged(known: &Candidates, wanted: &[Wanted]) -> Vec<String> {
    let is_wanted = |name: &str| {
        let mut wanted = wanted.iter();
        wanted.any(|wanted| wanted.configured.settings.name == name)
    };
    let left = known.settings.iter();
    left.filter(|stored| stored.managed_by.is_none() && !is_wanted(&stored.integration))
        .map(|stored| stored.integration.clone())
        .collect()
}

fn write(
    wiring: &Wiring,
    known: &Candidates,
    wanted: &[Wanted],
    answer: &ApplyAnswer,
) -> Result<(), CommandError> {
    let mut workspace = wiring.store.workspace(&answer.workspace)?;
    let removed = removed_integrations(answer);
    let all = wanted;
    for wanted in wanted {
        let (configured, _) = wiring.resolved(&wanted.configured)?;
        let shared = workspace.map(|stored| of_this_folder(stored.settings, known, all));
        let beside = Beside {
            others: &others(known, &configured, all),
            removed: &removed,
            stored: shared.as_ref(),
        };
        workspace = Some(wiring.ensure_workspace(&configured, &beside)?.0);
    }
    let Some(workspace) = workspace else {
        return Ok(());
    };
    let texts: BTreeMap<&str, String> = wanted
        .iter()
        .map(|wanted| {
            let text = to_json(&wanted.configured.raw).to_string();
            (wanted.configured.settings.name.as_str(), text)
        })
        .collect();
    let dropped = |integration: &str| -> Vec<String> {
        let of_this = answer.removed_secrets.iter();
        of_this
            .filter(|name| name.integration == integration)
            .map(|name| name.setting.clone())
            .collect()
    };
    let changes = answer.changes.iter();
    let changes: Vec<_> = changes
        .map(|change| (change, dropped(&change.integration)))
        .collect();
    let changes: Vec<SettingsChange<'_>> = changes
        .iter()
        .map(|(change, dropped)| {
            let stored = known.settings.iter();
            let stored = stored
                .filter(|stored| stored.integration == change.integration)
                .map(|stored| (stored.version, stored.is_active))
                .next();
            SettingsChange {
                integration: &change.integration,
                expected: stored.map_or(0, |(version, _)| version),
                form: FORM,
                settings: texts.get(change.integration.as_str()).map(String::as_str),
                managed_by: change.file.as_deref(),
                is_active: stored.is_none_or(|(_, is_active)| is_active),
                dropped_credentials: dropped,
            }
        })
        .collect();
    wiring
        .store
        .change_settings(workspace.id, &changes, Some(wiring.author()), wiring.now())?;
    Ok(())
}
