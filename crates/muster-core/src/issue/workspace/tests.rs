//! Which issues follow from which state of a workspace: each case beside one that is just not an issue.

use super::*;
use crate::{
    issue::{CredentialFacts, DeliveryState, Level, PauseFacts, PausedBy, UnusedColumn},
    model::{
        code::Code,
        ids::{IntegrationId, RunId},
        plan::PlanId,
        problem::{Problem, Severity},
    },
    schedule::failure::PauseReason,
    setup::schedule::Schedule,
};

fn at(text: &str) -> Timestamp {
    format!("2026-{text}:00Z").parse().unwrap()
}

fn schedule(entries: &[&str]) -> Schedule {
    Schedule {
        entries: Schedule::read(entries.iter().copied()).0,
        ..Schedule::default()
    }
}

fn delivered(at: Timestamp) -> DeliveryState {
    DeliveryState {
        run: RunId(1),
        content: "a".to_owned(),
        at,
        arrivals: 10,
        longest_quiet: 24 * 3600,
        unused: Vec::new(),
        more_unused: 0,
        missing: Vec::new(),
    }
}

fn watched(entries: &[&str], expect: Option<Expectation>) -> IntegrationFacts {
    IntegrationFacts {
        id: IntegrationId(1),
        name: "hr".to_owned(),
        watch: Some(IntegrationWatch {
            is_active: true,
            schedule: schedule(entries),
            expect,
            reports_unchanged: false,
            columns: vec!["id".to_owned()],
            host: Some("sftp.acme.test:22".to_owned()),
            since: at("05-01T00:00"),
        }),
        next_slot: None,
        pause: None,
        runs: Vec::new(),
        delivery: None,
        credentials: Vec::new(),
    }
}

fn found(facts: IntegrationFacts, now: &str) -> Vec<(&'static str, Level)> {
    let facts = WorkspaceFacts {
        integrations: vec![facts],
        plans: Vec::new(),
    };
    let found = of_workspace(&facts, at(now)).into_iter();
    found
        .map(|found| (found.detail.kind().as_str(), found.level))
        .collect()
}

fn run(id: i64, job: i64, status: RunStatus) -> EndedRun {
    EndedRun {
        run: RunId(id),
        job: (job > 0).then_some(job),
        status,
        finished: at("05-02T00:00"),
        problem: None,
    }
}

/// P48.
#[test]
fn two_failed_jobs_in_a_row_are_an_issue_and_attempts_of_one_job_are_not() {
    use RunStatus::{Applied, Failed, Held, Interrupted, NothingToDo, Refused};
    let issue = |runs: &[(i64, RunStatus)]| {
        let runs = runs.iter().zip((1..100).rev());
        let mut facts = watched(&[], None);
        facts.runs = runs
            .map(|((job, status), id)| run(id, *job, *status))
            .collect();
        found(facts, "05-02T01:00")
    };
    let warning = vec![("failed_repeatedly", Level::Warning)];
    assert_eq!(issue(&[(2, Failed), (1, Failed)]), warning);
    assert_eq!(issue(&[(2, Refused), (1, Interrupted)]), warning);
    assert_eq!(issue(&[(1, Failed), (1, Failed), (1, Failed)]), []);
    assert_eq!(issue(&[(3, Failed), (2, Applied), (1, Failed)]), []);
    assert_eq!(
        issue(&[(3, Held), (2, Failed), (1, Failed)]),
        [],
        "a held plan was read"
    );
    assert_eq!(issue(&[(3, NothingToDo), (2, Failed), (1, Failed)]), []);
    assert_eq!(
        issue(&[(0, Failed), (0, Failed)]),
        warning,
        "commands are jobs of their own"
    );
    let five: Vec<_> = (1..=5).rev().map(|job| (job, Failed)).collect();
    assert_eq!(issue(&five), [("failed_repeatedly", Level::Critical)]);
}

/// P48.
#[test]
fn delivery_is_late_an_hour_after_a_slot_that_did_not_bring_one() {
    let daily = || {
        let mut facts = watched(&["02:45 UTC"], Some(Expectation::EverySlot));
        facts.delivery = Some(delivered(at("05-02T02:46")));
        facts
    };
    assert_eq!(found(daily(), "05-03T03:44"), []);
    assert_eq!(
        found(daily(), "05-03T03:46"),
        [("no_delivery", Level::Warning)]
    );
    assert_eq!(
        found(daily(), "05-05T03:46"),
        [("no_delivery", Level::Critical)]
    );
    let mut arrived = daily();
    arrived.delivery = Some(delivered(at("05-03T02:45")));
    assert_eq!(found(arrived, "05-03T23:00"), []);
}

