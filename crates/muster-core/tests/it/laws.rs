//! What holds for every delivery against every directory.

use crate::directory::{Fixture, assert_lawful};
use jiff::{Timestamp, civil::date};
use muster_core::{
    decide::proposal::{Counts, OperationView, Proposal, Verdict},
    model::{
        facts::{Fact, Facts},
        field::canonical as c,
        pin::Pin,
        plan::{Changed, OperationKind, Reason},
    },
    read::reading::{Completeness, PartialReason},
    setup::policy::{Deselected, EmailChange, MatchBy, Missing, OnGuard},
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Whether a person has an id, then status, owner, offboarding date, and whether they are protected.
type Standing<'t> = (bool, &'t str, &'t str, &'t str, bool);

const HEADER: &str = "id,email,first,last,born,start,end,department,access";

/// Rows from so few values that keys meet, people look alike and every rule is reached.
fn row() -> impl Strategy<Value = String> {
    let id = prop_oneof![1 => Just("".to_owned()), 8 => (1u8..9).prop_map(|id| id.to_string()), 1 => Just("1E+05".to_owned())];
    let email = prop_oneof![
        12 => (1u8..9).prop_map(|at| format!("p{at}@x.nl")),
        2 => (1u8..9).prop_map(|at| format!("P{at}@x.nl")),
        1 => Just("".to_owned()),
    ];
    let pick = |values: &'static [&'static str]| proptest::sample::select(values);
    let start = pick(&["", "", "2020-01-01", "2026-05-01", "2026-06-01", "soon"]);
    let end = pick(&[
        "",
        "",
        "",
        "2026-04-01",
        "2026-05-01",
        "2026-12-31",
        "9999-12-31",
        "<null>",
    ]);
    let access = pick(&["yes", "yes", "yes", "no", "perhaps", "<absent>"]);
    let names = (
        pick(&["Ann", "Ann", "Bob"]),
        pick(&["Aal", "Bos"]),
        pick(&["", "1990-01-01"]),
    );
    (
        id,
        email,
        names,
        start,
        end,
        pick(&["HR", "IT", ""]),
        access,
    )
        .prop_map(
            |(id, email, (first, last, born), start, end, department, access)| {
                [
                    &*id, &*email, first, last, born, start, end, department, access,
                ]
                .join(",")
            },
        )
}

/// A directory: the address of a person is their number, their id may be another.
fn directory() -> impl Strategy<Value = Fixture> {
    let status = proptest::sample::select(&["", "", "", "inactive", "scheduled"][..]);
    let owner = proptest::sample::select(&["", "", "", "other", "nobody"][..]);
    let end = proptest::sample::select(&["", "", "2026-04-01", "2026-12-31"][..]);
    let person = (
        any::<bool>(),
        status,
        owner,
        end,
        proptest::bool::weighted(0.1),
    );
    let ids = Just((1..9).collect::<Vec<u32>>()).prop_shuffle();
    (proptest::collection::vec(person, 0..8), ids).prop_map(|(people, ids)| {
        let row =
            |((at, (has_id, status, owner, end, protected)), id): ((u32, Standing<'_>), u32)| {
                let id = if has_id {
                    id.to_string()
                } else {
                    String::new()
                };
                let protected = if protected { "yes" } else { "" };
                format!("{id},p{at}@x.nl,Ann,Aal,1990-01-01,{end},{status},{owner},{protected}\n")
            };
        let rows: String = (1..).zip(people).zip(ids).map(row).collect();
        Fixture::new(&format!(
            "id,email,first,last,born,end,status,owner,protected\n{rows}"
        ))
    })
}

pub(crate) fn fixture() -> impl Strategy<Value = Fixture> {
    let pick = |values: &'static [MatchBy]| proptest::sample::select(values);
    let by = pick(&[
        MatchBy::ExternalIdThenEmail,
        MatchBy::ExternalIdThenEmail,
        MatchBy::ExternalId,
        MatchBy::Email,
    ]);
    let missing =
        proptest::sample::select(&[Missing::Keep, Missing::Deactivate, Missing::Delete][..]);
    let pins =
        proptest::collection::vec(proptest::option::weighted(0.2, (0usize..4, 0usize..3)), 8);
    (directory(), by, missing, any::<[bool; 4]>(), pins).prop_map(
        |(fixture, by, missing, [gated, keep, create, part], pins)| {
            let fixture = pinned(fixture, &pins).with(|policy| {
                policy.match_by = by;
                policy.missing = missing;
                policy.deselected = if keep {
                    Deselected::Keep
                } else {
                    Deselected::Deactivate
                };
                policy.email_change = if create {
                    EmailChange::Create
                } else {
                    EmailChange::Hold
                };
                policy.on_guard = if part {
                    OnGuard::HoldRemovals
                } else {
                    OnGuard::HoldAll
                };
            });
            if gated { fixture.gated() } else { fixture }
        },
    )
}

/// The same people with a pinned field here and there: of each the field, and whether the pin holds.
fn pinned(mut fixture: Fixture, pins: &[Option<(usize, usize)>]) -> Fixture {
    for (person, pin) in fixture.people.iter_mut().zip(pins) {
        let Some((field, until)) = *pin else { continue };
        let address = format!("q{}@x.nl", person.id);
        let (field, value) = [
            (c::DEPARTMENT, Some("Board")),
            (c::FIRST_NAME, Some("Bob")),
            (c::OFFBOARDING_DATE, None),
            (c::EMAIL, Some(address.as_str())),
        ][field];
        if field == c::EMAIL && person.external_id().is_none() {
            continue;
        }
        let facts = person
            .facts
            .with(field, value.map_or(Fact::Cleared, Fact::Set));
        person.facts = Facts::new(
            facts
                .as_ref()
                .iter()
                .filter(|(_, fact)| fact.value().is_some()),
        );
        person.pins = vec![Pin {
            field,
            value: value.map(str::to_owned),
            reason: "ticket".to_owned(),
            author: "eva".to_owned(),
            created: Timestamp::UNIX_EPOCH,
            until: [None, Some(date(2026, 5, 1)), Some(date(2026, 4, 30))][until],
        }];
    }
    fixture
}

pub(crate) fn delivery() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec(row(), 0..12)
}

