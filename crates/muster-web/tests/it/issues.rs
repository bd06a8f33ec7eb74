//! Issues as a user sees them: what is urgent first, what to do, and the snooze.

use crate::{
    rights::{signed_in, user},
    site::{Browser, EVA, PASSWORD, Site},
};
use axum::http::StatusCode;
use jiff::SignedDuration;
use muster_core::{
    issue::{Found, IssueDetail, Level},
    model::{
        ids::{IntegrationId, RunId, WorkspaceId},
        plan::PlanId,
        role::Role,
    },
};

struct Acme {
    site: Site,
    eva: Browser,
    workspace: WorkspaceId,
    integration: IntegrationId,
}

async fn acme() -> Acme {
    let (site, eva) = Site::with_administrator().await;
    let workspace = site.store.workspace("acme").unwrap().unwrap().id;
    let integration = site.store.ensure_integration(workspace, "staff").unwrap();
    Acme {
        site,
        eva,
        workspace,
        integration,
    }
}

impl Acme {
    fn found(&self, level: Level, detail: IssueDetail) -> Found {
        Found {
            integration: Some(self.integration),
            subject: String::new(),
            level,
            detail,
        }
    }

    fn update(&self, found: Vec<Found>) {
        let now = self.site.now();
        self.site
            .store
            .update_issues(self.workspace, found, now)
            .unwrap();
    }

    fn new_column(&self) -> Found {
        let columns = vec!["<b>Shoe</b>".to_owned()];
        self.found(Level::Warning, IssueDetail::NewColumn { columns })
    }

    fn failures(&self) -> Found {
        let detail = IssueDetail::FailedRepeatedly {
            failures: 3,
            since: self.site.now(),
            run: RunId(7),
            code: None,
            host: None,
        };
        self.found(Level::Critical, detail)
    }

