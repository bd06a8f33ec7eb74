//! A run as a person reads it: the summary, then what needs attention, then the rest.

use super::{
    operation::{Sections, Tense},
    problem::{rejected, warnings},
    text::{count, moment, safe},
};
use crate::{error::is_all_rejected, text};
use anstream::println;
use muster_core::{
    decide::{
        guard::Finding,
        proposal::{Counts, Proposal, Verdict},
    },
    model::{
        company::CompanyEnd,
        field::Schema,
        origin::DeliveredFile,
        plan::{OperationKind, PlanId, Reason},
        response::PlanInsight,
        run::RunStatus,
    },
    read::reading::{Completeness, PartialReason},
};
use muster_engine::Outcome;
use owo_colors::OwoColorize;

/// Prints a run. The order is that of importance: summary, guard findings, departures, held, rejected, changes, new
/// employees, warnings, and at the end what to do next.
pub(crate) fn outcome(outcome: &Outcome, schema: &Schema, plan_only: bool) {
    outcome_with(outcome, None, schema, plan_only);
}

/// The same with what is unusual about the saved plan.
pub(crate) fn outcome_with(
    outcome: &Outcome,
    insight: Option<&PlanInsight>,
    schema: &Schema,
    plan_only: bool,
) {
    println!("{}", summary(outcome, plan_only));
    outcome.files.iter().for_each(file_line);
    if let Some(Completeness::Partial(reason)) = &outcome.completeness
        && outcome.error.is_none()
    {
        println!("{} {}", "!".yellow(), incomplete(*reason));
    }
    error(outcome);
    if let Some(proposal) = &outcome.proposal {
        let tense = tense(outcome.status);
        proposal.findings.iter().for_each(finding);
        insight.into_iter().for_each(unusual);
        if let Some(found) = super::profile_of_change(proposal, schema) {
            super::profile(&found);
        }
        let sections = Sections::of_proposal(proposal, schema, &outcome.files);
        let departures = if proposal.verdict == Verdict::HoldRemovals && outcome.plan.is_some() {
            Tense::Proposed
        } else {
            tense
        };
        sections.print_important(departures);
        rejected(&proposal.problems, proposal.counts.rejected, &outcome.files);
        sections.print_others(tense);
        company_ends(&proposal.company_ends);
        new_groups(&proposal.new_groups, tense);
        warnings(&[&proposal.problems, &outcome.warnings], &outcome.files);
    } else {
        warnings(&[&outcome.warnings], &outcome.files);
    }
    if let Some(plan) = &outcome.plan {
        println!("{}", decide(plan));
    }
}

/// What is unusual about a plan, and what most likely happened.
fn unusual(insight: &PlanInsight) {
    for observation in &insight.observations {
        println!("{} {}", "!".yellow(), observation.message);
    }
    if let Some(cause) = &insight.cause {
        println!("  {cause}");
    }
}

/// How to decide on a plan.
pub(crate) fn decide(plan: &PlanId) -> String {
    format!(
        "{} to apply the plan: muster approve {plan}\n      to reject it: muster reject {plan}",
        "help:".bold()
    )
}

/// One delivered file.
pub(crate) fn file_line(file: &DeliveredFile) {
    println!(
        "  {} {} bytes, sha256 {}",
        safe(&file.name).bold(),
        file.bytes,
        file.sha256.get(..16).unwrap_or(&file.sha256)
    );
}

/// What an incomplete delivery means for departures.
pub(crate) fn incomplete(reason: PartialReason) -> String {
    let because = because(reason);
    match reason {
        PartialReason::Corrected => because.to_owned(),
        PartialReason::ChangedWhileReading => {
            format!("the delivery is incomplete ({because}): nobody is deactivated")
        }
        _ => format!(
            "the delivery is incomplete ({because}): nobody is deactivated for being missing; employees whose own record ends their employment are"
        ),
    }
}

/// Why a delivery is incomplete.
fn because(reason: PartialReason) -> &'static str {
    match reason {
        PartialReason::Truncated => "it was cut off before its end",
        PartialReason::Empty => "it has no records",
        PartialReason::Unreachable => "the source could not be reached",
        PartialReason::Unauthorised => "the source refused the credentials",
        PartialReason::Shrunk => "it has fewer records than the source announced",
        PartialReason::ChangedWhileReading => "it changed while it was read",
        PartialReason::AttributeWithheld => {
            "a field that decides who is selected or matched is withheld"
        }
        PartialReason::UnknownPeople => "some records could belong to any employee",
        PartialReason::SuspiciousRows => "a quoted value has probably swallowed rows of the file",
        PartialReason::Unproven => "nothing proves that the transfer was whole",
        PartialReason::Unreadable => "it could not be read as a whole",
        PartialReason::Corrected => {
            "only the corrected records of an earlier delivery count; nobody is deactivated for being missing"
        }
    }
}

fn error(outcome: &Outcome) {
    let Some(error) = &outcome.error else { return };
    let (message, help) = crate::text::run_error(error);
    println!(
        "{} {} ({})",
        "error:".red().bold(),
        safe(&message),
        error.code
    );
    if !help.is_empty() {
        println!("  {} {}", "help:".bold(), safe(&help));
    }
}

fn tense(status: RunStatus) -> Tense {
    match status {
        RunStatus::Applied | RunStatus::NothingToDo => Tense::Applied,
        _ => Tense::Proposed,
    }
}

