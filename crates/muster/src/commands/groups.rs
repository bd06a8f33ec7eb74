//! `muster groups`: the workspace's groups, and smart groups with their rules, members and history.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, Groups},
    config::{GroupsFile, read_groups},
    error::CommandError,
    show::{
        count,
        groups::{self as shown, Cause},
        safe,
    },
    text,
    wiring::Wiring,
};
use muster_core::{
    derive::smart_group::SmartGroup,
    model::{
        code::Code,
        employee::Employee,
        ids::RunId,
        response::{self, GroupDetails, GroupRemoved, GroupSize, GroupsSaved},
        workspace::Workspace,
    },
    setup::suggestion::nearest,
};
use muster_engine as engine;
use muster_store::{GroupMoves, MembershipMove, StoredGroup, member};
use std::{path::Path, process::ExitCode};

/// The number of moves of a history that are shown.
const MAX_MOVES: u32 = 1_000;

pub(super) fn groups(
    arguments: &Arguments,
    wanted: Option<&Groups>,
) -> Result<ExitCode, CommandError> {
    match wanted {
        None => list(arguments),
        Some(Groups::Show { name, history }) => show(arguments, name, *history),
        Some(Groups::Preview { file }) => preview(arguments, file),
        Some(Groups::Apply { file }) => apply(arguments, file),
        Some(Groups::Remove { name }) => remove(arguments, name),
    }
}

fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let sizes = wiring.store.group_sizes(&workspace)?;
    let smart = wiring.store.smart_groups(&workspace)?;
    if arguments.json {
        let size = |(name, members): &(String, u64)| GroupSize {
            name: name.clone(),
            members: *members,
        };
        print_json(&response::Groups {
            groups: sizes.iter().map(size).collect(),
            smart_groups: smart
                .iter()
                .map(|stored| stored.answer(text::group::rule(&stored.group)))
                .collect(),
        });
    } else {
        shown::list(&sizes, &smart);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(arguments: &Arguments, name: &str, history: bool) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let all = wiring.store.smart_groups(&workspace)?;
    let group = all.iter().find(|group| group.group.name == name);
    let moves = if history {
        wiring
            .store
            .smart_group_history(&workspace, name, MAX_MOVES)?
    } else {
        Vec::new()
    };
    if group.is_none() && moves.is_empty() {
        return Err(unknown(&workspace, name, &all));
    }
    if arguments.json {
        let people = (!history)
            .then(|| members(&wiring, &workspace, name, member))
            .transpose()?;
        print_json(&GroupDetails {
            name: name.to_owned(),
            removed: group.is_none(),
            state: group.map(|stored| stored.state(text::group::rule(&stored.group))),
            people,
            history: history.then(|| moves.iter().map(MembershipMove::answer).collect()),
        });
        return Ok(ExitCode::SUCCESS);
    }
    shown::head(name, group);
    if history {
        shown::history(&moves, MAX_MOVES);
    } else {
        shown::members(members(&wiring, &workspace, name, shown::member_row)?);
    }
    Ok(ExitCode::SUCCESS)
}

/// The members of a group, each in the form that is shown.
fn members<T>(
    wiring: &Wiring,
    workspace: &Workspace,
    name: &str,
    show: impl Fn(&Employee, RunId) -> T,
) -> Result<Vec<T>, CommandError> {
    let mut members = Vec::new();
    wiring
        .store
        .smart_group_members(workspace, name, &mut |person, since| {
            members.push(show(person, since));
            true
        })?;
    Ok(members)
}

fn unknown(workspace: &Workspace, name: &str, all: &[StoredGroup]) -> CommandError {
    let near = nearest(name, all.iter().map(|group| group.group.name.as_str()));
    let advice = near.map_or_else(
        || "run `muster groups` to list the smart groups".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    CommandError::unknown(
        Code::GroupUnknown,
        format!(
            "there is no smart group `{}` in workspace `{}`",
            safe(name),
            workspace.name
        ),
        advice,
    )
}

/// The rules of a file, checked against the workspace that it names.
fn read(
    arguments: &Arguments,
    path: &Path,
) -> Result<(Wiring, Workspace, Vec<SmartGroup>), CommandError> {
    let file: GroupsFile = read_groups(path)?;
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace_of(file.workspace())?;
    let groups = file.groups(&workspace)?;
    Ok((wiring, workspace, groups))
}

fn preview(arguments: &Arguments, path: &Path) -> Result<ExitCode, CommandError> {
    let (wiring, workspace, groups) = read(arguments, path)?;
    let moves = engine::preview_groups(&workspace, &groups, &wiring.deps())?;
    if arguments.json {
        print_json(&GroupsSaved {
            saved: false,
            run: None,
            smart_groups: moves.iter().map(GroupMoves::answer).collect(),
        });
        return Ok(ExitCode::SUCCESS);
    }
    moves
        .iter()
        .for_each(|moves| shown::moves(moves, Cause::Preview));
    unchanged(&wiring, &workspace, &groups)?;
    say(format!(
        "nothing was saved\n  help: run `muster groups apply {}` to save the rules",
        path.display()
    ));
    Ok(ExitCode::SUCCESS)
}

fn apply(arguments: &Arguments, path: &Path) -> Result<ExitCode, CommandError> {
    let (wiring, workspace, groups) = read(arguments, path)?;
    let (run, moves) = engine::apply_groups(&workspace, &groups, &wiring.deps())?;
    if arguments.json {
        print_json(&GroupsSaved {
            saved: true,
            run: Some(run),
            smart_groups: moves.iter().map(GroupMoves::answer).collect(),
        });
        return Ok(ExitCode::SUCCESS);
    }
    moves
        .iter()
        .for_each(|moves| shown::moves(moves, Cause::Saved));
    unchanged(&wiring, &workspace, &groups)?;
    say(format!(
        "run {run}: {} saved",
        count(groups.len() as u64, "smart group", "smart groups")
    ));
    Ok(ExitCode::SUCCESS)
}

/// Lists the groups that the file does not mention.
fn unchanged(
    wiring: &Wiring,
    workspace: &Workspace,
    groups: &[SmartGroup],
) -> Result<(), CommandError> {
    let all = wiring.store.smart_groups(workspace)?;
    let others = all
        .iter()
        .filter(|stored| groups.iter().all(|group| group.name != stored.group.name));
    let names: Vec<_> = others
        .map(|stored| format!("`{}`", safe(&stored.group.name)))
        .collect();
    if !names.is_empty() {
        say(format!(
            "not in the file and unchanged: {}\n  help: run `muster groups remove NAME` to remove one",
            names.join(", ")
        ));
    }
    Ok(())
}

fn remove(arguments: &Arguments, name: &str) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let all = wiring.store.smart_groups(&workspace)?;
    if all.iter().all(|group| group.group.name != name) {
        return Err(unknown(&workspace, name, &all));
    }
    let (run, members) = engine::remove_group(&workspace, name, &wiring.deps())?;
    if arguments.json {
        print_json(&GroupRemoved {
            removed: name.to_owned(),
            run,
            left: members,
        });
    } else {
        let left = count(members, "employee", "employees");
        say(format!(
            "run {run}: smart group `{}` removed; {left} left it; its history is kept",
            safe(name)
        ));
    }
    Ok(ExitCode::SUCCESS)
}
