//! Archives deliveries for replay. They are compressed and encrypted on a second thread while the
//! plan is computed, so a run waits only for the write.

use jiff::Timestamp;
use muster_connectors::{
    connector::Records,
    format::csv::{CsvSettings, Delimiter},
    transport::Fetched,
};
use muster_core::{
    model::{
        code::Code,
        field::{FieldNumber, canonical},
        ids::WorkspaceId,
        origin::DeliveredFile,
        problem::{Problem, Severity, run, shown},
        workspace::Workspace,
    },
    privacy::file_erasure::Form,
    setup::integration::Setup,
};
use muster_store::{EncryptedContent, Store, StoreError};
use std::{
    fs::File,
    io::{self, Cursor, Read},
    thread::{self, ScopedJoinHandle},
};

/// Files that are being encrypted.
#[derive(Default)]
pub(crate) struct Archiving<'s> {
    encrypting: Vec<ScopedJoinHandle<'s, Result<Option<EncryptedContent>, StoreError>>>,
    warnings: Vec<Problem>,
}

/// Starts to encrypt the files that the workspace archives and does not have yet.
pub(crate) fn begin<'s>(
    scope: &'s thread::Scope<'s, '_>,
    store: &'s Store,
    setup: &Setup,
    csv: &CsvSettings,
    fetched: &[Fetched],
) -> Archiving<'s> {
    let workspace = &setup.workspace;
    let retention = &workspace.settings.retention;
    let mut archiving = Archiving::default();
    // A delivery is archived completely or not at all, because a part of it cannot be replayed.
    if !retention.keeps(fetched.iter().map(|fetched| fetched.file.bytes).sum()) {
        return archiving;
    }
    let form = form_of_file(setup, csv);
    for Fetched { file, content, .. } in fetched {
        if archiving.has(store, workspace.id, file) {
            continue;
        }
        match content.try_clone() {
            Ok(content) => {
                let input = FromStart { content, at: 0 };
                archiving.encrypting.push(encrypt(
                    scope,
                    store,
                    workspace.clone(),
                    file.sha256.clone(),
                    form.clone(),
                    input,
                ));
            }
            Err(error) => archiving
                .warnings
                .push(not_kept(&file.name, &error.to_string())),
        }
    }
    archiving
}

/// The same for the records of an HR system.
pub(crate) fn begin_records<'s>(
    scope: &'s thread::Scope<'s, '_>,
    store: &'s Store,
    setup: &Setup,
    records: &Records,
    delivered: &[DeliveredFile],
) -> Archiving<'s> {
    let workspace = &setup.workspace;
    let mut archiving = Archiving::default();
    let [file] = delivered else { return archiving };
    if workspace.settings.retention.keeps(records.size())
        && !archiving.has(store, workspace.id, file)
    {
        let (form, input) = (
            form_of_records(setup, records),
            Cursor::new(records.write()),
        );
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

fn encrypt<'s>(
    scope: &'s thread::Scope<'s, '_>,
    store: &'s Store,
    workspace: Workspace,
    sha256: String,
    form: Form,
    mut input: impl Read + Send + 's,
) -> ScopedJoinHandle<'s, Result<Option<EncryptedContent>, StoreError>> {
    scope.spawn(move || store.encrypt_content(&workspace, &sha256, form, &mut input))
}

impl Archiving<'_> {
    /// Whether there is nothing to encrypt: the content is already archived, or this cannot be
    /// determined.
    fn has(&mut self, store: &Store, workspace: WorkspaceId, file: &DeliveredFile) -> bool {
        store
            .has_content(workspace, &file.sha256)
            .unwrap_or_else(|error| {
                self.warnings.push(not_kept(&file.name, &error.to_string()));
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
                Ok(Ok(Some(content))) => contents.push(content),
                Ok(Ok(None)) => self
                    .warnings
                    .push(not_kept("", "it may name an employee who was erased")),
                Ok(Err(error)) => self.warnings.push(not_kept("", &error.to_string())),
                Err(_) => self
                    .warnings
                    .push(not_kept("", "it could not be encrypted")),
            }
        }
        if self.warnings.is_empty()
            && let Err(error) = store.archive_contents(workspace, &contents, now)
        {
            self.warnings.push(not_kept("", &error.to_string()));
        }
        self.warnings
    }
}

fn not_kept(name: &str, why: &str) -> Problem {
    let detail = run::Detail::NotArchived {
        file: (!name.is_empty()).then(|| shown(name)),
        why: why.to_owned(),
    };
    Problem::typed(
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
    }
}

/// The columns that are mapped to a field.
fn columns(setup: &Setup, field: FieldNumber) -> Vec<String> {
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
