//! What the approval of a plan, or of a part of it, does to people.

use super::selection::{Pending, Selection};
use crate::{
    pages::{
        frame::Frame,
        parts::{Look, look_of},
    },
    texts::Words,
};
use muster_core::model::plan::{OperationKind, Reason};
use muster_store::{OperationGroup, OperationSort};

/// One sort of operations, and how many of it are selected and are not.
pub(crate) struct Part<'p> {
    pub(crate) sort: &'p OperationSort,
    pub(crate) selected: u64,
    pub(crate) left: u64,
}

impl<'p> Part<'p> {
    /// The pending operations of a plan, where whole sorts are selected.
    pub(crate) fn of_groups(groups: &'p [OperationGroup], selection: &Selection) -> Vec<Self> {
        let parts = groups.iter().map(|group| {
            let has = selection.has_sort(&group.sort);
            Self {
                sort: &group.sort,
                selected: if has { group.open } else { 0 },
                left: if has { 0 } else { group.open },
            }
        });
        parts.collect()
    }

    /// The same, where single operations may be selected too.
    pub(crate) fn of_pending(pending: &'p Pending, selection: &Selection) -> Vec<Self> {
        let parts = pending.sorts.iter().map(|(sort, numbers)| {
            let selected = pending.selected_of(sort, numbers, selection).count() as u64;
            Self {
                sort,
                selected,
                left: numbers.len() as u64 - selected,
            }
        });
        parts.collect()
    }
}

pub(crate) struct Effect {
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
    pub(crate) fn of(parts: &[Part<'_>], selection: &Selection) -> Self {
        let words = Frame::words();
        let sum = |wanted: &dyn Fn(&OperationSort) -> bool| -> (u64, u64) {
            let wanted = parts.iter().filter(|part| wanted(part.sort));
            wanted.fold((0, 0), |(selected, left), part| {
                (selected + part.selected, left + part.left)
            })
        };
        let (operations, _) = sum(&|_| true);
        let (departures, departures_left) = sum(&|sort| sort.kind.is_removal());
        let (missing, _) = sum(&|sort| sort.kind.is_removal() && sort.reason == Reason::Missing);
        let (held, held_left) = sum(&|sort| sort.is_held);
        let lines = OperationKind::ALL.into_iter().filter_map(|kind| {
            let (count, _) = sum(&|sort| sort.kind == kind);
            (count > 0).then(|| (look_of(kind), words.n(will(kind), count)))
        });
        Self {
            title: title(words, selection, operations),
            lines: lines.collect(),
            summary: match departures {
                0 => words.t("decide-nobody-leaves"),
                some => words.n("decide-lose-access", some),
            },
            summary_why: match (departures, missing, departures_left) {
                (0, _, 0) => String::new(),
                (0, _, left) => words.n("decide-lose-access-stay", left),
                (_, 0, _) => words.t("decide-lose-access-stated"),
                (all, missing, _) if all == missing => {
                    words.n("decide-lose-access-all-missing", all)
                }
                (_, missing, _) => words.n("decide-lose-access-missing", missing),
            },
            held: match (held, held_left) {
                (0, 0) => String::new(),
                (0, left) => words.n("decide-held-stay", left),
                (held, _) => words.n("decide-held-too", held),
            },
            button: button(words, operations, departures),
            operations,
            departures,
        }
    }
}

fn title(words: &Words, selection: &Selection, operations: u64) -> String {
    match (operations, selection) {
        (0, _) => words.t("decide-approve-empty"),
        (some, Selection::All) => words.n("decide-approve-all-title", some),
        (some, Selection::WithoutDepartures) => words.n("decide-approve-without-title", some),
        (some, Selection::Joiners) => words.n("decide-approve-joiners-title", some),
        (some, Selection::Sort(_) | Selection::Numbers(_)) => {
            words.n("decide-approve-some-title", some)
        }
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
            sort: OperationSort {
                kind,
                reason,
                is_held,
                shared: None,
            },
            count: open,
            open,
        }
    }

    fn effect(groups: &[OperationGroup], selection: Selection) -> Effect {
        Effect::of(&Part::of_groups(groups, &selection), &selection)
    }

    fn groups() -> [OperationGroup; 5] {
        [
            group(OperationKind::Create, Reason::NewPerson, false, 34),
            group(OperationKind::Update, Reason::SameExternalId, true, 4),
            group(OperationKind::Deactivate, Reason::Missing, false, 2_388),
            group(OperationKind::Deactivate, Reason::Deselected, false, 3),
            group(OperationKind::Deactivate, Reason::OffboardingDate, false, 6),
        ]
    }

    #[test]
    fn partial_approval_omits_departures_that_no_record_states() {
        let without = effect(&groups(), Selection::WithoutDepartures);
        assert_eq!((without.operations, without.departures), (40, 6));
        assert_eq!(without.button, "Deactivate 6 and apply the rest");
        let all = effect(&groups(), Selection::All);
        assert_eq!((all.operations, all.departures), (2_435, 2_397));
        assert_eq!(all.summary, "2,397 people lose access.");
        assert_eq!(
            all.summary_why,
            "2,388 of them only because they are missing from the delivery."
        );
    }

    #[test]
    fn joiners_only_leaves_every_departure_and_held_record_held() {
        let joiners = effect(&groups(), Selection::Joiners);
        assert_eq!((joiners.operations, joiners.departures), (34, 0));
        assert_eq!(joiners.title, "Approve 34 joiners");
        assert_eq!(joiners.summary, "Nobody leaves.");
        assert!(
            joiners
                .summary_why
                .starts_with("2,397 departures stay held")
        );
        assert!(joiners.held.starts_with("4 records"), "{}", joiners.held);
    }

    #[test]
    fn operations_that_are_decided_do_not_count() {
        let mut decided = group(OperationKind::Create, Reason::NewPerson, false, 2);
        decided.open = 0;
        let open = group(OperationKind::Update, Reason::SameExternalId, false, 1);
        let all = effect(&[decided, open], Selection::All);
        assert_eq!((all.operations, all.lines.len()), (1, 1));
        assert_eq!(all.summary, "Nobody leaves.");
    }
}
