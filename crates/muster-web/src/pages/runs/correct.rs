//! A person corrects a rejected record of the last delivery: a form on the page of the rejected records, then what is still
//! wrong or what would change, then a job that applies it. Nothing changes before the second page is confirmed, and nothing
//! at the source.

use super::{
    decide::note_error,
    head::Recorded,
    problems::{ProblemRow, is_shown_as, row},
    repair,
};
use crate::{
    access::Here,
    api::jobs::write,
    pages::{
        frame::{Area, Frame, workspace_path},
        jobs,
        parts::{DiffRow, FieldError, Form, Link, Markup, look_of, sign, word_of},
        people::change::confirm::rows,
        runs::verdict::sentence,
    },
    respond::{self, Outcome},
    state::{App, DeliveredRecord, DeliveredRecords},
    wording::visible,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, RawForm, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::{
    actor::Actor,
    edit_request::{CorrectedRecord, EditRequest},
    origin::Origin,
    problem::Problem,
    role::Role,
    run::RunKind,
};
use muster_store::{Enqueued, NewJob, RequestedEdit, StoreError};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The form with the values of a record.
#[derive(Default)]
pub(crate) struct Correction {
    pub(crate) file: u16,
    pub(crate) line: u32,
    pub(crate) inputs: Vec<Input>,
}

/// A value that can be corrected.
pub(crate) struct Input {
    pub(crate) id: String,
    /// The position of its column in the record.
    pub(crate) position: usize,
    pub(crate) column: String,
    pub(crate) value: String,
    /// What is wrong with it; empty: nothing is known to be.
    pub(crate) error: String,
}

#[derive(Template)]
#[template(path = "pages/runs/correct.html")]
struct CorrectPage {
    frame: Frame,
    rejected: String,
    /// What is still wrong with the record.
    problems: Vec<ProblemRow>,
    correction: Correction,
    /// What would change; none: something is wrong.
    would: Option<Would>,
    form: Form,
}

struct Would {
    /// The corrected record, as the form sends it back.
    record: String,
    operations: Vec<Changed>,
    /// Why the plan would be held.
    findings: Vec<String>,
    note: String,
}

struct Changed {
    sign: Markup,
    name: String,
    changes: Vec<DiffRow>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmed {
    record: String,
    note: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

/// Whether a user can correct rejected records of a run.
pub(crate) fn can_correct(app: &App, here: &Here, recorded: &Recorded) -> Result<bool, StoreError> {
    let run = &recorded.run;
    let is_of_source = run.kind == RunKind::Sync && run.finished.is_some();
    Ok(here.role >= Role::Operator
        && is_of_source
        && app
            .store
            .newer_delivery(here.workspace.id, run.id)?
            .is_none())
}

/// The form for a record, with what is wrong with it.
pub(crate) fn correction(
    record: &DeliveredRecord,
    used: &BTreeSet<String>,
    problems: &[&Problem],
    app: &App,
) -> Correction {
    let Origin { file, line } = record.origin;
    let cells = record.columns.iter().zip(&record.cells).enumerate();
    let inputs = cells.filter(|(_, (column, _))| used.contains(*column));
    let error = |column: &str| {
        let of_column = problems.iter().find(|problem| is_shown_as(problem, column));
        let message = of_column.map(|problem| (app.web.sentences.problem)(problem).message);
        message.map(|message| sentence(message.replace('`', "")))
    };
    Correction {
        file,
        line,
        inputs: inputs
            .map(|(position, (column, value))| Input {
                id: format!("r{file}-{line}-{position}"),
                position,
                column: visible(column),
                value: value.clone(),
                error: error(column).unwrap_or_default(),
            })
            .collect(),
    }
}

/// The form leads here; the answer says what is still wrong, or what would change.
pub(crate) async fn check(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    RawForm(form): RawForm,
) -> Response {
    respond::act(app, here, move |app, here| {
        let pairs: BTreeMap<String, String> =
            url::form_urlencoded::parse(&form).into_owned().collect();
        let number = |name: &str| pairs.get(name)?.parse::<u32>().ok();
        let (Some(file), Some(line)) = (number("file"), number("line")) else {
            return Ok(Outcome::NotFound);
        };
        let Ok(file) = u16::try_from(file) else {
            return Ok(Outcome::NotFound);
        };
        let Some(page) = Page::read(app, here, run, Origin { file, line })? else {
            return Ok(Outcome::NotFound);
        };
        let typed = |position: usize| pairs.get(&format!("c{position}"));
        let columns = page.record.columns.iter().zip(&page.record.cells);
        let values = columns.enumerate().filter_map(|(position, (column, old))| {
            let new = typed(position).filter(|new| *new != old)?;
            Some((column.clone(), new.clone()))
        });
        let corrected = CorrectedRecord {
            origin: page.record.origin,
            values: values.collect(),
        };
        page.shown(app, here, &corrected, None)
    })
    .await
}

/// Writes the job that applies the corrected record.
pub(crate) async fn confirm(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    Body(sent): Body<Confirmed>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Ok(corrected) = serde_json::from_str::<CorrectedRecord>(&sent.record) else {
            return Ok(Outcome::NotFound);
        };
        let Some(page) = Page::read(app, here, run, corrected.origin)? else {
            return Ok(Outcome::NotFound);
        };
        if let Some(error) = note_error(&sent.note, false) {
            return page.shown(app, here, &corrected, Some((sent.note, error)));
        }
        page.requested(app, here, corrected, &sent.note)
    })
    .await
}

/// A rejected record that can be corrected.
struct Page {
    recorded: Recorded,
    used: BTreeSet<String>,
    record: DeliveredRecord,
}

impl Page {
    fn read(app: &App, here: &Here, run: i64, origin: Origin) -> Result<Option<Self>, StoreError> {
        let Some(recorded) = Recorded::read(app, here, run)? else {
            return Ok(None);
        };
        let is_rejected = repair::origins(&recorded).contains(&origin);
        if !is_rejected || !can_correct(app, here, &recorded)? {
            return Ok(None);
        }
        let read = app.web.records;
        let found = read(
            &here.workspace,
            &recorded.run,
            &BTreeSet::from([origin]),
            &app.store,
        )?;
        let DeliveredRecords { used, records, .. } = found.unwrap_or_default();
        let record = records.into_iter().next();
        Ok(record.map(|record| Self {
            recorded,
            used,
            record,
        }))
    }

    fn address(&self, here: &Here) -> String {
        let root = workspace_path(&here.workspace.name);
        format!("{root}/runs/{}/rejected", self.recorded.run.id)
    }

    fn shown(
        self,
        app: &App,
        here: &Here,
        corrected: &CorrectedRecord,
        sent: Option<(String, FieldError)>,
    ) -> Result<Outcome, StoreError> {
        let words = Frame::words();
        let run = &self.recorded.run;
        let checked =
            (app.web.check_repair)(&here.workspace, run.id, std::slice::from_ref(corrected));
        let (note, error) = match sent {
            Some((note, error)) => (note, Some(error)),
            None => (String::new(), None),
        };
        let (would, problems) = match checked {
            Ok(checked) => {
                let operations = checked.operations.iter().map(|operation| Changed {
                    sign: sign(look_of(operation.kind), &word_of(words, operation.kind)),
                    name: visible(&operation.name),
                    changes: rows(here, operation),
                });
                let findings = checked.findings.iter();
                let would = Would {
                    record: serde_json::to_string(corrected).unwrap_or_default(),
                    operations: operations.collect(),
                    findings: findings
                        .map(|finding| sentence((app.web.sentences.finding)(finding).message))
                        .collect(),
                    note,
                };
                (Some(would), Vec::new())
            }
            Err(problems) => (None, problems),
        };
        let mut record = self.record.clone();
        for (column, cell) in record.columns.iter().zip(&mut record.cells) {
            if let Some(value) = corrected.values.get(column) {
                cell.clone_from(value);
            }
        }
        let of_fields: Vec<&Problem> = problems.iter().collect();
        let from = record.origin.named(&run.files);
        let title = words.v("correct-title", &from);
        let crumbs = vec![
            Link::new(self.address(here), words.t("run-tab-rejected")),
            Link::new("", title.clone()),
        ];
        let rows = problems
            .iter()
            .map(|problem| row(problem, &run.files, app.web.sentences));
        let is_refused = !problems.is_empty() || error.is_some();
        let page = CorrectPage {
            rejected: self.address(here),
            problems: rows.collect(),
            correction: correction(&record, &self.used, &of_fields, app),
            would,
            form: Form {
                errors: error.into_iter().collect(),
            },
            frame: Frame::inside(app, here, Area::Runs, title, crumbs)?,
        };
        let status = match is_refused {
            true => StatusCode::UNPROCESSABLE_ENTITY,
            false => StatusCode::OK,
        };
        Ok(Outcome::Page(status, page.render()))
    }

    /// A second job of the same record is not written while the first waits.
    fn requested(
        self,
        app: &App,
        here: &Here,
        corrected: CorrectedRecord,
        note: &str,
    ) -> Result<Outcome, StoreError> {
        let Origin { file, line } = corrected.origin;
        let (run, note) = (self.recorded.run.id, note.trim());
        let edit = RequestedEdit {
            request: EditRequest::Repair {
                run,
                records: vec![corrected],
            },
            revision: None,
            note: (!note.is_empty()).then(|| note.to_owned()),
            actor: Actor::User(here.session.user.email.clone()),
        };
        let workspace = here.workspace.id.0;
        let job = NewJob {
            dedupe_key: Some(format!("repair {workspace}/{run}/{file}/{line}")),
            ..write::edit(&here.workspace, edit)
        };
        Ok(match app.store.enqueue_once(&job, None, app.now())? {
            Enqueued::Job(job) => {
                (app.web.wake)();
                Outcome::To(jobs::address(here, job, ""))
            }
            Enqueued::Busy | Enqueued::KeyReused => Outcome::To(self.address(here)),
        })
    }
}
