//! What other systems are told about employees. An event names an employee and what changed, and holds no value: values are read
//! when it is sent.

use crate::{
    derive::budget::BudgetKind,
    model::{employee::Employee, field::Schema},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The type of an event.
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
pub enum EventKind {
    #[serde(rename = "employee.created")]
    Created,
    #[serde(rename = "employee.updated")]
    Updated,
    #[serde(rename = "employee.deactivated")]
    Deactivated,
    #[serde(rename = "employee.reactivated")]
    Reactivated,
    #[serde(rename = "employee.erased")]
    Erased,
    #[serde(rename = "membership.added")]
    MembershipAdded,
    #[serde(rename = "membership.removed")]
    MembershipRemoved,
    #[serde(rename = "budget.granted")]
    BudgetGranted,
    #[serde(rename = "budget.ended")]
    BudgetEnded,
}

impl EventKind {
    pub const ALL: [Self; 9] = [
        Self::Created,
        Self::Updated,
        Self::Deactivated,
        Self::Reactivated,
        Self::Erased,
        Self::MembershipAdded,
        Self::MembershipRemoved,
        Self::BudgetGranted,
        Self::BudgetEnded,
    ];

    /// The type as it is sent and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "employee.created",
            Self::Updated => "employee.updated",
            Self::Deactivated => "employee.deactivated",
            Self::Reactivated => "employee.reactivated",
            Self::Erased => "employee.erased",
            Self::MembershipAdded => "membership.added",
            Self::MembershipRemoved => "membership.removed",
            Self::BudgetGranted => "budget.granted",
            Self::BudgetEnded => "budget.ended",
        }
    }

    /// Reads a stored type.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What became of an event on its way to one receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    Waiting,
    Delivered,
    /// It is no longer attempted.
    Dead,
    /// It was undone before it was sent.
    Recalled,
}

impl DeliveryState {
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Delivered, Self::Dead, Self::Recalled];

    /// The state as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
            Self::Recalled => "recalled",
        }
    }

    /// Reads a stored state.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// What an event is about beside its employee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventDetail {
    /// The keys of the fields that changed, and `status`.
    Changed(Vec<String>),
    /// The number of a smart group.
    Group(i64),
    Budget {
        kind: BudgetKind,
        category: String,
    },
}

/// What happened to an employee between two states; none: nothing that others see.
pub fn employee_event(
    before: Option<&Employee>,
    after: &Employee,
    schema: &Schema,
) -> Option<(EventKind, EventDetail)> {
    let Some(before) = before else {
        let changed = changed_fields(None, after, schema);
        return Some((EventKind::Created, EventDetail::Changed(changed)));
    };
    let changed = changed_fields(Some(before), after, schema);
    let kind = match (before.status.is_employed(), after.status.is_employed()) {
        _ if after.status == super::employee::Status::Erased => {
            let is_new = before.status != super::employee::Status::Erased;
            // Which fields had a value is no matter of others any more.
            return is_new.then_some((EventKind::Erased, EventDetail::Changed(Vec::new())));
        }
        (true, false) => EventKind::Deactivated,
        (false, true) => EventKind::Reactivated,
        _ if changed.is_empty() => return None,
        _ => EventKind::Updated,
    };
    Some((kind, EventDetail::Changed(changed)))
}

fn changed_fields(before: Option<&Employee>, after: &Employee, schema: &Schema) -> Vec<String> {
    let fields = before
        .into_iter()
        .chain([after])
        .flat_map(|employee| employee.facts.as_ref().iter().map(|(field, _)| field))
        .collect::<BTreeSet<_>>();
    let value = |employee: Option<&Employee>, field| {
        employee.and_then(|employee| employee.value(field).map(str::to_owned))
    };
    let changed = fields
        .into_iter()
        .filter(|field| value(before, *field) != value(Some(after), *field));
    let mut keys: Vec<String> = changed.map(|field| schema.key(field).to_owned()).collect();
    if before.is_some_and(|before| before.status != after.status) {
        keys.push("status".to_owned());
    }
    keys
}
