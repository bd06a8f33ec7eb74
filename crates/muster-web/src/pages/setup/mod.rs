//! An integration is set up: source, connection, test, mapping, rules, first plan. Each step is an address and is saved, so that
//! a person can leave at any time. Nothing of employees is stored before the plan but the sample of the connection test.

pub(crate) mod connect;
pub(crate) mod conversions;
pub(crate) mod credential_steps;
pub(crate) mod map;
pub(crate) mod mapping;
pub(crate) mod preview;
pub(crate) mod rules;
pub(crate) mod sample;
pub(crate) mod selection;
pub(crate) mod source;
pub(crate) mod test;

use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::Link,
        sent::Sent,
    },
    respond::{self, Outcome},
    state::App,
    wording::Times,
};
use axum::{
    Extension,
    extract::{Path, RawForm, State},
    response::Response,
};
use muster_core::{
    model::{field::Schema, ids::IntegrationId},
    setup::{
        listing::{Catalogue, Listing},
        settings::{FORM, Purpose, RawSettings, SettingError, check_for, from_json, to_json},
    },
};
use muster_store::{DraftChange, IntegrationDraft, StoreError};

/// The steps, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Source,
    Connect,
    Test,
    Map,
    Rules,
    Preview,
}

impl Step {
    const ALL: [Self; 6] = [
        Self::Source,
        Self::Connect,
        Self::Test,
        Self::Map,
        Self::Rules,
        Self::Preview,
    ];

    /// As in the address.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Connect => "connect",
            Self::Test => "test",
            Self::Map => "map",
            Self::Rules => "rules",
            Self::Preview => "preview",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    fn text(self) -> &'static str {
        match self {
            Self::Source => "setup-step-source",
            Self::Connect => "setup-step-connect",
            Self::Test => "setup-step-test",
            Self::Map => "setup-step-map",
            Self::Rules => "setup-step-rules",
            Self::Preview => "setup-step-preview",
        }
    }

    /// Its heading, and what is below it.
    fn heading(self) -> (&'static str, &'static str) {
        match self {
            Self::Source => ("setup-source-title", "setup-source-intro"),
            Self::Connect => ("setup-connect-title", "setup-connect-intro"),
            Self::Test => ("setup-test-title", "setup-test-intro"),
            Self::Map => ("setup-map-title", "setup-map-intro"),
            Self::Rules => ("setup-rules-title", "setup-rules-intro"),
            Self::Preview => ("setup-preview-title", "setup-preview-intro"),
        }
    }
}

/// An integration that is being set up.
pub(crate) struct Draft {
    pub(crate) stored: IntegrationDraft,
    pub(crate) raw: RawSettings,
}

impl Draft {
    pub(crate) fn read(
        app: &App,
        here: &Here,
        integration: IntegrationId,
    ) -> Result<Option<Self>, StoreError> {
        let Some(stored) = app.store.draft(here.workspace.id, integration)? else {
            return Ok(None);
        };
        // A form of another version is begun again.
        let raw = (stored.form == FORM).then(|| from_json(&stored.settings));
        let raw = raw.and_then(Result::ok).unwrap_or_default();
        Ok(Some(Self { stored, raw }))
    }

