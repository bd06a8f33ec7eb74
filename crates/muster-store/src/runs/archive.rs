//! Archived deliveries for replay: files, and records of HR systems as text. Each content is stored
//! once, compressed and encrypted in chunks.
//!
//! Encryption needs no database, so it runs in parallel to a run. Only the encrypted chunks are
//! written.

use crate::db::sql::{Connection, OptionalRow};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::{changes::json, roster::tombstones},
    secrets::{encryption::Keyring, secret::require_key},
};
use flate2::{Compression, read::DeflateDecoder, write::DeflateEncoder};
use jiff::Timestamp;
use muster_core::{
    model::{
        ids::{RunId, WorkspaceId},
        origin::DeliveredFile,
        workspace::Workspace,
    },
    privacy::{
        file_erasure::{FileErasure, Form, Subjects, erase_records},
        tombstone::Tombstones,
    },
};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// Compressed bytes of one chunk.
const CHUNK: usize = 256 << 10;

/// An encrypted file that is not stored yet.
#[derive(Debug)]
pub struct EncryptedContent {
    sha256: String,
    form: Form,
    chunks: Vec<Vec<u8>>,
    records_cut: u64,
}

/// A delivered file with its bytes.
#[derive(Debug)]
pub struct ArchivedFile {
    /// Name, size, time and hash as delivered.
    pub file: DeliveredFile,
    /// The bytes, without the records of employees who were erased since.
    pub bytes: Zeroizing<Vec<u8>>,
    /// How employees are located in the bytes, and which columns identify them.
    pub form: Form,
}

impl Store {
    /// Whether a content is already archived, with the same part of the delivery.
    pub fn has_content(
        &self,
        workspace: WorkspaceId,
        sha256: &str,
        form: &Form,
    ) -> Result<bool, StoreError> {
        self.read("look up an archived file", |connection| {
            let known: Option<String> = connection
                .prepare_cached("SELECT form FROM content WHERE workspace_id = ?1 AND sha256 = ?2")?
                .scalar((workspace.0, sha256))
                .optional()?;
            let Some(text) = known else { return Ok(false) };
            let known: Form =
                serde_json::from_str(&text).map_err(|_| corrupt("content", "form", sha256))?;
            Ok(known.has_content_of(form))
        })
    }

    /// Compresses and encrypts a file while it is read, without writing it. Records of erased
    /// employees are removed. `None`: they cannot be located reliably, so the file is not archived.
    pub fn encrypt_content(
        &self,
        workspace: &Workspace,
        sha256: &str,
        form: Form,
        input: &mut dyn Read,
    ) -> Result<Option<EncryptedContent>, StoreError> {
        let stones = self.read("look up erasures", |connection| {
            tombstones(connection, workspace.id)
        })?;
        if !stones.is_empty() {
            return self.encrypt_without(workspace, sha256, form, input, &stones);
        }
        let chunks = encrypt(self.keyring()?, workspace.id, sha256, input)?;
        Ok(Some(EncryptedContent {
            sha256: sha256.to_owned(),
            form,
            chunks,
            records_cut: 0,
        }))
    }

    fn encrypt_without(
        &self,
        workspace: &Workspace,
        sha256: &str,
        form: Form,
        input: &mut dyn Read,
        stones: &Tombstones,
    ) -> Result<Option<EncryptedContent>, StoreError> {
        let mut bytes = Zeroizing::new(Vec::new());
        input.read_to_end(&mut bytes).map_err(unencrypted)?;
        let mut records_cut = 0;
        match erase_records(&bytes, &form, Subjects::Tombstones(stones)) {
            FileErasure::Unsure => return Ok(None),
            FileErasure::Nothing => {}
            FileErasure::Done { bytes: left, lines } => {
                bytes = Zeroizing::new(left);
                records_cut = lines.len() as u64;
            }
        }
        let chunks = encrypt(self.keyring()?, workspace.id, sha256, &mut bytes.as_slice())?;
        Ok(Some(EncryptedContent {
            sha256: sha256.to_owned(),
            form,
            chunks,
            records_cut,
        }))
    }

    /// Stores encrypted files. Another part of the same delivery is replaced.
    pub fn archive_contents(
        &self,
        workspace: WorkspaceId,
        contents: &[EncryptedContent],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if contents.is_empty() {
            return Ok(());
        }
        let keyring = self.keyring()?;
        self.write_in(workspace, "archive the delivered files", |connection| {
            require_key(connection, workspace, keyring)?;
            for content in contents {
                remove(connection, workspace, &content.sha256)?;
                let added = connection
                    .prepare_cached(
                        "INSERT INTO content (workspace_id, sha256, chunks, form, kept_at, records_cut) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
                    )?
                    .execute((
                        workspace.0,
                        &content.sha256,
                        content.chunks.len() as i64,
                        json(&content.form),
                        now.as_microsecond(),
                        content.records_cut as i64,
                    ))?;
                if added == 1 {
                    write_chunks(connection, workspace, &content.sha256, &content.chunks)?;
                }
            }
            Ok(())
        })
    }

