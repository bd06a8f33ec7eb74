//! `muster explain`: the story of a person or of one value, and of records that were not used.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    complain::Complaint,
    show::{self, moment, safe, value_of},
    wiring::Wiring,
};
use muster_core::{
    employee::Employee,
    ids::RunId,
    plan::{Changed, OperationKind},
    problem::Problem,
    workspace::Workspace,
};
use muster_store::HistoryEntry;
use owo_colors::OwoColorize;
use serde_json::json;
use std::process::ExitCode;

pub(super) fn explain(arguments: &Arguments, who: &str, field: Option<&str>) -> Result<ExitCode, Complaint> {
    let wiring = Wiring::look(arguments)?;
    let workspace = wiring.workspace()?;
    let wanted = field.map(|key| wanted(&workspace, key)).transpose()?;
    let people = wiring.store.find(&workspace, who)?;
    let [employee] = people.as_slice() else { return nobody_or_several(arguments, &wiring, &workspace, who, &people) };
    let history = wiring.store.history(&workspace, employee.id)?;
    let subjects: Vec<&str> = employee.external_id().into_iter().chain([employee.email()]).collect();
    let problems = wiring.store.problems_about(workspace.id, &subjects)?;
    let story = Story { workspace: &workspace, employee, history: &history, problems: &problems, wanted };
    if arguments.json {
        print_json(&story.object());
    } else {
        story.tell();
    }
    Ok(ExitCode::SUCCESS)
}

fn wanted(workspace: &Workspace, key: &str) -> Result<Changed, Complaint> {
    if key == "status" {
        return Ok(Changed::Status);
    }
    workspace.schema.find(key).map(Changed::Field).ok_or_else(|| {
        let near = muster_core::suggestion::nearest(key, workspace.schema.iter().map(|(_, field)| field.key.as_str()));
        let advice = near.map_or("`muster employees --format json` shows every field".to_owned(), |near| {
            format!("did you mean `{near}`?")
        });
        Complaint::usage(format!("there is no field `{key}`"), advice)
    })
}

/// Nobody in the directory, perhaps records that were rejected; or more than one.
fn nobody_or_several(
    arguments: &Arguments,
    wiring: &Wiring,
    workspace: &Workspace,
    who: &str,
    people: &[Employee],
) -> Result<ExitCode, Complaint> {
    if !people.is_empty() {
        let names: Vec<String> = people
            .iter()
            .map(|person| format!("{} ({}, {})", person.id, safe(&person.name()), safe(person.email())))
            .collect();
        let message = format!("`{}` may be any of {}", safe(who), names.join("; "));
        return Err(Complaint::usage(message, "use the external id, the address or the number"));
    }
    let problems = wiring.store.problems_about(workspace.id, &[who])?;
    if problems.is_empty() {
        let message = format!(
            "nobody in workspace `{}` has the id, address, number or name `{}`, and no record that named them was rejected",
            workspace.name,
            safe(who)
        );
        return Err(Complaint::usage(message, "`muster employees` lists everybody"));
    }
    if arguments.json {
        let problems: Vec<_> =
            problems.iter().map(|(run, found)| json!({ "run": run, "problem": show::problem(found, &[]) })).collect();
        print_json(&json!({ "employee": null, "history": [], "problems": problems }));
    } else {
        say(format!("{} is not in the directory; records that named them were not used:", safe(who).bold()));
        problems.iter().for_each(|(run, found)| tell_problem(*run, found));
    }
    Ok(ExitCode::SUCCESS)
}

struct Story<'s> {
    workspace: &'s Workspace,
    employee: &'s Employee,
    history: &'s [HistoryEntry],
    problems: &'s [(RunId, Problem)],
    wanted: Option<Changed>,
}