    async fn get(&mut self, path: &str) -> String {
        let answer = self.eva.get(&self.site, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        answer.body
    }

    /// Time passes, so Eva signs in again.
    async fn wait(&mut self, hours: i64) {
        self.site.wait(SignedDuration::from_hours(hours));
        self.eva.sign_in(&self.site, PASSWORD).await;
    }

    async fn snooze(&mut self, issue: i64, days: &str) {
        let path = format!("/w/acme/issues/{issue}");
        let token = self.eva.get(&self.site, &path).await.form_token();
        let form = [("form_token", token.as_str()), ("days", days)];
        let sent = self
            .eva
            .post(&self.site, &format!("{path}/snooze"), &form)
            .await;
        assert_eq!(
            (sent.status, sent.location()),
            (StatusCode::SEE_OTHER, path.as_str())
        );
    }
}

fn place(page: &str, text: &str) -> usize {
    page.find(text)
        .unwrap_or_else(|| panic!("{text} is not in {page}"))
}

#[tokio::test]
async fn critical_issues_come_first_and_each_leads_to_where_something_can_be_done() {
    let mut acme = acme().await;
    acme.update(vec![acme.new_column(), acme.failures()]);
    let list = acme.get("/w/acme/issues").await;
    assert!(
        place(&list, "staff: Runs fail repeatedly")
            < place(&list, "staff: New columns in the source"),
        "{list}"
    );
    assert!(list.contains("title=\"2 issues are open\""), "{list}");
    let overview = acme.get("/w/acme").await;
    place(&overview, "staff: Runs fail repeatedly");
    place(&overview, "2 things");
    let open = acme.site.store.open_issues(acme.workspace).unwrap();
    let failing = acme.get(&format!("/w/acme/issues/{}", open[0].id)).await;
    place(&failing, "href=\"/w/acme/runs/7\"");
    place(&failing, "The page of the run says why it failed");
    let columns = acme.get(&format!("/w/acme/issues/{}", open[1].id)).await;
    let integration = format!("href=\"/w/acme/integrations/{}\"", acme.integration);
    place(&columns, &integration);
}

#[tokio::test]
async fn snoozed_issue_needs_nobody_until_its_time_is_over() {
    let mut acme = acme().await;
    acme.update(vec![acme.new_column()]);
    let id = acme.site.store.open_issues(acme.workspace).unwrap()[0].id;
    acme.snooze(id, "7").await;
    let list = acme.get("/w/acme/issues").await;
    place(&list, &format!("snoozed until Fri 4 Dec 07:16 by {EVA}"));
    place(&list, "No issue is open");
    place(&acme.get("/w/acme").await, "Nothing needs you.");
    let one = acme.get(&format!("/w/acme/issues/{id}")).await;
    place(&one, "End the snooze");
    assert!(!one.contains("For 7 days"), "{one}");
    acme.wait(7 * 24).await;
    place(
        &acme.get("/w/acme").await,
        "staff: New columns in the source",
    );
    acme.snooze(id, "0").await;
    let one = acme.get(&format!("/w/acme/issues/{id}")).await;
    assert!(
        place(&one, "No longer snoozed") < place(&one, "<b>Snoozed</b>"),
        "the latest comes first: {one}"
    );
}

#[tokio::test]
async fn resolved_issue_keeps_its_history_and_cannot_be_snoozed() {
    let mut acme = acme().await;
    acme.update(vec![acme.failures()]);
    let id = acme.site.store.open_issues(acme.workspace).unwrap()[0].id;
    acme.wait(1).await;
    acme.update(Vec::new());
    let list = acme.get("/w/acme/issues").await;
    assert!(
        place(&list, "No issue is open") < place(&list, "resolved Today 08:16"),
        "{list}"
    );
    let one = acme.get(&format!("/w/acme/issues/{id}")).await;
    assert!(
        place(&one, "This issue is resolved") < place(&one, "<b>Opened</b>"),
        "{one}"
    );
    assert!(!one.contains("Snooze"), "{one}");
    acme.snooze(id, "1").await;
    let (issue, history) = acme.site.store.issue(id).unwrap().unwrap();
    assert_eq!((issue.snoozed_until, history.len()), (None, 2));
}

#[tokio::test]
async fn held_plan_is_listed_once_and_with_its_issue_page() {
    let mut acme = acme().await;
    let detail = IssueDetail::HeldPlan {
        plan: PlanId {
            run: RunId(9),
            hash: "3f9a2c1b".to_owned(),
        },
        operations: 20,
        removals: 5,
        expires: acme.site.now(),
        is_expired: false,
    };
    acme.update(vec![acme.found(Level::Warning, detail)]);
    // The plan itself is what the overview lists, and it is no longer open.
    place(&acme.get("/w/acme").await, "Nothing needs you.");
    let list = acme.get("/w/acme/issues").await;
    place(&list, "staff: Plan held for review");
}

#[tokio::test]
async fn w10_issues_of_another_workspace_and_of_lower_roles_cannot_be_snoozed() {
    let mut acme = acme().await;
    acme.update(vec![acme.new_column()]);
    let id = acme.site.store.open_issues(acme.workspace).unwrap()[0].id;
    for (email, workspace, role, status) in [
        (
            "viewer@acme.example",
            "acme",
            Role::Viewer,
            StatusCode::FORBIDDEN,
        ),
        (
            "other@acme.example",
            "other",
            Role::Admin,
            StatusCode::NOT_FOUND,
        ),
    ] {
        user(&acme.site, email, &[(workspace, role)]);
        let mut browser = signed_in(&acme.site, email).await;
        let token = browser.get(&acme.site, "/").await.form_token();
        let form = [("form_token", token.as_str()), ("days", "1")];
        let path = format!("/w/{workspace}/issues/{id}/snooze");
        let sent = browser.post(&acme.site, &path, &form).await;
        assert_eq!(sent.status, status, "{email}");
        let shown = browser
            .get(&acme.site, &format!("/w/{workspace}/issues/{id}"))
            .await;
        let text = "Operators, approvers and admins of this workspace can snooze";
        assert_eq!(shown.body.contains(text), workspace == "acme", "{email}");
    }
    let issue = acme.site.store.issue(id).unwrap().unwrap().0;
    assert_eq!(issue.snoozed_until, None);
    let page = acme.get(&format!("/w/acme/issues/{id}")).await;
    assert!(!page.contains("<b>Shoe"), "{page}");
}
