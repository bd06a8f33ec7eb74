//! Which items are sent together, and when: one alert instead of hundreds where many sources of one host, or this machine,
//! fail.

use super::item::AlertItem;
use crate::{issue::IssueKind, model::ids::WorkspaceId};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// An item that has not been sent to a channel.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingItem {
    pub number: i64,
    pub workspace: WorkspaceId,
    pub item: AlertItem,
}

/// Items that are one alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertGroup {
    /// What the items have in common.
    pub key: String,
    /// Their numbers.
    pub items: Vec<i64>,
}

/// How long a failure waits for others of the same host.
const WAIT: SignedDuration = SignedDuration::from_secs(60);

/// The least time between two alerts about the failures of one host.
const INTERVAL: SignedDuration = SignedDuration::from_mins(15);

/// Failures on so many hosts have a cause on this side.
const HOSTS: usize = 3;

/// So many alerts at a time are one.
const MAX_ALERTS: usize = 5;

/// The groups of pending items of one channel that are to be sent now. `last` has when an alert with a key was last made.
pub fn due_groups(
    pending: &[PendingItem],
    last: &BTreeMap<String, Timestamp>,
    now: Timestamp,
) -> Vec<AlertGroup> {
    let hosts: BTreeSet<String> = pending.iter().filter_map(host).collect();
    let many = hosts.len() >= HOSTS;
    let mut groups: BTreeMap<String, Vec<&PendingItem>> = BTreeMap::new();
    for item in pending {
        let key = match host(item) {
            Some(_) if many => "hosts".to_owned(),
            Some(host) => format!("host {host}"),
            None => own_key(item),
        };
        groups.entry(key).or_default().push(item);
    }
    let due = groups
        .into_iter()
        .filter(|(key, items)| is_due(key, items, last, now));
    let mut due: Vec<AlertGroup> = due
        .map(|(key, items)| AlertGroup {
            key,
            items: items.iter().map(|item| item.number).collect(),
        })
        .collect();
    due.sort_by_key(|group| group.items.first().copied());
    if due.len() > MAX_ALERTS {
        let mut items: Vec<i64> = due.into_iter().flat_map(|group| group.items).collect();
        items.sort_unstable();
        return vec![AlertGroup {
            key: "several".to_owned(),
            items,
        }];
    }
    due
}

/// The host whose failure an item may report; none: it is no failure of a source.
fn host(pending: &PendingItem) -> Option<String> {
    let AlertItem::Issue { detail, .. } = &pending.item else {
        return None;
    };
    matches!(
        detail.kind(),
        IssueKind::FailedRepeatedly | IssueKind::IntegrationPaused | IssueKind::NoDelivery
    )
    .then(|| detail.host().unwrap_or("this machine").to_owned())
}

fn own_key(pending: &PendingItem) -> String {
    match &pending.item {
        AlertItem::Issue { issue, .. } => format!("issue {issue}"),
        AlertItem::Run { .. } => format!("runs of {}", pending.workspace),
    }
}

