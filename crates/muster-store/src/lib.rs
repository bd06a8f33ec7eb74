//! The database of the directory, and the only crate with SQL.
//!
//! [`Store`] is one concrete type over SQLite and PostgreSQL. Its methods block. The crate has no
//! clock, no environment and no decisions: times and plans are arguments, and a proposal is applied
//! exactly as computed, in one transaction.

mod accounts;
mod alerts;
mod answer;
mod audit;
mod backup;
pub mod db;
mod directory;
mod issues;
mod jobs;
mod plans;
mod privacy;
mod runs;
mod secrets;
mod verify;
mod webhooks;

pub use accounts::api_token::{ApiToken, NewApiToken};
pub use accounts::link::AccountLink;
pub use accounts::session::{ListedSession, NewSession, SessionLimits, TokenHash, session_id};
pub use accounts::two_step::TwoStep;
pub use accounts::user::{NewUser, User, UserChange};
pub use accounts::user_list::{ListedUser, UserState};
pub use alerts::{
    AlertChannel, AlertState, ChannelKind, ClaimedAlert, ListedAlert, MailSecurity, MailServer,
    NewChannel, ReportedItem,
};
pub use answer::member;
pub use audit::{
    list::{AuditQuery, StoredAudit},
    verify::{AuditFault, AuditHead, AuditVerified},
};
pub use backup::{
    CopiedTable, ErasureEntry, ErasureList, ErasureMatch, Restoration, Restored, read_backup,
};
pub use db::{
    AddressFault, BackupFault, BackupNote, ChoiceFault, Committed, Contradiction, Inconsistency,
    StoreError, UniqueValue, VoidCause,
};
pub use db::{HearsOfJobs, Options, Store};
pub use directory::budget::PersonGrant;
pub use directory::change_feed::{FeedPage, FeedPosition};
pub use directory::company::{CompanyList, ListOrigin};
pub use directory::employee::PeopleFilter;
pub use directory::explanation::Explained;
pub use directory::field_reference::FieldUse;
pub use directory::head_count::HeadCountChange;
pub use directory::history::{HistoryEntry, RunChanges, rewind};
pub use directory::integration::KnownContent;
pub use directory::integration_draft::{DraftChange, IntegrationDraft};
pub use directory::integration_list::{IntegrationState, RecentRun};
pub use directory::integration_settings::{SettingsChange, SettingsVersion, StoredSettings};
pub use directory::people_page::{PeopleCounts, PeopleQuery};
pub use directory::rules::KeptRules;
pub use directory::smart_group::{
    GroupMoves, GroupSaving, MembershipMove, MoveCounts, StoredGroup,
};
pub use directory::workspace_deletion::WorkspaceDeletion;
pub use directory::workspace_list::WorkspaceState;
pub use issues::{ChangedIssue, IssueHistoryEntry, StoredIssue};
pub use jobs::{
    ClaimLimits, ClaimedJob, DecisionState, Enqueued, IdempotencyKey, JobStatus, Lease,
    ListedDecision, ListedJob, NewJob, PlanDecision, QueueState, RequestedEdit, RunLease,
    SchedulePause, ScheduleState, ScheduledWork, SlotOutcome,
};
pub use plans::approve::{Approval, Choice};
pub use plans::causes::{Cause, CauseCount, OperationsQuery};
pub use plans::departure_evidence::DepartureEvidence;
pub use plans::hold::Hold;
pub use plans::operations_page::{GroupsQuery, OperationGroup, OperationSort, PendingOperation};
pub use plans::plan::{Decision, PlanStatus, StoredOperation, StoredPlan};
pub use privacy::erase::{Erased, Erasure, Purge};
pub use privacy::export::ArchivedRecords;
pub use privacy::retain::Swept;
pub use runs::archive::{ArchivedFile, EncryptedContent};
pub use runs::pause::Pause;
pub use runs::run::{Ending, ManualEdit, NewRun};
pub use runs::runs_page::RunsQuery;
pub use runs::settle::{Settled, Settlement};
pub use secrets::credential::{NewCredential, StoredCredential};
pub use secrets::encryption::{Keyring, MasterKey};
pub use secrets::host_key::AcceptedKey;
pub use secrets::rotate::Rotated;
pub use secrets::secret::StoredSecret;
pub use verify::{Finding, Verified};
pub use webhooks::{
    ClaimedDelivery, DeadLetter, EmployeeEvent, EventDelivery, NewWebhook, Replay, Webhook,
};
