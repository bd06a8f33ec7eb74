//! Records as text, so that they can be kept and read again: one record a line, cells with commas between them. Before
//! the columns stands what is wrong with the record, as JSON. A text stands in quotes; what stands in none is a mark:
//! nothing is null.
//!
//! Records can be cut out of the text like rows of a file ([`muster_core::privacy::cut`]): the line stays, and is blank.

use super::{Records, records::Row};
use muster_core::{
    model::problem::Problem,
    read::record::{Cell, Mark},
};
use std::fmt::Write;

/// Begins what no text of people has.
const SIGN: char = '\u{1}';
const ABSENT: &str = "\u{1}a";
const UNREADABLE: &str = "\u{1}u";

impl Records {
    /// About how many bytes [`Records::write`] gives.
    pub fn size(&self) -> u64 {
        self.rows
            .iter()
            .map(|row| (row.text.len() + 3 * row.ends.len() + 2) as u64)
            .sum()
    }

    /// The name by which a column of the text is found when somebody must be cut out of it.
    pub fn place_of(&self, column: &str) -> Option<String> {
        let position = self.columns.iter().position(|known| known == column)?;
        Some(format!("column_{}", position + 2))
    }

    /// The records as text; the columns are not in it.
    pub fn write(&self) -> String {
        let mut text = String::with_capacity(usize::try_from(self.size()).unwrap_or_default());
        for (record, row) in self.iter().zip(&self.rows) {
            if let Some(problem) = &row.problem {
                quote(
                    &serde_json::to_string(problem).unwrap_or_default(),
                    &mut text,
                );
            }
            for column in 0..record.len() {
                text.push(',');
                match record.cell(column) {
                    Cell::Absent => text.push_str(ABSENT),
                    Cell::Null => {}
                    Cell::Unreadable => text.push_str(UNREADABLE),
                    Cell::Text(cell) => quote(cell, &mut text),
                }
            }
            text.push('\n');
        }
        text
    }

    /// Reads what [`Records::write`] gave, without the lines that were cut out since; none: it is something else.
    pub fn read(columns: &[String], text: &str) -> Option<Self> {
        let mut records = Self::new(columns);
        for line in text.lines().filter(|line| !line.is_empty()) {
            records.rows.push(row(line)?);
        }
        Some(records)
    }

    /// Announces these columns too, as absent from every record; says which were not there.
    pub fn announce(&mut self, wanted: &[String]) -> Vec<String> {
        let missing: Vec<String> = wanted
            .iter()
            .filter(|column| !self.columns.contains(column))
            .cloned()
            .collect();
        self.columns.extend(missing.iter().cloned());
        missing
    }
}

fn quote(cell: &str, text: &mut String) {
    text.push('"');
    for character in cell.chars() {
        // Every record is one line, whatever it says.
        let _ = match character {
            '"' => write!(text, "\"\""),
            '\n' => write!(text, "{SIGN}n"),
            '\r' => write!(text, "{SIGN}r"),
            SIGN => write!(text, "{SIGN}{SIGN}"),
            other => write!(text, "{other}"),
        };
    }
    text.push('"');
}

fn row(line: &str) -> Option<Row> {
    let (problem, mut rest) = cell(line)?;
    let problem = match problem {
        Said::Text(json) => Some(serde_json::from_str::<Problem>(&json).ok()?),
        Said::Mark(Mark::Null) => None,
        Said::Mark(_) => return None,
    };
    let mut row = Row::of(0, problem);
    while let Some(after) = rest.strip_prefix(',') {
        let said;
        (said, rest) = cell(after)?;
        row.push(match &said {
            Said::Text(text) => Cell::Text(text),
            Said::Mark(Mark::Absent) => Cell::Absent,
            Said::Mark(Mark::Unreadable) => Cell::Unreadable,
            Said::Mark(_) => Cell::Null,
        });
    }
    rest.is_empty().then_some(row)
}

enum Said {
    Text(String),
    Mark(Mark),
}