    /// The form of its source.
    pub(crate) fn listing<'c>(&self, catalogue: &'c Catalogue) -> Option<&'c Listing> {
        listing(&self.raw, catalogue)
    }

    pub(crate) fn is_system(&self) -> bool {
        self.raw.source.connector.is_some()
    }

    /// The settings with what the preset and the connector fill in.
    pub(crate) fn filled(&self, catalogue: &Catalogue) -> RawSettings {
        filled(&self.raw, catalogue)
    }

    /// Its fields: those of the workspace, and those that the setup adds.
    pub(crate) fn schema(&self, app: &App, here: &Here) -> Schema {
        let schema = &here.workspace.schema;
        match check_for(Purpose::Connection, &self.raw, app.web.setup.catalogue) {
            Ok(checked) => checked.schema(schema),
            Err(_) => schema.clone(),
        }
    }

    /// What is wrong with the settings as a whole.
    pub(crate) fn problems(&self, app: &App, here: &Here) -> Vec<SettingError> {
        match check_for(Purpose::Runs, &self.raw, app.web.setup.catalogue) {
            Ok(mut checked) => checked
                .resolve(Some(&here.workspace.schema))
                .err()
                .unwrap_or_default(),
            Err(problems) => problems,
        }
    }

    /// Saves new settings. False: another request has changed the draft meanwhile.
    pub(crate) fn save(
        &self,
        app: &App,
        here: &Here,
        raw: &RawSettings,
    ) -> Result<bool, StoreError> {
        let settings = to_json(raw).to_string();
        let change = DraftChange {
            form: FORM,
            settings: &settings,
            by: &here.session.user.email,
            now: app.now(),
        };
        let version = self.stored.version;
        app.store
            .change_draft(here.workspace.id, self.stored.integration, version, &change)
    }

    pub(crate) fn address(&self, here: &Here, step: Step) -> String {
        address(here, self.stored.integration, step)
    }
}

/// The form of a source: that of its HR system, or of the protocol of its address.
pub(crate) fn listing<'c>(raw: &RawSettings, catalogue: &'c Catalogue) -> Option<&'c Listing> {
    if let Some(connector) = &raw.source.connector {
        return catalogue.system(connector);
    }
    let (scheme, _) = raw.source.url.as_deref()?.split_once(':')?;
    let mut transports = catalogue.transports.iter();
    transports.find(|listing| listing.id == scheme)
}

/// Settings with what their preset and their connector fill in.
pub(crate) fn filled(raw: &RawSettings, catalogue: &Catalogue) -> RawSettings {
    let mut filled = raw.clone();
    if let Some(preset) = raw
        .preset
        .as_deref()
        .and_then(|name| catalogue.preset(name))
    {
        filled.fill_in(preset);
    }
    if let Some(system) = raw
        .source
        .connector
        .as_deref()
        .and_then(|id| catalogue.system(id))
    {
        filled.fill_in_beside(&system.defaults);
    }
    filled
}

pub(crate) fn address(here: &Here, integration: IntegrationId, step: Step) -> String {
    let root = workspace_path(&here.workspace.name);
    format!("{root}/integrations/{integration}/setup/{}", step.as_str())
}

/// What every step shows around its form.
pub(crate) struct Wizard {
    pub(crate) steps: Vec<StepLink>,
    pub(crate) position: String,
    pub(crate) title: String,
    pub(crate) intro: String,
    pub(crate) saved: String,
    pub(crate) back: Option<String>,
    /// Where the setup is given up; none: it has not begun.
    pub(crate) remove: Option<String>,
}

pub(crate) struct StepLink {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) number: usize,
    pub(crate) is_done: bool,
    pub(crate) is_here: bool,
}

impl Wizard {
    /// Before there is a draft.
    pub(crate) fn new() -> Self {
        let words = Frame::words();
        let steps = Step::ALL.iter().enumerate();
        Self {
            steps: steps
                .map(|(at, step)| StepLink {
                    href: String::new(),
                    text: words.t(step.text()),
                    number: at + 1,
                    is_done: false,
                    is_here: *step == Step::Source,
                })
                .collect(),
            position: words.v("setup-position", "1"),
            title: words.t("setup-source-title"),
            intro: words.t("setup-source-intro"),
            saved: words.t("setup-not-saved"),
            back: None,
            remove: None,
        }
    }

    pub(crate) fn of(
        app: &App,
        here: &Here,
        draft: &Draft,
        step: Step,
    ) -> Result<Self, StoreError> {
        let words = Frame::words();
        let done = done(app, here, draft)?;
        let times = Times::of(&here.workspace, app.now());
        let at = Step::ALL.iter().position(|one| *one == step).unwrap_or(0);
        let steps = Step::ALL.iter().enumerate().map(|(number, one)| StepLink {
            href: draft.address(here, *one),
            text: words.t(one.text()),
            number: number + 1,
            is_done: *one < done && *one != step,
            is_here: *one == step,
        });
        let root = workspace_path(&here.workspace.name);
        let integration = draft.stored.integration;
        Ok(Self {
            steps: steps.collect(),
            position: words.v("setup-position", &(at + 1).to_string()),
            title: words.t(step.heading().0),
            intro: words.t(step.heading().1),
            saved: words.v("setup-saved", &times.moment(draft.stored.changed_at)),
            back: at
                .checked_sub(1)
                .and_then(|before| Step::ALL.get(before))
                .map(|before| draft.address(here, *before)),
            remove: Some(format!("{root}/integrations/{integration}/setup/remove")),
        })
    }
}

