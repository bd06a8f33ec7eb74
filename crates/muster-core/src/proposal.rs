//! What a run proposes: the plan, the verdict of the guards, and what it was based on. A value that a
//! person can read, a test can compare and a guard can refuse. Applying it chooses nothing.

use crate::{
    ids::EmployeeId,
    plan::Plan,
    reading::{FieldFill, Problems, Reading},
    roster::Fingerprint,
};
use serde::{Deserialize, Serialize};

/// Whether a plan may be applied without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing looks wrong.
    Go,
    /// The whole plan waits for a person.
    Hold,
    /// Only removals wait; the rest may be applied (`on_guard = "hold_removals"`).
    HoldRemovals,
}

/// One thing that made a guard trip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which guard: `removals`, `removals_week`, `shrunk`, `key_changes`, `rejected`, `fill`, `one_value`,
    /// `field_changes`, `first_run`, `setup_changed`, `approve_always`, `integration_held`.
    pub guard: String,
    /// One sentence with counts, denominator and limit.
    pub message: String,
    /// What to look at or do.
    pub advice: String,
    /// The people concerned: the first twenty.
    pub people: Vec<String>,
    /// How many people are concerned.
    pub count: u64,
    /// Of how many.
    pub of: u64,
}

/// How many records ended in each disposition. `read` is the sum of all but `missing`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub read: u64,
    pub created: u64,
    pub updated: u64,
    pub reactivated: u64,
    pub deactivated: u64,
    pub unchanged: u64,
    pub excluded: u64,
    pub superseded: u64,
    pub held: u64,
    pub rejected: u64,
    /// People deactivated although no record named them (missing, or a date that came due).
    pub missing: u64,
    /// People activated or deactivated because a date came due, without a record.
    pub due: u64,
}

impl Counts {
    /// Whether every record ended in exactly one disposition.
    pub fn balance(&self) -> bool {
        self.read
            == self.created
                + self.updated
                + self.reactivated
                + self.deactivated
                + self.unchanged
                + self.excluded
                + self.superseded
                + self.held
                + self.rejected
    }
}

/// Everything that settling needs; see [`crate::plan`] for the operations.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The operations.
    pub plan: Plan,
    /// May it be applied?
    pub verdict: Verdict,
    /// Why not, if not.
    pub findings: Vec<Finding>,
    /// What became of the records.
    pub counts: Counts,
    /// What is wrong with records.
    pub problems: Problems,
    /// Fill of each mapped field, for the next run's guards.
    pub fills: Vec<FieldFill>,
    /// Workspace revision that the roster had.
    pub revision: i64,
    /// People whose record was looked at in full but changes nothing: their new fingerprint.
    pub refreshed: Vec<(EmployeeId, Fingerprint)>,
    /// People whom a complete delivery missed, with how often in a row (0: seen again).
    pub missed: Vec<(EmployeeId, u16)>,
    /// The drafts that the plan's creates point into.
    pub reading: Reading,
    /// Groups that the plan needs and that do not exist yet (`unknown_group = "create"`).
    pub new_groups: Vec<String>,
}
