//! Guards on what changes between two deliveries: their size, keys, columns, and the values of a field.

use super::{only, people, rows, trips};
use crate::directory::{Fixture, crowd};
use muster_core::{
    decide::{guard::Evidence, proposal::Proposal},
    model::{
        field::canonical as c,
        ids::RunId,
        problem::{
            Detail, Remedy,
            columns::{self, LastFill},
        },
    },
    read::reading::PartialReason,
    setup::{
        mapping::Source,
        policy::{Approve, MatchBy},
    },
};

#[test]
fn a_delivery_that_shrank_is_held() {
    let mut fixture = Fixture::crowd(20);
    let all = fixture.propose(&[&crowd(1..=20)]);
    fixture.remember(&all);
    let with_news =
        |ids: std::ops::RangeInclusive<usize>| crowd(ids) + "99,new@x.nl,New,Person,1990-01-01,HR";
    trips(&fixture, &with_news(1..=15), &[]);
    let proposal = trips(&fixture, &with_news(1..=14), &["shrunk"]);
    let finding = only(&proposal);
    assert_eq!((finding.count, finding.of), (5, 20));
    assert!(
        matches!(finding.evidence, Evidence::Shrunk { records: 15, .. }),
        "{finding:?}"
    );
    // Yesterday's file lay beside that of today, and is cleared away as the warning says.
    let both = fixture.propose(&[&crowd(1..=20), &crowd(1..=20)]);
    assert_eq!((both.counts.read, both.counts.superseded), (40, 20));
    fixture.remember(&both);
    trips(&fixture, &with_news(1..=15), &[]);
    trips(&fixture, &with_news(1..=14), &["shrunk"]);
    assert_eq!(
        fixture
            .propose(&[&with_news(1..=14), &crowd(1..=14)])
            .findings
            .len(),
        1,
        "a copy makes it no larger"
    );
}

#[test]
fn many_new_addresses_or_ids_are_held() {
    let moved = |upto: usize| {
        rows(1..=30, "id,email,first,last", |id| {
            let other = if id <= upto { "new." } else { "" };
            format!("{id},{other}p{id}@x.nl,First{id},Last{id}")
        })
    };
    trips(&Fixture::crowd(30), &moved(3), &[]);
    assert_eq!(
        only(&trips(&Fixture::crowd(30), &moved(4), &["key_changes"])).count,
        4
    );
    trips(&Fixture::crowd(40), &moved(4), &[]);
    let renumbered = rows(1..=9, "id,email,first,last", |id| {
        format!("N{id},p{id}@x.nl,First{id},Last{id}")
    });
    let by_email = Fixture::crowd(9).with(|policy| policy.match_by = MatchBy::Email);
    trips(&by_email, &renumbered, &["key_changes", "field_changes"]);
    // Another case of the same address is no other address.
    let upper = rows(1..=9, "id,email,first,last", |id| {
        format!("{id},P{id}@X.nl,First{id},Last{id}")
    });
    trips(&Fixture::crowd(9), &upper, &[]);
    // An id that is adopted replaces none.
    let without = rows(1..=9, "email,first,last", |id| {
        format!("p{id}@x.nl,First{id},Last{id}")
    });
    trips(&Fixture::new(&without), &renumbered, &[]);
}

#[test]
fn many_rejected_records_are_held() {
    let rejected = |count: usize, of: usize| {
        let first = |id| if id <= count { "" } else { "New" };
        rows(1..=of, "id,email,first,last", |id| {
            format!("{id},p{id}@x.nl,{},Last{id}", first(id))
        })
    };
    trips(&Fixture::crowd(0), &rejected(10, 20), &[]);
    let proposal = trips(&Fixture::crowd(0), &rejected(11, 54), &["rejected"]);
    assert_eq!((only(&proposal).count, only(&proposal).of), (11, 54));
    trips(&Fixture::crowd(0), &rejected(11, 55), &[]);
}

