//! `muster org`: the reporting lines, and problems with managers.

use super::{find, print_json, say};
use crate::{
    arguments::{Arguments, Org},
    error::CommandError,
    show::{count, moment, safe, table},
    wiring::Wiring,
};
use jiff::Timestamp;
use muster_core::{
    derive::reporting_lines::{Branch, Link, Member, Organisation},
    model::{
        response::{DanglingManager, OrgLine, OrgProblems},
        workspace::Workspace,
    },
};
use std::process::ExitCode;

pub(super) fn org(arguments: &Arguments, wanted: &Org) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let organisation = Organisation::new(
        wiring.store.members(&workspace)?,
        workspace.settings.manager_left,
    );
    if wanted.problems {
        return problems(arguments, &wiring, &workspace, &organisation);
    }
    let top = wanted
        .employee
        .as_deref()
        .map(|who| find(&wiring, &workspace, &organisation, who))
        .transpose()?;
    let tree = organisation.tree(top, wanted.depth);
    if arguments.json {
        let line = |branch: &Branch| OrgLine::of(&organisation, branch);
        print_json(&tree.iter().map(line).collect::<Vec<_>>());
        return Ok(ExitCode::SUCCESS);
    }
    if tree.is_empty() {
        say("there are no employees\n  help: run `muster sync FILE.toml` to load them");
    }
    for branch in &tree {
        let member = organisation.member(branch.member);
        let note = match organisation.link(branch.member) {
            Link::Left(_) => " [the manager has left]",
            Link::Dangling => " [no employee has the manager id yet]",
            Link::Cycle => " [in a reporting cycle; see --problems]",
            Link::None | Link::To(_) | Link::Cleared => "",
        };
        let gone = if member.status.is_employed() {
            ""
        } else {
            " [left]"
        };
        let hidden = if branch.hidden > 0 {
            format!(
                " (and {} below)",
                count(branch.hidden as u64, "employee", "employees")
            )
        } else {
            String::new()
        };
        say(format!(
            "{}{}{gone}{note}{hidden}",
            "  ".repeat(branch.depth),
            line(member)
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn find(
    wiring: &Wiring,
    workspace: &Workspace,
    organisation: &Organisation,
    who: &str,
) -> Result<usize, CommandError> {
    let person = find::employee(wiring, workspace, who)?;
    organisation.position(person.id).ok_or_else(|| {
        let message = format!("employee {} was erased", person.id);
        CommandError::usage(message, "use another employee")
    })
}

/// Manager ids that no employee has, with their age, and reporting cycles with their paths.
fn problems(
    arguments: &Arguments,
    wiring: &Wiring,
    workspace: &Workspace,
    organisation: &Organisation,
) -> Result<ExitCode, CommandError> {
    let mut dangling = Vec::new();
    for at in organisation.dangling() {
        let member = organisation.member(at);
        let since = wiring.store.manager_id_since(workspace, member.id)?;
        dangling.push((member, since));
    }
    dangling.sort_by_key(|(member, since)| (*since, member.id));
    let cycles: Vec<Vec<&Member>> = organisation.cycles().collect();
    if arguments.json {
        let dangling = dangling
            .iter()
            .map(|(member, since)| DanglingManager::new(member, *since));
        let cycle = |cycle: &Vec<&Member>| cycle.iter().map(|member| (*member).into()).collect();
        print_json(&OrgProblems {
            dangling: dangling.collect(),
            more_dangling: 0,
            cycles: cycles.iter().map(cycle).collect(),
        });
        return Ok(ExitCode::SUCCESS);
    }
    if dangling.is_empty() && cycles.is_empty() {
        say("every manager id belongs to an employee, and there are no reporting cycles");
    }
    if !dangling.is_empty() {
        say(format!(
            "{} a manager id that no employee has:",
            count(dangling.len() as u64, "employee has", "employees have")
        ));
        let now = wiring.now();
        let row = |(member, since): &(&Member, Option<Timestamp>)| {
            let days = since.map(|since| now.duration_since(since).as_hours() / 24);
            vec![
                line(member),
                member.manager.as_deref().map(safe).unwrap_or_default(),
                since.map(moment).unwrap_or_default(),
                days.map(|days| count(days.unsigned_abs(), "day", "days"))
                    .unwrap_or_default(),
            ]
        };
        say(table(
            &["employee", "manager id", "since", "age"],
            dangling.iter().map(row),
        ));
    }
    for cycle in &cycles {
        let path = cycle
            .iter()
            .map(|member| line(member))
            .collect::<Vec<_>>()
            .join(", ");
        say(format!(
            "a reporting cycle: {path}; the manager of the first is ignored"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(member: &Member) -> String {
    let key = member
        .external_id
        .as_deref()
        .map(safe)
        .unwrap_or_else(|| format!("number {}", member.id));
    let title = member
        .title
        .as_deref()
        .map(|title| format!(", {}", safe(title)))
        .unwrap_or_default();
    format!("{} ({key}){title}", safe(&member.name))
}
