//! The optional last row that states how many records there should be: the only sign inside a file that
//! it was cut between two rows.

use super::refusal;
use muster_core::model::{
    origin::Origin,
    problem::{Problem, csv::Detail, shown},
};

/// Looks out for the trailer and remembers what it said.
#[derive(Debug)]
pub(super) struct Trailer {
    prefix: String,
    seen: Option<Origin>,
    problem: Option<Problem>,
}

impl Trailer {
    pub(super) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            seen: None,
            problem: None,
        }
    }

    /// Takes a row if it is the trailer; `rows` records were read before it.
    pub(super) fn take<'a>(
        &mut self,
        mut cells: impl Iterator<Item = &'a str>,
        origin: Origin,
        rows: u64,
    ) -> bool {
        let first = cells.next().unwrap_or_default().trim();
        let Some(rest) = first.strip_prefix(self.prefix.as_str()) else {
            if let Some(seen) = self.seen {
                let trailer_line = seen.line;
                self.report(origin, Detail::RowsAfterTrailer { trailer_line });
            }
            return false;
        };
        let digits = |text: &str| text.trim_matches(|c: char| !c.is_ascii_digit()).to_owned();
        let stated = Some(digits(rest))
            .filter(|text| !text.is_empty())
            .or_else(|| cells.next().map(digits));
        match stated.and_then(|text| text.parse::<u64>().ok()) {
            Some(stated) if stated == rows => {}
            Some(stated) => {
                let found = rows;
                self.report(origin, Detail::TrailerCount { stated, found });
            }
            None => self.report(origin, Detail::TrailerWithoutCount),
        }
        self.seen = Some(origin);
        true
    }

    /// What is wrong at the end of the file.
    pub(super) fn finish(self, rows: u64) -> Option<Problem> {
        if self.seen.is_none() {
            return Some(refusal::truncated(Detail::NoTrailer {
                prefix: shown(&self.prefix),
                records: rows,
            }));
        }
        self.problem
    }

    fn report(&mut self, origin: Origin, detail: Detail) {
        self.problem
            .get_or_insert(refusal::truncated(detail).at(origin));
    }
}
