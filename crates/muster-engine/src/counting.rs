//! Counts bytes and records while files are read, and reports the progress.

use crate::outcome::Progress;
use muster_core::{
    model::problem::Problem,
    read::{
        filter::RecordFilter,
        record::{Record, Sink},
    },
};
use std::{
    cell::Cell,
    io::{self, Read},
};

/// Progress is reported after this many records.
const TELL: u64 = 1_000;

/// Counts the bytes that are read from a file.
pub(crate) struct Counted<'a, R> {
    pub(crate) content: &'a mut R,
    pub(crate) bytes: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let count = self.content.read(space)?;
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

/// Counts the records that are read.
pub(crate) struct Counting<'a, 'p> {
    pub(crate) filter: RecordFilter<'a>,
    records: u64,
    bytes: &'p Cell<u64>,
    of: u64,
    progress: &'p mut (dyn FnMut(Progress<'_>) + Send),
}

impl<'a, 'p> Counting<'a, 'p> {
    /// `bytes` of `of` bytes have been read.
    pub(crate) fn new(
        filter: RecordFilter<'a>,
        bytes: &'p Cell<u64>,
        of: u64,
        progress: &'p mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Self {
        progress(Progress::Read {
            records: 0,
            bytes: 0,
            of,
        });
        Self {
            filter,
            records: 0,
            bytes,
            of,
            progress,
        }
    }

    fn count(&mut self) {
        self.records += 1;
        if self.records.is_multiple_of(TELL) {
            (self.progress)(Progress::Read {
                records: self.records,
                bytes: self.bytes.get(),
                of: self.of,
            });
        }
    }
}

impl Sink for Counting<'_, '_> {
    fn begin(&mut self, file: u16, columns: &[String]) -> Result<(), Problem> {
        self.filter.begin(file, columns)
    }

    fn record(&mut self, record: Record<'_>) {
        self.count();
        self.filter.record(record);
    }

    fn broken(&mut self, record: Record<'_>, problem: Problem) {
        self.count();
        self.filter.broken(record, problem);
    }
}
