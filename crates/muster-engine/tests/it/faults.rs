//! Faults A1 to A23 as whole jobs: the directory, the plan and the message.

use crate::{
    bamboohr::{DATASETS, REPORT},
    directory::changes,
    harness::{Ended, Harness, SystemSetup},
    personio::{V1, V2},
    youserve::SECRET,
};
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_engine::Mode;
use muster_testkit::emulator::person::{Person, Service};

/// Runs over a scenario: nothing in the directory may change.
#[track_caller]
pub(crate) fn keeps(
    setup: SystemSetup,
    scenario: &str,
    status: RunStatus,
    words: &str,
) -> (Harness, Ended) {
    let harness = Harness::after_first_run(setup);
    harness.scenario(scenario);
    let before = harness.directory();
    let ended = harness.run(Mode::Apply);
    assert_eq!(
        changes(&before, &harness.directory()),
        [""; 0],
        "{scenario}"
    );
    ended.is(status).says(words);
    (harness, ended)
}

/// The fault is over: the next slot goes on as if nothing had been.
#[track_caller]
pub(crate) fn the_next_slot_is_not_lost(harness: &Harness) {
    harness.scenario("plain");
    assert_eq!(
        harness
            .run(Mode::Apply)
            .is(RunStatus::NothingToDo)
            .partial(),
        None
    );
}

#[test]
fn a1_token_that_expires_between_pages_is_renewed_once() {
    for (setup, tokens) in [(V1, 2), (V2, 2), (SECRET, 2)] {
        let (harness, ended) = keeps(setup, "token-expiry", RunStatus::NothingToDo, "");
        assert_eq!(
            (harness.emulator.token_requests().len(), ended.partial()),
            (tokens, None),
            "{setup:?}"
        );
    }
}

#[test]
fn a1_a_token_is_kept_from_one_run_to_the_next() {
    for setup in [V1, V2, SECRET] {
        let harness = Harness::after_first_run(setup);
        (0..3).for_each(|_| drop(harness.run(Mode::Apply)));
        assert_eq!(harness.emulator.token_requests().len(), 1, "{setup:?}");
    }
}

#[test]
fn a2_revoked_secret_is_tried_once_and_reported() {
    for setup in [V1, V2, SECRET] {
        let (harness, ended) = keeps(
            setup,
            "wrong-secret",
            RunStatus::Failed,
            "attempted: GetToken",
        );
        assert_eq!(harness.emulator.requests().len(), 1, "{setup:?}");
        assert_eq!(ended.partial(), Some(PartialReason::Unauthorised));
        the_next_slot_is_not_lost(&harness);
    }
}

#[test]
fn a3_rate_limited_read_continues_at_the_same_page() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET] {
        for scenario in ["rate-limited", "rate-limited-seconds", "rate-limited-date"] {
            let (_, ended) = keeps(setup, scenario, RunStatus::NothingToDo, "");
            assert_eq!(ended.partial(), None, "{setup:?} {scenario}");
        }
        keeps(
            setup,
            "rate-limited-huge",
            RunStatus::Failed,
            "retry_after: Some(1000000)",
        );
    }
}

#[test]
fn a4_a_server_that_stays_broken_on_a_later_page_changes_nothing() {
    let (harness, _) = keeps(
        V1,
        "server-500,after=2,times=99",
        RunStatus::Failed,
        "page: 2",
    );
    the_next_slot_is_not_lost(&harness);
    keeps(V1, "server-502,after=2,times=2", RunStatus::NothingToDo, "");
    keeps(
        V2,
        "server-500,on=/v2/persons,after=1,times=99",
        RunStatus::Failed,
        "page: 2",
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
fn a5_truncated_answers_are_not_applied() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET] {
        for scenario in ["truncated", "chunk-cut", "connection-reset"] {
            keeps(setup, scenario, RunStatus::Failed, "Interrupted");
        }
    }
}

#[test]
fn a6_html_pages_are_refused() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET] {
        let (_, ended) = keeps(setup, "html-login", RunStatus::Refused, "text/html");
        ended.says("Sign in");
    }
}

#[test]
fn a7_error_in_an_answer_is_not_an_empty_list() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET] {
        keeps(setup, "error-inside", RunStatus::Refused, "Api(Request(");
    }
}

