//! `muster runs`.

use clap::{Args, Subcommand, ValueEnum};
use muster_core::model::plan::OperationKind;

/// What of a run is shown.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct Shown {
    /// Show only operations of this kind
    #[arg(long, value_enum, requires = "run")]
    pub(crate) kind: Option<Kind>,
    /// Show every operation instead of the first of each kind
    #[arg(long, requires = "run")]
    pub(crate) all: bool,
}

/// What operations do, as reports group them.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// New employees
    Create,
    /// Employees who change or come back
    Change,
    /// Employees who are deactivated or deleted
    Depart,
    /// What is held for review
    Held,
}

impl Kind {
    /// Whether an operation is of this kind.
    pub(crate) fn has(self, kind: OperationKind, is_held: bool) -> bool {
        let of = match kind {
            _ if is_held => Self::Held,
            OperationKind::Create => Self::Create,
            OperationKind::Deactivate | OperationKind::Delete => Self::Depart,
            OperationKind::Update | OperationKind::Reactivate | OperationKind::Activate => {
                Self::Change
            }
        };
        self == of
    }
}

#[derive(Subcommand, Debug)]
pub(crate) enum RunsCommand {
    /// End a run whose process no longer exists or hangs, before its lease of 30 seconds expires
    ///
    /// Nothing was applied, and nothing will be, even if the process still exists. The integration can then run again.
    Abandon {
        /// The number of the run
        run: i64,
    },
}
