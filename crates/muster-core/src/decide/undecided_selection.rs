//! Records of known employees that a blank or new value of a selection rule leaves undecided.
//!
//! The employee is kept. A new value is a decision: the departure that it would mean is held, and once it is
//! approved, the value means "not selected".

use crate::{
    decide::{
        candidates::Candidates,
        matching::{Matches, RecordMatch},
    },
    model::{
        code::Code,
        facts::{Facts, FactsRef},
        field::canonical,
        origin::Origin,
        problem::{
            Problem, Severity,
            selection::{Detail, Remedy},
        },
    },
    read::reading::{DraftState, Reading},
    setup::selection::fill_key,
};
use std::collections::BTreeMap;

/// What becomes of the values.
#[derive(Debug, Default)]
pub(crate) struct Undecided {
    /// By value: employees who are kept, and the first record.
    kept: BTreeMap<u32, (u64, Origin)>,
}

/// What a value says about a known employee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// Nothing, because the column is missing or blank.
    Nothing,
    /// It is new.
    New,
}

/// Where an earlier version reviewed the rules without remembering values, those of records that select
/// nobody mean "not selected": their drafts are not undecided.
pub(crate) fn adopt(reading: &mut Reading, candidates: &Candidates, matches: &Matches) {
    if reading.unclassified.is_empty() {
        return;
    }
    let is_employed = |position: u32| match matches.records.get(position as usize) {
        Some(RecordMatch::Known(id, _)) => candidates
            .get(*id)
            .is_some_and(|one| one.status.is_employed()),
        _ => false,
    };
    let mut adopted: Vec<u32> = Vec::new();
    for (position, value) in &reading.undecided {
        let seen = &reading.selection_values[*value as usize];
        let is_new = seen.value.is_some() && reading.unclassified.contains(&seen.column);
        if is_new && !is_employed(*position) && !adopted.contains(value) {
            adopted.push(*value);
        }
    }
    for at in &adopted {
        let seen = &reading.selection_values[*at as usize];
        let key = fill_key(&seen.column);
        let fill = reading.fills.iter_mut().find(|fill| fill.field == key);
        if let (Some(fill), Some(value)) = (fill, seen.folded()) {
            fill.pending.retain(|pending| *pending != value);
            fill.not_selected.push(value);
        }
    }
    for (position, value) in std::mem::take(&mut reading.undecided) {
        if !adopted.contains(&value) {
            reading.undecided.push((position, value));
        } else if reading.drafts.get(position).state == DraftState::Undecided {
            reading.drafts.get_mut(position).state = DraftState::NotSelected;
        }
    }
}

impl Undecided {
    /// Notes that the employee of a draft is kept, and tells what its value says.
    pub(crate) fn keep(&mut self, reading: &Reading, position: u32) -> Says {
        let found = reading
            .undecided
            .binary_search_by_key(&position, |(draft, _)| *draft);
        let Ok(at) = found else {
            return Says::Nothing;
        };
        let value = reading.undecided[at].1;
        let origin = reading.drafts.get(position).origin;
        self.kept.entry(value).or_insert((0, origin)).0 += 1;
        match reading.selection_values[value as usize].value {
            Some(_) => Says::New,
            None => Says::Nothing,
        }
    }

    /// Only values of which a departure is held are classified by its approval.
    pub(crate) fn keep_pending(&self, reading: &mut Reading) {
        let values = &reading.selection_values;
        for fill in &mut reading.fills {
            let is_held = |pending: &String| {
                self.kept.keys().any(|at| {
                    let seen = &values[*at as usize];
                    fill.field == fill_key(&seen.column) && seen.folded().as_ref() == Some(pending)
                })
            };
            fill.pending.retain(is_held);
        }
    }

    /// One warning for each value.
    pub(crate) fn problems(&self, reading: &Reading) -> Vec<Problem> {
        let problem = |(value, (employees, origin)): (&u32, &(u64, Origin))| {
            let seen = &reading.selection_values[*value as usize];
            let employees = *employees;
            let (detail, remedy) = match seen.value {
                Some(_) => (Detail::NewValue { employees }, Remedy::Classify),
                None => (Detail::Blank { employees }, Remedy::StateBlank),
            };
            Problem::new(Code::SelectUndecided, Severity::Warning, detail, remedy)
                .of(&seen.column, seen.value.as_deref().unwrap_or_default())
                .at(*origin)
        };
        self.kept.iter().map(problem).collect()
    }
}

/// The only thing that an undecided record says about its employee: when they leave.
pub(crate) fn end_date(facts: FactsRef<'_>) -> Facts {
    let end = facts
        .get(canonical::OFFBOARDING_DATE)
        .filter(|end| end.value().is_some());
    Facts::new(end.map(|end| (canonical::OFFBOARDING_DATE, end)))
}
