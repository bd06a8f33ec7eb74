//! Identifiers. Each is its own type, so that a run is never taken for an employee.
//!
//! They are small numbers given out per workspace inside the settling transaction: short enough to
//! type and to say on the phone, and a third of the bytes that a UUID costs in every table.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// One customer. Unique in a database.
    WorkspaceId
);

impl WorkspaceId {
    /// Stands for all workspaces in the queue of jobs.
    pub const ALL: Self = Self(0);
}

id!(
    /// A configured connector. Unique within its workspace.
    IntegrationId
);
id!(
    /// A person in the directory. Unique within its workspace and never given out twice.
    EmployeeId
);
id!(
    /// One execution. Unique within its workspace, ascending in time.
    RunId
);
id!(
    /// A person who may sign in to the admin pages. Unique in a database.
    UserId
);
