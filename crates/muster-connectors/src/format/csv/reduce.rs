//! Takes cells out of a file that are not to be archived. Rows, lines and the cells that stay are exactly as delivered, and a row
//! that is rejected is rejected again for the same kind of reason.

use super::{
    CsvSettings,
    body::is_remark,
    encoding::Charset,
    header::Header,
    reader,
    sample::is_blank,
    scanner::{self, FaultKind, LineEnd, Row, Scan},
    text::{Reading, Texts, cells},
};
use jiff::civil::Date;
use muster_core::{
    model::origin::Origin,
    privacy::archived_part::ArchivedPart,
    read::record::Record,
    setup::selection::{self, CompiledRules, Verdict},
};
use std::ops::Range;

/// What is left of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reduced {
    Part(Vec<u8>),
    /// The file is written in an encoding in which values are not cut out.
    Encoding,
    /// The file is refused: it has no records.
    Refused,
}

/// How a whole file is cut.
pub(super) struct Cut {
    /// The lines above the header.
    pub(super) above: Range<usize>,
    /// Where the first row begins.
    pub(super) start: usize,
    pub(super) delimiter: u8,
    pub(super) header: Header,
    pub(super) spare: usize,
    pub(super) texts: Texts,
}

/// The part of a file that is archived.
pub fn reduce(bytes: &[u8], settings: &CsvSettings, part: &ArchivedPart) -> Reduced {
    let cut = match reader::cut(bytes, settings) {
        Ok(Some(cut)) => cut,
        Ok(None) => return Reduced::Encoding,
        Err(_) => return Reduced::Refused,
    };
    let Ok(rules) = selection::compile(&part.selection, &cut.header.names) else {
        return Reduced::Refused;
    };
    let find = |is_selected| -> Vec<bool> {
        let names = cut.header.names.iter();
        names.map(|name| part.has(name, is_selected)).collect()
    };
    let (columns, others) = (find(true), find(false));
    let mut reducer = Reducer {
        cut,
        rules,
        day: part.day,
        columns,
        others,
        trailer: settings.trailer_count.clone(),
        out: Vec::with_capacity(bytes.len()),
    };
    let above = reducer.cut.above.clone();
    reducer.out.extend_from_slice(&bytes[..above.start]);
    reducer.line_ends(&bytes[above.clone()]);
    reducer
        .out
        .extend_from_slice(&bytes[above.end..reducer.cut.start]);
    reducer.rows(bytes, settings.header);
    Reduced::Part(reducer.out)
}

struct Reducer {
    cut: Cut,
    rules: CompiledRules,
    day: Date,
    /// Which columns of selected and rejected records are archived, and which of the others.
    columns: Vec<bool>,
    others: Vec<bool>,
    trailer: Option<String>,
    out: Vec<u8>,
}

/// What stays of a row.
enum Kept {
    /// These columns.
    Columns(Vec<bool>),
    /// The first values of the trailer.
    First(usize),
    /// Nothing but its form: it is not certain what its values are.
    Form,
}

impl Reducer {
    fn rows(&mut self, bytes: &[u8], has_header: bool) {
        let mut row = Row::new(self.cut.header.names.len() + self.cut.spare + 1);
        let mut header_is_next = has_header;
        let mut at = self.cut.start;
        while at < bytes.len() {
            let rest = &bytes[at..];
            let Scan::Row { used, end } = scanner::scan(rest, true, self.cut.delimiter, &mut row)
            else {
                return self.unfinished(rest, row.columns);
            };
            let record = &rest[..used];
            at += used;
            if header_is_next || is_blank(&row) {
                header_is_next &= is_blank(&row);
                self.out.extend_from_slice(record);
            } else {
                self.row(record, end, &row);
            }
        }
    }

    /// A quote that stays open to the end of the file.
    fn unfinished(&mut self, rest: &[u8], columns: usize) {
        let delimiters = std::iter::repeat_n(self.cut.delimiter, columns);
        self.out.extend(delimiters);
        self.out.push(b'"');
        self.line_ends(rest);
    }

