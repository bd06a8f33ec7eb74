//! What a delivery said, once it is read to its end: drafts of what is new or different, who was seen,
//! and counts of the rest.

use crate::{
    model::{
        code::Code,
        facts::{Fact, Facts, FactsRef, pack},
        field::FieldNumber,
        origin::Origin,
        problem::{Problem, Severity, matching},
    },
    read::{roster::Fingerprint, swallowed::Mention},
    setup::selection::SelectionValue,
};
use serde::{
    Deserialize, Serialize,
    de::{
        IntoDeserializer,
        value::{self, StrDeserializer},
    },
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Whether all employees were read. Only a complete delivery may cause departures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// Everything was read to its end and nothing looked cut off.
    Complete,
    /// Something may be missing.
    Partial(PartialReason),
}

/// Why a delivery is not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartialReason {
    /// Cut off before its end.
    Truncated,
    /// No records at all.
    Empty,
    /// The source could not be reached.
    Unreachable,
    /// The source refused the credentials.
    Unauthorised,
    /// Fewer records than the source itself announced.
    Shrunk,
    /// It changed while it was read, or was not at rest.
    ChangedWhileReading,
    /// A field that decides who is selected or matched is withheld from every record.
    AttributeWithheld,
    /// A record's match key cannot be read: it could be anybody.
    UnknownPeople,
    /// A quoted value has probably swallowed rows of the file.
    SuspiciousRows,
    /// Nothing proves that the transfer was whole.
    Unproven,
    /// It was refused as a whole (wrong delimiter, a missing column, not a CSV file).
    Unreadable,
    /// Only corrected records of an earlier delivery count.
    Corrected,
}

impl PartialReason {
    /// The reason as stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Empty => "empty",
            Self::Unreachable => "unreachable",
            Self::Unauthorised => "unauthorised",
            Self::Shrunk => "shrunk",
            Self::ChangedWhileReading => "changed_while_reading",
            Self::AttributeWithheld => "attribute_withheld",
            Self::UnknownPeople => "unknown_people",
            Self::SuspiciousRows => "suspicious_rows",
            Self::Unproven => "unproven",
            Self::Unreadable => "unreadable",
            Self::Corrected => "corrected",
        }
    }

    /// Reads a stored reason.
    pub fn parse(text: &str) -> Option<Self> {
        let text: StrDeserializer<'_, value::Error> = text.into_deserializer();
        Self::deserialize(text).ok()
    }
}

/// What became of a record before matching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// To be matched and compared.
    Candidate,
    /// Not selected: known people are deselected, unknown ones excluded.
    NotSelected,
    /// A column of the selection is missing, or has a blank or new value: known employees stay as they are,
    /// but for an end date that the record states, and nobody new is created.
    Undecided,
    /// Rejected; it only proves that its person is present.
    Rejected,
    /// The same person in a newer file, or the same content again in the same file.
    Superseded,
}

/// One record that needs a closer look.
#[derive(Clone, Copy, Debug)]
pub struct Draft {
    pub origin: Origin,
    /// What became of it.
    pub state: DraftState,
    /// Fingerprint of its mapped raw values.
    pub fingerprint: Fingerprint,
    /// Dates that decide access of which the record has a blank cell that changes nothing.
    pub(crate) blank_dates: BlankDates,
    start: u32,
    chunk: u16,
    length: u32,
}

/// Which dates that decide access are blank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BlankDates {
    pub(crate) onboarding: bool,
    pub(crate) offboarding: bool,
}

/// Drafts in the order of the delivery, their facts packed into shared chunks of memory.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    entries: Vec<Draft>,
    chunks: Vec<String>,
}

/// Size at which a chunk is full.
const CHUNK: usize = 4 << 20;

impl Drafts {
    /// Adds a draft and gives its position.
    pub fn push<'f>(
        &mut self,
        origin: Origin,
        state: DraftState,
        fingerprint: Fingerprint,
        facts: impl IntoIterator<Item = (FieldNumber, Fact<'f>)>,
    ) -> u32 {
        if self
            .chunks
            .last()
            .is_none_or(|chunk| chunk.len() + (CHUNK >> 4) > CHUNK)
        {
            self.chunks.push(String::with_capacity(CHUNK));
        }
        let chunk = self.chunks.len() - 1;
        let text = &mut self.chunks[chunk];
        let start = text.len();
        for (field, fact) in facts {
            pack(text, field, fact);
        }
        let length = text.len() - start;
        self.entries.push(Draft {
            origin,
            state,
            fingerprint,
            blank_dates: BlankDates::default(),
            start: start as u32,
            chunk: chunk as u16,
            length: length as u32,
        });
        (self.entries.len() - 1) as u32
    }

