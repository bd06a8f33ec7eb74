//! The fourth step: which column goes to which field. The sample shows at once what the records become.

use super::{
    Draft, Step, Wizard,
    connect::in_words,
    conversions::{self, Conversions},
    filled, frame, is_of_mapping,
    mapping::{self, Chosen, NEW, RowErrors},
    sample::{self, Checked, Sample},
    source::status,
};
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{FieldError, Form, Markup, field_name, sentence_with_code},
        runs::verdict::sentence,
        sent::Sent,
    },
    respond::Outcome,
    state::App,
    wording::{number, visible},
};
use askama::Template;
use muster_core::{
    model::{
        field::Schema,
        problem::{Severity, shown},
    },
    read::sample::SampledState,
    setup::settings::{FIELD_KINDS, RawSettings},
};
use muster_store::StoreError;

/// How many values of a column are shown.
const MAX_VALUES: usize = 3;

/// Formats of dates to choose from.
const FORMATS: [&str; 12] = [
    "YYYY-MM-DD",
    "DD-MM-YYYY",
    "DD/MM/YYYY",
    "DD.MM.YYYY",
    "MM/DD/YYYY",
    "YYYY/MM/DD",
    "YYYYMMDD",
    "DDMMYYYY",
    "D-M-YYYY",
    "D MMMM YYYY",
    "DD-MM-YY",
    "DD MMM YYYY",
];

#[derive(Template)]
#[template(path = "pages/setup/map.html")]
struct MapPage {
    frame: Frame,
    wizard: Wizard,
    action: String,
    form: Form,
    problems: Vec<Markup>,
    sums: Vec<(String, String)>,
    rows: Vec<Row>,
    formats: Vec<&'static str>,
    kinds: Vec<&'static str>,
}

struct Row {
    at: usize,
    column: String,
    samples: String,
    label: String,
    options: Vec<(String, String, bool)>,
    sure: String,
    conversion: String,
    is_open: bool,
    conversions: Conversions,
    new: String,
    kind: String,
    error: Option<String>,
    class: &'static str,
    result: String,
}

/// The columns that can be mapped: those of the sample, then what else the source offers.
pub(super) fn columns(sample: &Sample) -> Vec<String> {
    let mut columns = sample.columns.clone();
    for field in &sample.fields {
        if !columns.contains(&field.column) {
            columns.push(field.column.clone());
        }
    }
    columns
}

pub(super) fn show(
    app: &App,
    here: &Here,
    draft: &Draft,
    refused: Option<(&Sent, RowErrors)>,
) -> Result<Outcome, StoreError> {
    let Some(sample) = sample::read(app, here, draft)? else {
        return Ok(Outcome::To(draft.address(here, Step::Test)));
    };
    let words = Frame::words();
    let catalogue = app.web.setup.catalogue;
    let columns = columns(&sample);
    let suggestions = sample.files.as_ref().map(|files| &files.suggestions[..]);
    let all = draft.filled(catalogue);
    let chosen = mapping::chosen(&draft.raw, &all, &columns, suggestions.unwrap_or_default());
    // What is only suggested is tried, too.
    let tried = as_chosen(&draft.raw, &chosen);
    let checked = sample::check(app, here, &tried, &sample);
    let schema = draft.schema(app, here);
    let rows = columns.iter().enumerate().map(|(at, column)| {
        let error = refused.as_ref().and_then(|(_, errors)| errors.get(&at));
        let row = row(
            app,
            &schema,
            at,
            column,
            &chosen[at],
            &sample,
            checked.as_ref(),
        );
        Row {
            error: error.map(|key| words.t(key)),
            is_open: error.is_some(),
            ..row
        }
    });
    let rows: Vec<Row> = match &refused {
        Some((sent, _)) => rows.map(|row| as_sent(row, sent)).collect(),
        None => rows.collect(),
    };
    let problems = match draft.raw.mapping.is_some() {
        true => draft.problems(app, here),
        false => Vec::new(),
    };
    let problems = problems.iter().filter(|problem| is_of_mapping(problem));
    let page = MapPage {
        frame: frame(app, here, &draft.stored.name, &words.t("setup-new"))?,
        wizard: Wizard::of(app, here, draft, Step::Map)?,
        action: draft.address(here, Step::Map),
        form: Form {
            errors: match refused {
                Some(_) => vec![FieldError::new("form", "setup-map-errors")],
                None => Vec::new(),
            },
        },
        problems: problems
            .map(|problem| sentence_with_code(&in_words(app, problem)))
            .collect(),
        sums: sums(checked.as_ref()),
        rows,
        formats: FORMATS.to_vec(),
        kinds: FIELD_KINDS
            .iter()
            .copied()
            .filter(|kind| *kind != "choice")
            .collect(),
    };
    Ok(Outcome::Page(status(&page.form), page.render()))
}

/// Settings in which what is suggested is chosen.
fn as_chosen(raw: &RawSettings, chosen: &[Chosen]) -> RawSettings {
    let mut raw = raw.clone();
    let suggested = chosen.iter().filter(|one| one.confidence.is_some());
    for one in suggested {
        let mapping = raw.mapping.get_or_insert_default();
        mapping.insert(
            one.field.clone(),
            muster_core::setup::settings::Short(one.mapping.clone()),
        );
    }
    raw
}

