//! The second step: where the source is, and the credentials. Secrets go to the encrypted store at once and are never shown.

use super::{Draft, Step, Wizard, credential_steps, frame, source::status, test::begin};
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{FieldError, Form, Markup},
        runs::verdict::sentence,
        sent::Sent,
    },
    respond::Outcome,
    state::App,
    wording::{Times, visible},
};
use askama::Template;
use muster_core::setup::{
    listing::{Listing, Setting, SettingKind},
    settings::{
        Answers, Purpose, RawSettings, SettingError, answers, check_for, check_remote, fill_in,
    },
};
use muster_store::{NewCredential, StoreError, StoredCredential};

#[derive(Template)]
#[template(path = "pages/setup/connect.html")]
struct ConnectPage {
    frame: Frame,
    wizard: Wizard,
    action: String,
    title: String,
    form: Form,
    problems: Vec<Markup>,
    inputs: Vec<Input>,
    /// What usually stays as it is.
    more: Vec<Input>,
    more_title: String,
    is_more_open: bool,
    steps: Vec<Markup>,
}

pub(crate) struct Input {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) help: Markup,
    pub(crate) kind: InputKind,
    pub(crate) value: String,
    pub(crate) options: Vec<(String, String, bool)>,
    pub(crate) is_required: bool,
    pub(crate) error: Option<String>,
    /// When the secret was stored; none: it is none, or not stored.
    pub(crate) stored: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputKind {
    Text,
    Secret,
    /// A secret on several lines.
    Key,
    Choice,
}

impl Input {
    fn is(&self, kind: InputKind) -> bool {
        self.kind == kind
    }

    pub(crate) fn is_choice(&self) -> bool {
        self.is(InputKind::Choice)
    }

    pub(crate) fn is_key(&self) -> bool {
        self.is(InputKind::Key)
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.is(InputKind::Secret)
    }
}

/// The settings that a form in a browser asks for.
fn offered(listing: &Listing) -> impl Iterator<Item = &'static Setting> {
    let settings = listing.settings.iter();
    settings.filter(|setting| setting.kind != SettingKind::File)
}

pub(super) fn show(app: &App, here: &Here, draft: &Draft) -> Result<Outcome, StoreError> {
    page(app, here, draft, &draft.raw, Vec::new())
}

fn page(
    app: &App,
    here: &Here,
    draft: &Draft,
    shown: &RawSettings,
    problems: Vec<SettingError>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let Some(listing) = draft.listing(app.web.setup.catalogue) else {
        return Ok(Outcome::To(draft.address(here, Step::Source)));
    };
    let values = answers(shown, listing);
    let stored = credentials(app, here, &draft.stored.name)?;
    let times = Times::of(&here.workspace, app.now());
    let input =
        |setting: &Setting| input(app, listing, setting, &values, &stored, &problems, &times);
    let (more, inputs): (Vec<Input>, Vec<Input>) = offered(listing)
        .map(input)
        .partition(|input| is_further(listing, &input.name));
    let elsewhere = problems.iter().filter(|problem| {
        let mut known = inputs.iter().chain(&more);
        !known.any(|input| input.name == problem.setting)
    });
    let page = ConnectPage {
        frame: frame(app, here, &draft.stored.name, &words.t("setup-new"))?,
        wizard: Wizard::of(app, here, draft, Step::Connect)?,
        action: draft.address(here, Step::Connect),
        title: listing.title.to_owned(),
        problems: elsewhere
            .map(|problem| crate::pages::parts::sentence_with_code(&in_words(app, problem)))
            .collect(),
        form: Form {
            errors: match problems.is_empty() {
                true => Vec::new(),
                false => vec![FieldError::new("form", "setup-connect-errors")],
            },
        },
        more_title: words.t(match listing.section {
            "" => "setup-files-more",
            _ => "setup-system-more",
        }),
        is_more_open: more.iter().any(|input| input.error.is_some()),
        inputs,
        more,
        steps: match listing.help {
            "" => file_steps(listing.id),
            help => credential_steps::steps(help),
        },
    };
    Ok(Outcome::Page(status(&page.form), page.render()))
}