pub(crate) fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}", rows.join("\n"))
}

/// The operations without regard to their order and to where their records stand.
fn as_set(proposal: &Proposal) -> BTreeSet<String> {
    let said = proposal.views().map(|view| {
        let changes: BTreeSet<_> = view
            .changes
            .iter()
            .map(|change| format!("{change:?}"))
            .collect();
        format!(
            "{:?}",
            (
                view.kind,
                view.employee,
                view.reason,
                view.status,
                view.held,
                &view.who,
                changes
            )
        )
    });
    said.collect()
}

fn removals(proposal: &Proposal) -> usize {
    proposal
        .views()
        .filter(|view| view.kind.is_removal() && view.held.is_none())
        .count()
}

crate::for_every_seed! {
    cases: 400;

    #[test]
    fn every_record_ends_in_one_disposition_and_settling_ends_the_matter(
        fixture in fixture(),
        newest in delivery(),
        older in delivery(),
        several in any::<bool>(),
    ) {
        // A deletion frees an address that a refused record of the same delivery may then take.
        let mut fixture = fixture.with(|policy| {
            if policy.missing == Missing::Delete {
                policy.missing = Missing::Deactivate;
            }
        });
        let (newest, older) = (file(&newest), file(&older));
        let files: Vec<&str> = if several { vec![&newest, &older] } else { vec![&newest] };
        let proposal = fixture.propose(&files);
        assert_lawful(&fixture, &proposal);
        fixture.settle(&proposal);
        fixture.assert_approvable(&proposal);
        let departures = proposal.views().filter(|view| view.reason == Reason::OffboardingDate);
        let left: Vec<_> = departures.map(|view| view.employee).collect();
        // A row without id in an older file may name an address that the newest has changed: it is somebody
        // new the second time, which only a look at the past could know.
        if several {
            return Ok(());
        }
        let again = fixture.propose(&files);
        assert_lawful(&fixture, &again);
        // Whose day to leave has passed and who is to come back on one ahead leaves first.
        let comes_back =
            |view: &OperationView<'_>| view.kind == OperationKind::Reactivate && left.contains(&view.employee);
        let rest = again.views().filter(|view| view.held.is_none() && !comes_back(view));
        let rest: Vec<_> = rest.map(|view| format!("{view:?}")).collect();
        prop_assert!(rest.is_empty(), "settled, yet {rest:#?}");
    }

    #[test]
    fn the_order_of_records_changes_nothing(fixture in fixture(), rows in delivery(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        let len = shuffled.len().max(1);
        shuffled.rotate_left(seed as usize % len);
        if seed % 2 == 0 {
            shuffled.reverse();
        }
        let (one, other) = (fixture.propose(&[&file(&rows)]), fixture.propose(&[&file(&shuffled)]));
        prop_assert_eq!(as_set(&one), as_set(&other));
        // Of three records with one key, two alike, the order decides which of them is called a repetition.
        let unused = |proposal: &Proposal| proposal.counts.rejected + proposal.counts.superseded;
        prop_assert_eq!(unused(&one), unused(&other));
        let used = |proposal: &Proposal| Counts { rejected: 0, superseded: 0, ..proposal.counts };
        prop_assert_eq!(used(&one), used(&other));
        prop_assert_eq!(one.findings.len(), other.findings.len());
    }

    /// P50.
    #[test]
    fn the_same_inputs_give_the_same_plan_byte_for_byte(fixture in fixture(), rows in delivery()) {
        let schema = &fixture.setup.workspace.schema;
        let (one, other) = (fixture.propose(&[&file(&rows)]), fixture.propose(&[&file(&rows)]));
        prop_assert_eq!(one.hash(schema), other.hash(schema));
        prop_assert_eq!(&one.plan, &other.plan);
        prop_assert_eq!(&one.problems, &other.problems);
        prop_assert_eq!(&one.findings, &other.findings);
    }

    #[test]
    fn only_a_complete_delivery_makes_anybody_missing(fixture in fixture(), rows in delivery()) {
        let complete = fixture.propose(&[&file(&rows)]);
        if complete.reading.completeness != Completeness::Complete {
            prop_assert_eq!(complete.counts.missing, 0);
        }
        for reason in [PartialReason::Truncated, PartialReason::Shrunk, PartialReason::ChangedWhileReading] {
            let partial = fixture.propose_partial(&[&file(&rows)], Some(reason));
            prop_assert_eq!(partial.counts.missing, 0);
            prop_assert!(partial.missed.is_empty());
            prop_assert!(partial.views().all(|view| view.kind != OperationKind::Delete));
        }
    }

    #[test]
    fn a_pinned_field_never_changes_and_is_shown_where_the_source_says_otherwise(
        mut fixture in fixture(),
        rows in delivery(),
    ) {
        let before = fixture.people.clone();
        let today = fixture.calendar.today;
        let proposal = fixture.propose(&[&file(&rows)]);
        for view in proposal.views().filter(|view| view.kind != OperationKind::Delete) {
            let Some(person) = before.iter().find(|person| Some(person.id) == view.employee) else { continue };
            for pin in person.pins.iter().filter(|pin| pin.holds(today)) {
                let change = view.changes.iter().find(|change| change.what == Changed::Field(pin.field));
                prop_assert!(change.is_none_or(|change| change.old == change.new), "{view:?}");
            }
            prop_assert!(!person.is_pinned(today) || view.fingerprint.is_none(), "{view:?}");
        }
        for notice in &proposal.pins {
            prop_assert_ne!(&notice.said, &notice.pin.value);
        }
        fixture.settle(&proposal);
        // Where keys pass from one to another, or their holder leaves, the same record is about another employee the next
        // time.
        let keys = [c::EMAIL, c::EXTERNAL_ID].map(Changed::Field);
        let passes = proposal.views().any(|view| view.changes.iter().any(|change| keys.contains(&change.what)));
        let shown = |proposal: &Proposal| proposal.pins.iter().map(|pin| (pin.employee, pin.said.clone())).collect::<Vec<_>>();
        if fixture.setup.rules.policy.match_by != MatchBy::Email && !passes && removals(&proposal) == 0 {
            // The same delivery shows the same pins again, whatever else it has nothing to say about.
            let again = fixture.propose(&[&file(&rows)]);
            prop_assert_eq!(shown(&again), shown(&proposal));
        }
    }

    #[test]
    fn nobody_that_a_record_names_is_missing(fixture in fixture(), rows in delivery()) {
        let proposal = fixture.propose(&[&file(&rows)]);
        let by = fixture.setup.rules.policy.match_by;
        let names = |id: &str| rows.iter().any(|row| row.split(',').next() == Some(id));
        for view in proposal.views().filter(|view| view.reason.as_str() == "missing") {
            let id = view.who.external_id.as_deref().filter(|_| by != MatchBy::Email);
            prop_assert!(!id.is_some_and(names), "{view:?} is named by\n{}", rows.join("\n"));
        }
    }

    #[test]
    fn removing_everybody_is_never_let_through(fixture in fixture(), rows in delivery()) {
        let employed = fixture.roster().employed() as usize;
        for rows in [&rows[..], &[]] {
            let proposal = fixture.propose(&[&file(rows)]);
            if removals(&proposal) > 0 && removals(&proposal) >= employed {
                prop_assert_ne!(proposal.verdict, Verdict::Go);
            }
        }
    }
}