    /// Leaves facts out of a draft.
    pub(crate) fn retain(&mut self, position: u32, keep: impl Fn(FieldNumber) -> bool) {
        let entry = self.entries[position as usize];
        let kept: Vec<(FieldNumber, Option<String>)> = self
            .facts(position)
            .iter()
            .filter(|(field, _)| keep(*field))
            .map(|(field, fact)| (field, fact.value().map(str::to_owned)))
            .collect();
        let facts = kept
            .iter()
            .map(|(field, value)| (*field, value.as_deref().map_or(Fact::Cleared, Fact::Set)));
        self.push(entry.origin, entry.state, entry.fingerprint, facts);
        if let Some(last) = self.entries.pop() {
            self.entries[position as usize] = Draft {
                blank_dates: entry.blank_dates,
                ..last
            };
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether every record was unchanged.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn get(&self, position: u32) -> &Draft {
        &self.entries[position as usize]
    }

    /// One draft, to change its state.
    pub(crate) fn get_mut(&mut self, position: u32) -> &mut Draft {
        &mut self.entries[position as usize]
    }

    /// What a draft says of its person.
    pub fn facts(&self, position: u32) -> FactsRef<'_> {
        let draft = self.get(position);
        let start = draft.start as usize;
        FactsRef::from_packed(
            &self.chunks[usize::from(draft.chunk)][start..start + draft.length as usize],
        )
    }

    /// Gives a draft other facts.
    pub(crate) fn replace(&mut self, position: u32, facts: &Facts) {
        let added = {
            let draft = *self.get(position);
            let facts = facts.as_ref().iter();
            self.push(draft.origin, draft.state, draft.fingerprint, facts)
        };
        let Draft {
            start,
            chunk,
            length,
            ..
        } = *self.get(added);
        self.entries.pop();
        let draft = self.get_mut(position);
        (draft.start, draft.chunk, draft.length) = (start, chunk, length);
    }

    /// Positions and drafts in the order of the delivery.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Draft)> {
        (0..).zip(&self.entries)
    }
}

/// How a mapped field is filled in one delivery; guards compare it with the last good run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFill {
    /// Key of the field.
    pub field: String,
    /// Records with a value that is not blank; of an absent field those of the last delivery that had it.
    pub filled: u64,
    /// Whether there were two different values.
    pub varied: bool,
    /// No record had the field at all, so that nothing is known of its values.
    #[serde(default)]
    pub absent: bool,
    /// Of a selection rule's column: values that are known to mean "not selected".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_selected: Vec<String>,
    /// Of a selection rule's column: new values, which mean so once their departures are approved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<String>,
    /// Of several columns (`first_of`) the first one, once a delivery has had it; none if none ever did. It stays known
    /// while no record has it, so that it is missed until it is back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_column: Option<String>,
}

impl FieldFill {
    /// What is remembered of a selection rule's column, which no guard compares.
    pub(crate) fn of_selection(field: String) -> Self {
        Self {
            field,
            filled: 0,
            varied: true,
            absent: false,
            not_selected: Vec::new(),
            pending: Vec::new(),
            first_column: None,
        }
    }

    /// The same once every operation of its plan is approved: new values mean "not selected" from now on.
    #[must_use]
    pub fn approved(mut self) -> Self {
        self.not_selected.append(&mut self.pending);
        self.not_selected.sort();
        self.not_selected.dedup();
        self
    }
}

/// Problems of one delivery: every code is counted, the first thousand are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    kept: Vec<Problem>,
    counts: BTreeMap<crate::model::code::Code, u64>,
}

impl Problems {
    /// How many problems are kept in full.
    pub const KEPT: usize = 1_000;

    pub fn push(&mut self, problem: Problem) {
        *self.counts.entry(problem.code).or_default() += 1;
        if self.kept.len() < Self::KEPT {
            self.kept.push(problem);
        }
    }

    /// The problems that are kept, in the order they were found.
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    /// Takes back what rejected records that no longer matter: a newer file has their employee.
    pub(crate) fn withdraw(&mut self, records: &HashSet<Origin>) {
        if records.is_empty() {
            return;
        }
        let counts = &mut self.counts;
        self.kept.retain(|problem| {
            let is_withdrawn = problem.severity == Severity::Rejected
                && problem
                    .origin
                    .is_some_and(|origin| records.contains(&origin));
            if is_withdrawn && let Some(count) = counts.get_mut(&problem.code) {
                *count = count.saturating_sub(1);
            }
            !is_withdrawn
        });
        counts.retain(|_, count| *count > 0);
    }

    /// How often each code occurred, also beyond those kept.
    pub fn counts(&self) -> &BTreeMap<crate::model::code::Code, u64> {
        &self.counts
    }

    /// Leaves out everything that is not about one of these records.
    pub(crate) fn only(&mut self, records: &BTreeSet<Origin>) {
        let kept = std::mem::take(&mut self.kept);
        self.counts.clear();
        let is_of_one =
            |problem: &Problem| problem.origin.is_some_and(|one| records.contains(&one));
        kept.into_iter()
            .filter(is_of_one)
            .for_each(|problem| self.push(problem));
    }

