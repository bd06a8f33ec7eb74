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
    /// The source does not confirm the start of a scheduled employee, which is held on the day.
    #[serde(alias = "start_doubted")]
    StartUnconfirmed {
        employee: String,
        start: Option<String>,
        #[serde(alias = "doubt")]
        why: UnconfirmedStart,
    },
}

/// Why a scheduled employee may not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnconfirmedStart {
    /// The last complete delivery did not have them.
    Missing,
    /// Their latest record was rejected.
    Rejected,
    /// Their latest record says that they are not employed.
    Ended,
}

impl UnconfirmedStart {
    /// The reason as stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Rejected => "rejected",
            Self::Ended => "ended",
        }
    }

    /// Reads a stored reason.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Missing, Self::Rejected, Self::Ended]
            .into_iter()
            .find(|why| why.as_str() == text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unconfirmed_starts_are_read_by_the_names_of_earlier_versions() {
        let stored =
            r#"{"start_doubted":{"employee":"Ann Aal","start":"2026-06-01","doubt":"missing"}}"#;
        let read: Detail = serde_json::from_str(stored).unwrap();
        let expected = Detail::StartUnconfirmed {
            employee: "Ann Aal".to_owned(),
            start: Some("2026-06-01".to_owned()),
            why: UnconfirmedStart::Missing,
        };
        assert_eq!(read, expected);
    }
}
