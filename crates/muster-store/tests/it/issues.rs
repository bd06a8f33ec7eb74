//! Issues: each opens once and ends with a history, and the facts that they follow from.

use crate::ground::{Database, Ground, at, files};
use muster_core::{
    alert::{SendCause, SendFailure, SendRetry},
    decide::proposal::Counts,
    issue::{Found, IssueDetail, IssueEvent, Level, Volume, of_workspace},
    model::{
        code::Code,
        ids::{IntegrationId, WorkspaceId},
        origin::DeliveredFile,
        plan::Reason,
        problem::{Problem, Severity, columns},
        run::{RunKind, RunStatus},
    },
    read::reading::Problems,
};
use muster_store::{ChannelKind, Ending, Keyring, NewChannel, Store};

const ACME: WorkspaceId = WorkspaceId(1);

fn expiring(setting: &str, level: Level) -> Found {
    Found {
        integration: Some(IntegrationId(1)),
        subject: setting.to_owned(),
        level,
        detail: IssueDetail::CredentialExpiring {
            setting: setting.to_owned(),
            expires: at(500),
            is_expired: false,
        },
    }
}

fn events(store: &Store, issue: i64) -> Vec<(IssueEvent, Option<String>)> {
    let (_, history) = store.issue(issue).unwrap().unwrap();
    let entries = history.into_iter();
    entries.map(|entry| (entry.event, entry.by)).collect()
}

/// Every statement of issues, for the test that has PostgreSQL read them.
pub(crate) fn story(ground: &Ground) {
    let store = &ground.store;
    store.issue_facts(ground.workspace.id).unwrap();
    let workspace = ground.workspace.id;
    for (found, hour) in [
        (vec![expiring("password", Level::Warning)], 1),
        (vec![expiring("password", Level::Critical)], 2),
    ] {
        store.update_issues(workspace, found, at(hour)).unwrap();
    }
    store.snooze_issue(1, Some(at(9)), "Eva", at(3)).unwrap();
    store.snooze_issue(1, None, "Eva", at(4)).unwrap();
    store.update_issues(workspace, Vec::new(), at(5)).unwrap();
    store.open_issues(workspace).unwrap();
    store.resolved_issues(workspace, 5).unwrap();
    store.issue(1).unwrap();
    store.issue_counts(at(6)).unwrap();
    alerts(store);
    store.forget_issues(at(7)).unwrap();
}

fn alerts(store: &Store) {
    // Something may be encrypted already.
    if store.wanted_keys().unwrap().is_empty() {
        store.unlock(Keyring::generate().unwrap()).unwrap();
    }
    let new = NewChannel {
        workspace: WorkspaceId(0),
        kind: ChannelKind::Webhook,
        target: "https://hooks.acme.test",
        has_digest: true,
        allows_internal: false,
        secret: Some(b"secret"),
    };
    store.add_channel(&new, "Eva", at(1)).unwrap();
    let found = vec![expiring("password", Level::Warning)];
    store.update_issues(ACME, found, at(6)).unwrap();
    store.compose_alerts(at(7)).unwrap();
    let alert = store.claim_alerts(at(7)).unwrap().remove(0);
    let later = SendFailure::later(SendCause::TimedOut);
    for next in [Some(at(8)), None] {
        store.alert_failed(alert.id, &later, next, at(7)).unwrap();
    }
    let gone = SendFailure {
        retry: SendRetry::Gone,
        ..later
    };
    store.alert_failed(alert.id, &gone, None, at(7)).unwrap();
    store.alert_sent(alert.id, at(8)).unwrap();
    store.alerts(5).unwrap();
    store.alerts_of(ACME, 5).unwrap();
    store.forget_alerts(at(9)).unwrap();
    store
        .remove_channel(1, "ops (command line)", at(0))
        .unwrap();
    store.mail_server().unwrap();
}

