//! `muster token`: the API tokens of a workspace. A token is shown when it is created, and never again.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, TokenCommand},
    error::CommandError,
    show::{moment, safe, table},
    wiring::Wiring,
};
use jiff::{SignedDuration, Timestamp};
use muster_core::model::{
    code::Code,
    response::{ListedToken, TokenCreated, TokenRevoked, TokenState},
    role::Role,
};
use muster_store::{ApiToken, NewApiToken};
use std::process::ExitCode;

/// The longest name of a token.
const MAX_NAME: usize = 60;

pub(super) fn run(arguments: &Arguments, command: &TokenCommand) -> Result<ExitCode, CommandError> {
    match command {
        TokenCommand::Create { name, role, days } => create(arguments, name, *role, *days),
        TokenCommand::List => list(arguments),
        TokenCommand::Revoke { name } => revoke(arguments, name),
    }
}

fn create(
    arguments: &Arguments,
    name: &str,
    role: Role,
    days: u16,
) -> Result<ExitCode, CommandError> {
    check_name(name)?;
    let wiring = Wiring::without_key(arguments)?;
    let workspace = wiring.workspace()?;
    let token = muster_web::random_api_token().map_err(|error| {
        CommandError::usage(
            format!("the system gives no random numbers: {error}"),
            "check the machine",
        )
    })?;
    let now = wiring.now();
    let expires = now + SignedDuration::from_hours(24 * i64::from(days));
    let new = NewApiToken {
        workspace: workspace.id,
        name,
        token: &token.hash,
        role,
        created_by: wiring.author(),
        expires,
    };
    if !wiring.store.create_api_token(&new, now)? {
        return Err(CommandError::usage(
            format!(
                "workspace `{}` has, or had, a token `{name}`; nothing was created",
                workspace.name
            ),
            "use another name, so that the history shows which token did what",
        ));
    }
    if arguments.json {
        print_json(&TokenCreated {
            token: token.text,
            name: name.to_owned(),
            workspace: workspace.name,
            role,
            expires,
        });
    } else {
        say(format!(
            "token `{name}` for workspace `{}`, role {}, valid until {}:\n{}\n  help: store it now, because it cannot be shown \
             again; programs send it as `Authorization: Bearer TOKEN`",
            safe(&workspace.name),
            role.as_str(),
            moment(expires),
            token.text
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The name is written into histories and headings.
fn check_name(name: &str) -> Result<(), CommandError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(is_plain) {
        return Err(CommandError::usage(
            format!("`{}` cannot be the name of a token", safe(name)),
            format!("use at most {MAX_NAME} letters, digits, `-`, `_` and `.`, such as `payroll`"),
        ));
    }
    Ok(())
}

fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let workspace = wiring.workspace()?;
    let tokens = wiring.store.api_tokens(workspace.id)?;
    let now = wiring.now();
    let tokens: Vec<ListedToken> = tokens.into_iter().map(|one| listed(one, now)).collect();
    if arguments.json {
        print_json(&tokens);
        return Ok(ExitCode::SUCCESS);
    }
    if tokens.is_empty() {
        say(
            "the workspace has no API tokens\n  help: run `muster token create NAME` to create one",
        );
        return Ok(ExitCode::SUCCESS);
    }
    let rows = tokens.into_iter().map(|one| {
        vec![
            one.name,
            one.role.as_str().to_owned(),
            one.state.as_str().to_owned(),
            moment(one.expires),
            one.used.map_or_else(|| "never".to_owned(), moment),
            safe(&one.created_by),
        ]
    });
    say(table(
        &[
            "token",
            "role",
            "state",
            "expires",
            "last used",
            "created by",
        ],
        rows,
    ));
    Ok(ExitCode::SUCCESS)
}

fn listed(token: ApiToken, now: Timestamp) -> ListedToken {
    let state = match token.revoked {
        Some(_) => TokenState::Revoked,
        None if token.expires <= now => TokenState::Expired,
        None => TokenState::Active,
    };
    ListedToken {
        name: token.name,
        role: token.role,
        state,
        created: token.created,
        created_by: token.created_by,
        expires: token.expires,
        used: token.used,
        revoked: token.revoked,
        revoked_by: token.revoked_by,
    }
}

fn revoke(arguments: &Arguments, name: &str) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let workspace = wiring.workspace()?;
    let revoked =
        wiring
            .store
            .revoke_api_token(workspace.id, name, wiring.author(), wiring.now())?;
    if !revoked {
        return Err(CommandError::unknown(
            Code::TokenUnknown,
            format!(
                "workspace `{}` has no token `{}` that is not revoked",
                workspace.name,
                safe(name)
            ),
            "run `muster token list` to list the tokens",
        ));
    }
    if arguments.json {
        print_json(&TokenRevoked {
            status: "revoked",
            name: name.to_owned(),
        });
    } else {
        say(format!("token `{}` is revoked", safe(name)));
    }
    Ok(ExitCode::SUCCESS)
}
