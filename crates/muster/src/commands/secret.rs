//! `muster secret`: stored secrets of integrations. A value goes in and never comes out.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, SecretCommand},
    config::Configuration,
    error::CommandError,
    show::table,
    wiring::Wiring,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use muster_core::{
    model::{
        code::Code,
        response::{ListedSecret, SecretAnswer},
        workspace::Workspace,
    },
    setup::settings::{IntegrationSettings, SecretReference},
};
use muster_store::NewCredential;
use std::{io::Read, process::ExitCode};
use zeroize::Zeroizing;

/// A secret with more bytes is refused: no key or password is that long.
const MAX_BYTES: u64 = 64 << 10;

pub(super) fn run(
    arguments: &Arguments,
    command: &SecretCommand,
) -> Result<ExitCode, CommandError> {
    match command {
        SecretCommand::Set {
            integration,
            name,
            expires,
        } => set(arguments, integration, name, *expires),
        SecretCommand::List => list(arguments),
        SecretCommand::Remove { integration, name } => remove(arguments, integration, name),
    }
}

fn set(
    arguments: &Arguments,
    integration: &str,
    name: &str,
    expires: Option<Date>,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let settings = settings(&wiring, &workspace, integration)?;
    let setting = setting(&settings, name)?;
    let value = read_secret()?;
    let expires = expires.map(end_of_day).transpose()?;
    let new = NewCredential {
        integration,
        name: &setting,
        value: value.as_bytes(),
        expires,
    };
    let (author, now) = (wiring.author(), wiring.now());
    wiring
        .store
        .set_credential(workspace.id, &new, Some(author), now)?;
    if arguments.json {
        print_json(&SecretAnswer {
            status: "stored",
            integration: integration.to_owned(),
            setting,
        });
    } else {
        say(format!("stored `{setting}` of {integration}, encrypted"));
    }
    Ok(ExitCode::SUCCESS)
}

fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let workspace = wiring.workspace()?;
    let found = wiring.store.credentials(workspace.id)?;
    if arguments.json {
        let listed = found.into_iter().map(|one| ListedSecret {
            integration: one.integration,
            setting: one.name,
            set_at: one.set_at,
            set_by: one.set_by,
            key: one.key_id,
            expires: one.expires,
        });
        print_json(&listed.collect::<Vec<_>>());
        return Ok(ExitCode::SUCCESS);
    }
    if found.is_empty() {
        say("no secret is stored");
        return Ok(ExitCode::SUCCESS);
    }
    let now = wiring.now();
    let rows = found.into_iter().map(|one| {
        vec![
            one.integration,
            one.name,
            age(one.set_at, now),
            one.set_by.unwrap_or_default(),
            one.key_id,
            one.expires.map(|at| at.to_string()).unwrap_or_default(),
        ]
    });
    say(table(
        &[
            "integration",
            "setting",
            "set",
            "by",
            "master key",
            "expires",
        ],
        rows,
    ));
    Ok(ExitCode::SUCCESS)
}

fn remove(arguments: &Arguments, integration: &str, name: &str) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let stored = wiring.store.credentials(workspace.id)?;
    let found = stored
        .iter()
        .filter(|one| one.integration == integration)
        .find(|one| is_named(&one.name, name));
    let Some(found) = found else {
        return Err(CommandError::unknown(
            Code::SecretUnknown,
            format!("no secret `{name}` is stored for `{integration}`"),
            "run `muster secret list` for the stored secrets",
        ));
    };
    wiring.store.remove_credential(
        workspace.id,
        integration,
        &found.name,
        wiring.author(),
        wiring.now(),
    )?;
    if arguments.json {
        print_json(&SecretAnswer {
            status: "removed",
            integration: integration.to_owned(),
            setting: found.name.clone(),
        });
    } else {
        say(format!("removed `{}` of {integration}", found.name));
    }
    Ok(ExitCode::SUCCESS)
}

fn settings(
    wiring: &Wiring,
    workspace: &Workspace,
    integration: &str,
) -> Result<IntegrationSettings, CommandError> {
    let stored = wiring.store.settings_of(workspace.id, integration)?;
    let Some(stored) = stored else {
        let known = wiring.store.integration_settings(workspace.id)?;
        let known: Vec<String> = known.into_iter().map(|one| one.integration).collect();
        return Err(CommandError::unknown(
            Code::IntegrationUnknown,
            format!("the database has no settings of an integration `{integration}`"),
            match known.is_empty() {
                true => "run `muster apply FOLDER` first".to_owned(),
                false => format!("there are {}", known.join(", ")),
            },
        ));
    };
    Ok(Configuration::stored(&stored)?.settings)
}

/// The setting that is meant, if the settings refer to a stored secret there.
fn setting(settings: &IntegrationSettings, name: &str) -> Result<String, CommandError> {
    let references = settings.secrets();
    let of_name = references
        .iter()
        .find(|(setting, _)| is_named(setting, name));
    let short = name.rsplit('.').next().unwrap_or(name);
    match of_name {
        Some((setting, SecretReference::Stored)) => Ok(setting.clone()),
        Some((setting, _)) => Err(CommandError::usage(
            format!("`{setting}` of `{}` is read from elsewhere", settings.name),
            format!(
                "write `{short} = {{ stored = true }}` in its file and apply it; nothing was stored"
            ),
        )),
        None => Err(CommandError::usage(
            format!(
                "the settings of `{}` do not refer to a secret `{name}`",
                settings.name
            ),
            format!(
                "write `{short} = {{ stored = true }}` in its file and apply it; nothing was stored"
            ),
        )),
    }
}

/// A setting is named in full, or by its last part.
fn is_named(setting: &str, name: &str) -> bool {
    setting == name || setting.rsplit('.').next() == Some(name)
}

/// The secret from standard input. The line break at its end is not part of it.
pub(super) fn read_secret() -> Result<Zeroizing<String>, CommandError> {
    let mut text = Zeroizing::new(String::new());
    let read = std::io::stdin()
        .lock()
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text);
    let refused = |why: &str| {
        let help = "write the secret to standard input, as in `pass show acme | muster secret set ...`; nothing was stored";
        CommandError::usage(why, help)
    };
    read.map_err(|_| refused("the secret on standard input is not text"))?;
    let length = text.trim_end_matches(['\n', '\r']).len();
    if length == 0 {
        return Err(refused("there is no secret on standard input"));
    }
    if text.len() as u64 > MAX_BYTES {
        return Err(refused("the secret on standard input is too long"));
    }
    text.truncate(length);
    Ok(text)
}

fn end_of_day(day: Date) -> Result<Timestamp, CommandError> {
    let next = day.tomorrow().and_then(|next| next.to_zoned(TimeZone::UTC));
    next.map(|next| next.timestamp())
        .map_err(|error| CommandError::usage(error.to_string(), "use another day"))
}

fn age(at: Timestamp, now: Timestamp) -> String {
    match now.duration_since(at).as_hours() / 24 {
        0 => "today".to_owned(),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}
