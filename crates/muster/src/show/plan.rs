//! A plan and a run as a person reads them.

use super::text::{count, moment, place, safe, value_of};
use crate::text;
use anstream::println;
use muster_core::{
    decide::{
        guard::Finding,
        proposal::{OperationView, Proposal},
    },
    model::{
        company::{self, CompanyEnd},
        field::Schema,
        origin::DeliveredFile,
        plan::{Changed, OperationKind},
        problem::{Problem, Severity},
        run::RunStatus,
    },
    read::reading::{Completeness, Problems},
};
use muster_engine::Outcome;
use owo_colors::OwoColorize;
use std::{collections::BTreeMap, fmt::Write};

/// How many operations and problems are printed; `--json` and `muster runs` have them all.
const SHOWN: usize = 100;

/// Prints a run: plan, findings, problems, one summary line.
pub(crate) fn outcome(outcome: &Outcome, schema: &Schema, plan_only: bool) {
    for file in &outcome.files {
        println!(
            "{} {} bytes, sha256 {}",
            safe(&file.name).bold(),
            file.bytes,
            &file.sha256[..16]
        );
    }
    if let Some(Completeness::Partial(reason)) = &outcome.completeness
        && outcome.error.is_none()
    {
        println!(
            "{} the delivery is not complete ({}), so nobody departs by absence",
            "!".yellow(),
            reason.as_str()
        );
    }
    if let Some(proposal) = &outcome.proposal {
        operations(proposal, schema, &outcome.files);
        company_ends(&proposal.company_ends);
        proposal.findings.iter().for_each(finding);
        if let Some(found) = super::profile_of_change(proposal, schema) {
            super::profile(&found);
        }
        problems(&proposal.problems, &outcome.files);
    }
    problems(&outcome.warnings, &outcome.files);
    if let Some(error) = &outcome.error {
        println!("{} {}", "error:".red().bold(), safe(&error.message));
        println!("  {} {}", "next:".bold(), safe(&error.advice));
        println!(
            "  nothing of this delivery was applied, and nobody was deactivated because of it ({})",
            error.code
        );
    }
    println!("{}", summary(outcome, plan_only));
}

fn operations(proposal: &Proposal, schema: &Schema, files: &[DeliveredFile]) {
    for view in proposal.views().take(SHOWN) {
        println!("{}", operation_line(&view, schema, files));
    }
    if proposal.plan.len() > SHOWN {
        println!(
            "  ... and {} more; --json has them all",
            proposal.plan.len() - SHOWN
        );
    }
}

/// One operation: sign, number, person, old and new values, why, from where.
pub(crate) fn operation_line(
    view: &OperationView<'_>,
    schema: &Schema,
    files: &[DeliveredFile],
) -> String {
    let who = safe(&view.who.to_string());
    let mut line = match (view.held, view.kind) {
        (Some(_), _) => format!("{} {:>4} {who}", "!".yellow().bold(), view.number),
        (None, OperationKind::Create) => format!("{} {:>4} {who}", "+".green().bold(), view.number),
        (None, OperationKind::Reactivate | OperationKind::Activate) => {
            format!(
                "{} {:>4} {who} ({})",
                "+".green().bold(),
                view.number,
                view.kind.as_str()
            )
        }
        (None, OperationKind::Update) => format!("{} {:>4} {who}", "~".cyan().bold(), view.number),
        (None, OperationKind::Deactivate) => {
            format!("{} {:>4} {who}", "-".red().bold(), view.number)
        }
        (None, OperationKind::Delete) => {
            format!(
                "{} {:>4} {who}: deleted, all values are removed",
                "x".red().bold(),
                view.number
            )
        }
    };
    if view.kind == OperationKind::Create {
        let status = view.status.map_or("active", |status| status.as_str());
        let _ = write!(line, ": {status}");
        if let Some(email) = &view.who.email {
            let _ = write!(line, ", {}", safe(email));
        }
    } else if view.kind != OperationKind::Delete {
        let shown = view
            .changes
            .iter()
            .filter(|change| change.what != Changed::Status || view.changes.len() == 1);
        for change in shown {
            let field = schema.changed(change.what);
            let (old, new) = (
                value_of(change.what, change.old.as_deref()),
                value_of(change.what, change.new.as_deref()),
            );
            let _ = match change.old == change.new {
                true if change.reason == view.reason => write!(line, "\n         {field}: {new}"),
                true => write!(
                    line,
                    "\n         {field}: {new}; {}",
                    change.reason.sentence()
                ),
                false => write!(line, "\n         {field}: {old} -> {new}"),
            };
        }
    }
    let from = view
        .place
        .map(|at| format!(" [{}]", place(at, files)))
        .unwrap_or_default();
    let because = view.held.unwrap_or(view.reason);
    let held = if view.held.is_some() { "held: " } else { "" };
    let _ = write!(
        line,
        "\n         {}",
        format!("{held}{}{from}", because.sentence()).dimmed()
    );
    line
}

/// Companies that get another last day: one line each.
pub(crate) fn company_ends(ends: &[CompanyEnd]) {
    for end in ends {
        let (id, name) = (safe(&end.external_id), safe(&end.short_name));
        println!(
            "{} company {name} ({id}) {}",
            "~".cyan().bold(),
            company::sentence(end)
        );
        if end
            .new
            .is_some_and(|new| end.old.is_none_or(|old| new < old))
        {
            println!(
                "         {}",
                "no list has it any more, and nobody is employed in it".dimmed()
            );
        }
    }
}

