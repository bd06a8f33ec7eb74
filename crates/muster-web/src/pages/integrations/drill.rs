//! The guard drill of an integration: its last delivery is damaged, and the page shows what holds each damage. Nothing is stored.

use super::sync::{NoFields, runnable};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{BAD, GOOD, Link, Look, Markup, badge, look, sentence_with_code},
        runs::verdict::sentence,
    },
    respond::{self, Outcome},
    state::{App, Sentence},
    texts::Argument,
    wording::{Times, number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::{
    ids::IntegrationId,
    response::{DrillReport, DrillResult, DrilledDamage},
};
use muster_store::StoreError;

#[derive(Template)]
#[template(path = "pages/integrations/drill.html")]
struct DrillPage {
    frame: Frame,
    action: String,
    back: String,
    failure: Vec<Markup>,
    report: Option<Report>,
}

struct Report {
    title: String,
    facts: Vec<String>,
    is_passed: bool,
    rows: Vec<Row>,
}

struct Row {
    damage: String,
    result: Markup,
    by: String,
    employees: String,
    applied: String,
}

/// What a drill has brought.
enum Drilled {
    Never,
    Report(DrillReport),
    /// It cannot be made, for example because no delivery is archived.
    Refused(Sentence),
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
) -> Response {
    respond::act(app, here, move |app, here| {
        app.snapshot(|app| {
            let id = IntegrationId(integration);
            match runnable(app, here, id)? {
                Some(name) => shown(app, here, id, &name, Drilled::Never),
                None => Ok(Outcome::NotFound),
            }
        })
    })
    .await
}

pub(crate) async fn drill(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
    Body(_): Body<NoFields>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let id = IntegrationId(integration);
        let Some(name) = runnable(app, here, id)? else {
            return Ok(Outcome::NotFound);
        };
        let drilled = match (app.web.drill)(&here.workspace, &name) {
            Ok(report) => Drilled::Report(report),
            Err(refused) => Drilled::Refused(refused),
        };
        shown(app, here, id, &name, drilled)
    })
    .await
}

fn shown(
    app: &App,
    here: &Here,
    integration: IntegrationId,
    name: &str,
    drilled: Drilled,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let root = workspace_path(&here.workspace.name);
    let back = format!("{root}/integrations/{integration}");
    let title = words.t("drill-title");
    let crumbs = vec![
        Link::new(format!("{root}/integrations"), words.t("nav-integrations")),
        Link::new(back.clone(), name.to_owned()),
        Link::new("", title.clone()),
    ];
    let (mut failure, mut report) = (Vec::new(), None);
    match drilled {
        Drilled::Never => {}
        Drilled::Report(found) => {
            report = Some(of(&found, &Times::of(&here.workspace, app.now())));
        }
        Drilled::Refused(refused) => failure.extend([refused.message, refused.help]),
    }
    let status = match failure.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::CONFLICT,
    };
    let page = DrillPage {
        frame: Frame::inside(app, here, Area::Integrations, title, crumbs)?,
        action: format!("{back}/drill"),
        back,
        failure: failure
            .into_iter()
            .filter(|line| !line.is_empty())
            .map(|line| sentence_with_code(&visible(&sentence(line))))
            .collect(),
        report,
    };
    Ok(Outcome::Page(status, page.render()))
}

fn of(report: &DrillReport, times: &Times) -> Report {
    let words = Frame::words();
    let through = report.damages.iter();
    let through = through.filter(|damage| damage.result == DrillResult::Applied);
    let (run, at) = (report.run.to_string(), times.moment(report.at));
    let delivery = [("run", &run), ("at", &at)];
    let delivery = delivery.map(|(name, value)| (name, Argument::Text(value)));
    Report {
        title: match report.is_passed {
            true => words.t("drill-passed"),
            false => words.n("drill-failed", through.count() as u64),
        },
        facts: vec![
            words.v("drill-made", &times.moment(report.drilled)),
            words.with("drill-delivery", &delivery),
            words.n("setup-stage-records", report.records),
            words.n("drill-undamaged", report.undamaged),
        ],
        is_passed: report.is_passed,
        rows: report.damages.iter().map(row).collect(),
    }
}

fn row(damage: &DrilledDamage) -> Row {
    let words = Frame::words();
    let (shape, key): (Look, _) = match damage.result {
        DrillResult::NotPossible => (look("is-plain", "minus"), "drill-not-possible"),
        DrillResult::Refused => (GOOD, "drill-refused"),
        DrillResult::Held => (GOOD, "drill-held"),
        DrillResult::Harmless => (GOOD, "drill-harmless"),
        DrillResult::Applied => (BAD, "drill-applied"),
    };
    let by = match &damage.refused {
        Some(refusal) => format!("{} ({})", sentence(refusal.message.clone()), refusal.code),
        None if damage.result == DrillResult::Held && damage.guards.is_empty() => {
            words.n("drill-held-singly", damage.held)
        }
        None if damage.guards.is_empty() && damage.rejected > 0 => {
            words.n("drill-rejected", damage.rejected)
        }
        None => damage.guards.join(", "),
    };
    let is_read = !matches!(
        damage.result,
        DrillResult::NotPossible | DrillResult::Refused
    );
    let count = |employees| match is_read {
        true => number(employees),
        false => "–".to_owned(),
    };
    Row {
        damage: words.t(text(damage.damage)),
        result: badge(shape, &words.t(key)),
        by: visible(&by),
        employees: count(damage.employees),
        applied: count(damage.applied),
    }
}

/// The key of the text of a damage.
fn text(damage: &str) -> &'static str {
    match damage {
        "empty" => "drill-damage-empty",
        "halved" => "drill-damage-halved",
        "key_shifted" => "drill-damage-shifted",
        "keys_exchanged" => "drill-damage-exchanged",
        "end_dates" => "drill-damage-ends",
        "other_delimiter" => "drill-damage-delimiter",
        "day_and_month_exchanged" => "drill-damage-dates",
        "one_group" => "drill-damage-group",
        "duplicated" => "drill-damage-duplicated",
        _ => "drill-damage-earlier",
    }
}
