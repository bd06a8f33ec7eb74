//! What holds over several days of mixed deliveries: departures, joiners, spoiled and missing rows, new ids, swapped
//! addresses, amounts, incomplete deliveries, and sweeps in between.

use crate::directory::{Fixture, assert_lawful};
use jiff::{ToSpan, civil::Date, civil::date};
use muster_core::{
    decide::proposal::Proposal,
    model::{
        calendar::Calendar,
        employee::{Employee, Status},
        field::{CANONICAL_FIELDS, FieldNumber, canonical as c},
        ids::EmployeeId,
        plan::Reason,
        problem::Severity,
    },
    read::reading::{Completeness, PartialReason},
    setup::policy::Missing,
};
use proptest::{prelude::*, sample::select};
use std::collections::{BTreeMap, BTreeSet};

const HEADER: &str = "id,email,first,last,born,start,end,department,budget";
const EMPLOYEES: usize = 8;
const BUDGET: FieldNumber = FieldNumber(CANONICAL_FIELDS + 1);
const COLUMNS: usize = 9;
const ID: usize = 0;
const EMAIL: usize = 1;
const START: usize = 5;
const END: usize = 6;
const AMOUNT: usize = 8;

/// What becomes of one row.
#[derive(Clone, Debug)]
enum Action {
    /// The row is not in the file of the day.
    Missing,
    /// One cell is spoiled on the day.
    Spoil(usize, &'static str),
    /// The employment ends so many days from now.
    Ends(i64),
    EndWithdrawn,
    /// It begins so many days from now.
    Starts(i64),
    NewId,
    /// The address of the next row, which gets this one.
    SwapAddress,
    Amount(&'static str),
}

/// One day: how many days after the one before, whether the delivery is incomplete, and what is different in it.
#[derive(Clone, Debug)]
struct Day {
    later: i64,
    partial: Option<PartialReason>,
    actions: Vec<(usize, Action)>,
    sweeps: bool,
}

fn action() -> impl Strategy<Value = Action> {
    let spoiled = select(vec![
        "",
        "<null>",
        "<unreadable>",
        "#REF!",
        "99/99",
        "x\u{202e}y",
    ]);
    let amount = select(vec![
        "50",
        "75.5",
        "100.00",
        "0",
        "",
        "1.250",
        "\u{20ac}50",
        "50 EUR",
        "1e3",
        "50.",
        "\u{ff15}\u{ff10}",
        "-5",
    ]);
    prop_oneof![
        2 => Just(Action::Missing),
        4 => (0..COLUMNS, spoiled).prop_map(|(column, value)| Action::Spoil(column, value)),
        4 => (-10i64..10).prop_map(Action::Ends),
        1 => Just(Action::EndWithdrawn),
        2 => (-5i64..10).prop_map(Action::Starts),
        1 => Just(Action::NewId),
        1 => Just(Action::SwapAddress),
        3 => amount.prop_map(Action::Amount),
    ]
}

fn day() -> impl Strategy<Value = Day> {
    let reasons = vec![
        PartialReason::Truncated,
        PartialReason::Shrunk,
        PartialReason::ChangedWhileReading,
        PartialReason::Unproven,
        PartialReason::SuspiciousRows,
    ];
    (
        0i64..4,
        proptest::option::weighted(0.25, select(reasons)),
        proptest::collection::vec((0..EMPLOYEES, action()), 0..5),
        any::<bool>(),
    )
        .prop_map(|(later, partial, actions, sweeps)| Day {
            later,
            partial,
            actions,
            sweeps,
        })
}

/// The source: what it would deliver of each employee if nothing went wrong on the day.
struct Source {
    rows: Vec<Vec<String>>,
    ids: usize,
}

impl Source {
    fn new() -> Self {
        let row = |number: usize| {
            let start = if number > 6 {
                "2026-05-06"
            } else {
                "2020-01-01"
            };
            let row = format!(
                "{number},p{number}@x.nl,First{number},Last{number},1990-01-0{number},{start},,Sales,50"
            );
            row.split(',').map(str::to_owned).collect()
        };
        Self {
            rows: (1..=EMPLOYEES).map(row).collect(),
            ids: EMPLOYEES,
        }
    }

    /// The rows of a day.
    fn deliver(&mut self, today: Date, actions: &[(usize, Action)]) -> Vec<Vec<String>> {
        let mut missing = BTreeSet::new();
        let mut spoiled = Vec::new();
        for (at, action) in actions {
            let day = |days: i64| today.checked_add(days.days()).unwrap().to_string();
            match action {
                Action::Missing => drop(missing.insert(*at)),
                Action::Spoil(column, value) => spoiled.push((*at, *column, *value)),
                Action::Ends(days) => self.rows[*at][END] = day(*days),
                Action::EndWithdrawn => self.rows[*at][END] = "<null>".to_owned(),
                Action::Starts(days) => self.rows[*at][START] = day(*days),
                Action::NewId => {
                    self.ids += 1;
                    self.rows[*at][ID] = self.ids.to_string();
                }
                Action::SwapAddress => {
                    let other = (*at + 1) % EMPLOYEES;
                    let address = self.rows[*at][EMAIL].clone();
                    self.rows[*at][EMAIL] =
                        std::mem::replace(&mut self.rows[other][EMAIL], address);
                }
                Action::Amount(amount) => (*amount).clone_into(&mut self.rows[*at][AMOUNT]),
            }
        }
        let mut rows = self.rows.clone();
        for (at, column, value) in spoiled {
            value.clone_into(&mut rows[at][column]);
        }
        let is_there = |(at, row): (usize, Vec<String>)| (!missing.contains(&at)).then_some(row);
        rows.into_iter().enumerate().filter_map(is_there).collect()
    }
}

fn text(rows: &[Vec<String>]) -> String {
    let lines = rows.iter().map(|row| row.join(",") + "\n");
    format!("{HEADER}\n{}", lines.collect::<String>())
}

/// One settled delivery beside the directory before it.
struct Settled<'s> {
    before: &'s [Employee],
    after: &'s [Employee],
    proposal: &'s Proposal,
    rows: &'s [Vec<String>],
    today: Date,
}

impl Settled<'_> {
    fn after(&self, id: EmployeeId) -> &Employee {
        self.after.iter().find(|one| one.id == id).unwrap()
    }

