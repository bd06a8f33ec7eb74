//! Reporting cycles that a plan would close: each is a warning with its path, before the plan is shown.

use crate::{
    decide::{candidates::Candidates, proposal::Proposal},
    derive::reporting_lines::{CycleSearch, mark},
    model::{
        code::Code,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        plan::Changed,
        problem::{Problem, Severity, evidence, shown},
    },
    read::roster::Roster,
};
use std::collections::{HashMap, HashSet};

/// The managers that the directory has, read as they are needed.
pub trait ManagerLinks {
    /// Why they cannot be read.
    type Error;

    /// Calls `each` with every employee who has a manager: number, external id, and that of the manager.
    fn all(&self, each: &mut dyn FnMut(EmployeeId, &str, &str)) -> Result<(), Self::Error>;

    /// The employee with this external id, and the external id of their manager.
    fn of(&self, external_id: &str) -> Result<Option<(EmployeeId, Option<String>)>, Self::Error>;
}

/// An employee whose manager is looked at. The order is that in which employees became known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Age {
    Known(EmployeeId),
    New(usize),
}

/// A link by external ids.
struct NamedLink {
    age: Age,
    employee: String,
    manager: String,
    /// Whether the plan makes it.
    is_new: bool,
}

/// A directory with fewer employees than this for each new link is read from end to end: that is faster than
/// following the managers upwards from each.
const EMPLOYEES_PER_LINK: u64 = 16;

/// Adds a warning for each reporting cycle that the new manager ids of a plan close.
pub fn check<L: ManagerLinks>(
    proposal: &mut Proposal,
    candidates: &Candidates,
    roster: &Roster,
    directory: &L,
) -> Result<(), L::Error> {
    let mut search = CycleSearch::default();
    let mut new = 0;
    changed(proposal, candidates, &mut |_, employee, manager| {
        search.add(employee, manager);
        new += u64::from(manager.is_some());
    });
    if new == 0 {
        return Ok(());
    }
    let mut climbed = HashMap::new();
    let is_climbed = new.saturating_mul(EMPLOYEES_PER_LINK) < roster.workspace_people;
    if is_climbed {
        climbed = climb(proposal, candidates, directory)?;
        climbed
            .values()
            .for_each(|link| search.add(&link.employee, Some(&link.manager)));
    } else if roster.workspace_people > 0 {
        directory.all(&mut |_, employee, manager| search.add(employee, Some(manager)))?;
    }
    let cycles = search.find();
    if cycles.is_empty() {
        return Ok(());
    }
    let wanted: HashSet<u64> = cycles.iter().flatten().copied().collect();
    let mut named = named(proposal, candidates, &wanted);
    if !is_climbed && roster.workspace_people > 0 {
        directory.all(&mut |id, employee, manager| {
            if wanted.contains(&mark(employee)) {
                named
                    .entry(mark(employee))
                    .or_insert_with(|| NamedLink::stored(id, employee, manager));
            }
        })?;
    }
    climbed.into_iter().for_each(|(mark, link)| {
        named.entry(mark).or_insert(link);
    });
    let mut paths: Vec<Vec<&str>> = cycles
        .iter()
        .filter_map(|cycle| path(cycle, &named))
        .collect();
    paths.sort_unstable();
    let problems: Vec<Problem> = paths.iter().map(|path| problem(path)).collect();
    problems
        .into_iter()
        .for_each(|problem| proposal.problems.push(problem));
    Ok(())
}

impl NamedLink {
    fn stored(id: EmployeeId, employee: &str, manager: &str) -> Self {
        Self {
            age: Age::Known(id),
            employee: employee.to_owned(),
            manager: manager.to_owned(),
            is_new: false,
        }
    }
}

