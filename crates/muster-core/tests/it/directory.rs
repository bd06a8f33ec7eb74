//! A small directory in memory that deliveries are proposed and settled against.
//!
//! Rows are comma-separated text without quotes: decoding is not tested here. `<null>`, `<absent>` and
//! `<unreadable>` stand for such cells, `<object>` for a value of another kind, and a row that starts with `!` is one that the decoder refused.

mod lawful;
mod rows;

pub(crate) use lawful::{assert_lawful, check};

use jiff::civil::date;
use muster_core::{
    decide::{
        candidates::Candidates,
        proposal::{OperationView, Proposal},
        propose::{lookup_keys, propose, sweep},
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::{Employee, Status},
        facts::{Fact, Facts},
        field::{CANONICAL_FIELDS, FieldNumber, canonical as c},
        ids::{EmployeeId, IntegrationId, RunId},
        plan::{Changed, OperationKind},
        problem::{Problem, lifecycle::UnconfirmedStart},
    },
    read::{
        normalise::fold_email,
        reading::{Completeness, PartialReason, Reading},
        roster::{Fingerprint, LastGood, Roster, RosterEntry},
    },
    setup::{
        integration::Setup,
        policy::Policy,
        selection::{Rule, Test},
    },
};
use rows::{setup, table};
use std::collections::{BTreeMap, BTreeSet};

/// The integration whose deliveries are tested.
pub(crate) const ME: IntegrationId = IntegrationId(1);
/// Another integration of the workspace.
pub(crate) const OTHER: IntegrationId = IntegrationId(2);

const LEVEL: FieldNumber = FieldNumber(CANONICAL_FIELDS);
const BUDGET: FieldNumber = FieldNumber(CANONICAL_FIELDS + 1);

/// Columns of the deliveries and what they are mapped to.
const COLUMNS: &[(&str, FieldNumber)] = &[
    ("id", c::EXTERNAL_ID),
    ("email", c::EMAIL),
    ("first", c::FIRST_NAME),
    ("last", c::LAST_NAME),
    ("born", c::BIRTHDAY),
    ("start", c::ONBOARDING_DATE),
    ("end", c::OFFBOARDING_DATE),
    ("joined", c::WORK_ANNIVERSARY),
    ("language", c::LANGUAGE),
    ("group", c::GROUP),
    ("department", c::DEPARTMENT),
    ("phone", c::PHONE),
    ("manager", c::MANAGER_EXTERNAL_ID),
    ("level", LEVEL),
    ("budget", BUDGET),
];

/// The directory, the integration's settings, and what earlier runs left.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) setup: Setup,
    pub(crate) calendar: Calendar,
    pub(crate) people: Vec<Employee>,
    pub(crate) last_good: Option<LastGood>,
    pub(crate) last_superseded: u64,
    pub(crate) removed_this_week: u64,
    pub(crate) held_by: Option<RunId>,
    pub(crate) missed: BTreeMap<EmployeeId, u16>,
    pub(crate) unconfirmed_starts: BTreeMap<EmployeeId, UnconfirmedStart>,
    ignored_starts: BTreeMap<EmployeeId, String>,
    /// Whether the next delivery is the last one read again.
    pub(crate) is_same_delivery: bool,
    fingerprints: BTreeMap<EmployeeId, Fingerprint>,
}

/// What a failing law needs to be understood.
impl std::fmt::Debug for Fixture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rules = &self.setup.rules;
        f.debug_list()
            .entries(&self.people)
            .entry(&rules.policy)
            .entry(&rules.selection)
            .finish()
    }
}

