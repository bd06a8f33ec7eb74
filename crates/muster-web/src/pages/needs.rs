//! What needs a person in a workspace: issues, plans and records that wait for a decision, and runs that failed.

use crate::{
    access::Here,
    pages::{
        frame::{Frame, holds_up, workspace_path},
        issues::{
            list::is_snoozed,
            row::{level_sign, title},
        },
        parts::{BAD, HELD, Markup, look, sign},
        runs::verdict::sentence,
    },
    state::App,
    texts::Argument,
    wording::{Times, visible},
};
use muster_core::{
    issue::{IssueDetail, Level},
    model::run::{Run, RunStatus},
};
use muster_store::{StoreError, StoredIssue, StoredPlan};

/// Something that waits for a person.
pub(crate) struct Need {
    pub(crate) sign: Markup,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) action: String,
}

/// What is critical comes first, then what waits for a decision, then the rest.
pub(crate) fn read(
    app: &App,
    here: &Here,
    plans: &[StoredPlan],
    runs: &[Run],
    times: &Times,
) -> Result<Vec<Need>, StoreError> {
    let words = Frame::words();
    let root = workspace_path(&here.workspace.name);
    let mut issues = app.store.open_issues(here.workspace.id)?;
    // A held plan is listed by itself, at once and with the reason.
    issues.retain(|issue| !is_snoozed(issue, app.now()) && !is_about_plan(issue));
    let of = |level: Level| {
        let issues = issues.iter().filter(move |issue| issue.level == level);
        issues.map(|issue| of_issue(app, &root, issue))
    };
    let mut needs: Vec<Need> = of(Level::Critical).collect();
    let waiting = plans.iter().filter(|plan| holds_up(plan.status));
    needs.extend(waiting.map(|plan| held(app, &root, plan, times)));
    let decisions = app.store.held_operation_count(&here.workspace)?;
    if decisions > 0 {
        needs.push(Need {
            sign: sign(look("is-held", "inbox"), ""),
            href: format!("{root}/decisions"),
            title: words.n("need-decisions", decisions),
            text: words.t("need-decisions-text"),
            action: words.t("action-decide"),
        });
    }
    needs.extend(of(Level::Warning));
    needs.extend(failed(&root, runs, &issues, times));
    Ok(needs)
}

fn is_about_plan(issue: &StoredIssue) -> bool {
    matches!(
        issue.detail,
        IssueDetail::HeldPlan { .. } | IssueDetail::ApprovalExpiring { .. }
    )
}

/// Whether it says already that the runs of an integration fail.
fn is_about_failures(issue: &StoredIssue, integration: &str) -> bool {
    let is_about = matches!(
        issue.detail,
        IssueDetail::FailedRepeatedly { .. } | IssueDetail::IntegrationPaused { .. }
    );
    is_about && issue.integration.as_deref() == Some(integration)
}

fn of_issue(app: &App, root: &str, issue: &StoredIssue) -> Need {
    let words = Frame::words();
    Need {
        sign: level_sign(words, issue.level),
        href: format!("{root}/issues/{}", issue.id),
        title: title(issue),
        text: visible(&sentence((app.web.sentences.issue)(&issue.detail).message)),
        action: words.t("action-open"),
    }
}

fn held(app: &App, root: &str, plan: &StoredPlan, times: &Times) -> Need {
    let words = Frame::words();
    let subject = plan
        .integration_name
        .clone()
        .unwrap_or_else(|| words.t("run-kind-sweep"));
    let first = plan
        .findings
        .first()
        .map(|found| (app.web.sentences.finding)(found).message);
    let waits = words.v("run-waits-until", &times.moment(plan.expires));
    Need {
        sign: sign(HELD, ""),
        href: format!("{root}/runs/{}", plan.id.run),
        title: words.with(
            "need-plan",
            &[
                ("name", Argument::Text(&subject)),
                ("run", Argument::Text(&plan.id.run.to_string())),
            ],
        ),
        text: match first {
            Some(found) => format!("{}. {waits}", sentence(found)),
            None => waits,
        },
        action: words.t("action-review"),
    }
}

/// Integrations whose latest run failed; the runs are newest first.
fn failed(root: &str, runs: &[Run], issues: &[StoredIssue], times: &Times) -> Vec<Need> {
    let words = Frame::words();
    let mut seen = Vec::new();
    let mut needs = Vec::new();
    for run in runs {
        let Some(name) = &run.integration else {
            continue;
        };
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        if issues.iter().any(|issue| is_about_failures(issue, name)) {
            continue;
        }
        if matches!(
            run.status,
            RunStatus::Failed | RunStatus::Refused | RunStatus::Interrupted
        ) {
            needs.push(Need {
                sign: sign(BAD, ""),
                href: format!("{root}/runs/{}", run.id),
                title: words.with(
                    "need-failed",
                    &[
                        ("name", Argument::Text(name)),
                        ("run", Argument::Text(&run.id.to_string())),
                    ],
                ),
                text: words.v("need-failed-text", &times.moment(run.started)),
                action: words.t("action-open"),
            });
        }
    }
    needs
}
