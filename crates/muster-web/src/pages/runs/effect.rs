//! What the approval of a plan, or of a part of it, does to people.

use crate::{
    pages::{
        frame::Frame,
        parts::{Look, look_of},
    },
    texts::Words,
};
use muster_core::model::plan::{OperationKind, Reason};
use muster_store::OperationGroup;
use serde::Deserialize;

/// Which operations are approved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Selection {
    #[default]
    All,
    /// Without departures that no record states, and without records that wait for a decision of their own.
    WithoutDepartures,
}

impl Selection {
    /// As in addresses and forms.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::WithoutDepartures => "without_departures",
        }
    }

    fn has(self, group: &OperationGroup) -> bool {
        self == Self::All || !(group.is_held || is_unstated(group))
    }
}

/// Whether people leave without a record that says so.
fn is_unstated(group: &OperationGroup) -> bool {
    group.kind.is_removal() && matches!(group.reason, Reason::Missing | Reason::Deselected)
}

pub(crate) struct Effect {
    pub(crate) selection: Selection,
    /// The sorts of operations that are approved.
    pub(crate) groups: Vec<OperationGroup>,
    pub(crate) operations: u64,
    pub(crate) departures: u64,
    pub(crate) title: String,
    /// What happens to how many people.
    pub(crate) lines: Vec<(Look, String)>,
    /// Who loses access, and why.
    pub(crate) summary: String,
    pub(crate) summary_why: String,
    /// What becomes of records that wait for a decision of their own; empty: there are none.
    pub(crate) held: String,
    pub(crate) button: String,
}

impl Effect {
    pub(crate) fn of(groups: &[OperationGroup], selection: Selection) -> Self {
        let words = Frame::words();
        let open: Vec<_> = groups.iter().filter(|group| group.open > 0).collect();
        let sum = |wanted: &dyn Fn(&OperationGroup) -> bool| -> u64 {
            open.iter()
                .filter(|group| wanted(group))
                .map(|group| group.open)
                .sum()
        };
        let operations = sum(&|group| selection.has(group));
        let departures = sum(&|group| selection.has(group) && group.kind.is_removal());
        let missing = sum(&|group| {
            selection.has(group) && group.kind.is_removal() && group.reason == Reason::Missing
        });
        let left = sum(&|group| !selection.has(group) && group.kind.is_removal());
        let held = sum(&|group| group.is_held);
        let lines = OperationKind::ALL.into_iter().filter_map(|kind| {
            let count = sum(&|group| selection.has(group) && group.kind == kind);
            (count > 0).then(|| (look_of(kind), words.n(will(kind), count)))
        });
        Self {
            title: title(words, selection, operations),
            lines: lines.collect(),
            summary: match departures {
                0 => words.t("decide-nobody-leaves"),
                some => words.n("decide-lose-access", some),
            },
            summary_why: match (departures, missing, left) {
                (0, _, 0) => String::new(),
                (0, _, left) => words.n("decide-lose-access-stay", left),
                (_, 0, _) => words.t("decide-lose-access-stated"),
                (all, missing, _) if all == missing => {
                    words.n("decide-lose-access-all-missing", all)
                }
                (_, missing, _) => words.n("decide-lose-access-missing", missing),
            },
            held: match (held, selection) {
                (0, _) => String::new(),
                (held, Selection::All) => words.n("decide-held-too", held),
                (held, Selection::WithoutDepartures) => words.n("decide-held-stay", held),
            },
            button: button(words, operations, departures),
            groups: open
                .iter()
                .filter(|group| selection.has(group))
                .map(|group| **group)
                .collect(),
            selection,
            operations,
            departures,
        }
    }
}

fn title(words: &Words, selection: Selection, operations: u64) -> String {
    match (operations, selection) {
        (0, _) => words.t("decide-approve-empty"),
        (some, Selection::All) => words.n("decide-approve-all-title", some),
        (some, Selection::WithoutDepartures) => words.n("decide-approve-without-title", some),
    }
}

fn button(words: &Words, operations: u64, departures: u64) -> String {
    match (operations, departures) {
        (0, _) => words.t("decide-approve-empty"),
        (some, 0) => words.n("decide-approve-button", some),
        (all, departures) if all == departures => words.n("decide-deactivate-button", departures),
        (_, departures) => words.n("decide-deactivate-rest-button", departures),
    }
}

fn will(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Create => "will-create",
        OperationKind::Update => "will-update",
        OperationKind::Activate => "will-activate",
        OperationKind::Reactivate => "will-reactivate",
        OperationKind::Deactivate => "will-deactivate",
        OperationKind::Delete => "will-delete",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(kind: OperationKind, reason: Reason, is_held: bool, open: u64) -> OperationGroup {
        OperationGroup {
            kind,
            reason,
            is_held,
            count: open,
            open,
        }
    }

    #[test]
    fn partial_approval_omits_departures_that_no_record_states() {
        let groups = [
            group(OperationKind::Create, Reason::NewPerson, false, 34),
            group(OperationKind::Update, Reason::SameExternalId, true, 4),
            group(OperationKind::Deactivate, Reason::Missing, false, 2_388),
            group(OperationKind::Deactivate, Reason::Deselected, false, 3),
            group(OperationKind::Deactivate, Reason::OffboardingDate, false, 6),
        ];
        let without = Effect::of(&groups, Selection::WithoutDepartures);
        assert_eq!((without.operations, without.departures), (40, 6));
        assert_eq!(without.button, "Deactivate 6 and apply the rest");
        let all = Effect::of(&groups, Selection::All);
        assert_eq!((all.operations, all.departures), (2_435, 2_397));
        assert_eq!(all.summary, "2,397 people lose access.");
        assert_eq!(
            all.summary_why,
            "2,388 of them only because they are missing from the delivery."
        );
    }

    #[test]
    fn operations_that_are_decided_do_not_count() {
        let mut decided = group(OperationKind::Create, Reason::NewPerson, false, 2);
        decided.open = 0;
        let open = group(OperationKind::Update, Reason::SameExternalId, false, 1);
        let all = Effect::of(&[decided, open], Selection::All);
        assert_eq!((all.operations, all.groups.len()), (1, 1));
        assert_eq!(all.summary, "Nobody leaves.");
    }
}
