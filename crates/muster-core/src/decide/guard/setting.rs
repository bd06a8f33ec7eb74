//! The settings that decide whether a guard trips, so that a finding can name its own.

use super::{Evidence, Guard};
use serde::{Deserialize, Serialize};

macro_rules! settings {
    ($($variant:ident = $path:literal;)*) => {
        /// A setting of an integration that a guard follows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum GuardSetting { $(#[serde(rename = $path)] $variant,)* }

        impl GuardSetting {
            /// The path, as in errors of settings.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $path,)* }
            }
        }
    };
}

settings! {
    Removals = "guard.removals";
    RemovalsNumber = "guard.removals_number";
    RemovalsWeek = "guard.removals_week";
    Shrunk = "guard.shrunk";
    KeyChanges = "guard.key_changes";
    Rejected = "guard.rejected";
    FillFrom = "guard.fill_from";
    FillTo = "guard.fill_to";
    FieldChanges = "guard.field_changes";
    CoreFieldChanges = "guard.core_field_changes";
    NewGroups = "guard.new_groups";
    BudgetTotal = "guard.budget_total";
    OneOffDays = "guard.one_off_days";
    Sentinels = "guard.sentinels";
    Missing = "policy.missing";
    OnGuard = "policy.on_guard";
    Approve = "policy.approve";
}

/// The settings of a guard's finding in the plan of an integration.
pub(super) fn of(guard: Guard, evidence: &Evidence) -> &'static [GuardSetting] {
    use GuardSetting::*;
    match (guard, evidence) {
        (Guard::Removals, _) => &[Removals, RemovalsNumber],
        (Guard::RemovalsWeek, _) => &[RemovalsWeek],
        (Guard::Deletions, _) => &[Missing],
        (Guard::PassedOn, _) => &[OnGuard],
        (Guard::Shrunk, _) => &[Shrunk],
        (Guard::KeyChanges, _) => &[KeyChanges],
        (Guard::Rejected, _) => &[Rejected],
        (Guard::Fill, Evidence::Fill { .. }) => &[FillFrom, FillTo],
        (Guard::FieldChanges, Evidence::FieldChanges { is_core: true, .. }) => &[CoreFieldChanges],
        (Guard::OneValue | Guard::FieldChanges, _) => &[FieldChanges],
        (Guard::NewGroups, _) => &[NewGroups],
        (Guard::Sentinel, _) => &[Sentinels],
        (Guard::BudgetTotal, _) => &[BudgetTotal],
        (Guard::SecondOneOff, _) => &[OneOffDays],
        (Guard::FirstRun | Guard::SetupChanged | Guard::ApproveAlways, _) => &[Approve],
        (Guard::Fill | Guard::FirstColumn | Guard::Older, _)
        | (Guard::OldContent | Guard::IntegrationHeld, _) => &[],
    }
}