#[test]
fn a_field_that_empties_or_becomes_one_value_is_held() {
    let departments = |name: &dyn Fn(usize) -> String| {
        rows(1..=40, "id,email,first,last,department", |id| {
            format!("{id},p{id}@x.nl,First{id},Last{id},{}", name(id))
        }) + "99,new@x.nl,New,Person,"
    };
    let mut fixture = Fixture::crowd(40);
    let many = departments(&|id| format!("D{}", id % 5));
    let first = fixture.propose(&[&many]);
    fixture.remember(&first);
    fixture.settle(&first);
    // Nobody's value changes, because blanks keep: the joiner is what makes a plan.
    fixture
        .people
        .retain(|person| person.external_id() != Some("99"));
    trips(&fixture, &departments(&|_| "  ".to_owned()), &["fill"]);
    trips(
        &fixture,
        &departments(&|id| {
            if id <= 3 {
                "D1".to_owned()
            } else {
                String::new()
            }
        }),
        &[],
    );
    trips(&fixture, &departments(&|_| "D1".to_owned()), &["one_value"]);
}

#[test]
fn f24_a_column_that_is_gone_is_reported_as_that_and_holds_nothing() {
    let staff = |with: bool| {
        let header = if with {
            "id,email,first,last,department"
        } else {
            "id,email,first,last,departments"
        };
        rows(1..=40, header, |id| {
            format!("{id},p{id}@x.nl,First{id},Last{id},D{}", id % 5)
        })
    };
    let mut fixture = Fixture::crowd(40);
    let reported = |fixture: &Fixture, delivery: &str| {
        let proposal = trips(
            fixture,
            &(delivery.to_owned() + "99,new@x.nl,New,Person,X"),
            &[],
        );
        let reported = proposal
            .problems
            .kept()
            .iter()
            .filter(|problem| format!("{:?}", problem.detail).contains("\"department\""));
        (
            reported
                .map(|problem| (problem.detail.clone(), problem.remedy.clone()))
                .collect::<Vec<_>>(),
            proposal,
        )
    };
    let first = fixture.propose(&[&staff(true)]);
    fixture.remember(&first);
    let (said, second) = reported(&fixture, &staff(false));
    let gone = |last| {
        Detail::Columns(columns::Detail::Gone {
            columns: vec!["department".to_owned()],
            last,
        })
    };
    let last = LastFill::InRun {
        filled: 40,
        records: 40,
        run: RunId(1),
    };
    let renamed = columns::Remedy::DeliverColumn {
        meant: Some("departments".to_owned()),
    };
    assert_eq!(said, [(gone(last), Remedy::Columns(renamed))]);
    // What was known of it stays known: when it is back without values, that is noticed.
    fixture.remember(&second);
    let (said, third) = reported(&fixture, &staff(false));
    assert_eq!(said[0].0, gone(LastFill::Earlier { filled: 40 }));
    fixture.remember(&third);
    let blank = rows(1..=41, "id,email,first,last,department", |id| {
        format!("{id},p{id}@x.nl,First{id},Last{id},")
    });
    trips(&fixture, &blank, &["fill"]);
    // In one of two files it is not gone.
    let both = fixture.propose(&[&staff(true), &crowd(90..=91).replace("department", "other")]);
    assert!(both.problems.kept().iter().all(|problem| !matches!(
        &problem.detail,
        Detail::Columns(columns::Detail::Gone { .. })
    )));
}

#[test]
fn f24_a_date_of_access_that_is_gone_waits_for_a_person_once() {
    let row = |id: usize| format!("{id},p{id}@x.nl,First{id},Last{id},2020-01-01");
    let mut fixture = Fixture::crowd(40);
    let first = fixture.propose(&[&rows(1..=40, "id,email,first,last,start", row)]);
    fixture.remember(&first);
    fixture.settle(&first);
    // Also with nothing else to do: the joiners of the day after would be active at once.
    for ids in [1..=40, 1..=41] {
        let proposal = trips(
            &fixture,
            &rows(ids, "id,email,first,last,begin", row),
            &["fill"],
        );
        let finding = only(&proposal);
        assert_eq!((finding.count, finding.of), (40, 40));
        let expected = Evidence::AccessGone {
            field: "onboarding_date".to_owned(),
            run: RunId(1),
        };
        assert_eq!(finding.evidence, expected);
        let mut approved = fixture.clone();
        approved.remember(&proposal);
        trips(
            &approved,
            &rows(1..=42, "id,email,first,last,begin", row),
            &[],
        );
    }
    trips(&fixture, "id,email,first,last,begin", &[]);
    // What every record is given instead is not gone.
    let mut given = fixture.clone();
    let entries = &mut given.setup.rules.mapping.entries;
    entries
        .iter_mut()
        .find(|entry| entry.field == c::ONBOARDING_DATE)
        .unwrap()
        .source = Source::Constant("2020-01-01".to_owned());
    trips(&given, &rows(1..=41, "id,email,first,last,begin", row), &[]);
}

