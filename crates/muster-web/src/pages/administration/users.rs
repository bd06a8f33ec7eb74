//! The users of a workspace with their roles. An administrator invites users and sets roles; passwords of others are never set
//! here, because a user may have roles in other workspaces.

use crate::{
    access::Here,
    accounts::{
        password_link::{LinkFor, new_password_link},
        setup::is_email_address,
    },
    pages::{
        frame::{Area, Frame, role_name, workspace_path},
        parts::{FieldError, Form, GOOD, Link, Markup, badge, look},
    },
    respond::{self, Refusal},
    state::App,
    wording::{Times, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::{ids::UserId, role::Role};
use muster_store::{ListedUser, NewUser, StoreError, UserState};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/administration/users.html")]
struct UsersPage {
    frame: Frame,
    path: String,
    count: String,
    rows: Vec<UserRow>,
    roles: Vec<RoleOption>,
    form: Form,
    sent: Invitation,
    invited: Option<Invited>,
    has_four_eyes: bool,
}

struct UserRow {
    name: String,
    email: String,
    /// Where the role is set; none: an administrator of the installation.
    action: Option<String>,
    roles: Vec<RoleOption>,
    label: String,
    state: Markup,
    seen: String,
}

struct RoleOption {
    value: &'static str,
    text: String,
    is_chosen: bool,
}

/// A new link, which is shown once.
struct Invited {
    email: String,
    link: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    name: String,
    email: String,
    role: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRole {
    role: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| {
        read(app, here, Invitation::default(), Vec::new(), None).map(Some)
    })
    .await
}

pub(crate) async fn invite(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Body(sent): Body<Invitation>,
) -> Response {
    let (visit, inside) = (here.visit.clone(), app.clone());
    let answered = respond::blocking(move || {
        let mut errors = Vec::new();
        let (name, email) = (sent.name.trim(), sent.email.trim());
        if name.is_empty() || name.chars().count() > 200 {
            errors.push(FieldError::new("name", "users-name-missing"));
        }
        if !is_email_address(email) {
            errors.push(FieldError::new("email", "setup-email-invalid"));
        }
        let role = Role::parse(&sent.role);
        if role.is_none() {
            errors.push(FieldError::new("role", "users-role-missing"));
        }
        let (Some(role), true) = (role, errors.is_empty()) else {
            return read(&inside, &here, sent, errors, None);
        };
        match invited(&inside, &here, name, email, role)? {
            Ok(invited) => read(&inside, &here, Invitation::default(), errors, invited),
            Err(error) => read(&inside, &here, sent.clone(), vec![error], None),
        }
    });
    match answered.await {
        Ok(page) => {
            let status = match page.form.errors.is_empty() {
                true => StatusCode::OK,
                false => StatusCode::UNPROCESSABLE_ENTITY,
            };
            respond::rendered(status, &page)
        }
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

/// Invites a new user, or gives one who exists a role in this workspace. No link: the user can sign in already.
fn invited(
    app: &App,
    here: &Here,
    name: &str,
    email: &str,
    role: Role,
) -> Result<Result<Option<Invited>, FieldError>, StoreError> {
    let (by, now, workspace) = (&here.session.user.email, app.now(), here.workspace.id);
    let Ok(link) = new_password_link(LinkFor::Invitation, now) else {
        return Ok(Err(FieldError::new("email", "error-unavailable-help")));
    };
    let new = NewUser {
        email,
        name,
        password_hash: "",
        is_admin: false,
    };
    let role = Some((workspace, role));
    if app
        .store
        .invite_user(&new, role, &link.stored, by, now)?
        .is_some()
    {
        return Ok(Ok(Some(Invited {
            email: email.to_lowercase(),
            link: format!("{}{}", app.web.address, link.path),
        })));
    }
    let listed = app.store.users(Some(workspace))?;
    let is_here = |listed: &ListedUser| listed.user.email == email.to_lowercase();
    if listed.iter().any(is_here) {
        return Ok(Err(FieldError::new("email", "users-exists")));
    }
    if let (Some(user), Some((_, role))) = (app.store.find_user(email)?, role) {
        app.store
            .set_role(user.id, workspace, Some(role), by, now)?;
    }
    Ok(Ok(None))
}

pub(crate) async fn set_role(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, user)): Path<(String, i64)>,
    Body(sent): Body<NewRole>,
) -> Response {
    let role = match sent.role.as_str() {
        "none" => None,
        text => match Role::parse(text) {
            Some(role) => Some(role),
            None => return respond::refuse(&app, &here.visit, Refusal::NotFound),
        },
    };
    let back = workspace_path(&here.workspace.name) + "/users";
    let (visit, inside) = (here.visit.clone(), app.clone());
    let changed = respond::blocking(move || {
        let listed = inside.store.users(Some(here.workspace.id))?;
        let is_here =
            |listed: &&ListedUser| listed.user.id == UserId(user) && !listed.user.is_admin;
        let Some(listed) = listed.iter().find(is_here) else {
            return Ok(false);
        };
        let (id, workspace) = (listed.user.id, here.workspace.id);
        let (by, now) = (&here.session.user.email, inside.now());
        inside.store.set_role(id, workspace, role, by, now)?;
        Ok(true)
    });
    match changed.await {
        Ok(true) => respond::redirect(&back),
        Ok(false) => respond::refuse(&app, &visit, Refusal::NotFound),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FourEyes {
    /// `on` or `off`.
    required: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn set_four_eyes(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Body(sent): Body<FourEyes>,
) -> Response {
    let back = workspace_path(&here.workspace.name) + "/users";
    let (visit, inside) = (here.visit.clone(), app.clone());
    let set = respond::blocking(move || {
        let (by, now) = (&here.session.user.email, inside.now());
        let is_required = sent.required == "on";
        inside
            .store
            .set_four_eyes(here.workspace.id, is_required, by, now)
    });
    match set.await {
        Ok(_) => respond::redirect(&back),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

fn read(
    app: &App,
    here: &Here,
    sent: Invitation,
    errors: Vec<FieldError>,
    invited: Option<Invited>,
) -> Result<UsersPage, StoreError> {
    let words = Frame::words();
    let title = words.t("nav-users");
    let path = workspace_path(&here.workspace.name) + "/users";
    let users = app.store.users(Some(here.workspace.id))?;
    let times = Times::of(&here.workspace, app.now());
    let crumbs = vec![Link::new("", title.clone())];
    Ok(UsersPage {
        count: words.n("users-count", users.len() as u64),
        rows: users
            .into_iter()
            .map(|user| row(&here.workspace.name, &path, user, &times))
            .collect(),
        roles: options(Role::parse(&sent.role).unwrap_or(Role::Viewer)),
        frame: Frame::inside(app, here, Area::Users, title, crumbs)?,
        path,
        has_four_eyes: app.store.four_eyes(here.workspace.id)?,
        form: Form { errors },
        sent,
        invited,
    })
}

fn row(workspace: &str, path: &str, listed: ListedUser, times: &Times) -> UserRow {
    let words = Frame::words();
    let role = listed.role(workspace).unwrap_or(Role::Viewer);
    let state = match listed.state {
        UserState::Active => badge(GOOD, &words.t("user-active")),
        UserState::Invited => badge(look("is-held", "clock"), &words.t("user-invited")),
        UserState::Disabled => badge(look("is-plain", "minus"), &words.t("user-disabled")),
    };
    let action = format!("{path}/{}/role", listed.user.id);
    UserRow {
        action: (!listed.user.is_admin).then_some(action),
        roles: options(role),
        label: words.v("users-role-of", &listed.user.email),
        name: visible(&listed.user.name),
        email: listed.user.email,
        state,
        seen: listed
            .seen
            .map_or_else(|| words.t("never"), |at| times.moment(at)),
    }
}

fn options(chosen: Role) -> Vec<RoleOption> {
    let option = |role: Role| RoleOption {
        value: role.as_str(),
        text: role_name(Frame::words(), role),
        is_chosen: role == chosen,
    };
    Role::ALL.into_iter().map(option).collect()
}
