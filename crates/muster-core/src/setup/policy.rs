//! What an integration may do to the directory: matching, departures, guards and approval, as settings.

use crate::{
    model::field::FieldNumber,
    setup::mapping::{BlankPolicy, InvalidPolicy},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Every policy of an integration (directory rules 4 to 8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// How a record finds its person.
    pub match_by: MatchBy,
    /// Put before every external id and manager id of the source, so that two sources that number from 1 are kept
    /// apart.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id_prefix: String,
    /// What happens to people who are absent from a complete delivery.
    pub missing: Missing,
    /// From how many complete deliveries in a row an employee must be missing; at least 1.
    pub missing_runs: u16,
    /// What happens to known people who are no longer selected.
    pub deselected: Deselected,
    /// What a record does that looks like a known person under a new address.
    pub email_change: EmailChange,
    /// What a group does that does not exist.
    pub unknown_group: UnknownGroup,
    /// What a blank value does.
    pub blank: BlankPolicy,
    /// What an invalid optional value does.
    pub invalid_value: InvalidPolicy,
    /// Raw values that mean "no date", of every field that is a date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_date: Vec<String>,
    /// Whether a delivery has every employee.
    #[serde(default = "everyone", skip_serializing_if = "is_everyone")]
    pub coverage: Coverage,
    /// When a plan needs a person's approval although no guard tripped.
    pub approve: Approve,
    /// What a tripped guard holds.
    pub on_guard: OnGuard,
    /// Where the guards trip.
    pub limits: GuardLimits,
}

macro_rules! setting {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }
    };
}

setting!(
    /// How a record finds its person.
    MatchBy {
        /// By external id; by address where the record has no id or nobody has it.
        ExternalIdThenEmail,
        /// By external id only ("Source data"); every record must have one.
        ExternalId,
        Email,
    }
);
setting!(
    /// What happens to people who are absent from a complete delivery.
    Missing {
        /// Nothing: people leave by their offboarding date only.
        Keep,
        Deactivate,
        /// They are deactivated and their values removed.
        Delete,
    }
);
setting!(
    /// What a complete delivery has.
    Coverage {
        Everyone,
        /// Only employees who are new or have changed: being absent means nothing.
        Changes,
    }
);

fn everyone() -> Coverage {
    Coverage::Everyone
}

fn is_everyone(coverage: &Coverage) -> bool {
    *coverage == Coverage::Everyone
}

setting!(
    /// What happens to known people who are no longer selected.
    Deselected {
        Deactivate,
        Keep,
    }
);
setting!(
    /// What a record without external id does that has the names and birthday of an active person
    /// who is not in the delivery, but another address.
    EmailChange {
        /// The record is held for a person to decide.
        Hold,
        /// A new person is created; the old account stays.
        Create,
    }
);
setting!(
    /// What a group does that does not exist.
    UnknownGroup {
        /// The person is kept, the group unchanged, with a warning.
        Warn,
        /// The group is created.
        Create,
        /// The record is rejected.
        Reject,
    }
);
setting!(
    /// When a plan needs a person's approval although no guard tripped.
    Approve {
        /// The first plan, and the first after mapping, matching or selection changed.
        First,
        Always,
        Never,
    }
);
setting!(
    /// What a tripped guard holds.
    OnGuard {
        HoldAll,
        /// Only the removals; the rest is applied.
        HoldRemovals,
    }
);

/// A limit that trips when a share and a number are both exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Percent of the denominator; more than this trips.
    pub percent: f64,
    /// Number; more than this trips, together with the share.
    pub number: u64,
}

impl Limit {
    /// Whether `part` of `whole` is over the limit.
    pub fn is_exceeded(&self, part: u64, whole: u64) -> bool {
        part > self.number && part as f64 * 100.0 > self.percent * whole as f64
    }
}