    /// Puts the problems in the order of the delivery.
    pub fn sort(&mut self) {
        self.kept
            .sort_by(|a, b| (a.origin, a.code, &a.field).cmp(&(b.origin, b.code, &b.field)));
    }
}

/// A delivery as read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Whether all employees were read.
    pub completeness: Completeness,
    /// Whether it has the content of the last good delivery: then it is no further evidence that anybody is missing.
    pub is_same_delivery: bool,
    /// Records read, of whatever kind.
    pub read: u64,
    /// Records whose fingerprint stands.
    pub unchanged: u64,
    /// Records that were not used because the same person stands in a newer file, or twice in one,
    /// beyond those that are drafts.
    pub superseded: u64,
    /// Records rejected because nothing of them could be read, beyond those that are drafts.
    pub unreadable: u64,
    /// Records that need a closer look.
    pub drafts: Drafts,
    /// Positions of drafts whose address cannot be read.
    pub unaddressed: Vec<u32>,
    /// The last record of each file.
    pub last_records: Vec<Origin>,
    /// For each roster entry the place of its unchanged record; none if there was none.
    pub seen: Vec<Option<Origin>>,
    pub problems: Problems,
    /// Fill of each mapped field.
    pub fills: Vec<FieldFill>,
    /// Records that a rule of the selection left out and that need a closer look, by the rule's column.
    pub left_out: BTreeMap<String, u64>,
    /// Groups that records name and that do not exist yet (`unknown_group = "create"`).
    pub new_groups: Vec<String>,
    /// Blank and new values of selection rules.
    pub selection_values: Vec<SelectionValue>,
    /// Positions of drafts that such a value leaves undecided, in ascending order, with the position of the
    /// value.
    pub undecided: Vec<(u32, u32)>,
    /// Columns of selection rules whose values nobody remembered when they were reviewed.
    pub unclassified: BTreeSet<String>,
    /// Formats whose dates seem to have day and month exchanged.
    pub doubtful_dates: Vec<DoubtfulDates>,
    /// Files of which every record is in doubt: departures that they state are held for review.
    pub in_doubt: BTreeSet<u16>,
    /// Texts inside quoted values that could be match keys of swallowed rows.
    pub mentions: Vec<Mention>,
    /// Whether every file ended with a line break; `None`: that is not known, or there was no file.
    pub final_line_break: Option<bool>,
    /// Fields of which the first of several columns had values before and no record has it now: what the records say of
    /// them comes from the other columns, which must not change a stored value.
    pub withheld_first: Vec<FieldNumber>,
    /// The records that were corrected: if there are any, only they cause operations.
    pub corrected: BTreeSet<Origin>,
}

/// The dates of one format, of which it is in doubt whether day or month comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoubtfulDates {
    /// The fields with this format.
    pub fields: Vec<FieldNumber>,
    /// The format as configured.
    pub format: String,
    /// Values that are dates only as configured.
    pub configured: u64,
    /// Values that are dates only with day and month exchanged.
    pub exchanged: u64,
}

impl Reading {
    /// A reading of nothing, for runs without a delivery.
    pub fn empty() -> Self {
        Self {
            completeness: Completeness::Complete,
            is_same_delivery: false,
            read: 0,
            unchanged: 0,
            superseded: 0,
            unreadable: 0,
            drafts: Drafts::default(),
            unaddressed: Vec::new(),
            seen: Vec::new(),
            last_records: Vec::new(),
            problems: Problems::default(),
            fills: Vec::new(),
            left_out: BTreeMap::new(),
            new_groups: Vec::new(),
            selection_values: Vec::new(),
            undecided: Vec::new(),
            unclassified: BTreeSet::new(),
            doubtful_dates: Vec::new(),
            in_doubt: BTreeSet::new(),
            mentions: Vec::new(),
            final_line_break: None,
            withheld_first: Vec::new(),
            corrected: BTreeSet::new(),
        }
    }
}

/// The warning for a record that is in a file twice.
pub(crate) fn repeated(origin: Origin, first: Origin) -> Problem {
    Problem::new(
        Code::RecordRepeated,
        Severity::Warning,
        matching::Detail::Repeated { first: first.line },
        matching::Remedy::RemoveRepeated,
    )
    .at(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_as_it_was_stored() {
        use PartialReason::*;
        let all = [
            Truncated,
            Empty,
            Unreachable,
            Unauthorised,
            Shrunk,
            ChangedWhileReading,
            AttributeWithheld,
            UnknownPeople,
            SuspiciousRows,
            Unproven,
            Unreadable,
            Corrected,
        ];
        for reason in all {
            assert_eq!(PartialReason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(PartialReason::parse("because"), None);
    }
}
