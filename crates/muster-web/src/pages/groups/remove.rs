//! A smart group is removed after its page said what becomes of its members and its history.

use super::{address, root};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame},
        parts::{FieldError, Form, Link},
        people::change::form::refusal,
    },
    respond::{self, Outcome},
    state::{App, GroupChange},
    wording::visible,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::actor::Actor;
use muster_store::{StoreError, StoredGroup};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/groups/remove.html")]
struct RemovalPage {
    frame: Frame,
    group: String,
    text: String,
    form: Form,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Removal {
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, name)): Path<(String, String)>,
) -> Response {
    respond::act(app, here, move |app, here| match find(app, here, &name)? {
        Some(group) => shown(app, here, &group, None),
        None => Ok(Outcome::NotFound),
    })
    .await
}

pub(crate) async fn remove(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, name)): Path<(String, String)>,
    Body(_): Body<Removal>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(group) = find(app, here, &name)? else {
            return Ok(Outcome::NotFound);
        };
        let change = GroupChange::Remove(name);
        let by = Actor::User(here.session.user.email.clone());
        match (app.web.change_groups)(&here.workspace, &change, by) {
            Ok(_) => Ok(Outcome::To(root(here))),
            Err(Some(said)) => shown(app, here, &group, Some(refusal(&said.message, &said.help))),
            Err(None) => Err(StoreError::NoKey),
        }
    })
    .await
}

fn find(app: &App, here: &Here, name: &str) -> Result<Option<StoredGroup>, StoreError> {
    let all = app.store.smart_groups(&here.workspace)?;
    Ok(all.into_iter().find(|group| group.group.name == name))
}

fn shown(
    app: &App,
    here: &Here,
    group: &StoredGroup,
    refused: Option<String>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let name = &group.group.name;
    let title = words.v("group-remove-title", &visible(name));
    let crumbs = vec![
        Link::new(root(here), words.t("nav-groups")),
        Link::new(address(here, name), visible(name)),
        Link::new("", words.t("group-remove")),
    ];
    let status = match refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let errors = refused.map(|text| FieldError {
        field: "form",
        text,
    });
    let page = RemovalPage {
        frame: Frame::inside(app, here, Area::Groups, title, crumbs)?,
        group: address(here, name),
        text: words.n("group-remove-text", group.members),
        form: Form {
            errors: errors.into_iter().collect(),
        },
    };
    Ok(Outcome::Page(status, page.render()))
}
