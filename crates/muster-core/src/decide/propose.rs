//! Turns a reading into a proposal: matches, amendments, departures, dates that are due, verdict.
//!
//! Pure: the same reading, employees and calendar give the same proposal, byte for byte.

use crate::{
    decide::{
        candidates::Candidates,
        date_order, departures, duplicates, guard, manager_address,
        matching::{self, MatchContext},
        plan_builder::PlanBuilder,
        proposal::{Counts, Proposal},
        start_evidence, swallowed, undecided_selection, unidentified_records,
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::Employee,
        facts::FactsRef,
        field::canonical,
        ids::EmployeeId,
        plan::{Change, Changed, Plan, Reason},
        problem::{Problem, Severity, lifecycle},
    },
    read::{
        reading::{Completeness, DraftState, PartialReason, Problems, Reading},
        roster::Roster,
    },
    setup::{
        integration::Setup,
        policy::{Coverage, EmailChange, Policy},
    },
};

/// The employees that [`propose`] must be able to look up, by their keys.
pub struct LookupKeys<'r> {
    /// External ids in drafts.
    pub external_ids: Vec<&'r str>,
    /// Addresses in drafts.
    pub emails: Vec<&'r str>,
    /// Employed employees without an unchanged record: they may be missing.
    pub missing: Vec<EmployeeId>,
    /// Employees without an owner: a record without external id may be about one of them, under an older address.
    pub unowned: bool,
}

/// Says which employees to load before proposing.
pub fn lookup_keys<'r>(reading: &'r Reading, roster: &Roster, policy: &Policy) -> LookupKeys<'r> {
    let values = |field| {
        reading
            .drafts
            .iter()
            .filter_map(move |(position, _)| reading.drafts.facts(position).value(field))
            .collect()
    };
    let nobody = roster.workspace_people == 0;
    let entries = roster.entries().iter().zip(&reading.seen);
    LookupKeys {
        external_ids: if nobody {
            Vec::new()
        } else {
            values(canonical::EXTERNAL_ID)
        },
        emails: if nobody {
            Vec::new()
        } else {
            values(canonical::EMAIL)
        },
        missing: entries
            .filter(|(entry, seen)| entry.employed && seen.is_none())
            .map(|(entry, _)| entry.employee)
            .collect(),
        unowned: policy.email_change == EmailChange::Hold
            && roster.workspace_people > roster.entries().len() as u64
            && reading.drafts.iter().any(|(position, draft)| {
                let facts = reading.drafts.facts(position);
                let has = |field| facts.value(field).is_some();
                draft.state == DraftState::Candidate
                    && !has(canonical::EXTERNAL_ID)
                    && has(canonical::BIRTHDAY)
            }),
    }
}

