//! Problems of HR systems that are read over an API: requests that fail, settings that cannot be used, and lists that are
//! not whole.

mod remedy;
mod request;
mod setting;

pub use remedy::{Access, BambooHrRemedy, PersonioRemedy, Remedy, SettingRemedy, YouServeRemedy};
pub use request::{Attempt, Failure, Link, List, NotJson, Refused, Request, Shape, Status};
pub use setting::{Fault, PrivateKey, Setting};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// A request failed, so nothing of the read was used.
    Request(Box<Request>),
    /// A setting cannot be used, so nothing was sent.
    Setting(Setting),
    /// The system returned no employees.
    NoEmployees,
    /// No record has a column.
    Withheld {
        column: String,
        /// Whether it decides who is an employee, selected, comes or leaves.
        decides: bool,
    },
    /// The table with planned departures may not be read.
    TableWithheld {
        system: String,
        why: TableFault,
        /// Whether last days decide.
        decides: bool,
    },
    /// The names of attributes or fields may not be listed.
    Unlisted { system: String, why: Failure },
    /// A record has no id.
    Unidentified,
    /// A value is of a kind that cannot be meant.
    UnreadableValue { column: String, id: String },
    /// The system announces another number of employees than were read.
    Unreconciled {
        system: String,
        first: u64,
        last: u64,
        read: u64,
    },
    /// The same page came again.
    RepeatedPage { system: String, read: u64 },
    /// A list is not known to be whole, also after it was read again.
    NotWhole { of: List, shape: Shape },
    /// Employments belong to employees who are not on the list.
    Strays {
        count: u64,
        /// The first ones.
        codes: Vec<String>,
    },
    /// Employees have no employment in either list, although others have one.
    NoEmployment {
        system: String,
        count: u64,
        ids: Vec<String>,
    },
    /// Employees are missing from a list.
    Missing(Missing),
    /// An employee who has not started is missing, and the system returns nobody before the first day.
    NotStarted {
        system: String,
        of: List,
        id: String,
    },
    /// The token could not be kept for the next run.
    TokenNotKept { action: TokenAction, why: String },
    /// The names of organisation units could not be looked up.
    UnitsUnnamed {
        count: u64,
        ids: Vec<String>,
        why: Option<Failure>,
    },
    /// A record has a name and nothing else.
    Shell { system: String, id: String },
    /// A record is active and has ended.
    Contradiction {
        system: String,
        id: String,
        ended: Date,
    },
    /// Several companies have one short name; employments in it count for the first.
    SharedShortName { name: String, ids: Vec<String> },
    /// Employees have no work address; their private one is used where it is mapped.
    PrivateAddresses { system: String, count: u64 },
}

/// Employees who are missing from a list, and what the system says of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub system: String,
    pub of: List,
    /// How many are missing.
    pub count: u64,
    pub absence: Absence,
    /// The first ones of those that the finding is about.
    pub ids: Vec<String>,
}

/// What lookups of missing employees say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// The system still returns some of them.
    StillThere,
    /// The system has some of them, and does not show them to these credentials.
    Hidden,
    /// The external id is not what the system looks employees up by.
    OtherId,
    /// A lookup of an employee who is on the list fails too.
    ControlFails,
    /// A lookup is refused.
    Refused(Lookup),
    /// More are missing than a run looks up.
    TooMany {
        looked_up: u64,
        gone: u64,
        limit: u64,
    },
}

/// Why a system does not answer a lookup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lookup {
    /// The id cannot be one of the system's.
    NotItsId,
    /// It answered with another employee.
    OtherEmployee,
    Failed(Failure),
}

/// Why the table with planned departures says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableFault {
    Refused(Failure),
    /// Its rows come without employee, day or status.
    Columns,
}

/// What could not be done with a token that is kept between runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenAction {
    Read,
    Save,
    Forget,
}

impl Detail {
    /// The request that failed, if that is what is wrong.
    pub fn request(&self) -> Option<&Request> {
        match self {
            Self::Request(request) => Some(request),
            _ => None,
        }
    }
}
