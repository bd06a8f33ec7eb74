//! What a guard found, as data: which guard, the counts, the limit and the employees concerned.

use super::setting::{self, GuardSetting};
use crate::{model::ids::RunId, setup::policy::Limit};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many employees a finding names.
pub(super) const MAX_NAMES: usize = 20;

macro_rules! guards {
    ($($(#[$doc:meta])* $variant:ident = $name:literal;)*) => {
        /// One rule that holds a plan for review.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Guard { $($(#[$doc])* #[serde(rename = $name)] $variant,)* }

        impl Guard {
            /// All guards, in the order in which they are documented.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The guard as stored and printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

guards! {
    /// Employees would be deactivated or deleted.
    Removals = "removals";
    /// Removals of a workspace over seven days.
    RemovalsWeek = "removals_week";
    /// Employees would be deleted with all their values (`missing = "delete"`).
    Deletions = "deletions";
    /// An address or external id would move from a departing employee to another.
    PassedOn = "passed_on";
    /// Fewer records than in the last good run.
    Shrunk = "shrunk";
    /// Addresses or external ids would change.
    KeyChanges = "key_changes";
    /// Records are rejected.
    Rejected = "rejected";
    /// A field that had values is blank now.
    Fill = "fill";
    /// A field that had many values has one.
    OneValue = "one_value";
    /// The first of several columns of a field is in no record.
    FirstColumn = "first_column";
    /// One field would change for nearly everyone.
    FieldChanges = "field_changes";
    /// Groups would be created.
    NewGroups = "new_groups";
    /// An assertion of the administrator would be broken.
    Sentinel = "sentinel";
    /// The newest file is older than that of the last good run.
    Older = "older";
    /// The content is that of an earlier delivery.
    OldContent = "old_content";
    /// The total of a monthly budget jumps.
    BudgetTotal = "budget_total";
    /// Employees would be granted a second one-off budget of one category.
    SecondOneOff = "second_one_off";
    /// The integration has had no good run.
    FirstRun = "first_run";
    /// Mapping, matching or selection changed since the last review.
    SetupChanged = "setup_changed";
    /// Every plan of the integration is reviewed.
    ApproveAlways = "approve_always";
    /// An earlier plan of the integration is pending.
    IntegrationHeld = "integration_held";
}

impl Guard {
    /// Whether a finding is about removals alone, so that the other operations can be applied without them.
    pub fn concerns_removals(self) -> bool {
        matches!(self, Self::Removals | Self::RemovalsWeek | Self::Deletions)
    }
}

/// What one guard found in one plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "stored::Finding")]
pub struct Finding {
    /// Which guard.
    pub guard: Guard,
    /// What it saw, with its limit.
    pub evidence: Evidence,
    /// The first [`MAX_NAMES`] employees concerned.
    pub people: Vec<String>,
    /// How many employees or records are concerned.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The settings of the integration that it follows. Empty where no integration decides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<GuardSetting>,
}

/// What a guard saw beside [`Finding::count`] and [`Finding::of`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// [`Guard::Removals`].
    Removals {
        /// Share and number of the integration's employees.
        limit: Limit,
        /// Number that trips whatever the share.
        at_most: u64,
        /// How many of them are missing from the delivery.
        #[serde(default)]
        missing: u64,
        /// How many of them no longer match the selection rules.
        deselected: u64,
        /// The rules that did it, by column, with the records that fail each.
        rules: Vec<(String, u64)>,
    },
    /// [`Guard::RemovalsWeek`].
    RemovalsWeek {
        /// Removals of this plan.
        now: u64,
        /// Removals of the seven days before.
        earlier: u64,
        /// Share and number of the workspace's employees.
        limit: Limit,
    },
    /// [`Guard::Deletions`].
    Deletions,
    /// [`Guard::PassedOn`].
    PassedOn {
        /// The first address or id.
        value: String,
    },
    /// [`Guard::Shrunk`].
    Shrunk {
        /// Records of this delivery.
        records: u64,
        /// Share and number of records lost.
        limit: Limit,
    },
    /// [`Guard::KeyChanges`].
    KeyChanges {
        /// Share and number of employees.
        limit: Limit,
    },
    /// [`Guard::Rejected`].
    Rejected {
        /// Share and number of records.
        limit: Limit,
    },
    /// [`Guard::Fill`], for a column that is there and blank.
    Fill {
        /// Key of the field.
        field: String,
        /// Records with a value in the last good run.
        filled_before: u64,
        /// Records of the last good run.
        records_before: u64,
    },
    /// [`Guard::Fill`], for a date of access that no record has.
    AccessGone {
        /// Key of the field.
        field: String,
        /// The last good run.
        run: RunId,
    },
    /// [`Guard::OneValue`].
    OneValue {
        /// Key of the field.
        field: String,
    },
    /// [`Guard::FirstColumn`].
    FirstColumn {
        /// Keys of the fields.
        fields: Vec<String>,
    },
    /// [`Guard::FieldChanges`].
    FieldChanges {
        /// Key of the field.
        field: String,
        /// Share and number of employees.
        limit: Limit,
        /// Whether it is a key, a name, the status or a date, which have a limit of their own.
        #[serde(default)]
        is_core: bool,
    },
    /// [`Guard::NewGroups`].
    NewGroups {
        /// The first new groups.
        groups: Vec<String>,
        /// Share of the existing groups, and number.
        limit: Limit,
    },
    /// [`Guard::Sentinel`].
    Sentinel {
        /// The assertion.
        sentinel: String,
        /// Whether it is about the number of employees, which then is the count; otherwise it is about one of them.
        is_headcount: bool,
    },
    /// [`Guard::Older`].
    Older {
        /// Newest file of this delivery.
        file: String,
        /// When it was changed.
        modified: Timestamp,
        /// Newest file of the last good run.
        last_file: String,
        /// When that was changed.
        last_modified: Timestamp,
        /// The last good run.
        run: RunId,
    },
    /// [`Guard::OldContent`].
    OldContent {
        /// The run that had the same content.
        run: RunId,
        /// When that run began.
        at: Timestamp,
    },
    /// [`Guard::BudgetTotal`].
    BudgetTotal {
        /// Key of the field.
        field: String,
        /// Total of the integration's employees now.
        before: String,
        /// Total with the plan.
        after: String,
        currency: String,
        /// Percent of the total, and number of employees.
        limit: Limit,
    },
    /// [`Guard::SecondOneOff`], of the first employee.
    SecondOneOff {
        /// Key of the field.
        field: String,
        /// What was granted.
        first: String,
        /// What would be granted.
        second: String,
        currency: String,
        /// How many days must lie between two.
        days: u16,
    },
    /// [`Guard::FirstRun`].
    FirstRun,
    /// [`Guard::SetupChanged`].
    SetupChanged {
        /// The last good run.
        run: RunId,
    },
    /// [`Guard::ApproveAlways`].
    ApproveAlways,
    /// [`Guard::IntegrationHeld`].
    IntegrationHeld {
        /// The run whose plan is pending.
        run: RunId,
    },
    /// A finding that version 0.1.0 stored as text.
    Text {
        /// The sentence.
        message: String,
        /// What to do.
        advice: String,
    },
}

impl Finding {
    /// A finding in the plan of an integration that names no employees.
    pub fn new(guard: Guard, evidence: Evidence, count: u64, of: u64) -> Self {
        Self {
            guard,
            settings: setting::of(guard, &evidence).to_vec(),
            evidence,
            people: Vec::new(),
            count,
            of,
        }
    }

    /// Texts that may contain an employee's values, for erasure. Those in [`Finding::people`] are not among them.
    pub fn personal_texts(&mut self) -> impl Iterator<Item = &mut String> {
        let texts = match &mut self.evidence {
            Evidence::PassedOn { value } => vec![value],
            Evidence::Sentinel { sentinel, .. } => vec![sentinel],
            Evidence::Older {
                file, last_file, ..
            } => vec![file, last_file],
            Evidence::Text { message, .. } => vec![message],
            _ => Vec::new(),
        };
        texts.into_iter()
    }
}

/// Findings as they are stored; those of version 0.1.0 are sentences.
mod stored {
    use super::{Evidence, Guard, GuardSetting};
    use serde::Deserialize;

    #[derive(Deserialize)]
    pub(super) struct Finding {
        guard: Guard,
        evidence: Option<Evidence>,
        #[serde(default)]
        message: String,
        #[serde(default)]
        advice: String,
        people: Vec<String>,
        count: u64,
        of: u64,
        #[serde(default)]
        settings: Vec<GuardSetting>,
    }

    impl From<Finding> for super::Finding {
        fn from(stored: Finding) -> Self {
            let Finding {
                guard,
                evidence,
                message,
                advice,
                people,
                count,
                of,
                settings,
            } = stored;
            Self {
                guard,
                evidence: evidence.unwrap_or(Evidence::Text { message, advice }),
                people,
                count,
                of,
                settings,
            }
        }
    }
}
