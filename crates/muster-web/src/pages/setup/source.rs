//! The first step: which source, how the integration is called, and which preset it starts from.

use super::{Draft, Step, Wizard, address, frame};
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{FieldError, Form},
        sent::Sent,
    },
    respond::{self, Outcome},
    state::App,
};
use askama::Template;
use axum::{
    Extension,
    extract::{RawForm, State},
    http::StatusCode,
    response::Response,
};
use muster_core::setup::{
    listing::{Catalogue, Listing},
    settings::{FORM, RawSettings, RawWorkspace, Short, to_json},
};
use muster_store::{DraftChange, StoreError};

/// The longest name of an integration.
const MAX_NAME: usize = 60;

#[derive(Template)]
#[template(path = "pages/setup/source.html")]
struct SourcePage {
    frame: Frame,
    wizard: Wizard,
    action: String,
    form: Form,
    choices: Vec<Choice>,
    presets: Vec<Choice>,
    name: String,
    /// Whether the name can still be chosen.
    is_new: bool,
}

pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) title: String,
    pub(crate) text: String,
    /// The letters in place of a logo.
    pub(crate) logo: String,
    pub(crate) is_chosen: bool,
}

pub(crate) async fn new(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::act(app, here, |app, here| {
        app.snapshot(|app| new_page(app, here, &Sent::parse(b""), Vec::new()))
    })
    .await
}

fn new_page(
    app: &App,
    here: &Here,
    sent: &Sent,
    errors: Vec<FieldError>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let catalogue = app.web.setup.catalogue;
    let page = SourcePage {
        frame: frame(app, here, "", &words.t("setup-new"))?,
        wizard: Wizard::new(),
        action: format!(
            "{}/integrations/new",
            crate::pages::frame::workspace_path(&here.workspace.name)
        ),
        choices: choices(catalogue, sent.get("source").unwrap_or("sftp")),
        presets: presets(sent.text("preset")),
        name: sent.text("name").to_owned(),
        is_new: true,
        form: Form { errors },
    };
    Ok(Outcome::Page(status(&page.form), page.render()))
}