impl Fixture {
    /// A directory on 2026-05-01. Beside the columns of a delivery, `people` may have `status`, `owner`
    /// (blank: the tested integration; `other`, `nobody`) and `protected` (`yes`).
    pub(crate) fn new(people: &str) -> Self {
        let mut fixture = Self {
            setup: setup(),
            calendar: Calendar::on(date(2026, 5, 1)),
            people: Vec::new(),
            last_good: None,
            last_superseded: 0,
            removed_this_week: 0,
            held_by: None,
            missed: BTreeMap::new(),
            unconfirmed_starts: BTreeMap::new(),
            ignored_starts: BTreeMap::new(),
            is_same_delivery: false,
            fingerprints: BTreeMap::new(),
        };
        let (columns, rows) = table(people);
        for (_, cells) in rows {
            let cell = |name: &str| {
                let at = columns.iter().position(|column| column == name);
                at.and_then(|at| cells.get(at))
                    .map(String::as_str)
                    .filter(|text| !text.is_empty())
            };
            let values = COLUMNS
                .iter()
                .filter_map(|(column, field)| Some((*field, cell(column)?)));
            fixture.people.push(Employee {
                id: EmployeeId(fixture.people.len() as i64 + 1),
                revision: 1,
                status: cell("status").map_or(Status::Active, |text| Status::parse(text).unwrap()),
                owner: match cell("owner") {
                    None => Some(ME),
                    Some("other") => Some(OTHER),
                    Some(_) => None,
                },
                protected: cell("protected").is_some(),
                facts: Facts::of_values(values),
                pins: Vec::new(),
            });
        }
        fixture
    }

    /// So many people with ids from 1, all active and all owned by the tested integration.
    pub(crate) fn crowd(count: usize) -> Self {
        Self::new(&crowd(1..=count))
    }

