//! The table of employment status: planned departures, and the status that counts today.
//!
//! A planned departure is a row `Terminated` of a day to come. The report's `terminationDate` is about the present, and its
//! statuses may be those of that row months ahead; the table tells the two apart.

use super::{
    VENDOR,
    api_client::{ApiClient, Reply},
    fields::permit,
    wire::{StatusRow, id},
};
use crate::connector::{ConnectorError, ErrorKind};
use jiff::civil::Date;
use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity,
        api::{Attempt, Detail, List, TableFault},
    },
};
use serde_json::Value as Json;
use std::collections::HashMap;

const TABLE: &str = "v1/employees/all/tables/employmentStatus";
/// The one status that every account has.
pub(super) const TERMINATED: &str = "terminated";

/// Columns that the table says something about.
const COLUMNS: &[&str] = &[
    "terminationDate",
    "status",
    "employmentStatus",
    "employmentHistoryStatus",
    "employeeStatusDate",
];

/// What the table says of each employee.
#[derive(Debug)]
pub(super) enum History {
    /// By employee id.
    Known(HashMap<String, Standing>),
    /// The key may not read the table.
    Withheld(TableFault),
}

/// What the table says of one employee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// The next day, from today on, on which a row ends the employment.
    pub(super) leaves: Option<Date>,
    /// The status of the latest row up to today.
    pub(super) current: Option<String>,
}

impl History {
    /// Reads the table, if a column that it is for is read.
    pub(super) async fn read(
        client: &ApiClient<'_>,
        columns: &[String],
    ) -> Result<Self, ConnectorError> {
        if !columns
            .iter()
            .any(|column| COLUMNS.contains(&column.as_str()))
        {
            return Ok(Self::Known(HashMap::new()));
        }
        let tells_departures = columns.iter().any(|column| column == "terminationDate");
        match Self::request(client).await {
            // Where last days are not read, the table only corrects statuses.
            Ok(Self::Withheld(_)) if !tells_departures => Ok(Self::Known(HashMap::new())),
            Err(error)
                if !tells_departures
                    && matches!(error.kind, ErrorKind::Refused | ErrorKind::Malformed) =>
            {
                Ok(Self::Known(HashMap::new()))
            }
            other => other,
        }
    }

    async fn request(client: &ApiClient<'_>) -> Result<Self, ConnectorError> {
        let call = client.get(
            Attempt::Read {
                of: List::EmploymentStatus,
            },
            TABLE,
            &[],
        );
        let answer = match client.attempt(&call).await? {
            Reply::Answered(answer) => answer,
            Reply::Withheld(error) => {
                return Ok(Self::Withheld(TableFault::Refused(error.failure())));
            }
        };
        let rows: Vec<StatusRow> = answer.json(&client.api, &call)?;
        // Columns that the key may not read are left out of every row; and every employee who was ever hired has a row.
        let is_whole =
            |row: &StatusRow| row.employee.is_some() && row.date.is_some() && row.status.is_some();
        if !rows.iter().any(is_whole) {
            return Ok(Self::Withheld(TableFault::Columns));
        }
        Ok(Self::Known(standings(&rows, client.api.session.today)))
    }

    /// What the table says of an employee; none: it is withheld, or does not have the employee.
    pub(super) fn of(&self, id: &str) -> Option<&Standing> {
        match self {
            Self::Known(standings) => standings.get(id),
            Self::Withheld(_) => None,
        }
    }

    /// The warning for a table that cannot be read.
    pub(super) fn problem(&self, decides: bool) -> Option<Problem> {
        let Self::Withheld(why) = self else {
            return None;
        };
        let detail = Detail::TableWithheld {
            system: VENDOR.to_owned(),
            why: why.clone(),
            decides,
        };
        let remedy = permit("employmentHistoryStatus");
        let mut problem = Problem::new(Code::ApiWithheld, Severity::Warning, detail, remedy);
        problem.field = Some("terminationDate".to_owned());
        Some(problem)
    }
}

/// What the rows say of each employee on a day. Rows come in no order; two rows of one day with different statuses
/// contradict each other, and neither ends the employment.
pub(super) fn standings(rows: &[StatusRow], today: Date) -> HashMap<String, Standing> {
    let mut by_employee: HashMap<String, Vec<(Date, &str)>> = HashMap::new();
    for row in rows {
        let day = row
            .date
            .as_ref()
            .and_then(Json::as_str)
            .and_then(|text| text.get(..10)?.parse::<Date>().ok());
        let status = row.status.as_ref().and_then(Json::as_str);
        if let (Some(id), Some(day), Some(status)) = (id(row.employee.as_ref()), day, status) {
            by_employee
                .entry(id)
                .or_default()
                .push((day, status.trim()));
        }
    }
    by_employee
        .into_iter()
        .map(|(id, rows)| (id, standing(&rows, today)))
        .collect()
}

fn standing(rows: &[(Date, &str)], today: Date) -> Standing {
    let is_end = |status: &str| status.eq_ignore_ascii_case(TERMINATED);
    let is_sure = |day: Date| {
        rows.iter()
            .all(|(other, status)| *other != day || is_end(status))
    };
    let leaves = rows
        .iter()
        .filter(|(day, status)| *day >= today && is_end(status) && is_sure(*day))
        .map(|(day, _)| *day)
        .min();
    // The row that ends the employment today does so at the end of the day.
    let past = rows
        .iter()
        .filter(|(day, _)| *day <= today && leaves != Some(*day));
    let current = past.max_by_key(|(day, _)| *day);
    Standing {
        leaves,
        current: current.map(|(_, status)| (*status).to_owned()),
    }
}
