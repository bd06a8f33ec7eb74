//! Records that could not be read in full: what is left of them still says which employee is present, whether rows were
//! swallowed, and whether the employment has ended.

use super::RecordFilter;
use crate::{
    model::problem::{Problem, csv},
    read::{reading::DraftState, record::Record, swallowed},
};

impl RecordFilter<'_> {
    pub(super) fn take_broken(&mut self, record: &Record<'_>, problem: Problem) {
        self.reading.read += 1;
        self.last = Some(record.origin);
        if record.is_empty() {
            self.unknown_people |= csv::could_be_an_employee(&problem);
            self.reading.unreadable += 1;
            self.note_of_record(problem);
            return;
        }
        let fingerprint = self.fingerprint(record);
        if let Some((column, lines)) = swallowed::row(record) {
            return self.reject_swallowing(record, fingerprint, column, lines);
        }
        swallowed::mentions(record, &self.key_columns, &mut self.reading.mentions);
        let mut drafted = self.drafter.draft(record);
        let is_whole = record.len() >= self.columns.len();
        if !is_whole || !drafted.waive_unreadable(&problem) {
            drafted.state = DraftState::Rejected;
            drafted.problems = vec![problem];
        }
        self.keep(record.origin, fingerprint, drafted);
    }
}
