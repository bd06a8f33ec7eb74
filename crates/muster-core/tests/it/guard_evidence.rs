//! Guards that rest on more than the proposal: files of earlier runs, end dates stored long before, and budgets.

use crate::directory::{Fixture, crowd};
use jiff::{Timestamp, civil::date};
use muster_core::{
    decide::{
        candidates::Candidates,
        guard::{
            Evidence, Finding,
            budgets::{self, Granted, Wanted},
            old_content::{self, EarlierDelivery},
            older_file,
        },
        proposal::{Proposal, Verdict},
        propose::{propose, sweep},
    },
    derive::budget::{BudgetKind, Grant, Ledger, Seen, Span},
    model::{
        calendar::Calendar,
        code::Code,
        facts::Fact,
        field::{CANONICAL_FIELDS, FieldNumber},
        ids::{EmployeeId, RunId},
        origin::DeliveredFile,
    },
    setup::policy::{Missing, OnGuard},
};

fn guards(proposal: &Proposal) -> Vec<&str> {
    let guard = |finding: &Finding| finding.guard.as_str();
    proposal.findings.iter().map(guard).collect()
}

/// Twenty employees, of whom the first six leave on 2026-05-20.
fn leaving() -> Fixture {
    let row = |id: usize| {
        let end = if id <= 6 { "2026-05-20" } else { "" };
        format!("{id},p{id}@x.nl,First{id},Last{id},{end}\n")
    };
    let rows: String = (1..=20).map(row).collect();
    Fixture::new(&format!("id,email,first,last,end\n{rows}"))
}

fn swept(announced: impl IntoIterator<Item = i64>) -> Proposal {
    let fixture = leaving();
    let now = "2026-05-20T23:00:00Z".parse().unwrap();
    let calendar = Calendar::at(now, &fixture.setup.workspace.settings);
    let announced = announced.into_iter().map(EmployeeId).collect();
    let candidates = Candidates::new(fixture.people.clone()).with_announced(announced);
    sweep(&candidates, &fixture.roster(), calendar)
}

#[test]
fn departures_on_an_end_date_stored_long_before_do_not_count() {
    let all = swept(1..=6);
    assert_eq!((all.plan.operations.len(), all.verdict), (6, Verdict::Go));
    assert_eq!(all.announced.len(), 6);
    // Employees who are announced and stay, or leave another way, make no difference.
    let three_left = swept([1, 2, 3, 19, 20]);
    assert_eq!(
        (three_left.announced.len(), three_left.verdict),
        (3, Verdict::Go)
    );
    let four_left = swept([1, 2]);
    assert_eq!(guards(&four_left), ["removals"]);
    let finding = &four_left.findings[0];
    assert_eq!((finding.count, finding.of), (4, 20));
    assert_eq!(finding.people[0], "First3 Last3 (3)");
}

/// A delivery to the same directory, in which the first six are announced.
fn delivered(rows: &str) -> Proposal {
    let fixture = leaving().with(|policy| {
        policy.missing = Missing::Deactivate;
        policy.limits.removals_week.number = 10_000;
    });
    let rest = (7..=20).map(|id| format!("{id},p{id}@x.nl,First{id},Last{id},\n"));
    let delivery = format!(
        "id,email,first,last,end\n{rows}{}",
        rest.collect::<String>()
    );
    let reading = fixture.read(&[&delivery], None).unwrap();
    let announced = (1..=6).map(EmployeeId).collect();
    let candidates = Candidates::new(fixture.people.clone()).with_announced(announced);
    let roster = fixture.roster();
    propose(
        reading,
        &fixture.setup,
        &roster,
        &candidates,
        fixture.calendar,
    )
}

#[test]
fn announced_employees_who_leave_in_another_way_count() {
    let missing = delivered("");
    assert_eq!(guards(&missing), ["removals"]);
    assert_eq!((missing.announced.len(), missing.findings[0].count), (0, 6));
    // The record brings another end, which is over: what was stored did not announce this.
    let earlier = (1..=6).map(|id| format!("{id},p{id}@x.nl,First{id},Last{id},2026-04-20\n"));
    let earlier = delivered(&earlier.collect::<String>());
    assert_eq!(guards(&earlier), ["removals"]);
    assert_eq!((earlier.announced.len(), earlier.findings[0].count), (0, 6));
}

