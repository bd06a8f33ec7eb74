//! Succession: one source takes the place of another, and every employee stays who they are.
//!
//! The records of the new source are compared with the employees that the old one manages, by address or by
//! names and birthday, because external ids of two systems have nothing to do with each other. The plan moves
//! external ids and ownership; it creates and deactivates nobody. Everything else follows with the first ordinary
//! run of the new source.

use crate::{
    decide::{
        candidates::Candidates,
        duplicates,
        proposal::{Counts, Proposal, Verdict},
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::{Employee, Status},
        facts::FactsRef,
        field::{FieldNumber, canonical},
        ids::{EmployeeId, IntegrationId},
        plan::{Change, Changed, Operation, OperationKind, Plan, Reason, Who},
        problem::{
            Problem, Severity,
            identity::{Detail, Remedy},
        },
    },
    read::{
        normalise::fold_email,
        reading::{DraftState, Problems, Reading},
        roster::Roster,
    },
    setup::integration::Setup,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap, HashSet};

/// By what a record and an employee were found to be the same person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PairedBy {
    Address,
    NamesAndBirthday,
}

/// One employee of the old source with their record in the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub employee: EmployeeId,
    pub who: Who,
    pub paired_by: PairedBy,
    /// External id in the new source.
    pub external_id: Option<String>,
    /// Other fields of which the new source says something else, by number.
    pub differs: Vec<FieldNumber>,
}

/// Both sources beside each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// In the order of the employees.
    pub pairs: Vec<Pair>,
    /// Employees of the old source without a record in the new one.
    pub only_old: Vec<Who>,
    /// Records of the new source without an employee of the old one.
    pub only_new: Vec<Who>,
}

impl Comparison {
    /// How many pairs differ in each field.
    pub fn differences(&self) -> BTreeMap<FieldNumber, u64> {
        let mut counts = BTreeMap::new();
        let fields = self.pairs.iter().flat_map(|pair| &pair.differs);
        fields.for_each(|field| *counts.entry(*field).or_default() += 1);
        counts
    }
}

/// Compares the delivery of the new source (`setup`, `roster`) with the employees that `old` manages, and plans
/// the move. `employees` has all of these, and those who have an external id that the delivery gives out.
pub fn propose(
    mut reading: Reading,
    setup: &Setup,
    roster: &Roster,
    employees: &Candidates,
    old: IntegrationId,
) -> (Proposal, Comparison) {
    // Ids of two systems have nothing to do with each other, so that no record keeps an address by its id.
    let judge = duplicates::Judge {
        candidates: &Candidates::default(),
        match_by: setup.rules.policy.match_by,
        schema: &setup.workspace.schema,
        calendar: Calendar::on(Date::MIN),
    };
    duplicates::resolve(&mut reading, &judge);
    let managed: Vec<&Employee> = employees
        .iter()
        .filter(|employee| employee.owner == Some(old) && employee.status != Status::Erased)
        .collect();
    let mut problems = Vec::new();
    let found = pair(&reading, &managed, &mut problems);
    let comparison = compare(&reading, &managed, &found);
    let names = (roster.names.get(&old), setup.name.as_str());
    let mut plan = Plan::default();
    let moving: HashSet<EmployeeId> = found.iter().map(|found| found.employee.id).collect();
    for found in &found {
        let facts = reading.drafts.facts(found.position);
        match holder_who_stays(facts, found.employee, employees, &moving) {
            Some(holder) => problems.push(id_of_another(facts, found.employee, holder)),
            None => plan
                .operations
                .extend(transfer(facts, found.employee, names)),
        }
    }
    plan.operations.sort_by_key(|operation| operation.employee);
    let counts = count(&reading, &plan);
    let mut all = Problems::default();
    std::mem::take(&mut reading.problems)
        .kept()
        .iter()
        .cloned()
        .chain(problems)
        .for_each(|problem| all.push(problem));
    all.sort();
    let mut proposal = Proposal::of_plan(plan, counts, all, roster.revision);
    proposal.reading.completeness = reading.completeness;
    // Who is who after a change of systems is never decided without a person.
    proposal.verdict = Verdict::Hold;
    (proposal, comparison)
}