#[test]
fn a8_an_hr_system_that_returns_nobody_is_refused_like_an_empty_file() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET] {
        let (harness, ended) = keeps(setup, "empty-list", RunStatus::Refused, "NoEmployees");
        assert_eq!(ended.partial(), Some(PartialReason::Empty), "{setup:?}");
        the_next_slot_is_not_lost(&harness);
    }
}

#[test]
fn a9_half_a_list_causes_no_departures() {
    for setup in [V1, DATASETS] {
        let (_, ended) = keeps(setup, "half-list", RunStatus::NothingToDo, "read: ");
        assert_eq!(ended.partial(), Some(PartialReason::Shrunk), "{setup:?}");
    }
}

#[test]
fn a10_shifting_pages_cause_no_departures() {
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
        let (_, ended) = keeps(V1, scenario, RunStatus::NothingToDo, "Api(");
        assert!(ended.partial().is_some(), "{scenario}");
    }
    let once = "person-deleted-mid-read,on=/v2/persons,after=1,times=1";
    keeps(V2, once, RunStatus::NothingToDo, "Api(");
    keeps(
        SECRET,
        "person-inserted-mid-read",
        RunStatus::NothingToDo,
        "",
    );
}

#[test]
fn a11_pages_without_end_end() {
    for (setup, scenario) in [
        (V1, "page-for-ever"),
        (V2, "page-for-ever"),
        (SECRET, "page-for-ever,on=/iam/v1.0/employees"),
    ] {
        let (harness, _) = keeps(setup, scenario, RunStatus::NothingToDo, "Api(");
        assert!(harness.emulator.requests().len() < 400, "{setup:?}");
    }
}

#[test]
fn a12_a_link_to_another_origin_is_refused_and_the_credential_stays() {
    for (setup, scenario) in [
        (V2, "next-link-other-host"),
        (V2, "next-link-http"),
        (SECRET, "next-link-other-host"),
        (SECRET, "next-link-http"),
    ] {
        let (harness, ended) = keeps(setup, scenario, RunStatus::Refused, "OtherOrigin");
        ended.says(&harness.emulator.url());
    }
}

#[test]
fn a13_withheld_field_changes_no_values_and_causes_no_departures() {
    for (setup, scenario) in [
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
        let (harness, ended) = keeps(setup, scenario, RunStatus::NothingToDo, "");
        assert_eq!(
            ended.partial(),
            Some(PartialReason::AttributeWithheld),
            "{setup:?} {scenario}"
        );
        the_next_slot_is_not_lost(&harness);
    }
    keeps(
        V1,
        "birthday-withheld",
        RunStatus::NothingToDo,
        "PersonioAttribute",
    );
}

/// M26 as well.
#[test]
fn a14_unknown_status_causes_no_departure() {
    for setup in [V1, REPORT] {
        keeps(
            setup,
            if setup == V1 {
                "unknown-status"
            } else {
                "status-unknown"
            },
            RunStatus::NothingToDo,
            "",
        );
    }
    for (setup, scenario) in [(V1, "date-zero"), (V1, "date-hired-as-text")] {
        keeps(
            setup,
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
    for (setup, scenario) in [
        (V1, "alleo-all-no"),
        (V2, "alleo-all-no"),
        (REPORT, "alleo-all-false"),
        (DATASETS, "alleo-all-false"),
    ] {
        let (_, ended) = keeps(setup, scenario, RunStatus::Held, "removals ");
        ended.says(&format!(
            "rules: [(\"{}\", ",
            setup.selection_field.unwrap()
        ));
    }
}

#[test]
fn a16_answers_other_than_plain_json_are_refused_or_limited() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET] {
        keeps(setup, "not-a-number", RunStatus::Refused, "NotJson");
        keeps(setup, "byte-order-mark", RunStatus::NothingToDo, "");
    }
    for setup in [V1, REPORT, SECRET] {
        keeps(setup, "deep-nesting", RunStatus::NothingToDo, "");
        keeps(setup, "duplicate-keys", RunStatus::Refused, "Api(");
    }
}