/// The first step that is not done.
fn done(app: &App, here: &Here, draft: &Draft) -> Result<Step, StoreError> {
    let catalogue = app.web.setup.catalogue;
    if check_for(Purpose::Connection, &draft.raw, catalogue).is_err() {
        return Ok(Step::Connect);
    }
    if sample::read(app, here, draft)?.is_none() {
        return Ok(Step::Test);
    }
    let problems = draft.problems(app, here);
    Ok(match problems.iter().any(is_of_mapping) {
        true => Step::Map,
        false
            if !problems.is_empty()
                || draft.raw.policy == Default::default() && draft.raw.schedule.is_none() =>
        {
            Step::Rules
        }
        false => Step::Preview,
    })
}

/// Whether a problem is corrected in the mapping.
pub(crate) fn is_of_mapping(problem: &SettingError) -> bool {
    let setting = problem.setting.as_str();
    setting.starts_with("mapping") || setting.starts_with("fields")
}

/// The frame of a step.
pub(crate) fn frame(app: &App, here: &Here, name: &str, title: &str) -> Result<Frame, StoreError> {
    let words = Frame::words();
    let root = workspace_path(&here.workspace.name);
    let mut crumbs = vec![Link::new(
        format!("{root}/integrations"),
        words.t("nav-integrations"),
    )];
    if !name.is_empty() {
        crumbs.push(Link::new("", name.to_owned()));
    }
    Frame::inside(app, here, Area::Integrations, title.to_owned(), crumbs)
}

/// A step as it is.
pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration, step)): Path<(String, i64, String)>,
) -> Response {
    respond::act(app, here, move |app, here| {
        app.snapshot(|app| {
            let (Some(step), Some(draft)) = (
                Step::parse(&step),
                Draft::read(app, here, IntegrationId(integration))?,
            ) else {
                return Ok(Outcome::NotFound);
            };
            match step {
                Step::Source => source::show(app, here, &draft),
                Step::Connect => connect::show(app, here, &draft),
                Step::Test => test::show(app, here, &draft),
                Step::Map => map::show(app, here, &draft, None),
                Step::Rules => rules::show(app, here, &draft, None),
                Step::Preview => preview::show(app, here, &draft),
            }
        })
    })
    .await
}

/// What was filled in at a step.
pub(crate) async fn save(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration, step)): Path<(String, i64, String)>,
    RawForm(form): RawForm,
) -> Response {
    respond::act(app, here, move |app, here| {
        let (Some(step), Some(draft)) = (
            Step::parse(&step),
            Draft::read(app, here, IntegrationId(integration))?,
        ) else {
            return Ok(Outcome::NotFound);
        };
        let sent = Sent::parse(&form);
        match step {
            Step::Source => source::save(app, here, &draft, &sent),
            Step::Connect => connect::save(app, here, &draft, &sent),
            Step::Test => test::act(app, here, &draft, &sent),
            Step::Map => map::save(app, here, &draft, &sent),
            Step::Rules => rules::save(app, here, &draft, &sent),
            Step::Preview => preview::act(app, here, &draft, &sent),
        }
    })
    .await
}

/// The setup is given up.
pub(crate) async fn remove(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let (by, now) = (&here.session.user.email, app.now());
        let id = IntegrationId(integration);
        let is_gone = app.store.remove_draft(here.workspace.id, id, by, now)?;
        let root = workspace_path(&here.workspace.name);
        Ok(match is_gone {
            true => Outcome::To(format!("{root}/integrations")),
            false => Outcome::NotFound,
        })
    })
    .await
}