struct Found<'a> {
    position: u32,
    employee: &'a Employee,
    by: PairedBy,
}

/// Pairs records and employees; whatever could be two people stays unpaired and gets a problem.
fn pair<'a>(
    reading: &Reading,
    managed: &[&'a Employee],
    problems: &mut Vec<Problem>,
) -> Vec<Found<'a>> {
    let mut records: Vec<u32> = reading
        .drafts
        .iter()
        .filter(|(_, draft)| is_readable(draft.state))
        .map(|(position, _)| position)
        .collect();
    let mut employees: Vec<&Employee> = managed.to_vec();
    let mut found = Vec::new();
    for (by, key) in [
        (
            PairedBy::Address,
            address as fn(&dyn Values) -> Option<String>,
        ),
        (PairedBy::NamesAndBirthday, names_and_birthday),
    ] {
        let mut by_key: HashMap<String, (Vec<u32>, Vec<&Employee>)> = HashMap::new();
        for position in &records {
            if let Some(key) = key(&reading.drafts.facts(*position)) {
                by_key.entry(key).or_default().0.push(*position);
            }
        }
        for employee in &employees {
            if let Some(key) = key(*employee) {
                by_key.entry(key).or_default().1.push(employee);
            }
        }
        let mut here: Vec<Found<'a>> = Vec::new();
        for (records, employees) in by_key.into_values() {
            match (records.as_slice(), employees.as_slice()) {
                ([position], [employee])
                    if !contradict(reading.drafts.facts(*position), employee) =>
                {
                    here.push(Found {
                        position: *position,
                        employee,
                        by,
                    });
                }
                ([_, ..], [employee, ..]) => {
                    problems.push(ambiguous(reading, &records, employee));
                }
                _ => {}
            }
        }
        let paired: HashSet<u32> = here.iter().map(|found| found.position).collect();
        let people: HashSet<EmployeeId> = here.iter().map(|found| found.employee.id).collect();
        records.retain(|position| !paired.contains(position));
        employees.retain(|employee| !people.contains(&employee.id));
        found.append(&mut here);
    }
    found.sort_by_key(|found| found.employee.id);
    found
}

fn is_readable(state: DraftState) -> bool {
    matches!(
        state,
        DraftState::Candidate | DraftState::NotSelected | DraftState::Undecided
    )
}

/// The values of a record or of an employee.
trait Values {
    fn of(&self, field: FieldNumber) -> Option<&str>;
}

impl Values for FactsRef<'_> {
    fn of(&self, field: FieldNumber) -> Option<&str> {
        self.value(field)
    }
}

impl Values for Employee {
    fn of(&self, field: FieldNumber) -> Option<&str> {
        self.value(field)
    }
}

fn address(values: &dyn Values) -> Option<String> {
    values
        .of(canonical::EMAIL)
        .map(|email| fold_email(email).into_owned())
}

fn names_and_birthday(values: &dyn Values) -> Option<String> {
    let name = |field| values.of(field).map(str::to_lowercase);
    Some(format!(
        "{}\n{}\n{}",
        name(canonical::FIRST_NAME)?,
        name(canonical::LAST_NAME)?,
        values.of(canonical::BIRTHDAY)?
    ))
}

/// One address, two people: both names differ, and the birthday too where both sides know it.
fn contradict(facts: FactsRef<'_>, employee: &Employee) -> bool {
    let differs = |field| match (facts.value(field), employee.value(field)) {
        (Some(one), Some(other)) => Some(one.to_lowercase() != other.to_lowercase()),
        _ => None,
    };
    differs(canonical::FIRST_NAME) == Some(true)
        && differs(canonical::LAST_NAME) == Some(true)
        && differs(canonical::BIRTHDAY) != Some(false)
}

