//! Rejected records that could be about anybody: their keys identify no employee, so that they may be all that the
//! delivery says about an employee who seems to be missing from it.

use crate::{
    decide::matching::{self, MatchContext, Matches, Present, RecordMatch, evidence},
    model::{
        code::Code,
        employee::Employee,
        facts::FactsRef,
        field::canonical,
        ids::EmployeeId,
        origin::Origin,
        plan::Who,
        problem::{
            Problem, Severity,
            matching::{Detail, Remedy},
            shown,
        },
    },
    read::reading::{Completeness, Reading},
    setup::policy::{Coverage, MatchBy, Missing},
};
use std::collections::{BTreeMap, HashMap};

/// A warning for each of them whose address cannot be read, where anybody could depart by absence because of it.
pub(crate) fn find(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &Matches,
) -> Vec<Problem> {
    let nobody_departs = reading.completeness != Completeness::Complete
        || context.policy.missing == Missing::Keep
        || context.policy.coverage == Coverage::Changes
        || context.roster.employed() == 0;
    // With one key alone, a record whose key can be read says which employee it is about.
    if nobody_departs || context.policy.match_by != MatchBy::ExternalIdThenEmail {
        return Vec::new();
    }
    let is_nobodys = |position: &&u32| {
        matches!(
            matches.records[**position as usize],
            RecordMatch::Rejected(None)
        )
    };
    reading
        .unaddressed
        .iter()
        .filter(is_nobodys)
        .map(|position| warning(reading, *position))
        .collect()
}

fn warning(reading: &Reading, position: u32) -> Problem {
    let facts = reading.drafts.facts(position);
    let id = facts.value(canonical::EXTERNAL_ID).map(shown);
    let name = Who::of_record(facts).name;
    let detail = Detail::CouldBeAnybody {
        name: (!name.is_empty()).then(|| shown(&name)),
        external_id: id.clone(),
    };
    let mut problem = Problem::new(
        Code::RecordUnknown,
        Severity::Warning,
        detail,
        Remedy::CorrectAddress,
    );
    problem.origin = Some(reading.drafts.get(position).origin);
    problem.subject = id;
    problem
}

/// Counts employees as present who have the names of a rejected record that is about no known employee, and that has no id or
/// no readable address: the record may be all that is said of them. A likeness merges nobody, but it is no proof of
/// absence either.
pub(crate) fn keep_namesakes(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &Matches,
    present: &mut Present<'_>,
) -> Vec<Problem> {
    if context.policy.missing == Missing::Keep {
        return Vec::new();
    }
    let mut records: HashMap<(String, String), Vec<u32>> = HashMap::new();
    for (position, found) in (0..).zip(&matches.records) {
        let facts = reading.drafts.facts(position);
        let has = |field| facts.value(field).is_some();
        // An id and an address that can be read and are nobody's are those of a new employee.
        if *found != RecordMatch::Rejected(None)
            || (has(canonical::EXTERNAL_ID) && has(canonical::EMAIL))
        {
            continue;
        }
        if let Some(names) = names(facts) {
            records.entry(names).or_default().push(position);
        }
    }
    if records.is_empty() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for employee in context.candidates.iter() {
        if !is_missing(employee, context, present) {
            continue;
        }
        let alike = names(employee.facts.as_ref()).and_then(|names| records.get(&names));
        let record = alike.into_iter().flatten().find(|position| {
            evidence::could_be_the_same(reading.drafts.facts(**position), employee)
        });
        if let Some(position) = record {
            present.keep(employee.id);
            let detail = |employee| Detail::KeptByNames { employee };
            let origin = reading.drafts.get(*position).origin;
            problems.push(stays(employee, detail).at(origin));
        }
    }
    problems
}

/// A warning for each employee without a record who stays only because a rejected one has their address or id: it may
/// have passed to its employee permanently.
pub(crate) fn kept(
    reading: &Reading,
    context: &MatchContext<'_>,
    matches: &Matches,
    present: &Present<'_>,
) -> Vec<Problem> {
    if context.policy.missing == Missing::Keep {
        return Vec::new();
    }
    let mut stay: BTreeMap<EmployeeId, (&Employee, Origin)> = BTreeMap::new();
    for (position, found) in (0..).zip(&matches.records) {
        if !matches!(
            found,
            RecordMatch::Rejected(Some(_)) | RecordMatch::Held(_, Some(_))
        ) {
            continue;
        }
        let facts = reading.drafts.facts(position);
        let me = subject(*found, facts, context);
        let others = matching::key_holders(facts, context.candidates)
            .filter(|other| Some(other.id) != me && is_ours(other, context));
        stay.extend(others.map(|other| (other.id, (other, reading.drafts.get(position).origin))));
    }
    if stay.is_empty() {
        return Vec::new();
    }
    for (position, found) in (0..).zip(&matches.records) {
        if let Some(id) = subject(*found, reading.drafts.facts(position), context) {
            stay.remove(&id);
        }
    }
    let absent = stay.into_values().filter(|(one, _)| {
        !context
            .roster
            .position(one.id)
            .is_some_and(|at| present.at(at))
    });
    absent
        .map(|(one, origin)| stays(one, |employee| Detail::KeptByKey { employee }).at(origin))
        .collect()
}

/// The employee that a record is about. A rejected record with an id that is not theirs only has their address.
fn subject(
    found: RecordMatch,
    facts: FactsRef<'_>,
    context: &MatchContext<'_>,
) -> Option<EmployeeId> {
    match found {
        RecordMatch::Known(id, _) | RecordMatch::Held(_, Some(id)) => Some(id),
        RecordMatch::Rejected(Some(id)) => {
            let subject = matching::rejected_subject(facts, context)?;
            (subject.id == id).then_some(id)
        }
        _ => None,
    }
}

fn is_missing(employee: &Employee, context: &MatchContext<'_>, present: &Present<'_>) -> bool {
    is_ours(employee, context) && !present.has(employee.id)
}

/// Whether an employee could be missing at all.
fn is_ours(employee: &Employee, context: &MatchContext<'_>) -> bool {
    context.roster.position(employee.id).is_some() && employee.status.is_employed()
}

/// First and last name, without regard to case.
fn names(facts: FactsRef<'_>) -> Option<(String, String)> {
    let name = |field| facts.value(field).map(str::to_lowercase);
    Some((name(canonical::FIRST_NAME)?, name(canonical::LAST_NAME)?))
}

fn stays(employee: &Employee, detail: impl Fn(String) -> Detail) -> Problem {
    let mut problem = Problem::new(
        Code::RecordNamesake,
        Severity::Warning,
        detail(shown(&Who::of_employee(employee).to_string())),
        Remedy::CorrectRecord,
    );
    problem.subject = employee.external_id().or(Some(employee.email())).map(shown);
    problem
}
