//! Which part of a delivery is archived: only what the integration uses. What nothing uses, such as salaries, is never stored.

use crate::{
    model::{field::canonical, problem::Problem},
    read::record::{Record, Sink},
    setup::{
        integration::Setup,
        policy::MatchBy,
        selection::{self, CompiledRules, Rule, Verdict},
    },
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a workspace archives of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchivedContent {
    /// The used columns of records that are selected or rejected; of the others the match key and what the selection uses.
    #[default]
    Selected,
    Everything,
    Nothing,
}

/// What was archived of one delivery; stored with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedPart {
    /// The columns of records that were selected or rejected.
    pub columns: Vec<String>,
    /// The columns of the other records.
    pub others: Vec<String>,
    /// The rules that decided which records are the others.
    pub selection: Vec<Rule>,
    /// The day on which they decided.
    pub day: Date,
}

impl ArchivedPart {
    /// What the rules of an integration use.
    pub fn of(setup: &Setup, day: Date) -> Self {
        let (entries, selection) = (&setup.rules.mapping.entries, &setup.rules.selection);
        let is_key = |field| match setup.rules.policy.match_by {
            MatchBy::ExternalId => field == canonical::EXTERNAL_ID,
            MatchBy::Email => field == canonical::EMAIL,
            MatchBy::ExternalIdThenEmail => {
                field == canonical::EXTERNAL_ID || field == canonical::EMAIL
            }
        };
        let of_rules = || selection.iter().map(|rule| rule.column.clone());
        let columns = entries.iter().flat_map(|entry| entry.source.columns());
        let keys = entries
            .iter()
            .filter(|entry| is_key(entry.field))
            .flat_map(|entry| entry.source.columns());
        Self {
            columns: unique(columns.cloned().chain(of_rules())),
            others: unique(keys.cloned().chain(of_rules())),
            selection: selection.clone(),
            day,
        }
    }

    /// Whether both have the same content of a delivery.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.columns, &self.others, &self.selection)
            == (&other.columns, &other.others, &other.selection)
    }

    /// Whether a column of a record is archived.
    pub fn has(&self, column: &str, is_selected: bool) -> bool {
        let columns = if is_selected {
            &self.columns
        } else {
            &self.others
        };
        columns.iter().any(|archived| archived == column)
    }
}

fn unique(columns: impl Iterator<Item = String>) -> Vec<String> {
    let mut columns: Vec<String> = columns.collect();
    columns.sort();
    columns.dedup();
    columns
}

/// Finds what the current rules need and an archived part does not have.
pub struct PartCheck<'c> {
    part: &'c ArchivedPart,
    needed: ArchivedPart,
    then: CompiledRules,
    now: CompiledRules,
    /// Columns of the delivery that are not archived.
    pub columns: Vec<String>,
    /// Records that are selected now and of which only the match key is archived.
    pub records: u64,
}

impl<'c> PartCheck<'c> {
    pub fn new(part: &'c ArchivedPart, setup: &Setup, day: Date) -> Self {
        Self {
            part,
            needed: ArchivedPart::of(setup, day),
            then: CompiledRules::default(),
            now: CompiledRules::default(),
            columns: Vec::new(),
            records: 0,
        }
    }

    /// Whether the part is enough.
    pub fn is_enough(&self) -> bool {
        self.columns.is_empty() && self.records == 0
    }
}

impl Sink for PartCheck<'_> {
    fn begin(&mut self, _file: u16, columns: &[String]) -> Result<(), Problem> {
        self.then = selection::compile(&self.part.selection, columns)?;
        self.now = selection::compile(&self.needed.selection, columns)?;
        let is_missing = |column: &&String| {
            let of_rules = self.needed.selection.iter();
            self.needed.has(column, true) && !self.part.has(column, true)
                || of_rules.clone().any(|rule| rule.column == **column)
                    && !self.part.has(column, false)
        };
        let missing: Vec<String> = columns.iter().filter(is_missing).cloned().collect();
        self.columns = unique(self.columns.drain(..).chain(missing));
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        let cell = |column| record.cell(column);
        let then = selection::preview(&self.then, cell, self.part.day);
        if matches!(then, Verdict::NotSelected { .. })
            && !matches!(
                selection::preview(&self.now, cell, self.needed.day),
                Verdict::NotSelected { .. }
            )
        {
            self.records += 1;
        }
    }

    fn broken(&mut self, _: Record<'_>, _: Problem) {}
}
