//! The test export of a sample: what each record would become, as rows for a person who reviews them. Writing them as a file, and
//! the words for problems, belong to the front ends.

use super::sample::{SampledRecord, SampledState};
use crate::{
    model::{
        field::{FieldNumber, Schema},
        problem::Problem,
    },
    setup::mapping::Mapping,
};
use std::collections::BTreeMap;

/// The header, and then one row for each record.
pub fn rows(
    schema: &Schema,
    mapping: &Mapping,
    records: &[SampledRecord],
    message: impl Fn(&Problem) -> String,
) -> Vec<Vec<String>> {
    let entries = mapping.entries.iter();
    let fields: Vec<FieldNumber> = entries.map(|entry| entry.field).collect();
    let keys = fields.iter().map(|field| schema.key(*field).to_owned());
    let first = ["record", "result"].map(str::to_owned).into_iter();
    let header = first.chain(keys).chain(["problems".to_owned()]);
    let mut rows = vec![header.collect()];
    rows.extend(records.iter().zip(1..).map(|(record, number)| {
        let values = record.values.iter();
        let values: BTreeMap<FieldNumber, &str> = values
            .map(|(field, value)| (*field, value.as_str()))
            .collect();
        let cells = fields
            .iter()
            .map(|field| values.get(field).copied().unwrap_or_default().to_owned());
        let problems: Vec<String> = record.problems.iter().map(&message).collect();
        [number.to_string(), result(record.state).to_owned()]
            .into_iter()
            .chain(cells)
            .chain([problems.join("; ")])
            .collect()
    }));
    rows
}

fn result(state: SampledState) -> &'static str {
    match state {
        SampledState::Selected => "selected",
        SampledState::NotSelected => "not selected",
        SampledState::Undecided => "undecided",
        SampledState::Rejected => "rejected",
    }
}
