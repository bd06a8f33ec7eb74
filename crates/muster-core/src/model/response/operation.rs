//! Operations of plans and runs.

use super::{Finding, Problem};
use crate::{
    decide::proposal::OperationView,
    model::{
        employee::Status,
        field::Schema,
        ids::EmployeeId,
        origin::DeliveredFile,
        plan::{self, OperationKind, Reason},
    },
};
use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::Serialize;

/// One operation.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Operation {
    /// The number of the operation in its plan; null for what a run applied without a plan.
    pub id: Option<u32>,
    pub kind: OperationKind,
    /// The employee; null for a planned create.
    pub employee: Option<EmployeeId>,
    pub external_id: Option<String>,
    pub email: Option<String>,
    pub name: String,
    /// The status of a created employee.
    pub status: Option<Status>,
    pub changes: Vec<Change>,
    pub reason: Reason,
    /// Why the operation is held for review.
    pub held: Option<Reason>,
    /// File and line of the record, such as `a.csv:19`.
    pub origin: Option<String>,
    /// `open`, `applied` or `void`, for the operations of a saved plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
}

/// One value that changes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Change {
    /// Key of the field, or `status`.
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
    pub reason: Reason,
}

impl Operation {
    /// `view` with its values in the words of `schema`; `files` are those of the delivery.
    pub fn new(view: &OperationView<'_>, schema: &Schema, files: &[DeliveredFile]) -> Self {
        let changes = view.changes.iter();
        Self {
            id: Some(view.number).filter(|number| *number > 0),
            kind: view.kind,
            employee: view.employee,
            external_id: view.who.external_id.clone(),
            email: view.who.email.clone(),
            name: view.who.name.clone(),
            status: view.status,
            changes: changes.map(|found| Change::new(found, schema)).collect(),
            reason: view.reason,
            held: view.held,
            origin: view.origin.map(|origin| origin.named(files)),
            decision: None,
        }
    }
}

impl Change {
    pub fn new(change: &plan::Change, schema: &Schema) -> Self {
        Self {
            field: schema.changed(change.what).to_owned(),
            old: change.old.clone(),
            new: change.new.clone(),
            reason: change.reason,
        }
    }
}

/// A pinned field for which the source has another value.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PinNotice {
    pub employee: EmployeeId,
    pub external_id: Option<String>,
    pub email: Option<String>,
    pub name: String,
    pub field: String,
    /// The pinned value.
    pub value: Option<String>,
    /// The value in the source.
    pub source: Option<String>,
    pub reason: String,
    pub author: String,
    pub created: Timestamp,
    pub until: Option<Date>,
    pub origin: Option<String>,
}

/// The answer of a manual edit with --plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EditPreview {
    pub operations: Vec<Operation>,
}

/// What undoing a run would change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UndoPreview {
    pub operations: Vec<Operation>,
    /// What would not be restored, such as values that have changed again since.
    pub problems: Vec<Problem>,
    /// Why the plan would be held for review.
    pub findings: Vec<Finding>,
}

/// What corrected records would change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RepairPreview {
    /// What is still wrong with the records. If there is anything, they cannot be applied.
    pub problems: Vec<Problem>,
    pub operations: Vec<Operation>,
    /// Why the plan would be held for review. If there are none, it is applied.
    pub findings: Vec<Finding>,
}