    /// The files of a run with their bytes. `None` if the run read no file or one of them is no
    /// longer archived.
    pub fn delivery(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Option<Vec<ArchivedFile>>, StoreError> {
        let keyring = self.keyring()?;
        self.read("read the archived files", |connection| {
            let mut kept = Vec::new();
            for file in crate::runs::record::files(connection, workspace, run)? {
                let Some((bytes, form)) = read(connection, keyring, workspace, &file.sha256)?
                else {
                    return Ok(None);
                };
                kept.push(ArchivedFile { file, bytes, form });
            }
            Ok(Some(kept).filter(|kept| !kept.is_empty()))
        })
    }
}

/// Encrypts a stream chunk by chunk.
struct Encryptor<'s> {
    keyring: &'s Keyring,
    workspace: WorkspaceId,
    sha256: &'s str,
    waiting: Vec<u8>,
    chunks: Vec<Vec<u8>>,
}

impl Encryptor<'_> {
    fn encrypt(&mut self, length: usize) -> io::Result<()> {
        let belongs = belongs(self.workspace, self.sha256, self.chunks.len() as i64);
        let encrypted = self
            .keyring
            .encrypt(&parts(&belongs), &self.waiting[..length])
            .map_err(io::Error::other)?;
        self.waiting.drain(..length);
        self.chunks.push(encrypted);
        Ok(())
    }
}

impl Write for Encryptor<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(buffer);
        while self.waiting.len() >= CHUNK {
            self.encrypt(CHUNK)?;
        }
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn encrypt(
    keyring: &Keyring,
    workspace: WorkspaceId,
    sha256: &str,
    input: &mut dyn Read,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let encryptor = Encryptor {
        keyring,
        workspace,
        sha256,
        waiting: Vec::with_capacity(2 * CHUNK),
        chunks: Vec::new(),
    };
    let mut encoder = DeflateEncoder::new(encryptor, Compression::fast());
    io::copy(input, &mut encoder).map_err(unencrypted)?;
    let mut encryptor = encoder.finish().map_err(unencrypted)?;
    encryptor
        .encrypt(encryptor.waiting.len())
        .map_err(unencrypted)?;
    Ok(encryptor.chunks)
}

fn unencrypted(error: io::Error) -> StoreError {
    StoreError::Failed {
        attempted: "encrypt the archived file",
        source: Box::new(error),
    }
}

/// The associated data of a chunk.
pub(crate) fn belongs(workspace: WorkspaceId, sha256: &str, number: i64) -> [Vec<u8>; 3] {
    [
        workspace.0.to_le_bytes().to_vec(),
        sha256.as_bytes().to_vec(),
        number.to_le_bytes().to_vec(),
    ]
}

pub(crate) fn parts(belongs: &[Vec<u8>; 3]) -> [&[u8]; 4] {
    [b"content", &belongs[0], &belongs[1], &belongs[2]]
}

pub(crate) fn write_chunks(
    connection: &Connection,
    workspace: WorkspaceId,
    sha256: &str,
    chunks: &[Vec<u8>],
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO content_chunk (workspace_id, sha256, number, sealed) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (number, encrypted) in (0i64..).zip(chunks) {
        statement.execute((workspace.0, sha256, number, encrypted))?;
    }
    Ok(())
}

/// The bytes of a content, and how employees are located in them.
type Opened = (Zeroizing<Vec<u8>>, Form);

/// Decrypts and decompresses a content.
pub(crate) fn read(
    connection: &Connection,
    keyring: &Keyring,
    workspace: WorkspaceId,
    sha256: &str,
) -> Result<Option<Opened>, DbError> {
    let row: Option<(i64, String)> = connection
        .prepare_cached("SELECT chunks, form FROM content WHERE workspace_id = ?1 AND sha256 = ?2")?
        .query_row((workspace.0, sha256), |row| {
            Ok((row.get("chunks")?, row.get("form")?))
        })
        .optional()?;
    let Some((count, form)) = row else {
        return Ok(None);
    };
    let form = serde_json::from_str(&form).map_err(|_| corrupt("content", "form", sha256))?;
    let what = format!("the archived file {}", &sha256[..sha256.len().min(16)]);
    let mut statement = connection.prepare_cached(
        "SELECT sealed FROM content_chunk WHERE workspace_id = ?1 AND sha256 = ?2 ORDER BY number",
    )?;
    let mut rows = statement.query((workspace.0, sha256))?;
    let (mut packed, mut number) = (Zeroizing::new(Vec::new()), 0);
    while let Some(row) = rows.next()? {
        let encrypted = row
            .bytes("sealed")?
            .ok_or_else(|| corrupt("content_chunk", "sealed", sha256))?;
        packed.extend_from_slice(&keyring.decrypt(
            &parts(&belongs(workspace, sha256, number)),
            encrypted,
            &what,
        )?);
        number += 1;
    }
    let mut bytes = Zeroizing::new(Vec::new());
    let inflated = DeflateDecoder::new(packed.as_slice()).read_to_end(&mut bytes);
    if number != count || inflated.is_err() {
        return Err(StoreError::Undecryptable { what }.into());
    }
    Ok(Some((bytes, form)))
}

pub(crate) fn remove(
    connection: &Connection,
    workspace: WorkspaceId,
    sha256: &str,
) -> Result<(), DbError> {
    for table in ["content_chunk", "content"] {
        connection
            .prepare_cached(&format!(
                "DELETE FROM {table} WHERE workspace_id = ?1 AND sha256 = ?2"
            ))?
            .execute((workspace.0, sha256))?;
    }
    Ok(())
}
