//! How the issues that there are differ from those that are open.

use super::kind::{Found, IssueDetail, IssueEvent, IssueKey, Level};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// An issue that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIssue {
    pub id: i64,
    pub key: IssueKey,
    pub level: Level,
    pub detail: IssueDetail,
    pub snoozed_until: Option<Timestamp>,
}

/// What happens to an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssueChange {
    Opened(Found),
    /// [`IssueEvent::Escalated`], [`IssueEvent::Eased`], [`IssueEvent::Changed`] or [`IssueEvent::Woken`].
    Moved {
        id: i64,
        event: IssueEvent,
        found: Found,
    },
    /// Counts or times differ; nobody needs to know.
    Refreshed {
        id: i64,
        found: Found,
    },
    Resolved {
        id: i64,
    },
}

/// What happens to the open issues of a workspace, given those that it has.
pub fn changes(open: &[OpenIssue], found: Vec<Found>, now: Timestamp) -> Vec<IssueChange> {
    // Of two with one key, the more urgent counts.
    let mut by_key: BTreeMap<IssueKey, Found> = BTreeMap::new();
    for one in found {
        match by_key.get(&one.key()) {
            Some(other) if other.level >= one.level => {}
            _ => {
                by_key.insert(one.key(), one);
            }
        }
    }
    let mut changes = Vec::new();
    for issue in open {
        match by_key.remove(&issue.key) {
            Some(found) => changes.extend(moved(issue, found, now)),
            None => changes.push(IssueChange::Resolved { id: issue.id }),
        }
    }
    changes.extend(by_key.into_values().map(IssueChange::Opened));
    changes
}

fn moved(issue: &OpenIssue, found: Found, now: Timestamp) -> Option<IssueChange> {
    let id = issue.id;
    let event = if found.level > issue.level {
        Some(IssueEvent::Escalated)
    } else if !issue.detail.is_same_state(&found.detail) {
        Some(IssueEvent::Changed)
    } else if found.level < issue.level {
        Some(IssueEvent::Eased)
    } else if issue.snoozed_until.is_some_and(|until| until <= now) {
        Some(IssueEvent::Woken)
    } else {
        None
    };
    match event {
        Some(event) => Some(IssueChange::Moved { id, event, found }),
        None if issue.detail != found.detail => Some(IssueChange::Refreshed { id, found }),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        issue::IssueKind,
        model::{
            ids::{IntegrationId, RunId},
            plan::PlanId,
        },
    };

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + hour * 3600).unwrap()
    }

    fn held(run: i64, removals: u64) -> Found {
        Found {
            integration: Some(IntegrationId(1)),
            subject: String::new(),
            level: Level::Warning,
            detail: IssueDetail::HeldPlan {
                plan: PlanId {
                    run: RunId(run),
                    hash: "3f9a2c1b".to_owned(),
                },
                operations: 20,
                removals,
                expires: at(100),
                is_expired: false,
            },
        }
    }

    fn open(found: &Found) -> OpenIssue {
        OpenIssue {
            id: 7,
            key: found.key(),
            level: found.level,
            detail: found.detail.clone(),
            snoozed_until: None,
        }
    }

    #[test]
    fn issue_opens_once_and_ends_by_itself() {
        let found = held(3, 5);
        assert_eq!(
            changes(&[], vec![found.clone()], at(0)),
            [IssueChange::Opened(found.clone())]
        );
        let issue = open(&found);
        assert_eq!(
            changes(std::slice::from_ref(&issue), vec![found], at(0)),
            []
        );
        assert_eq!(
            changes(&[issue], Vec::new(), at(0)),
            [IssueChange::Resolved { id: 7 }]
        );
    }

    #[test]
    fn other_counts_of_the_same_plan_are_no_news_and_another_plan_is() {
        let issue = open(&held(3, 5));
        let refreshed = IssueChange::Refreshed {
            id: 7,
            found: held(3, 2),
        };
        assert_eq!(
            changes(std::slice::from_ref(&issue), vec![held(3, 2)], at(0)),
            [refreshed]
        );
        let changed = IssueChange::Moved {
            id: 7,
            event: IssueEvent::Changed,
            found: held(4, 5),
        };
        assert_eq!(changes(&[issue], vec![held(4, 5)], at(0)), [changed]);
    }

    #[test]
    fn urgency_is_news_in_both_directions_and_the_more_urgent_of_two_counts() {
        let warning = held(3, 5);
        let critical = Found {
            level: Level::Critical,
            ..held(3, 5)
        };
        let event =
            |issue: &Found, found: Vec<Found>| match &changes(&[open(issue)], found, at(0))[..] {
                [IssueChange::Moved { event, .. }] => Some(*event),
                _ => None,
            };
        assert_eq!(
            event(&warning, vec![critical.clone()]),
            Some(IssueEvent::Escalated)
        );
        assert_eq!(
            event(&critical, vec![warning.clone()]),
            Some(IssueEvent::Eased)
        );
        assert_eq!(
            event(&critical, vec![warning, critical.clone()]),
            None,
            "both have the same key"
        );
    }

    #[test]
    fn snoozed_issue_wakes_when_its_time_is_over() {
        let snoozed = OpenIssue {
            snoozed_until: Some(at(5)),
            ..open(&held(3, 5))
        };
        assert_eq!(
            changes(std::slice::from_ref(&snoozed), vec![held(3, 5)], at(4)),
            []
        );
        let found = changes(&[snoozed], vec![held(3, 5)], at(5));
        assert!(matches!(
            &found[..],
            [IssueChange::Moved {
                event: IssueEvent::Woken,
                ..
            }]
        ));
    }

    #[test]
    fn issues_of_two_integrations_are_two() {
        let other = Found {
            integration: Some(IntegrationId(2)),
            ..held(3, 5)
        };
        let found = changes(&[open(&held(3, 5))], vec![other], at(0));
        assert_eq!(found.len(), 2);
        assert_eq!(held(3, 5).key().kind, IssueKind::HeldPlan);
    }
}