fn file(name: &str, modified: Option<&str>) -> DeliveredFile {
    DeliveredFile {
        name: name.to_owned(),
        bytes: 1,
        modified: modified.map(|text| text.parse().unwrap()),
        sha256: name.to_owned(),
        final_line_break: None,
    }
}

#[test]
fn a_delivery_is_older_only_if_its_newest_file_is() {
    let (first, second) = ("2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z");
    let held = |files: &[DeliveredFile], last: &[DeliveredFile], delivery: &str| {
        let mut proposal = Fixture::crowd(9).propose(&[delivery]);
        older_file::check(&mut proposal, files, last, RunId(7));
        proposal
    };
    let joiner = crowd(1..=10);
    let last = [file("b.csv", Some(second)), file("a.csv", Some(first))];
    let older = held(&[file("c.csv", Some(first))], &last, &joiner);
    assert_eq!(
        (guards(&older), older.verdict),
        (vec!["older"], Verdict::Hold)
    );
    let expected = Evidence::Older {
        file: "c.csv".to_owned(),
        modified: first.parse().unwrap(),
        last_file: "b.csv".to_owned(),
        last_modified: second.parse().unwrap(),
        run: RunId(7),
    };
    assert_eq!(older.findings[0].evidence, expected);
    let fine = [
        (vec![file("c.csv", Some(second))], &last[..], &joiner),
        (
            vec![file("c.csv", Some(first)), file("d.csv", Some(second))],
            &last[..],
            &joiner,
        ),
        (vec![file("c.csv", None)], &last[..], &joiner),
        (vec![file("c.csv", Some(first))], &[], &joiner),
        (vec![file("c.csv", Some(first))], &last[..], &crowd(1..=9)),
    ];
    for (files, last, delivery) in fine {
        assert_eq!(
            held(&files, last, delivery).verdict,
            Verdict::Go,
            "{files:?}"
        );
    }
}

/// What old content with this delivery does, in a directory of twenty of whom number 20 left.
fn old(delivery: &str) -> Proposal {
    let staff = crowd(1..=20).replace("department", "department,status");
    let staff: String = staff
        .lines()
        .map(|line| match line.starts_with("20,") {
            true => format!("{line},inactive\n"),
            false => format!("{line}\n"),
        })
        .collect();
    let fixture = Fixture::new(&staff).with(|policy| policy.missing = Missing::Deactivate);
    let mut proposal = fixture.propose(&[delivery]);
    assert_eq!(proposal.verdict, Verdict::Go);
    let earlier = EarlierDelivery {
        run: RunId(3),
        at: Timestamp::UNIX_EPOCH,
    };
    old_content::check(&mut proposal, earlier);
    let warnings = proposal.problems.kept().iter();
    assert_eq!(
        warnings
            .filter(|problem| problem.code == Code::OldContent)
            .count(),
        1
    );
    proposal
}

#[test]
fn old_content_is_held_for_a_departure_a_return_or_more_than_three_employees() {
    let titled = |count: usize| {
        let rows = (1..=19).map(|id| {
            let department = if id <= count { "HR" } else { "Sales" };
            format!("{id},p{id}@x.nl,First{id},Last{id},1990-01-01,{department}\n")
        });
        "id,email,first,last,born,department\n".to_owned() + &rows.collect::<String>()
    };
    let joiner = "99,new@x.nl,New,Person,1990-01-01,HR\n";
    assert_eq!(old(&titled(3)).verdict, Verdict::Go);
    assert_eq!(old(&(titled(2) + joiner)).verdict, Verdict::Go);
    let four = old(&titled(4));
    assert_eq!(
        (guards(&four), four.verdict),
        (vec!["old_content"], Verdict::Hold)
    );
    let finding = &four.findings[0];
    assert_eq!((finding.count, finding.of, finding.people.len()), (4, 4, 4));
    let at = Timestamp::UNIX_EPOCH;
    assert_eq!(finding.evidence, Evidence::OldContent { run: RunId(3), at });
    assert_eq!(old(&(titled(3) + joiner)).verdict, Verdict::Hold);
    assert_eq!(old(&crowd(2..=19)).verdict, Verdict::Hold, "a departure");
    assert_eq!(old(&crowd(1..=20)).verdict, Verdict::Hold, "a return");
    // A record that is held for itself changes nobody.
    let reused = titled(3).replace(
        "19,p19@x.nl,First19,Last19,1990-01-01,Sales",
        "19,zoe@x.nl,Zoe,Zee,2001-01-01,Sales",
    );
    assert_eq!(old(&reused).verdict, Verdict::Go);
}

