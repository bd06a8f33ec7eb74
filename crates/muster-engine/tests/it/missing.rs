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
fn a9_half_a_list_that_does_not_say_so_is_found_out_by_asking_for_who_is_missing() {
    for setup in [V1, V2, SECRET, BY_CODE] {
        let scenario = if setup == V1 {
            "half-total"
        } else {
            "half-list"
        };
        let (harness, ended) = keeps(setup, scenario, RunStatus::NothingToDo, "the list of");
        ended
            .says("nobody is deactivated for being missing in this run")
            .says("ended early: of")
            .says("by id");
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
fn a9_who_cannot_be_asked_for_is_not_taken_for_gone() {
    for (setup, deaf) in [(V2, "single-403"), (SECRET, "single-404")] {
        let harness = Harness::after_first_run(setup);
        harness.scenario("person-vanished").scenario(deaf);
        let before = harness.directory();
        let ended = harness.run(Mode::Apply);
        ended
            .is(RunStatus::NothingToDo)
            .says("1 employee is missing from")
            .says("does not confirm that they left");
        assert_eq!(
            (ended.partial(), &before),
            (Some(PartialReason::Shrunk), &harness.directory()),
            "{setup:?}"
        );
        the_next_slot_is_not_lost(&harness);
    }
}

#[test]
fn a13_people_that_a_key_may_no_longer_see_did_not_leave() {
    for setup in [REPORT, DATASETS] {
        let (harness, ended) = keeps(
            setup,
            "people-hidden",
            RunStatus::NothingToDo,
            "no longer shows to these credentials",
        );
        ended.says("`6`").says("Settings > Access Levels");
        assert_eq!(ended.partial(), Some(PartialReason::Truncated), "{setup:?}");
        the_next_slot_is_not_lost(&harness);
    }
}

#[test]
fn a9_who_is_gone_when_asked_for_leaves_alone() {
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
fn a9_who_is_to_start_and_cannot_be_asked_for_stays() {
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
    ended
        .is(RunStatus::NothingToDo)
        .says("who has not started yet, is missing from the list of employees");
    assert_eq!((ended.partial(), before), (None, harness.directory()));
}

#[test]
fn a22_who_left_and_has_no_address_any_more_leaves_alone() {
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
fn a9_more_departures_than_a_run_looks_up_are_applied_once_a_person_says_so() {
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
        .says("8 employees are missing from the list of persons")
        .says("a run looks up at most 3");
    ended
        .says("set `most_missing` to \"8\" or more")
        .says("shows all departures before they are applied");
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
fn a20_who_works_under_a_record_that_is_passed_over_stays_whatever_the_ended_one_says() {
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
fn a9_employments_that_are_not_all_there_take_no_date_back() {
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
fn a10_who_is_passed_over_in_both_readings_is_asked_for() {
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
        .says("the list of persons ended early: of 1 employee who is missing from it, Personio still returns `40051`");
    assert_eq!(
        (ended.partial(), before),
        (Some(PartialReason::Truncated), harness.directory())
    );
    the_next_slot_is_not_lost(&harness);
}
