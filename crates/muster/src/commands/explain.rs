//! `muster explain`: the history of an employee or of one value, and records that were not applied.

use super::{find, manual, print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    show::{self, moment, safe, value_of},
    text::{self, reason},
    wiring::Wiring,
};
use jiff::civil::Date;
use muster_core::model::{
    calendar::Calendar,
    employee::Employee,
    ids::RunId,
    pin::Pin,
    plan::{Changed, OperationKind},
    problem::Problem,
    response::{Explanation, ReportedProblem, Unknown},
    workspace::Workspace,
};
use muster_store::{Explained, HistoryEntry, MembershipMove};
use owo_colors::OwoColorize;
use std::process::ExitCode;

/// The width of the column of field keys, if no key is longer.
const MIN_KEY_WIDTH: usize = 22;

pub(super) fn explain(
    arguments: &Arguments,
    who: &str,
    field: Option<&str>,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let wanted = field.map(|key| wanted(&workspace, key)).transpose()?;
    let people = wiring.store.find(&workspace, who)?;
    let [employee] = people.as_slice() else {
        return nobody_or_several(arguments, &wiring, &workspace, who, &people);
    };
    let story = Story::read(&wiring, &workspace, employee, wanted)?;
    if arguments.json {
        print_json(&story.answer());
    } else {
        story.tell();
    }
    Ok(ExitCode::SUCCESS)
}

/// What is known of an employee, or of one value.
pub(super) fn explanation(
    wiring: &Wiring,
    workspace: &Workspace,
    employee: &Employee,
    wanted: Option<Changed>,
) -> Result<Explanation, CommandError> {
    Ok(Story::read(wiring, workspace, employee, wanted)?.answer())
}

fn wanted(workspace: &Workspace, key: &str) -> Result<Changed, CommandError> {
    if key == "status" {
        return Ok(Changed::Status);
    }
    manual::field(workspace, key).map(Changed::Field)
}

/// No employee was found, or several. There may be rejected records.
fn nobody_or_several(
    arguments: &Arguments,
    wiring: &Wiring,
    workspace: &Workspace,
    who: &str,
    people: &[Employee],
) -> Result<ExitCode, CommandError> {
    if !people.is_empty() {
        return Err(find::ambiguous(who, people));
    }
    let problems = wiring.store.problems_about(workspace.id, &[who])?;
    let records = muster_engine::unused_records(workspace, who, &wiring.deps())?;
    if problems.is_empty() && records.is_empty() {
        return Err(find::not_found(
            workspace,
            who,
            ", and no record of the last deliveries names such an employee",
        ));
    }
    if arguments.json {
        print_json(&Unknown {
            employee: None,
            history: Vec::new(),
            problems: reported(&problems),
            records: records.iter().map(show::unused).collect(),
        });
    } else {
        say(format!("{} is not in the directory", safe(who).bold()));
        for record in &records {
            let unused = show::unused(record);
            say(format!(
                "  {}, run {} of {}: {}",
                unused.origin,
                unused.run,
                unused.integration,
                safe(&unused.message)
            ));
        }
        if !problems.is_empty() {
            say("problems with records of this employee:");
        }
        problems
            .iter()
            .for_each(|(run, found)| tell_problem(*run, found));
    }
    Ok(ExitCode::SUCCESS)
}

fn reported(problems: &[(RunId, Problem)]) -> Vec<ReportedProblem> {
    let one = |(run, found): &(RunId, Problem)| ReportedProblem {
        run: *run,
        problem: show::problem(found, &[]),
    };
    problems.iter().map(one).collect()
}

struct Story<'s> {
    workspace: &'s Workspace,
    employee: &'s Employee,
    explained: Explained,
    wanted: Option<Changed>,
    today: Date,
}

impl<'s> Story<'s> {
    fn read(
        wiring: &Wiring,
        workspace: &'s Workspace,
        employee: &'s Employee,
        wanted: Option<Changed>,
    ) -> Result<Self, CommandError> {
        Ok(Self {
            workspace,
            employee,
            explained: wiring.store.explained(workspace, employee)?,
            wanted,
            today: Calendar::at(wiring.now(), &workspace.settings).today,
        })
    }

    fn current(&self, what: Changed) -> Option<&str> {
        match what {
            Changed::Status => Some(self.employee.status.as_str()),
            Changed::Field(field) => self.employee.value(field),
            Changed::Owner => None,
        }
    }

    fn answer(&self) -> Explanation {
        let in_words = |found: &Problem| show::problem(found, &[]);
        self.explained.answer(
            self.workspace,
            self.employee,
            self.wanted,
            self.today,
            in_words,
        )
    }

