//! Turns one raw record into what it says about an employee: selection, mapping, normalising and the checks
//! that need nothing but the record itself.

mod column;
mod employments;
mod value;

use crate::{
    model::{
        calendar::Calendar,
        code::Code,
        facts::Fact,
        field::{FieldNumber, canonical},
        problem::{Problem, shown},
    },
    read::{
        normalise::{GroupNames, iso_day},
        reading::{BlankDates, DraftState},
        record::Record,
        roster::LastGood,
    },
    setup::{
        integration::Setup,
        policy::MatchBy,
        selection::{self, Classification, CompiledRules, SelectionValue, Verdict},
    },
};
use column::Entry;
use std::{borrow::Cow, collections::BTreeMap};

/// What a record says about one field, borrowed from it where possible.
pub(crate) enum Said<'r> {
    Cleared,
    Set(Cow<'r, str>),
}

impl Said<'_> {
    pub(crate) fn as_fact(&self) -> Fact<'_> {
        match self {
            Said::Cleared => Fact::Cleared,
            Said::Set(value) => Fact::Set(value),
        }
    }
}

/// One record after mapping and checking.
pub(crate) struct Drafted<'r> {
    pub(crate) state: DraftState,
    pub(crate) facts: Vec<(FieldNumber, Said<'r>)>,
    pub(crate) problems: Vec<Problem>,
    /// No key could be read: the record could be anybody.
    pub(crate) unknown: bool,
    /// Problems that reject the record unless it ends the employment: then its key is enough.
    waivable: Vec<Problem>,
    /// The record ends the employment and names its employee, so that nothing else in it can reject it.
    needs_only_key: bool,
    /// There is an external id, but it cannot be read.
    id_lost: bool,
    /// The record is selected and there is an address, but it cannot be read.
    pub(crate) address_lost: bool,
    /// The record has the columns that the selection rules use.
    pub(crate) selection_present: bool,
    /// The blank or new value of a selection rule that leaves the record undecided.
    pub(crate) selection_value: Option<SelectionValue>,
    /// Dates that decide access and are blank without clearing anything.
    pub(crate) blank_dates: BlankDates,
    /// A value is invalid today that may be valid on another day.
    pub(crate) depends_on_day: bool,
}

/// Drafts the records of one delivery.
pub(crate) struct Drafter<'a> {
    setup: &'a Setup,
    calendar: Calendar,
    entries: Vec<Entry<'a>>,
    rules: CompiledRules,
    classification: Classification,
    groups: GroupNames,
    new_groups: Vec<String>,
    /// Records that each rule did not select.
    left_out: Vec<u64>,
    /// A value of the current file was decoded twice, and the file has its warning.
    is_decoded_twice: bool,
}

impl<'a> Drafter<'a> {
    /// Starts a delivery; `last` is the last good run of the integration.
    pub(crate) fn new(setup: &'a Setup, calendar: Calendar, last: Option<&LastGood>) -> Self {
        // In order of field numbers, so that external id and address are packed first.
        let mut mappings: Vec<_> = setup.rules.mapping.entries.iter().collect();
        mappings.sort_by_key(|mapping| mapping.field);
        let reviewed = last.filter(|last| setup.is_reviewed(&last.setup));
        Self {
            setup,
            calendar,
            entries: mappings
                .into_iter()
                .map(|mapping| Entry::new(mapping, setup, calendar.today))
                .collect(),
            rules: CompiledRules::default(),
            classification: Classification::new(&setup.rules.selection, reviewed),
            groups: GroupNames::new(setup.workspace.groups.clone()),
            new_groups: Vec::new(),
            left_out: vec![0; setup.rules.selection.len()],
            is_decoded_twice: false,
        }
    }

    /// A file begins: columns are looked up by name once.
    pub(crate) fn begin(&mut self, columns: &[String]) -> Result<(), Problem> {
        for entry in &mut self.entries {
            entry.begin(columns);
        }
        self.is_decoded_twice = false;
        self.rules = selection::compile(&self.setup.rules.selection, columns)?;
        Ok(())
    }

    /// Records that were not selected, by the column whose rule did it.
    pub(crate) fn left_out(&self) -> BTreeMap<String, u64> {
        let mut left_out = BTreeMap::new();
        for (rule, count) in self
            .setup
            .rules
            .selection
            .iter()
            .zip(&self.left_out)
            .filter(|(_, count)| **count > 0)
        {
            *left_out.entry(rule.column.clone()).or_default() += count;
        }
        left_out
    }

    pub(crate) fn classification(&self) -> &Classification {
        &self.classification
    }

    pub(crate) fn into_new_groups(mut self) -> Vec<String> {
        self.new_groups.sort();
        self.new_groups.dedup();
        self.new_groups
    }

