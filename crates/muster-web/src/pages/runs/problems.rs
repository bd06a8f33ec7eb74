//! What could not be used of a delivery and why: rejected records first, then warnings by what they say.

use super::{
    correct::{self, Correction},
    head::{Part, Recorded, RunHead},
    repair,
    run::Contents,
    verdict::sentence,
};
use crate::{
    access::Here,
    pages::{
        frame::{Frame, workspace_path},
        parts::{Link, Markup, raw_record, sentence_with_code},
    },
    respond,
    state::{App, Sentences},
    wording::{Times, number, origin, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::Response,
};
use muster_core::model::{origin::DeliveredFile, problem::Problem, role::Role};
use muster_store::StoreError;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Rejected records that are shown; a run keeps up to a thousand.
const MOST: usize = 200;
/// Bytes of a delivery that is read for a page without being asked.
const QUICK: u64 = 1_000_000;
/// Examples of each warning.
const EXAMPLES: usize = 3;

#[derive(Template)]
#[template(path = "pages/runs/problems.html")]
pub(crate) struct ProblemsPage {
    pub(crate) frame: Frame,
    pub(crate) head: RunHead,
    pub(crate) rejected_title: String,
    pub(crate) rejected: Vec<ProblemRow>,
    pub(crate) rejected_address: String,
    /// How many rejected records are not shown.
    pub(crate) hidden: String,
    /// Where the rejected records are downloaded, and shown as delivered; none: they cannot be.
    pub(crate) csv: Option<String>,
    pub(crate) show_raw: Option<String>,
    pub(crate) warnings_title: String,
    pub(crate) warnings: Vec<WarningRow>,
}

pub(crate) struct ProblemRow {
    pub(crate) subject: String,
    pub(crate) from: String,
    pub(crate) field: String,
    pub(crate) message: Markup,
    pub(crate) help: Markup,
    pub(crate) code: String,
    /// The record as the source wrote it; empty: not archived, not asked for, or not for this user.
    pub(crate) raw: Markup,
    /// The form that corrects the record; none: it cannot be corrected, or not by this user.
    pub(crate) correction: Option<Correction>,
    /// The run that applied it after it was corrected.
    pub(crate) repaired: Option<Link>,
}

pub(crate) struct WarningRow {
    pub(crate) count: String,
    pub(crate) meaning: String,
    pub(crate) code: String,
    pub(crate) examples: Vec<Markup>,
    pub(crate) help: Markup,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    respond::page(app, here, move |app, here| read(app, here, run, wanted)).await
}

#[derive(Clone, Copy, Deserialize)]
pub(crate) struct Wanted {
    /// Whether records are shown as delivered, however large the delivery is.
    #[serde(default)]
    raw: u8,
}

fn read(
    app: &App,
    here: &Here,
    run: i64,
    wanted: Wanted,
) -> Result<Option<ProblemsPage>, StoreError> {
    let Some(recorded) = Recorded::read(app, here, run)? else {
        return Ok(None);
    };
    let contents = Contents::read(app, here, &recorded)?;
    let times = Times::of(&here.workspace, app.now());
    let frame = recorded.frame(app, here)?;
    let head = recorded.head(&frame, &times, Part::Rejected, contents.total());
    let mut page = ProblemsPage::of(frame, head, &recorded, app.web.sentences);
    page.add_records(app, here, &recorded, wanted)?;
    Ok(Some(page))
}

impl ProblemsPage {
    /// Shows the rejected records as delivered, if that is quick or was asked for.
    fn add_records(
        &mut self,
        app: &App,
        here: &Here,
        recorded: &Recorded,
        wanted: Wanted,
    ) -> Result<(), StoreError> {
        let origins = repair::origins(recorded);
        if origins.is_empty() || here.role < Role::Operator {
            return Ok(());
        }
        let root = workspace_path(&here.workspace.name);
        let address = format!("{root}/runs/{}/rejected", recorded.run.id);
        let bytes: u64 = recorded.run.files.iter().map(|file| file.bytes).sum();
        if bytes > QUICK && wanted.raw == 0 {
            self.show_raw = Some(format!("{address}?raw=1"));
            self.csv = Some(format!("{address}.csv"));
            return Ok(());
        }
        let read = app.web.records;
        let Some(found) = read(&here.workspace, &recorded.run, &origins, &app.store)? else {
            return Ok(());
        };
        self.csv = Some(format!("{address}.csv"));
        let records: BTreeMap<_, _> = found
            .records
            .iter()
            .map(|record| (record.origin, record))
            .collect();
        let rejected = recorded
            .problems
            .iter()
            .filter(|one| repair::is_rejection(one));
        let rejected: Vec<&Problem> = rejected.collect();
        let can_correct = correct::can_correct(app, here, recorded)?;
        let repaired = app
            .store
            .repaired_records(here.workspace.id, recorded.run.id)?;
        let mut offered = BTreeSet::new();
        for (row, problem) in self.rejected.iter_mut().zip(&rejected) {
            let Some((origin, record)) = problem
                .origin
                .and_then(|origin| Some((origin, records.get(&origin)?)))
            else {
                continue;
            };
            let marked = problem.field.as_deref();
            row.raw = raw_record(&record.columns, &record.cells, marked);
            row.repaired = repaired.get(&origin).map(|run| {
                let text = Frame::words().v("rejected-repaired", &run.to_string());
                Link::new(format!("{root}/runs/{run}"), text)
            });
            // A record with several problems has one form.
            if can_correct && row.repaired.is_none() && offered.insert(origin) {
                let of_record = rejected.iter().filter(|one| one.origin == Some(origin));
                let of_record: Vec<&Problem> = of_record.copied().collect();
                row.correction = Some(correct::correction(record, &found.used, &of_record, app));
            }
        }
        self.rejected_address = address;
        Ok(())
    }

    pub(crate) fn of(
        frame: Frame,
        head: RunHead,
        recorded: &Recorded,
        sentences: Sentences,
    ) -> Self {
        let words = Frame::words();
        let (warnings, rejected): (Vec<&Problem>, Vec<&Problem>) = recorded
            .problems
            .iter()
            .partition(|problem| !repair::is_rejection(problem));
        let files = &recorded.run.files;
        let hidden = rejected.len().saturating_sub(MOST);
        Self {
            head,
            rejected_title: words.n(
                "rejected-title",
                recorded.run.counts.rejected.max(rejected.len() as u64),
            ),
            rejected: rejected
                .iter()
                .take(MOST)
                .map(|problem| row(problem, files, sentences))
                .collect(),
            rejected_address: String::new(),
            hidden: if hidden > 0 {
                words.n("rejected-hidden", hidden as u64)
            } else {
                String::new()
            },
            csv: None,
            show_raw: None,
            warnings_title: words.n("warnings-title", warnings.len() as u64),
            warnings: grouped(&warnings, files, sentences),
            frame,
        }
    }
}

pub(super) fn row(problem: &Problem, files: &[DeliveredFile], sentences: Sentences) -> ProblemRow {
    let words = Frame::words();
    let said = (sentences.problem)(problem);
    let from = problem
        .origin
        .map(|at| origin(at, files))
        .unwrap_or_default();
    let subject = match (&problem.subject, problem.origin) {
        (Some(subject), _) => visible(subject),
        (None, Some(origin)) => words.v("rejected-line", &number(u64::from(origin.line))),
        (None, None) => words.t("rejected-delivery"),
    };
    ProblemRow {
        subject,
        from,
        field: problem.field.as_deref().map(visible).unwrap_or_default(),
        message: sentence_with_code(&visible(&said.message)),
        help: sentence_with_code(&sentence(said.help)),
        code: problem.code.to_string(),
        raw: Markup::default(),
        correction: None,
        repaired: None,
    }
}

/// Whether a problem is about a column.
pub(super) fn is_shown_as(problem: &Problem, column: &str) -> bool {
    problem.field.as_deref() == Some(muster_core::model::problem::shown(column).as_str())
}

fn grouped(
    warnings: &[&Problem],
    files: &[DeliveredFile],
    sentences: Sentences,
) -> Vec<WarningRow> {
    let mut codes: BTreeMap<_, Vec<&Problem>> = BTreeMap::new();
    for warning in warnings {
        codes.entry(warning.code).or_default().push(warning);
    }
    let mut rows: Vec<(usize, WarningRow)> = codes
        .into_iter()
        .map(|(code, found)| {
            let examples = found.iter().take(EXAMPLES).map(|problem| {
                let row = row(problem, files, sentences);
                let message = visible(&(sentences.problem)(problem).message);
                let field = if row.field.is_empty() {
                    String::new()
                } else {
                    format!("{}: ", row.field)
                };
                let from = if row.from.is_empty() {
                    row.subject
                } else {
                    row.from
                };
                sentence_with_code(&format!("{from}: {field}{message}"))
            });
            let help = found
                .first()
                .map(|problem| sentence_with_code(&sentence((sentences.problem)(problem).help)));
            let row = WarningRow {
                count: number(found.len() as u64),
                meaning: sentence(code.meaning().to_owned()),
                code: code.to_string(),
                examples: examples.collect(),
                help: help.unwrap_or_default(),
            };
            (found.len(), row)
        })
        .collect();
    rows.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    rows.into_iter().map(|(_, row)| row).collect()
}
