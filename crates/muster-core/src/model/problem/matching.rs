//! Problems of matching: which employee a record is about, and values that only one employee may have.

use crate::model::origin::Origin;
use serde::{Deserialize, Serialize};

/// An employee as messages name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub name: String,
    pub external_id: Option<String>,
    pub email: Option<String>,
    /// Scheduled or active.
    pub is_employed: bool,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The record's address belongs to another employee who keeps it.
    AddressTaken {
        address: String,
        external_id: Option<String>,
        holder: Holder,
    },
    /// The same, of a record that ends the employment: it is used without the address.
    AddressIgnored { address: String, holder: Holder },
    /// The record's external id belongs to another employee who keeps it.
    IdTaken { external_id: String, holder: Holder },
    /// The employee belongs to another integration.
    OtherIntegration {
        holder: Holder,
        /// Name of the integration that owns the employee.
        owner: Option<String>,
        /// Name of the integration that delivered the record.
        integration: Option<String>,
    },
    /// Two records with different content are about one employee.
    Duplicate {
        line: Origin,
        other: Origin,
        key: Option<String>,
        /// The fields that differ.
        fields: Vec<String>,
    },
    /// The same, but both end the employment: the values on which they agree are used.
    DuplicateEnds {
        line: Origin,
        other: Origin,
        key: Option<String>,
        fields: Vec<String>,
    },
    /// Two records give one address to two employees.
    SharedAddress {
        line: Origin,
        other: Origin,
        address: String,
        external_id: Option<String>,
        other_external_id: Option<String>,
    },
    /// Two records give one external id to two addresses.
    SharedId {
        line: Origin,
        other: Origin,
        external_id: String,
        address: Option<String>,
        other_address: Option<String>,
    },
    /// Another record about the same employee was rejected.
    Blocked {
        line: Origin,
        other: Origin,
        holder: Holder,
    },
    /// Neither key of the record identifies anybody, and its address cannot be read.
    CouldBeAnybody {
        name: Option<String>,
        external_id: Option<String>,
    },
    /// The record is the same as that of an earlier line.
    Repeated { first: u32 },
    /// Nobody with an external id has the address of the manager.
    ManagerUnknown { address: String },
    /// An employee stays because a rejected record has their names.
    KeptByNames { employee: String },
    /// An employee stays because a rejected record has their address or id.
    KeptByKey { employee: String },
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Correct the address or the id of one of the two records.
    CorrectKeys,
    /// The ids differ only in what a spreadsheet drops or adds.
    ExportIdsAsText,
    /// Remove the employee from one of two sources.
    RemoveFromOneSource,
    /// Keep the right one of two records.
    KeepOneRecord,
    /// Remove one of two equal lines.
    RemoveRepeated,
    /// Correct the rejected record first.
    CorrectOtherRecord,
    /// Correct the address; employees who are missing are deactivated by the next complete delivery.
    CorrectAddress,
    /// Correct the address of the manager, unless the manager is still to come.
    CorrectManagerAddress,
    /// Correct the record; if it is about another employee, the missing one departs later.
    CorrectRecord,
}