/// Calls `each` with every employee whose manager or external id the plan sets, and the manager that they have then.
fn changed(
    proposal: &Proposal,
    candidates: &Candidates,
    each: &mut dyn FnMut(Age, &str, Option<&str>),
) {
    for (origin, create) in proposal.plan.creates.iter().enumerate() {
        let (mut employee, mut manager) = (None, None);
        for (field, fact) in proposal.reading.drafts.facts(create.draft).iter() {
            match field {
                canonical::EXTERNAL_ID => employee = fact.value(),
                canonical::MANAGER_EXTERNAL_ID => manager = fact.value(),
                _ => {}
            }
        }
        if let (Some(employee), Some(_)) = (employee, manager) {
            each(Age::New(origin), employee, manager);
        }
    }
    let operations = proposal.plan.operations.iter();
    let creates = proposal.plan.creates.len();
    for (origin, operation) in operations.filter(|one| one.held.is_none()).enumerate() {
        let new = |field: FieldNumber| {
            let change = operation
                .changes
                .iter()
                .find(|change| change.what == Changed::Field(field))?;
            Some(change.new.as_deref())
        };
        if operation.employee.is_none() {
            // An employee created manually.
            let (employee, manager) = (
                new(canonical::EXTERNAL_ID),
                new(canonical::MANAGER_EXTERNAL_ID),
            );
            if let (Some(Some(employee)), Some(Some(manager))) = (employee, manager) {
                each(Age::New(creates + origin), employee, Some(manager));
            }
            continue;
        }
        let Some(before) = operation.employee.and_then(|id| candidates.get(id)) else {
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
        if let Some(employee) = id.unwrap_or(before.external_id()) {
            let manager = manager.unwrap_or(before.value(canonical::MANAGER_EXTERNAL_ID));
            each(Age::Known(before.id), employee, manager);
        }
    }
}

/// The links above each employee whose manager changes, up to the top or to one whose manager changes too.
fn climb<L: ManagerLinks>(
    proposal: &Proposal,
    candidates: &Candidates,
    directory: &L,
) -> Result<HashMap<u64, NamedLink>, L::Error> {
    let (mut new, mut tops) = (HashSet::new(), Vec::new());
    changed(proposal, candidates, &mut |_, employee, manager| {
        new.insert(mark(employee));
        tops.extend(manager.map(str::to_owned));
    });
    let mut climbed: HashMap<u64, NamedLink> = HashMap::new();
    while let Some(employee) = tops.pop() {
        let at = mark(&employee);
        if !new.contains(&at)
            && !climbed.contains_key(&at)
            && let Some((id, Some(manager))) = directory.of(&employee)?
        {
            climbed.insert(at, NamedLink::stored(id, &employee, &manager));
            tops.push(manager);
        }
    }
    Ok(climbed)
}

/// The links that the plan makes of employees with these marks.
fn named(
    proposal: &Proposal,
    candidates: &Candidates,
    wanted: &HashSet<u64>,
) -> HashMap<u64, NamedLink> {
    let mut named = HashMap::new();
    changed(proposal, candidates, &mut |age, employee, manager| {
        if let Some(manager) = manager.filter(|_| wanted.contains(&mark(employee))) {
            let link = NamedLink {
                age,
                employee: employee.to_owned(),
                manager: manager.to_owned(),
                is_new: true,
            };
            named.entry(mark(employee)).or_insert(link);
        }
    });
    named
}

/// The external ids along a cycle, from its newest member and back to it. None if the plan makes no link of it, or
/// if only the marks form a cycle.
fn path<'n>(cycle: &[u64], named: &'n HashMap<u64, NamedLink>) -> Option<Vec<&'n str>> {
    let links: Vec<&NamedLink> = cycle
        .iter()
        .map(|mark| named.get(mark))
        .collect::<Option<_>>()?;
    let next = links.iter().cycle().skip(1);
    let is_closed = links
        .iter()
        .zip(next)
        .all(|(link, next)| link.manager == next.employee);
    if !is_closed || !links.iter().any(|link| link.is_new) {
        return None;
    }
    let newest = links
        .iter()
        .enumerate()
        .max_by_key(|(_, link)| link.age)
        .map_or(0, |(origin, _)| origin);
    let along = links.iter().cycle().skip(newest).take(links.len() + 1);
    Some(along.map(|link| link.employee.as_str()).collect())
}

/// How many ids of a path are named.
const MAX_NAMES: usize = 20;

fn problem(cycle: &[&str]) -> Problem {
    let path: Vec<String> = cycle.iter().take(MAX_NAMES).map(|id| shown(id)).collect();
    let code = if cycle.len() == 2 {
        Code::ManagerSelf
    } else {
        Code::ReportingCycle
    };
    let mut problem = Problem::new(
        code,
        Severity::Warning,
        evidence::Detail::ReportingCycle {
            more: (cycle.len() - path.len()) as u64,
            path,
        },
        evidence::Remedy::CorrectManager,
    );
    problem.subject = cycle.first().map(|id| shown(id));
    problem
}
