//! The last step: the test export, the first plan, and switching the integration on once its plan was approved.

use super::{Draft, Step, Wizard, connect::in_words, frame, map::columns, sample, source::status};
use crate::{
    access::Here,
    api::jobs::write,
    csv::{BYTE_ORDER_MARK, write_row},
    pages::{
        frame::{Frame, workspace_path},
        jobs,
        parts::{FieldError, Form, Link, Markup, sentence_with_code},
        runs::list::plan_statuses,
        sent::Sent,
    },
    respond::{self, Outcome, Refusal},
    state::App,
    wording::{number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use muster_core::{
    model::{
        ids::IntegrationId,
        job::JobKind,
        run::{Run, RunStatus},
    },
    read::test_export,
    setup::settings::{FORM, check_remote, to_json},
};
use muster_store::{Enqueued, NewJob, PlanStatus, RunsQuery, SettingsChange, StoreError};
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "pages/setup/preview.html")]
struct PreviewPage {
    frame: Frame,
    wizard: Wizard,
    action: String,
    form: Form,
    problems: Vec<Markup>,
    export: Option<String>,
    mapped: String,
    plan: Option<PlanState>,
    /// Whether the integration can be switched on.
    is_ready: bool,
}

/// The newest run of the integration.
struct PlanState {
    class: &'static str,
    icon: &'static str,
    title: String,
    text: String,
    link: Link,
}

/// How far the first plan is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum First {
    /// It waits for an approval.
    Pending,
    /// It was approved, or there was nothing to do.
    Applied,
    /// It was rejected or has expired, or the run failed.
    Over,
    Running,
}

fn newest(
    app: &App,
    here: &Here,
    integration: IntegrationId,
) -> Result<Option<(Run, First)>, StoreError> {
    let query = RunsQuery {
        statuses: &[],
        is_waiting: false,
        integration: Some(integration),
        before: None,
        limit: 10,
    };
    // An approval is a run of its own, which has no plan.
    let runs = app.store.runs_page(here.workspace.id, &query)?;
    let plans = plan_statuses(app, here, &runs)?;
    let planned = runs.iter().find(|run| plans.contains_key(&run.id));
    let Some(run) = planned.or(runs.first()) else {
        return Ok(None);
    };
    let first = match (run.status, plans.get(&run.id)) {
        (RunStatus::Running, _) => First::Running,
        (_, Some(PlanStatus::Approved)) | (RunStatus::Applied | RunStatus::NothingToDo, None) => {
            First::Applied
        }
        (_, Some(status)) if status.is_open() => First::Pending,
        _ => First::Over,
    };
    Ok(Some((run.clone(), first)))
}

pub(super) fn show(app: &App, here: &Here, draft: &Draft) -> Result<Outcome, StoreError> {
    page(app, here, draft, Vec::new())
}

fn page(
    app: &App,
    here: &Here,
    draft: &Draft,
    errors: Vec<FieldError>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let problems = draft.problems(app, here);
    let sample = sample::read(app, here, draft)?;
    let filled = draft.filled(app.web.setup.catalogue);
    let mapped = filled.mapping.as_ref().map_or(0, BTreeMap::len);
    let all = sample.as_ref().map_or(0, |sample| columns(sample).len());
    let newest = newest(app, here, draft.stored.integration)?;
    let root = workspace_path(&here.workspace.name);
    let page = PreviewPage {
        frame: frame(app, here, &draft.stored.name, &words.t("setup-new"))?,
        wizard: Wizard::of(app, here, draft, Step::Preview)?,
        action: draft.address(here, Step::Preview),
        form: Form { errors },
        problems: problems
            .iter()
            .map(|problem| sentence_with_code(&in_words(app, problem)))
            .collect(),
        export: sample.is_some().then(|| {
            let address = draft.address(here, Step::Preview);
            format!("{}export.csv", address.trim_end_matches("preview"))
        }),
        mapped: words.with(
            "setup-mapped",
            &[
                (
                    "value",
                    crate::texts::Argument::Text(&number(mapped as u64)),
                ),
                ("all", crate::texts::Argument::Text(&number(all as u64))),
            ],
        ),
        is_ready: newest
            .as_ref()
            .is_some_and(|(_, first)| *first == First::Applied),
        plan: newest.map(|(run, first)| plan(&root, &run, first)),
    };
    Ok(Outcome::Page(status(&page.form), page.render()))
}

fn plan(root: &str, run: &Run, first: First) -> PlanState {
    let words = Frame::words();
    let (class, icon, title, text) = match first {
        First::Pending => (
            "is-held",
            "pause",
            "setup-plan-pending",
            "setup-plan-pending-text",
        ),
        First::Applied => (
            "is-create",
            "check",
            "setup-plan-applied",
            "setup-plan-applied-text",
        ),
        First::Over => (
            "is-deactivate",
            "triangle-alert",
            "setup-plan-over",
            "setup-plan-over-text",
        ),
        First::Running => (
            "is-update",
            "loader-circle",
            "setup-plan-running",
            "setup-plan-running-text",
        ),
    };
    PlanState {
        class,
        icon,
        title: words.t(title),
        text: words.t(text),
        link: Link::new(
            format!("{root}/runs/{}", run.id),
            words.v("setup-plan-link", &run.id.to_string()),
        ),
    }
}

