//! What is known of one employee.

use super::{Change, Problem};
use crate::model::{
    employee::{Employee, Status},
    field::Schema,
    ids::{EmployeeId, RunId},
    pin,
    plan::{OperationKind, Reason},
};
use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The answer of `explain` for an employee in the directory.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Explanation {
    pub employee: EmployeeId,
    pub status: Status,
    pub values: BTreeMap<String, Option<String>>,
    pub protected: bool,
    pub pins: Vec<Pin>,
    /// The field that was asked for.
    pub field: Option<String>,
    pub history: Vec<HistoryEntry>,
    pub problems: Vec<ReportedProblem>,
    pub smart_groups: Vec<Membership>,
}

/// The answer of `explain` if no employee in the directory matches.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Unknown {
    /// Always null.
    pub employee: Option<EmployeeId>,
    /// Always empty.
    pub history: Vec<HistoryEntry>,
    pub problems: Vec<ReportedProblem>,
    /// Records of the last deliveries that name the employee, and why they created nobody.
    pub records: Vec<UnusedRecord>,
}

/// A record of an archived delivery that created no employee.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnusedRecord {
    pub integration: String,
    pub run: RunId,
    pub at: Timestamp,
    /// File and line, such as `a.csv:19`.
    pub origin: String,
    /// `not_selected`, `undecided`, `ended`, `rejected`, `superseded` or `pending`.
    pub outcome: String,
    pub message: String,
}

/// A problem with the run that found it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportedProblem {
    pub run: RunId,
    pub problem: Problem,
}

/// One change of an employee.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HistoryEntry {
    pub run: RunId,
    pub at: Timestamp,
    pub kind: OperationKind,
    pub reason: Reason,
    pub changes: Vec<Change>,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub integration: Option<String>,
    pub approved_by: Option<String>,
    pub by: Option<String>,
    /// The run that rejected the record before `by` corrected its values for this delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects: Option<RunId>,
    pub note: Option<String>,
}

/// A pinned field.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Pin {
    pub employee: EmployeeId,
    pub external_id: Option<String>,
    pub name: String,
    pub field: String,
    pub value: Option<String>,
    pub reason: String,
    pub author: String,
    pub created: Timestamp,
    pub until: Option<Date>,
    /// Whether the pin still holds today.
    pub holds: bool,
}

impl Pin {
    /// A pin of an employee, as it is on a day.
    pub fn new(employee: &Employee, pin: &pin::Pin, schema: &Schema, today: Date) -> Self {
        Self {
            employee: employee.id,
            external_id: employee.external_id().map(str::to_owned),
            name: employee.name(),
            field: schema.key(pin.field).to_owned(),
            value: pin.value.clone(),
            reason: pin.reason.clone(),
            author: pin.author.clone(),
            created: pin.created,
            until: pin.until,
            holds: pin.holds(today),
        }
    }
}

/// A change of a smart group membership.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Membership {
    pub group: String,
    pub employee: EmployeeId,
    pub who: crate::model::plan::Who,
    pub joined: bool,
    pub run: RunId,
    pub at: Timestamp,
    pub reason: String,
    /// The fields whose change caused it.
    pub fields: Vec<String>,
}
