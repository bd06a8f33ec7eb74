//! People who are missing from lists that do not say how long they are (A9, A10), as whole jobs.

use crate::{
    bamboohr::{DATASETS, REPORT},
    directory::changes,
    faults::{keeps, the_next_slot_is_not_lost},
    harness::{Harness, SystemSetup},
    personio::{V1, V2},
    youserve::SECRET,
};
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_engine::Mode;

const BY_CODE: SystemSetup = SystemSetup {
    settings: &[("login", "secret"), ("external_id", "personCode")],
    ..SECRET
};

#[test]
fn a9_unmarked_half_list_is_detected_by_looking_up_missing_employees() {
    for setup in [V1, V2, SECRET, BY_CODE] {
        let scenario = if setup == V1 {
            "half-total"
        } else {
            "half-list"
        };
        let (harness, ended) = keeps(setup, scenario, RunStatus::NothingToDo, "Api(Missing");
        ended.says("absence: StillThere");
        assert_eq!(ended.partial(), Some(PartialReason::Truncated), "{setup:?}");
        // One who is on the list, and three who are not.
        let single = |path: &str| {
            path.contains("/employees/4")
                || path.contains("/employees/3")
                || path.contains("/persons/")
        };
        let asked = harness.emulator.requests();
        let alone = asked.iter().filter(|it| {
            (single(&it.path) && !it.path.ends_with("/employments"))
                || it.query.contains("personCode=")
        });
        assert_eq!(alone.count(), 4, "{setup:?}");
        the_next_slot_is_not_lost(&harness);
    }
}

#[test]
fn a9_failed_lookup_causes_no_departure() {
    for (setup, deaf) in [(V2, "single-403"), (SECRET, "single-404")] {
        let harness = Harness::after_first_run(setup);
        harness.scenario("person-vanished").scenario(deaf);
        let before = harness.directory();
        let ended = harness.run(Mode::Apply);
        ended.is(RunStatus::NothingToDo).says("count: 1, absence: ");
        assert_eq!(
            (ended.partial(), &before),
            (Some(PartialReason::Shrunk), &harness.directory()),
            "{setup:?}"
        );
        the_next_slot_is_not_lost(&harness);
    }
}

#[test]
fn a13_employees_hidden_by_missing_permissions_are_not_deactivated() {
    for setup in [REPORT, DATASETS] {
        let (harness, ended) = keeps(
            setup,
            "people-hidden",
            RunStatus::NothingToDo,
            "absence: Hidden",
        );
        ended.says(r#"ids: ["6""#).says("BambooPeople");
        assert_eq!(ended.partial(), Some(PartialReason::Truncated), "{setup:?}");
        the_next_slot_is_not_lost(&harness);
    }
}

#[test]
fn a9_departure_confirmed_by_lookup_is_the_only_one() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET, BY_CODE] {
        let harness = Harness::after_first_run(setup);
        harness.scenario("person-vanished");
        let before = harness.directory();
        let ended = harness.run(Mode::Apply);
        assert_eq!(
            ended.is(RunStatus::Applied).partial(),
            None,
            "{setup:?}: {}",
            ended.said
        );
        let changed = changes(&before, &harness.directory());
        assert!(
            changed.len() == 1 && changed[0].ends_with(" status=inactive"),
            "{setup:?}: {changed:?}"
        );
    }
}

#[test]
fn a9_scheduled_employee_whose_lookup_fails_stays_scheduled() {
    let harness = Harness::after_first_run(SECRET);
    let starts = |harness: &Harness| {
        let all = harness.directory();
        all.into_values()
            .find(|person| person["status"] == "scheduled")
            .map(|person| person["external_id"].clone())
    };
    let id = starts(&harness).unwrap();
    let before = harness.directory();
    harness.emulator.change(|company| {
        let starts = company
            .people
            .iter_mut()
            .find(|it| (36_400_000 + it.service[0].contract).to_string() == id);
        // So long ago that the record is no longer given.
        let service = &mut starts.unwrap().service[0];
        (service.from, service.until) = (
            jiff::civil::date(2020, 1, 1),
            Some(jiff::civil::date(2020, 2, 1)),
        );
    });
    let ended = harness.run(Mode::Apply);
    ended.is(RunStatus::NothingToDo).says("NotStarted");
    assert_eq!((ended.partial(), before), (None, harness.directory()));
}