#[test]
fn old_content_does_not_answer_for_dates_that_are_due() {
    let mut fixture = leaving().on(2026, 5, 21);
    fixture.people.truncate(8);
    let rows: String = (7..=8)
        .map(|id| format!("{id},p{id}@x.nl,First{id},Last{id},\n"))
        .collect();
    let mut proposal = fixture.propose(&[&format!("id,email,first,last,end\n{rows}")]);
    assert_eq!(proposal.counts.due, 6);
    proposal.findings.clear();
    proposal.verdict = Verdict::Go;
    let earlier = EarlierDelivery {
        run: RunId(3),
        at: Timestamp::UNIX_EPOCH,
    };
    old_content::check(&mut proposal, earlier);
    assert_eq!(proposal.verdict, Verdict::Go);
}

#[test]
fn an_address_that_passes_on_holds_nothing_unless_departures_are_held() {
    let fixture = Fixture::crowd(40).with(|policy| {
        policy.missing = Missing::Deactivate;
        policy.on_guard = OnGuard::HoldRemovals;
    });
    // Number 1 leaves, and gives the address up with the end date.
    let rows = crowd(2..=40)
        .replace("department", "department,end")
        .replace("p2@x.nl", "p1@x.nl")
        + "1,old1@x.nl,First1,Last1,1990-01-01,Sales,2026-04-01\n";
    let proposal = fixture.propose(&[&rows]);
    assert_eq!(
        (proposal.verdict, guards(&proposal)),
        (Verdict::Go, Vec::new())
    );
    assert_eq!(proposal.counts.deactivated, 1);
}

const MONTHLY: FieldNumber = FieldNumber(CANONICAL_FIELDS + 1);

/// Twenty employees with 50 a month each, of whom number 20 left; the first few get another amount.
fn monthly(count: usize, amount: &str, total: &str) -> Proposal {
    let row = |id: usize, amount: &str| format!("{id},p{id}@x.nl,First{id},Last{id},{amount}");
    let header = "id,email,first,last,budget";
    let staff: String = (1..=20)
        .map(|id| row(id, "50") + if id == 20 { ",inactive\n" } else { ",\n" })
        .collect();
    let fixture = Fixture::new(&format!("{header},status\n{staff}"));
    let delivered: String = (1..=19)
        .map(|id| row(id, if id <= count { amount } else { "50" }) + "\n")
        .collect();
    let mut proposal = fixture.propose(&[&format!(
        "{header}\n{delivered}99,new@x.nl,New,One,900\n20,p20@x.nl,First20,Last20,900"
    )]);
    assert_eq!(proposal.counts.created + proposal.counts.reactivated, 2);
    assert_eq!(proposal.verdict, Verdict::Go);
    let wanted = budgets::wanted(&proposal, &fixture.setup);
    assert!(wanted.totals && wanted.ledgers.is_empty());
    let mut granted = Granted::default();
    granted.totals.add("all", total).unwrap();
    granted.totals.add("health", "100000").unwrap();
    let candidates = Candidates::new(fixture.people.clone());
    budgets::check(
        &mut proposal,
        &fixture.setup,
        &candidates,
        &granted,
        date(2026, 5, 1),
    );
    proposal
}

#[test]
fn a_monthly_total_trips_at_more_than_a_quarter_and_more_than_three_employees() {
    assert_eq!(monthly(5, "100", "1000").verdict, Verdict::Go);
    let held = monthly(5, "100.01", "1000");
    assert_eq!(
        (guards(&held), held.verdict),
        (vec!["budget_total"], Verdict::Hold)
    );
    let finding = &held.findings[0];
    assert_eq!((finding.count, finding.of, finding.people.len()), (5, 7, 5));
    let Evidence::BudgetTotal {
        field,
        before,
        after,
        limit,
        ..
    } = &finding.evidence
    else {
        panic!("{finding:?}")
    };
    assert_eq!(
        (field.as_str(), before.as_str(), after.as_str()),
        ("monthly_all_budget", "1000", "1250.05")
    );
    assert_eq!((limit.percent, limit.number), (25.0, 3));
    assert_eq!(monthly(3, "90000", "1000").verdict, Verdict::Go);
    assert_eq!(monthly(4, "90000", "1000").verdict, Verdict::Hold);
    // Less is a change too, and so is an amount where there was none.
    assert_eq!(monthly(5, "0", "1000").verdict, Verdict::Go);
    assert_eq!(monthly(6, "0", "1000").verdict, Verdict::Hold);
    assert_eq!(monthly(4, "60", "0").verdict, Verdict::Hold);
}

