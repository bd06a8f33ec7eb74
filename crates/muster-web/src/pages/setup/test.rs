//! The third step: the connection is tested by a job. The page follows it, shows what it found, and a new host key, which a
//! person compares before anything secret is sent.

use super::{
    Draft, Step, Wizard, frame,
    sample::{self, Sample},
    source::status,
};
use crate::{
    access::Here,
    api::jobs::write,
    pages::{
        frame::Frame,
        parts::{FieldError, Form, Markup, sentence_with_code},
        runs::{live::notify, verdict::sentence},
        sent::Sent,
    },
    respond::Outcome,
    state::App,
    wording::{Times, bytes, number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::Response,
};
use muster_core::{
    model::{
        ids::IntegrationId,
        job::{JobEnd, JobKind},
        problem::{Detail, Problem, transport},
        response::{FieldState, RunPhase},
    },
    setup::settings::{Purpose, check_for},
};
use muster_store::{JobStatus, NewJob, StoreError};
use serde::Deserialize;

/// How many records of the sample are shown.
const MAX_ROWS: usize = 10;

#[derive(Template)]
#[template(path = "pages/setup/test.html")]
struct TestPage {
    frame: Frame,
    wizard: Wizard,
    action: String,
    form: Form,
    /// Where an open page is notified; none: no test is under way.
    live: Option<String>,
    stages: Vec<Stage>,
    failure: Vec<Markup>,
    key: Option<NewKey>,
    found: Option<Found>,
    is_tested: bool,
    next: String,
}

pub(crate) struct Stage {
    class: &'static str,
    icon: &'static str,
    name: String,
    text: String,
}

/// A host key that nobody has accepted yet.
struct NewKey {
    fingerprint: String,
    /// The accepted one, if it was another.
    accepted: Option<String>,
}

struct Found {
    files: Vec<(String, String, String, bool)>,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    shown: String,
    /// Counts of columns by their state, with their names.
    states: Vec<(&'static str, &'static str, String, String)>,
    problems: Vec<Markup>,
    selection: Option<String>,
    partial: bool,
}

/// Starts a test and leads to its page.
pub(super) fn begin(app: &App, here: &Here, draft: &Draft) -> Result<Outcome, StoreError> {
    let integration = draft.stored.integration;
    let job = NewJob {
        integration: Some(integration),
        max_attempts: 1,
        dedupe_key: Some(format!("test {}/{integration}", here.workspace.id.0)),
        ..write::new(&here.workspace, JobKind::Test)
    };
    if app.store.test_draft(&job)?.is_some() {
        (app.web.wake)();
    }
    Ok(Outcome::To(draft.address(here, Step::Test)))
}

/// The job of the latest test.
enum Testing {
    Never,
    Running(Option<RunPhase>),
    Failed(Option<Box<Problem>>),
    Done,
}

fn testing(app: &App, here: &Here, draft: &Draft) -> Result<Testing, StoreError> {
    let workspace = here.workspace.id;
    let Some(job) = draft.stored.test_job else {
        return Ok(Testing::Never);
    };
    let Some(found) = app.store.job(workspace, job)? else {
        return Ok(Testing::Never);
    };
    Ok(match found.status {
        JobStatus::Waiting(_) => Testing::Running(None),
        JobStatus::Running { .. } => {
            let progress = (app.web.progress)(workspace, draft.stored.integration);
            let phase = progress
                .last()
                .map_or(RunPhase::Fetching, |progress| progress.phase);
            Testing::Running(Some(phase))
        }
        JobStatus::Ended {
            end: JobEnd::Done, ..
        } => Testing::Done,
        JobStatus::Ended { .. } => {
            let problem = app.store.job_problem(workspace, job)?;
            Testing::Failed(problem.map(Box::new))
        }
    })
}

/// Differs whenever the page would say something else.
fn state(testing: &Testing) -> &'static str {
    match testing {
        Testing::Never => "never",
        Testing::Running(None) => "queued",
        Testing::Running(Some(RunPhase::Waiting)) => "waiting",
        Testing::Running(Some(RunPhase::Fetching)) => "fetching",
        Testing::Running(Some(_)) => "reading",
        Testing::Failed(_) => "failed",
        Testing::Done => "done",
    }
}

#[derive(Deserialize)]
pub(crate) struct Known {
    #[serde(default)]
    state: String,
}