/// What the customer's IT has to prepare for files.
fn file_steps(transport: &str) -> Vec<Markup> {
    let words = Frame::words();
    let key = |key| words.t(key);
    let steps = match transport {
        "sftp" => key("setup-ask-sftp"),
        "https" => key("setup-ask-https"),
        _ => key("setup-ask-ftp"),
    };
    let steps = steps.lines().map(str::trim).filter(|line| !line.is_empty());
    steps.map(crate::pages::parts::marked).collect()
}

/// Whether a setting usually stays as it is: how files are written and treated, and the address of an HR system.
fn is_further(listing: &Listing, name: &str) -> bool {
    const FIRST: [&str; 4] = ["source.url", "source.pattern", "source.mode", "source.tls"];
    match listing.section {
        "" => name.starts_with("source.") && !FIRST.contains(&name),
        _ => name == "source.base_url",
    }
}

fn input(
    app: &App,
    listing: &Listing,
    setting: &Setting,
    values: &Answers,
    stored: &[StoredCredential],
    problems: &[SettingError],
    times: &Times,
) -> Input {
    let words = Frame::words();
    let name = listing.path(setting);
    let chosen = values.get(&name).map(String::as_str);
    let value = chosen.or(setting.default).unwrap_or_default().to_owned();
    let option = |one: &str, text: String| (one.to_owned(), text, one == value);
    let options = match setting.kind {
        SettingKind::Flag => vec![
            option("true", words.t("value-yes")),
            option("false", words.t("value-no")),
        ],
        SettingKind::Choice => {
            let none = (setting.default.is_none() && !setting.is_required)
                .then(|| option("", words.t("setup-choice-none")));
            let choices = setting.choices.iter();
            none.into_iter()
                .chain(choices.map(|one| option(one, (*one).to_owned())))
                .collect()
        }
        _ => Vec::new(),
    };
    let kept = stored.iter().find(|one| one.name == name);
    Input {
        id: name.replace(['.', '_'], "-"),
        label: setting.label.to_owned(),
        help: crate::pages::parts::sentence_with_code(&sentence(setting.help.to_owned())),
        kind: match setting.kind {
            SettingKind::Secret if name.ends_with("private_key") => InputKind::Key,
            SettingKind::Secret => InputKind::Secret,
            SettingKind::Flag | SettingKind::Choice => InputKind::Choice,
            _ => InputKind::Text,
        },
        is_required: setting.is_required && kept.is_none(),
        error: problems
            .iter()
            .find(|problem| problem.setting == name)
            .map(|problem| in_words(app, problem)),
        stored: kept.map(|one| words.v("setup-secret-stored", &times.moment(one.set_at))),
        value: if setting.is_secret() {
            String::new()
        } else {
            value
        },
        options,
        name,
    }
}

/// What is wrong with a setting, as a sentence.
pub(super) fn in_words(app: &App, problem: &SettingError) -> String {
    let said = (app.web.setup.problem)(problem);
    let message = sentence(said.message);
    match said.help.as_str() {
        "" => visible(&message),
        help => visible(&format!("{message}. {}.", sentence(help.to_owned()))),
    }
}

fn credentials(
    app: &App,
    here: &Here,
    integration: &str,
) -> Result<Vec<StoredCredential>, StoreError> {
    let all = app.store.credentials(here.workspace.id)?;
    let of_this = all.into_iter().filter(|one| one.integration == integration);
    Ok(of_this.collect())
}

/// Deletes the credentials of an integration, except some.
pub(super) fn drop_credentials(
    app: &App,
    here: &Here,
    integration: &str,
    except: &[&str],
) -> Result<(), StoreError> {
    for one in credentials(app, here, integration)? {
        if !except.contains(&one.name.as_str()) {
            let (by, now) = (&here.session.user.email, app.now());
            app.store
                .remove_credential(here.workspace.id, integration, &one.name, by, now)?;
        }
    }
    Ok(())
}

