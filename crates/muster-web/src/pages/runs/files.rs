//! The files that a run read, with what proves that they were these.

use super::{
    head::{Part, Recorded, RunHead},
    run::Contents,
};
use crate::{
    access::Here,
    pages::frame::Frame,
    respond,
    state::App,
    wording::{Times, bytes, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use muster_core::model::origin::DeliveredFile;
use muster_store::StoreError;

#[derive(Template)]
#[template(path = "pages/runs/files.html")]
pub(crate) struct FilesPage {
    pub(crate) frame: Frame,
    pub(crate) head: RunHead,
    pub(crate) rows: Vec<FileRow>,
}

pub(crate) struct FileRow {
    pub(crate) name: String,
    pub(crate) size: String,
    pub(crate) modified: String,
    pub(crate) hash: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
) -> Response {
    respond::page(app, here, move |app, here| read(app, here, run)).await
}

fn read(app: &App, here: &Here, run: i64) -> Result<Option<FilesPage>, StoreError> {
    let Some(recorded) = Recorded::read(app, here, run)? else {
        return Ok(None);
    };
    let contents = Contents::read(app, here, &recorded)?;
    let times = Times::of(&here.workspace, app.now());
    let frame = recorded.frame(app, here)?;
    let row = |file: &DeliveredFile| FileRow {
        name: visible(&file.name),
        size: bytes(file.bytes),
        modified: file
            .modified
            .map_or_else(|| "–".to_owned(), |at| times.moment(at)),
        hash: file.sha256.clone(),
    };
    Ok(Some(FilesPage {
        head: recorded.head(&frame, &times, Part::Files, contents.total()),
        rows: recorded.run.files.iter().map(row).collect(),
        frame,
    }))
}