/// A row as it was filled in, when it is refused.
fn as_sent(mut row: Row, sent: &Sent) -> Row {
    let at = row.at;
    let input = |name: &str| sent.text(&format!("{name}.{at}")).to_owned();
    let field = input("field");
    for option in &mut row.options {
        option.2 = option.0 == field;
    }
    row.new = input("new");
    row.kind = input("kind");
    row.conversions = Conversions::sent(sent, at);
    row
}

fn row(
    app: &App,
    schema: &Schema,
    at: usize,
    column: &str,
    chosen: &Chosen,
    sample: &Sample,
    checked: Option<&Checked>,
) -> Row {
    let words = Frame::words();
    let mapping = &chosen.mapping;
    let (class, result) = result(app, column, chosen, checked);
    Row {
        at,
        column: visible(column),
        samples: samples(column, sample),
        label: words.v("setup-field-of", &visible(column)),
        options: options(schema, &chosen.field),
        sure: match chosen.confidence {
            Some(sure) => format!("{:.0}%", sure * 100.0),
            None => "–".to_owned(),
        },
        conversion: conversions::summary(mapping),
        is_open: false,
        conversions: Conversions::of(mapping),
        new: String::new(),
        kind: String::new(),
        error: None,
        class,
        result,
    }
}

/// A few values of a column, each once.
fn samples(column: &str, sample: &Sample) -> String {
    let words = Frame::words();
    let Some(at) = sample.columns.iter().position(|one| one == column) else {
        return words.t("setup-not-read");
    };
    let mut values: Vec<String> = Vec::new();
    for cell in sample
        .sample
        .iter()
        .filter_map(|row| row.get(at)?.as_deref())
    {
        let value = visible(&cell.chars().take(40).collect::<String>());
        if !value.trim().is_empty() && !values.contains(&value) {
            values.push(value);
        }
        if values.len() == MAX_VALUES {
            break;
        }
    }
    match values.is_empty() {
        true => words.t("setup-all-blank"),
        false => values.join(", "),
    }
}

fn options(schema: &Schema, chosen: &str) -> Vec<(String, String, bool)> {
    let words = Frame::words();
    let option = |key: &str, text: String| (key.to_owned(), text, key == chosen);
    let mut options = vec![option("", words.t("setup-not-used"))];
    for (field, definition) in schema.iter() {
        let key = definition.key.as_str();
        options.push(option(key, field_name(words, schema, field)));
    }
    options.push(option(NEW, words.t("setup-new-field")));
    options
}

/// What the records of the sample say about a column.
fn result(
    app: &App,
    column: &str,
    chosen: &Chosen,
    checked: Option<&Checked>,
) -> (&'static str, String) {
    let words = Frame::words();
    let (false, Some(checked)) = (chosen.field.is_empty(), checked) else {
        return ("is-plain", "–".to_owned());
    };
    let name = shown(column);
    let problems: Vec<_> = checked
        .records
        .iter()
        .flat_map(|record| &record.problems)
        .filter(|problem| problem.field.as_deref() == Some(&name))
        .collect();
    let Some(first) = problems.first() else {
        return ("is-create", words.t("setup-fine"));
    };
    let is_rejected = problems
        .iter()
        .any(|one| one.severity == Severity::Rejected);
    let said = (app.web.sentences.problem)(first);
    let count = words.n("setup-problems-count", problems.len() as u64);
    let text = format!("{count}: {}", visible(&sentence(said.message)));
    (
        if is_rejected {
            "is-rejected"
        } else {
            "is-held"
        },
        text,
    )
}

/// The sums above the table.
fn sums(checked: Option<&Checked>) -> Vec<(String, String)> {
    let words = Frame::words();
    let Some(checked) = checked else {
        return Vec::new();
    };
    let records = &checked.records;
    let count = |wanted: &dyn Fn(&muster_core::read::sample::SampledRecord) -> bool| {
        let found = records.iter().filter(|record| wanted(record));
        number(found.count() as u64)
    };
    vec![
        (words.t("setup-sum-records"), number(records.len() as u64)),
        (
            words.t("setup-sum-fine"),
            count(&|record| record.state == SampledState::Selected && record.problems.is_empty()),
        ),
        (
            words.t("setup-sum-warnings"),
            count(&|record| record.state != SampledState::Rejected && record.has_warning()),
        ),
        (
            words.t("setup-sum-rejected"),
            count(&|record| record.state == SampledState::Rejected),
        ),
    ]
}

pub(super) fn save(
    app: &App,
    here: &Here,
    draft: &Draft,
    sent: &Sent,
) -> Result<Outcome, StoreError> {
    let Some(sample) = sample::read(app, here, draft)? else {
        return Ok(Outcome::To(draft.address(here, Step::Test)));
    };
    let catalogue = app.web.setup.catalogue;
    let columns = columns(&sample);
    let all = filled(&draft.raw, catalogue);
    let raw = match mapping::mapped(&draft.raw, &all, &columns, sent, catalogue) {
        Ok(raw) => raw,
        Err(errors) => return show(app, here, draft, Some((sent, errors))),
    };
    if !draft.save(app, here, &raw)? {
        return Ok(Outcome::To(draft.address(here, Step::Map)));
    }
    let saved = Draft {
        stored: draft.stored.clone(),
        raw,
    };
    let is_complete = !saved.problems(app, here).iter().any(is_of_mapping);
    let stays = sent.get("check").is_some() || !is_complete;
    let next = if stays { Step::Map } else { Step::Rules };
    Ok(Outcome::To(draft.address(here, next)))
}
