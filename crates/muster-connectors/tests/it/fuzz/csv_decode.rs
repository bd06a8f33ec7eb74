//! Any bytes, with settings from the first three: nothing panics, and how the bytes come makes no
//! difference.

use muster_connectors::format::csv::{CsvSettings, Decoded, Delimiter, Encoding, decode};
use muster_core::{
    model::problem::Problem,
    read::record::{Record, Sink},
};
use std::io::Read;

struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
        let count = self.1.min(space.len());
        (&self.0[..count.min(self.0.len())])
            .read(space)
            .inspect(|read| self.0 = &self.0[*read..])
    }
}

#[derive(Default, PartialEq, Debug)]
struct Seen(Vec<String>);

impl Sink for Seen {
    fn begin(&mut self, _file: u16, columns: &[String]) -> Result<(), Problem> {
        self.0.push(format!("{columns:?}"));
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        let cells: Vec<_> = (0..record.len())
            .map(|column| record.cell(column))
            .collect();
        self.0.push(format!("{:?} {cells:?}", record.origin));
    }

    fn broken(&mut self, record: Record<'_>, problem: Problem) {
        self.record(record);
        self.0.push(format!("{problem:?}"));
    }
}

fn run(bytes: &[u8], size: usize, settings: &CsvSettings) -> (Result<Decoded, Problem>, Seen) {
    let mut seen = Seen::default();
    (
        decode(&mut Pieces(bytes, size), 0, settings, &mut seen),
        seen,
    )
}

/// Panics where the pieces do make a difference.
pub fn check(data: &[u8]) {
    let [first, second, size, bytes @ ..] = data else {
        return;
    };
    let mut settings = CsvSettings {
        delimiter: [
            Delimiter::Auto,
            Delimiter::Exactly(b','),
            Delimiter::Exactly(b';'),
            Delimiter::Exactly(b'\t'),
        ][usize::from(first & 3)],
        encoding: [
            Encoding::Utf8,
            Encoding::Latin1,
            Encoding::Utf16,
            Encoding::Auto,
        ][usize::from(first >> 2 & 3)],
        header: first & 16 == 0,
        only_comma: first & 32 != 0,
        trailer_count: (first & 64 != 0).then(|| "T".to_owned()),
        ..CsvSettings::default()
    };
    if *second > 0 {
        settings.limits.row = usize::from(*second);
        settings.limits.field = usize::from(*second / 2);
        settings.limits.columns = usize::from(*second / 8);
    }
    assert_eq!(
        run(bytes, usize::from(*size).max(1), &settings),
        run(bytes, usize::MAX, &settings)
    );
}
