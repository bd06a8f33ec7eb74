//! Evidence against the start of a scheduled employee: it is shown when it arises, and holds the start on the day.

use crate::{
    decide::{
        matching::{self, MatchContext, Matches, Present, RecordMatch},
        plan_builder::RecordsInDoubt,
    },
    model::{
        code::Code,
        employee::{Employee, Status},
        facts::FactsRef,
        field::canonical,
        ids::EmployeeId,
        origin::Origin,
        plan::Plan,
        problem::{
            Problem, Severity,
            lifecycle::{Detail, Remedy, UnconfirmedStart},
            shown,
        },
    },
    read::reading::{Completeness, DraftState, Reading},
    setup::policy::Coverage,
};
use std::collections::{BTreeMap, HashMap};

/// What a delivery says about scheduled starts.
pub(crate) struct Starts {
    /// Every start that is not confirmed now.
    pub(crate) unconfirmed: BTreeMap<EmployeeId, UnconfirmedStart>,
    /// Those that this delivery adds, changes or confirms.
    pub(crate) changed: Vec<(EmployeeId, Option<UnconfirmedStart>)>,
    /// One for each of an employee of the integration.
    pub(crate) warnings: Vec<Problem>,
}

/// What the latest record of an employee says.
#[derive(Clone, Copy)]
enum Latest {
    /// It can be used.
    Good,
    Unconfirmed(UnconfirmedStart, Origin),
}

/// Compares the scheduled employees of the integration with the delivery.
pub(crate) fn assess(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &Matches,
    present: &Present<'_>,
    plan: &Plan,
) -> Starts {
    let latest = latest_records(reading, context, matches);
    let removals = |is_held: bool| -> Vec<EmployeeId> {
        let operations = plan.operations.iter();
        operations
            .filter(|one| one.kind.is_removal() && one.held.is_some() == is_held)
            .filter_map(|one| one.employee)
            .collect()
    };
    let (leaving, in_doubt) = (removals(false), removals(true));
    let mut starts = Starts {
        unconfirmed: context.roster.unconfirmed_starts.clone(),
        changed: Vec::new(),
        warnings: Vec::new(),
    };
    for (position, entry) in context.roster.entries().iter().enumerate() {
        let id = entry.employee;
        let before = context.roster.unconfirmed_starts.get(&id).copied();
        let employee = context.candidates.get(id);
        let is_scheduled = employee.is_some_and(|one| one.status == Status::Scheduled);
        if !is_scheduled && before.is_none() {
            continue;
        }
        let is_complete = reading.completeness == Completeness::Complete
            && context.policy.coverage == Coverage::Everyone;
        let (now, origin) = match latest.get(&id) {
            _ if !is_scheduled || leaving.contains(&id) => (None, None),
            Some(Latest::Unconfirmed(why, origin)) => (Some(*why), Some(*origin)),
            // The record may be wrong, and says that the employee leaves: nothing is known that was not known before.
            Some(Latest::Good) if in_doubt.contains(&id) => (before, None),
            Some(Latest::Good) => (None, None),
            None if reading.seen[position].is_some() => {
                let is_cancelled = employee.is_some_and(|one| is_cancelled(one, context));
                (is_cancelled.then_some(UnconfirmedStart::Ended), None)
            }
            None if is_complete && !present.named(id) => (Some(UnconfirmedStart::Missing), None),
            None => (before, None),
        };
        if now != before {
            starts.changed.push((id, now));
        }
        match now {
            Some(why) => starts.unconfirmed.insert(id, why),
            None => starts.unconfirmed.remove(&id),
        };
        if let (Some(why), Some(employee)) = (now, employee) {
            starts.warnings.push(warning(employee, why, origin));
        }
    }
    starts
}

fn latest_records(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &Matches,
) -> HashMap<EmployeeId, Latest> {
    let in_doubt = RecordsInDoubt::of(&reading.completeness);
    let mut latest = HashMap::new();
    for (position, found) in (0..).zip(&matches.records) {
        let draft = reading.drafts.get(position);
        match found {
            RecordMatch::Known(id, _) => {
                let says = match draft.state {
                    DraftState::NotSelected => {
                        Latest::Unconfirmed(UnconfirmedStart::Ended, draft.origin)
                    }
                    DraftState::Undecided => continue,
                    _ if is_kept_from_leaving(reading.drafts.facts(position), *id, context) => {
                        Latest::Unconfirmed(UnconfirmedStart::Ended, draft.origin)
                    }
                    _ => Latest::Good,
                };
                latest.insert(*id, says);
            }
            RecordMatch::Rejected(_) if !in_doubt.has(draft.origin, reading) => {
                let facts = reading.drafts.facts(position);
                if let Some(employee) = matching::rejected_subject(facts, context) {
                    let rejected = Latest::Unconfirmed(UnconfirmedStart::Rejected, draft.origin);
                    latest.entry(employee.id).or_insert(rejected);
                }
            }
            _ => {}
        }
    }
    latest
}

/// Whether the dates of a protected employee, with those of their record, cancel the start: they stay scheduled.
fn is_kept_from_leaving(facts: FactsRef<'_>, id: EmployeeId, context: &MatchContext<'_>) -> bool {
    let Some(employee) = context.candidates.get(id).filter(|one| one.protected) else {
        return false;
    };
    let facts = facts.iter();
    let after = facts.fold(employee.facts.clone(), |all, (field, fact)| {
        all.with(field, fact)
    });
    is_cancelled(
        &Employee {
            facts: after,
            ..employee.clone()
        },
        context,
    )
}

/// Whether the stored dates of a protected employee cancel the start.
fn is_cancelled(employee: &Employee, context: &MatchContext<'_>) -> bool {
    let facts = employee.facts.as_ref();
    let start = facts.value(canonical::ONBOARDING_DATE);
    let dates = start.zip(facts.value(canonical::OFFBOARDING_DATE));
    // ISO dates compare as text.
    let ends_first = dates.is_some_and(|(start, end)| end <= start);
    employee.protected && (ends_first || context.has_ended(facts))
}

fn warning(employee: &Employee, why: UnconfirmedStart, origin: Option<Origin>) -> Problem {
    let detail = Detail::StartUnconfirmed {
        employee: shown(&employee.name()),
        start: employee
            .value(canonical::ONBOARDING_DATE)
            .map(str::to_owned),
        why,
    };
    let mut problem = Problem::new(
        Code::StartUnconfirmed,
        Severity::Warning,
        detail,
        Remedy::ConfirmStart,
    );
    problem.subject = employee
        .external_id()
        .or(employee.value(canonical::EMAIL))
        .map(shown);
    problem.origin = origin;
    problem
}
