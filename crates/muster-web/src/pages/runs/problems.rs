//! What could not be used of a delivery and why: rejected records first, then warnings by what they say.

use super::{
    head::{Part, Recorded, RunHead},
    run::Contents,
    verdict::sentence,
};
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{Markup, sentence_with_code},
    },
    respond,
    state::{App, Sentences},
    wording::{Times, number, origin, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use muster_core::model::{
    origin::DeliveredFile,
    problem::{Problem, Severity},
};
use muster_store::StoreError;
use std::collections::BTreeMap;

/// Rejected records that are shown; a run keeps up to a thousand.
const MOST: usize = 200;
/// Examples of each warning.
const EXAMPLES: usize = 3;

#[derive(Template)]
#[template(path = "pages/runs/problems.html")]
pub(crate) struct ProblemsPage {
    pub(crate) frame: Frame,
    pub(crate) head: RunHead,
    pub(crate) rejected_title: String,
    pub(crate) rejected: Vec<ProblemRow>,
    /// How many rejected records are not shown.
    pub(crate) hidden: String,
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
) -> Response {
    respond::page(app, here, move |app, here| read(app, here, run)).await
}

fn read(app: &App, here: &Here, run: i64) -> Result<Option<ProblemsPage>, StoreError> {
    let Some(recorded) = Recorded::read(app, here, run)? else {
        return Ok(None);
    };
    let contents = Contents::read(app, here, &recorded)?;
    let times = Times::of(&here.workspace, app.now());
    let frame = recorded.frame(app, here)?;
    let head = recorded.head(&frame, &times, Part::Rejected, contents.total());
    Ok(Some(ProblemsPage::of(
        frame,
        head,
        &recorded,
        app.web.sentences,
    )))
}

impl ProblemsPage {
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
            .partition(|problem| problem.severity == Severity::Warning);
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
            hidden: if hidden > 0 {
                words.n("rejected-hidden", hidden as u64)
            } else {
                String::new()
            },
            warnings_title: words.n("warnings-title", warnings.len() as u64),
            warnings: grouped(&warnings, files, sentences),
            frame,
        }
    }
}

fn row(problem: &Problem, files: &[DeliveredFile], sentences: Sentences) -> ProblemRow {
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
    }
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