pub(crate) async fn events(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
    Query(known): Query<Known>,
) -> Response {
    notify(app, here, known.state, move |app, here| {
        let draft = Draft::read(app, here, IntegrationId(integration))?;
        let testing = draft.map(|draft| testing(app, here, &draft)).transpose()?;
        Ok(testing.map(|testing| state(&testing).to_owned()))
    })
}

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
    let testing = testing(app, here, draft)?;
    let sample = match testing {
        Testing::Done => sample::read(app, here, draft)?,
        _ => None,
    };
    let (mut failure, mut key) = (Vec::new(), None);
    if let Testing::Failed(problem) = &testing {
        match problem {
            Some(problem) => {
                let said = (app.web.sentences.problem)(problem);
                key = new_key(problem);
                let help = if key.is_some() {
                    String::new()
                } else {
                    said.help
                };
                failure.extend([said.message, help]);
            }
            None => failure.push(words.t("job-failed-text")),
        }
    }
    let live = matches!(testing, Testing::Running(_)).then(|| {
        let address = draft.address(here, Step::Test);
        let address = address.trim_end_matches("test");
        format!("{address}live?state={}", state(&testing))
    });
    let page = TestPage {
        frame: frame(app, here, &draft.stored.name, &words.t("setup-new"))?,
        wizard: Wizard::of(app, here, draft, Step::Test)?,
        action: draft.address(here, Step::Test),
        form: Form { errors },
        live,
        stages: stages(&testing, sample.as_ref(), draft.is_system()),
        failure: failure
            .into_iter()
            .filter(|line| !line.is_empty())
            .map(|line| sentence_with_code(&visible(&sentence(line))))
            .collect(),
        key,
        is_tested: sample.is_some(),
        found: sample.map(|sample| found(app, here, draft, &sample)),
        next: draft.address(here, Step::Map),
    };
    Ok(Outcome::Page(status(&page.form), page.render()))
}

fn new_key(problem: &Problem) -> Option<NewKey> {
    let Detail::Transport(transport::Detail::Failed(failure)) = &problem.detail else {
        return None;
    };
    match &failure.cause {
        transport::Cause::HostKeyUnknown { fingerprint } => Some(NewKey {
            fingerprint: fingerprint.clone(),
            accepted: None,
        }),
        transport::Cause::HostKeyChanged {
            fingerprint,
            accepted,
            ..
        } => Some(NewKey {
            fingerprint: fingerprint.clone(),
            accepted: Some(accepted.clone()),
        }),
        _ => None,
    }
}

/// What a test does, one after the other, and how far it is.
fn stages(testing: &Testing, sample: Option<&Sample>, is_system: bool) -> Vec<Stage> {
    let words = Frame::words();
    let at = match testing {
        Testing::Never => return Vec::new(),
        Testing::Running(None) => 0,
        Testing::Running(Some(RunPhase::Waiting | RunPhase::Fetching)) => 1,
        Testing::Running(Some(_)) => 2,
        Testing::Failed(_) => return Vec::new(),
        Testing::Done => 3,
    };
    let names = [
        "setup-stage-connect",
        "setup-stage-read",
        "setup-stage-understand",
    ];
    let texts = match sample {
        Some(sample) => [
            match sample
                .files
                .as_ref()
                .and_then(|files| files.host_key.as_ref())
            {
                Some(key) => words.v("setup-stage-key", key),
                None => words.t("setup-stage-connected"),
            },
            match (&sample.files, is_system) {
                (Some(files), _) => {
                    words.v("setup-stage-files", &number(files.matching.len() as u64))
                }
                (None, _) => words.n("setup-stage-employees", sample.records),
            },
            words.n("setup-stage-records", sample.records),
        ],
        None => Default::default(),
    };
    let stage = |(position, (name, text)): (usize, (&str, String))| {
        let (class, icon) = match position.cmp(&at) {
            std::cmp::Ordering::Less => ("done", "check"),
            std::cmp::Ordering::Equal => ("now", "loader-circle"),
            std::cmp::Ordering::Greater => ("later", "circle-dashed"),
        };
        Stage {
            class,
            icon,
            name: words.t(name),
            text,
        }
    };
    names
        .into_iter()
        .zip(texts)
        .enumerate()
        .map(stage)
        .collect()
}

