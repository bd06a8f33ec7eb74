//! How long a workspace keeps what stands beside the directory itself: delivered files, problems, plans that
//! were decided on, and history.

use super::archived_part::ArchivedContent;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A time for which something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    Forever,
    /// For so many days; 0: not at all.
    Days(u32),
}

impl Keep {
    /// Before which instant things are removed; none: nothing is.
    pub fn cutoff(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Forever => None,
            Self::Days(0) => Some(Timestamp::MAX),
            Self::Days(days) => Some(
                now.checked_sub(SignedDuration::from_hours(i64::from(days) * 24))
                    .unwrap_or(Timestamp::MIN),
            ),
        }
    }
}

/// What a workspace keeps how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Retention {
    /// The bytes of delivered files, for replay.
    pub deliveries: Keep,
    /// Which part of deliveries is archived.
    pub content: ArchivedContent,
    /// Files with more bytes are not kept: sealing them would slow their runs down.
    pub delivery_limit: u64,
    /// Problems of records; their counts stay with the run.
    pub problems: Keep,
    /// Operations of plans that nobody can decide on any more.
    pub plans: Keep,
    /// Old and new values of people.
    pub history: Keep,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            deliveries: Keep::Days(30),
            content: ArchivedContent::default(),
            delivery_limit: 8 << 20,
            problems: Keep::Days(90),
            plans: Keep::Days(90),
            history: Keep::Forever,
        }
    }
}

impl Retention {
    /// Whether nothing was set.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a file of this size is kept.
    pub fn keeps(&self, bytes: u64) -> bool {
        self.deliveries != Keep::Days(0)
            && self.content != ArchivedContent::Nothing
            && bytes <= self.delivery_limit
    }
}