    pub(crate) fn draft<'r>(&mut self, record: &Record<'r>) -> Drafted<'r> {
        let mut drafted = Drafted {
            state: DraftState::Candidate,
            facts: Vec::with_capacity(self.entries.len()),
            problems: Vec::new(),
            unknown: false,
            waivable: Vec::new(),
            needs_only_key: false,
            id_lost: false,
            address_lost: false,
            selection_present: true,
            selection_value: None,
            blank_dates: BlankDates::default(),
            depends_on_day: false,
        };
        let is_selected = self.select(record, &mut drafted);
        let region = self.region(record);
        for position in 0..self.entries.len() {
            self.read_field(position, record, region.as_deref(), &mut drafted);
        }
        self.derive_from_employments(&mut drafted);
        self.check_key(&mut drafted);
        drafted.address_lost &= is_selected;
        drafted
    }

    /// Applies the selection rules; false: the record is not selected for certain.
    fn select(&mut self, record: &Record<'_>, drafted: &mut Drafted<'_>) -> bool {
        let verdict = selection::holds(
            &self.rules,
            |column| record.cell(column),
            self.calendar.today,
            &mut self.classification,
        );
        match verdict {
            Verdict::Selected => {}
            Verdict::NotSelected { rule } => {
                drafted.state = DraftState::NotSelected;
                self.left_out[rule] += 1;
                return false;
            }
            Verdict::Undecided { rule, value } => {
                drafted.state = DraftState::Undecided;
                drafted.selection_value = Some(SelectionValue {
                    column: self.setup.rules.selection[rule].column.clone(),
                    value,
                });
                return false;
            }
            Verdict::Absent => {
                drafted.state = DraftState::Undecided;
                drafted.selection_present = false;
            }
            Verdict::Invalid(problem) => drafted.waivable.push(*problem),
        }
        true
    }

    /// The match key decides which employee a record is about; without one it could be anybody.
    fn check_key(&self, drafted: &mut Drafted<'_>) {
        let id = drafted.value(canonical::EXTERNAL_ID).is_some();
        let email = drafted.value(canonical::EMAIL).is_some();
        let known = match self.setup.rules.policy.match_by {
            // An unreadable id hides the employee that the record means although it has an address.
            MatchBy::ExternalIdThenEmail => id || (email && !drafted.id_lost),
            MatchBy::ExternalId => id,
            MatchBy::Email => email,
        };
        let has_ended = drafted
            .value(canonical::OFFBOARDING_DATE)
            .and_then(iso_day)
            .is_some_and(|day| self.calendar.has_ended(day));
        drafted.settle_waivable(known, has_ended);
        let subject = drafted
            .value(canonical::EXTERNAL_ID)
            .or(drafted.value(canonical::EMAIL))
            .map(str::to_owned);
        for problem in &mut drafted.problems {
            problem.subject = subject.as_deref().map(shown);
        }
        drafted.unknown = drafted.state == DraftState::Rejected && !known;
    }
}

impl Drafted<'_> {
    /// A record that ends the employment needs only its match key: what else is wrong with it is a warning.
    fn settle_waivable(&mut self, has_key: bool, has_ended: bool) {
        let is_not_selected = self.is_not_selected();
        let waivable = std::mem::take(&mut self.waivable);
        self.needs_only_key = has_key && (has_ended || is_not_selected);
        if !self.needs_only_key {
            if !waivable.is_empty() {
                self.state = DraftState::Rejected;
            }
            return self.problems.extend(waivable);
        }
        // An employee who left often has no address any more, which is not worth a warning in every run.
        let warned = waivable
            .into_iter()
            .filter(|problem| !is_not_selected || problem.code != Code::ValueRequired)
            .map(value::waived);
        self.problems.extend(warned);
    }

    /// Makes the problem of a value that cannot be read a warning, where the record needs only its match key.
    /// False: the problem rejects the record.
    pub(crate) fn waive_unreadable(&mut self, problem: &Problem) -> bool {
        if !self.needs_only_key || self.state == DraftState::Rejected || !is_of_one_value(problem) {
            return false;
        }
        // The same about a mapped column, without its value.
        self.problems
            .retain(|problem| problem.code != Code::CsvEncoding);
        self.problems.push(value::waived(problem.clone()));
        true
    }

    /// Whether a selection rule has decided, or cannot decide by the value that is there.
    fn is_not_selected(&self) -> bool {
        self.state == DraftState::NotSelected || self.selection_value.is_some()
    }

    fn clear(&mut self, field: FieldNumber) {
        // Address, names and id are never cleared: a record without them is rejected or silent.
        let kept = [
            canonical::EXTERNAL_ID,
            canonical::EMAIL,
            canonical::FIRST_NAME,
            canonical::LAST_NAME,
        ];
        if !kept.contains(&field) {
            self.facts.push((field, Said::Cleared));
        }
    }

    fn value(&self, field: FieldNumber) -> Option<&str> {
        self.facts
            .iter()
            .find(|(number, _)| *number == field)
            .and_then(|(_, said)| match said {
                Said::Set(value) => Some(value.as_ref()),
                Said::Cleared => None,
            })
    }
}

/// Whether only one value of a record cannot be read, and the others are certain.
fn is_of_one_value(problem: &Problem) -> bool {
    use crate::model::problem::{Detail, api, csv};
    matches!(
        problem.detail,
        Detail::Csv(
            csv::Detail::Nul
                | csv::Detail::NotText { .. }
                | csv::Detail::MalformedUtf8
                | csv::Detail::LooksLikeUtf8
                | csv::Detail::ValueTooLong { .. }
        ) | Detail::Api(api::Detail::UnreadableValue { .. })
    )
}