    fn row(&mut self, record: &[u8], end: LineEnd, row: &Row) {
        let line = &record[..record.len() - end.length()];
        let spans = match scanner::spans(line, self.cut.delimiter) {
            spans if spans.is_empty() => vec![Range {
                start: 0,
                end: line.len(),
            }],
            spans => spans,
        };
        let (kept, unreadable) = self.kept(row);
        let begin = self.out.len();
        // A byte-order mark in front of the row.
        self.out.extend_from_slice(&line[..spans[0].start]);
        let mut is_empty = true;
        for (column, span) in spans.iter().enumerate() {
            if column > 0 {
                self.out.push(self.cut.delimiter);
            }
            let value = &line[span.clone()];
            let is_kept = match &kept {
                Kept::Columns(columns) => {
                    columns.get(column).copied().unwrap_or(false) || self.is_name(row, column)
                }
                Kept::First(number) => column < *number,
                Kept::Form => false,
            };
            let fault = row.fault.filter(|fault| fault.field == column);
            let before = self.out.len();
            if is_kept && fault.is_none() {
                self.out.extend_from_slice(value);
            } else if let Some(fault) = fault {
                self.faulty(fault.kind, value);
            } else if unreadable == Some(column) {
                self.out.extend_from_slice(self.unreadable());
            } else {
                self.blank(value);
            }
            is_empty &= self.out[before..].iter().all(u8::is_ascii_whitespace);
        }
        if is_empty {
            // A blank row would not be a record. A value that is taken out leaves a sign.
            self.out.truncate(begin);
            self.placeholder(line, &spans);
        }
        self.out.extend_from_slice(&record[line.len()..]);
    }

    /// What stays of a row, and its first column whose bytes are no text.
    fn kept(&mut self, row: &Row) -> (Kept, Option<usize>) {
        let named = self.cut.header.names.len();
        let fits =
            row.columns == named || row.columns > named && row.columns - named <= self.cut.spare;
        if let Some(fault) = row.fault {
            if row.line_breaks > 0 || !fits {
                return (Kept::Form, None);
            }
            let trusted = self.columns.iter().enumerate();
            let kept = trusted.map(|(column, kept)| *kept && column < fault.field);
            return (Kept::Columns(kept.collect()), None);
        }
        let (text, ends) = match self.cut.texts.read(row) {
            Reading::Whole { text, ends } => (text, ends),
            Reading::Partly { cause, .. } => {
                let column = Some(cause.column);
                return match fits {
                    true => (Kept::Columns(self.columns.clone()), column),
                    false => (Kept::Form, column),
                };
            }
        };
        let first = cells(text, ends).next().unwrap_or_default();
        if let Some(prefix) = &self.trailer
            && first.trim().starts_with(prefix.as_str())
        {
            return (Kept::First(2), None);
        }
        if !fits || is_remark(text, ends) {
            return (Kept::Form, None);
        }
        let record = Record::new(Origin { file: 0, line: 0 }, text, &ends[..named]);
        let verdict = selection::preview(&self.rules, |column| record.cell(column), self.day);
        let columns = match verdict {
            Verdict::NotSelected { .. } => &self.others,
            _ => &self.columns,
        };
        (Kept::Columns(columns.clone()), None)
    }

    /// Whether a value is the name of its column, as in a header that is repeated.
    fn is_name(&self, row: &Row, column: usize) -> bool {
        let name = self.cut.header.names.get(column);
        let value = row.values().nth(column).unwrap_or_default();
        name.is_some_and(|name| value.trim_ascii() == name.as_bytes())
    }

    /// Nothing of a value except the lines that it has.
    fn blank(&mut self, value: &[u8]) {
        if !value.iter().any(is_line_end) {
            return;
        }
        if self.has_swallowed(value) {
            return self.faulty(FaultKind::TextAfter, value);
        }
        self.out.push(b'"');
        self.line_ends(value);
        self.out.push(b'"');
    }

    /// The shortest value with this fault and the lines of another. Only behind a closing quote may there be several.
    fn faulty(&mut self, kind: FaultKind, value: &[u8]) {
        match kind {
            FaultKind::Stray => self.out.extend_from_slice(b"-\""),
            FaultKind::BlankBefore => self.out.extend_from_slice(b" \""),
            FaultKind::TextAfter => {
                self.out.push(b'"');
                self.line_ends(value);
                self.out.extend_from_slice(b"\"-");
            }
        }
    }

