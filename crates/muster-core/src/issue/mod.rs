//! Issues: states of a workspace or of the installation that a person should know of without having looked.
//!
//! [`of_workspace`] and [`of_installation`] decide from facts which issues there are; [`changes`] compares them with those that
//! are open. An issue opens once, and ends by itself. Reading the facts, storing issues and sending alerts is not done here.

mod change;
mod delivery;
mod facts;
mod installation;
mod kind;
mod workspace;

pub use change::{IssueChange, OpenIssue, changes};
pub use delivery::{Delivered, DeliveryState, UnusedColumn};
pub use facts::{
    BackupFacts, CredentialFacts, EndedRun, InstallationFacts, IntegrationFacts, IntegrationWatch,
    PauseFacts, PendingPlan, VolumeFacts, WorkspaceFacts,
};
pub use installation::of_installation;
pub use kind::{Found, IssueDetail, IssueEvent, IssueKey, IssueKind, Level, PausedBy, Volume};
pub use workspace::of_workspace;