/// Makes the plan, or switches the integration on.
pub(super) fn act(
    app: &App,
    here: &Here,
    draft: &Draft,
    sent: &Sent,
) -> Result<Outcome, StoreError> {
    let problems = draft.problems(app, here);
    if !problems.is_empty() || !check_remote(&draft.raw).is_empty() {
        let errors = vec![FieldError::new("form", "setup-incomplete-settings")];
        return page(app, here, draft, errors);
    }
    match sent.text("act") {
        "on" => switch_on(app, here, draft),
        _ => make_plan(app, here, draft),
    }
}

/// Stores the settings of the draft as those of the integration.
fn store(app: &App, here: &Here, draft: &Draft, is_active: bool) -> Result<(), StoreError> {
    let name = &draft.stored.name;
    let stored = app.store.settings_of(here.workspace.id, name)?;
    let text = to_json(&draft.raw).to_string();
    let is_same = |stored: &muster_store::StoredSettings| {
        stored.settings == text && stored.is_active == is_active
    };
    if stored.as_ref().is_some_and(is_same) {
        return Ok(());
    }
    let change = SettingsChange {
        integration: name,
        expected: stored.map_or(0, |stored| stored.version),
        form: FORM,
        settings: Some(&text),
        managed_by: None,
        is_active,
        dropped_credentials: &[],
    };
    let by = Some(here.session.user.email.as_str());
    app.store
        .change_settings(here.workspace.id, &[change], by, app.now())
}

fn make_plan(app: &App, here: &Here, draft: &Draft) -> Result<Outcome, StoreError> {
    store(app, here, draft, false)?;
    let integration = draft.stored.integration;
    let job = NewJob {
        integration: Some(integration),
        max_attempts: 1,
        dedupe_key: Some(format!("sync {}/{integration}", here.workspace.id.0)),
        ..write::new(&here.workspace, JobKind::Plan)
    };
    Ok(match app.store.enqueue_once(&job, None, app.now())? {
        Enqueued::Job(job) => {
            (app.web.wake)();
            Outcome::To(jobs::address(
                here,
                job,
                &draft.address(here, Step::Preview),
            ))
        }
        Enqueued::Busy | Enqueued::KeyReused => Outcome::To(draft.address(here, Step::Preview)),
    })
}

fn switch_on(app: &App, here: &Here, draft: &Draft) -> Result<Outcome, StoreError> {
    let integration = draft.stored.integration;
    let is_applied =
        newest(app, here, integration)?.is_some_and(|(_, first)| first == First::Applied);
    // Rules that changed after the approval were not seen in a plan.
    let stored = app
        .store
        .settings_of(here.workspace.id, &draft.stored.name)?;
    let text = to_json(&draft.raw).to_string();
    let is_reviewed = stored.is_some_and(|stored| stored.settings == text);
    if !is_applied || !is_reviewed {
        let errors = vec![FieldError::new("form", "setup-not-approved")];
        return page(app, here, draft, errors);
    }
    store(app, here, draft, true)?;
    let (by, now) = (&here.session.user.email, app.now());
    app.store
        .remove_draft(here.workspace.id, integration, by, now)?;
    let root = workspace_path(&here.workspace.name);
    Ok(Outcome::To(format!("{root}/integrations/{integration}")))
}

/// The employees of the sample as the directory would have them, with what is wrong with their records.
pub(crate) async fn export(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
) -> Response {
    let (visit, reader) = (here.visit.clone(), app.clone());
    let read = move || {
        reader.snapshot(
            |app| match Draft::read(app, &here, IntegrationId(integration))? {
                Some(draft) => {
                    Ok(exported(app, &here, &draft)?.map(|text| (draft.stored.name, text)))
                }
                None => Ok(None),
            },
        )
    };
    match respond::blocking(read).await {
        Ok(Some((name, text))) => {
            let name = format!("test-export-{name}.csv");
            respond::download(&name, "text/csv; charset=utf-8", text)
        }
        Ok(None) => respond::refuse(&app, &visit, Refusal::NotFound),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

fn exported(app: &App, here: &Here, draft: &Draft) -> Result<Option<String>, StoreError> {
    let Some(sample) = sample::read(app, here, draft)? else {
        return Ok(None);
    };
    let Some(checked) = sample::check(app, here, &draft.raw, &sample) else {
        return Ok(None);
    };
    let rows = test_export::rows(
        &checked.schema,
        &checked.setup.rules.mapping,
        &checked.records,
        |problem| visible(&(app.web.sentences.problem)(problem).message),
    );
    let mut text = String::from(BYTE_ORDER_MARK);
    for row in rows {
        write_row(&mut text, row.iter().map(String::as_str), ',');
    }
    Ok(Some(text))
}