fn is_due(
    key: &str,
    items: &[&PendingItem],
    last: &BTreeMap<String, Timestamp>,
    now: Timestamp,
) -> bool {
    if !key.starts_with("host") {
        return true;
    }
    let oldest = items.iter().map(|pending| pending.item.at()).min();
    // A clock that was set back delays nothing.
    let passed = |since: Timestamp, wait| since > now || now.duration_since(since) >= wait;
    oldest.is_none_or(|oldest| passed(oldest, WAIT))
        && last.get(key).is_none_or(|last| passed(*last, INTERVAL))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        issue::{IssueDetail, IssueEvent, Level},
        model::{
            ids::{IntegrationId, RunId},
            run::RunKind,
        },
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + second).unwrap()
    }

    fn failed(number: i64, host: &str, second: i64) -> PendingItem {
        PendingItem {
            number,
            workspace: WorkspaceId(number % 7),
            item: AlertItem::Issue {
                issue: number,
                event: IssueEvent::Opened,
                level: Level::Warning,
                integration: Some(IntegrationId(number)),
                detail: IssueDetail::FailedRepeatedly {
                    failures: 2,
                    since: at(0),
                    run: RunId(number),
                    code: None,
                    host: Some(host.to_owned()),
                },
                at: at(second),
            },
        }
    }

    fn disk(number: i64) -> PendingItem {
        PendingItem {
            number,
            workspace: WorkspaceId(0),
            item: AlertItem::Issue {
                issue: number,
                event: IssueEvent::Opened,
                level: Level::Critical,
                integration: None,
                detail: IssueDetail::BackupOld { last: None },
                at: at(0),
            },
        }
    }

    fn keys(pending: &[PendingItem], last: &[(&str, i64)], second: i64) -> Vec<(String, usize)> {
        let last = last
            .iter()
            .map(|(key, second)| ((*key).to_owned(), at(*second)))
            .collect();
        let groups = due_groups(pending, &last, at(second)).into_iter();
        groups.map(|group| (group.key, group.items.len())).collect()
    }

    #[test]
    fn hundreds_of_failures_on_one_host_are_one_alert() {
        let failures: Vec<_> = (1..=300)
            .map(|one| failed(one, "sftp.acme.test:22", one / 10))
            .collect();
        assert_eq!(keys(&failures, &[], 59), []);
        assert_eq!(
            keys(&failures, &[], 60),
            [("host sftp.acme.test:22".to_owned(), 300)]
        );
    }

    #[test]
    fn later_failures_of_the_host_wait_for_the_next_alert_and_none_is_lost() {
        let later = [failed(301, "h:22", 100)];
        let last = [("host h:22", 60)];
        assert_eq!(keys(&later, &last, 200), []);
        assert_eq!(
            keys(&later, &last, 60 + 15 * 60),
            [("host h:22".to_owned(), 1)]
        );
        assert_eq!(keys(&later, &[("host other:22", 60)], 200).len(), 1);
    }

    #[test]
    fn failures_on_many_hosts_are_one_alert_about_this_side() {
        let two: Vec<_> = (1..=20)
            .map(|one| failed(one, ["a", "b"][one as usize % 2], 0))
            .collect();
        assert_eq!(keys(&two, &[], 60).len(), 2);
        let many: Vec<_> = (1..=20)
            .map(|one| failed(one, &format!("h{one}"), 0))
            .collect();
        assert_eq!(keys(&many, &[], 60), [("hosts".to_owned(), 20)]);
    }

    #[test]
    fn other_issues_are_sent_at_once_each_alone_up_to_a_number() {
        let few: Vec<_> = (1..=5).map(disk).collect();
        assert_eq!(keys(&few, &[], 0).len(), 5);
        let many: Vec<_> = (1..=6).map(disk).collect();
        assert_eq!(keys(&many, &[], 0), [("several".to_owned(), 6)]);
        let both = [disk(1), failed(2, "h", 0)];
        assert_eq!(keys(&both, &[], 0), [("issue 1".to_owned(), 1)]);
    }

    #[test]
    fn changes_of_one_issue_and_runs_of_one_workspace_are_one_alert() {
        let mut changed = disk(2);
        if let AlertItem::Issue { issue, event, .. } = &mut changed.item {
            (*issue, *event) = (1, IssueEvent::Resolved);
        }
        let run = |number| PendingItem {
            number,
            workspace: WorkspaceId(3),
            item: AlertItem::Run {
                run: RunId(number),
                kind: RunKind::Sync,
                integration: None,
                created: 1,
                updated: 0,
                removed: 0,
                rejected: 0,
                held: 0,
                at: at(0),
            },
        };
        let pending = [disk(1), changed, run(3), run(4)];
        assert_eq!(
            keys(&pending, &[], 0),
            [("issue 1".to_owned(), 2), ("runs of 3".to_owned(), 2)]
        );
    }

    #[test]
    fn clock_that_was_set_back_delays_no_alert() {
        assert_eq!(
            keys(&[failed(1, "h", 5000)], &[("host h", 5000)], 0).len(),
            1
        );
    }
}
