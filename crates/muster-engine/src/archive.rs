//! Archives deliveries for replay. They are compressed and encrypted on a second thread while the
//! plan is computed, so a run waits only for the write.

use jiff::{Timestamp, civil::Date};
use muster_connectors::{
    connector::Records,
    format::csv::{CsvSettings, Delimiter, Reduced, reduce},
    transport::Fetched,
};
use muster_core::{
    model::{
        code::Code,
        field::{FieldNumber, canonical},
        ids::WorkspaceId,
        origin::DeliveredFile,
        problem::{
            Problem, Severity,
            run::{self, ArchiveFault},
            shown,
        },
        workspace::Workspace,
    },
    privacy::{
        archived_part::{ArchivedContent, ArchivedPart},
        file_erasure::Form,
    },
    setup::integration::Setup,
};
use muster_store::{EncryptedContent, Store, StoreError};
use std::{
    fs::File,
    io::{self, Cursor, Read},
    thread::{self, ScopedJoinHandle},
};
use zeroize::Zeroizing;

/// Files that are being encrypted.
#[derive(Default)]
pub(crate) struct Archiving<'s> {
    encrypting: Vec<Encrypting<'s>>,
    warnings: Vec<Problem>,
}

/// Starts to encrypt the files that the workspace archives and does not have yet.
pub(crate) fn begin<'s>(
    scope: &'s thread::Scope<'s, '_>,
    store: &'s Store,
    setup: &Setup,
    csv: &CsvSettings,
    day: Date,
    (fetched, contents): (&[Fetched], &[&File]),
) -> Archiving<'s> {
    let workspace = &setup.workspace;
    let retention = &workspace.settings.retention;
    let mut archiving = Archiving::default();
    // A delivery is archived completely or not at all, because a part of it cannot be replayed.
    if !retention.keeps(fetched.iter().map(|fetched| fetched.file.bytes).sum()) {
        return archiving;
    }
    let form = Form {
        part: part(setup, day),
        ..form_of_file(setup, csv)
    };
    for (Fetched { file, .. }, content) in fetched.iter().zip(contents) {
        if archiving.has(store, workspace.id, file, &form) {
            continue;
        }
        match content.try_clone() {
            Ok(content) => {
                let input = FromStart { content, at: 0 };
                let (workspace, sha256) = (workspace.clone(), file.sha256.clone());
                archiving.encrypting.push(match &form.part {
                    None => encrypt(scope, store, workspace, sha256, form.clone(), input),
                    Some(_) => encrypt_part(
                        scope,
                        store,
                        workspace,
                        sha256,
                        form.clone(),
                        csv.clone(),
                        input,
                    ),
                });
            }
            Err(error) => archiving
                .warnings
                .push(not_kept(&file.name, ArchiveFault::Other(error.to_string()))),
        }
    }
    archiving
}

/// The same for the records of an HR system.
pub(crate) fn begin_records<'s>(
    scope: &'s thread::Scope<'s, '_>,
    store: &'s Store,
    setup: &Setup,
    day: Date,
    records: &Records,
    delivered: &[DeliveredFile],
) -> Archiving<'s> {
    let workspace = &setup.workspace;
    let mut archiving = Archiving::default();
    let [file] = delivered else { return archiving };
    if !workspace.settings.retention.keeps(records.size()) {
        return archiving;
    }
    let form = Form {
        part: part(setup, day),
        ..form_of_records(setup, records)
    };
    if !archiving.has(store, workspace.id, file, &form) {
        let text = match form.part.as_ref().map(|part| records.reduced(part)) {
            None => records.write(),
            Some(Ok(reduced)) => reduced.write(),
            // The run reports what is wrong with the selection.
            Some(Err(_)) => return archiving,
        };
        let input = Cursor::new(text);
        archiving.encrypting.push(encrypt(
            scope,
            store,
            workspace.clone(),
            file.sha256.clone(),
            form,
            input,
        ));
    }
    archiving
}

/// What of a delivery is archived; none: all of it.
fn part(setup: &Setup, day: Date) -> Option<ArchivedPart> {
    let content = setup.workspace.settings.retention.content;
    (content == ArchivedContent::Selected).then(|| ArchivedPart::of(setup, day))
}

/// Encrypts the part of a file that is archived.
fn encrypt_part<'s>(
    scope: &'s thread::Scope<'s, '_>,
    store: &'s Store,
    workspace: Workspace,
    sha256: String,
    form: Form,
    csv: CsvSettings,
    mut input: impl Read + Send + 's,
) -> Encrypting<'s> {
    scope.spawn(move || {
        let failed = |error: io::Error| {
            Failure::Other(ArchiveFault::Unreadable {
                error: error.to_string(),
            })
        };
        let mut bytes = Zeroizing::new(Vec::new());
        input.read_to_end(&mut bytes).map_err(failed)?;
        let Some(part) = &form.part else {
            return Ok(Encrypted::Not);
        };
        match reduce(&bytes, &csv, part) {
            Reduced::Part(part) => {
                let part = Zeroizing::new(part);
                store
                    .encrypt_content(&workspace, &sha256, form, &mut part.as_slice())
                    .map_err(Failure::Store)
                    .map(Encrypted::of)
            }
            Reduced::Refused => Ok(Encrypted::Not),
            Reduced::Encoding => Err(Failure::Other(ArchiveFault::PartOfUtf16)),
        }
    })
}

