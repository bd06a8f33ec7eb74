//! The rejected records of a delivery as a file in the source's own columns, with what to correct: for the person who can
//! correct them there. Muster reads the corrected file as it reads the original.

use super::{head::Recorded, verdict::sentence};
use crate::{
    access::Here,
    csv::{BYTE_ORDER_MARK, write_row},
    pages::frame::Frame,
    respond::{self, Refusal},
    state::{App, DeliveredRecords, Sentences},
    wording::origin,
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use muster_core::model::{
    ids::RunId,
    origin::Origin,
    problem::{Problem, Severity},
};
use muster_store::StoreError;
use std::collections::{BTreeMap, BTreeSet};

/// Spreadsheets of many countries expect it.
const USUAL_DELIMITER: u8 = b';';

pub(crate) async fn csv(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
) -> Response {
    let (visit, reader) = (here.visit.clone(), app.clone());
    let name = format!("rejected-{}-{run}.csv", here.workspace.name);
    let found = respond::blocking(move || {
        let found = reader.snapshot(|app| read(app, &here, run))?;
        if found.is_some() {
            let (by, now) = (&here.session.user.email, reader.now());
            let store = &reader.store;
            store.record_delivery_download(here.workspace.id, RunId(run), by, now)?;
        }
        Ok(found)
    });
    match found.await {
        Ok(Some(text)) => respond::download(&name, "text/csv; charset=utf-8", text),
        Ok(None) => respond::refuse(&app, &visit, Refusal::NotFound),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

fn read(app: &App, here: &Here, run: i64) -> Result<Option<String>, StoreError> {
    let Some(recorded) = Recorded::read(app, here, run)? else {
        return Ok(None);
    };
    let origins = origins(&recorded);
    if origins.is_empty() {
        return Ok(None);
    }
    let read = app.web.records;
    let found = read(&here.workspace, &recorded.run, &origins, &app.store)?;
    Ok(found.map(|found| written(&recorded, &found, app.web.sentences)))
}

/// Whether a problem is why a record was not used.
pub(crate) fn is_rejection(problem: &Problem) -> bool {
    problem.severity != Severity::Warning
}

/// Where the rejected records of a run are.
pub(crate) fn origins(recorded: &Recorded) -> BTreeSet<Origin> {
    let rejections = recorded.problems.iter().filter(|one| is_rejection(one));
    rejections.filter_map(|problem| problem.origin).collect()
}

fn written(recorded: &Recorded, found: &DeliveredRecords, sentences: Sentences) -> String {
    let words = Frame::words();
    let mut problems: BTreeMap<Origin, Vec<String>> = BTreeMap::new();
    for problem in recorded.problems.iter().filter(|one| is_rejection(one)) {
        if let Some(origin) = problem.origin {
            problems
                .entry(origin)
                .or_default()
                .push(what_to_correct(problem, sentences));
        }
    }
    let delimiter = char::from(found.delimiter.unwrap_or(USUAL_DELIMITER));
    let mut text = String::from(BYTE_ORDER_MARK);
    let mut columns: &[String] = &[];
    for record in &found.records {
        // Files of one delivery can have different columns.
        if *columns != *record.columns {
            columns = &record.columns;
            let own = [words.t("repair-line"), words.t("repair-problem")];
            let names = columns.iter().chain(&own).map(String::as_str);
            write_row(&mut text, names, delimiter);
        }
        let line = origin(record.origin, &recorded.run.files);
        let why = problems.get(&record.origin).map(|all| all.join(" "));
        let own = [line, why.unwrap_or_default()];
        let cells = record.cells.iter().chain(&own).map(String::as_str);
        write_row(&mut text, cells, delimiter);
    }
    text
}

/// `Ansat fra: 2024-02-30 is not a day of the calendar. Write dates as DD-MM-YYYY.`
fn what_to_correct(problem: &Problem, sentences: Sentences) -> String {
    let said = (sentences.problem)(problem);
    let field = match &problem.field {
        Some(field) => format!("{field}: "),
        None => String::new(),
    };
    let help = match sentence(said.help) {
        help if help.is_empty() => help,
        help => format!(" {help}."),
    };
    format!("{field}{}.{help}", said.message).replace('`', "")
}