#[test]
fn issue_opens_once_escalates_and_ends_with_its_history() {
    let ground = Ground::new();
    let store = &ground.store;
    let update = |found: Vec<Found>, hour| {
        let changed = store.update_issues(ACME, found, at(hour)).unwrap();
        let changed = changed.into_iter();
        changed.map(|change| change.event).collect::<Vec<_>>()
    };
    let warning = expiring("password", Level::Warning);
    assert_eq!(update(vec![warning.clone()], 1), [IssueEvent::Opened]);
    assert_eq!(update(vec![warning.clone()], 2), []);
    let critical = expiring("password", Level::Critical);
    assert_eq!(
        update(vec![critical, expiring("user", Level::Warning)], 3),
        [IssueEvent::Escalated, IssueEvent::Opened]
    );
    let open = store.open_issues(ACME).unwrap();
    let shown: Vec<_> = open
        .iter()
        .map(|issue| (issue.id, issue.level, issue.integration.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            (1, Level::Critical, Some("hr")),
            (2, Level::Warning, Some("hr"))
        ],
        "the most urgent first"
    );
    assert_eq!(store.issue_counts(at(3)).unwrap(), (1, 1));
    assert_eq!(
        update(Vec::new(), 4),
        [IssueEvent::Resolved, IssueEvent::Resolved]
    );
    assert_eq!(store.open_issues(ACME).unwrap(), []);
    let (issue, history) = store.issue(1).unwrap().unwrap();
    assert_eq!((issue.opened, issue.resolved), (at(1), Some(at(4))));
    let happened: Vec<_> = history
        .iter()
        .map(|entry| (entry.event, entry.at))
        .collect();
    assert_eq!(
        happened,
        [
            (IssueEvent::Opened, at(1)),
            (IssueEvent::Escalated, at(3)),
            (IssueEvent::Resolved, at(4))
        ]
    );
    // The same again is another issue.
    assert_eq!(update(vec![warning], 5), [IssueEvent::Opened]);
    assert_eq!(store.open_issues(ACME).unwrap()[0].id, 3);
    store.forget_issues(at(5)).unwrap();
    assert_eq!(store.issue(1).unwrap(), None);
    assert!(store.issue(3).unwrap().is_some(), "it is open");
}

#[test]
fn each_change_of_an_issue_happens_once_whatever_the_number_of_processes() {
    let database = Database::new();
    let stores = [(); 2].map(|()| database.open());
    let installation = WorkspaceId(0);
    let low = Found {
        integration: None,
        subject: "database".to_owned(),
        level: Level::Critical,
        detail: IssueDetail::DiskLow {
            volume: Volume::Database,
            free: 7,
        },
    };
    let changes: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = stores
            .iter()
            .map(|store| {
                let low = low.clone();
                scope.spawn(move || {
                    let changed = store.update_issues(installation, vec![low], at(1));
                    changed.unwrap().len()
                })
            })
            .collect();
        workers.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(changes, 1);
    assert_eq!(events(&stores[0], 1), [(IssueEvent::Opened, None)]);
}

#[test]
fn snoozed_issue_is_not_counted_and_wakes_at_its_time_on_request_or_when_it_escalates() {
    let ground = Ground::new();
    let store = &ground.store;
    let update = |level, hour| {
        let found = vec![expiring("password", level)];
        let changed = store.update_issues(ACME, found, at(hour)).unwrap();
        changed.first().map(|change| change.event)
    };
    update(Level::Warning, 1);
    let snooze = |until: Option<i64>, hour| {
        let until = until.map(at);
        store.snooze_issue(1, until, "eva", at(hour)).unwrap()
    };
    assert!(snooze(Some(10), 2));
    assert_eq!(store.issue_counts(at(9)).unwrap(), (0, 0));
    assert_eq!(update(Level::Warning, 9), None);
    assert_eq!(update(Level::Warning, 10), Some(IssueEvent::Woken));
    assert_eq!(store.issue_counts(at(10)).unwrap(), (1, 0));
    assert!(snooze(Some(20), 11) && snooze(None, 12));
    assert!(snooze(Some(20), 13));
    assert_eq!(update(Level::Critical, 14), Some(IssueEvent::Escalated));
    let issue = &store.open_issues(ACME).unwrap()[0];
    assert_eq!(
        (issue.snoozed_until, issue.snoozed_by.as_deref()),
        (None, None)
    );
    let eva = || Some("eva".to_owned());
    assert_eq!(
        events(store, 1),
        [
            (IssueEvent::Opened, None),
            (IssueEvent::Snoozed, eva()),
            (IssueEvent::Woken, None),
            (IssueEvent::Snoozed, eva()),
            (IssueEvent::Woken, eva()),
            (IssueEvent::Snoozed, eva()),
            (IssueEvent::Escalated, None),
        ]
    );
    assert!(!store.snooze_issue(99, None, "eva", at(15)).unwrap());
}

