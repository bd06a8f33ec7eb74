//! Takes the records of a person out of a delivered CSV file and leaves every other byte where it was.
//!
//! Works on bytes: quotes and line breaks mean the same in UTF-8 and windows-1252. A record is replaced by its
//! line breaks, so that the lines of all others keep their numbers. Other encodings are not cut: their
//! deliveries are dropped whole, as is everything of which it is unsure where the person stands.

mod json_lines;

use crate::{
    privacy::{archived_part::ArchivedPart, tombstone::Tombstones},
    read::{
        normalise::fold_email,
        scanner::{self, LineEnd, Row, Scan},
    },
    setup::mapping::is_default,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What must be known of a file to find people in it; kept with the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    /// The character between values; none: the one that the first line has most of.
    pub delimiter: Option<u8>,
    /// Whether the first row names the columns; otherwise they are `column_1`, `column_2`, ...
    pub header: bool,
    /// Columns that hold the external id of the record's own person.
    pub ids: Vec<String>,
    /// Columns that hold the id of another employee (a manager).
    pub others: Vec<String>,
    /// Names of the columns of records that an HR system handed over; empty: it is a file as it was delivered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The records of an HR system are JSON Lines; version 0.1.0 wrote them like the rows of a file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub json_lines: bool,
    /// What of the delivery was archived; none: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<ArchivedPart>,
    /// Lines above the header.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skip_rows: u32,
    /// The sheet of the workbook that was archived; none: its first visible one, or it is no workbook.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sheet: Option<String>,
}

impl Form {
    /// Whether both have the same content of a delivery.
    pub fn has_content_of(&self, other: &Self) -> bool {
        if self.sheet != other.sheet {
            return false;
        }
        match (&self.part, &other.part) {
            (None, None) => true,
            (Some(part), Some(other)) => part.is_same(other),
            _ => false,
        }
    }
}

/// The keys of people who are taken out.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    pub ids: HashSet<String>,
    /// Addresses in small letters.
    pub emails: HashSet<String>,
}

/// By what people are found.
#[derive(Clone, Copy, Debug)]
pub enum Subjects<'k> {
    /// By their keys: they are being erased.
    Keys(&'k Keys),
    /// By what is left of them: they were erased earlier, and a source still names them.
    Tombstones(&'k Tombstones),
}

impl Subjects<'_> {
    fn has_id(self, id: &str) -> bool {
        match self {
            Self::Keys(keys) => keys.ids.contains(id),
            Self::Tombstones(stones) => stones.has(stones.of_external_id(id)),
        }
    }

    fn has_email(self, email: &str) -> bool {
        // Most cells are no address, and need neither a copy nor a hash.
        email.contains('@')
            && match self {
                Self::Keys(keys) => keys.emails.contains(fold_email(email).as_ref()),
                Self::Tombstones(stones) => stones.has(stones.of_email(email)),
            }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileErasure {
    /// Nobody of them stands in the file.
    Nothing,
    /// They do not any more.
    Done {
        /// The file without them.
        bytes: Vec<u8>,
        /// The lines on which their records stood.
        lines: Vec<u32>,
    },
    /// They cannot be located: delete the file.
    Unsure,
}

/// Takes people out of a file, or out of the records of an HR system.
pub fn erase_records(bytes: &[u8], form: &Form, subjects: Subjects<'_>) -> FileErasure {
    if form.json_lines {
        return json_lines::erase_records(bytes, form, subjects);
    }
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return FileErasure::Unsure;
    }
    let delimiter = form.delimiter.unwrap_or_else(|| likely_delimiter(bytes));
    let mut out = Vec::with_capacity(bytes.len());
    let mut columns: Option<Columns> = (!form.header).then(|| Columns::numbered(form));
    let (mut position, mut line) = (0, 1u32);
    let (mut lines, mut blanked) = (Vec::new(), false);
    let mut row = Row::new(usize::MAX);
    while position < bytes.len() {
        let rest = &bytes[position..];
        let Scan::Row { used, end } = scanner::scan(rest, true, delimiter, &mut row) else {
            return FileErasure::Unsure;
        };
        let record = &rest[..used];
        let texts: Vec<String> = row.values().map(text).collect();
        match &columns {
            None => {
                if !is_blank(&row) && line > form.skip_rows {
                    columns = Some(Columns::named(form, &texts));
                }
                out.extend_from_slice(record);
            }
            Some(columns) if columns.own(&texts, subjects) => {
                lines.push(line);
                out.extend(record.iter().filter(|byte| matches!(byte, b'\n' | b'\r')));
            }
            Some(columns) => blanked |= columns.copy(record, delimiter, &texts, subjects, &mut out),
        }
        line += row.line_breaks + u32::from(end != LineEnd::File);
        position += used;
    }
    if has_address(&out, subjects) {
        return FileErasure::Unsure;
    }
    if lines.is_empty() && !blanked {
        FileErasure::Nothing
    } else {
        FileErasure::Done { bytes: out, lines }
    }
}

/// Whether an address of the people stands anywhere, alone or inside a longer text.
fn has_address(bytes: &[u8], subjects: Subjects<'_>) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-+'".contains(byte) || *byte >= 0x80;
    bytes
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'@')
        .any(|(at, _)| {
            let start = bytes[..at]
                .iter()
                .rposition(|byte| !part(byte))
                .map_or(0, |before| before + 1);
            let length = bytes[at + 1..]
                .iter()
                .position(|byte| !part(byte))
                .unwrap_or(bytes.len() - at - 1);
            let address = text(&bytes[start..at + 1 + length]);
            subjects.has_email(address.trim_matches(['.', '\'']))
        })
}

