//! Which operations of a plan are approved: all, some sorts of them, or single ones that were ticked.

use super::operations::sort_name;
use crate::{access::Here, state::App};
use muster_core::model::{
    ids::RunId,
    plan::{OperationKind, Reason},
};
use muster_store::{Choice, OperationSort, StoreError};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    All,
    /// Without departures that no record states, and without records that wait for a decision of their own.
    WithoutDepartures,
    Joiners,
    /// One sort, by its name.
    Sort(String),
    /// Those that were ticked.
    Numbers(BTreeSet<i64>),
}

impl Selection {
    /// As it stands in an address or a form; what is unknown selects nothing.
    pub(crate) fn parse(choice: &str, sort: &str, numbers: BTreeSet<i64>) -> Self {
        match choice {
            "" | "all" => Self::All,
            "without_departures" => Self::WithoutDepartures,
            "joiners" => Self::Joiners,
            "sort" => Self::Sort(sort.to_owned()),
            _ => Self::Numbers(numbers),
        }
    }

    /// `choice=ticked&op=3&op=5`.
    pub(crate) fn of_query(query: &str) -> Self {
        let (mut choice, mut sort, mut numbers) = (String::new(), String::new(), BTreeSet::new());
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "choice" => choice = value.into_owned(),
                "sort" => sort = value.into_owned(),
                "op" => numbers.extend(value.parse::<i64>()),
                _ => {}
            }
        }
        Self::parse(&choice, &sort, numbers)
    }

    pub(crate) fn choice(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::WithoutDepartures => "without_departures",
            Self::Joiners => "joiners",
            Self::Sort(_) => "sort",
            Self::Numbers(_) => "ticked",
        }
    }

    pub(crate) fn sort(&self) -> &str {
        match self {
            Self::Sort(name) => name,
            _ => "",
        }
    }

    /// The numbers of ticked operations, with commas between them.
    pub(crate) fn numbers(&self) -> String {
        match self {
            Self::Numbers(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
                numbers.join(",")
            }
            _ => String::new(),
        }
    }

    /// Whether all operations of a sort are selected.
    pub(crate) fn has_sort(&self, sort: &OperationSort) -> bool {
        match self {
            Self::All => true,
            Self::WithoutDepartures => !(sort.is_held || is_unstated(sort)),
            Self::Joiners => sort.kind == OperationKind::Create && !sort.is_held,
            Self::Sort(name) => {
                let by_reason = OperationSort {
                    shared: None,
                    ..sort.clone()
                };
                sort_name(sort) == *name || sort_name(&by_reason) == *name
            }
            Self::Numbers(_) => false,
        }
    }
}

/// Whether people leave without a record that says so.
fn is_unstated(sort: &OperationSort) -> bool {
    sort.kind.is_removal() && matches!(sort.reason, Reason::Missing | Reason::Deselected)
}

/// What of a plan can be approved.
pub(crate) struct Pending {
    pub(crate) sorts: BTreeMap<OperationSort, Vec<i64>>,
    /// Whether some pending operations are not among them, because their employees have changed since.
    has_changed: bool,
}

impl Pending {
    pub(crate) fn read(app: &App, here: &Here, run: RunId) -> Result<Self, StoreError> {
        let changed = app.store.changed_since(&here.workspace, run)?;
        let mut sorts: BTreeMap<OperationSort, Vec<i64>> = BTreeMap::new();
        for (number, sort) in app.store.pending_sorts(&here.workspace, run)? {
            if !changed.contains(&number) {
                sorts.entry(sort).or_default().push(number);
            }
        }
        Ok(Self {
            sorts,
            has_changed: !changed.is_empty(),
        })
    }

    /// The numbers of one sort that are selected.
    pub(crate) fn selected_of<'p>(
        &self,
        sort: &OperationSort,
        numbers: &'p [i64],
        selection: &'p Selection,
    ) -> impl Iterator<Item = i64> + 'p {
        let has_sort = selection.has_sort(sort);
        numbers
            .iter()
            .copied()
            .filter(move |number| match selection {
                Selection::Numbers(ticked) => ticked.contains(number),
                _ => has_sort,
            })
    }

    /// What an approval applies.
    pub(crate) fn choice(&self, selection: &Selection) -> Choice {
        if *selection == Selection::All && !self.has_changed {
            return Choice::All;
        }
        let selected = self.sorts.iter();
        Choice::Numbers(
            selected
                .flat_map(|(sort, numbers)| self.selected_of(sort, numbers, selection))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::{decide::shared_change::SharedChange, model::plan::Changed};

    fn sort(kind: OperationKind, reason: Reason) -> OperationSort {
        OperationSort {
            kind,
            reason,
            is_held: false,
            shared: None,
        }
    }

    fn pending(has_changed: bool) -> Pending {
        let caused = OperationSort {
            shared: Some(SharedChange::SameField {
                what: Changed::Status,
            }),
            ..sort(OperationKind::Update, Reason::SameExternalId)
        };
        Pending {
            sorts: [
                (sort(OperationKind::Create, Reason::NewPerson), vec![1, 2]),
                (caused, vec![3]),
                (sort(OperationKind::Update, Reason::SameExternalId), vec![4]),
                (sort(OperationKind::Deactivate, Reason::Missing), vec![5, 6]),
            ]
            .into(),
            has_changed,
        }
    }

    fn numbers(selection: &Selection) -> Vec<i64> {
        match pending(true).choice(selection) {
            Choice::Numbers(numbers) => numbers.into_iter().collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn selection_in_an_address_selects_exactly_what_it_names() {
        for (query, expected) in [
            ("choice=without_departures", vec![1, 2, 3, 4]),
            ("choice=joiners", vec![1, 2]),
            ("choice=sort&sort=update.same_external_id.0", vec![3, 4]),
            ("choice=sort&sort=deactivate.missing.0", vec![5, 6]),
            ("choice=sort&sort=other", vec![]),
            ("choice=ticked&op=2&op=5&op=99&op=x", vec![2, 5]),
            ("choice=ticked", vec![]),
            ("choice=unknown", vec![]),
        ] {
            assert_eq!(numbers(&Selection::of_query(query)), expected, "{query}");
        }
    }

    #[test]
    fn one_shared_change_is_selected_by_the_name_of_its_sort() {
        let pending = pending(true);
        let caused = pending.sorts.keys().find(|sort| sort.shared.is_some());
        let name = sort_name(caused.unwrap());
        assert_eq!(numbers(&Selection::Sort(name)), [3]);
    }

    #[test]
    fn everything_is_approved_as_a_whole_unless_employees_have_changed() {
        assert_eq!(pending(false).choice(&Selection::All), Choice::All);
        assert_eq!(numbers(&Selection::All), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn ticked_operations_stand_in_the_form_as_in_the_address() {
        let ticked = Selection::of_query("choice=ticked&op=5&op=2");
        let form = Selection::parse(
            ticked.choice(),
            ticked.sort(),
            ticked
                .numbers()
                .split(',')
                .map(|text| text.parse().unwrap())
                .collect(),
        );
        assert_eq!((ticked.numbers().as_str(), &form), ("2,5", &ticked));
    }
}
