//! People who are missing from lists that do not say how long they are (A9, A10), as whole jobs.

use crate::{
    bamboohr::{DATASETS, REPORT},
    directory::changes,
    faults::{keeps, the_next_slot_is_not_lost},
    ground::{Ground, Plot},
    personio::{V1, V2},
    youserve::SECRET,
};
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_engine::Mode;

const BY_CODE: Plot = Plot {
    settings: &[("login", "secret"), ("external_id", "personCode")],
    ..SECRET
};

#[test]
fn a9_half_a_list_that_does_not_say_so_is_found_out_by_asking_for_who_is_missing() {
    for plot in [V1, V2, SECRET, BY_CODE] {
        let scenario = if plot == V1 {
            "half-total"
        } else {
            "half-list"
        };
        let (ground, ended) = keeps(plot, scenario, RunStatus::NothingToDo, "the list of");
        ended
            .says("nobody is deactivated for being missing in this run")
            .says("ended early: of")
            .says("by id");
        assert_eq!(ended.partial(), Some(PartialReason::Truncated), "{plot:?}");
        // One who is on the list, and three who are not.
        let single = |path: &str| {
            path.contains("/employees/4")
                || path.contains("/employees/3")
                || path.contains("/persons/")
        };
        let asked = ground.emulator.requests();
        let alone = asked.iter().filter(|it| {
            (single(&it.path) && !it.path.ends_with("/employments"))
                || it.query.contains("personCode=")
        });
        assert_eq!(alone.count(), 4, "{plot:?}");
        the_next_slot_is_not_lost(&ground);
    }
}

#[test]
fn a9_who_cannot_be_asked_for_is_not_taken_for_gone() {
    for (plot, deaf) in [(V2, "single-403"), (SECRET, "single-404")] {
        let ground = Ground::morning(plot);
        ground.scenario("person-vanished").scenario(deaf);
        let before = ground.directory();
        let ended = ground.run(Mode::Apply);
        ended
            .is(RunStatus::NothingToDo)
            .says("1 employee is missing from")
            .says("does not confirm that they left");
        assert_eq!(
            (ended.partial(), &before),
            (Some(PartialReason::Shrunk), &ground.directory()),
            "{plot:?}"
        );
        the_next_slot_is_not_lost(&ground);
    }
}

#[test]
fn a13_people_that_a_key_may_no_longer_see_did_not_leave() {
    for plot in [REPORT, DATASETS] {
        let (ground, ended) = keeps(
            plot,
            "people-hidden",
            RunStatus::NothingToDo,
            "no longer shows to these credentials",
        );
        ended.says("`6`").says("Settings > Access Levels");
        assert_eq!(ended.partial(), Some(PartialReason::Truncated), "{plot:?}");
        the_next_slot_is_not_lost(&ground);
    }
}

#[test]
fn a9_who_is_gone_when_asked_for_leaves_alone() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET, BY_CODE] {
        let ground = Ground::morning(plot);
        ground.scenario("person-vanished");
        let before = ground.directory();
        let ended = ground.run(Mode::Apply);
        assert_eq!(
            ended.is(RunStatus::Applied).partial(),
            None,
            "{plot:?}: {}",
            ended.said
        );
        let changed = changes(&before, &ground.directory());
        assert!(
            changed.len() == 1 && changed[0].ends_with(" status=inactive"),
            "{plot:?}: {changed:?}"
        );
    }
}

#[test]
fn a9_who_is_to_start_and_cannot_be_asked_for_stays() {
    let ground = Ground::morning(SECRET);
    let starts = |ground: &Ground| {
        let all = ground.directory();
        all.into_values()
            .find(|person| person["status"] == "scheduled")
            .map(|person| person["external_id"].clone())
    };
    let id = starts(&ground).unwrap();
    let before = ground.directory();
    ground.emulator.change(|company| {
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
    let ended = ground.run(Mode::Apply);
    ended
        .is(RunStatus::NothingToDo)
        .says("who has not started yet, is missing from the list of employees");
    assert_eq!((ended.partial(), before), (None, ground.directory()));
}

#[test]
fn a22_who_left_and_has_no_address_any_more_leaves_alone() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET, BY_CODE] {
        let ground = Ground::morning(plot);
        let before = ground.directory();
        ground.emulator.change(|company| {
            let yesterday = company.today.yesterday().ok();
            let person = &mut company.people[2];
            (person.email, person.private_email, person.service[0].until) = (None, None, yesterday);
        });
        let ended = ground.run(Mode::Apply);
        assert_eq!(
            ended.is(RunStatus::Applied).partial(),
            None,
            "{plot:?}: {}",
            ended.said
        );
        let changed = changes(&before, &ground.directory());
        let left: Vec<_> = changed
            .iter()
            .filter(|it| it.ends_with(" status=inactive"))
            .collect();
        assert!(
            left.len() == 1 && changed.len() == 1,
            "{plot:?}: {changed:?}"
        );
    }
}

