//! The scanner must cut exactly as `csv-core` does, and count lines as a person does.

use crate::format::csv::scanner::{Row, Scan, scan};
use csv_core::{ReadRecordResult, ReaderBuilder};
use proptest::prelude::*;

type Rows = Vec<Vec<Vec<u8>>>;

/// The rows of a file by `csv-core`, which ends an open quote silently.
fn by_engine(bytes: &[u8], delimiter: u8) -> Rows {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let (mut output, mut ends) = (vec![0; bytes.len() + 8], vec![0; bytes.len() + 8]);
    let mut rows = Vec::new();
    let mut rest = bytes;
    let (mut written, mut count) = (0, 0);
    loop {
        let (result, read, new_text, new_ends) =
            reader.read_record(rest, &mut output[written..], &mut ends[count..]);
        rest = &rest[read..];
        written += new_text;
        count += new_ends;
        match result {
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends.iter().copied());
                rows.push(
                    starts
                        .zip(&ends[..count])
                        .map(|(start, &end)| output[start..end].to_vec())
                        .collect(),
                );
                (written, count) = (0, 0);
            }
            ReadRecordResult::End => return rows,
            other => panic!("{other:?}"),
        }
    }
}

/// The rows by the scanner with the line each starts on, and whether a quote stays open.
fn by_scanner(bytes: &[u8], delimiter: u8) -> (Rows, Vec<u32>, bool) {
    let mut row = Row::new(usize::MAX);
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        let Scan::Row { used, end } = scan(&bytes[at..], true, delimiter, &mut row) else {
            return (rows, lines, true);
        };
        assert_eq!(row.columns, row.ends.len());
        if row.columns > 1 || !row.text.is_empty() || bytes[at] == b'"' {
            rows.push(row.values().map(<[u8]>::to_vec).collect());
            lines.push(line);
        }
        at += used;
        line += row.line_breaks + u32::from(end.length() > 0);
    }
    (rows, lines, false)
}

/// The line on which each row starts, one character at a time.
fn by_counting(bytes: &[u8], delimiter: u8) -> Vec<u32> {
    let (mut lines, mut line, mut at) = (Vec::new(), 1, 0);
    let (mut quoted, mut value_starts, mut row_starts) = (false, true, true);
    while at < bytes.len() {
        let byte = bytes[at];
        let ends_line = !quoted && matches!(byte, b'\n' | b'\r');
        if row_starts && !ends_line {
            lines.push(line);
            row_starts = false;
        }
        let rest = &bytes[at..];
        let length = if rest.starts_with(b"\r\r\n") {
            3
        } else {
            1 + usize::from(rest.starts_with(b"\r\n"))
        };
        if matches!(byte, b'\n' | b'\r') {
            line += 1;
            at += length;
        } else {
            at += 1;
        }
        if quoted {
            match (byte, bytes.get(at)) {
                (b'"', Some(b'"')) => at += 1,
                (b'"', _) => quoted = false,
                _ => {}
            }
        } else if ends_line {
            (row_starts, value_starts) = (true, true);
        } else {
            quoted = byte == b'"' && value_starts;
            value_starts = byte == delimiter;
        }
    }
    lines
}

fn check(bytes: &[u8], delimiter: u8) {
    let (rows, lines, open) = by_scanner(bytes, delimiter);
    let engine = by_engine(bytes, delimiter);
    assert_eq!(rows, engine[..engine.len() - usize::from(open)]);
    let counted = by_counting(bytes, delimiter);
    assert_eq!(lines, counted[..counted.len() - usize::from(open)]);
}

#[test]
fn known_files_are_cut_alike() {
    let files = [
        "",
        "\n",
        "\"",
        "\"\"",
        "a",
        "a,",
        ",",
        "a\r\rb",
        "a\r\r\nb",
        "\"a\"b\"c,d\n",
        "a\"b,\"c\n\"\n",
        "\"\"\"\n\"",
        "\"\r\r\n\"\n\"x\"",
    ];
    for file in files {
        check(file.as_bytes(), b',');
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: super::cases(1500), ..ProptestConfig::default() })]

    #[test]
    fn hostile_files_are_cut_alike(bytes in proptest::collection::vec(prop::sample::select(b"\"\"\"\n\r,,; ax\xC3".to_vec()), 0..60)) {
        check(&bytes, b',');
        check(&bytes, b';');
    }

    #[test]
    fn long_rows_are_cut_alike(
        bytes in proptest::collection::vec(prop::sample::select(b"abcdefghijklmnop\x2B\x2D\xAC,,\"".to_vec()), 0..700),
        end in 0_usize..700,
    ) {
        // Without quotes first: that is the usual row, which is cut in blocks.
        let mut plain: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'"').collect();
        plain.insert(end.min(plain.len()), b'\n');
        check(&plain, b',');
        check(&bytes, b',');
        let mut few = Row::new(5);
        scan(&plain, true, b',', &mut few);
        let mut all = Row::new(usize::MAX);
        scan(&plain, true, b',', &mut all);
        prop_assert_eq!(few.columns, all.columns);
        prop_assert_eq!(few.values().collect::<Vec<_>>(), all.values().take(5).collect::<Vec<_>>());
    }

    #[test]
    fn any_bytes_are_cut_alike(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assume!(!bytes.windows(3).any(|part| part == b"\xEF\xBB\xBF"));
        check(&bytes, b',');
    }

    #[test]
    fn what_follows_never_changes_a_finished_row(bytes in proptest::collection::vec(prop::sample::select(b"\"\"\n\r,,ax".to_vec()), 0..40)) {
        let (mut early, mut late) = (Row::new(99), Row::new(99));
        for cut in 0..bytes.len() {
            if let Scan::Row { used, end } = scan(&bytes[..cut], false, b',', &mut early) {
                prop_assert_eq!(scan(&bytes, true, b',', &mut late), Scan::Row { used, end });
                prop_assert_eq!((&early.text, &early.ends, early.fault), (&late.text, &late.ends, late.fault));
            }
        }
    }
}
