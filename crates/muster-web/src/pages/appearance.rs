//! Light, dark, or as the system has it: a cookie, so that the first page is right already.

use crate::{access::Visit, respond, state::App};
use axum::{Extension, Form, extract::State, response::Response};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    theme: Theme,
    /// The page to go back to.
    to: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Theme {
    Light,
    Dark,
    System,
}

pub(crate) async fn choose(
    State(app): State<App>,
    Extension(_): Extension<Visit>,
    Form(choice): Form<Choice>,
) -> Response {
    let (value, age) = match choice.theme {
        Theme::Light => ("light", 31_536_000),
        Theme::Dark => ("dark", 31_536_000),
        Theme::System => ("", 0),
    };
    let secure = if app.web.is_https { "; Secure" } else { "" };
    let cookie =
        format!("muster_theme={value}; Path=/; SameSite=Lax; HttpOnly; Max-Age={age}{secure}");
    respond::redirect_with_cookie(respond::own_path(&choice.to).unwrap_or("/"), &cookie)
}
