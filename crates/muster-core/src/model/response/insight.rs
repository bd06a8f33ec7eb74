//! What is unusual about a plan: evidence for the person who decides.

use crate::derive::insight::{Insight, LikelyCause, Observation};
use schemars::JsonSchema;
use serde::Serialize;

/// What is unusual about a plan. Both are empty if nothing is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlanInsight {
    pub observations: Vec<PlanObservation>,
    /// What most likely happened, in one sentence.
    pub cause: Option<String>,
}

/// Something unusual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlanObservation {
    pub kind: ObservationKind,
    pub message: String,
}

/// What is unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservationKind {
    /// Nearly all departures have a value that few others have.
    InCommon,
    /// A file of the last delivery is not in this one.
    FileMissing,
    /// The file was written at another time of the day than usual.
    UnusualTime,
}

impl PlanInsight {
    /// An insight in words.
    pub fn new(
        found: &Insight,
        observation: impl Fn(&Observation) -> String,
        cause: impl Fn(&LikelyCause) -> String,
    ) -> Self {
        let observations = found.observations.iter();
        Self {
            observations: observations
                .map(|one| PlanObservation {
                    kind: one.into(),
                    message: observation(one),
                })
                .collect(),
            cause: found.cause.as_ref().map(cause),
        }
    }
}

impl From<&Observation> for ObservationKind {
    fn from(observation: &Observation) -> Self {
        match observation {
            Observation::InCommon { .. } => Self::InCommon,
            Observation::FileMissing { .. } => Self::FileMissing,
            Observation::UnusualTime { .. } => Self::UnusualTime,
        }
    }
}
