//! Why a manual edit is refused, and what pins keep.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A value that only one employee has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UniqueKey {
    Address,
    ExternalId,
}

/// A pinned field, with who pinned it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    pub field: String,
    pub employee: String,
    /// None: the field is kept blank.
    pub value: Option<String>,
    pub author: String,
    pub reason: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// An erased employee has no values.
    Erased {
        number: i64,
    },
    /// Every employee needs the field.
    Required {
        field: String,
    },
    /// Another employee has the address or the external id.
    KeyTaken {
        key: UniqueKey,
        value: String,
        holder: String,
        number: i64,
        is_employed: bool,
    },
    /// The offboarding date is before the onboarding date.
    DateOrder {
        onboarding: String,
        offboarding: String,
    },
    /// An onboarding date in the future of an active employee.
    AlreadyActive {
        name: String,
    },
    AlreadyInactive {
        name: String,
    },
    /// A new employee would have left already.
    EndPassed,
    /// A protected employee would be deactivated.
    Protected {
        name: String,
    },
    /// The field is pinned to another value.
    Pinned(Pinned),
    NotPinned {
        field: String,
        name: String,
    },
    /// An integration delivers the field.
    FromIntegration {
        field: String,
        name: String,
        integration: String,
    },
    /// External ids match records to employees.
    PinOfId,
    /// Without an external id, the address matches records to the employee.
    PinOfOnlyKey {
        name: String,
    },
    PinInPast {
        last: Option<Date>,
    },
    PinWithoutReason,
    /// A blank value of a budget means nothing.
    BlankBudget {
        field: String,
    },
    /// The same field twice in one edit.
    Repeated {
        field: String,
    },
    UnknownField,
    /// The source delivers another value than the pinned one.
    PinKept {
        pin: Pinned,
        until: Option<Date>,
        /// None: the source clears the field.
        delivered: Option<String>,
    },
}

/// What to do about it. `employee` is the key by which commands name the employee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    Nothing,
    /// Erased employees cannot be changed.
    Impossible,
    AddField {
        field: String,
    },
    UseAnother {
        key: UniqueKey,
    },
    CorrectDates,
    UseFirstDay,
    /// Omit the offboarding date, or use a later one.
    OmitDate,
    Unprotect {
        employee: String,
    },
    /// Pin the field to the new value, or remove its pin first.
    PinAgain {
        employee: String,
        field: String,
    },
    /// Correct the source, or pin the value.
    Pin {
        employee: String,
        field: String,
        value: String,
    },
    CorrectIdInSource,
    CorrectAddressInSource,
    UseLaterDay,
    AddReason,
    /// Zero ends a budget.
    UseZero,
    ListPins,
    ListFields,
    UseOnce,
    /// Correct the source, which releases the pin, or remove the pin.
    CorrectSourceOrUnpin,
}