/// The status of a page with a form.
pub(super) fn status(form: &Form) -> StatusCode {
    match form.errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// A draft is created.
pub(crate) async fn create(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    RawForm(form): RawForm,
) -> Response {
    respond::act(app, here, move |app, here| {
        let sent = Sent::parse(&form);
        let name = sent.text("name");
        let mut errors = Vec::new();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(is_plain) {
            errors.push(FieldError::new("name", "setup-name-invalid"));
        }
        let Some(mut raw) = chosen(app.web.setup.catalogue, &sent, RawSettings::default()) else {
            errors.push(FieldError::new("source", "setup-source-missing"));
            return new_page(app, here, &sent, errors);
        };
        if !errors.is_empty() {
            return new_page(app, here, &sent, errors);
        }
        raw.name = Some(name.to_owned());
        raw.workspace = Some(Short(RawWorkspace {
            name: here.workspace.name.clone(),
            ..RawWorkspace::default()
        }));
        let settings = to_json(&raw).to_string();
        let change = DraftChange {
            form: FORM,
            settings: &settings,
            by: &here.session.user.email,
            now: app.now(),
        };
        match app.store.create_draft(here.workspace.id, name, &change)? {
            Some(id) => Ok(Outcome::To(address(here, id, Step::Connect))),
            None => {
                errors.push(FieldError::new("name", "setup-name-used"));
                new_page(app, here, &sent, errors)
            }
        }
    })
    .await
}

/// Settings with the chosen source and preset. Another source than before begins with its own settings; none: there is no such
/// source.
fn chosen(catalogue: &Catalogue, sent: &Sent, before: RawSettings) -> Option<RawSettings> {
    let id = sent.text("source");
    let mut raw = before;
    let is_same = super::listing(&raw, catalogue).is_some_and(|listing| listing.id == id);
    if !is_same {
        raw.source = Default::default();
        raw.answers.clear();
        raw.credentials = Default::default();
        raw.mapping = None;
        raw.select = None;
    }
    if let Some(system) = catalogue.system(id) {
        raw.source.connector = Some(system.id.to_owned());
        // Presets say how files are written.
        raw.preset = None;
        return Some(raw);
    }
    let transport = offered_transports(catalogue).find(|listing| listing.id == id)?;
    if !is_same {
        raw.source.url = Some(format!("{}://", transport.id));
    }
    let preset = sent.text("preset");
    raw.preset = catalogue.preset(preset).map(|_| preset.to_owned());
    Some(raw)
}

/// A folder of this machine is for its operator.
fn offered_transports(catalogue: &Catalogue) -> impl Iterator<Item = &Listing> {
    let all = catalogue.transports.iter();
    all.filter(|listing| listing.id != "file")
}

fn choices(catalogue: &Catalogue, chosen: &str) -> Vec<Choice> {
    let words = Frame::words();
    let files = offered_transports(catalogue).map(|listing| Choice {
        value: listing.id.to_owned(),
        title: words.v("setup-source-files", listing.title),
        text: words.t(match listing.id {
            "sftp" => "setup-source-sftp",
            "ftps" => "setup-source-ftps",
            "ftp" => "setup-source-ftp",
            _ => "setup-source-https",
        }),
        logo: "CSV".to_owned(),
        is_chosen: listing.id == chosen,
    });
    let systems = catalogue.systems.iter().map(|listing| Choice {
        value: listing.id.to_owned(),
        title: listing.title.to_owned(),
        text: words.t("setup-source-system"),
        logo: listing.title.chars().take(2).collect(),
        is_chosen: listing.id == chosen,
    });
    files.chain(systems).collect()
}

pub(super) fn presets(chosen: &str) -> Vec<Choice> {
    let words = Frame::words();
    let presets = [
        ("", "setup-preset-none"),
        ("alleo", "setup-preset-alleo"),
        ("actimo", "setup-preset-actimo"),
    ];
    let choice = |(value, text): (&str, &str)| Choice {
        value: value.to_owned(),
        title: words.t(text),
        text: String::new(),
        logo: String::new(),
        is_chosen: value == chosen,
    };
    presets.map(choice).into()
}

/// The step of a draft.
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
    let catalogue = app.web.setup.catalogue;
    let listing = draft.listing(catalogue);
    let page = SourcePage {
        frame: frame(app, here, &draft.stored.name, &words.t("setup-new"))?,
        wizard: Wizard::of(app, here, draft, Step::Source)?,
        action: draft.address(here, Step::Source),
        choices: choices(catalogue, listing.map_or("", |listing| listing.id)),
        presets: presets(draft.raw.preset.as_deref().unwrap_or_default()),
        name: draft.stored.name.clone(),
        is_new: false,
        form: Form { errors },
    };
    Ok(Outcome::Page(status(&page.form), page.render()))
}

pub(super) fn save(
    app: &App,
    here: &Here,
    draft: &Draft,
    sent: &Sent,
) -> Result<Outcome, StoreError> {
    let catalogue = app.web.setup.catalogue;
    let Some(raw) = chosen(catalogue, sent, draft.raw.clone()) else {
        let errors = vec![FieldError::new("source", "setup-source-missing")];
        return page(app, here, draft, errors);
    };
    let is_other = super::listing(&raw, catalogue).map(|listing| listing.id)
        != draft.listing(catalogue).map(|listing| listing.id);
    if !draft.save(app, here, &raw)? {
        let errors = vec![FieldError::new("source", "setup-changed-meanwhile")];
        return page(app, here, draft, errors);
    }
    if is_other {
        // What belongs to the source before is of no use to another one.
        super::connect::drop_credentials(app, here, &draft.stored.name, &[])?;
        app.store
            .drop_sample(here.workspace.id, draft.stored.integration)?;
    }
    Ok(Outcome::To(draft.address(here, Step::Connect)))
}
