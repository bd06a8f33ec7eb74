//! What the audit log records: acts, and nothing that a person could want erased.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One kind of act.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    SignedIn,
    SignInRefused,
    SignedOut,
    SessionEnded,
    UserAdded,
    UserJoined,
    UserRoleChanged,
    UserDisabled,
    UserEnabled,
    ResetLinkCreated,
    PasswordChanged,
    TokenCreated,
    TokenRevoked,
    PlanApproved,
    PlanRejected,
    RunEnded,
    EmployeeErased,
    SettingsChanged,
    SecretSet,
    SecretRemoved,
    WebhookAdded,
    AlertChannelAdded,
    IssueSnoozed,
    IntegrationPaused,
    IntegrationResumed,
    FourEyesChanged,
    SmartGroupSaved,
    SmartGroupRemoved,
    TwoStepActivated,
    TwoStepRemoved,
    RecoveryCodeUsed,
    HostKeyAccepted,
    WebhookPaused,
    WebhookResumed,
    WebhookRemoved,
    AlertChannelRemoved,
    MailServerChanged,
    DeliveryDownloaded,
    EmployeesDownloaded,
    DatabaseRestored,
    WorkspaceCreated,
    WorkspaceDeleted,
    EmployeeExported,
    WebhookReplayed,
}

impl Act {
    pub const ALL: [Self; 44] = [
        Self::SignedIn,
        Self::SignInRefused,
        Self::SignedOut,
        Self::SessionEnded,
        Self::UserAdded,
        Self::UserJoined,
        Self::UserRoleChanged,
        Self::UserDisabled,
        Self::UserEnabled,
        Self::ResetLinkCreated,
        Self::PasswordChanged,
        Self::TokenCreated,
        Self::TokenRevoked,
        Self::PlanApproved,
        Self::PlanRejected,
        Self::RunEnded,
        Self::EmployeeErased,
        Self::SettingsChanged,
        Self::SecretSet,
        Self::SecretRemoved,
        Self::WebhookAdded,
        Self::AlertChannelAdded,
        Self::IssueSnoozed,
        Self::IntegrationPaused,
        Self::IntegrationResumed,
        Self::FourEyesChanged,
        Self::SmartGroupSaved,
        Self::SmartGroupRemoved,
        Self::TwoStepActivated,
        Self::TwoStepRemoved,
        Self::RecoveryCodeUsed,
        Self::HostKeyAccepted,
        Self::WebhookPaused,
        Self::WebhookResumed,
        Self::WebhookRemoved,
        Self::AlertChannelRemoved,
        Self::MailServerChanged,
        Self::DeliveryDownloaded,
        Self::EmployeesDownloaded,
        Self::DatabaseRestored,
        Self::WorkspaceCreated,
        Self::WorkspaceDeleted,
        Self::EmployeeExported,
        Self::WebhookReplayed,
    ];

    /// The act as stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignedOut => "signed_out",
            Self::SessionEnded => "session_ended",
            Self::UserAdded => "user_added",
            Self::UserJoined => "user_joined",
            Self::UserRoleChanged => "user_role_changed",
            Self::UserDisabled => "user_disabled",
            Self::UserEnabled => "user_enabled",
            Self::ResetLinkCreated => "reset_link_created",
            Self::PasswordChanged => "password_changed",
            Self::TokenCreated => "token_created",
            Self::TokenRevoked => "token_revoked",
            Self::PlanApproved => "plan_approved",
            Self::PlanRejected => "plan_rejected",
            Self::RunEnded => "run_ended",
            Self::EmployeeErased => "employee_erased",
            Self::SettingsChanged => "settings_changed",
            Self::SecretSet => "secret_set",
            Self::SecretRemoved => "secret_removed",
            Self::WebhookAdded => "webhook_added",
            Self::AlertChannelAdded => "alert_channel_added",
            Self::IssueSnoozed => "issue_snoozed",
            Self::IntegrationPaused => "integration_paused",
            Self::IntegrationResumed => "integration_resumed",
            Self::FourEyesChanged => "four_eyes_changed",
            Self::SmartGroupSaved => "smart_group_saved",
            Self::SmartGroupRemoved => "smart_group_removed",
            Self::TwoStepActivated => "two_step_activated",
            Self::TwoStepRemoved => "two_step_removed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::HostKeyAccepted => "host_key_accepted",
            Self::WebhookPaused => "webhook_paused",
            Self::WebhookResumed => "webhook_resumed",
            Self::WebhookRemoved => "webhook_removed",
            Self::AlertChannelRemoved => "alert_channel_removed",
            Self::MailServerChanged => "mail_server_changed",
            Self::DeliveryDownloaded => "delivery_downloaded",
            Self::EmployeesDownloaded => "employees_downloaded",
            Self::DatabaseRestored => "database_restored",
            Self::WorkspaceCreated => "workspace_created",
            Self::WorkspaceDeleted => "workspace_deleted",
            Self::EmployeeExported => "employee_exported",
            Self::WebhookReplayed => "webhook_replayed",
        }
    }

    /// Reads a stored act.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.as_str() == text)
    }
}

/// What an act was done to, by reference: its name or number, never a value of an employee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub kind: &'static str,
    pub reference: String,
}

impl Subject {
    pub fn new(kind: &'static str, reference: impl fmt::Display) -> Self {
        Self {
            kind,
            reference: reference.to_string(),
        }
    }
}

impl fmt::Display for Subject {
    /// As stored and printed: `run 12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_act_is_read_back() {
        for act in Act::ALL {
            assert_eq!(Act::parse(act.as_str()), Some(act));
            assert_eq!(
                serde_json::to_string(&act).unwrap(),
                format!("\"{}\"", act.as_str())
            );
        }
        assert_eq!(Act::parse("nothing"), None);
    }
}
