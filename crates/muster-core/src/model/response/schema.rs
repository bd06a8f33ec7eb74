//! The JSON Schemas of all answers, by the name of their page in the reference.

use super::*;
use schemars::{JsonSchema, Schema, schema_for};

/// Every answer with its schema.
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("alert", schema_for!(AlertAnswer)),
        ("alert-list", schema_for!(AlertList)),
        ("apply", schema_for!(ApplyAnswer)),
        ("approve", schema_for!(Approval)),
        ("audit-export", schema_for!(AuditEntry)),
        (
            "audit-list",
            list::<AuditEntry>(
                "AuditLog",
                "The answer of `audit list`: who did what, and when.",
            ),
        ),
        ("audit-verify", schema_for!(AuditVerification)),
        ("backup", schema_for!(BackupAnswer)),
        (
            "budgets",
            list::<Grant>(
                "Grants",
                "The answer of `budgets`: the grants of employees.",
            ),
        ),
        ("budgets-month", schema_for!(MonthAnswer)),
        ("check", schema_for!(CheckAnswer)),
        ("companies", schema_for!(Companies)),
        ("database-copy", schema_for!(CopyAnswer)),
        ("doctor", schema_for!(DoctorAnswer)),
        ("employee-export", schema_for!(EmployeeExport)),
        ("drill", schema_for!(DrillReport)),
        ("employee-plan", schema_for!(EditPreview)),
        (
            "employees",
            list::<ListedEmployee<(), ()>>(
                "Employees",
                "The answer of `employees`: the employees of the workspace.",
            ),
        ),
        ("erase", schema_for!(ErasureAnswer)),
        ("erase-lift", schema_for!(Lifted)),
        ("error", schema_for!(Failure)),
        ("explain", schema_for!(Explanation)),
        ("explain-unknown", schema_for!(Unknown)),
        (
            "export",
            list::<ExportedIntegration>(
                "ExportedIntegrations",
                "The answer of `export`: the integrations and the files with their settings.",
            ),
        ),
        (
            "fields",
            list::<CustomField>(
                "CustomFields",
                "The answer of `fields`: the custom fields of the workspace.",
            ),
        ),
        ("fields-add", schema_for!(FieldAdded)),
        ("fields-remove", schema_for!(FieldRemoved)),
        ("fields-rename", schema_for!(FieldRenamed)),
        ("groups", schema_for!(Groups)),
        ("groups-apply", schema_for!(GroupsSaved)),
        ("groups-remove", schema_for!(GroupRemoved)),
        ("groups-show", schema_for!(GroupDetails)),
        (
            "integration-history",
            list::<SettingsVersionLine>(
                "SettingsHistory",
                "The answer of `integration history`: the versions of the settings of an integration.",
            ),
        ),
        ("integration-succeed", schema_for!(SuccessionReport)),
        (
            "issues",
            list::<IssueLine>(
                "Issues",
                "The answer of `issues`: what needs the attention of a person, the most severe first.",
            ),
        ),
        ("issues-show", schema_for!(IssueDetails)),
        ("issues-snooze", schema_for!(IssueSnoozed)),
        ("key-rotate", schema_for!(KeyRotated)),
        ("key-show", schema_for!(KeyAnswer)),
        (
            "org",
            list::<OrgLine>(
                "ReportingLines",
                "The answer of `org`: employees below their managers.",
            ),
        ),
        ("org-problems", schema_for!(OrgProblems)),
        (
            "pins",
            list::<Pin>(
                "Pins",
                "The answer of `pins`: the pinned fields of employees.",
            ),
        ),
        ("profile", schema_for!(ProfileAnswer)),
        ("protect", schema_for!(Protection)),
        ("reject", schema_for!(Rejection)),
        ("replay", schema_for!(Replay)),
        ("restore", schema_for!(RestoreAnswer)),
        ("run-details", schema_for!(RunDetails)),
        ("run-report", schema_for!(RunReport)),
        (
            "runs",
            list::<Run>(
                "Runs",
                "The answer of `runs`: the latest runs, newest first.",
            ),
        ),
        ("runs-abandon", schema_for!(Done)),
        (
            "ssh-algorithms",
            list::<Algorithms>(
                "SshAlgorithms",
                "The answer of `ssh-algorithms`: what the SSH client supports, by kind.",
            ),
        ),
        ("secret", schema_for!(SecretAnswer)),
        (
            "secret-list",
            list::<ListedSecret>(
                "StoredSecrets",
                "The answer of `secret list`: the stored secrets, without their values.",
            ),
        ),
        ("status", schema_for!(ServiceStatus)),
        ("sweep", schema_for!(SweepReport)),
        ("token-create", schema_for!(TokenCreated)),
        (
            "token-list",
            list::<ListedToken>(
                "ApiTokens",
                "The answer of `token list`: the API tokens of the workspace, without the tokens themselves.",
            ),
        ),
        ("token-revoke", schema_for!(TokenRevoked)),
        ("user", schema_for!(UserChanged)),
        ("user-add", schema_for!(UserLink)),
        ("user-four-eyes", schema_for!(ApprovalsSet)),
        (
            "user-list",
            list::<ListedUser>(
                "Users",
                "The answer of `user list`: who may sign in to the admin pages.",
            ),
        ),
        ("webhooks", schema_for!(WebhookAnswer)),
        ("webhooks-list", schema_for!(WebhookList)),
        ("test", schema_for!(ConnectionTest<Problem>)),
        ("verify", schema_for!(VerifyAnswer)),
        ("workspace", schema_for!(WorkspaceChanged)),
        (
            "workspace-list",
            list::<WorkspaceSummary>(
                "Workspaces",
                "The answer of `workspace list`: the workspaces with what needs attention.",
            ),
        ),
    ]
}

/// An answer that is a list, with a name and a description, which the list itself has none of.
fn list<T: JsonSchema>(title: &str, description: &str) -> Schema {
    let mut schema = schema_for!(Vec<T>);
    schema.insert("title".to_owned(), title.into());
    schema.insert("description".to_owned(), description.into());
    schema
}