pub(super) fn save(
    app: &App,
    here: &Here,
    draft: &Draft,
    sent: &Sent,
) -> Result<Outcome, StoreError> {
    let catalogue = app.web.setup.catalogue;
    let Some(listing) = draft.listing(catalogue) else {
        return Ok(Outcome::To(draft.address(here, Step::Source)));
    };
    let stored = credentials(app, here, &draft.stored.name)?;
    let is_stored = |name: &str| stored.iter().any(|one| one.name == name);
    let (mut filled, mut secrets, mut forgotten) = (Answers::new(), Vec::new(), Vec::new());
    for setting in offered(listing) {
        let name = listing.path(setting);
        let Some(answer) = sent.get(&name) else {
            continue;
        };
        if !setting.is_secret() {
            filled.insert(name, answer.to_owned());
            continue;
        }
        if sent.get(&format!("forget.{name}")).is_some() {
            forgotten.push(name.clone());
            filled.insert(name, String::new());
        } else if !answer.is_empty() {
            filled.insert(name.clone(), "stored".to_owned());
            secrets.push((name, answer.to_owned()));
        } else {
            // What is not stored is not there, whatever an earlier draft said.
            let there = if is_stored(&name) { "stored" } else { "" };
            filled.insert(name, there.to_owned());
        }
    }
    let Some(raw) = fill_in(&draft.raw, listing, &filled) else {
        return page(app, here, draft, &draft.raw, Vec::new());
    };
    let mut problems = check_remote(&raw);
    let checked = check_for(Purpose::Connection, &raw, catalogue);
    if let Err(found) = &checked {
        let of_source = |one: &&SettingError| {
            one.setting.starts_with("source") || one.setting.starts_with("credentials")
        };
        problems.extend(found.iter().filter(of_source).cloned());
    }
    problems.extend(other_protocol(listing, &raw));
    if !problems.is_empty() {
        return page(app, here, draft, &raw, problems);
    }
    if !draft.save(app, here, &raw)? {
        return Ok(Outcome::To(draft.address(here, Step::Connect)));
    }
    let before = check_for(Purpose::Connection, &draft.raw, catalogue).ok();
    let is_elsewhere = checked.as_ref().map_or(true, |after| {
        after.sends_elsewhere(before.as_ref(), catalogue)
    });
    let new: Vec<&str> = secrets.iter().map(|(name, _)| name.as_str()).collect();
    if is_elsewhere {
        // A stored secret is never sent to another server or in another name.
        drop_credentials(app, here, &draft.stored.name, &new)?;
    }
    for name in &forgotten {
        let (by, now) = (&here.session.user.email, app.now());
        let integration = &draft.stored.name;
        app.store
            .remove_credential(here.workspace.id, integration, name, by, now)?;
    }
    for (name, value) in &secrets {
        let new = NewCredential {
            integration: &draft.stored.name,
            name,
            value: value.as_bytes(),
            expires: None,
        };
        let by = Some(here.session.user.email.as_str());
        app.store
            .set_credential(here.workspace.id, &new, by, app.now())?;
    }
    app.store
        .drop_sample(here.workspace.id, draft.stored.integration)?;
    begin(app, here, draft)
}

/// Another protocol is another source, with a form of its own.
fn other_protocol(listing: &Listing, raw: &RawSettings) -> Option<SettingError> {
    use muster_core::setup::settings::SettingIssue;
    let url = raw.source.url.as_deref()?;
    let is_same = url.starts_with(&format!("{}://", listing.id));
    (listing.section.is_empty() && !is_same).then(|| {
        let issue = SettingIssue::OtherProtocol {
            expected: listing.id.to_owned(),
        };
        SettingError::new("source.url", issue)
    })
}