    fn tell(&self) {
        let schema = &self.workspace.schema;
        let employee = self.employee;
        let protected = if employee.protected {
            ", protected"
        } else {
            ""
        };
        let (name, status) = (safe(&employee.name()), employee.status.as_str());
        say(format!(
            "{} is {status}{protected}, employee {}",
            name.bold(),
            employee.id
        ));
        match self.wanted {
            Some(what) => say(format!(
                "  {} is {}",
                schema.changed(what),
                value_of(what, self.current(what)).bold()
            )),
            None => {
                let keys = employee.facts.as_ref().iter();
                let width = keys
                    .map(|(field, _)| schema.key(field).len())
                    .max()
                    .map_or(MIN_KEY_WIDTH, |longest| longest.max(MIN_KEY_WIDTH));
                for (field, fact) in employee.facts.as_ref().iter() {
                    say(format!(
                        "  {:<width$} {}",
                        schema.key(field),
                        value_of(Changed::Field(field), fact.value())
                    ));
                }
            }
        }
        Explained::pins(employee, self.wanted).for_each(|pin| self.tell_pin(pin));
        if self.wanted.is_none() && !self.explained.groups.is_empty() {
            say("smart groups:");
            self.explained.groups.iter().for_each(tell_group);
        }
        say("history:");
        self.explained
            .entries(self.wanted)
            .for_each(|entry| self.tell_entry(entry));
        if !self.explained.problems.is_empty() {
            say("problems with records of this employee:");
            self.explained
                .problems
                .iter()
                .for_each(|(run, found)| tell_problem(*run, found));
        }
    }

    fn tell_pin(&self, pin: &Pin) {
        let until = pin
            .until
            .map(|day| format!(" until {day}"))
            .unwrap_or_default();
        let over = if pin.holds(self.today) {
            ""
        } else {
            " (expired)"
        };
        say(format!(
            "  {} is pinned to {} by {} since {}{until}{over}, because {}",
            self.workspace.schema.key(pin.field),
            value_of(Changed::Field(pin.field), pin.value.as_deref()).bold(),
            safe(&pin.author),
            moment(pin.created),
            safe(&pin.reason)
        ));
    }

    fn tell_entry(&self, entry: &HistoryEntry) {
        let schema = &self.workspace.schema;
        let file = entry.file.as_deref().map(|file| {
            format!(
                ", {}{}",
                safe(file),
                entry
                    .origin
                    .map(|origin| format!(":{}", origin.line))
                    .unwrap_or_default()
            )
        });
        let integration = entry
            .integration
            .as_deref()
            .map(|name| format!(" of {name}"))
            .unwrap_or_default();
        let approved = entry
            .approved_by
            .as_deref()
            .map(|by| format!(", approved by {}", safe(by)))
            .unwrap_or_default();
        let by = entry
            .by
            .as_deref()
            .filter(|by| entry.corrects.is_some() || entry.approved_by.as_deref() != Some(by))
            .map(|by| match entry.corrects {
                Some(run) => format!(", with values that {} corrected after run {run}", safe(by)),
                None => format!(", by {}", safe(by)),
            })
            .unwrap_or_default();
        let note = entry
            .note
            .as_deref()
            .map(|note| format!(": {}", safe(note)))
            .unwrap_or_default();
        say(format!(
            "  {} run {}{integration}{}: {}, because {}{approved}{by}{note}",
            moment(entry.at).dimmed(),
            entry.run,
            file.unwrap_or_default(),
            participle(entry.kind),
            reason::sentence(entry.reason)
        ));
        if let (OperationKind::Create, Some(what)) = (entry.kind, self.wanted) {
            say(format!(
                "      {}: {}",
                schema.changed(what),
                value_of(what, self.first(what))
            ));
        }
        for change in entry
            .changes
            .iter()
            .filter(|change| self.wanted.is_none_or(|what| what == change.what))
        {
            let (old, new) = (
                value_of(change.what, change.old.as_deref()),
                value_of(change.what, change.new.as_deref()),
            );
            say(format!(
                "      {}: {old} -> {new}, because {}",
                schema.changed(change.what),
                reason::sentence(change.reason)
            ));
        }
    }

    /// The value at the creation: the old value of the first change, or the current value if it
    /// never changed.
    fn first(&self, what: Changed) -> Option<&str> {
        let first = self
            .explained
            .history
            .iter()
            .flat_map(|entry| &entry.changes)
            .find(|change| change.what == what);
        first.map_or_else(|| self.current(what), |change| change.old.as_deref())
    }
}

fn participle(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Create => "created",
        OperationKind::Update => "updated",
        OperationKind::Reactivate => "reactivated",
        OperationKind::Activate => "activated",
        OperationKind::Deactivate => "deactivated",
        OperationKind::Delete => "deleted",
    }
}

fn tell_group(moved: &MembershipMove) {
    let (group, reason) = (safe(&moved.group), text::group::membership(&moved.reason));
    say(format!(
        "  {} since {}, run {}, because {reason}",
        group.bold(),
        moment(moved.at),
        moved.run
    ));
}

fn tell_problem(run: RunId, problem: &Problem) {
    let line = problem
        .origin
        .map(|origin| format!(", line {}", origin.line))
        .unwrap_or_default();
    let field = problem
        .field
        .as_deref()
        .map(|field| format!("{field}: "))
        .unwrap_or_default();
    say(format!(
        "  run {run}{line}: {field}{} ({})",
        crate::text::message(problem),
        problem.code
    ));
    say(format!("      help: {}", crate::text::help(problem)));
}
