//! Reads records as version 0.1.0 archived them: one record a line, what is wrong with it as JSON before the cells, and
//! commas between them. A text is quoted; an unquoted cell is a mark, and an empty one is null.

use super::records::Row;
use muster_core::{
    model::problem::Problem,
    read::record::{Cell, Mark},
};

/// Begins what no text of people has.
const SIGN: char = '\u{1}';
const ABSENT: &str = "\u{1}a";
const UNREADABLE: &str = "\u{1}u";

/// Reads one line; none: it is something else.
pub(super) fn row(line: &str) -> Option<Row> {
    let (problem, mut rest) = cell(line)?;
    let problem = match problem {
        Parsed::Text(json) => Some(serde_json::from_str::<Problem>(&json).ok()?),
        Parsed::Mark(Mark::Null) => None,
        Parsed::Mark(_) => return None,
    };
    let mut row = Row::of(0, problem);
    while let Some(after) = rest.strip_prefix(',') {
        let text;
        (text, rest) = cell(after)?;
        row.push(match &text {
            Parsed::Text(text) => Cell::Text(text),
            Parsed::Mark(Mark::Absent) => Cell::Absent,
            Parsed::Mark(Mark::Unreadable) => Cell::Unreadable,
            Parsed::Mark(_) => Cell::Null,
        });
    }
    rest.is_empty().then_some(row)
}

enum Parsed {
    Text(String),
    Mark(Mark),
}

/// The cell with which a text begins, and what comes after it.
fn cell(text: &str) -> Option<(Parsed, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (mark, rest) = text.split_at(text.find(',').unwrap_or(text.len()));
        let mark = match mark {
            "" => Mark::Null,
            ABSENT => Mark::Absent,
            UNREADABLE => Mark::Unreadable,
            _ => return None,
        };
        return Some((Parsed::Mark(mark), rest));
    };
    let mut text = String::new();
    let mut characters = quoted.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' if characters.next_if(|(_, next)| *next == '"').is_some() => text.push('"'),
            '"' => return Some((Parsed::Text(text), &quoted[at + 1..])),
            SIGN => text.push(match characters.next()? {
                (_, 'n') => '\n',
                (_, 'r') => '\r',
                (_, SIGN) => SIGN,
                _ => return None,
            }),
            other => text.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::read::record::Record;

    #[test]
    fn what_version_0_1_archived_is_read() {
        let line = "\"{\"\"code\"\":1}\",\"4\",,\u{1}a,\u{1}u,\"a \"\"b\"\"\u{1}n\u{1}\u{1}\"";
        assert!(row(line).is_none(), "the problem has another form");
        let row = row(&line[line.find(',').unwrap()..]).unwrap();
        let origin = muster_core::model::origin::Origin { file: 0, line: 1 };
        let record: Record<'_> = row.record(origin);
        let cells: Vec<_> = (0..record.len())
            .map(|column| record.cell(column))
            .collect();
        assert_eq!(
            cells,
            [
                Cell::Text("4"),
                Cell::Null,
                Cell::Absent,
                Cell::Unreadable,
                Cell::Text("a \"b\"\n\u{1}")
            ]
        );
        for line in ["x", ",\"a", ",\"a\"b", "\"{}\",", ",\"\u{1}x\""] {
            assert!(super::row(line).is_none(), "{line:?}");
        }
    }
}