#[test]
fn a9_more_departures_than_a_run_looks_up_are_applied_once_a_person_says_so() {
    const FEW: &[(&str, &str)] = &[("api", "v2"), ("most_missing", "3")];
    let mut ground = Ground::morning(Plot {
        settings: FEW,
        ..V2
    });
    ground.emulator.change(|company| {
        let taken: Vec<u64> = company
            .people
            .iter()
            .filter(|it| it.access)
            .map(|it| it.number)
            .skip(10)
            .collect();
        company.people.retain(|it| !taken[..8].contains(&it.number));
    });
    let before = ground.directory();
    let ended = ground.run(Mode::Apply);
    ended
        .says("8 employees are missing from the list of persons")
        .says("a run looks up at most 3");
    ended
        .says("set `most_missing` to \"8\" or more")
        .says("shows all departures before they are applied");
    let left = |ground: &Ground| {
        changes(&before, &ground.directory())
            .iter()
            .any(|it| it.ends_with("status=inactive"))
    };
    assert!(
        ended.partial() == Some(PartialReason::Shrunk) && !left(&ground),
        "{}",
        ended.said
    );
    ground.plot = V2;
    let ended = ground.run(Mode::Apply);
    ended.is(RunStatus::Held).says("removals ");
    assert!(
        ended.partial().is_none() && !left(&ground),
        "{}",
        ended.said
    );
}

#[test]
fn a20_who_works_under_a_record_that_is_passed_over_stays_whatever_the_ended_one_says() {
    for plot in [BY_CODE, SECRET] {
        let ground = Ground::morning(plot);
        let number = ground
            .emulator
            .company()
            .people
            .iter()
            .find(|it| it.second.is_some())
            .unwrap()
            .number;
        ground.emulator.change(|company| {
            let yesterday = company.today.yesterday().ok();
            let person = company.people.iter_mut().find(|it| it.number == number);
            person.unwrap().service[0].until = yesterday;
        });
        // Under the id of a record the person goes on under the next one's, which somebody must agree to.
        let seen = ground.run(Mode::Apply);
        ground.approve_held(&seen);
        let before = ground.directory();
        ground.scenario("second-records-lost,on=/iam/v1.0/employees");
        ground.run(Mode::Apply);
        let left: Vec<_> = changes(&before, &ground.directory())
            .into_iter()
            .filter(|it| it.ends_with("status=inactive"))
            .collect();
        assert_eq!(left, [""; 0], "{plot:?}");
    }
}

#[test]
fn a9_employments_that_are_not_all_there_take_no_date_back() {
    for scenario in ["half-list", "empty-list", "page-for-ever", "empty-page"] {
        for (plot, list) in [
            (SECRET, "employments"),
            (BY_CODE, "employments"),
            (SECRET, "companies"),
        ] {
            // The companies have one page, and may be none.
            if list == "employments" || scenario == "page-for-ever" {
                let (ground, _) = keeps(
                    plot,
                    &format!("{scenario},on=/iam/v1.0/{list}"),
                    RunStatus::Refused,
                    list,
                );
                the_next_slot_is_not_lost(&ground);
            }
        }
    }
}

#[test]
fn a10_who_is_passed_over_in_both_readings_is_asked_for() {
    let ground = Ground::morning(V2);
    // The first of the second page, which both readings pass over alike.
    ground.emulator.change(|company| {
        (
            company.people[50].access,
            company.people[50].service[0].until,
        ) = (true, None)
    });
    ground.run(Mode::Apply).is(RunStatus::Applied);
    let before = ground.directory();
    ground.scenario("person-deleted-mid-read");
    let ended = ground.run(Mode::Apply);
    ended
        .is(RunStatus::NothingToDo)
        .says("the list of persons ended early: of 1 employee who is missing from it, Personio still returns `40051`");
    assert_eq!(
        (ended.partial(), before),
        (Some(PartialReason::Truncated), ground.directory())
    );
    the_next_slot_is_not_lost(&ground);
}