#[test]
fn daily_delivery_is_not_late_on_days_without_a_slot() {
    let weekdays = || {
        let mut facts = watched(&["0 4 * * 1-5 UTC"], Some(Expectation::Daily));
        // A Friday.
        facts.delivery = Some(delivered(at("05-08T04:01")));
        facts
    };
    assert_eq!(found(weekdays(), "05-10T23:00"), [], "Sunday");
    assert_eq!(found(weekdays(), "05-11T09:59"), [], "Monday morning");
    assert_eq!(
        found(weekdays(), "05-11T10:01"),
        [("no_delivery", Level::Warning)]
    );
}

#[test]
fn weekly_and_monthly_deliveries_have_their_grace_and_none_counts_from_the_settings() {
    let mut weekly = watched(&[], Some(Expectation::Weekly));
    assert_eq!(found(weekly.clone(), "05-08T23:00"), []);
    assert_eq!(
        found(weekly.clone(), "05-09T00:01"),
        [("no_delivery", Level::Warning)]
    );
    weekly.delivery = Some(delivered(at("05-07T12:00")));
    assert_eq!(found(weekly, "05-09T00:01"), []);
    let mut monthly = watched(&[], Some(Expectation::Monthly));
    monthly.delivery = Some(delivered(at("05-05T00:00")));
    assert_eq!(found(monthly.clone(), "06-06T00:00"), []);
    assert_eq!(
        found(monthly, "06-08T00:00"),
        [("no_delivery", Level::Warning)]
    );
}

#[test]
fn paused_or_inactive_integration_expects_nothing_of_its_schedule() {
    let mut facts = watched(&["02:45 UTC"], Some(Expectation::EverySlot));
    facts.watch.as_mut().unwrap().is_active = false;
    assert_eq!(found(facts, "05-20T00:00"), []);
}

/// P48, M27.
#[test]
fn active_schedule_without_a_slot_ahead_is_an_issue() {
    let mut none = watched(&["23:00 UTC"], None);
    none.watch.as_mut().unwrap().schedule.blackouts =
        vec!["2026-05-01..9999-12-29 UTC".parse().unwrap()];
    assert_eq!(
        found(none, "05-02T00:00"),
        [("no_next_slot", Level::Critical)]
    );
    let mut overdue = watched(&["02:45 UTC"], None);
    overdue.next_slot = Some(Some(at("05-02T02:45")));
    assert_eq!(found(overdue.clone(), "05-02T02:54"), []);
    assert_eq!(
        found(overdue.clone(), "05-02T02:56"),
        [("no_next_slot", Level::Critical)]
    );
    overdue.pause = Some(PauseFacts {
        by: PausedBy::Failures(PauseReason::Failures(5)),
        since: at("05-01T00:00"),
    });
    assert_eq!(
        found(overdue, "05-02T02:56"),
        [("integration_paused", Level::Critical)]
    );
    assert_eq!(
        found(watched(&[], None), "05-02T00:00"),
        [],
        "it runs on request"
    );
}

/// P48.
#[test]
fn credential_is_reported_two_weeks_before_its_end() {
    let expires = |now: &str| {
        let mut facts = watched(&[], None);
        facts.credentials = vec![CredentialFacts {
            setting: "source.client_secret".to_owned(),
            expires: at("05-20T00:00"),
        }];
        found(facts, now)
    };
    assert_eq!(expires("05-05T23:00"), []);
    assert_eq!(
        expires("05-06T00:00"),
        [("credential_expiring", Level::Warning)]
    );
    assert_eq!(
        expires("05-17T00:00"),
        [("credential_expiring", Level::Critical)]
    );
    assert_eq!(
        expires("06-17T00:00"),
        [("credential_expiring", Level::Critical)]
    );
}

