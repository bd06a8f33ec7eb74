//! `muster user`: who may sign in to the admin pages, and what they may do.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, Links, UserCommand},
    error::CommandError,
    show::{moment, safe, table},
    wiring::Wiring,
};
use muster_core::model::{
    code::Code,
    response::{ApprovalsSet, ListedUser, UserChanged, UserLink, WorkspaceRole},
    role::Role,
};
use muster_store::{NewUser, User, UserChange};
use muster_web::{LinkFor, new_password_link};
use std::process::ExitCode;

pub(super) fn run(arguments: &Arguments, command: &UserCommand) -> Result<ExitCode, CommandError> {
    match command {
        UserCommand::Add {
            email,
            name,
            role,
            administrator,
            links,
        } => {
            let new = NewUser {
                email: email.trim(),
                name: name.trim(),
                password_hash: "",
                is_admin: *administrator,
            };
            add(arguments, &new, *role, links)
        }
        UserCommand::List => list(arguments),
        UserCommand::Role { email, role } => set_role(arguments, email, role.0),
        UserCommand::Administrator { email, revoke } => change(arguments, email, |wiring, user| {
            let (by, now) = (wiring.author(), wiring.now());
            wiring.store.set_admin(user.id, !revoke, by, now)
        }),
        UserCommand::ResetPassword { email, links } => reset_password(arguments, email, links),
        UserCommand::RemoveTwoStep { email } => change(arguments, email, |wiring, user| {
            let (by, now) = (wiring.author(), wiring.now());
            let is_removed = wiring.store.remove_two_step(user.id, by, now)?;
            Ok(match is_removed {
                true => UserChange::Changed,
                false => UserChange::Unchanged,
            })
        }),
        UserCommand::Disable { email } => change(arguments, email, |wiring, user| {
            let (by, now) = (wiring.author(), wiring.now());
            wiring.store.set_disabled(user.id, true, by, now)
        }),
        UserCommand::FourEyes { required } => set_four_eyes(arguments, required == "on"),
        UserCommand::Enable { email } => change(arguments, email, |wiring, user| {
            let (by, now) = (wiring.author(), wiring.now());
            wiring.store.set_disabled(user.id, false, by, now)
        }),
    }
}

fn add(
    arguments: &Arguments,
    new: &NewUser<'_>,
    role: Option<Role>,
    links: &Links,
) -> Result<ExitCode, CommandError> {
    if !muster_web::is_email_address(new.email) {
        return Err(CommandError::usage(
            format!("`{}` is not an e-mail address", safe(new.email)),
            "write it as name@example.com",
        ));
    }
    let is_name = |c: char| !c.is_control();
    if new.name.is_empty() || new.name.chars().count() > 200 || !new.name.chars().all(is_name) {
        return Err(CommandError::usage(
            "the name is empty, too long or has control characters",
            "use at most 200 characters",
        ));
    }
    let wiring = Wiring::without_key(arguments)?;
    let role = match role {
        Some(role) => Some((wiring.workspace()?.id, role)),
        None => None,
    };
    let now = wiring.now();
    let link = new_password_link(LinkFor::Invitation, now).map_err(no_random)?;
    let (store, by) = (&wiring.store, wiring.author());
    if store
        .invite_user(new, role, &link.stored, by, now)?
        .is_none()
    {
        return Err(CommandError::usage(
            format!(
                "`{}` is a user already; nothing was changed",
                safe(new.email)
            ),
            format!("run `muster user role {} ROLE` to set the role", new.email),
        ));
    }
    print_link(arguments, links, new.email, &link, "was added");
    Ok(ExitCode::SUCCESS)
}

fn reset_password(
    arguments: &Arguments,
    email: &str,
    links: &Links,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let user = found(&wiring, email)?;
    let now = wiring.now();
    let link = new_password_link(LinkFor::Reset, now).map_err(no_random)?;
    let by = wiring.author();
    if !wiring
        .store
        .create_password_link(user.id, &link.stored, by, now)?
    {
        return Err(CommandError::usage(
            format!("`{}` is disabled; no link was created", safe(&user.email)),
            format!("run `muster user enable {}` first", user.email),
        ));
    }
    print_link(
        arguments,
        links,
        &user.email,
        &link,
        "can choose a new password",
    );
    Ok(ExitCode::SUCCESS)
}

