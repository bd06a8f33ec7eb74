//! The fifth step: how records find their employees, which are selected, what happens to missing employees, when plans are held,
//! and when the source is read. The sample shows the effect.

use super::{
    Draft, Step, Wizard,
    connect::in_words,
    frame, is_of_mapping,
    sample::{self, Checked, Sample},
    selection::{self, RuleRow, ValueRow},
    source::{Choice, presets, status},
};
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{FieldError, Form, Markup, sentence_with_code},
        sent::Sent,
    },
    respond::Outcome,
    state::App,
    wording::number,
};
use askama::Template;
use muster_core::{
    read::sample::SampledState,
    setup::settings::{RawLimit, RawPolicy, RawSettings, SettingError},
};
use muster_store::StoreError;

#[derive(Template)]
#[template(path = "pages/setup/rules.html")]
struct RulesPage {
    frame: Frame,
    wizard: Wizard,
    action: String,
    form: Form,
    problems: Vec<Markup>,
    presets: Vec<Choice>,
    is_system: bool,
    matching: Vec<Choice>,
    rules: Vec<RuleRow>,
    values: Vec<ValueRow>,
    missing: Vec<Choice>,
    missing_runs: String,
    blank: Vec<Choice>,
    approve: Vec<Choice>,
    percent: String,
    number: String,
    schedule: String,
    limit: String,
    effect: Vec<(String, String)>,
}

/// What a person fills in.
struct Filled {
    matching: String,
    missing: String,
    missing_runs: String,
    blank: String,
    approve: String,
    percent: String,
    number: String,
    schedule: String,
}

impl Filled {
    fn of(raw: &RawSettings, checked: Option<&Checked>) -> Self {
        let policy = &raw.policy;
        let limits = checked.map(|checked| checked.setup.rules.policy.limits.removals);
        let word =
            |word: &Option<String>, usual: &str| word.clone().unwrap_or_else(|| usual.to_owned());
        Self {
            matching: match &policy.match_by {
                Some(keys) => keys.join(","),
                None => "external_id,email".to_owned(),
            },
            missing: word(&policy.missing, "keep"),
            missing_runs: policy.missing_runs.unwrap_or(1).to_string(),
            blank: word(&policy.blank, "keep"),
            approve: word(&policy.approve, "first"),
            percent: limits.map_or_else(String::new, |limit| limit.percent.to_string()),
            number: limits.map_or_else(String::new, |limit| limit.number.to_string()),
            schedule: raw.schedule.clone().unwrap_or_default().join(", "),
        }
    }

    fn sent(sent: &Sent) -> Self {
        let text = |name: &str| sent.text(name).to_owned();
        Self {
            matching: text("match"),
            missing: text("missing"),
            missing_runs: text("missing_runs"),
            blank: text("blank"),
            approve: text("approve"),
            percent: text("percent"),
            number: text("number"),
            schedule: text("schedule"),
        }
    }
}

pub(super) fn show(
    app: &App,
    here: &Here,
    draft: &Draft,
    refused: Option<(&Sent, Vec<SettingError>, Vec<FieldError>)>,
) -> Result<Outcome, StoreError> {
    let Some(sample) = sample::read(app, here, draft)? else {
        return Ok(Outcome::To(draft.address(here, Step::Test)));
    };
    let words = Frame::words();
    let all = draft.filled(app.web.setup.catalogue);
    let checked = sample::check(app, here, &draft.raw, &sample);
    let filled = match &refused {
        Some((sent, ..)) => Filled::sent(sent),
        None => Filled::of(&all, checked.as_ref()),
    };
    let (problems, errors) = match &refused {
        Some((_, problems, errors)) => (problems.clone(), errors.clone()),
        None => (Vec::new(), Vec::new()),
    };
    let columns = super::map::columns(&sample);
    let page = RulesPage {
        frame: frame(app, here, &draft.stored.name, &words.t("setup-new"))?,
        wizard: Wizard::of(app, here, draft, Step::Rules)?,
        action: draft.address(here, Step::Rules),
        form: Form { errors },
        problems: problems
            .iter()
            .map(|problem| sentence_with_code(&in_words(app, problem)))
            .collect(),
        presets: presets(draft.raw.preset.as_deref().unwrap_or_default()),
        is_system: draft.is_system(),
        matching: choices(
            &filled.matching,
            &[
                ("external_id,email", "setup-match-both"),
                ("external_id", "setup-match-id"),
                ("email", "setup-match-email"),
            ],
        ),
        rules: match &refused {
            Some((sent, ..)) => selection::sent_rows(sent, &columns),
            None => selection::rows(&draft.raw, &columns),
        },
        values: selection::values(app, here, draft, &sample),
        missing: choices(
            &filled.missing,
            &[
                ("keep", "setup-missing-keep"),
                ("deactivate", "setup-missing-deactivate"),
                ("delete", "setup-missing-delete"),
            ],
        ),
        missing_runs: filled.missing_runs,
        blank: choices(
            &filled.blank,
            &[("keep", "setup-blank-keep"), ("clear", "setup-blank-clear")],
        ),
        approve: choices(
            &filled.approve,
            &[
                ("first", "setup-approve-first"),
                ("always", "setup-approve-always"),
                ("never", "setup-approve-never"),
            ],
        ),
        percent: filled.percent,
        number: filled.number,
        schedule: filled.schedule,
        limit: limit(checked.as_ref(), &sample),
        effect: effect(checked.as_ref()),
    };
    let mut state = status(&page.form);
    if !page.problems.is_empty() {
        state = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(Outcome::Page(state, page.render()))
}

fn choices(chosen: &str, all: &[(&str, &str)]) -> Vec<Choice> {
    let words = Frame::words();
    let choice = |(value, key): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        title: words.t(key),
        text: String::new(),
        logo: String::new(),
        is_chosen: *value == chosen,
    };
    all.iter().map(choice).collect()
}