impl Story<'_> {
    /// Entries that are about what is asked for; the creation always is.
    fn entries(&self) -> impl Iterator<Item = &HistoryEntry> {
        self.history.iter().filter(|entry| match self.wanted {
            None => true,
            Some(what) => entry.kind == OperationKind::Create || entry.changes.iter().any(|change| change.what == what),
        })
    }

    fn current(&self, what: Changed) -> Option<&str> {
        match what {
            Changed::Status => Some(self.employee.status.as_str()),
            Changed::Field(field) => self.employee.value(field),
        }
    }

    fn object(&self) -> serde_json::Value {
        let schema = &self.workspace.schema;
        let values: serde_json::Map<_, _> = schema
            .iter()
            .map(|(field, definition)| (definition.key.clone(), json!(self.employee.value(field))))
            .collect();
        let entry = |entry: &HistoryEntry| {
            json!({
                "run": entry.run, "at": entry.at, "kind": entry.kind, "reason": entry.reason,
                "changes": entry.changes.iter().map(|found| show::change(found, schema)).collect::<Vec<_>>(),
                "file": entry.file, "line": entry.place.map(|place| place.line),
                "integration": entry.integration, "approved_by": entry.approved_by,
            })
        };
        let problems =
            self.problems.iter().map(|(run, found)| json!({ "run": run, "problem": show::problem(found, &[]) }));
        json!({
            "employee": self.employee.id, "status": self.employee.status, "values": values,
            "field": self.wanted.map(|what| schema.changed(what)),
            "history": self.entries().map(entry).collect::<Vec<_>>(),
            "problems": problems.collect::<Vec<_>>(),
        })
    }

    fn tell(&self) {
        let schema = &self.workspace.schema;
        let employee = self.employee;
        say(format!("{} is {}, employee {}", safe(&employee.name()).bold(), employee.status.as_str(), employee.id));
        match self.wanted {
            Some(what) => say(format!("  {} is {}", schema.changed(what), value_of(what, self.current(what)).bold())),
            None => {
                for (field, fact) in employee.facts.as_ref().iter() {
                    say(format!("  {:<22} {}", schema.key(field), value_of(Changed::Field(field), fact.value())));
                }
            }
        }
        say("history:");
        self.entries().for_each(|entry| self.tell_entry(entry));
        if !self.problems.is_empty() {
            say("problems with their records:");
            self.problems.iter().for_each(|(run, found)| tell_problem(*run, found));
        }
    }

    fn tell_entry(&self, entry: &HistoryEntry) {
        let schema = &self.workspace.schema;
        let file = entry.file.as_deref().map(|file| {
            format!(", {}{}", safe(file), entry.place.map(|place| format!(":{}", place.line)).unwrap_or_default())
        });
        let integration = entry.integration.as_deref().map(|name| format!(" of {name}")).unwrap_or_default();
        let approved = entry.approved_by.as_deref().map(|by| format!(", approved by {}", safe(by))).unwrap_or_default();
        say(format!(
            "  {} run {}{integration}{}: {} because {}{approved}",
            moment(entry.at).dimmed(),
            entry.run,
            file.unwrap_or_default(),
            entry.kind.as_str(),
            entry.reason.sentence()
        ));
        if let (OperationKind::Create, Some(what)) = (entry.kind, self.wanted) {
            say(format!("      {}: {}", schema.changed(what), value_of(what, self.first(what))));
        }
        for change in entry.changes.iter().filter(|change| self.wanted.is_none_or(|what| what == change.what)) {
            let (old, new) =
                (value_of(change.what, change.old.as_deref()), value_of(change.what, change.new.as_deref()));
            say(format!("      {}: {old} -> {new}, because {}", schema.changed(change.what), change.reason.sentence()));
        }
    }

    /// The value at the creation: the old one of the first change, else today's.
    fn first(&self, what: Changed) -> Option<&str> {
        let first = self.history.iter().flat_map(|entry| &entry.changes).find(|change| change.what == what);
        first.map_or_else(|| self.current(what), |change| change.old.as_deref())
    }
}

fn tell_problem(run: RunId, problem: &Problem) {
    let line = problem.place.map(|place| format!(", line {}", place.line)).unwrap_or_default();
    say(format!("  run {run}{line}: {} ({})", problem.message, problem.code));
    say(format!("      next: {}", problem.advice));
}