    /// Whether a line of a value looks like a row of its own, so that the record is rejected.
    fn has_swallowed(&self, value: &[u8]) -> bool {
        let mut lines = value.split(is_line_end).skip(1);
        let delimiters = self.cut.header.names.len() - 1;
        let is_row = |line: &[u8]| {
            let found = line.iter().filter(|byte| **byte == self.cut.delimiter);
            found.count() == delimiters && line.contains(&b'@')
        };
        delimiters > 2 && lines.any(is_row)
    }

    /// The line ends of a value. What stood between two of them becomes a blank, so that they do not become one.
    fn line_ends(&mut self, value: &[u8]) {
        let mut is_apart = false;
        for byte in value {
            if !is_line_end(byte) {
                is_apart = true;
                continue;
            }
            if std::mem::take(&mut is_apart) {
                self.out.push(b' ');
            }
            self.out.push(*byte);
        }
    }

    /// A value that is no text in the encoding of the file.
    fn unreadable(&self) -> &'static [u8] {
        match self.cut.texts.charset() {
            Charset::Windows1252 => "é".as_bytes(),
            _ => b"\xFF",
        }
    }

    /// A row of which every value is taken out: a sign in place of one of them.
    fn placeholder(&mut self, line: &[u8], spans: &[Range<usize>]) {
        let is_filled = |span: &Range<usize>| !line[span.clone()].trim_ascii().is_empty();
        // Blank values beyond the named columns would be spare columns.
        let filled = match spans.len() > self.cut.header.names.len() {
            true => spans.iter().rposition(is_filled),
            false => spans.iter().position(is_filled),
        };
        let filled = filled.unwrap_or(0);
        for column in 0..spans.len() {
            if column > 0 {
                self.out.push(self.cut.delimiter);
            }
            if column == filled {
                let is_remark = line[spans[column].clone()].starts_with(b"#");
                self.out.push(if is_remark { b'#' } else { b'-' });
            }
        }
        if spans.len() == 1 {
            // A row that another character separates.
            let others = line.iter().filter(|byte| b",;\t|".contains(byte));
            self.out.extend(others);
        }
    }
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::super::{Decoded, Delimiter, Encoding, decode};
    use super::*;
    use muster_core::{
        model::problem::Problem,
        read::record::{Cell, Sink},
        setup::selection::{BlankSelection, Rule, Test},
    };
    use proptest::prelude::*;

    fn part() -> ArchivedPart {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        ArchivedPart {
            columns: texts(&["id", "name", "in"]),
            others: texts(&["id", "in"]),
            selection: vec![Rule {
                column: "in".to_owned(),
                test: Test::Equals("yes".to_owned()),
                blank: BlankSelection::Undecided,
            }],
            day: "2026-05-04".parse().unwrap(),
        }
    }

    fn settings() -> CsvSettings {
        CsvSettings {
            delimiter: Delimiter::Auto,
            encoding: Encoding::Auto,
            ..CsvSettings::default()
        }
    }

    fn reduced(file: &[u8]) -> Vec<u8> {
        match reduce(file, &settings(), &part()) {
            Reduced::Part(bytes) => bytes,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn check(file: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&reduced(file.as_bytes())), expected);
    }

    #[test]
    fn unused_cells_and_names_of_other_records_are_taken_out() {
        check(
            "id,name,pay,in\n1,Ann,5000,yes\n2,Bob,6000,no\n3,Cas,7000,\n",
            "id,name,pay,in\n1,Ann,,yes\n2,,,no\n3,Cas,,\n",
        );
        check(
            "\u{feff}id;name;pay;in\r\n1;\"An \"\"n\";\"5;0\";yes\r\n",
            "\u{feff}id;name;pay;in\r\n1;\"An \"\"n\";;yes\r\n",
        );
        check(
            "id,name,pay,in\n1,Ann,\"50\n00\",yes\n2,Bob,1,yes",
            "id,name,pay,in\n1,Ann,\" \n\",yes\n2,Bob,,yes",
        );
    }

    #[test]
    fn rows_of_which_the_values_are_not_certain_keep_only_their_form() {
        let head = "id,name,pay,in\n1,Ann,5000,yes\n";
        let kept = "id,name,pay,in\n1,Ann,,yes\n";
        for (row, expected) in [
            ("2,Bob,6000,yes,9\n", ",,,,-\n"),
            ("2,Bob\n", "-,\n"),
            ("Total 11000\n", "-\n"),
            ("2;Bob;6000;yes\n", "-;;;\n"),
            ("# 11000,,,\n", "#,,,\n"),
            ("id,name,pay,in\n", "id,name,pay,in\n"),
            ("2,Bob,60\"00,yes\n", "2,Bob,-\",\n"),
            ("2,\"Bob\" 6000,6000,yes\n", "2,\"\"-,,\n"),
            (",,6000,\n", ",,-,\n"),
            ("2,Bob,\"6000,yes", ",,\""),
        ] {
            check(&format!("{head}{row}"), &format!("{kept}{expected}"));
        }
        let mut file = head.as_bytes().to_vec();
        file.extend_from_slice(b"2,Bob,60\xE900,yes\n");
        let mut expected = kept.as_bytes().to_vec();
        expected.extend_from_slice(b"2,Bob,\xFF,yes\n");
        let utf8 = CsvSettings::default();
        assert_eq!(reduce(&file, &utf8, &part()), Reduced::Part(expected));
    }

    #[test]
    fn other_encodings_are_not_cut_and_refused_files_have_no_part() {
        let utf16: Vec<u8> = std::iter::once(0xFEFFu16)
            .chain("id,name,pay,in\n1,Ann,5,yes\n".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(reduce(&utf16, &settings(), &part()), Reduced::Encoding);
        assert_eq!(reduce(b"", &settings(), &part()), Reduced::Refused);
        assert_eq!(
            reduce(b"%PDF-1.7 5000", &settings(), &part()),
            Reduced::Refused
        );
    }

    /// What a sink is given of a file: lines, whether the record is broken, and the cells of used columns.
    #[derive(Debug, Default, PartialEq)]
    struct Seen(Vec<(u32, bool, Vec<String>)>);

    impl Sink for Seen {
        fn begin(&mut self, _: u16, _: &[String]) -> Result<(), Problem> {
            Ok(())
        }

        fn record(&mut self, record: Record<'_>) {
            let cells = [0, 1, 3].map(|column| format!("{:?}", record.cell(column)));
            let cells = match record.cell(3) {
                Cell::Text("yes" | "") => cells.to_vec(),
                _ => vec![cells[0].clone(), cells[2].clone()],
            };
            self.0.push((record.origin.line, false, cells));
        }

        fn broken(&mut self, record: Record<'_>, _: Problem) {
            self.0.push((record.origin.line, true, Vec::new()));
        }
    }

    fn seen(file: &[u8]) -> (Seen, Option<Decoded>) {
        let mut seen = Seen::default();
        let decoded = decode(&mut &*file, 0, &settings(), &mut seen);
        (seen, decoded.ok())
    }

    proptest! {
        /// A file and its part have the same records on the same lines, and unused cells are gone.
        #[test]
        fn part_of_a_file_is_read_like_the_file(rows in prop::collection::vec(row(), 1..12), has_end in any::<bool>()) {
            let mut file = format!("id,name,pay,in\n{}", rows.join("\n"));
            if has_end {
                file.push('\n');
            }
            let part = reduced(file.as_bytes());
            let (before, decoded) = seen(file.as_bytes());
            let (after, of_part) = seen(&part);
            prop_assert_eq!(before, after);
            prop_assert_eq!(decoded.map(|decoded| decoded.records), of_part.map(|decoded| decoded.records));
            prop_assert!(!String::from_utf8_lossy(&part).contains("5000"), "{}", String::from_utf8_lossy(&part));
            prop_assert_eq!(reduced(&part), part, "twice is once");
        }
    }

    fn row() -> impl Strategy<Value = String> {
        let pay = prop::sample::select(vec![
            "5000",
            "\"5000\"",
            "\"a\n5000\"",
            "\"a\r\n\n5000\"",
            "50\"5000",
            " \"5000\"",
            "\"5000\"x",
            "",
        ]);
        let name = prop::sample::select(vec!["Ann", "\"Bo, b\"", "\"C\nas\"", "", "D\"an"]);
        let is_in = prop::sample::select(vec!["yes", "no", "", "maybe"]);
        let usual = (0u32..99, name, pay, is_in)
            .prop_map(|(id, name, pay, is_in)| format!("{id},{name},{pay},{is_in}"));
        let odd = prop::sample::select(vec![
            "Total,5000",
            "x,y,5000,no,9",
            "",
            "Sum 5000",
            "# 5000 made,,,",
            "1;2;5000;4",
        ]);
        prop_oneof![8 => usual, 1 => odd.prop_map(str::to_owned)]
    }
}
