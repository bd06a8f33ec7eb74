//! Faults A1 to A23 as whole jobs: the directory, the plan and the message.

use crate::{
    bamboohr::{DATASETS, REPORT},
    directory::changes,
    ground::{Ended, Ground, Plot},
    personio::{V1, V2},
    youserve::SECRET,
};
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_engine::Mode;
use muster_testkit::emulator::person::{Person, Service};

/// Runs over a scenario: nothing in the directory may change.
#[track_caller]
pub(crate) fn keeps(plot: Plot, scenario: &str, status: RunStatus, words: &str) -> (Ground, Ended) {
    let ground = Ground::morning(plot);
    ground.scenario(scenario);
    let before = ground.directory();
    let ended = ground.run(Mode::Apply);
    assert_eq!(changes(&before, &ground.directory()), [""; 0], "{scenario}");
    ended.is(status).says(words);
    (ground, ended)
}

/// The fault is over: the next slot goes on as if nothing had been.
#[track_caller]
pub(crate) fn the_next_slot_is_not_lost(ground: &Ground) {
    ground.scenario("plain");
    assert_eq!(
        ground.run(Mode::Apply).is(RunStatus::NothingToDo).partial(),
        None
    );
}

#[test]
fn a1_a_token_that_expires_between_pages_costs_one_new_token_and_nobody() {
    for (plot, tokens) in [(V1, 2), (V2, 2), (SECRET, 2)] {
        let (ground, ended) = keeps(plot, "token-expiry", RunStatus::NothingToDo, "");
        assert_eq!(
            (ground.emulator.token_requests().len(), ended.partial()),
            (tokens, None),
            "{plot:?}"
        );
    }
}

#[test]
fn a1_a_token_is_kept_from_one_run_to_the_next() {
    for plot in [V1, V2, SECRET] {
        let ground = Ground::morning(plot);
        (0..3).for_each(|_| drop(ground.run(Mode::Apply)));
        assert_eq!(ground.emulator.token_requests().len(), 1, "{plot:?}");
    }
}

#[test]
fn a2_a_revoked_secret_is_tried_once_and_said() {
    for plot in [V1, V2, SECRET] {
        let (ground, ended) = keeps(plot, "wrong-secret", RunStatus::Failed, "get a token for");
        assert_eq!(ground.emulator.requests().len(), 1, "{plot:?}");
        assert_eq!(ended.partial(), Some(PartialReason::Unauthorised));
        the_next_slot_is_not_lost(&ground);
    }
}

#[test]
fn a3_limits_are_waited_for_and_the_read_goes_on_where_it_stood() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET] {
        for scenario in ["rate-limited", "rate-limited-seconds", "rate-limited-date"] {
            let (_, ended) = keeps(plot, scenario, RunStatus::NothingToDo, "");
            assert_eq!(ended.partial(), None, "{plot:?} {scenario}");
        }
        keeps(plot, "rate-limited-huge", RunStatus::Failed, "1000000 s");
    }
}

#[test]
fn a4_a_server_that_stays_broken_on_a_later_page_changes_nothing() {
    let (ground, _) = keeps(
        V1,
        "server-500,after=2,times=99",
        RunStatus::Failed,
        "page 2",
    );
    the_next_slot_is_not_lost(&ground);
    keeps(V1, "server-502,after=2,times=2", RunStatus::NothingToDo, "");
    keeps(
        V2,
        "server-500,on=/v2/persons,after=1,times=99",
        RunStatus::Failed,
        "page 2",
    );
    keeps(REPORT, "server-504,times=99", RunStatus::Failed, "504");
    keeps(
        SECRET,
        "server-503,times=99",
        RunStatus::Failed,
        "503 Service Unavailable",
    );
}

#[test]
fn a5_what_is_cut_off_is_not_used() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET] {
        for scenario in ["truncated", "chunk-cut", "connection-reset"] {
            keeps(plot, scenario, RunStatus::Failed, "bytes");
        }
    }
}

#[test]
fn a6_a_page_for_people_is_not_used() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET] {
        let (_, ended) = keeps(plot, "html-login", RunStatus::Refused, "text/html");
        ended.says("Sign in");
    }
}

#[test]
fn a7_an_error_inside_an_answer_is_never_nobody() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET] {
        keeps(
            plot,
            "error-inside",
            RunStatus::Refused,
            "nobody is deactivated",
        );
    }
}

#[test]
fn a8_an_hr_system_that_returns_nobody_is_refused_like_an_empty_file() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET] {
        let (ground, ended) = keeps(
            plot,
            "empty-list",
            RunStatus::Refused,
            "nobody is deactivated",
        );
        assert_eq!(ended.partial(), Some(PartialReason::Empty), "{plot:?}");
        the_next_slot_is_not_lost(&ground);
    }
}

