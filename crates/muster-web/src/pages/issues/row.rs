//! An issue in words, with the page on which a person does something about it.

use crate::{
    pages::{
        frame::Frame,
        parts::{BAD, Link, Markup, look, sentence_with_code, sign},
        runs::verdict::sentence,
    },
    state::App,
    texts::{Argument, Words},
    wording::{Times, visible},
};
use muster_core::{
    issue::{IssueDetail, Level, PausedBy},
    model::ids::IntegrationId,
};
use muster_store::StoredIssue;
use std::collections::BTreeMap;

pub(crate) struct IssueRow {
    pub(crate) href: String,
    pub(crate) sign: Markup,
    pub(crate) title: String,
    pub(crate) message: Markup,
    /// Since when it is open, and until when it is snoozed.
    pub(crate) facts: Vec<String>,
}

/// What the rows of a workspace need.
pub(crate) struct Naming<'a> {
    pub(crate) app: &'a App,
    pub(crate) root: &'a str,
    pub(crate) integrations: &'a BTreeMap<IntegrationId, String>,
    pub(crate) times: &'a Times,
}

impl Naming<'_> {
    pub(crate) fn row(&self, issue: &StoredIssue) -> IssueRow {
        let words = Frame::words();
        let mut facts = vec![words.v("issue-since", &self.times.moment(issue.opened))];
        if let Some(resolved) = issue.resolved {
            facts.push(words.v("issue-resolved", &self.times.moment(resolved)));
        } else if let Some(until) = issue.snoozed_until {
            let by = issue.snoozed_by.as_deref().unwrap_or("–");
            facts.push(words.with(
                "issue-snoozed",
                &[
                    ("until", Argument::Text(&self.times.moment(until))),
                    ("by", Argument::Text(&visible(by))),
                ],
            ));
        }
        IssueRow {
            href: format!("{}/issues/{}", self.root, issue.id),
            sign: level_sign(words, issue.level),
            title: title(issue),
            message: self.message(&issue.detail),
            facts,
        }
    }

    pub(crate) fn message(&self, detail: &IssueDetail) -> Markup {
        let said = (self.app.web.sentences.issue)(detail);
        sentence_with_code(&visible(&sentence(said.message)))
    }

    /// Where a person does something about it; none: outside of Muster.
    pub(crate) fn link(&self, issue: &StoredIssue) -> Option<Link> {
        let words = Frame::words();
        match &issue.detail {
            IssueDetail::HeldPlan { plan, .. } | IssueDetail::ApprovalExpiring { plan, .. } => {
                let href = format!("{}/runs/{}", self.root, plan.run);
                Some(Link::new(href, words.t("action-review-plan")))
            }
            IssueDetail::FailedRepeatedly { run, .. } => {
                let href = format!("{}/runs/{run}", self.root);
                Some(Link::new(href, words.t("issue-open-run")))
            }
            _ => {
                let wanted = issue.integration.as_ref()?;
                let mut all = self.integrations.iter();
                let (id, _) = all.find(|(_, name)| *name == wanted)?;
                let href = format!("{}/integrations/{id}", self.root);
                Some(Link::new(href, words.t("issue-open-integration")))
            }
        }
    }
}

pub(crate) fn level_sign(words: &Words, level: Level) -> Markup {
    match level {
        Level::Critical => sign(BAD, &words.t("issue-critical")),
        Level::Warning => sign(look("is-held", "circle-alert"), &words.t("issue-warning")),
    }
}

/// `store-staff: No new delivery`.
pub(crate) fn title(issue: &StoredIssue) -> String {
    let words = Frame::words();
    let kind = words.t(match &issue.detail {
        IssueDetail::HeldPlan { .. } => "issue-held-plan",
        IssueDetail::ApprovalExpiring { .. } => "issue-approval-expiring",
        IssueDetail::FailedRepeatedly { .. } => "issue-failed-repeatedly",
        IssueDetail::IntegrationPaused { .. } => "issue-integration-paused",
        IssueDetail::NoDelivery { .. } => "issue-no-delivery",
        IssueDetail::NoNextSlot { .. } => "issue-no-next-slot",
        IssueDetail::CredentialExpiring { .. } => "issue-credential-expiring",
        IssueDetail::NewColumn { .. } => "issue-new-column",
        IssueDetail::MissingColumn { .. } => "issue-missing-column",
        IssueDetail::UnchangedForLong { .. } => "issue-unchanged-for-long",
        IssueDetail::DiskLow { .. } => "issue-disk-low",
        IssueDetail::BackupOld { .. } => "issue-backup-old",
    });
    match &issue.integration {
        Some(integration) => format!("{}: {kind}", visible(integration)),
        None => kind,
    }
}

/// What a person does about it in the admin pages.
pub(crate) fn help(detail: &IssueDetail) -> String {
    Frame::words().t(match detail {
        IssueDetail::HeldPlan {
            is_expired: true, ..
        } => "issue-help-expired",
        IssueDetail::HeldPlan { .. } | IssueDetail::ApprovalExpiring { .. } => "issue-help-review",
        IssueDetail::FailedRepeatedly { .. } => "issue-help-failed",
        IssueDetail::IntegrationPaused {
            by: PausedBy::HostKey,
            ..
        } => "issue-help-host-key",
        IssueDetail::IntegrationPaused { .. } => "issue-help-paused",
        IssueDetail::NoDelivery { .. } => "issue-help-delivery",
        IssueDetail::NoNextSlot { .. } => "issue-help-slot",
        IssueDetail::CredentialExpiring { .. } => "issue-help-credential",
        IssueDetail::NewColumn { .. } => "issue-help-new-column",
        IssueDetail::MissingColumn { .. } => "issue-help-missing-column",
        IssueDetail::UnchangedForLong { .. } => "issue-help-unchanged",
        IssueDetail::DiskLow { .. } => "issue-help-disk",
        IssueDetail::BackupOld { .. } => "issue-help-backup",
    })
}
