//! What a person sees where there is nothing, or nothing for them.

use crate::{
    access::Visit,
    pages::frame::{Frame, role_name},
    respond::Refusal,
};
use askama::Template;

#[derive(Template)]
#[template(path = "pages/error.html")]
pub(crate) struct ErrorPage {
    pub(crate) frame: Frame,
    pub(crate) status: u16,
    pub(crate) title: String,
    pub(crate) help: String,
    /// For the administrator who looks into the logs.
    pub(crate) request: String,
}

impl ErrorPage {
    pub(crate) fn new(frame: Frame, visit: &Visit, refusal: Refusal) -> Self {
        let words = Frame::words();
        let (title, help) = refusal.texts();
        Self {
            frame,
            status: refusal.status().as_u16(),
            title: words.t(title),
            help: match refusal {
                Refusal::Role(role) => words.v(help, &role_name(words, role)),
                _ => words.t(help),
            },
            request: visit.request.clone(),
        }
    }
}
