//! A field of a person that is held at a value by hand, whatever the source says, until the source agrees, the
//! last day is over, or the pin is removed.

use crate::model::{
    code::Code,
    employee::Employee,
    field::{FieldNumber, Schema},
    ids::EmployeeId,
    origin::Origin,
    plan::{Change, Changed, Reason, Who},
    problem::{
        Problem, Severity,
        edit::{Detail, Pinned, Remedy},
        shown,
    },
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// One pinned field of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    pub field: FieldNumber,
    /// The value at which it is held; none: it is held blank.
    pub value: Option<String>,
    /// The reason that the author gave.
    pub reason: String,
    pub author: String,
    pub created: Timestamp,
    /// The last day on which it holds; none: until it is taken off.
    pub until: Option<Date>,
}

impl Pin {
    /// Whether it holds on a day.
    pub fn holds(&self, today: Date) -> bool {
        self.until.is_none_or(|last| today <= last)
    }

    /// The pin in the words of its author, as problems name it.
    pub(crate) fn describe(&self, field: &str, employee: String) -> Pinned {
        Pinned {
            field: field.to_owned(),
            employee,
            value: self.value.as_deref().map(shown),
            author: shown(&self.author),
            reason: shown(&self.reason),
        }
    }
}

/// A pinned field of which the source says something else: every plan shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinNotice {
    pub employee: EmployeeId,
    /// The person, for lists.
    pub who: Who,
    pub pin: Pin,
    /// What the source says; none: it clears the field.
    pub said: Option<String>,
    pub origin: Option<Origin>,
}

impl PinNotice {
    /// The same as a problem of the record, so that it is recorded with the run.
    pub(crate) fn problem(&self, schema: &Schema) -> Problem {
        let detail = Detail::PinKept {
            pin: self
                .pin
                .describe(schema.key(self.pin.field), self.who.to_string()),
            until: self.pin.until,
            delivered: self.said.as_deref().map(shown),
        };
        let remedy = Remedy::CorrectSourceOrUnpin;
        let mut problem = Problem::new(Code::Pinned, Severity::Warning, detail, remedy);
        problem.subject = self
            .who
            .external_id
            .as_deref()
            .or(self.who.email.as_deref())
            .map(shown);
        problem.origin = self.origin;
        problem
    }
}

/// The ends of pins whose last day is over and of which `is_reported` does not say that a record tells of them already.
pub(crate) fn expired(
    employee: &Employee,
    today: Date,
    is_reported: impl Fn(FieldNumber) -> bool,
) -> Vec<Change> {
    let over = employee
        .pins
        .iter()
        .filter(|pin| !pin.holds(today) && !is_reported(pin.field));
    over.map(|pin| ended(employee, pin.field, Reason::PinExpired))
        .collect()
}

/// A pin that ends while the value stays what it is.
pub(crate) fn ended(employee: &Employee, field: FieldNumber, reason: Reason) -> Change {
    let value = employee.value(field).map(str::to_owned);
    Change {
        what: Changed::Field(field),
        old: value.clone(),
        new: value,
        reason,
    }
}
