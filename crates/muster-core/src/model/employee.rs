//! A person in the directory.

use crate::model::{
    facts::Facts,
    field::{FieldNumber, canonical},
    ids::{EmployeeId, IntegrationId},
    pin::Pin,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The onboarding date is ahead.
    Scheduled,
    /// Works here.
    Active,
    /// Has left; kept with their history.
    Inactive,
    /// Values were removed for good (GDPR).
    Erased,
}

impl Status {
    /// The status as stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Scheduled => "scheduled",
            Status::Active => "active",
            Status::Inactive => "inactive",
            Status::Erased => "erased",
        }
    }

    /// Reads a stored status.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Scheduled, Self::Active, Self::Inactive, Self::Erased]
            .into_iter()
            .find(|s| s.as_str() == text)
    }

    /// Scheduled or active: an employee who would depart if they were removed.
    pub fn is_employed(self) -> bool {
        matches!(self, Status::Scheduled | Status::Active)
    }
}

/// A person as the directory has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Employee {
    /// Stays the same for life.
    pub id: EmployeeId,
    /// Grows with every change; a decision names the revision it rests on.
    pub revision: i64,
    /// Where the person stands.
    pub status: Status,
    /// The integration that alone may change the person; none: made by hand.
    pub owner: Option<IntegrationId>,
    /// A sync never removes a protected person.
    pub protected: bool,
    /// The values; none of them is cleared.
    pub facts: Facts,
    /// Fields held at a value by hand, also those whose last day is over.
    pub pins: Vec<Pin>,
}

impl Employee {
    /// The value of a field.
    pub fn value(&self, field: FieldNumber) -> Option<&str> {
        self.facts.value(field)
    }

    /// The pin that holds a field on a day.
    pub fn pin(&self, field: FieldNumber, today: Date) -> Option<&Pin> {
        self.pins
            .iter()
            .find(|pin| pin.field == field && pin.holds(today))
    }

    /// Whether any field is pinned on a day: what a source says of the person is then always looked at in full.
    pub fn is_pinned(&self, today: Date) -> bool {
        self.pins.iter().any(|pin| pin.holds(today))
    }

    /// The source's stable id, if one is known.
    pub fn external_id(&self) -> Option<&str> {
        self.value(canonical::EXTERNAL_ID)
    }

    /// The business address; empty for nobody but erased people.
    pub fn email(&self) -> &str {
        self.value(canonical::EMAIL).unwrap_or_default()
    }

    /// First name, prefix and last name, for messages.
    pub fn name(&self) -> String {
        let parts = [
            canonical::FIRST_NAME,
            canonical::PREFIX,
            canonical::LAST_NAME,
        ];
        parts
            .iter()
            .filter_map(|field| self.value(*field))
            .collect::<Vec<_>>()
            .join(" ")
    }
}
