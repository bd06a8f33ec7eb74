//! Records as text, so that they can be archived and read again: JSON Lines, one object a record.
//!
//! `values` has the columns: a text, `null`, or `{"unreadable": true}`; an absent column is left out. `problem` says why a
//! record cannot be used; a record of which nothing could be read has no `values`.
//!
//! Records can be removed from the text ([`muster_core::privacy::file_erasure`]): the line stays, and is blank.

use super::{Records, archived_0_1, records::Row};
use muster_core::{model::problem::Problem, read::record::Cell};
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Line {
    values: Option<HashMap<String, Json>>,
    problem: Option<Problem>,
}

impl Records {
    /// About how many bytes [`Records::write`] gives.
    pub fn size(&self) -> u64 {
        let names: usize = self.columns.iter().map(|column| column.len() + 6).sum();
        self.rows
            .iter()
            .map(|row| (row.text.len() + names + 14) as u64)
            .sum()
    }

    /// The records as text.
    pub fn write(&self) -> String {
        let mut text = String::with_capacity(usize::try_from(self.size()).unwrap_or_default());
        let names: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        for (record, row) in self.iter().zip(&self.rows) {
            text.push('{');
            if !record.is_empty() {
                text.push_str("\"values\":{");
                let mut is_first = true;
                for (column, name) in (0..record.len()).zip(&names) {
                    let value = match record.cell(column) {
                        Cell::Absent => continue,
                        Cell::Null => "null".to_owned(),
                        Cell::Unreadable => UNREADABLE.to_owned(),
                        Cell::Text(cell) => quoted(cell),
                    };
                    if !std::mem::take(&mut is_first) {
                        text.push(',');
                    }
                    text.push_str(name);
                    text.push(':');
                    text.push_str(&value);
                }
                text.push('}');
            }
            if let Some(problem) = &row.problem {
                if !record.is_empty() {
                    text.push(',');
                }
                text.push_str("\"problem\":");
                text.push_str(&serde_json::to_string(problem).unwrap_or_default());
            }
            text.push_str("}\n");
        }
        text
    }

    /// Reads what [`Records::write`] gave, without the lines that were removed since; none: it is something else. What
    /// version 0.1.0 archived is read too.
    pub fn read(columns: &[String], text: &str) -> Option<Self> {
        let mut records = Self::new(columns);
        for line in text.lines().filter(|line| !line.is_empty()) {
            let row = match line.starts_with('{') {
                true => row(line, columns)?,
                false => archived_0_1::row(line)?,
            };
            records.rows.push(row);
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

const UNREADABLE: &str = "{\"unreadable\":true}";

/// A text as JSON.
fn quoted(text: &str) -> String {
    Json::from(text).to_string()
}

fn row(line: &str, columns: &[String]) -> Option<Row> {
    let Line { values, problem } = serde_json::from_str(line).ok()?;
    let mut row = Row::of(columns.len(), problem);
    let Some(values) = values else {
        return row.problem.is_some().then_some(row);
    };
    if values.keys().any(|name| !columns.contains(name)) {
        return None;
    }
    for column in columns {
        row.push(match values.get(column) {
            None => Cell::Absent,
            Some(Json::Null) => Cell::Null,
            Some(Json::String(text)) => Cell::Text(text),
            Some(Json::Object(_)) => Cell::Unreadable,
            Some(_) => return None,
        });
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::Value;
    use muster_core::{
        model::{
            code::Code,
            problem::{Severity, api},
        },
        privacy::file_erasure::{FileErasure, Form, Keys, Subjects, erase_records},
    };
    use proptest::prelude::*;

    fn columns() -> Vec<String> {
        ["id", "mail", "boss"].map(str::to_owned).to_vec()
    }

    fn problem() -> Problem {
        let system = Some("a \"system\"\n".to_owned());
        Problem::new(
            Code::ApiUnidentified,
            Severity::Rejected,
            api::Detail::Unidentified,
            api::Remedy::ContactSupport { system },
        )
    }

    fn value() -> impl Strategy<Value = Value> {
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
        fn what_was_written_is_read_again(rows in proptest::collection::vec((proptest::collection::vec(value(), 3), any::<bool>()), 0..5)) {
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
        for text in [
            "x\n",
            "{}\n",
            "{\"values\":{\"other\":null}}\n",
            "{\"values\":{\"id\":4}}\n",
            "{\"values\":{\"id\":\"4\"}\n",
            ",\"a\n",
        ] {
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
        let form = Form {
            delimiter: None,
            header: false,
            ids: vec!["id".to_owned()],
            others: vec!["boss".to_owned()],
            columns: columns(),
            json_lines: true,
            part: None,
            skip_rows: 0,
            sheet: None,
        };
        let keys = |id: &str, email: &str| Keys {
            ids: [id.to_owned()].into(),
            emails: [email.to_owned()].into(),
        };
        let keys = keys("1", "eva@acme.example");
        let FileErasure::Done { bytes, lines } =
            erase_records(records.write().as_bytes(), &form, Subjects::Keys(&keys))
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
