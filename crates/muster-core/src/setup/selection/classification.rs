//! Which values of a selection rule are known to mean "not selected".
//!
//! A rule that lists values cannot tell a leaver's `Terminated` from a new word of the HR system. The values
//! that fail a rule in the first reviewed delivery are known from then on; a later one is a decision.

use super::{Rule, Test};
use crate::read::{reading::FieldFill, roster::LastGood};
use std::collections::{BTreeMap, BTreeSet};

/// How many values of one column are remembered.
const MAX_VALUES: usize = 200;

/// The longest value that is remembered, in bytes.
const MAX_LENGTH: usize = 100;

/// A value of a selection rule's column that decides nothing, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SelectionValue {
    /// The column of the rule.
    pub column: String,
    /// As the first record has it; none: it is blank.
    pub value: Option<String>,
}

impl SelectionValue {
    /// The value as it is compared.
    pub(crate) fn folded(&self) -> Option<String> {
        self.value.as_deref().map(fold)
    }

    /// Whether both are the same value of one column.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.column == other.column && self.folded() == other.folded()
    }
}

/// What the deliveries of an integration taught about the values of its rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Classification {
    /// Nobody has reviewed the rules yet: every value of this delivery is reviewed with its plan.
    is_first: bool,
    columns: BTreeMap<String, Column>,
}

#[derive(Clone, Debug, Default)]
struct Column {
    not_selected: BTreeSet<String>,
    pending: BTreeSet<String>,
    /// A version that did not remember values reviewed the rules.
    is_unknown: bool,
}

/// The name under which the values of a column are remembered beside the fills of fields.
pub(crate) fn fill_key(column: &str) -> String {
    format!("select:{column}")
}

/// A value as it is compared: without case and surrounding blanks.
pub(super) fn fold(value: &str) -> String {
    value.trim().to_lowercase()
}

impl Classification {
    /// What is known before a delivery; `reviewed`: the last good run that used the same rules.
    pub(crate) fn new(rules: &[Rule], reviewed: Option<&LastGood>) -> Self {
        let listed = rules.iter().filter(|rule| rule.lists_values());
        let column = |rule: &Rule| {
            let key = fill_key(&rule.column);
            let known = reviewed
                .and_then(|last| last.fills.iter().find(|fill| fill.field == key))
                .map(|fill| fill.not_selected.iter().cloned().collect());
            let column = Column {
                is_unknown: reviewed.is_some() && known.is_none(),
                not_selected: known.unwrap_or_default(),
                pending: BTreeSet::new(),
            };
            (rule.column.clone(), column)
        };
        Self {
            is_first: reviewed.is_none(),
            columns: listed.map(column).collect(),
        }
    }

    /// Nothing is known, and nothing is remembered.
    pub(super) fn unreviewed() -> Self {
        Self {
            is_first: true,
            columns: BTreeMap::new(),
        }
    }

    /// Whether a folded value that fails a rule is known to mean "not selected".
    pub(super) fn decides(&self, column: &str, value: &str) -> bool {
        self.is_first
            || self
                .columns
                .get(column)
                .is_some_and(|column| column.not_selected.contains(value))
    }

    /// Remembers a folded value that fails a rule.
    pub(super) fn note(&mut self, column: &str, value: &str) {
        let is_first = self.is_first;
        let Some(column) = self.columns.get_mut(column) else {
            return;
        };
        if column.not_selected.contains(value) {
            return;
        }
        let values = if is_first {
            &mut column.not_selected
        } else {
            &mut column.pending
        };
        if values.len() < MAX_VALUES && value.len() <= MAX_LENGTH {
            values.insert(value.to_owned());
        }
    }

    /// Columns whose values were reviewed by a version that did not remember them: those of records that
    /// select nobody are known to mean "not selected".
    pub(crate) fn unknown_columns(&self) -> BTreeSet<String> {
        let unknown = self.columns.iter().filter(|(_, column)| column.is_unknown);
        unknown.map(|(name, _)| name.clone()).collect()
    }

    /// What is remembered of each column with the next good run.
    pub(crate) fn fills(&self) -> impl Iterator<Item = FieldFill> {
        self.columns.iter().map(|(name, column)| FieldFill {
            not_selected: column.not_selected.iter().cloned().collect(),
            pending: column.pending.iter().cloned().collect(),
            ..FieldFill::of_selection(fill_key(name))
        })
    }
}

impl Rule {
    /// Whether the rule lists values, so that one that it does not list may be new.
    pub(crate) fn lists_values(&self) -> bool {
        matches!(self.test, Test::Equals(_) | Test::In(_) | Test::Is(_))
    }
}