fn likely_delimiter(bytes: &[u8]) -> u8 {
    let first = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let count = |delimiter: &u8| first.iter().filter(|byte| *byte == delimiter).count();
    [b'|', b'\t', b';', b',']
        .into_iter()
        .max_by_key(count)
        .unwrap_or(b',')
}

fn is_blank(row: &Row) -> bool {
    row.columns == 1 && row.text.is_empty()
}

/// The text of a value without surrounding space.
fn text(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    text.trim().to_owned()
}

/// Which columns hold whose id.
struct Columns {
    ids: Vec<usize>,
    others: Vec<usize>,
    /// A column that should hold ids was not found: an id in any column is taken for the person's own.
    anywhere: bool,
}

impl Columns {
    fn named(form: &Form, names: &[String]) -> Self {
        Self::of(form, |name| {
            names.iter().position(|found| found == name.trim())
        })
    }

    fn numbered(form: &Form) -> Self {
        Self::of(form, |name| {
            name.strip_prefix("column_")?
                .parse::<usize>()
                .ok()?
                .checked_sub(1)
        })
    }

    fn of(form: &Form, find: impl Fn(&str) -> Option<usize>) -> Self {
        let ids: Vec<usize> = form.ids.iter().filter_map(|name| find(name)).collect();
        let others = form.others.iter().filter_map(|name| find(name)).collect();
        Self {
            anywhere: ids.is_empty() && !form.ids.is_empty(),
            ids,
            others,
        }
    }

    /// Whether the record is about one of the people. An address in any column but that of another employee's id
    /// identifies.
    fn own(&self, texts: &[String], subjects: Subjects<'_>) -> bool {
        texts.iter().enumerate().any(|(column, text)| {
            let is_id = self.anywhere || self.ids.contains(&column);
            !text.is_empty()
                && !self.others.contains(&column)
                && ((is_id && subjects.has_id(text)) || subjects.has_email(text))
        })
    }