    fn row_of(&self, employee: &Employee) -> Option<&Vec<String>> {
        let id = employee.external_id()?;
        self.rows.iter().find(|row| row[ID] == id)
    }

    fn is_held(&self, id: EmployeeId) -> bool {
        let mut views = self.proposal.views();
        views.any(|view| view.employee == Some(id) && view.held.is_some())
    }

    fn rejected_rows(&self) -> impl Iterator<Item = &Vec<String>> {
        let problems = self.proposal.problems.kept().iter();
        let rejected = problems.filter(|problem| problem.severity == Severity::Rejected);
        rejected.filter_map(|problem| Some(&self.rows[problem.origin?.line as usize - 2]))
    }

    fn nobody_is_missing_from_a_delivery_in_doubt(&self) {
        let is_complete = self.proposal.reading.completeness == Completeness::Complete;
        for view in self
            .proposal
            .views()
            .filter(|view| view.reason == Reason::Missing)
        {
            assert!(is_complete, "{view:?}");
            let employee = self
                .before
                .iter()
                .find(|one| Some(one.id) == view.employee)
                .unwrap();
            assert!(self.row_of(employee).is_none(), "{view:?} has a record");
        }
    }

    fn a_stated_departure_takes_place_or_is_held(&self) {
        for employee in self.before.iter().filter(|one| one.status.is_employed()) {
            let Some(end) = self
                .row_of(employee)
                .and_then(|row| row[END].parse::<Date>().ok())
            else {
                continue;
            };
            let has_left = self.after(employee.id).status == Status::Inactive;
            let is_stated = end < self.today;
            assert!(
                !is_stated || has_left || self.is_held(employee.id),
                "{employee:?} stays"
            );
        }
    }

    fn no_amount_is_guessed(&self) {
        let exact = |cell: &str| match cell {
            "50" | "75.5" | "0" => Some(cell.to_owned()),
            "100.00" => Some("100".to_owned()),
            _ => None,
        };
        let stated: BTreeSet<String> = self
            .rows
            .iter()
            .filter_map(|row| exact(&row[AMOUNT]))
            .collect();
        for employee in self.after {
            let Some(amount) = employee.value(BUDGET) else {
                continue;
            };
            let before = self.before.iter().find(|one| one.id == employee.id);
            let is_stored = before.and_then(|one| one.value(BUDGET)) == Some(amount);
            let amount = amount.strip_suffix(".00").unwrap_or(amount);
            let amount = amount
                .strip_suffix("0")
                .filter(|short| short.contains('.'))
                .unwrap_or(amount);
            assert!(
                is_stored || stated.contains(amount),
                "{amount} was never delivered: {stated:?}"
            );
        }
    }