#[test]
fn a9_half_a_list_is_never_half_the_people_gone() {
    for plot in [V1, DATASETS] {
        let (_, ended) = keeps(plot, "half-list", RunStatus::NothingToDo, "were read");
        assert_eq!(ended.partial(), Some(PartialReason::Shrunk), "{plot:?}");
    }
}

#[test]
fn a10_pages_that_shift_make_nobody_leave() {
    keeps(
        V1,
        "person-deleted-mid-read,on=/v1/company/employees,after=2,times=1",
        RunStatus::NothingToDo,
        "",
    );
    for scenario in [
        "person-deleted-mid-read",
        "person-inserted-mid-read",
        "page-duplicate",
    ] {
        let (_, ended) = keeps(
            V1,
            scenario,
            RunStatus::NothingToDo,
            "nobody is deactivated",
        );
        assert!(ended.partial().is_some(), "{scenario}");
    }
    let once = "person-deleted-mid-read,on=/v2/persons,after=1,times=1";
    keeps(V2, once, RunStatus::NothingToDo, "nobody is deactivated");
    keeps(
        SECRET,
        "person-inserted-mid-read",
        RunStatus::NothingToDo,
        "",
    );
}

#[test]
fn a11_pages_without_end_end() {
    for (plot, scenario) in [
        (V1, "page-for-ever"),
        (V2, "page-for-ever"),
        (SECRET, "page-for-ever,on=/iam/v1.0/employees"),
    ] {
        let (ground, _) = keeps(
            plot,
            scenario,
            RunStatus::NothingToDo,
            "nobody is deactivated",
        );
        assert!(ground.emulator.requests().len() < 400, "{plot:?}");
    }
}

#[test]
fn a12_a_link_to_another_origin_is_refused_and_the_credential_stays() {
    for (plot, scenario) in [
        (V2, "next-link-other-host"),
        (V2, "next-link-http"),
        (SECRET, "next-link-other-host"),
        (SECRET, "next-link-http"),
    ] {
        let (ground, ended) = keeps(plot, scenario, RunStatus::Refused, "another origin");
        ended.says(&ground.emulator.url());
    }
}

#[test]
fn a13_a_field_that_vanishes_keeps_its_values_and_its_people() {
    for (plot, scenario) in [
        (V1, "status-withheld"),
        (V1, "email-withheld"),
        (V1, "alleo-withheld"),
        (V2, "person-reduced"),
        (V2, "employment-reduced"),
        (REPORT, "status-withheld"),
        (REPORT, "alleo-withheld"),
        (DATASETS, "alleo-withheld"),
        (SECRET, "mail-array-missing"),
    ] {
        let (ground, ended) = keeps(plot, scenario, RunStatus::NothingToDo, "");
        assert_eq!(
            ended.partial(),
            Some(PartialReason::AttributeWithheld),
            "{plot:?} {scenario}"
        );
        the_next_slot_is_not_lost(&ground);
    }
    keeps(
        V1,
        "birthday-withheld",
        RunStatus::NothingToDo,
        "API credentials",
    );
}

#[test]
fn a14_a_status_that_is_not_known_is_never_gone() {
    for plot in [V1, REPORT] {
        keeps(
            plot,
            if plot == V1 {
                "unknown-status"
            } else {
                "status-unknown"
            },
            RunStatus::NothingToDo,
            "",
        );
    }
    for (plot, scenario) in [(V1, "date-zero"), (V1, "date-hired-as-text")] {
        keeps(
            plot,
            scenario,
            RunStatus::NothingToDo,
            "Rejected Value(Invalid",
        );
    }
    // Yes and no in another language say the same.
    keeps(V1, "alleo-localized", RunStatus::NothingToDo, "");
}

#[test]
fn a15_everybody_without_access_at_once_is_held() {
    for (plot, scenario) in [
        (V1, "alleo-all-no"),
        (V2, "alleo-all-no"),
        (REPORT, "alleo-all-false"),
        (DATASETS, "alleo-all-false"),
    ] {
        let (_, ended) = keeps(plot, scenario, RunStatus::Held, "removals ");
        ended.says(&format!("rules: [(\"{}\", ", plot.gate.unwrap()));
    }
}

