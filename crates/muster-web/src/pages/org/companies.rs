//! The companies of a workspace with their dates and employees, and those that only employments name.

use super::root;
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame},
        parts::{GOOD, Link, Markup, badge, look},
    },
    respond,
    state::App,
    wording::{number, visible},
};
use askama::Template;
use axum::{Extension, extract::State, response::Response};
use muster_core::model::{
    calendar::Calendar,
    response::{Companies, Company},
};
use muster_store::StoreError;

#[derive(Template)]
#[template(path = "pages/org/companies.html")]
struct CompaniesPage {
    frame: Frame,
    rows: Vec<CompanyRow>,
}

struct CompanyRow {
    name: String,
    id: String,
    from: String,
    to: String,
    state: Markup,
    employees: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| read(app, here).map(Some)).await
}

fn read(app: &App, here: &Here) -> Result<CompaniesPage, StoreError> {
    let words = Frame::words();
    let workspace = &here.workspace;
    let employees = app.store.people_by_company(workspace.id)?;
    let today = Calendar::at(app.now(), &workspace.settings).today;
    let all = Companies::of(&workspace.companies, &employees, today);
    let listed = all.companies.iter().map(row);
    let others = all.not_listed.iter().map(|company| CompanyRow {
        name: visible(&company.external_id),
        id: String::new(),
        from: String::new(),
        to: String::new(),
        state: badge(
            look("is-held", "circle-alert"),
            &words.t("company-not-listed"),
        ),
        employees: number(company.people),
    });
    let title = words.t("companies-title");
    let crumbs = vec![
        Link::new(root(here), words.t("nav-org")),
        Link::new("", title.clone()),
    ];
    Ok(CompaniesPage {
        rows: listed.chain(others).collect(),
        frame: Frame::inside(app, here, Area::Org, title, crumbs)?,
    })
}

fn row(company: &Company) -> CompanyRow {
    let words = Frame::words();
    let name = company.full_name.as_ref().unwrap_or(&company.short_name);
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    CompanyRow {
        name: visible(name),
        id: visible(&company.external_id),
        from: day(company.valid_from),
        to: day(company.valid_to),
        state: match company.valid_today {
            true => badge(GOOD, &words.t("company-valid")),
            false => badge(look("is-plain", "minus"), &words.t("company-not-valid")),
        },
        employees: number(company.people),
    }
}