#[test]
fn m21_a_field_that_changes_for_nearly_everybody_is_held() {
    let renamed = |upto: usize| {
        rows(1..=30, "id,email,first,last", |id| {
            format!(
                "{id},p{id}@x.nl,First{id},{}{id}",
                if id <= upto { "Other" } else { "Last" }
            )
        })
    };
    trips(&Fixture::crowd(30), &renamed(24), &[]);
    let proposal = trips(&Fixture::crowd(30), &renamed(25), &["field_changes"]);
    let finding = only(&proposal);
    assert_eq!((finding.count, finding.of), (25, 30));
    assert!(
        matches!(&finding.evidence, Evidence::FieldChanges { field, .. } if field == "last_name"),
        "{finding:?}"
    );
}

/// Rows in which a column of the first few is another one.
fn changed(upto: usize, of: usize, column: &str, value: impl Fn(usize) -> String) -> String {
    rows(1..=of, &format!("id,email,first,last,{column}"), |id| {
        let value = if id <= upto {
            value(id)
        } else {
            "2020-01-01".to_owned()
        };
        format!("{id},p{id}@x.nl,First{id},Last{id},{value}")
    })
}

/// A directory in which everyone has a value in the column.
fn with_column(of: usize, column: &str) -> Fixture {
    Fixture::new(&changed(0, of, column, |_| String::new()))
}

#[test]
fn names_and_dates_trip_at_more_than_three_employees_and_other_fields_at_more_than_twenty() {
    let day = |id: usize| format!("2021-01-{id:02}");
    for column in ["born", "joined", "last"] {
        let fixture = |of| {
            if column == "last" {
                Fixture::crowd(of)
            } else {
                with_column(of, column)
            }
        };
        let delivery = |upto, of| {
            if column == "last" {
                rows(1..=of, "id,email,first,last", |id| {
                    let last = if id <= upto { "Other" } else { "Last" };
                    format!("{id},p{id}@x.nl,First{id},{last}{id}")
                })
            } else {
                changed(upto, of, column, day)
            }
        };
        trips(&fixture(3), &delivery(3, 3), &[]);
        trips(&fixture(4), &delivery(4, 4), &["field_changes"]);
        trips(&fixture(5), &delivery(4, 5), &[]);
    }
    let name = |id: usize| format!("Name{id}");
    let department = |of| with_column(of, "department");
    trips(&department(20), &changed(20, 20, "department", name), &[]);
    trips(
        &department(21),
        &changed(21, 21, "department", name),
        &["field_changes"],
    );
    trips(&department(30), &changed(24, 30, "department", name), &[]);
    trips(
        &department(30),
        &changed(25, 30, "department", name),
        &["field_changes"],
    );
    // A value where there was none replaces nothing.
    trips(&Fixture::crowd(30), &changed(30, 30, "joined", day), &[]);
}

#[test]
fn a_finding_names_the_settings_of_its_own_limit() {
    let settings = |fixture: &Fixture, delivery: &str| -> Vec<&str> {
        let proposal = fixture.propose(&[delivery]);
        let findings = proposal.findings.iter();
        findings
            .flat_map(|finding| &finding.settings)
            .map(|setting| setting.as_str())
            .collect()
    };
    let name = |id: usize| format!("Name{id}");
    let day = |id: usize| format!("2021-01-{id:02}");
    assert_eq!(
        settings(
            &with_column(21, "department"),
            &changed(21, 21, "department", name)
        ),
        ["guard.field_changes"]
    );
    assert_eq!(
        settings(&with_column(21, "joined"), &changed(21, 21, "joined", day)),
        ["guard.core_field_changes"]
    );
    let staff = people(40);
    assert_eq!(
        settings(&staff, &crowd(1..=20)),
        ["guard.removals", "guard.removals_number"]
    );
    let reviewed = staff.with(|policy| policy.approve = Approve::Always);
    assert_eq!(
        settings(
            &reviewed,
            &(crowd(1..=40) + "99,new@x.nl,New,Person,1990-01-01,HR")
        ),
        ["policy.approve"],
        "no limit, and a setting nevertheless"
    );
}