    /// Copies a record about another employee; ids and addresses of the people in it become blank.
    fn copy(
        &self,
        record: &[u8],
        delimiter: u8,
        texts: &[String],
        subjects: Subjects<'_>,
        out: &mut Vec<u8>,
    ) -> bool {
        let names = |column: &usize| {
            texts
                .get(*column)
                .is_some_and(|text| subjects.has_id(text) || subjects.has_email(text))
        };
        if !self.others.iter().any(names) {
            out.extend_from_slice(record);
            return false;
        }
        let spans = scanner::spans(record, delimiter);
        let named = (0..spans.len()).filter(|column| self.others.contains(column) && names(column));
        let mut after = 0;
        for span in named.map(|column| &spans[column]) {
            out.extend_from_slice(&record[after..span.start]);
            after = span.end;
        }
        out.extend_from_slice(&record[after..]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> Form {
        Form {
            delimiter: Some(b','),
            header: true,
            ids: vec!["id".to_owned()],
            others: vec!["manager".to_owned()],
            columns: Vec::new(),
            json_lines: false,
            part: None,
            skip_rows: 0,
            sheet: None,
        }
    }

    fn keys(id: &str, email: &str) -> Keys {
        Keys {
            ids: [id.to_owned()].into(),
            emails: [email.to_owned()].into(),
        }
    }

    #[track_caller]
    fn check(file: &str, wanted: &str, lines: &[u32]) {
        match erase_records(
            file.as_bytes(),
            &form(),
            Subjects::Keys(&keys("1", "eva@acme.example")),
        ) {
            FileErasure::Done {
                bytes,
                lines: found,
            } => {
                assert_eq!(String::from_utf8(bytes).unwrap(), wanted);
                assert_eq!(found, lines);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_record_goes_and_the_lines_of_the_others_keep_their_numbers() {
        check(
            "id,email,age\n1,x@y.z,9\n9,b@y.z,1\n",
            "id,email,age\n\n9,b@y.z,1\n",
            &[2],
        );
        check(
            "id,note\r\n9,\"a\r\nb\"\r\n1,\"c, \"\"d\"\"\r\ne\"\r\n",
            "id,note\r\n9,\"a\r\nb\"\r\n\r\n\r\n",
            &[4],
        );
        check(
            "\u{feff}id,email\n7,\" EVA@acme.example\"\n",
            "\u{feff}id,email\n\n",
            &[2],
        );
        check("id\n1", "id\n", &[2]);
    }

    #[test]
    fn the_id_of_a_manager_becomes_blank_and_equal_numbers_elsewhere_stay() {
        check(
            "id,age,manager\n2,1,1\n3,1,2\n",
            "id,age,manager\n2,1,\n3,1,2\n",
            &[],
        );
    }

    #[test]
    fn nothing_is_nothing_and_what_is_unsure_is_dropped() {
        let erase_records = |file: &[u8]| {
            erase_records(
                file,
                &form(),
                Subjects::Keys(&keys("1", "eva@acme.example")),
            )
        };
        assert_eq!(
            erase_records(b"id,email\n2,geva@acme.example\n"),
            FileErasure::Nothing
        );
        assert_eq!(
            erase_records(b"id,email\n2,x <eva@acme.example>\n"),
            FileErasure::Unsure
        );
        assert_eq!(erase_records(b"\xff\xfei\0d\0"), FileErasure::Unsure);
    }

    #[test]
    fn m24_tombstones_find_the_same_records() {
        let empty = Tombstones::new(&[3; 32], []);
        let stones = Tombstones::new(
            &[3; 32],
            [
                empty.of_external_id("1"),
                empty.of_email("eva@acme.example"),
            ],
        );
        let erase_records =
            |file: &str| erase_records(file.as_bytes(), &form(), Subjects::Tombstones(&stones));
        let left = FileErasure::Done {
            bytes: b"id,email,manager\n\n\n4,d@y.z,\n".to_vec(),
            lines: vec![2, 3],
        };
        assert_eq!(
            erase_records("id,email,manager\n1,a@y.z,\n3,Eva@acme.example,\n4,d@y.z,1\n"),
            left
        );
        assert_eq!(erase_records("id,email\n1x,x@y.z\n"), FileErasure::Nothing);
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_bytes_nobody_s_line_moves(text in "[1ab,;\"\n\r@ ]{0,80}") {
            let file = format!("id,email\n{text}");
            if let FileErasure::Done { bytes, lines } = erase_records(file.as_bytes(), &form(), Subjects::Keys(&keys("1", "a@b"))) {
                let breaks = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count();
                proptest::prop_assert_eq!(breaks(&bytes), breaks(file.as_bytes()));
                proptest::prop_assert!(!lines.contains(&1), "the header stays");
                // What was taken out is not found again.
                let again = erase_records(&bytes, &form(), Subjects::Keys(&keys("1", "a@b")));
                proptest::prop_assert_eq!(again, FileErasure::Nothing);
            }
        }
    }

    #[test]
    fn without_the_column_of_ids_every_column_counts() {
        check("nr,age\n1,3\n2,1\n3,3\n", "nr,age\n\n\n3,3\n", &[2, 3]);
    }
}
