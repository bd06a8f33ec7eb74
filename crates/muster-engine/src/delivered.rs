//! Records of an archived delivery as the source wrote them, in its own columns: for the person who corrects them there.

use crate::unused::Delivery;
use muster_core::{
    model::{origin::Origin, problem::Problem, run::Run, workspace::Workspace},
    read::record::{Cell, Record, Sink},
    setup::source::Delimiter,
};
use muster_store::{Store, StoreError};
use std::{collections::BTreeSet, sync::Arc};

/// A record with the names of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredRecord {
    pub origin: Origin,
    pub columns: Arc<[String]>,
    /// One for each column.
    pub cells: Vec<String>,
}

/// Some records of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveredRecords {
    /// The character between values in its files; `None`: it has no files, or it was found in each of them.
    pub delimiter: Option<u8>,
    /// The columns that the mapping or the selection uses.
    pub used: BTreeSet<String>,
    pub records: Vec<DeliveredRecord>,
}

/// The records at these places of the delivery of a run, in their order. `None`: the delivery is not archived, or cannot be
/// decrypted.
pub fn delivered_records(
    workspace: &Workspace,
    run: &Run,
    origins: &BTreeSet<Origin>,
    store: &Store,
) -> Result<Option<DeliveredRecords>, StoreError> {
    let rules = store.kept_rules(workspace.id)?;
    let of_run = rules
        .iter()
        .find(|rules| run.integration.as_ref() == Some(&rules.name));
    let Some(rules) = of_run else {
        return Ok(None);
    };
    let delivery = match Delivery::open(workspace, rules, run, store) {
        Ok(Some(delivery)) => delivery,
        Ok(None) | Err(StoreError::NoKey) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut collector = Collector {
        origins,
        columns: Arc::default(),
        found: Vec::new(),
    };
    delivery.pour(&mut collector);
    let mut records = collector.found;
    records.sort_by_key(|record| record.origin);
    let delimiter = match delivery.csv.as_ref().map(|csv| csv.delimiter) {
        Some(Delimiter::Exactly(delimiter)) => Some(delimiter),
        Some(Delimiter::Auto) | None => None,
    };
    let rules = &delivery.setup.rules;
    let entries = rules.mapping.entries.iter();
    let mapped = entries.flat_map(|entry| entry.source.columns());
    let selecting = rules.selection.iter().map(|rule| &rule.column);
    Ok(Some(DeliveredRecords {
        delimiter,
        used: mapped.chain(selecting).cloned().collect(),
        records,
    }))
}

struct Collector<'o> {
    origins: &'o BTreeSet<Origin>,
    columns: Arc<[String]>,
    found: Vec<DeliveredRecord>,
}

impl Collector<'_> {
    fn collect(&mut self, record: Record<'_>) {
        if !self.origins.contains(&record.origin) {
            return;
        }
        let cells = (0..self.columns.len()).map(|column| match record.cell(column) {
            Cell::Text(text) => text.to_owned(),
            Cell::Unreadable => char::REPLACEMENT_CHARACTER.to_string(),
            Cell::Absent | Cell::Null => String::new(),
        });
        self.found.push(DeliveredRecord {
            origin: record.origin,
            columns: Arc::clone(&self.columns),
            cells: cells.collect(),
        });
    }
}

impl Sink for Collector<'_> {
    fn begin(&mut self, _: u16, columns: &[String]) -> Result<(), Problem> {
        self.columns = columns.into();
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        self.collect(record);
    }

    fn broken(&mut self, record: Record<'_>, _: Problem) {
        self.collect(record);
    }
}
