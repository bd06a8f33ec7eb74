//! What is remembered of the deliveries of an integration: when new ones arrived, and which columns they had.

use crate::model::{
    ids::RunId,
    problem::{Detail, Problem, columns},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The state after the last delivery that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryState {
    /// The run that read the last new content.
    pub run: RunId,
    /// Tells contents apart.
    pub content: String,
    /// When the last new content arrived.
    pub at: Timestamp,
    /// How many different deliveries arrived.
    pub arrivals: u64,
    /// The longest time between two of them, in seconds.
    pub longest_quiet: i64,
    /// Columns that nothing uses, as far as they were named.
    pub unused: Vec<UnusedColumn>,
    /// How many others there were.
    pub more_unused: usize,
    /// Mapped columns that had values before and are missing.
    pub missing: Vec<String>,
}

/// A column that neither the mapping nor the selection rules use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnusedColumn {
    pub name: String,
    /// When it first appeared; none: it was there from the start.
    pub since: Option<Timestamp>,
}

/// A delivery that was read.
#[derive(Clone, Copy, Debug)]
pub struct Delivered<'d> {
    pub run: RunId,
    pub content: &'d str,
    pub at: Timestamp,
    /// The problems of its run.
    pub problems: &'d [Problem],
    /// The run ended without reading, because the content was that of the last one.
    pub is_skipped: bool,
}

impl DeliveryState {
    /// The state after another delivery.
    pub fn after(previous: Option<&Self>, delivered: &Delivered<'_>) -> Self {
        let is_new = previous.is_none_or(|previous| previous.content != delivered.content);
        let mut next = match previous {
            Some(previous) if is_new => Self {
                run: delivered.run,
                content: delivered.content.to_owned(),
                at: delivered.at,
                arrivals: previous.arrivals + 1,
                longest_quiet: delivered
                    .at
                    .duration_since(previous.at)
                    .as_secs()
                    .max(previous.longest_quiet),
                ..previous.clone()
            },
            Some(previous) => previous.clone(),
            None => Self {
                run: delivered.run,
                content: delivered.content.to_owned(),
                at: delivered.at,
                arrivals: 1,
                longest_quiet: 0,
                unused: Vec::new(),
                more_unused: 0,
                missing: Vec::new(),
            },
        };
        if is_new || !delivered.is_skipped {
            next.read_columns(previous, delivered);
        }
        next
    }

    fn read_columns(&mut self, previous: Option<&Self>, delivered: &Delivered<'_>) {
        let (mut names, mut more, mut missing) = (Vec::new(), 0, Vec::new());
        for problem in delivered.problems {
            match &problem.detail {
                Detail::Columns(columns::Detail::Ignored {
                    columns,
                    more: others,
                }) => {
                    names.extend(columns.iter().cloned());
                    more += others;
                }
                Detail::Columns(
                    columns::Detail::Gone { columns, .. }
                    | columns::Detail::MatchKey { columns, .. },
                ) => missing.extend(columns.first().cloned()),
                Detail::Columns(columns::Detail::FirstColumn { column, .. }) => {
                    missing.push(column.clone());
                }
                _ => {}
            }
        }
        names.sort();
        names.dedup();
        missing.sort();
        missing.dedup();
        // Only the first columns are named: one that moved into the list is not new.
        let has_grown = previous
            .is_some_and(|before| names.len() + more > before.unused.len() + before.more_unused);
        self.unused = names
            .into_iter()
            .map(|name| {
                let before = previous.and_then(|before| {
                    let mut known = before.unused.iter();
                    known.find(|column| column.name == name)
                });
                let is_new = previous.is_some_and(|before| before.more_unused == 0 || has_grown);
                let since = match before {
                    Some(column) => column.since,
                    None => is_new.then_some(delivered.at),
                };
                UnusedColumn { name, since }
            })
            .collect();
        self.more_unused = more;
        self.missing = missing;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{code::Code, problem::Severity};

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_780_000_000 + hour * 3600).unwrap()
    }

    fn ignored(columns: &[&str], more: usize) -> Problem {
        Problem::new(
            Code::ColumnIgnored,
            Severity::Warning,
            columns::Detail::Ignored {
                columns: columns.iter().map(|name| (*name).to_owned()).collect(),
                more,
            },
            columns::Remedy::MapIfUsed,
        )
    }

    fn next(
        previous: Option<&DeliveryState>,
        content: &str,
        hour: i64,
        problems: &[Problem],
    ) -> DeliveryState {
        let delivered = Delivered {
            run: RunId(hour),
            content,
            at: at(hour),
            problems,
            is_skipped: previous.is_some_and(|previous| previous.content == content),
        };
        DeliveryState::after(previous, &delivered)
    }

    fn new_ones(state: &DeliveryState) -> Vec<&str> {
        let unused = state.unused.iter();
        unused
            .filter(|column| column.since.is_some())
            .map(|column| column.name.as_str())
            .collect()
    }

    #[test]
    fn only_new_content_is_an_arrival_and_the_longest_quiet_time_is_kept() {
        let first = next(None, "a", 0, &[]);
        assert_eq!((first.arrivals, first.longest_quiet), (1, 0));
        let same = next(Some(&first), "a", 10, &[]);
        assert_eq!(same, first);
        let second = next(Some(&same), "b", 24, &[]);
        assert_eq!((second.arrivals, second.longest_quiet), (2, 24 * 3600));
        let third = next(Some(&second), "c", 25, &[]);
        assert_eq!(
            (third.arrivals, third.longest_quiet, third.at, third.run),
            (3, 24 * 3600, at(25), RunId(25))
        );
    }

    #[test]
    fn column_is_new_if_an_earlier_delivery_lacked_it() {
        let first = next(None, "a", 0, &[ignored(&["Salary"], 0)]);
        assert_eq!(new_ones(&first), [""; 0]);
        let second = next(Some(&first), "b", 24, &[ignored(&["Salary", "Shoe"], 0)]);
        assert_eq!(new_ones(&second), ["Shoe"]);
        // It keeps its day, also through a run that did not read.
        let third = next(
            Some(&next(Some(&second), "b", 30, &[])),
            "c",
            48,
            &[ignored(&["Salary", "Shoe"], 0)],
        );
        assert_eq!(third.unused[1].since, Some(at(24)));
        // Used or gone.
        assert_eq!(
            new_ones(&next(Some(&third), "d", 72, &[ignored(&["Salary"], 0)])),
            [""; 0]
        );
    }

    #[test]
    fn first_unused_column_ever_is_new() {
        let first = next(None, "a", 0, &[]);
        assert_eq!(
            new_ones(&next(Some(&first), "b", 1, &[ignored(&["Shoe"], 0)])),
            ["Shoe"]
        );
    }

    #[test]
    fn column_that_moves_into_a_shortened_list_is_not_new() {
        let first = next(None, "a", 0, &[ignored(&["A", "B"], 3)]);
        let moved = next(Some(&first), "b", 1, &[ignored(&["A", "C"], 2)]);
        assert_eq!(new_ones(&moved), [""; 0]);
        let grown = next(Some(&first), "b", 1, &[ignored(&["A", "New"], 4)]);
        assert_eq!(new_ones(&grown), ["New"]);
    }
}
