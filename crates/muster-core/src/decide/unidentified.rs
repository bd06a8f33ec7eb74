//! Records that are not used and could be about anybody: their external id is nobody's and their address cannot be
//! read, so that they may be all that the delivery says of somebody who seems to be missing from it.

use crate::{
    decide::{
        matching::{self, Pair, Pairing, Present, Sides},
        propose::{who, who_from},
    },
    model::{
        code::Code,
        employee::Employee,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        origin::Place,
        problem::{Problem, Severity, shown},
    },
    read::reading::{Completeness, Reading},
    setup::policy::{MatchBy, Missing},
};
use std::collections::{BTreeMap, HashMap};

/// A warning for each of them, where anybody could depart by absence because of it.
pub(crate) fn find(reading: &Reading, sides: &Sides<'_>, pairing: &Pairing) -> Vec<Problem> {
    let nobody_departs = reading.completeness != Completeness::Complete
        || sides.policy.missing == Missing::Keep
        || sides.roster.employed() == 0;
    // With one key alone, a record whose key can be read says whom it is about.
    if nobody_departs || sides.policy.match_by != MatchBy::ExternalIdThenEmail {
        return Vec::new();
    }
    let is_nobodys =
        |position: &&u32| matches!(pairing.pairs[**position as usize], Pair::Rejected(None));
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
    let name = who_from(facts).name;
    let whose = if name.is_empty() {
        "this record".to_owned()
    } else {
        shown(&name)
    };
    let unknown = id
        .as_ref()
        .map_or("there is no external id".to_owned(), |id| {
            format!("nobody has the external id `{id}`")
        });
    let mut problem = Problem::new(
        Code::RecordUnknown,
        Severity::Warning,
        format!(
            "{whose} could be anybody: {unknown}, and the address cannot be read; nobody departs by absence in this run"
        ),
        "correct the address in the source; whoever is really missing departs with the next complete delivery",
    )
    .at(reading.drafts.get(position).place);
    problem.subject = id;
    problem
}

/// Adds to those who are present whoever has the names of a record without a usable address that is about nobody who
/// is known: it may say of them what their id was changed to. A resemblance merges nobody, but it is no proof of absence either.
pub(crate) fn keep_namesakes(
    reading: &Reading,
    sides: &Sides<'_>,
    pairing: &Pairing,
    present: &mut Present<'_>,
) -> Vec<Problem> {
    let mut places: HashMap<(&str, &str), Place> = HashMap::new();
    if sides.policy.missing == Missing::Keep {
        return Vec::new();
    }
    let about_nobody = (0..)
        .zip(&pairing.pairs)
        .filter(|(_, pair)| matches!(pair, Pair::Rejected(None)));
    for position in about_nobody.map(|(position, _)| position) {
        let facts = reading.drafts.facts(position);
        // An address that can be read and is nobody's is one of somebody new.
        let names =
            names(&|field| facts.value(field)).filter(|_| facts.value(canonical::EMAIL).is_none());
        if let Some(names) = names {
            places
                .entry(names)
                .or_insert(reading.drafts.get(position).place);
        }
    }
    if places.is_empty() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for employee in sides.known.iter() {
        if !is_missing(employee, sides, present) {
            continue;
        }
        if let Some(place) =
            names(&|field| employee.value(field)).and_then(|names| places.get(&names))
        {
            present.keep(employee.id);
            problems.push(stays(employee, "has the same names").at(*place));
        }
    }
    problems
}

/// Tells of people whom no record is about, and who stay only because one that is not used has their address or id: it
/// may be handed on to its person for good, and then they would stay for good too.
pub(crate) fn kept(
    reading: &Reading,
    sides: &Sides<'_>,
    pairing: &Pairing,
    present: &Present<'_>,
) -> Vec<Problem> {
    if sides.policy.missing == Missing::Keep {
        return Vec::new();
    }
    let mut stay: BTreeMap<EmployeeId, (&Employee, Place)> = BTreeMap::new();
    for (position, pair) in (0..).zip(&pairing.pairs) {
        let (Pair::Rejected(Some(me)) | Pair::Held(_, Some(me))) = pair else {
            continue;
        };
        let facts = reading.drafts.facts(position);
        let others = matching::keys(facts, sides.known)
            .filter(|other| other.id != *me && is_ours(other, sides));
        stay.extend(others.map(|other| (other.id, (other, reading.drafts.get(position).place))));
    }
    if stay.is_empty() {
        return Vec::new();
    }
    for pair in &pairing.pairs {
        if let Pair::Known(id, _) | Pair::Rejected(Some(id)) | Pair::Held(_, Some(id)) = pair {
            stay.remove(id);
        }
    }
    let absent = stay.into_values().filter(|(one, _)| {
        !sides
            .roster
            .position(one.id)
            .is_some_and(|at| present.at(at))
    });
    absent
        .map(|(one, place)| stays(one, "has their address or id").at(place))
        .collect()
}

fn is_missing(employee: &Employee, sides: &Sides<'_>, present: &Present<'_>) -> bool {
    is_ours(employee, sides) && !present.has(employee.id)
}

/// Whether somebody could be missing at all.
fn is_ours(employee: &Employee, sides: &Sides<'_>) -> bool {
    sides.roster.position(employee.id).is_some() && employee.status.is_employed()
}

fn names<'v>(value: &dyn Fn(FieldNumber) -> Option<&'v str>) -> Option<(&'v str, &'v str)> {
    Some((value(canonical::FIRST_NAME)?, value(canonical::LAST_NAME)?))
}

fn stays(employee: &Employee, why: &str) -> Problem {
    let message = format!(
        "{} is missing, but this record, which cannot be used, {why}; they stay",
        who(employee)
    );
    let advice = "correct the record; if it is about somebody else, the person departs with the next complete delivery";
    let mut problem = Problem::new(Code::RecordNamesake, Severity::Warning, message, advice);
    problem.subject = employee.external_id().or(Some(employee.email())).map(shown);
    problem
}