#[test]
fn a22_former_employee_without_an_address_is_the_only_departure() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET, BY_CODE] {
        let harness = Harness::after_first_run(setup);
        let before = harness.directory();
        harness.emulator.change(|company| {
            let yesterday = company.today.yesterday().ok();
            let person = &mut company.people[2];
            (person.email, person.private_email, person.service[0].until) = (None, None, yesterday);
        });
        let ended = harness.run(Mode::Apply);
        assert_eq!(
            ended.is(RunStatus::Applied).partial(),
            None,
            "{setup:?}: {}",
            ended.said
        );
        let changed = changes(&before, &harness.directory());
        let left: Vec<_> = changed
            .iter()
            .filter(|it| it.ends_with(" status=inactive"))
            .collect();
        assert!(
            left.len() == 1 && changed.len() == 1,
            "{setup:?}: {changed:?}"
        );
    }
}

#[test]
fn a9_more_departures_than_lookups_are_applied_after_approval() {
    const FEW: &[(&str, &str)] = &[("api", "v2"), ("most_missing", "3")];
    let mut harness = Harness::after_first_run(SystemSetup {
        settings: FEW,
        ..V2
    });
    harness.emulator.change(|company| {
        let taken: Vec<u64> = company
            .people
            .iter()
            .filter(|it| it.access)
            .map(|it| it.number)
            .skip(10)
            .collect();
        company.people.retain(|it| !taken[..8].contains(&it.number));
    });
    let before = harness.directory();
    let ended = harness.run(Mode::Apply);
    ended
        .says("of: Persons, count: 8, absence: TooMany { looked_up: 3, gone: 3, limit: 3 }")
        .says(r#"RaiseLookups { setting: "most_missing", count: 8 }"#);
    let left = |harness: &Harness| {
        changes(&before, &harness.directory())
            .iter()
            .any(|it| it.ends_with("status=inactive"))
    };
    assert!(
        ended.partial() == Some(PartialReason::Shrunk) && !left(&harness),
        "{}",
        ended.said
    );
    harness.setup = V2;
    let ended = harness.run(Mode::Apply);
    ended.is(RunStatus::Held).says("removals ");
    assert!(
        ended.partial().is_none() && !left(&harness),
        "{}",
        ended.said
    );
}

#[test]
fn a20_skipped_record_with_a_current_employment_prevents_the_departure() {
    for setup in [BY_CODE, SECRET] {
        let harness = Harness::after_first_run(setup);
        let number = harness
            .emulator
            .company()
            .people
            .iter()
            .find(|it| it.second.is_some())
            .unwrap()
            .number;
        harness.emulator.change(|company| {
            let yesterday = company.today.yesterday().ok();
            let person = company.people.iter_mut().find(|it| it.number == number);
            person.unwrap().service[0].until = yesterday;
        });
        // Under the id of a record the person goes on under the next one's, which somebody must agree to.
        let seen = harness.run(Mode::Apply);
        harness.approve_held(&seen);
        let before = harness.directory();
        harness.scenario("second-records-lost,on=/iam/v1.0/employees");
        harness.run(Mode::Apply);
        let left: Vec<_> = changes(&before, &harness.directory())
            .into_iter()
            .filter(|it| it.ends_with("status=inactive"))
            .collect();
        assert_eq!(left, [""; 0], "{setup:?}");
    }
}

#[test]
fn a9_incomplete_employments_change_no_dates() {
    for scenario in ["half-list", "empty-list", "page-for-ever", "empty-page"] {
        for (setup, list) in [
            (SECRET, "employments"),
            (BY_CODE, "employments"),
            (SECRET, "companies"),
        ] {
            // The companies have one page, and may be none.
            if list == "employments" || scenario == "page-for-ever" {
                let (harness, _) = keeps(
                    setup,
                    &format!("{scenario},on=/iam/v1.0/{list}"),
                    RunStatus::Refused,
                    list,
                );
                the_next_slot_is_not_lost(&harness);
            }
        }
    }
}

#[test]
fn a10_employee_skipped_by_both_reads_is_looked_up() {
    let harness = Harness::after_first_run(V2);
    // The first of the second page, which both readings pass over alike.
    harness.emulator.change(|company| {
        (
            company.people[50].access,
            company.people[50].service[0].until,
        ) = (true, None)
    });
    harness.run(Mode::Apply).is(RunStatus::Applied);
    let before = harness.directory();
    harness.scenario("person-deleted-mid-read");
    let ended = harness.run(Mode::Apply);
    ended
        .is(RunStatus::NothingToDo)
        .says(r#"of: Persons, count: 1, absence: StillThere, ids: ["40051"]"#);
    assert_eq!(
        (ended.partial(), before),
        (Some(PartialReason::Truncated), harness.directory())
    );
    the_next_slot_is_not_lost(&harness);
}