#[test]
fn a_plan_without_budgets_looks_nothing_up() {
    let fixture = Fixture::crowd(5);
    let proposal = fixture.propose(&[&crowd(1..=6).replace("Sales", "HR")]);
    assert_eq!(
        budgets::wanted(&proposal, &fixture.setup),
        Wanted::default()
    );
}

/// A directory whose budget field is a one-off, of which employee 1 was granted 1 on a day.
fn one_off(days: u16, granted_on: (i8, i8), category: &str, cancelled: bool) -> Proposal {
    let mut fixture = Fixture::crowd(5);
    let mut own: Vec<_> = fixture
        .setup
        .workspace
        .schema
        .own()
        .map(|(_, field)| field.clone())
        .collect();
    own[1].key = "oneoff_gift_budget".to_owned();
    fixture.setup.workspace.schema = muster_core::model::field::Schema::new(own);
    fixture.setup.rules.policy.limits.one_off_days = days;
    let person = &mut fixture.people[0];
    person.facts = person.facts.with(MONTHLY, Fact::Set("1"));
    let delivery =
        "id,email,first,last,budget\n1,p1@x.nl,First1,Last1,1000\n2,p2@x.nl,First2,Last2,70";
    let mut proposal = fixture.propose(&[delivery]);
    let wanted = budgets::wanted(&proposal, &fixture.setup);
    assert_eq!((wanted.totals, wanted.ledgers.len()), (false, 2));
    let starts = date(2026, granted_on.0, granted_on.1);
    let grant = Grant {
        number: 1,
        kind: BudgetKind::OneOff,
        category: category.to_owned(),
        amount: budget("1"),
        currency: "EUR".to_owned(),
        span: Span {
            starts,
            ends: Some(starts),
            cancelled,
        },
        steps: Vec::new(),
    };
    let seen = Seen {
        category: category.to_owned(),
        value: Some(budget("1")),
        waits: None,
    };
    let mut granted = Granted::default();
    let ledger = Ledger {
        grants: vec![grant],
        seen: vec![seen],
    };
    granted.ledgers.insert(EmployeeId(1), ledger);
    granted.ledgers.insert(EmployeeId(2), Ledger::default());
    let candidates = Candidates::new(fixture.people.clone());
    budgets::check(
        &mut proposal,
        &fixture.setup,
        &candidates,
        &granted,
        date(2026, 5, 1),
    );
    proposal
}

fn budget(text: &str) -> rust_decimal::Decimal {
    muster_core::derive::budget::amount(text).unwrap()
}

#[test]
fn a_second_one_off_trips_within_31_days_and_only_for_who_has_the_first() {
    let held = one_off(31, (3, 31), "gift", false);
    assert_eq!(
        (guards(&held), held.verdict),
        (vec!["second_one_off"], Verdict::Hold)
    );
    let finding = &held.findings[0];
    assert_eq!((finding.count, finding.of), (1, 2));
    assert_eq!(finding.people, ["First1 Last1 (1)"]);
    let Evidence::SecondOneOff {
        field,
        first,
        second,
        days,
        ..
    } = &finding.evidence
    else {
        panic!("{finding:?}")
    };
    assert_eq!(
        (field.as_str(), first.as_str(), second.as_str(), *days),
        ("oneoff_gift_budget", "1", "1000", 31)
    );
    assert_eq!(
        one_off(31, (3, 30), "gift", false).verdict,
        Verdict::Go,
        "32 days"
    );
    assert_eq!(
        one_off(31, (5, 1), "gift", false).verdict,
        Verdict::Hold,
        "the same day"
    );
    assert_eq!(
        one_off(31, (4, 20), "health", false).verdict,
        Verdict::Go,
        "another category"
    );
    assert_eq!(
        one_off(31, (4, 20), "gift", true).verdict,
        Verdict::Go,
        "never granted"
    );
    assert_eq!(
        one_off(0, (4, 20), "gift", false).verdict,
        Verdict::Go,
        "switched off"
    );
}
