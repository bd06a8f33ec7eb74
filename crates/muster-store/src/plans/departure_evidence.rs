//! What the departures of a plan have in common: the most frequent value of each field, among them and among the others.

use crate::db::{connection::Store, error::StoreError};
use muster_core::{
    derive::insight::FrequentValue,
    model::{
        field::{FieldNumber, canonical},
        ids::{IntegrationId, RunId},
        workspace::Workspace,
    },
};
use std::collections::BTreeMap;

/// Fields whose values groups of employees share, with their columns.
const FIELDS: [(FieldNumber, &str); 7] = [
    (canonical::COUNTRY, "country"),
    (canonical::LOCATION, "location"),
    (canonical::DEPARTMENT, "department"),
    (canonical::GROUP, "group_name"),
    (canonical::TITLE, "title"),
    (canonical::JOB_FUNCTION, "job_function"),
    (canonical::EMPLOYMENT_TYPE, "employment_type"),
];

/// The pending departures of a plan that no record states, and who else its integration has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepartureEvidence {
    pub departures: u64,
    pub staying: u64,
    /// Those that at least nine of ten departures have.
    pub values: Vec<FrequentValue>,
}

impl Store {
    pub fn departure_evidence(
        &self,
        workspace: &Workspace,
        run: RunId,
        integration: IntegrationId,
    ) -> Result<DepartureEvidence, StoreError> {
        self.read("compare the departures of the plan", |connection| {
            let columns = FIELDS.map(|(_, column)| format!("employee.{column} AS {column}"));
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {} FROM operation JOIN employee ON employee.workspace_id = operation.workspace_id \
                 AND employee.id = operation.employee_id WHERE operation.workspace_id = ?1 AND operation.run_id = ?2 \
                 AND operation.decision = 'open' AND operation.kind IN ('deactivate', 'delete') \
                 AND operation.reason IN ('missing', 'deselected')",
                columns.join(", ")
            ))?;
            let mut tallies: [BTreeMap<String, u64>; FIELDS.len()] = Default::default();
            let mut rows = statement.query((workspace.id.0, run.0))?;
            let mut departures = 0;
            while let Some(row) = rows.next()? {
                departures += 1;
                for ((_, column), tally) in FIELDS.iter().zip(&mut tallies) {
                    if let Some(value) = row.text(column)? {
                        match tally.get_mut(value) {
                            Some(count) => *count += 1,
                            None => drop(tally.insert(value.to_owned(), 1)),
                        }
                    }
                }
            }
            let count = |condition: &str, value: Option<&str>| {
                connection.scalar::<i64>(
                    &format!(
                        "SELECT count(*) FROM employee WHERE workspace_id = ?1 AND integration_id = ?2 \
                         AND status = 'active' AND {condition}"
                    ),
                    (workspace.id.0, integration.0, value),
                )
            };
            let everybody = count("CAST(?3 AS TEXT) IS NULL", None)?.unsigned_abs();
            let mut values = Vec::new();
            for ((field, column), tally) in FIELDS.into_iter().zip(tallies) {
                let frequent = tally.into_iter().max_by_key(|(_, count)| *count);
                let Some((value, departing)) =
                    frequent.filter(|(_, count)| count * 10 >= departures * 9)
                else {
                    continue;
                };
                let all = count(&format!("{column} = ?3"), Some(&value))?.unsigned_abs();
                values.push(FrequentValue {
                    field,
                    value,
                    departing,
                    staying: all.saturating_sub(departing),
                });
            }
            Ok(DepartureEvidence {
                departures,
                staying: everybody.saturating_sub(departures),
                values,
            })
        })
    }
}