#[test]
fn a19_work_address_replaces_a_private_one_without_a_departure() {
    for setup in [REPORT, DATASETS] {
        let harness = Harness::after_first_run(setup);
        harness.scenario("email-null");
        let first = harness.directory();
        harness
            .run(Mode::Apply)
            .is(RunStatus::Applied)
            .says("PrivateAddresses");
        let private = harness.directory();
        assert_eq!(changes(&first, &private), ["6 email=lead3@home.example"]);
        harness.scenario("plain");
        harness.run(Mode::Apply).is(RunStatus::Applied);
        assert_eq!(
            changes(&private, &harness.directory()),
            ["6 email=jurgen.dang3@acme.example"]
        );
        assert_eq!(harness.directory(), first, "the same person");
    }
}

#[test]
fn a20_employee_with_two_employments_is_deactivated_after_both_ended() {
    for setup in [V2, SECRET] {
        let harness = Harness::after_first_run(setup);
        let email = harness
            .emulator
            .company()
            .people
            .iter()
            .find(|it| serves_twice(it, &harness))
            .unwrap()
            .email
            .clone();
        let status = || {
            let all = harness.directory();
            let found = all
                .values()
                .find(|person| Some(&person["email"]) == email.as_ref());
            found.map(|person| person["status"].clone())
        };
        assert_eq!(status().as_deref(), Some("active"), "{setup:?}");
        end(&harness, email.as_deref(), |person| {
            person.second.as_mut().unwrap()
        });
        harness.run(Mode::Apply);
        assert_eq!(
            status().as_deref(),
            Some("active"),
            "{setup:?}: one continues"
        );
        end(&harness, email.as_deref(), |person| &mut person.service[0]);
        harness.run(Mode::Apply);
        assert_eq!(
            status().as_deref(),
            Some("inactive"),
            "{setup:?}: both have ended"
        );
    }
}

fn serves_twice(person: &Person, harness: &Harness) -> bool {
    let today = harness.emulator.company().today;
    let open = |service: &Service| service.covers(today) && service.until.is_none();
    person.access
        && person.service.len() == 1
        && open(&person.service[0])
        && person.second.as_ref().is_some_and(open)
}

/// Ends an employment the day before.
fn end(harness: &Harness, email: Option<&str>, which: impl Fn(&mut Person) -> &mut Service) {
    harness.emulator.change(|company| {
        let yesterday = company.today.yesterday().unwrap();
        let person = company
            .people
            .iter_mut()
            .find(|person| person.email.as_deref() == email)
            .unwrap();
        which(person).until = Some(yesterday);
    });
}

/// P28.
#[test]
fn a21_dates_do_not_depend_on_the_time_zone() {
    for scenario in ["dates-plain", "dates-without-colon"] {
        keeps(V1, scenario, RunStatus::NothingToDo, "");
    }
    keeps(SECRET, "dates-with-zone", RunStatus::NothingToDo, "");
}

#[test]
fn a22_one_deleted_employee_is_the_only_departure() {
    for setup in [V1, V2, REPORT, DATASETS, SECRET] {
        let harness = Harness::after_first_run(setup);
        let before = harness.directory();
        let gone = harness.emulator.company().people[2].email.clone().unwrap();
        harness
            .emulator
            .change(|company| company.people[2].service[0].until = company.today.yesterday().ok());
        harness
            .emulator
            .change(|company| company.people[2].service.truncate(1));
        harness.run(Mode::Apply).is(RunStatus::Applied);
        let after = harness.directory();
        let left: Vec<_> = after
            .iter()
            .filter(|(id, person)| {
                person["status"] == "inactive" && before[id]["status"] != "inactive"
            })
            .map(|(_, person)| person["email"].clone())
            .collect();
        assert_eq!(left, [gone], "{setup:?}");
    }
}

#[test]
fn a23_a_host_that_is_not_the_vendors_is_refused_unless_the_operator_allows_it() {
    for setup in [V1, REPORT, SECRET] {
        let mut harness = Harness::after_first_run(setup);
        harness.any_host = false;
        let before = harness.directory();
        harness
            .run(Mode::Apply)
            .is(RunStatus::Failed)
            .says("base_url");
        assert!(harness.emulator.requests().is_empty(), "nothing was sent");
        assert_eq!(before, harness.directory());
    }
}
