//! The settings of a workspace, in words. Integration files set them, so the page changes none but the approval by another
//! user, which has its form on the page of users.

use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::Link,
    },
    respond,
    state::App,
    texts::{Argument, Words},
    wording::{bytes, visible},
};
use askama::Template;
use axum::{Extension, extract::State, response::Response};
use muster_core::{
    derive::reporting_lines::ManagerLeft,
    model::workspace::{OffboardingHour, WorkspaceSettings},
    privacy::{archived_part::ArchivedContent, retention::Keep},
};
use muster_store::StoreError;

#[derive(Template)]
#[template(path = "pages/administration/settings.html")]
struct SettingsPage {
    frame: Frame,
    sections: Vec<Section>,
    integrations: String,
    approvals: String,
    users: String,
}

struct Section {
    title: String,
    id: &'static str,
    rows: Vec<(String, String)>,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| read(app, here).map(Some)).await
}

fn read(app: &App, here: &Here) -> Result<SettingsPage, StoreError> {
    let words = Frame::words();
    let settings = &here.workspace.settings;
    let root = workspace_path(&here.workspace.name);
    let title = words.t("nav-settings");
    let crumbs = vec![Link::new("", title.clone())];
    let key = match app.store.four_eyes(here.workspace.id)? {
        true => "approvals-on",
        false => "approvals-off",
    };
    Ok(SettingsPage {
        sections: vec![
            language(words, settings),
            leaving(words, settings),
            retention(words, settings),
        ],
        integrations: format!("{root}/integrations"),
        users: format!("{root}/users#approvals"),
        approvals: words.t(key),
        frame: Frame::inside(app, here, Area::Settings, title, crumbs)?,
    })
}

fn language(words: &Words, settings: &WorkspaceSettings) -> Section {
    let region = match &settings.region {
        Some(region) => words.v("setting-region-is", &visible(region)),
        None => words.t("setting-region-none"),
    };
    Section {
        title: words.t("setting-language"),
        id: "language",
        rows: vec![
            (
                words.t("setting-default-language"),
                visible(&settings.language),
            ),
            (
                words.t("setting-languages"),
                visible(&settings.languages.join(", ")),
            ),
            (words.t("setting-time-zone"), visible(&settings.time_zone)),
            (words.t("setting-region"), region),
            (words.t("setting-currency"), visible(&settings.currency)),
        ],
    }
}

fn leaving(words: &Words, settings: &WorkspaceSettings) -> Section {
    let hour = match settings.offboarding {
        OffboardingHour::Utc(hour) => words.v("setting-offboarding-utc", &format!("{hour:02}:00")),
        OffboardingHour::EndOfDay => {
            words.v("setting-offboarding-day", &visible(&settings.time_zone))
        }
    };
    let manager = match settings.manager_left {
        ManagerLeft::Keep => "setting-manager-keep",
        ManagerLeft::Clear => "setting-manager-clear",
    };
    Section {
        title: words.t("setting-leaving"),
        id: "leaving",
        rows: vec![
            (words.t("setting-offboarding"), hour),
            (words.t("setting-manager"), words.t(manager)),
        ],
    }
}

fn retention(words: &Words, settings: &WorkspaceSettings) -> Section {
    let kept = &settings.retention;
    let content = words.t(match kept.content {
        ArchivedContent::Selected => "setting-content-selected",
        ArchivedContent::Everything => "setting-content-everything",
        ArchivedContent::Nothing => "setting-content-nothing",
    });
    let (period, limit) = (keep(words, kept.deliveries), bytes(kept.delivery_limit));
    let values = [
        ("period", Argument::Text(&period)),
        ("limit", Argument::Text(&limit)),
    ];
    Section {
        title: words.t("setting-retention"),
        id: "retention",
        rows: vec![
            (
                words.t("setting-deliveries"),
                words.with("setting-deliveries-are", &values),
            ),
            (words.t("setting-content"), content),
            (words.t("setting-problems"), keep(words, kept.problems)),
            (words.t("setting-plans"), keep(words, kept.plans)),
            (words.t("setting-history"), keep(words, kept.history)),
        ],
    }
}

fn keep(words: &Words, keep: Keep) -> String {
    match keep {
        Keep::Forever => words.t("setting-forever"),
        Keep::Days(days) => words.n("setting-days", u64::from(days)),
    }
}
