//! Kinds of jobs, and how they end.

use serde::{Deserialize, Serialize};

/// What a job does.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Reads the source of an integration, and applies or holds the plan.
    Sync,
    /// Applies the dates of a workspace that are due.
    Sweep,
    /// Deletes the expired data of a workspace.
    Retention,
    /// Applies a plan, or a part of it, that a person approved.
    Approve,
    /// Rejects a plan that a person rejected.
    Reject,
    /// Writes a backup of the whole database.
    Backup,
    /// Carries out a manual edit, an undoing or an erasure that a person or a program asked for.
    Edit,
    /// Tests the connection of an integration that is being set up, and reads a sample.
    Test,
    /// Reads the source of an integration, and saves the plan without applying anything.
    Plan,
    /// A command of a person on a workspace or an integration. It is never queued.
    Command,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobEnd {
    Done,
    Failed,
    CredentialsRefused,
    Canceled,
    /// No attempt is left after a lease that ran out.
    Lost,
}

macro_rules! as_text {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
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

as_text!(JobKind {
    Sync = "sync", Sweep = "sweep", Retention = "retention", Approve = "approve", Reject = "reject", Backup = "backup", Edit = "edit", Test = "test", Plan = "plan", Command = "command",
});
as_text!(JobEnd {
    Done = "done", Failed = "failed", CredentialsRefused = "credentials_refused", Canceled = "canceled", Lost = "lost",
});
