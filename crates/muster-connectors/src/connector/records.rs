//! The people of one read, kept until the last answer has come: the same person twice is one record.
//!
//! It is a sink too, so that a delivery that may be read twice can be collected first.

use muster_core::{
    model::{origin::Origin, problem::Problem},
    privacy::archived_part::ArchivedPart,
    read::record::{Cell, Mark, Record, Sink},
    setup::selection::{self, Verdict},
};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt};

/// What a record says in one column; see [`Cell`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The answer has no such attribute.
    Absent,
    /// The source says that there is no value.
    Null,
    /// There is something that cannot be meant.
    Unreadable,
    Text(String),
}

impl Value {
    /// Text, or null if there is none.
    pub fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() {
            Self::Null
        } else {
            Self::Text(text)
        }
    }
}

/// Records of one endpoint. `Debug` shows no personal data.
#[derive(Clone, Default)]
pub struct Records {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
    by_id: HashMap<String, usize>,
}

#[derive(Clone, Default)]
pub(super) struct Row {
    pub(super) text: String,
    pub(super) ends: Vec<usize>,
    marks: Vec<Mark>,
    /// Rare, and much larger than the rest.
    pub(super) problem: Option<Box<Problem>>,
}

impl Row {
    /// A row of so many cells to come: tens of thousands are kept, so none is larger than it must be.
    pub(super) fn of(cells: usize, problem: Option<Problem>) -> Self {
        let (ends, marks) = (Vec::with_capacity(cells), Vec::with_capacity(cells));
        Self {
            text: String::new(),
            ends,
            marks,
            problem: problem.map(Box::new),
        }
    }

    pub(super) fn push(&mut self, cell: Cell<'_>) {
        let mark = match cell {
            Cell::Absent => Mark::Absent,
            Cell::Null => Mark::Null,
            Cell::Unreadable => Mark::Unreadable,
            Cell::Text(text) => {
                self.text.push_str(text);
                Mark::Text
            }
        };
        self.ends.push(self.text.len());
        self.marks.push(mark);
    }

    pub(super) fn record(&self, origin: Origin) -> Record<'_> {
        Record::with_marks(origin, &self.text, &self.ends, &self.marks)
    }
}

impl Records {
    /// No records yet, of these columns.
    pub fn new(columns: &[String]) -> Self {
        Self {
            columns: columns.to_vec(),
            ..Self::default()
        }
    }

    /// The columns in order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a person; one with the same id is replaced. `problem` says why the record cannot be used.
    /// True if the id is new.
    pub fn put(&mut self, id: &str, values: &[Value], problem: Option<Problem>) -> bool {
        let mut row = Row::of(values.len(), problem);
        for value in values {
            row.push(match value {
                Value::Absent => Cell::Absent,
                Value::Null => Cell::Null,
                Value::Unreadable => Cell::Unreadable,
                Value::Text(text) => Cell::Text(text),
            });
        }
        row.text.shrink_to_fit();
        if let Some(&position) = self.by_id.get(id) {
            self.rows[position] = row;
            return false;
        }
        self.by_id.insert(id.to_owned(), self.rows.len());
        self.rows.push(row);
        true
    }

    /// Adds a record without a readable id.
    pub fn put_unknown(&mut self, problem: Problem) {
        self.rows.push(Row::of(0, Some(problem)));
    }

    /// Whether there is an employee with this id.
    pub fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// The id of the first person who has one.
    pub(crate) fn first_id(&self) -> Option<&str> {
        self.by_id
            .iter()
            .min_by_key(|(_, position)| **position)
            .map(|(id, _)| id.as_str())
    }

    /// Takes over the employees who are in `other` alone.
    pub(crate) fn add_missing(&mut self, other: Records) {
        let mut rows: Vec<Option<Row>> = other.rows.into_iter().map(Some).collect();
        let mut missing: Vec<(String, usize)> = other
            .by_id
            .into_iter()
            .filter(|(id, _)| !self.has(id))
            .collect();
        missing.sort_by_key(|(_, position)| *position);
        for (id, position) in missing {
            if let Some(row) = rows[position].take() {
                self.by_id.insert(id, self.rows.len());
                self.rows.push(row);
            }
        }
    }

    /// The records without what is not to be archived: of those that are not selected, only the match key and what the
    /// selection uses. Nothing else than used columns was asked for.
    pub fn reduced(&self, part: &ArchivedPart) -> Result<Self, Problem> {
        let rules = selection::compile(&part.selection, &self.columns)?;
        let is_kept: Vec<bool> = self
            .columns
            .iter()
            .map(|column| part.has(column, false))
            .collect();
        let mut reduced = Self::new(&self.columns);
        for (record, row) in self.iter().zip(&self.rows) {
            let verdict = selection::preview(&rules, |column| record.cell(column), part.day);
            if row.problem.is_some() || !matches!(verdict, Verdict::NotSelected { .. }) {
                reduced.rows.push(row.clone());
                continue;
            }
            let mut short = Row::of(record.len(), None);
            for column in 0..record.len() {
                short.push(match is_kept.get(column) {
                    Some(true) => record.cell(column),
                    _ => Cell::Null,
                });
            }
            reduced.rows.push(short);
        }
        Ok(reduced)
    }