#[test]
fn new_column_is_reported_for_a_week_unless_it_is_used() {
    let new = |name: &str, now: &str| {
        let mut facts = watched(&[], None);
        let mut state = delivered(at("05-02T00:00"));
        state.unused = vec![
            UnusedColumn {
                name: "Salary".to_owned(),
                since: None,
            },
            UnusedColumn {
                name: name.to_owned(),
                since: Some(at("05-02T00:00")),
            },
        ];
        facts.delivery = Some(state);
        found(facts, now)
    };
    let warning = [("new_column", Level::Warning)];
    assert_eq!(new("Shoe", "05-02T01:00"), warning);
    assert_eq!(new("Shoe", "05-09T00:00"), warning);
    assert_eq!(new("Shoe", "05-09T00:01"), []);
    assert_eq!(new("id", "05-02T01:00"), []);
}

#[test]
fn missing_column_is_an_issue_until_it_is_back_or_no_longer_mapped() {
    let mut facts = watched(&[], None);
    let mut state = delivered(at("05-02T00:00"));
    state.missing = vec!["id".to_owned(), "former".to_owned()];
    facts.delivery = Some(state);
    let workspace = WorkspaceFacts {
        integrations: vec![facts.clone()],
        plans: Vec::new(),
    };
    let issues = of_workspace(&workspace, at("05-02T01:00"));
    assert_eq!(
        issues[0].detail,
        IssueDetail::MissingColumn {
            columns: vec!["id".to_owned()],
            is_refused: false
        }
    );
    let problem = Problem::new(
        Code::CsvColumnMissing,
        Severity::Refused,
        columns::Detail::Required {
            columns: vec!["email".to_owned()],
            present: Vec::new(),
        },
        columns::Remedy::RemoveTitle,
    );
    facts.runs = vec![EndedRun {
        problem: Some(problem),
        ..run(2, 2, RunStatus::Refused)
    }];
    assert_eq!(
        found(facts, "05-02T01:00"),
        [("missing_column", Level::Critical)]
    );
}

#[test]
fn unchanged_for_three_times_the_longest_quiet_time_is_an_issue_only_if_asked_for() {
    let unchanged = |is_asked, arrivals, quiet_hours: i64, now: &str| {
        let mut facts = watched(&[], None);
        facts.watch.as_mut().unwrap().reports_unchanged = is_asked;
        facts.delivery = Some(DeliveryState {
            arrivals,
            longest_quiet: quiet_hours * 3600,
            ..delivered(at("05-02T00:00"))
        });
        found(facts, now)
    };
    let warning = [("unchanged_for_long", Level::Warning)];
    assert_eq!(unchanged(false, 10, 24, "05-20T00:00"), []);
    assert_eq!(unchanged(true, 10, 24, "05-05T00:00"), []);
    assert_eq!(unchanged(true, 10, 24, "05-05T00:01"), warning);
    assert_eq!(
        unchanged(true, 3, 24, "05-20T00:00"),
        [],
        "too few deliveries"
    );
    assert_eq!(
        unchanged(true, 10, 1, "05-02T23:00"),
        [],
        "a day is not long"
    );
    assert_eq!(unchanged(true, 10, 1, "05-03T00:01"), warning);
}

/// M01.
#[test]
fn held_plan_is_an_issue_with_its_counts_and_its_end_is_announced() {
    let plan = |is_held, operations| PendingPlan {
        plan: PlanId {
            run: RunId(12),
            hash: "3f9a2c1b".to_owned(),
        },
        integration: Some(IntegrationId(1)),
        is_held,
        operations,
        removals: 16,
        created: at("05-01T00:00"),
        expires: at("05-08T00:00"),
    };
    let kinds = |plan: PendingPlan, now: &str| {
        let facts = WorkspaceFacts {
            integrations: Vec::new(),
            plans: vec![plan],
        };
        let found = of_workspace(&facts, at(now)).into_iter();
        found
            .map(|found| (found.detail.kind().as_str(), found.subject))
            .collect::<Vec<_>>()
    };
    let held = ("held_plan", String::new());
    let expiring = ("approval_expiring", "12".to_owned());
    assert_eq!(
        kinds(plan(true, 20), "05-02T00:00"),
        std::slice::from_ref(&held)
    );
    assert_eq!(
        kinds(plan(true, 20), "05-06T00:00"),
        [held.clone(), expiring.clone()]
    );
    assert_eq!(kinds(plan(true, 20), "05-08T00:00"), [held]);
    assert_eq!(kinds(plan(false, 20), "05-02T00:00"), []);
    assert_eq!(kinds(plan(false, 20), "05-07T00:00"), [expiring]);
    assert_eq!(kinds(plan(false, 0), "05-07T00:00"), []);
}