/// How many departures of all records hold a plan.
fn limit(checked: Option<&Checked>, sample: &Sample) -> String {
    let Some(checked) = checked else {
        return String::new();
    };
    let limit = checked.setup.rules.policy.limits.removals;
    let share = (sample.records as f64 * limit.percent / 100.0).floor() as u64;
    Frame::words().n("setup-limit", share.max(limit.number) + 1)
}

/// What the rules make of the sample.
fn effect(checked: Option<&Checked>) -> Vec<(String, String)> {
    let words = Frame::words();
    let Some(checked) = checked else {
        return Vec::new();
    };
    let all = number(checked.records.len() as u64);
    let of = |state: SampledState| {
        let found = checked
            .records
            .iter()
            .filter(|record| record.state == state);
        let count = number(found.count() as u64);
        words.with(
            "setup-count-of",
            &[
                ("value", crate::texts::Argument::Text(&count)),
                ("all", crate::texts::Argument::Text(&all)),
            ],
        )
    };
    vec![
        (words.t("setup-selected"), of(SampledState::Selected)),
        (words.t("setup-left-out"), of(SampledState::NotSelected)),
        (words.t("setup-undecided"), of(SampledState::Undecided)),
        (words.t("setup-sum-rejected"), of(SampledState::Rejected)),
    ]
}

pub(super) fn save(
    app: &App,
    here: &Here,
    draft: &Draft,
    sent: &Sent,
) -> Result<Outcome, StoreError> {
    let catalogue = app.web.setup.catalogue;
    let filled = Filled::sent(sent);
    let mut raw = draft.raw.clone();
    if !draft.is_system() {
        let preset = sent.text("preset");
        let is_other = raw.preset.as_deref().unwrap_or_default() != preset;
        raw.preset = catalogue.preset(preset).map(|_| preset.to_owned());
        if is_other {
            // A preset fills in what is not set: it is shown before anything else of the form counts.
            raw.policy = RawPolicy::default();
            raw.schedule = None;
            return Ok(Outcome::To(match draft.save(app, here, &raw)? {
                true => draft.address(here, Step::Rules),
                false => draft.address(here, Step::Source),
            }));
        }
    }
    let mut errors = Vec::new();
    match apply(&mut raw, &filled) {
        Ok(()) => {}
        Err(error) => errors.push(error),
    }
    match selection::rules(sent, &draft.raw) {
        Some(rules) => raw.select = (!rules.is_empty()).then_some(rules),
        None => errors.push(FieldError::new("rule-0", "setup-rule-incomplete")),
    }
    let changed = Draft {
        stored: draft.stored.clone(),
        raw,
    };
    let problems = changed.problems(app, here);
    let problems: Vec<_> = problems
        .into_iter()
        .filter(|one| !is_of_mapping(one))
        .collect();
    if !errors.is_empty() || !problems.is_empty() {
        return show(app, here, draft, Some((sent, problems, errors)));
    }
    if !draft.save(app, here, &changed.raw)? {
        return Ok(Outcome::To(draft.address(here, Step::Rules)));
    }
    let next = match sent.get("check") {
        Some(_) => Step::Rules,
        None => Step::Preview,
    };
    Ok(Outcome::To(draft.address(here, next)))
}

/// Writes what was filled in into the settings.
fn apply(raw: &mut RawSettings, filled: &Filled) -> Result<(), FieldError> {
    let policy = &mut raw.policy;
    let keys = filled.matching.split(',').map(str::to_owned);
    policy.match_by = Some(keys.collect());
    policy.missing = Some(filled.missing.clone());
    policy.blank = Some(filled.blank.clone());
    policy.approve = Some(filled.approve.clone());
    let runs = filled.missing_runs.parse();
    policy.missing_runs = match filled.missing_runs.as_str() {
        "" | "1" => None,
        _ => Some(runs.map_err(|_| FieldError::new("missing_runs", "setup-not-a-number"))?),
    };
    if !filled.percent.is_empty() || !filled.number.is_empty() {
        let wrong = |_| FieldError::new("percent", "setup-not-a-number");
        raw.guard.removals = Some(RawLimit {
            percent: filled
                .percent
                .parse()
                .map_err(|_| FieldError::new("percent", "setup-not-a-number"))?,
            number: filled.number.parse().map_err(wrong)?,
        });
    }
    let times = filled.schedule.split(',').map(str::trim);
    let times: Vec<String> = times
        .filter(|time| !time.is_empty())
        .map(str::to_owned)
        .collect();
    raw.schedule = Some(times);
    Ok(())
}