#[test]
fn held_plan_with_its_pending_departures_is_among_the_facts() {
    let ground = Ground::with(&["ann", "bob"]);
    let mut proposal = ground.joiners(&["cas"]);
    let mut leaving = crate::ground::operation(
        muster_core::model::plan::OperationKind::Deactivate,
        &ground.person(1),
        Vec::new(),
    );
    leaving.held = Some(Reason::Missing);
    proposal.plan.operations = vec![leaving];
    let plan = ground.hold(&proposal);
    let facts = ground.store.issue_facts(ACME).unwrap();
    let pending = &facts.plans[0];
    assert_eq!(
        (&pending.plan, pending.is_held, pending.operations),
        (&plan, true, 2)
    );
    assert_eq!((pending.removals, pending.expires), (1, at(170)));
    let kinds: Vec<_> = of_workspace(&facts, at(3))
        .into_iter()
        .map(|found| found.detail.kind().as_str())
        .collect();
    assert_eq!(kinds, ["held_plan"]);
}

/// Ends a run that read a delivery, or failed to.
fn read(ground: &Ground, status: RunStatus, sha256: &str, problems: Vec<Problem>) {
    let run = ground.begin(RunKind::Sync);
    let file = DeliveredFile {
        sha256: sha256.repeat(32),
        ..files().remove(0)
    };
    let mut kept = Problems::default();
    problems.into_iter().for_each(|problem| kept.push(problem));
    let ending = Ending {
        status,
        finished: at(run.0),
        partial: None,
        counts: &Counts::default(),
        problems: &kept,
        files: &[file],
        error: None,
    };
    ground.store.finish_run(ACME, run, &ending).unwrap();
}

#[test]
fn only_runs_that_read_something_new_are_arrivals() {
    let ground = Ground::new();
    let arrivals = || {
        let facts = ground.store.issue_facts(ACME).unwrap();
        let delivery = facts.integrations[0].delivery.clone().unwrap();
        (delivery.arrivals, delivery.run.0)
    };
    let column = |name: &str| {
        Problem::new(
            Code::ColumnIgnored,
            Severity::Warning,
            columns::Detail::Ignored {
                columns: vec![name.to_owned()],
                more: 0,
            },
            columns::Remedy::MapIfUsed,
        )
    };
    // The ground itself is run 1.
    assert_eq!(arrivals(), (1, 1));
    read(&ground, RunStatus::NothingToDo, "ab", Vec::new());
    assert_eq!(arrivals(), (1, 1), "the same content");
    read(&ground, RunStatus::Held, "cd", vec![column("Shoe")]);
    assert_eq!(arrivals(), (2, 3), "a held delivery has arrived");
    read(&ground, RunStatus::Refused, "ef", Vec::new());
    read(&ground, RunStatus::Failed, "ef", Vec::new());
    assert_eq!(arrivals(), (2, 3), "a refused one has not");
    let facts = ground.store.issue_facts(ACME).unwrap();
    let found = of_workspace(&facts, at(6)).into_iter();
    let kinds: Vec<_> = found.map(|found| found.detail.kind().as_str()).collect();
    assert_eq!(kinds, ["failed_repeatedly", "new_column"]);
}
