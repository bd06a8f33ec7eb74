//! The scanner cuts rows and values exactly as csv-core does; only an open quote at the end, which that
//! engine closes silently, is left open.

use csv_core::{ReadRecordResult, ReaderBuilder};
use muster_core::read::scanner::{Row, Scan, scan};

type Rows = Vec<Vec<Vec<u8>>>;

fn by_engine(bytes: &[u8]) -> Rows {
    let mut reader = ReaderBuilder::new().build();
    let (mut output, mut ends) = (vec![0; bytes.len() + 8], vec![0; bytes.len() + 8]);
    let (mut rest, mut written, mut count) = (bytes, 0, 0);
    let mut rows = Vec::new();
    loop {
        let (result, read, new_text, new_ends) =
            reader.read_record(rest, &mut output[written..], &mut ends[count..]);
        rest = &rest[read..];
        written += new_text;
        count += new_ends;
        match result {
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
            _ => {}
        }
    }
}

fn by_scanner(bytes: &[u8]) -> (Rows, bool) {
    let mut row = Row::new(usize::MAX);
    let mut rows = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Scan::Row { used, .. } = scan(&bytes[at..], true, b',', &mut row) else {
            return (rows, true);
        };
        if row.columns > 1 || !row.text.is_empty() || bytes[at] == b'"' {
            rows.push(row.values().map(<[u8]>::to_vec).collect());
        }
        at += used;
    }
    (rows, false)
}

/// Panics where the two differ.
pub fn check(bytes: &[u8]) {
    // The one thing that the scanner takes off and the engine does not.
    if bytes.windows(3).any(|part| part == b"\xEF\xBB\xBF") {
        return;
    }
    let (rows, open) = by_scanner(bytes);
    let engine = by_engine(bytes);
    assert_eq!(rows, engine[..engine.len() - usize::from(open)]);
}
