//! Problems of joining, leaving and protection.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The employee would be deactivated, but is protected.
    Protected {
        /// Their display name.
        name: String,
    },
    /// A future onboarding date of an active employee is ignored.
    OnboardingIgnored { date: String },
    /// The offboarding date has passed when the record brings it.
    OffboardingPast { date: String },
    /// The record ends the employment, and its onboarding date lies after the end.
    StartAfterEnd { start: String, end: String },
    /// The record belongs to a person whose personal data was erased.
    ErasedRecord,
    /// The start of a scheduled employee is doubtful, and will be held on the day.
    StartDoubted {
        employee: String,
        start: Option<String>,
        doubt: StartDoubt,
    },
}

/// Why a scheduled employee may not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartDoubt {
    /// The last complete delivery did not have them.
    Missing,
    /// Their latest record was rejected.
    Rejected,
    /// Their latest record says that they are not employed.
    Ended,
}

impl StartDoubt {
    /// The doubt as stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Rejected => "rejected",
            Self::Ended => "ended",
        }
    }

    /// Reads a stored doubt.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Missing, Self::Rejected, Self::Ended]
            .into_iter()
            .find(|doubt| doubt.as_str() == text)
    }
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Remove the protection if the employee has really left.
    Unprotect,
    /// Correct the onboarding date, or offboard the employee first.
    CorrectStart,
    /// Deliver offboarding dates in advance, if this one was not meant to act at once.
    DeliverEndsInAdvance,
    /// Correct one of the two dates.
    CorrectDates,
    /// Remove the person from the source, or lift the erasure if it is another person.
    RemoveErased,
    /// Correct the record, or approve the start when it is held.
    ConfirmStart,
}