    fn a_rejected_record_leaves_its_employee_as_stored(&self) {
        for row in self.rejected_rows().filter(|row| !row[ID].is_empty()) {
            let named = self
                .before
                .iter()
                .find(|one| one.external_id() == Some(&row[ID]));
            let Some(before) = named else { continue };
            let after = self.after(before.id);
            assert_eq!(before.facts, after.facts, "{row:?}");
            let is_due = |field| {
                let day = before.value(field).and_then(|day| day.parse::<Date>().ok());
                day.is_some_and(|day| day <= self.today)
            };
            assert!(
                before.status == after.status
                    || is_due(c::ONBOARDING_DATE)
                    || is_due(c::OFFBOARDING_DATE),
                "{row:?}"
            );
        }
    }

    /// Whether the delivery puts a record itself in doubt.
    fn is_in_doubt(&self, row: &Vec<String>) -> bool {
        match self.proposal.reading.completeness {
            Completeness::Partial(PartialReason::Truncated) => self.rows.last() == Some(row),
            Completeness::Partial(
                PartialReason::ChangedWhileReading | PartialReason::SuspiciousRows,
            ) => true,
            _ => false,
        }
    }

    /// What this delivery says against the start of an employee; none: nothing new.
    fn doubt(&self, employee: &Employee) -> Option<bool> {
        if let Some(row) = self.row_of(employee) {
            let dates = (row[START].parse::<Date>(), row[END].parse::<Date>());
            // Who was not scheduled yet may start and end on one day.
            let cancels = matches!(dates, (Ok(start), Ok(end)) if end < start);
            let is_rejected = self.rejected_rows().any(|rejected| rejected == row);
            let is_against = cancels || is_rejected;
            // A record that may be wrong says nothing against a start.
            return (!is_against || !self.is_in_doubt(row)).then_some(is_against);
        }
        let is_like = |row: &Vec<String>| {
            row[EMAIL] == employee.email() || format!("{} {}", row[2], row[3]) == employee.name()
        };
        let is_complete = self.proposal.reading.completeness == Completeness::Complete;
        (is_complete && !self.rows.iter().any(is_like)).then_some(true)
    }
}

fn starts(before: &[Employee], after: &[Employee], doubts: &BTreeMap<EmployeeId, bool>) {
    for employee in before.iter().filter(|one| one.status == Status::Scheduled) {
        let now = after.iter().find(|one| one.id == employee.id).unwrap();
        let is_doubted = doubts.get(&employee.id).copied().unwrap_or_default();
        assert!(
            now.status != Status::Active || !is_doubted,
            "{employee:?} starts"
        );
    }
}

crate::for_every_seed! {
    cases: 320;

    #[test]
    fn days_of_mixed_deliveries_keep_every_promise(
        days in proptest::collection::vec(day(), 1..7),
        missing in select(vec![Missing::Keep, Missing::Deactivate]),
    ) {
        let mut source = Source::new();
        let mut fixture = Fixture::new("id,email,first,last\n").with(|policy| policy.missing = missing);
        let first = fixture.propose(&[&text(&source.rows)]);
        fixture.settle(&first);
        let mut today = date(2026, 5, 1);
        let mut doubts = BTreeMap::new();
        for day in days {
            today = today.checked_add(day.later.days()).unwrap();
            fixture.calendar = Calendar::on(today);
            if day.sweeps {
                let before = fixture.people.clone();
                fixture.sweep(&format!("{today}T06:00:00Z"));
                starts(&before, &fixture.people, &doubts);
            }
            let rows = source.deliver(today, &day.actions);
            let before = fixture.people.clone();
            let proposal = fixture.propose_partial(&[&text(&rows)], day.partial);
            assert_lawful(&fixture, &proposal);
            fixture.settle(&proposal);
            fixture.assert_approvable(&proposal);
            let settled = Settled {
                before: &before,
                after: &fixture.people,
                proposal: &proposal,
                rows: &rows,
                today,
            };
            settled.nobody_is_missing_from_a_delivery_in_doubt();
            settled.a_stated_departure_takes_place_or_is_held();
            settled.no_amount_is_guessed();
            settled.a_rejected_record_leaves_its_employee_as_stored();
            for employee in &before {
                if let Some(doubt) = settled.doubt(employee) {
                    doubts.insert(employee.id, doubt);
                }
            }
            starts(&before, &fixture.people, &doubts);
        }
    }
}