/// Decides what a delivery does to the directory.
///
/// `candidates` has the employees that [`lookup_keys`] names, and those with a date that is due.
pub fn propose(
    mut reading: Reading,
    setup: &Setup,
    roster: &Roster,
    candidates: &Candidates,
    calendar: Calendar,
) -> Proposal {
    let (policy, schema) = (&setup.rules.policy, &setup.workspace.schema);
    swallowed::reject(&mut reading, candidates, roster, policy.match_by);
    manager_address::resolve(&mut reading, &setup.rules.mapping, candidates);
    let judge = duplicates::Judge {
        candidates,
        match_by: policy.match_by,
        schema,
        calendar,
    };
    let without_address = duplicates::resolve(&mut reading, &judge);
    let context = MatchContext {
        candidates,
        roster,
        policy,
        schema,
        calendar,
    };
    let date_order = date_order::resolve(&mut reading, candidates, policy.match_by);
    let mut matches = matching::match_records(&mut reading, &context, without_address);
    let held = date_order.hold_new(&reading, &mut matches);
    undecided_selection::adopt(&mut reading, candidates, &matches);
    let unidentified = unidentified_records::find(&reading, &context, &matches);
    let is_corrected = !reading.corrected.is_empty();
    if is_corrected {
        reading.problems.only(&reading.corrected);
    } else if !unidentified.is_empty() {
        reading.completeness = Completeness::Partial(PartialReason::UnknownPeople);
    }
    let mut builder = PlanBuilder::new(setup, roster, &context, &reading);
    if !is_corrected {
        builder.problems = unidentified;
        builder.counts.unchanged =
            reading.unchanged - matches.unchanged_lost - matches.unchanged_superseded;
        builder.counts.rejected += matches.unchanged_lost;
        builder.counts.superseded += matches.unchanged_superseded;
    }
    builder.date_order = date_order;
    builder.records(&reading, &matches);
    builder.hold_dependents(&reading);
    if is_corrected {
        builder.rest_on_applied(&reading, &matches);
        return builder.finish(reading, Vec::new());
    }
    let of_date_order = builder.date_order.problems(&reading, held);
    builder.problems.extend(of_date_order);
    builder
        .problems
        .extend(builder.undecided.problems(&reading));
    builder.undecided.keep_pending(&mut reading);
    let mut present = matching::present(&reading, &context, &matches);
    let mut missed = Vec::new();
    let has_everyone =
        reading.completeness == Completeness::Complete && policy.coverage == Coverage::Everyone;
    if has_everyone {
        let kept = unidentified_records::kept(&reading, &context, &matches, &present);
        let namesakes =
            unidentified_records::keep_namesakes(&reading, &context, &matches, &mut present);
        builder.problems.extend(kept.into_iter().chain(namesakes));
        missed = departures::missing(
            &mut builder.plan,
            &departures::Absence {
                roster,
                candidates,
                policy,
                is_same_delivery: reading.is_same_delivery,
            },
            |employee, position| present.at(position) || present.named(employee),
            &mut builder.problems,
        );
    }
    let is_missing =
        |operation: &&crate::model::plan::Operation| operation.reason == Reason::Missing;
    let operations = &builder.plan.operations;
    builder.counts.missing = operations.iter().filter(is_missing).count() as u64;
    let starts = start_evidence::assess(&reading, &context, &matches, &present, &builder.plan);
    builder.problems.extend(starts.warnings);
    builder.counts.due = departures::due(
        &mut builder.plan,
        &departures::Due {
            integration: roster.integration,
            candidates,
            amended: &builder.amended,
            unconfirmed: &starts.unconfirmed,
            calendar,
        },
        &mut builder.problems,
    );
    builder.rest_on_applied(&reading, &matches);
    builder.unconfirmed_starts = starts.changed;
    builder.finish(reading, missed)
}

/// Decides what dates that came due do to a whole workspace, without a delivery.
pub fn sweep(candidates: &Candidates, roster: &Roster, calendar: Calendar) -> Proposal {
    let mut plan = Plan::default();
    let mut found = Vec::new();
    let due = departures::due_of_all(
        &mut plan,
        candidates,
        &roster.unconfirmed_starts,
        calendar,
        &mut found,
    );
    let counts = Counts {
        due,
        ..Counts::default()
    };
    let mut problems = Problems::default();
    found.into_iter().for_each(|problem| problems.push(problem));
    let mut proposal = Proposal::of_plan(plan, counts, problems, roster.revision);
    proposal.announced = guard::announced(&proposal.plan, candidates);
    proposal.findings = guard::removals_in_workspace(&proposal, roster);
    proposal.verdict = guard::verdict(&proposal, crate::setup::policy::OnGuard::HoldAll);
    proposal
}

pub(crate) fn protected(employee: &Employee) -> Problem {
    let mut problem = Problem::new(
        Code::Protected,
        Severity::Warning,
        lifecycle::Detail::Protected {
            name: employee.name(),
        },
        lifecycle::Remedy::Unprotect,
    );
    problem.subject = employee
        .external_id()
        .or(employee.value(canonical::EMAIL))
        .map(crate::model::problem::shown);
    problem
}

/// Every value that a create sets, as changes from nothing; defaults fill what the record does not say.
pub(crate) fn create_changes(facts: FactsRef<'_>, defaults: FactsRef<'_>) -> Vec<Change> {
    let change = |(field, value): (_, &str), reason| Change {
        what: Changed::Field(field),
        old: None,
        new: Some(value.to_owned()),
        reason,
    };
    let said = facts
        .iter()
        .filter_map(|(field, fact)| Some((field, fact.value()?)));
    let filled = defaults
        .iter()
        .filter_map(|(field, fact)| Some((field, fact.value()?)))
        .filter(|(field, _)| facts.value(*field).is_none());
    let mut changes: Vec<Change> = said.map(|pair| change(pair, Reason::Record)).collect();
    changes.extend(filled.map(|pair| change(pair, Reason::WorkspaceDefault)));
    changes
}