fn print_link(
    arguments: &Arguments,
    links: &Links,
    email: &str,
    link: &muster_web::PasswordLink,
    what: &str,
) {
    let address = format!("{}{}", links.public_url, link.path);
    if arguments.json {
        print_json(&UserLink {
            email: email.to_owned(),
            link: address,
            expires: link.stored.expires,
        });
    } else {
        say(format!(
            "`{}` {what} with this link until {}:\n{address}\n  help: send the link to the user; it works once and cannot be \
             shown again",
            safe(email),
            moment(link.stored.expires),
        ));
    }
}

fn no_random(error: getrandom::Error) -> CommandError {
    CommandError::usage(
        format!("the system gives no random numbers: {error}"),
        "check the machine",
    )
}

fn found(wiring: &Wiring, email: &str) -> Result<User, CommandError> {
    wiring.store.find_user(email)?.ok_or_else(|| {
        CommandError::unknown(
            Code::UserUnknown,
            format!("there is no user `{}`", safe(email)),
            "run `muster user list` to list the users",
        )
    })
}

fn set_role(
    arguments: &Arguments,
    email: &str,
    role: Option<Role>,
) -> Result<ExitCode, CommandError> {
    let workspace = Wiring::without_key(arguments)?.workspace()?;
    change(arguments, email, |wiring, user| {
        let (by, now) = (wiring.author(), wiring.now());
        wiring.store.set_role(user.id, workspace.id, role, by, now)
    })
}

fn change(
    arguments: &Arguments,
    email: &str,
    work: impl FnOnce(&Wiring, &User) -> Result<UserChange, muster_store::StoreError>,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let user = found(&wiring, email)?;
    let changed = work(&wiring, &user)?;
    let email = safe(&user.email);
    let (status, text) = match changed {
        UserChange::Changed => (
            "changed",
            format!("`{email}` was changed; open sessions of the user ended"),
        ),
        UserChange::Unchanged => (
            "unchanged",
            format!("`{email}` is so already; nothing was changed"),
        ),
        UserChange::LastAdministrator => {
            return Err(CommandError::usage(
                format!("`{email}` is the last administrator who can sign in; nothing was changed"),
                "make another user administrator with `muster user administrator EMAIL` first",
            ));
        }
    };
    if arguments.json {
        print_json(&UserChanged {
            status,
            email: user.email,
        });
    } else {
        say(text);
    }
    Ok(ExitCode::SUCCESS)
}

fn set_four_eyes(arguments: &Arguments, is_required: bool) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let workspace = wiring.workspace()?;
    let (by, now) = (wiring.author(), wiring.now());
    let is_changed = wiring
        .store
        .set_four_eyes(workspace.id, is_required, by, now)?;
    if arguments.json {
        print_json(&ApprovalsSet {
            status: if is_changed { "changed" } else { "unchanged" },
            four_eyes: is_required,
        });
    } else if is_required {
        say(
            "plans must be approved by another user than the one who started the run or changed its settings",
        );
    } else {
        say("every approver and admin may approve every plan");
    }
    Ok(ExitCode::SUCCESS)
}

fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let workspace = match &arguments.workspace {
        Some(_) => Some(wiring.workspace()?.id),
        None => None,
    };
    let users: Vec<ListedUser> = wiring
        .store
        .users(workspace)?
        .into_iter()
        .map(listed)
        .collect();
    if arguments.json {
        print_json(&users);
        return Ok(ExitCode::SUCCESS);
    }
    if users.is_empty() {
        say(
            "there are no users\n  help: run `muster user add EMAIL --name NAME --administrator` to add the first one",
        );
        return Ok(ExitCode::SUCCESS);
    }
    let rows = users.into_iter().map(|user| {
        vec![
            safe(&user.email),
            safe(&user.name),
            user.state.to_owned(),
            roles(&user),
            user.last_sign_in.map_or_else(|| "never".to_owned(), moment),
        ]
    });
    say(table(
        &["user", "name", "state", "roles", "last sign-in"],
        rows,
    ));
    Ok(ExitCode::SUCCESS)
}

fn roles(user: &ListedUser) -> String {
    if user.administrator {
        return "administrator".to_owned();
    }
    if user.roles.is_empty() {
        return "none".to_owned();
    }
    let roles = user.roles.iter();
    let roles = roles.map(|one| format!("{} in {}", one.role.as_str(), safe(&one.workspace)));
    roles.collect::<Vec<_>>().join(", ")
}

fn listed(user: muster_store::ListedUser) -> ListedUser {
    ListedUser {
        email: user.user.email,
        name: user.user.name,
        state: user.state.as_str(),
        administrator: user.user.is_admin,
        roles: user
            .roles
            .into_iter()
            .map(|(workspace, role)| WorkspaceRole { workspace, role })
            .collect(),
        created: user.created,
        last_sign_in: user.seen,
    }
}