/// Companies that get another last day: one line each.
pub(crate) fn company_ends(ends: &[CompanyEnd]) {
    for end in ends {
        let (id, name) = (safe(&end.external_id), safe(&end.short_name));
        println!(
            "{} company {name} ({id}) {}",
            "~".cyan().bold(),
            text::company::end(end)
        );
        if end
            .new
            .is_some_and(|new| end.old.is_none_or(|old| new < old))
        {
            println!(
                "         {}",
                "it is no longer in any list, and nobody is employed in it".dimmed()
            );
        }
    }
}

fn new_groups(groups: &[String], tense: Tense) {
    for group in groups {
        println!(
            "{} group `{}` {}",
            "+".green().bold(),
            safe(group),
            tense.passive("created")
        );
    }
}

/// One guard finding with the first employees it is about.
pub(crate) fn finding(finding: &Finding) {
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
        let more = finding.count.saturating_sub(finding.people.len() as u64);
        let more = if more > 0 {
            format!(", and {more} more")
        } else {
            String::new()
        };
        println!("         {people}{more}");
    }
    let help = text::guard::help(finding);
    if !help.is_empty() {
        println!("         {} {}", "help:".bold(), safe(&help));
    }
}

/// How many employees are deleted because they are missing, and for other reasons.
#[derive(Clone, Copy, Default)]
struct Deleted {
    missing: u64,
    other: u64,
}

impl Deleted {
    fn of(proposal: &Proposal) -> Self {
        let mut deleted = Self::default();
        for operation in &proposal.plan.operations {
            if operation.kind == OperationKind::Delete && operation.held.is_none() {
                match operation.reason {
                    Reason::Missing => deleted.missing += 1,
                    _ => deleted.other += 1,
                }
            }
        }
        deleted
    }
}

fn summary(outcome: &Outcome, plan_only: bool) -> String {
    let run = outcome.run;
    if let Some(known) = outcome.known {
        return format!(
            "run {run}: nothing to do; the content is the same as in run {} of {} ({})",
            known.run,
            moment(known.read_at),
            count(known.counts.read, "record", "records")
        );
    }
    let proposal = outcome.proposal.as_ref();
    let counts = proposal.map(|proposal| proposal.counts).unwrap_or_default();
    let deleted = proposal.map(Deleted::of).unwrap_or_default();
    let tally = counted(&counts, deleted, tense(outcome.status), &outcome.files);
    match outcome.status {
        RunStatus::Applied if outcome.plan.is_some() => {
            format!("run {run}: applied, except for what is held for review; {tally}")
        }
        RunStatus::Applied => format!("run {run}: applied; {tally}"),
        RunStatus::NothingToDo if is_all_rejected(&counts) => {
            format!("run {run}: every record was rejected, nothing was changed; {tally}")
        }
        RunStatus::NothingToDo => format!("run {run}: nothing to do; {tally}"),
        RunStatus::Planned | RunStatus::Held if plan_only => {
            format!("run {run}: planned, nothing was applied; {tally}")
        }
        RunStatus::Held | RunStatus::Planned => {
            format!("run {run}: held for review, nothing was applied; {tally}")
        }
        RunStatus::Refused => {
            format!("run {run}: the delivery was refused; nothing was changed")
        }
        RunStatus::Failed | RunStatus::Running | RunStatus::Interrupted => {
            format!("run {run}: failed")
        }
    }
}

/// The counts of a run in words, for records of the run list.
pub(crate) fn tally(counts: &Counts, status: RunStatus, files: &[DeliveredFile]) -> String {
    counted(counts, Deleted::default(), tense(status), files)
}

/// Where employees are missing: the requests of an HR system's API are recorded as `GET /path`.
fn absent_from(files: &[DeliveredFile]) -> &'static str {
    let is_request = |file: &DeliveredFile| {
        ["GET ", "POST "]
            .iter()
            .any(|verb| file.name.starts_with(verb))
    };
    if files.iter().any(is_request) {
        "not in the delivery"
    } else {
        "not in the file"
    }
}

fn counted(counts: &Counts, deleted: Deleted, tense: Tense, files: &[DeliveredFile]) -> String {
    let deactivated = |number: u64, deleted: u64| {
        let left = number.saturating_sub(deleted);
        [
            (left, tense.passive("deactivated")),
            (deleted.min(number), tense.passive("deleted")),
        ]
    };
    let missing = deactivated(counts.missing, deleted.missing)
        .map(|(number, what)| (number, format!("{what} ({})", absent_from(files))));
    let parts = [
        (counts.created, tense.passive("created")),
        (counts.updated, tense.passive("updated")),
        (counts.reactivated, tense.passive("reactivated")),
    ]
    .into_iter()
    .chain(deactivated(counts.deactivated, deleted.other))
    .chain(missing)
    .chain([
        (counts.due, "due by date".to_owned()),
        (counts.unchanged, "unchanged".to_owned()),
        (counts.excluded, "not selected".to_owned()),
        (counts.superseded, "superseded".to_owned()),
        (counts.held, "held".to_owned()),
        (counts.rejected, "rejected".to_owned()),
    ]);
    let parts: Vec<String> = parts
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let read = count(counts.read, "record", "records");
    match parts.join(", ") {
        none if none.is_empty() => read,
        // A sweep or an undo reads no records.
        parts if counts.read == 0 => parts,
        parts => format!("{read}: {parts}"),
    }
}
