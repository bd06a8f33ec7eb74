//! A list read once from its first page to its last, and whether that is all of it.

use super::Records;
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            api::{Detail, Remedy},
        },
    },
    read::reading::PartialReason,
};

/// All employees of one list, read once.
pub(crate) struct Pass {
    pub(crate) records: Records,
    /// People that the first page announced.
    pub(crate) first_total: Option<u64>,
    /// People that the last page announced.
    pub(crate) last_total: Option<u64>,
    /// A page had no new employee although more were announced.
    pub(crate) is_repeated: bool,
}

impl Pass {
    /// No employees yet, of these columns.
    pub(crate) fn new(columns: &[String]) -> Self {
        Self {
            records: Records::new(columns),
            first_total: None,
            last_total: None,
            is_repeated: false,
        }
    }

    /// Notes what a page announces.
    pub(crate) fn announce(&mut self, page: u64, total: Option<u64>) {
        if page == 1 {
            self.first_total = total;
        }
        self.last_total = total;
    }

    /// Whether all employees were read, as far as the source's own number says.
    pub(crate) fn adds_up(&self) -> bool {
        let people = self.records.len() as u64;
        !self.is_repeated
            && self.first_total == self.last_total
            && self.last_total.is_none_or(|announced| announced == people)
    }

    /// This reading, and of an earlier one those that this does not have: neither was whole.
    #[must_use]
    pub(crate) fn with_earlier(mut self, earlier: Self) -> Self {
        if !self.adds_up() {
            self.records.add_missing(earlier.records);
        }
        self
    }

    /// Why the list is not complete, and what to tell about it; none if it is.
    pub(crate) fn shortfall(&self, vendor: &str) -> Option<(PartialReason, Problem)> {
        let people = self.records.len() as u64;
        let reason = match self.last_total {
            _ if self.adds_up() => return None,
            Some(announced) if people < announced => PartialReason::Shrunk,
            None => PartialReason::Truncated,
            Some(_) => PartialReason::ChangedWhileReading,
        };
        let system = vendor.to_owned();
        let detail = match self.last_total {
            Some(last) => Detail::Unreconciled {
                system: system.clone(),
                first: self.first_total.unwrap_or(last),
                last,
                read: people,
            },
            None => Detail::RepeatedPage {
                system: system.clone(),
                read: people,
            },
        };
        let remedy = Remedy::ContactSupport {
            system: Some(system),
        };
        let problem = Problem::new(Code::ApiUnreconciled, Severity::Warning, detail, remedy);
        Some((reason, problem))
    }
}