    /// The same directory with another policy.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(&mut self.setup.rules.policy);
        self
    }

    /// The same directory on another day; the offboarding hour has not come.
    pub(crate) fn on(mut self, year: i16, month: i8, day: i8) -> Self {
        self.calendar = Calendar::on(date(year, month, day));
        self
    }

    /// The same integration, taking only records whose column `access` says yes.
    pub(crate) fn gated(mut self) -> Self {
        self.setup.rules.selection = vec![Rule::new("access".to_owned(), Test::Is(true))];
        self
    }

    /// What the integration knows before it reads.
    pub(crate) fn roster(&self) -> Roster {
        let entry = |employee: &Employee| RosterEntry {
            employee: employee.id,
            fingerprint: self.fingerprints.get(&employee.id).copied(),
            missed: self.missed.get(&employee.id).copied().unwrap_or_default(),
            employed: employee.status.is_employed(),
        };
        let mut roster = Roster::new(
            self.people
                .iter()
                .filter(|one| one.owner == Some(ME))
                .map(entry)
                .collect(),
        );
        roster.integration = Some(ME);
        roster.workspace_people = self.people.len() as u64;
        roster.workspace_employed = self
            .people
            .iter()
            .filter(|one| one.status.is_employed())
            .count() as u64;
        roster.last_good = self.last_good.clone();
        roster.last_superseded = self.last_superseded;
        roster.removed_this_week = self.removed_this_week;
        roster.held_by = self.held_by;
        roster.unconfirmed_starts = self.unconfirmed_starts.clone();
        roster.ignored_starts = self.ignored_starts.clone();
        roster
    }

    /// Takes in a delivery; files come newest first. An error refuses it as a whole.
    pub(crate) fn read(
        &self,
        files: &[&str],
        partial: Option<PartialReason>,
    ) -> Result<Reading, Problem> {
        self.read_with(&self.roster(), files, partial)
    }

    /// Proposes what a delivery would do, knowing only the people that the core asked for.
    pub(crate) fn propose(&self, files: &[&str]) -> Proposal {
        self.propose_partial(files, None)
    }

    /// The same for a delivery of which the connector says that it is not complete.
    pub(crate) fn propose_partial(
        &self,
        files: &[&str],
        partial: Option<PartialReason>,
    ) -> Proposal {
        let mut reading = self.read(files, partial).unwrap();
        reading.is_same_delivery = self.is_same_delivery;
        let roster = self.roster();
        let wanted = lookup_keys(&reading, &roster, &self.setup.rules.policy);
        let ids: BTreeSet<_> = wanted
            .external_ids
            .iter()
            .map(|id| (*id).to_owned())
            .collect();
        let emails: BTreeSet<_> = wanted
            .emails
            .iter()
            .map(|email| fold_email(email).into_owned())
            .collect();
        let missing: BTreeSet<_> = wanted.missing.iter().copied().collect();
        let is_due = |employee: &Employee| {
            let has_come = |field| {
                employee
                    .value(field)
                    .is_some_and(|day| day <= self.calendar.today.to_string().as_str())
            };
            let is_over = employee
                .pins
                .iter()
                .any(|pin| !pin.holds(self.calendar.today));
            has_come(c::ONBOARDING_DATE) || has_come(c::OFFBOARDING_DATE) || is_over
        };
        let candidates = self.people.iter().filter(|one| {
            one.external_id().is_some_and(|id| ids.contains(id))
                || emails.contains(fold_email(one.email()).as_ref())
                || missing.contains(&one.id)
                || (wanted.unowned && one.owner.is_none() && one.status.is_employed())
                || is_due(one)
        });
        let candidates = Candidates::new(candidates.cloned().collect());
        propose(reading, &self.setup, &roster, &candidates, self.calendar)
    }

    /// Writes what a proposal says, but for operations that wait for a person.
    pub(crate) fn settle(&mut self, proposal: &Proposal) {
        for view in proposal.views().filter(|view| view.held.is_none()) {
            self.apply(&view);
        }
        for (employee, fingerprint) in &proposal.refreshed {
            self.fingerprints.insert(*employee, *fingerprint);
        }
        self.missed.extend(proposal.missed.iter().copied());
        for (employee, why) in &proposal.unconfirmed_starts {
            match why {
                Some(why) => self.unconfirmed_starts.insert(*employee, *why),
                None => self.unconfirmed_starts.remove(employee),
            };
        }
        for (employee, ignored) in &proposal.ignored_starts {
            match ignored {
                Some(date) => self.ignored_starts.insert(*employee, date.clone()),
                None => self.ignored_starts.remove(employee),
            };
        }
        for (employee, pin) in &proposal.new_pins {
            let person = self
                .people
                .iter_mut()
                .find(|person| person.id == *employee)
                .unwrap();
            person.pins.retain(|old| old.field != pin.field);
            person.pins.push(pin.clone());
        }
        for group in &proposal.new_groups {
            self.setup.workspace.groups.push(group.clone());
        }
        self.setup.workspace.groups.sort();
        self.assert_keys_are_unique();
    }

    /// Proposes, settles and tells the story: one day of a longer tale.
    pub(crate) fn step(&mut self, files: &[&str]) -> Vec<String> {
        let proposal = self.propose(files);
        assert_lawful(self, &proposal);
        self.settle(&proposal);
        self.story(&proposal)
    }

    /// The sweep at an instant, settled.
    pub(crate) fn sweep(&mut self, now: &str) -> Vec<String> {
        let calendar = Calendar::at(now.parse().unwrap(), &self.setup.workspace.settings);
        let proposal = sweep(
            &Candidates::new(self.people.clone()),
            &self.roster(),
            calendar,
        );
        assert_lawful(self, &proposal);
        self.settle(&proposal);
        self.story(&proposal)
    }

    fn apply(&mut self, view: &OperationView<'_>) {
        let id = view
            .employee
            .unwrap_or(EmployeeId(self.people.len() as i64 + 1));
        if view.kind == OperationKind::Create {
            self.people.push(Employee {
                id,
                revision: 0,
                status: view.status.unwrap(),
                owner: None,
                protected: false,
                facts: Facts::default(),
                pins: Vec::new(),
            });
        }
        let person = self
            .people
            .iter_mut()
            .find(|person| person.id == id)
            .unwrap();
        assert_eq!(
            person.revision, view.revision,
            "the operation carries the state it was computed from"
        );
        person.revision += 1;
        for change in view.changes.iter() {
            match change.what {
                Changed::Status => {
                    person.status = Status::parse(change.new.as_deref().unwrap()).unwrap()
                }
                Changed::Owner => {}
                Changed::Field(field) => {
                    person
                        .pins
                        .retain(|pin| pin.field != field || !change.reason.ends_pin());
                    assert_eq!(
                        person.value(field),
                        change.old.as_deref(),
                        "the old value is what is stored"
                    );
                    let facts = person.facts.with(
                        field,
                        change.new.as_deref().map_or(Fact::Cleared, Fact::Set),
                    );
                    person.facts = Facts::new(
                        facts
                            .as_ref()
                            .iter()
                            .filter(|(_, fact)| fact.value().is_some()),
                    );
                }
            }
        }
        if view.kind == OperationKind::Delete {
            person.facts = Facts::default();
        }
        if view.takes_ownership {
            person.owner = Some(ME);
        }
        match view.fingerprint {
            Some(fingerprint) => self.fingerprints.insert(id, fingerprint),
            None => self.fingerprints.remove(&id),
        };
    }

    fn assert_keys_are_unique(&self) {
        let mut seen = BTreeSet::new();
        for person in &self.people {
            let email = person
                .value(c::EMAIL)
                .map(|email| format!("address {}", fold_email(email)));
            let id = person.external_id().map(|id| format!("id {id}"));
            for key in email.into_iter().chain(id) {
                assert!(seen.insert(key.clone()), "two people have the {key}");
            }
        }
    }

    /// Notes the proposal as the last good run.
    pub(crate) fn remember(&mut self, proposal: &Proposal) {
        self.last_superseded = proposal.counts.superseded;
        self.last_good = Some(LastGood {
            run: RunId(1),
            records: proposal.counts.read,
            setup: self.setup.version(),
            fills: proposal.fills.clone(),
            final_line_break: proposal.reading.final_line_break,
        });
    }

    /// The person with this external id.
    pub(crate) fn person(&self, id: &str) -> &Employee {
        self.people
            .iter()
            .find(|person| person.external_id() == Some(id))
            .unwrap()
    }

    /// A proposal as lines of text: operations, then problems, then what holds it.
    pub(crate) fn story(&self, proposal: &Proposal) -> Vec<String> {
        let mut lines: Vec<String> = proposal.views().map(|view| self.operation(&view)).collect();
        let problems = proposal
            .problems
            .kept()
            .iter()
            .filter(|problem| problem.code != Code::ColumnOptional);
        lines.extend(problems.map(|problem| {
            let origin = problem
                .origin
                .map_or(String::new(), |origin| match origin.file {
                    0 => format!("line {}: ", origin.line),
                    file => format!("file {file} line {}: ", origin.line),
                });
            let severity = format!("{:?}", problem.severity).to_lowercase();
            format!("{origin}{severity} {}", problem.code)
        }));
        if let Completeness::Partial(reason) = &proposal.reading.completeness {
            lines.push(format!("partial {}", reason.as_str()));
        }
        lines.extend(
            proposal
                .findings
                .iter()
                .map(|finding| format!("guard {}", finding.guard.as_str())),
        );
        lines
    }

    fn operation(&self, view: &OperationView<'_>) -> String {
        let held = if view.held.is_some() { "held " } else { "" };
        let key = view
            .who
            .external_id
            .as_ref()
            .or(view.who.email.as_ref())
            .cloned()
            .unwrap_or_default();
        let start = format!(
            "{held}{} {key} {}",
            view.kind.as_str(),
            view.reason.as_str()
        );
        if view.kind == OperationKind::Create {
            return format!("{start} {}", view.status.unwrap().as_str());
        }
        let changes = view
            .changes
            .iter()
            .filter(|change| change.what != Changed::Status)
            .map(|change| {
                let show = |value: &Option<String>| value.clone().unwrap_or("-".to_owned());
                format!(
                    " {}={}>{}",
                    self.setup.workspace.schema.changed(change.what),
                    show(&change.old),
                    show(&change.new)
                )
            });
        format!("{start}{}", changes.collect::<String>())
    }
}

/// Rows of so many people, with a header.
pub(crate) fn crowd(ids: impl IntoIterator<Item = usize>) -> String {
    let row = |id: usize| format!("{id},p{id}@x.nl,First{id},Last{id},1990-01-01,Sales\n");
    "id,email,first,last,born,department\n".to_owned()
        + &ids.into_iter().map(row).collect::<String>()
}
