//! Why the database refuses what it could do: a plan is outdated, operations depend on others, a definition contradicts
//! another one, an address is not that of a usable database.
//!
//! Stored with the problem of a run. `Recorded` is a sentence that an earlier version stored.

use crate::{
    model::{
        ids::EmployeeId,
        plan::{PlanId, Who},
    },
    read::normalise::FieldKind,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a plan, or a requested edit, can no longer be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidCause {
    NoPlan {
        plan: PlanId,
    },
    /// The plan is no longer pending.
    Decided {
        plan: PlanId,
        /// The status, as stored.
        status: String,
    },
    Expired {
        plan: PlanId,
        at: Timestamp,
    },
    /// A unique value that the plan assigns belongs to another employee.
    ValueInUse(UniqueValue),
    /// Another operation of the plan has changed the employee.
    ChangedByPlan {
        plan: PlanId,
        number: i64,
        name: String,
    },
    /// The employee of an operation was deleted.
    Deleted {
        who: Who,
        employee: EmployeeId,
    },
    /// The employee of an operation has changed since the plan was made.
    Changed {
        who: Who,
        employee: EmployeeId,
    },
    /// The employee of a requested edit was deleted.
    NoEmployee {
        employee: EmployeeId,
    },
    /// The employee of a requested edit has changed since.
    EmployeeChanged {
        employee: EmployeeId,
    },
    NoField {
        key: String,
    },
    /// A protection changes no value.
    NoPreview,
    #[serde(untagged)]
    Recorded(String),
}

/// A value that only one employee can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UniqueValue {
    /// It is not known which operation needs it.
    OfPlan,
    OfEmployee {
        name: String,
    },
}

/// Why the selected operations of a plan cannot be applied without others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChoiceFault {
    /// An address or external id is in use until another operation is applied.
    NeedsValueOf {
        number: i64,
        name: String,
        value: String,
    },
    /// Another operation changes the same employee first.
    NeedsEarlier {
        number: i64,
        who: Who,
        employee: EmployeeId,
    },
    /// None of the selected operations is pending.
    NonePending { plan: PlanId },
    #[serde(untagged)]
    Recorded(String),
}

/// What a definition contradicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    FieldExists {
        workspace: String,
        key: String,
    },
    FieldRemoved {
        workspace: String,
    },
    FieldRenamed {
        workspace: String,
        old: String,
        new: String,
    },
    StandardField {
        key: String,
    },
    /// Choices of a field that employees may have would be lost.
    ChoicesLost {
        workspace: String,
        key: String,
        choices: Vec<String>,
    },
    OtherType {
        workspace: String,
        key: String,
        /// None: of a type that this version does not know.
        known: Option<FieldKind>,
        new: FieldKind,
    },
    /// Two fields are the same budget.
    SameBudget {
        workspace: String,
        one: String,
        other: String,
    },
    /// The key has another meaning in the expression of a rule.
    KeyInRule {
        group: String,
        key: String,
    },
    UnreadableRule {
        group: String,
    },
    NoSmartGroup {
        name: String,
    },
    #[serde(untagged)]
    Recorded(String),
}

/// Why an address is not that of a usable database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressFault {
    /// It has workspaces or users, so nothing is copied into it.
    InUse,
    MemoryBackup,
    MemoryRestore,
    /// A server's database, which only the tools of the server can copy into a file.
    OnServer,
    Folder,
    NoPath,
    NeedsFile,
    /// Neither `sqlite:` nor `postgres:`.
    Kind,
    /// A mode of TLS that does not verify the server.
    SslMode,
    Form,
    NoHost,
    NoUser,
    Authorities,
    OldServer,
    /// The database orders texts by a language.
    Ordering,
    #[serde(untagged)]
    Recorded(String),
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test ends with a panic")]
mod tests {
    use super::*;
    use crate::model::problem::store::Detail;

    #[test]
    fn sentence_that_an_earlier_version_stored_is_read_as_it_is() {
        for (stored, read) in [
            (
                r#"{"void":{"why":"plan `3-0a1b2c3d` is already approved"}}"#,
                Detail::Void {
                    why: VoidCause::Recorded("plan `3-0a1b2c3d` is already approved".to_owned()),
                },
            ),
            (
                r#"{"choice":{"why":"select both"}}"#,
                Detail::Choice {
                    why: ChoiceFault::Recorded("select both".to_owned()),
                },
            ),
            (
                r#"{"contradiction":{"why":"there is no smart group `A`"}}"#,
                Detail::Contradiction {
                    why: Contradiction::Recorded("there is no smart group `A`".to_owned()),
                },
            ),
            (
                r#"{"address":{"named":"`x`","why":"it is a folder"}}"#,
                Detail::Address {
                    named: "`x`".to_owned(),
                    why: AddressFault::Recorded("it is a folder".to_owned()),
                },
            ),
        ] {
            assert_eq!(serde_json::from_str::<Detail>(stored).unwrap(), read);
        }
    }

    #[test]
    fn cause_without_arguments_is_read_as_itself() {
        let void = Detail::Void {
            why: VoidCause::NoPreview,
        };
        let stored = serde_json::to_string(&void).unwrap();
        assert_eq!(serde_json::from_str::<Detail>(&stored).unwrap(), void);
        let address = Detail::Address {
            named: "`x`".to_owned(),
            why: AddressFault::Folder,
        };
        let stored = serde_json::to_string(&address).unwrap();
        assert_eq!(serde_json::from_str::<Detail>(&stored).unwrap(), address);
    }
}