    /// The records in order.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.rows
            .iter()
            .zip(1..)
            .map(|(row, line)| row.record(Origin { file: 0, line }))
    }

    /// The records of known ids, in no order.
    pub(crate) fn by_id(&self) -> impl Iterator<Item = (&str, Record<'_>)> {
        self.by_id.iter().map(|(id, position)| {
            let origin = Origin {
                file: 0,
                line: u32::try_from(*position + 1).unwrap_or(u32::MAX),
            };
            (id.as_str(), self.rows[*position].record(origin))
        })
    }

    /// Hands everything to a sink, as file number 0.
    pub fn pour(&self, sink: &mut (dyn Sink + Send)) -> Result<(), Problem> {
        sink.begin(0, &self.columns)?;
        for (record, row) in self.iter().zip(&self.rows) {
            match &row.problem {
                Some(problem) => sink.broken(record, Problem::clone(problem).at(record.origin)),
                None => sink.record(record),
            }
        }
        Ok(())
    }

    /// SHA-256 over what the records say, in lower-case hexadecimal.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut text = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        self.columns.iter().for_each(|column| text(column));
        for record in self.iter() {
            for column in 0..self.columns.len() {
                match record.cell(column) {
                    Cell::Text(value) => text(value),
                    // No text is as long as these say.
                    Cell::Absent => hash_mark(&mut text, "absent"),
                    Cell::Null => hash_mark(&mut text, "null"),
                    Cell::Unreadable => hash_mark(&mut text, "unreadable"),
                }
            }
        }
        hex::encode(hash.finalize())
    }
}

/// A cell without text: two texts, the first of which no delivered text can be (NUL is refused in people's data).
fn hash_mark(text: &mut impl FnMut(&str), mark: &str) {
    text("\0");
    text(mark);
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("columns", &self.columns)
            .field("count", &self.len())
            .finish()
    }
}

impl Sink for Records {
    fn begin(&mut self, _file: u16, columns: &[String]) -> Result<(), Problem> {
        *self = Self::new(columns);
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        self.copy(record, None);
    }

    fn broken(&mut self, record: Record<'_>, problem: Problem) {
        self.copy(record, Some(problem));
    }
}

impl Records {
    fn copy(&mut self, record: Record<'_>, problem: Option<Problem>) {
        let mut row = Row::of(record.len(), problem);
        (0..record.len()).for_each(|column| row.push(record.cell(column)));
        self.rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Value::{Absent, Null, Unreadable};
    use muster_core::model::{
        code::Code,
        problem::{Severity, api},
    };

    fn records(values: &[&[Value]]) -> Records {
        let mut records = Records::new(&["a".to_owned(), "b".to_owned()]);
        values
            .iter()
            .zip(0..)
            .for_each(|(values, id)| assert!(records.put(&format!("{id}"), values, None)));
        records
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn the_same_person_twice_is_one_record_and_the_newest_wins() {
        let mut records = records(&[&[text("old"), Null], &[text("other"), Null]]);
        assert!(!records.put("0", &[text("new"), Absent], None));
        let cells: Vec<_> = records
            .iter()
            .map(|record| (record.cell(0), record.cell(1)))
            .collect();
        assert_eq!(
            cells,
            [
                (Cell::Text("new"), Cell::Absent),
                (Cell::Text("other"), Cell::Null)
            ]
        );
    }

    #[test]
    fn archived_part_has_only_the_key_of_records_that_are_not_selected() {
        let records = records(&[&[text("1"), text("Ann")], &[text("no"), text("Bob")]]);
        let part = ArchivedPart {
            columns: vec!["a".to_owned(), "b".to_owned()],
            others: vec!["a".to_owned()],
            selection: vec![selection::Rule {
                column: "a".to_owned(),
                test: selection::Test::NotEquals("no".to_owned()),
                blank: selection::BlankSelection::Undecided,
            }],
            day: "2026-05-04".parse().unwrap(),
        };
        let reduced = records.reduced(&part).unwrap();
        let cells: Vec<_> = reduced
            .iter()
            .map(|record| (record.cell(0), record.cell(1)))
            .collect();
        assert_eq!(
            cells,
            [
                (Cell::Text("1"), Cell::Text("Ann")),
                (Cell::Text("no"), Cell::Null)
            ]
        );
        assert!(!reduced.write().contains("Bob"));
    }

    #[test]
    fn people_of_an_earlier_reading_are_added_behind_in_their_order() {
        let mut later = records(&[&[text("kept"), Null]]);
        later.add_missing(records(&[
            &[text("stale"), Null],
            &[text("gone"), Null],
            &[text("last"), Null],
        ]));
        let cells: Vec<_> = later.iter().map(|record| record.cell(0)).collect();
        assert_eq!(
            cells,
            [Cell::Text("kept"), Cell::Text("gone"), Cell::Text("last")]
        );
    }

    #[test]
    fn different_contents_have_different_digests() {
        let all = [
            records(&[]),
            records(&[&[Absent, Null]]),
            records(&[&[Null, Absent]]),
            records(&[&[text("ab"), text("c")]]),
            records(&[&[text("a"), text("bc")]]),
            records(&[&[text("absent"), Null]]),
            records(&[&[Unreadable, Null]]),
            records(&[&[text("a"), text("b")], &[text("c"), text("d")]]),
        ];
        let digests: std::collections::HashSet<String> = all.iter().map(Records::digest).collect();
        assert_eq!(digests.len(), all.len());
        assert_eq!(
            records(&[&[text("x"), Null]]).digest(),
            records(&[&[text("x"), Null]]).digest()
        );
    }

    #[test]
    fn what_is_collected_twice_is_the_same() {
        let mut first = records(&[&[text("x"), Null], &[Absent, Unreadable]]);
        first.put_unknown(Problem::new(
            Code::ApiUnidentified,
            Severity::Rejected,
            api::Detail::Unidentified,
            api::Remedy::ContactSupport { system: None },
        ));
        let mut second = Records::default();
        first.pour(&mut second).unwrap();
        assert_eq!((second.digest(), second.len()), (first.digest(), 3));
    }
}
