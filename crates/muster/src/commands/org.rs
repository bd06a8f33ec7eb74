//! `muster org`: who reports to whom, and what is wrong with it.

use super::{find, print_json, say};
use crate::{
    arguments::{Arguments, Org},
    error::CommandError,
    show::{count, moment, safe, table},
    wiring::Wiring,
};
use jiff::Timestamp;
use muster_core::{
    derive::organisation::{Link, Member, Organisation},
    model::{
        field::canonical,
        plan::{Changed, OperationKind},
        workspace::Workspace,
    },
};
use serde_json::{Value, json};
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
        let line = |branch: &muster_core::derive::organisation::Branch| {
            let mut object = person(organisation.member(branch.member));
            let link = organisation.link(branch.member);
            object["depth"] = json!(branch.depth);
            object["hidden"] = json!(branch.hidden);
            object["link"] = json!(word(link));
            object["manager"] = json!(
                link.manager()
                    .map(|manager| organisation.member(manager).id)
            );
            object
        };
        print_json(&Value::Array(tree.iter().map(line).collect()));
        return Ok(ExitCode::SUCCESS);
    }
    if tree.is_empty() {
        say("nobody yet: run `muster sync FILE.toml`");
    }
    for branch in &tree {
        let member = organisation.member(branch.member);
        let note = match organisation.link(branch.member) {
            Link::Left(_) => " [their manager has left]",
            Link::Dangling => " [their manager is not known yet]",
            Link::Cycle => " [in a ring of managers; see --problems]",
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
                count(branch.hidden as u64, "person", "people")
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
        let message = format!("the values of employee {} were removed", person.id);
        CommandError::usage(message, "name somebody else")
    })
}

/// Managers whom nobody knows, with how long that has been so, and rings with their paths.
fn problems(
    arguments: &Arguments,
    wiring: &Wiring,
    workspace: &Workspace,
    organisation: &Organisation,
) -> Result<ExitCode, CommandError> {
    let mut dangling = Vec::new();
    for at in organisation.dangling() {
        let member = organisation.member(at);
        dangling.push((member, since(wiring, workspace, member)?));
    }
    dangling.sort_by_key(|(member, since)| (*since, member.id));
    let rings: Vec<Vec<&Member>> = organisation.cycles().collect();
    if arguments.json {
        let dangling: Vec<_> = dangling
            .iter()
            .map(|(member, since)| {
                let mut object = person(member);
                object["manager_external_id"] = json!(member.manager);
                object["since"] = json!(since);
                object
            })
            .collect();
        let rings: Vec<Vec<Value>> = rings
            .iter()
            .map(|ring| ring.iter().map(|member| person(member)).collect())
            .collect();
        print_json(&json!({ "dangling": dangling, "rings": rings }));
        return Ok(ExitCode::SUCCESS);
    }
    if dangling.is_empty() && rings.is_empty() {
        say("every manager is known, and nobody is their own manager's manager");
    }
    if !dangling.is_empty() {
        say(format!(
            "{} a manager whom nobody knows (yet):",
            count(dangling.len() as u64, "person has", "people have")
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
            &["person", "manager id", "since", "age"],
            dangling.iter().map(row),
        ));
    }
    for ring in &rings {
        let path = ring
            .iter()
            .map(|member| line(member))
            .collect::<Vec<_>>()
            .join(", ");
        say(format!(
            "a ring of managers: {path}; the link of the first is left out"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// When the person got the manager id that they have.
fn since(
    wiring: &Wiring,
    workspace: &Workspace,
    member: &Member,
) -> Result<Option<Timestamp>, CommandError> {
    let history = wiring.store.history(workspace, member.id)?;
    let about = Changed::Field(canonical::MANAGER_EXTERNAL_ID);
    let sets = |entry: &&muster_store::HistoryEntry| {
        entry.kind == OperationKind::Create
            || entry.changes.iter().any(|change| change.what == about)
    };
    Ok(history.iter().rev().find(sets).map(|entry| entry.at))
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

fn person(member: &Member) -> Value {
    json!({
        "employee": member.id, "external_id": member.external_id, "name": member.name, "title": member.title,
        "status": member.status,
    })
}

fn word(link: Link) -> &'static str {
    match link {
        Link::None => "none",
        Link::To(_) => "linked",
        Link::Left(_) => "left",
        Link::Cleared => "cleared",
        Link::Dangling => "dangling",
        Link::Cycle => "ring",
    }
}