/// The cell with which a text begins, and what comes after it.
fn cell(text: &str) -> Option<(Said, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (mark, rest) = text.split_at(text.find(',').unwrap_or(text.len()));
        let mark = match mark {
            "" => Mark::Null,
            ABSENT => Mark::Absent,
            UNREADABLE => Mark::Unreadable,
            _ => return None,
        };
        return Some((Said::Mark(mark), rest));
    };
    let mut said = String::new();
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' if characters.next_if(|(_, next)| *next == '"').is_some() => said.push('"'),
            '"' => return Some((Said::Text(said), &quoted[at + 1..])),
            SIGN => said.push(match characters.next()? {
                (_, 'n') => '\n',
                (_, 'r') => '\r',
                (_, SIGN) => SIGN,
                _ => return None,
            }),
            other => said.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::Value;
    use muster_core::{
        model::{code::Code, problem::Severity},
        privacy::cut::{Cut, Form, Keys, Whom, cut},
    };
    use proptest::prelude::*;

    fn columns() -> Vec<String> {
        ["id", "mail", "boss"].map(str::to_owned).to_vec()
    }

    fn problem() -> Problem {
        Problem::new(
            Code::ApiUnidentified,
            Severity::Rejected,
            "a \"person\", without id\n",
            "ask",
        )
    }

    fn said() -> impl Strategy<Value = Value> {
        let text = "[a\u{1}\",\n\ré@ ]{0,6}".prop_map(Value::Text);
        prop_oneof![
            Just(Value::Absent),
            Just(Value::Null),
            Just(Value::Unreadable),
            text
        ]
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again(rows in proptest::collection::vec((proptest::collection::vec(said(), 3), any::<bool>()), 0..5)) {
            let mut records = Records::new(&columns());
            for ((values, is_broken), id) in rows.iter().zip(0..) {
                records.put(&format!("{id}"), values, is_broken.then(problem));
            }
            records.put_unknown(problem());
            let read = Records::read(&columns(), &records.write()).unwrap();
            prop_assert_eq!(read.digest(), records.digest());
            let shape = |all: &Records| all.rows.iter().map(|row| (row.ends.len(), row.problem.clone())).collect::<Vec<_>>();
            prop_assert_eq!(shape(&read), shape(&records));
            prop_assert_eq!(records.write().lines().count(), records.len(), "a record is one line");
        }
    }

    #[test]
    fn what_is_something_else_is_not_read() {
        for text in ["x\n", ",\"a\n", ",\"a\"b\n", "\"{}\",\n", ",\"\u{1}x\"\n"] {
            assert!(Records::read(&columns(), text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn m24_a_person_is_cut_out_like_a_row_of_a_file_and_the_others_stay_what_they_are() {
        let mut records = Records::new(&columns());
        let text = |text: &str| Value::Text(text.to_owned());
        records.put("1", &[text("1"), text("a\nb"), Value::Null], None);
        records.put("2", &[text("2"), Value::Absent, text("1")], None);
        records.put("3", &[text("3"), text("Eva@acme.example"), text("2")], None);
        let place = |column: &str| vec![records.place_of(column).unwrap()];
        let form = Form {
            delimiter: Some(b','),
            header: false,
            ids: place("id"),
            others: place("boss"),
            columns: columns(),
        };
        let keys = |id: &str, email: &str| Keys {
            ids: [id.to_owned()].into(),
            emails: [email.to_owned()].into(),
        };
        let keys = keys("1", "eva@acme.example");
        let Cut::Done { bytes, lines } = cut(records.write().as_bytes(), &form, Whom::Keys(&keys))
        else {
            panic!()
        };
        assert_eq!(lines, [1, 3], "the numbers of the records");
        let left = Records::read(&columns(), &String::from_utf8(bytes).unwrap()).unwrap();
        let cells: Vec<_> = left
            .iter()
            .flat_map(|record| [record.cell(0), record.cell(1), record.cell(2)])
            .collect();
        assert_eq!(cells, [Cell::Text("2"), Cell::Absent, Cell::Null]);
    }

    #[test]
    fn columns_that_were_not_asked_for_then_are_absent() {
        let mut records = Records::new(&columns());
        records.put("1", &[Value::Null, Value::Null, Value::Null], None);
        let wanted = ["boss", "title"].map(str::to_owned);
        assert_eq!(records.announce(&wanted), ["title"]);
        assert_eq!(
            (
                records.columns().len(),
                records.iter().next().unwrap().cell(3)
            ),
            (4, Cell::Absent)
        );
    }
}
