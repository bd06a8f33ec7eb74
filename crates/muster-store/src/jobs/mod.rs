//! Jobs: a queue with leases in the same database as the directory, so that the transaction that applies a run also checks
//! that its lease still holds.

mod claim;
pub(crate) mod decision;
pub(crate) mod end;
pub(crate) mod lease;
mod list;
pub(crate) mod pause;
pub(crate) mod queue;
mod request;
mod slots;

pub use claim::{ClaimLimits, ClaimedJob};
pub use decision::{DecisionState, ListedDecision, PlanDecision};
pub use lease::{Lease, RunLease};
pub use list::{JobStatus, ListedJob, QueueState};
pub use pause::SchedulePause;
pub use queue::NewJob;
pub use request::{Enqueued, IdempotencyKey, RequestedEdit};
pub use slots::{ScheduleState, ScheduledWork, SlotOutcome};
