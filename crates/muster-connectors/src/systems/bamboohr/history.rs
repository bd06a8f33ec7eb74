//! Leavings that are only planned: rows `Terminated` of the table of employment status whose day is to come.
//!
//! The report's `terminationDate` is about the present; a leaving in the future is sure to be in the table alone.

use super::{
    VENDOR,
    door::{Door, Look},
    fields::permit,
    wire::{StatusRow, id},
};
use crate::connector::ConnectorError;
use jiff::civil::Date;
use muster_core::model::{
    code::Code,
    problem::{Problem, Severity},
};
use serde_json::Value as Json;
use std::collections::HashMap;

const TABLE: &str = "v1/employees/all/tables/employmentStatus";
/// The one status of the list that BambooHR knows by itself.
const TERMINATED: &str = "terminated";

/// What the table says of the future.
#[derive(Debug)]
pub(super) enum Planned {
    /// The next day on which somebody leaves, by id. Who is not there does not leave.
    Days(HashMap<String, Date>),
    /// The key may not read the table.
    Withheld(String),
}

impl Planned {
    /// Reads the table, if the column that it is for is wanted.
    pub(super) async fn read(door: &Door<'_>, columns: &[String]) -> Result<Self, ConnectorError> {
        if !columns.iter().any(|column| column == "terminationDate") {
            return Ok(Self::Days(HashMap::new()));
        }
        let call = door.get("read the table of employment status at", TABLE, &[]);
        let answer = match door.look(&call).await? {
            Look::Given(answer) => answer,
            Look::Withheld(error) => return Ok(Self::Withheld(error.why)),
        };
        let rows: Vec<StatusRow> = answer.json(&door.api, &call)?;
        // Columns that the key may not read are left out of every row; and who was ever hired has a row.
        let is_told =
            |row: &StatusRow| row.employee.is_some() && row.date.is_some() && row.status.is_some();
        if !rows.iter().any(is_told) {
            return Ok(Self::Withheld(
                "its rows come without employee, day or status".to_owned(),
            ));
        }
        Ok(Self::Days(days(&rows, door.api.session.today)))
    }

    /// What is told when the table cannot be read.
    pub(super) fn problem(&self, decides: bool) -> Option<Problem> {
        let Self::Withheld(why) = self else {
            return None;
        };
        let effect = if decides {
            "; nobody departs by absence or selection in this run"
        } else {
            ""
        };
        let message = format!(
            "the table of employment status is withheld ({why}), so {VENDOR} does not tell who is going to leave; \
             stored days stay{effect}"
        );
        let mut problem = Problem::new(
            Code::ApiWithheld,
            Severity::Warning,
            message,
            permit("employmentHistoryStatus"),
        );
        problem.field = Some("terminationDate".to_owned());
        Some(problem)
    }
}

/// The next day, from today on, on which each person leaves. Rows come in no order; two rows of one day of which
/// one is no leaving contradict each other, and are no leaving.
pub(super) fn days(rows: &[StatusRow], today: Date) -> HashMap<String, Date> {
    let mut coming: HashMap<String, Vec<(Date, bool)>> = HashMap::new();
    for row in rows {
        let day = row
            .date
            .as_ref()
            .and_then(Json::as_str)
            .and_then(|text| text.get(..10)?.parse::<Date>().ok());
        let status = row.status.as_ref().and_then(Json::as_str);
        if let (Some(id), Some(day), Some(status)) = (id(row.employee.as_ref()), day, status)
            && day >= today
        {
            coming
                .entry(id)
                .or_default()
                .push((day, status.trim().eq_ignore_ascii_case(TERMINATED)));
        }
    }
    let next = |rows: Vec<(Date, bool)>| {
        let is_sure = |day: Date| {
            rows.iter()
                .all(|(other, is_leaving)| *other != day || *is_leaving)
        };
        rows.iter()
            .filter(|(day, is_leaving)| *is_leaving && is_sure(*day))
            .map(|(day, _)| *day)
            .min()
    };
    coming
        .into_iter()
        .filter_map(|(id, rows)| Some((id, next(rows)?)))
        .collect()
}