fn found(app: &App, here: &Here, draft: &Draft, sample: &Sample) -> Found {
    let words = Frame::words();
    let times = Times::of(&here.workspace, app.now());
    let matching = sample.files.iter().flat_map(|files| &files.matching);
    let files = matching.clone().enumerate().map(|(at, file)| {
        let modified = file
            .modified
            .map_or_else(|| "–".to_owned(), |at| times.moment(at));
        (visible(&file.name), bytes(file.bytes), modified, at == 0)
    });
    let rows = sample.sample.iter().take(MAX_ROWS).map(|row| {
        let cells = row.iter();
        cells
            .map(|cell| visible(cell.as_deref().unwrap_or_default()))
            .collect()
    });
    let all: Vec<_> = matching.cloned().collect();
    let problems = sample.problems.iter().map(|problem| {
        let said = (app.web.sentences.problem)(problem);
        let place = problem
            .origin
            .map(|origin| crate::wording::origin(origin, &all));
        let message = sentence(said.message);
        let text = match place {
            Some(place) => format!("{place}: {message}"),
            None => message,
        };
        sentence_with_code(&visible(&text))
    });
    Found {
        files: files.collect(),
        columns: sample
            .columns
            .iter()
            .map(|column| visible(column))
            .collect(),
        rows: rows.collect(),
        shown: words.n(
            "setup-records-shown",
            sample.sample.len().min(MAX_ROWS) as u64,
        ),
        states: states(draft, sample),
        problems: problems.collect(),
        selection: sample
            .selection
            .map(|counts| words.n("setup-not-selected", counts.left_out)),
        partial: sample.partial.is_some(),
    }
}

/// Which columns have values, which are blank, and which the credentials may not read.
fn states(draft: &Draft, sample: &Sample) -> Vec<(&'static str, &'static str, String, String)> {
    let words = Frame::words();
    let names = |wanted: &dyn Fn(&muster_core::model::response::ConnectionField) -> bool| {
        let fields = sample.fields.iter().filter(|field| wanted(field));
        fields
            .map(|field| visible(&field.column))
            .collect::<Vec<_>>()
    };
    let is_system = draft.is_system();
    let filled = names(&|field| field.filled > 0);
    // Of what is not mapped, an HR system delivers no values yet.
    let empty = names(&|field| match field.state {
        FieldState::Empty => true,
        FieldState::Unused => !is_system && field.filled == 0,
        FieldState::Readable | FieldState::Withheld => false,
    });
    let withheld = names(&|field| field.state == FieldState::Withheld);
    let unused = names(&|field| is_system && field.state == FieldState::Unused);
    let groups = [
        ("is-create", "check", "setup-columns-filled", filled, false),
        (
            "is-plain",
            "circle-dashed",
            "setup-columns-empty",
            empty,
            true,
        ),
        (
            "is-held",
            "eye-off",
            "setup-columns-withheld",
            withheld,
            true,
        ),
        ("is-plain", "info", "setup-columns-unused", unused, true),
    ];
    let groups = groups.into_iter().filter(|group| !group.3.is_empty());
    groups
        .map(|(class, icon, key, names, lists)| {
            let count = words.n(key, names.len() as u64);
            (
                class,
                icon,
                count,
                if lists {
                    names.join(", ")
                } else {
                    String::new()
                },
            )
        })
        .collect()
}

/// Tests again, or accepts a host key and then tests again.
pub(super) fn act(
    app: &App,
    here: &Here,
    draft: &Draft,
    sent: &Sent,
) -> Result<Outcome, StoreError> {
    let Some(accepted) = sent.get("accept") else {
        return begin(app, here, draft);
    };
    // Only the key that the server has shown can be accepted.
    let shown = match testing(app, here, draft)? {
        Testing::Failed(Some(problem)) => new_key(&problem),
        _ => None,
    };
    let Some(key) = shown.filter(|key| key.fingerprint == accepted) else {
        return Ok(Outcome::To(draft.address(here, Step::Test)));
    };
    let theirs = sent.text("theirs");
    if theirs.is_empty() && sent.get("compared").is_none() {
        let errors = vec![FieldError::new("theirs", "setup-key-not-compared")];
        return page(app, here, draft, errors);
    }
    if !theirs.is_empty() && theirs != key.fingerprint {
        let errors = vec![FieldError::new("theirs", "setup-key-differs")];
        return page(app, here, draft, errors);
    }
    let settings = check_for(Purpose::Connection, &draft.raw, app.web.setup.catalogue);
    let Some(location) = settings
        .ok()
        .and_then(|settings| settings.files().map(|files| files.location.clone()))
    else {
        return Ok(Outcome::To(draft.address(here, Step::Connect)));
    };
    app.store.accept_host_key(
        here.workspace.id,
        &location.host,
        location.port,
        &key.fingerprint,
        &here.session.user.email,
        app.now(),
    )?;
    begin(app, here, draft)
}
