//! Warns of rings of managers that a plan would close, with their paths, before it is shown.

use muster_core::{
    decide::{known::Known, proposal::Proposal},
    derive::organisation::{RingSearch, mark},
    model::{
        code::Code,
        field::{FieldNumber, canonical},
        ids::{EmployeeId, WorkspaceId},
        plan::Changed,
        problem::{Problem, Severity, shown},
    },
    read::roster::Roster,
};
use muster_store::{Store, StoreError};
use std::collections::{HashMap, HashSet};

/// One person whose manager is looked at. The order is that in which people became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    Known(EmployeeId),
    New(usize),
}

/// A link by name.
struct Named {
    age: Age,
    person: String,
    manager: String,
    /// Whether the plan makes it.
    is_new: bool,
}

/// A directory with fewer people for each new link is read from end to end: that is faster than climbing from each.
const PEOPLE_PER_LINK: u64 = 16;

/// Adds a warning for each ring that the new manager ids of a plan close.
pub(crate) fn warn(
    proposal: &mut Proposal,
    workspace: WorkspaceId,
    known: &Known,
    roster: &Roster,
    store: &Store,
) -> Result<(), StoreError> {
    let mut search = RingSearch::default();
    let mut new = 0;
    changed(proposal, known, &mut |_, person, manager| {
        search.add(person, manager);
        new += u64::from(manager.is_some());
    });
    if new == 0 {
        return Ok(());
    }
    let mut climbed = HashMap::new();
    let is_climbed = new.saturating_mul(PEOPLE_PER_LINK) < roster.workspace_people;
    if is_climbed {
        climbed = climb(proposal, known, workspace, store)?;
        climbed
            .values()
            .for_each(|link| search.add(&link.person, Some(&link.manager)));
    } else if roster.workspace_people > 0 {
        store.links(workspace, &mut |_, person, manager| {
            search.add(person, Some(manager))
        })?;
    }
    let rings = search.find();
    if rings.is_empty() {
        return Ok(());
    }
    let wanted: HashSet<u64> = rings.iter().flatten().copied().collect();
    let mut named = named(proposal, known, &wanted);
    if !is_climbed && roster.workspace_people > 0 {
        store.links(workspace, &mut |id, person, manager| {
            if wanted.contains(&mark(person)) {
                named
                    .entry(mark(person))
                    .or_insert_with(|| Named::stored(id, person, manager));
            }
        })?;
    }
    climbed.into_iter().for_each(|(mark, link)| {
        named.entry(mark).or_insert(link);
    });
    let mut paths: Vec<Vec<&str>> = rings.iter().filter_map(|ring| path(ring, &named)).collect();
    paths.sort_unstable();
    let problems: Vec<Problem> = paths.iter().map(|path| ring_problem(path)).collect();
    problems
        .into_iter()
        .for_each(|problem| proposal.problems.push(problem));
    Ok(())
}

impl Named {
    fn stored(id: EmployeeId, person: &str, manager: &str) -> Self {
        Self {
            age: Age::Known(id),
            person: person.to_owned(),
            manager: manager.to_owned(),
            is_new: false,
        }
    }
}

/// Tells each person whose manager or external id the plan sets, and the manager that they have then.
fn changed(proposal: &Proposal, known: &Known, each: &mut dyn FnMut(Age, &str, Option<&str>)) {
    for (place, create) in proposal.plan.creates.iter().enumerate() {
        let (mut person, mut manager) = (None, None);
        for (field, fact) in proposal.reading.drafts.facts(create.draft).iter() {
            match field {
                canonical::EXTERNAL_ID => person = fact.value(),
                canonical::MANAGER_EXTERNAL_ID => manager = fact.value(),
                _ => {}
            }
        }
        if let (Some(person), Some(_)) = (person, manager) {
            each(Age::New(place), person, manager);
        }
    }
    let operations = proposal.plan.operations.iter();
    let creates = proposal.plan.creates.len();
    for (place, operation) in operations.filter(|one| one.held.is_none()).enumerate() {
        let new = |field: FieldNumber| {
            let change = operation
                .changes
                .iter()
                .find(|change| change.what == Changed::Field(field))?;
            Some(change.new.as_deref())
        };
        if operation.employee.is_none() {
            // Somebody made by hand.
            let (person, manager) = (
                new(canonical::EXTERNAL_ID),
                new(canonical::MANAGER_EXTERNAL_ID),
            );
            if let (Some(Some(person)), Some(Some(manager))) = (person, manager) {
                each(Age::New(creates + place), person, Some(manager));
            }
            continue;
        }
        let Some(before) = operation.employee.and_then(|id| known.get(id)) else {
            continue;
        };
        let (id, manager) = (
            new(canonical::EXTERNAL_ID),
            new(canonical::MANAGER_EXTERNAL_ID),
        );
        if id.is_none() && manager.is_none() {
            continue;
        }
        if let (Some(_), Some(old)) = (id, before.external_id()) {
            each(Age::Known(before.id), old, None);
        }
        if let Some(person) = id.unwrap_or(before.external_id()) {
            let manager = manager.unwrap_or(before.value(canonical::MANAGER_EXTERNAL_ID));
            each(Age::Known(before.id), person, manager);
        }
    }
}