fn finding(finding: &Finding) {
    println!(
        "{} {}",
        "! guard:".yellow().bold(),
        safe(&text::guard::message(finding))
    );
    if !finding.people.is_empty() {
        let people = finding
            .people
            .iter()
            .map(|who| safe(who))
            .collect::<Vec<_>>()
            .join(", ");
        println!(
            "         {people}{}",
            if finding.count > finding.people.len() as u64 {
                ", ..."
            } else {
                ""
            }
        );
    }
    println!(
        "         {} {}",
        "next:".bold(),
        safe(&text::guard::help(finding))
    );
}

/// Prints problems in the order they were found. What occurs often is told once, with its number.
pub(crate) fn problems(problems: &Problems, files: &[DeliveredFile]) {
    const EACH: u64 = 10;
    let mut told: BTreeMap<_, u64> = BTreeMap::new();
    for problem in problems.kept() {
        let times = told.entry(problem.code).or_default();
        *times += 1;
        if *times <= EACH {
            println!("{}", problem_line(problem, files));
        }
    }
    for (code, all) in problems.counts().iter().filter(|(_, all)| **all > EACH) {
        println!(
            "         ... {all} problems {code} in all (showing {EACH}): {}",
            code.meaning()
        );
    }
}

fn problem_line(problem: &Problem, files: &[DeliveredFile]) -> String {
    let sign = match problem.severity {
        Severity::Warning => "! warning:".yellow().to_string(),
        Severity::Rejected => "! rejected:".red().to_string(),
        Severity::Refused => "! refused:".red().bold().to_string(),
    };
    let at = problem
        .place
        .map(|at| format!("{}: ", place(at, files)))
        .unwrap_or_default();
    let field = problem
        .field
        .as_ref()
        .map(|field| format!("{field}: "))
        .unwrap_or_default();
    format!(
        "{sign} {at}{field}{} ({})\n         {} {}",
        crate::text::message(problem),
        problem.code,
        "next:".bold(),
        crate::text::help(problem)
    )
}

/// How many employees a plan deletes; a deletion is always of an employee who is missing from the delivery.
fn deletions(proposal: &Proposal) -> u64 {
    let operations = proposal.plan.operations.iter();
    operations
        .filter(|operation| operation.kind == OperationKind::Delete)
        .count() as u64
}

fn summary(outcome: &Outcome, plan_only: bool) -> String {
    let run = outcome.run;
    let waits = outcome.plan.as_ref().map(|plan| {
        format!("\n  to apply it: muster approve {plan}\n  to refuse it: muster reject {plan}")
    });
    let waits = waits.unwrap_or_default();
    if let Some(known) = outcome.known {
        return format!(
            "run {run}: nothing to do; the same content as in run {} of {} ({})",
            known.run,
            moment(known.read_at),
            count(known.counts.read, "record", "records")
        );
    }
    let counts = outcome
        .proposal
        .as_ref()
        .map(|proposal| proposal.counts)
        .unwrap_or_default();
    let deleted = outcome.proposal.as_ref().map_or(0, deletions);
    let is_done = outcome.status == RunStatus::Applied && outcome.plan.is_none();
    let (deactivated_missing, deleted_missing) = if is_done {
        ("deactivated (not in the file)", "deleted (not in the file)")
    } else {
        (
            "would be deactivated (not in the file)",
            "would be deleted (not in the file)",
        )
    };
    let parts = [
        (counts.created, "created"),
        (counts.updated, "updated"),
        (counts.reactivated, "reactivated"),
        (counts.deactivated, "deactivated"),
        (counts.missing.saturating_sub(deleted), deactivated_missing),
        (deleted, deleted_missing),
        (counts.due, "due"),
        (counts.unchanged, "unchanged"),
        (counts.excluded, "excluded"),
        (counts.superseded, "superseded"),
        (counts.held, "held"),
        (counts.rejected, "rejected"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| format!("{number} {name}"))
        .collect();
    let read = count(counts.read, "record", "records");
    let tally = match parts.join(", ") {
        none if none.is_empty() => read,
        // A sweep or an undo reads no records.
        parts if counts.read == 0 => parts,
        parts => format!("{read}: {parts}"),
    };
    match outcome.status {
        RunStatus::Applied if !waits.is_empty() => {
            format!("run {run}: applied; {tally}\n  what is held waits for a decision{waits}")
        }
        RunStatus::Applied => format!("run {run}: applied; {tally}"),
        RunStatus::NothingToDo => format!("run {run}: nothing to do; {tally}"),
        RunStatus::Planned | RunStatus::Held if plan_only => {
            format!("run {run}: planned, nothing was applied; {tally}{waits}")
        }
        RunStatus::Held | RunStatus::Planned => {
            format!("run {run}: held, nothing was applied; {tally}{waits}")
        }
        RunStatus::Refused => {
            format!("run {run}: the delivery was refused; the directory is as it was")
        }
        RunStatus::Failed | RunStatus::Running | RunStatus::Interrupted => {
            format!("run {run}: failed; the directory is as it was")
        }
    }
}
