//! Zip archives: the one file inside, or a workbook, which is a zip archive itself.

use super::{copy, fault::Fault, workbook};
use crate::format::csv::CsvSettings;
use muster_core::model::{
    code::Code,
    problem::{
        csv::{Detail, PackedKind, Remedy},
        shown,
    },
};
use std::{
    fs::File,
    io::{BufReader, Read, Seek},
};
use zip::ZipArchive;

/// How many names of files a message lists.
const MAX_NAMED: usize = 5;

/// What is inside; none: it is a document of another program.
pub(super) fn open(
    outer: &File,
    settings: &CsvSettings,
    identifiers: &[String],
) -> Result<Option<File>, (PackedKind, Fault)> {
    let zip = |fault| (PackedKind::Zip, fault);
    let mut archive = ZipArchive::new(BufReader::new(outer)).map_err(|_| zip(Fault::Damaged))?;
    if archive.index_for_name(workbook::PART).is_some() {
        return workbook::read(&mut archive, settings, identifiers)
            .map(Some)
            .map_err(|fault| (PackedKind::Workbook, fault));
    }
    if DOCUMENT_PARTS
        .iter()
        .any(|part| archive.index_for_name(part).is_some())
    {
        return Ok(None);
    }
    member(&mut archive, settings).map(Some).map_err(zip)
}

/// Parts by which documents of other programs are known; what reads files says what they are.
const DOCUMENT_PARTS: [&str; 4] = [
    "[Content_Types].xml",
    "mimetype",
    "Index/Document.iwa",
    "META-INF/MANIFEST.MF",
];

/// The one file that is a table: the only one, or the only one with the name of a table.
fn member(
    archive: &mut ZipArchive<impl Read + Seek>,
    settings: &CsvSettings,
) -> Result<File, Fault> {
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let name = archive.name_for_index(index);
        let Some(Ok(name)) = name else {
            return Err(Fault::Damaged);
        };
        if !is_hidden(&name) {
            files.push((index, name.into_owned()));
        }
    }
    let tables: Vec<_> = files.iter().filter(|(_, name)| is_table(name)).collect();
    let index = match (files.as_slice(), tables.as_slice()) {
        ([(index, _)], _) | (_, [(index, _)]) => *index,
        _ => {
            let names = files.iter().take(MAX_NAMED);
            let detail = Detail::ArchiveFiles {
                files: files.len(),
                names: names.map(|(_, name)| shown(name)).collect(),
            };
            return Err(Fault::refused(Code::CsvKind, detail, Remedy::PackOneFile));
        }
    };
    if archive
        .by_index_raw(index)
        .is_ok_and(|file| file.encrypted())
    {
        let detail = Detail::EncryptedArchive;
        return Err(Fault::refused(Code::CsvKind, detail, Remedy::Unpack));
    }
    let mut file = archive.by_index(index).map_err(|_| Fault::Damaged)?;
    copy(&mut file, settings.limits.file)
}

/// Folders, and what archive programs of some systems add.
fn is_hidden(name: &str) -> bool {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.is_empty() || file.starts_with('.') || name.starts_with("__MACOSX/")
}

fn is_table(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| {
        ["csv", "txt", "tsv", "xlsx", "gz"]
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
    })
}