fn compare(reading: &Reading, managed: &[&Employee], found: &[Found<'_>]) -> Comparison {
    let records: HashSet<u32> = found.iter().map(|found| found.position).collect();
    let people: HashSet<EmployeeId> = found.iter().map(|found| found.employee.id).collect();
    let pairs = found.iter().map(|found| {
        let facts = reading.drafts.facts(found.position);
        Pair {
            employee: found.employee.id,
            who: Who::of_employee(found.employee),
            paired_by: found.by,
            external_id: facts.value(canonical::EXTERNAL_ID).map(str::to_owned),
            differs: facts
                .iter()
                .filter(|(field, fact)| {
                    *field != canonical::EXTERNAL_ID && fact.value() != found.employee.value(*field)
                })
                .map(|(field, _)| field)
                .collect(),
        }
    });
    Comparison {
        pairs: pairs.collect(),
        only_old: managed
            .iter()
            .filter(|employee| employee.status.is_employed() && !people.contains(&employee.id))
            .map(|employee| Who::of_employee(employee))
            .collect(),
        only_new: reading
            .drafts
            .iter()
            .filter(|(position, draft)| {
                draft.state == DraftState::Candidate && !records.contains(position)
            })
            .map(|(position, _)| Who::of_record(reading.drafts.facts(position)))
            .collect(),
    }
}

/// The employee who has the new external id and does not give it up in this plan.
fn holder_who_stays<'k>(
    facts: FactsRef<'_>,
    employee: &Employee,
    employees: &'k Candidates,
    moving: &HashSet<EmployeeId>,
) -> Option<&'k Employee> {
    let id = facts.value(canonical::EXTERNAL_ID)?;
    let holder = employees.by_external_id(id)?;
    (holder.id != employee.id && !moving.contains(&holder.id)).then_some(holder)
}

/// The employee gets the new source's external id and is managed by it.
fn transfer(
    facts: FactsRef<'_>,
    employee: &Employee,
    (old, new): (Option<&String>, &str),
) -> Option<Operation> {
    let change = |what, old: Option<&str>, new: Option<&str>| {
        (old != new).then(|| Change {
            what,
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
            reason: Reason::Succession,
        })
    };
    let id = facts.value(canonical::EXTERNAL_ID).and_then(|id| {
        change(
            Changed::Field(canonical::EXTERNAL_ID),
            employee.external_id(),
            Some(id),
        )
    });
    let owner = change(Changed::Owner, old.map(String::as_str), Some(new));
    let changes: Vec<Change> = id.into_iter().chain(owner).collect();
    (!changes.is_empty()).then(|| Operation {
        kind: OperationKind::Update,
        employee: Some(employee.id),
        revision: employee.revision,
        draft: None,
        origin: None,
        reason: Reason::Succession,
        changes,
        who: Who::of_employee(employee),
        held: None,
        fingerprint: None,
        takes_ownership: true,
    })
}

/// Records that move nobody count as not selected: this plan creates nobody.
fn count(reading: &Reading, plan: &Plan) -> Counts {
    let rejected = reading
        .drafts
        .iter()
        .filter(|(_, draft)| draft.state == DraftState::Rejected)
        .count() as u64;
    let superseded = reading
        .drafts
        .iter()
        .filter(|(_, draft)| draft.state == DraftState::Superseded)
        .count() as u64;
    let mut counts = Counts {
        read: reading.read,
        updated: plan.operations.len() as u64,
        rejected: reading.unreadable + rejected,
        superseded: reading.superseded + superseded,
        ..Counts::default()
    };
    let accounted = counts.updated + counts.rejected + counts.superseded;
    counts.excluded = counts.read.saturating_sub(accounted);
    counts
}

fn ambiguous(reading: &Reading, records: &[u32], employee: &Employee) -> Problem {
    let candidates = records
        .iter()
        .map(|position| Who::of_record(reading.drafts.facts(*position)).to_string());
    let mut problem = Problem::new(
        Code::MatchConflict,
        Severity::Warning,
        Detail::Ambiguous {
            name: employee.name(),
            candidates: candidates.collect(),
        },
        Remedy::LinkManually,
    );
    problem.subject = employee.external_id().map(str::to_owned);
    problem
}

fn id_of_another(facts: FactsRef<'_>, employee: &Employee, holder: &Employee) -> Problem {
    let mut problem = Problem::new(
        Code::MatchConflict,
        Severity::Warning,
        Detail::IdOfAnother {
            id: facts
                .value(canonical::EXTERNAL_ID)
                .unwrap_or_default()
                .to_owned(),
            holder: holder.name(),
            number: holder.id.0,
        },
        Remedy::SetIdPrefix,
    );
    problem.subject = employee.external_id().map(str::to_owned);
    problem
}