/// The links above everybody whose manager changes, up to the top or to somebody whose manager changes too.
fn climb(
    proposal: &Proposal,
    known: &Known,
    workspace: WorkspaceId,
    store: &Store,
) -> Result<HashMap<u64, Named>, StoreError> {
    let (mut new, mut tops) = (HashSet::new(), Vec::new());
    changed(proposal, known, &mut |_, person, manager| {
        new.insert(mark(person));
        tops.extend(manager.map(str::to_owned));
    });
    let mut climbed: HashMap<u64, Named> = HashMap::new();
    while let Some(person) = tops.pop() {
        let at = mark(&person);
        if !new.contains(&at)
            && !climbed.contains_key(&at)
            && let Some((id, Some(manager))) = store.link_of(workspace, &person)?
        {
            climbed.insert(at, Named::stored(id, &person, &manager));
            tops.push(manager);
        }
    }
    Ok(climbed)
}

/// The links that the plan makes of people with these marks.
fn named(proposal: &Proposal, known: &Known, wanted: &HashSet<u64>) -> HashMap<u64, Named> {
    let mut named = HashMap::new();
    changed(proposal, known, &mut |age, person, manager| {
        if let Some(manager) = manager.filter(|_| wanted.contains(&mark(person))) {
            let link = Named {
                age,
                person: person.to_owned(),
                manager: manager.to_owned(),
                is_new: true,
            };
            named.entry(mark(person)).or_insert(link);
        }
    });
    named
}

/// The external ids along a ring, from its newest member and back to it. None if the plan makes no link of it, or if
/// it is one of marks only.
fn path<'n>(ring: &[u64], named: &'n HashMap<u64, Named>) -> Option<Vec<&'n str>> {
    let links: Vec<&Named> = ring
        .iter()
        .map(|mark| named.get(mark))
        .collect::<Option<_>>()?;
    let next = links.iter().cycle().skip(1);
    let is_closed = links
        .iter()
        .zip(next)
        .all(|(link, next)| link.manager == next.person);
    if !is_closed || !links.iter().any(|link| link.is_new) {
        return None;
    }
    let newest = links
        .iter()
        .enumerate()
        .max_by_key(|(_, link)| link.age)
        .map_or(0, |(place, _)| place);
    let along = links.iter().cycle().skip(newest).take(links.len() + 1);
    Some(along.map(|link| link.person.as_str()).collect())
}

/// How many ids of a path are told.
const TOLD: usize = 20;

fn ring_problem(ring: &[&str]) -> Problem {
    let mut path = ring
        .iter()
        .take(TOLD)
        .map(|id| shown(id))
        .collect::<Vec<_>>()
        .join(", ");
    if ring.len() > TOLD {
        path.push_str(&format!(", ... and {} more", ring.len() - TOLD));
    }
    let (code, what) = if ring.len() == 2 {
        (Code::ManagerSelf, "names themselves as their manager")
    } else {
        (Code::ManagerRing, "is in a ring of managers")
    };
    let mut problem = Problem::new(
        code,
        Severity::Warning,
        format!(
            "`{}` {what} ({path}); the link that closes it is left out",
            ring.first().map(|id| shown(id)).unwrap_or_default()
        ),
        "correct the manager of one of them in the source",
    );
    problem.subject = ring.first().map(|id| shown(id));
    problem
}