/// Where the guards trip (directory rule 7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuardLimits {
    /// Removals in a run, of the integration's active people.
    pub removals: Limit,
    /// Removals in a run that trip whatever the share.
    pub removals_number: u64,
    /// Removals over seven days, of the workspace's active people.
    pub removals_week: Limit,
    /// Fewer records than in the last good run.
    pub shrunk: Limit,
    /// Changes of e-mail address or external id.
    pub key_changes: Limit,
    pub rejected: Limit,
    /// Employees of which one field changes.
    pub field_changes: Limit,
    /// A field filled for at least this percent of records ...
    pub fill_from: f64,
    /// ... and now for less than this percent trips.
    pub fill_to: f64,
    /// Employees of which a key, a name, the status or a date changes.
    #[serde(
        default = "core_field_changes",
        skip_serializing_if = "is_core_field_changes"
    )]
    pub core_field_changes: Limit,
    /// New groups, of the groups there are.
    #[serde(default = "new_groups", skip_serializing_if = "is_new_groups")]
    pub new_groups: Limit,
    /// The total of a monthly budget: percent that it changes by, and employees whose amount changes.
    #[serde(default = "budget_total", skip_serializing_if = "is_budget_total")]
    pub budget_total: Limit,
    /// A second one-off budget of one employee and category trips within this many days; 0: never.
    #[serde(default = "one_off_days", skip_serializing_if = "is_one_off_days")]
    pub one_off_days: u16,
    /// Fields that may change for everyone (`volatile = true`).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub volatile: BTreeSet<FieldNumber>,
    /// Assertions that every plan must keep, as they are written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentinels: Vec<String>,
}

/// Limits that version 0.1.0 did not have. Their defaults are not serialised, so that the setup of an integration
/// that does not set them keeps its version.
macro_rules! added_limits {
    ($($name:ident $is_default:ident: $kind:ty = $value:expr;)*) => {
        $(
            fn $name() -> $kind {
                $value
            }

            fn $is_default(limit: &$kind) -> bool {
                *limit == $name()
            }
        )*
    };
}

added_limits! {
    core_field_changes is_core_field_changes: Limit = Limit { percent: 80.0, number: 3 };
    new_groups is_new_groups: Limit = Limit { percent: 20.0, number: 5 };
    budget_total is_budget_total: Limit = Limit { percent: 25.0, number: 3 };
    one_off_days is_one_off_days: u16 = 31;
}

impl Default for GuardLimits {
    fn default() -> Self {
        let limit = |percent, number| Limit { percent, number };
        Self {
            removals: limit(10.0, 3),
            removals_number: 500,
            removals_week: limit(20.0, 10),
            shrunk: limit(20.0, 3),
            key_changes: limit(10.0, 3),
            rejected: limit(20.0, 10),
            field_changes: limit(80.0, 20),
            fill_from: 50.0,
            fill_to: 5.0,
            core_field_changes: core_field_changes(),
            new_groups: new_groups(),
            budget_total: budget_total(),
            one_off_days: one_off_days(),
            volatile: BTreeSet::new(),
            sentinels: Vec::new(),
        }
    }
}

impl Default for Policy {
    /// The defaults of a file source: nobody departs by absence, blanks keep.
    fn default() -> Self {
        Self {
            match_by: MatchBy::ExternalIdThenEmail,
            id_prefix: String::new(),
            missing: Missing::Keep,
            missing_runs: 1,
            deselected: Deselected::Deactivate,
            email_change: EmailChange::Hold,
            unknown_group: UnknownGroup::Warn,
            blank: BlankPolicy::Keep,
            invalid_value: InvalidPolicy::Drop,
            no_date: Vec::new(),
            coverage: Coverage::Everyone,
            approve: Approve::First,
            on_guard: OnGuard::HoldAll,
            limits: GuardLimits::default(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test ends with a panic")]
mod tests {
    use super::*;

    #[test]
    fn limits_at_their_defaults_add_nothing_to_the_setup_of_version_0_1_0() {
        let known = [
            "removals",
            "removals_number",
            "removals_week",
            "shrunk",
            "key_changes",
            "rejected",
            "field_changes",
            "fill_from",
            "fill_to",
        ];
        let keys = |limits: &GuardLimits| -> Vec<String> {
            let value = serde_json::to_value(limits).unwrap();
            value.as_object().unwrap().keys().cloned().collect()
        };
        let mut keys_of_default = keys(&GuardLimits::default());
        keys_of_default.sort();
        let mut known = known.map(str::to_owned);
        known.sort();
        assert_eq!(keys_of_default, known);
        let text = serde_json::to_string(&GuardLimits::default()).unwrap();
        let read: GuardLimits = serde_json::from_str(&text).unwrap();
        assert_eq!(read, GuardLimits::default());
        let set = GuardLimits {
            one_off_days: 7,
            ..GuardLimits::default()
        };
        assert!(keys(&set).contains(&"one_off_days".to_owned()));
    }

    #[test]
    fn a_limit_needs_both_the_share_and_the_number() {
        let limit = Limit {
            percent: 10.0,
            number: 3,
        };
        assert!(
            !limit.is_exceeded(3, 4),
            "three people are never over the floor"
        );
        assert!(
            !limit.is_exceeded(4, 40),
            "exactly ten percent is not more than ten percent"
        );
        assert!(limit.is_exceeded(4, 39));
    }
}