#[test]
fn a16_what_is_no_plain_json_is_refused_or_limited() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET] {
        keeps(
            plot,
            "not-a-number",
            RunStatus::Refused,
            "cannot be read at byte",
        );
        keeps(plot, "byte-order-mark", RunStatus::NothingToDo, "");
    }
    for plot in [V1, REPORT, SECRET] {
        keeps(plot, "deep-nesting", RunStatus::NothingToDo, "");
        keeps(
            plot,
            "duplicate-keys",
            RunStatus::Refused,
            "nobody is deactivated",
        );
    }
}

#[test]
fn a19_a_private_address_gives_way_to_one_at_work_and_the_person_stays() {
    for plot in [REPORT, DATASETS] {
        let ground = Ground::morning(plot);
        ground.scenario("email-null");
        let first = ground.directory();
        ground
            .run(Mode::Apply)
            .is(RunStatus::Applied)
            .says("no work address");
        let private = ground.directory();
        assert_eq!(changes(&first, &private), ["6 email=lead3@home.example"]);
        ground.scenario("plain");
        ground.run(Mode::Apply).is(RunStatus::Applied);
        assert_eq!(
            changes(&private, &ground.directory()),
            ["6 email=jurgen.dang3@acme.example"]
        );
        assert_eq!(ground.directory(), first, "the same person");
    }
}

#[test]
fn a20_who_has_two_employments_leaves_when_both_have_ended() {
    for plot in [V2, SECRET] {
        let ground = Ground::morning(plot);
        let email = ground
            .emulator
            .company()
            .people
            .iter()
            .find(|it| serves_twice(it, &ground))
            .unwrap()
            .email
            .clone();
        let status = || {
            let all = ground.directory();
            let found = all
                .values()
                .find(|person| Some(&person["email"]) == email.as_ref());
            found.map(|person| person["status"].clone())
        };
        assert_eq!(status().as_deref(), Some("active"), "{plot:?}");
        end(&ground, email.as_deref(), |person| {
            person.second.as_mut().unwrap()
        });
        ground.run(Mode::Apply);
        assert_eq!(status().as_deref(), Some("active"), "{plot:?}: one goes on");
        end(&ground, email.as_deref(), |person| &mut person.service[0]);
        ground.run(Mode::Apply);
        assert_eq!(
            status().as_deref(),
            Some("inactive"),
            "{plot:?}: both have ended"
        );
    }
}

fn serves_twice(person: &Person, ground: &Ground) -> bool {
    let today = ground.emulator.company().today;
    let open = |service: &Service| service.covers(today) && service.until.is_none();
    person.access
        && person.service.len() == 1
        && open(&person.service[0])
        && person.second.as_ref().is_some_and(open)
}

/// Ends an employment the day before.
fn end(ground: &Ground, email: Option<&str>, which: impl Fn(&mut Person) -> &mut Service) {
    ground.emulator.change(|company| {
        let yesterday = company.today.yesterday().unwrap();
        let person = company
            .people
            .iter_mut()
            .find(|person| person.email.as_deref() == email)
            .unwrap();
        which(person).until = Some(yesterday);
    });
}

#[test]
fn a21_a_day_stays_the_day_whatever_the_zone() {
    for scenario in ["dates-plain", "dates-without-colon"] {
        keeps(V1, scenario, RunStatus::NothingToDo, "");
    }
    keeps(SECRET, "dates-with-zone", RunStatus::NothingToDo, "");
}

#[test]
fn a22_one_person_who_is_gone_is_the_only_one_who_leaves() {
    for plot in [V1, V2, REPORT, DATASETS, SECRET] {
        let ground = Ground::morning(plot);
        let before = ground.directory();
        let gone = ground.emulator.company().people[2].email.clone().unwrap();
        ground
            .emulator
            .change(|company| company.people[2].service[0].until = company.today.yesterday().ok());
        ground
            .emulator
            .change(|company| company.people[2].service.truncate(1));
        ground.run(Mode::Apply).is(RunStatus::Applied);
        let after = ground.directory();
        let left: Vec<_> = after
            .iter()
            .filter(|(id, person)| {
                person["status"] == "inactive" && before[id]["status"] != "inactive"
            })
            .map(|(_, person)| person["email"].clone())
            .collect();
        assert_eq!(left, [gone], "{plot:?}");
    }
}

#[test]
fn a23_a_host_that_is_not_the_vendors_is_refused_unless_the_operator_allows_it() {
    for plot in [V1, REPORT, SECRET] {
        let mut ground = Ground::morning(plot);
        ground.any_host = false;
        let before = ground.directory();
        ground
            .run(Mode::Apply)
            .is(RunStatus::Failed)
            .says("base_url");
        assert!(ground.emulator.requests().is_empty(), "nothing was sent");
        assert_eq!(before, ground.directory());
    }
}
