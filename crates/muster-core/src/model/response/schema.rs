//! The JSON Schemas of all answers, by the name of their page in the reference.

use super::*;
use schemars::{Schema, schema_for};

/// Every answer with its schema.
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("apply", schema_for!(ApplyAnswer)),
        ("approve", schema_for!(Approval)),
        ("budgets", schema_for!(Vec<Grant>)),
        ("budgets-month", schema_for!(MonthAnswer)),
        ("check", schema_for!(CheckAnswer)),
        ("companies", schema_for!(Companies)),
        ("employee-plan", schema_for!(EditPreview)),
        ("erase", schema_for!(ErasureAnswer)),
        ("erase-lift", schema_for!(Lifted)),
        ("error", schema_for!(Failure)),
        ("explain", schema_for!(Explanation)),
        ("explain-unknown", schema_for!(Unknown)),
        ("export", schema_for!(Vec<ExportedIntegration>)),
        ("fields", schema_for!(Vec<CustomField>)),
        ("fields-add", schema_for!(FieldAdded)),
        ("fields-remove", schema_for!(FieldRemoved)),
        ("fields-rename", schema_for!(FieldRenamed)),
        ("groups", schema_for!(Groups)),
        ("groups-apply", schema_for!(GroupsSaved)),
        ("groups-remove", schema_for!(GroupRemoved)),
        ("groups-show", schema_for!(GroupDetails)),
        ("integration-succeed", schema_for!(SuccessionReport)),
        ("issues", schema_for!(Vec<IssueLine>)),
        ("issues-show", schema_for!(IssueDetails)),
        ("issues-snooze", schema_for!(IssueSnoozed)),
        ("key-rotate", schema_for!(KeyRotated)),
        ("key-show", schema_for!(KeyAnswer)),
        ("org", schema_for!(Vec<OrgLine>)),
        ("org-problems", schema_for!(OrgProblems)),
        ("pins", schema_for!(Vec<Pin>)),
        ("profile", schema_for!(ProfileAnswer)),
        ("protect", schema_for!(Protection)),
        ("reject", schema_for!(Rejection)),
        ("replay", schema_for!(Replay)),
        ("run-details", schema_for!(RunDetails)),
        ("run-report", schema_for!(RunReport)),
        ("runs", schema_for!(Vec<Run>)),
        ("runs-abandon", schema_for!(Done)),
        ("ssh-algorithms", schema_for!(Vec<Algorithms>)),
        ("secret", schema_for!(SecretAnswer)),
        ("secret-list", schema_for!(Vec<ListedSecret>)),
        ("status", schema_for!(ServiceStatus)),
        ("sweep", schema_for!(SweepReport)),
        ("test", schema_for!(ConnectionTest<Problem>)),
    ]
}