fn encrypt<'s>(
    scope: &'s thread::Scope<'s, '_>,
    store: &'s Store,
    workspace: Workspace,
    sha256: String,
    form: Form,
    mut input: impl Read + Send + 's,
) -> Encrypting<'s> {
    scope.spawn(move || {
        store
            .encrypt_content(&workspace, &sha256, form, &mut input)
            .map_err(Failure::Store)
            .map(Encrypted::of)
    })
}

/// The result of one thread.
enum Encrypted {
    Content(Box<EncryptedContent>),
    /// The file may name an employee who was erased.
    MayNameErased,
    /// There is nothing to archive: the delivery is refused.
    Not,
}

impl Encrypted {
    fn of(content: Option<EncryptedContent>) -> Self {
        content.map_or(Self::MayNameErased, |content| {
            Self::Content(Box::new(content))
        })
    }
}

enum Failure {
    Store(StoreError),
    Other(ArchiveFault),
}

type Encrypting<'s> = ScopedJoinHandle<'s, Result<Encrypted, Failure>>;

impl Archiving<'_> {
    /// Whether there is nothing to encrypt: the content is already archived, or this cannot be
    /// determined.
    fn has(
        &mut self,
        store: &Store,
        workspace: WorkspaceId,
        file: &DeliveredFile,
        form: &Form,
    ) -> bool {
        store
            .has_content(workspace, &file.sha256, form)
            .unwrap_or_else(|error| {
                self.warnings
                    .push(not_kept(&file.name, ArchiveFault::Other(error.to_string())));
                true
            })
    }

    /// Waits for the encryption and writes the files. A file that cannot be archived is a warning;
    /// the run does not fail.
    pub(crate) fn finish(
        mut self,
        store: &Store,
        workspace: WorkspaceId,
        now: Timestamp,
    ) -> Vec<Problem> {
        let mut contents = Vec::new();
        for encrypting in self.encrypting {
            match encrypting.join() {
                Ok(Ok(Encrypted::Content(content))) => contents.push(*content),
                Ok(Ok(Encrypted::Not)) => {}
                Ok(Ok(Encrypted::MayNameErased)) => self
                    .warnings
                    .push(not_kept("", ArchiveFault::MayNameErased)),
                Ok(Err(Failure::Store(error))) => self
                    .warnings
                    .push(not_kept("", ArchiveFault::Other(error.to_string()))),
                Ok(Err(Failure::Other(why))) => self.warnings.push(not_kept("", why)),
                Err(_) => self.warnings.push(not_kept("", ArchiveFault::NotEncrypted)),
            }
        }
        if self.warnings.is_empty()
            && let Err(error) = store.archive_contents(workspace, &contents, now)
        {
            self.warnings
                .push(not_kept("", ArchiveFault::Other(error.to_string())));
        }
        self.warnings
    }
}

fn not_kept(name: &str, why: ArchiveFault) -> Problem {
    let detail = run::Detail::NotArchived {
        file: (!name.is_empty()).then(|| shown(name)),
        why,
    };
    Problem::new(
        Code::DeliveryKept,
        Severity::Warning,
        detail,
        run::Remedy::KeepCopy,
    )
}

/// How the records of an employee are located in a file for an erasure.
fn form_of_file(setup: &Setup, csv: &CsvSettings) -> Form {
    Form {
        delimiter: match csv.delimiter {
            _ if csv.only_comma => Some(b','),
            Delimiter::Exactly(delimiter) => Some(delimiter),
            Delimiter::Auto => None,
        },
        header: csv.header,
        ids: columns(setup, canonical::EXTERNAL_ID),
        others: columns(setup, canonical::MANAGER_EXTERNAL_ID),
        columns: Vec::new(),
        json_lines: false,
        part: None,
        skip_rows: csv.skip_rows,
        sheet: csv.sheet.clone(),
    }
}

/// The same for the records of an HR system.
fn form_of_records(setup: &Setup, records: &Records) -> Form {
    Form {
        delimiter: None,
        header: false,
        ids: columns(setup, canonical::EXTERNAL_ID),
        others: columns(setup, canonical::MANAGER_EXTERNAL_ID),
        columns: records.columns().to_vec(),
        json_lines: true,
        part: None,
        skip_rows: 0,
        sheet: None,
    }
}

/// The columns that are mapped to a field.
pub(crate) fn columns(setup: &Setup, field: FieldNumber) -> Vec<String> {
    let entries = setup
        .rules
        .mapping
        .entries
        .iter()
        .filter(|entry| entry.field == field);
    entries
        .flat_map(|entry| entry.source.columns().iter().cloned())
        .collect()
}

/// Reads a file from its beginning without changing the position of other readers.
struct FromStart {
    content: File,
    at: u64,
}

impl Read for FromStart {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.content, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}