#[test]
fn a_volatile_field_trips_nothing_and_the_others_still_do() {
    let day = |id: usize| format!("2021-01-{id:02}");
    let mut fixture = with_column(9, "joined");
    trips(&fixture, &changed(9, 9, "joined", day), &["field_changes"]);
    fixture
        .setup
        .rules
        .policy
        .limits
        .volatile
        .insert(c::WORK_ANNIVERSARY);
    trips(&fixture, &changed(9, 9, "joined", day), &[]);
    let mut other = with_column(9, "born");
    other
        .setup
        .rules
        .policy
        .limits
        .volatile
        .insert(c::WORK_ANNIVERSARY);
    trips(&other, &changed(9, 9, "born", day), &["field_changes"]);
}

/// So many employees who left beside so many who are here.
fn left(inactive: usize, active: usize) -> Fixture {
    Fixture::new(&rows(
        1..=inactive + active,
        "id,email,first,last,status",
        |id| {
            let status = if id <= inactive { "inactive" } else { "" };
            format!("{id},p{id}@x.nl,First{id},Last{id},{status}")
        },
    ))
}

#[test]
fn the_status_trips_if_nearly_everyone_comes_back_and_not_if_they_start() {
    let finding = |fixture: &Fixture, count: usize, expected: &[&str]| {
        let proposal = trips(fixture, &crowd(1..=count), expected);
        proposal.findings.first().map(|one| (one.count, one.of))
    };
    assert_eq!(finding(&left(9, 1), 10, &["field_changes"]), Some((9, 10)));
    finding(&left(8, 2), 10, &[]);
    finding(&left(3, 0), 3, &[]);
    // Employees who start on the same day are expected.
    let staff = rows(1..=10, "id,email,first,last,start,status", |id| {
        format!("{id},p{id}@x.nl,First{id},Last{id},2026-05-01,scheduled")
    });
    let proposal =
        Fixture::new(&staff).propose_partial(&["id,email,first,last"], Some(PartialReason::Shrunk));
    assert_eq!((proposal.counts.due, proposal.findings.len()), (10, 0));
}

#[test]
fn new_groups_trip_at_more_than_five_and_a_fifth_of_those_that_exist() {
    let trip = |new: usize, existing: usize, expected: &[&str]| {
        let mut fixture = Fixture::crowd(40).with(|policy| {
            policy.unknown_group = muster_core::setup::policy::UnknownGroup::Create;
        });
        fixture.setup.workspace.groups = (1..=existing)
            .map(|group| format!("Old{group:02}"))
            .collect();
        let delivery = rows(1..=40, "id,email,first,last,group", |id| {
            let group = if id <= new {
                format!("New{id:02}")
            } else {
                "Old01".to_owned()
            };
            format!("{id},p{id}@x.nl,First{id},Last{id},{group}")
        });
        trips(&fixture, &delivery, expected)
    };
    trip(5, 10, &[]);
    trip(6, 30, &[]);
    let proposal = trip(6, 29, &["new_groups"]);
    let finding = only(&proposal);
    assert_eq!((finding.count, finding.of), (6, 29));
    let names = |proposal: &Proposal| match &only(proposal).evidence {
        Evidence::NewGroups { groups, limit } => {
            assert_eq!((limit.percent, limit.number), (20.0, 5));
            groups.clone()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(
        names(&proposal),
        (1..=6).map(|id| format!("New{id:02}")).collect::<Vec<_>>()
    );
    assert_eq!(names(&trip(21, 1, &["new_groups"])).len(), 20);
}
