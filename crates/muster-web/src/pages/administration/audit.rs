//! The audit log of a workspace, page by page, and as JSON lines.

use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::Link,
    },
    respond::{self, Refusal},
    state::App,
    wording::{Times, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    response::Response,
};
use muster_core::model::audit::Act;
use muster_store::{AuditQuery, StoreError, StoredAudit};
use serde::Deserialize;
use serde_json::Value;

/// Entries of a page.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "pages/administration/audit.html")]
struct AuditPage {
    frame: Frame,
    path: String,
    acts: Vec<ActOption>,
    rows: Vec<AuditRow>,
    older: Option<String>,
    newest: Option<String>,
}

struct ActOption {
    value: &'static str,
    text: String,
    is_chosen: bool,
}

struct AuditRow {
    at: String,
    exact: String,
    actor: String,
    act: String,
    subject: String,
    values: String,
    number: i64,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    #[serde(default)]
    act: String,
    before: Option<i64>,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Query(filter): Query<Filter>,
) -> Response {
    respond::page(app, here, move |app, here| {
        read(app, here, &filter).map(Some)
    })
    .await
}

pub(crate) async fn export(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    let (visit, inside) = (here.visit.clone(), app.clone());
    let name = format!("audit-{}.jsonl", here.workspace.name);
    let written = respond::blocking(move || {
        let mut text = String::new();
        let workspace = &here.workspace;
        let mut each = |entry: StoredAudit| {
            let answer =
                entry.into_answer(|id| (id == workspace.id).then(|| workspace.name.clone()));
            text += &serde_json::to_string(&answer).unwrap_or_default();
            text.push('\n');
            true
        };
        inside.store.audit_after(Some(workspace.id), 0, &mut each)?;
        Ok(text)
    });
    match written.await {
        Ok(text) => respond::download(&name, "application/jsonl; charset=utf-8", text),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

fn read(app: &App, here: &Here, filter: &Filter) -> Result<AuditPage, StoreError> {
    let words = Frame::words();
    let title = words.t("nav-audit");
    let path = workspace_path(&here.workspace.name) + "/audit";
    let act = Act::parse(&filter.act);
    let query = AuditQuery {
        workspace: Some(here.workspace.id),
        act,
        since: None,
        before: filter.before,
        limit: PAGE + 1,
    };
    let mut entries = app.store.audit_page(&query)?;
    let has_more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let times = Times::of(&here.workspace, app.now());
    let act_name = act.map_or("", Act::as_str);
    let last = entries.last().filter(|_| has_more);
    let crumbs = vec![Link::new("", title.clone())];
    Ok(AuditPage {
        older: last.map(|last| format!("{path}?act={act_name}&before={}", last.number)),
        newest: filter.before.map(|_| format!("{path}?act={act_name}")),
        acts: Act::ALL
            .into_iter()
            .map(|one| ActOption {
                value: one.as_str(),
                text: act_text(one),
                is_chosen: Some(one) == act,
            })
            .collect(),
        rows: entries.iter().map(|entry| row(entry, &times)).collect(),
        frame: Frame::inside(app, here, Area::Audit, title, crumbs)?,
        path,
    })
}

fn row(entry: &StoredAudit, times: &Times) -> AuditRow {
    let words = Frame::words();
    let values = match (&entry.before, &entry.after) {
        (None, None) => String::new(),
        (None, Some(after)) => value(after),
        (Some(before), None) => format!("{} → {}", value(before), words.t("value-none")),
        (Some(before), Some(after)) => format!("{} → {}", value(before), value(after)),
    };
    AuditRow {
        at: times.moment(entry.at),
        exact: times.exact(entry.at),
        actor: visible(&entry.actor_name),
        act: act_text(entry.act),
        subject: visible(&entry.subject_name),
        values,
        number: entry.number,
    }
}

/// `role viewer, expires 2026-05-29`.
fn value(value: &Value) -> String {
    let Value::Object(members) = value else {
        return visible(&value.to_string());
    };
    let members = members.iter().map(|(name, value)| match value {
        Value::String(text) => format!("{name} {}", visible(text)),
        other => format!("{name} {}", visible(&other.to_string())),
    });
    members.collect::<Vec<_>>().join(", ")
}

fn act_text(act: Act) -> String {
    Frame::words().t(match act {
        Act::SignedIn => "act-signed-in",
        Act::SignInRefused => "act-sign-in-refused",
        Act::SignedOut => "act-signed-out",
        Act::SessionEnded => "act-session-ended",
        Act::UserAdded => "act-user-added",
        Act::UserJoined => "act-user-joined",
        Act::UserRoleChanged => "act-user-role-changed",
        Act::UserDisabled => "act-user-disabled",
        Act::UserEnabled => "act-user-enabled",
        Act::ResetLinkCreated => "act-reset-link-created",
        Act::PasswordChanged => "act-password-changed",
        Act::TokenCreated => "act-token-created",
        Act::TokenRevoked => "act-token-revoked",
        Act::PlanApproved => "act-plan-approved",
        Act::PlanRejected => "act-plan-rejected",
        Act::RunEnded => "act-run-ended",
        Act::EmployeeErased => "act-employee-erased",
        Act::SettingsChanged => "act-settings-changed",
        Act::SecretSet => "act-secret-set",
        Act::SecretRemoved => "act-secret-removed",
        Act::WebhookAdded => "act-webhook-added",
        Act::AlertChannelAdded => "act-alert-channel-added",
        Act::IssueSnoozed => "act-issue-snoozed",
        Act::IntegrationPaused => "act-integration-paused",
        Act::IntegrationResumed => "act-integration-resumed",
        Act::FourEyesChanged => "act-four-eyes-changed",
        Act::SmartGroupSaved => "act-smart-group-saved",
        Act::SmartGroupRemoved => "act-smart-group-removed",
        Act::TwoStepActivated => "act-two-step-activated",
        Act::TwoStepRemoved => "act-two-step-removed",
        Act::RecoveryCodeUsed => "act-recovery-code-used",
        Act::HostKeyAccepted => "act-host-key-accepted",
        Act::WebhookPaused => "act-webhook-paused",
        Act::WebhookResumed => "act-webhook-resumed",
        Act::WebhookRemoved => "act-webhook-removed",
        Act::AlertChannelRemoved => "act-alert-channel-removed",
        Act::MailServerChanged => "act-mail-server-changed",
        Act::DeliveryDownloaded => "act-delivery-downloaded",
        Act::EmployeesDownloaded => "act-employees-downloaded",
        Act::DatabaseRestored => "act-database-restored",
        Act::WorkspaceCreated => "act-workspace-created",
        Act::WorkspaceDeleted => "act-workspace-deleted",
        Act::EmployeeExported => "act-employee-exported",
        Act::WebhookReplayed => "act-webhook-replayed",
    })
}
