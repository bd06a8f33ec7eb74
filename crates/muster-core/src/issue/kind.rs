//! What an issue is about, as data. It has counts, dates, and names of integrations, settings and columns, and no value of an
//! employee: issues leave the installation in mails.

use crate::{
    model::{
        code::Code,
        ids::{IntegrationId, RunId},
        plan::PlanId,
    },
    schedule::failure::PauseReason,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The value as stored and printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads a stored value.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words!(
    IssueKind {
        HeldPlan = "held_plan",
        ApprovalExpiring = "approval_expiring",
        FailedRepeatedly = "failed_repeatedly",
        IntegrationPaused = "integration_paused",
        NoDelivery = "no_delivery",
        NoNextSlot = "no_next_slot",
        CredentialExpiring = "credential_expiring",
        NewColumn = "new_column",
        MissingColumn = "missing_column",
        UnchangedForLong = "unchanged_for_long",
        DiskLow = "disk_low",
        BackupOld = "backup_old",
    }
);

words!(
    /// How urgent an issue is.
    Level {
        Warning = "warning",
        /// Something does not work, or soon will not.
        Critical = "critical",
    }
);

words!(
    /// What happened to an issue.
    IssueEvent {
        Opened = "opened",
        /// It became critical.
        Escalated = "escalated",
        /// It is no longer critical.
        Eased = "eased",
        /// It is about something else now, for example a newer plan.
        Changed = "changed",
        Resolved = "resolved",
        Snoozed = "snoozed",
        /// The snooze is over, or was ended.
        Woken = "woken",
    }
);

/// Why an integration does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PausedBy {
    Failures(PauseReason),
    /// The server showed another host key than the accepted one.
    HostKey,
}

/// What a volume holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Volume {
    Database,
    TemporaryFiles,
}

impl Volume {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::TemporaryFiles => "temporary_files",
        }
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum IssueDetail {
    /// A plan waits for a decision, and its integration with it.
    HeldPlan {
        plan: PlanId,
        operations: u64,
        removals: u64,
        expires: Timestamp,
        is_expired: bool,
    },
    ApprovalExpiring {
        plan: PlanId,
        expires: Timestamp,
    },
    FailedRepeatedly {
        failures: u32,
        since: Timestamp,
        run: RunId,
        /// Of the last failure.
        code: Option<Code>,
        /// The host that the source is on.
        host: Option<String>,
    },
    IntegrationPaused {
        by: PausedBy,
        since: Timestamp,
        host: Option<String>,
    },
    NoDelivery {
        /// When the last new delivery arrived; none: there was none.
        last: Option<Timestamp>,
        /// When one should have.
        due: Timestamp,
        host: Option<String>,
    },
    NoNextSlot {
        /// The slot that nothing has decided; none: the schedule has no further slot.
        overdue: Option<Timestamp>,
    },
    CredentialExpiring {
        setting: String,
        expires: Timestamp,
        is_expired: bool,
    },
    NewColumn {
        columns: Vec<String>,
    },
    MissingColumn {
        columns: Vec<String>,
        /// The delivery was refused because of it.
        is_refused: bool,
    },
    UnchangedForLong {
        last: Timestamp,
        /// The longest time without a new delivery before, in seconds.
        longest: i64,
    },
    DiskLow {
        volume: Volume,
        free: u64,
    },
    BackupOld {
        /// None: there is no backup.
        last: Option<Timestamp>,
    },
}

impl IssueDetail {
    pub fn kind(&self) -> IssueKind {
        match self {
            Self::HeldPlan { .. } => IssueKind::HeldPlan,
            Self::ApprovalExpiring { .. } => IssueKind::ApprovalExpiring,
            Self::FailedRepeatedly { .. } => IssueKind::FailedRepeatedly,
            Self::IntegrationPaused { .. } => IssueKind::IntegrationPaused,
            Self::NoDelivery { .. } => IssueKind::NoDelivery,
            Self::NoNextSlot { .. } => IssueKind::NoNextSlot,
            Self::CredentialExpiring { .. } => IssueKind::CredentialExpiring,
            Self::NewColumn { .. } => IssueKind::NewColumn,
            Self::MissingColumn { .. } => IssueKind::MissingColumn,
            Self::UnchangedForLong { .. } => IssueKind::UnchangedForLong,
            Self::DiskLow { .. } => IssueKind::DiskLow,
            Self::BackupOld { .. } => IssueKind::BackupOld,
        }
    }

    /// The host whose failure this may be. Alerts about one host are sent as one.
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::FailedRepeatedly { host, .. }
            | Self::IntegrationPaused { host, .. }
            | Self::NoDelivery { host, .. } => host.as_deref(),
            _ => None,
        }
    }

    /// Whether a person who knows the one knows the other: counts and times may differ, what they are about does not.
    pub fn is_same_state(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::HeldPlan {
                    plan: one,
                    is_expired: was,
                    ..
                },
                Self::HeldPlan {
                    plan: another,
                    is_expired: is,
                    ..
                },
            ) => one == another && was == is,
            (Self::NewColumn { columns: one }, Self::NewColumn { columns: another })
            | (
                Self::MissingColumn { columns: one, .. },
                Self::MissingColumn {
                    columns: another, ..
                },
            ) => one == another,
            (
                Self::IntegrationPaused { by: one, .. },
                Self::IntegrationPaused { by: another, .. },
            ) => one == another,
            (one, another) => one.kind() == another.kind(),
        }
    }
}

/// An issue that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// None: the whole workspace, or the installation.
    pub integration: Option<IntegrationId>,
    /// Tells issues of one kind and integration apart; mostly empty.
    pub subject: String,
    pub level: Level,
    pub detail: IssueDetail,
}

/// At most one issue of a workspace with the same key is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IssueKey {
    pub kind: IssueKind,
    pub integration: Option<IntegrationId>,
    pub subject: String,
}

impl Found {
    pub fn key(&self) -> IssueKey {
        IssueKey {
            kind: self.detail.kind(),
            integration: self.integration,
            subject: self.subject.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_words_are_those_of_the_details() {
        for kind in IssueKind::ALL {
            assert_eq!(IssueKind::parse(kind.as_str()), Some(*kind));
        }
        let detail = IssueDetail::NoNextSlot { overdue: None };
        let json = serde_json::to_value(&detail).unwrap();
        assert_eq!(json["kind"], detail.kind().as_str());
    }
}
