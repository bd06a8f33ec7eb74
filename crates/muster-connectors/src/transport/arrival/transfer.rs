//! Reads a file whole and proves it: size as announced, size and time the same before and after.

use super::{
    Entry, Fetched, Progress, SourceSettings, Transport, TransportError,
    rest::{gone, not_settled},
};
use crate::transport::{ErrorKind, Scheme, file::LocalFolder};
use muster_core::model::{
    code::Code,
    origin::DeliveredFile,
    problem::transport::{Attempt, Cause, Received, Remedy, Target},
};
use sha2::{Digest, Sha256};
use std::{
    io::{self, Seek, SeekFrom, Write},
    time::Duration,
};

/// A server that sends something all the time, but never comes to an end.
fn too_slow(on: &Target, bytes: u64, whole: Duration) -> TransportError {
    let seconds = whole.as_secs();
    TransportError::timed_out((Attempt::Read, on), seconds)
        .with_cause(|_| Cause::TooSlow { bytes, seconds })
        .with_remedy(Remedy::RaiseWholeLimit)
}

/// Hashes and counts what passes through, and refuses what is over the limit.
struct Proof<'p> {
    into: &'p mut (dyn Write + Send),
    hash: Sha256,
    bytes: u64,
    limit: u64,
    name: &'p str,
    of: Option<u64>,
    progress: &'p mut (dyn FnMut(Progress<'_>) + Send),
}

impl Write for Proof<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.bytes += buffer.len() as u64;
        if self.bytes > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.hash.update(buffer);
        self.into.write_all(buffer)?;
        (self.progress)(Progress::Bytes {
            name: self.name,
            read: self.bytes,
            of: self.of,
        });
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// Reads a file whole and proves it: size as announced, size and time the same before and after.
pub(super) async fn read(
    transport: &mut dyn Transport,
    settings: &SourceSettings,
    entry: Entry,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Fetched, TransportError> {
    let on = settings.location.path_target(&entry.name);
    let local = |error: io::Error| TransportError::not_kept(&entry.name, &error);
    let too_large = |bytes: u64| {
        let limit = settings.limits.file_bytes;
        TransportError::new(
            Code::CsvLimit,
            ErrorKind::Refused,
            (Attempt::Read, &on),
            Cause::FileTooLarge { bytes, limit },
            Remedy::RaiseFileLimit,
        )
    };
    if let Some(bytes) = entry
        .bytes
        .filter(|bytes| *bytes > settings.limits.file_bytes)
    {
        return Err(too_large(bytes));
    }
    let in_place = settings.location.scheme == Scheme::File;
    let mut nowhere = io::sink();
    let mut copy = if in_place {
        LocalFolder::new(settings).open(&entry.name)?
    } else {
        tempfile::tempfile().map_err(local)?
    };
    let into: &mut (dyn Write + Send) = if in_place { &mut nowhere } else { &mut copy };
    let mut proof = Proof {
        into,
        hash: Sha256::new(),
        bytes: 0,
        limit: settings.limits.file_bytes,
        name: &entry.name,
        of: entry.bytes,
        progress,
    };
    let whole = settings.limits.whole;
    let fetched = tokio::time::timeout(whole, transport.fetch(&entry, &mut proof)).await;
    let bytes = proof.bytes;
    let sha256 = hexadecimal(&proof.hash.finalize());
    if bytes > settings.limits.file_bytes {
        return Err(too_large(bytes));
    }
    let received = fetched.map_err(|_| too_slow(&on, bytes, whole))??;
    let disputed = entry.bytes.filter(|wanted| *wanted != bytes);
    if let Some(wanted) = disputed
        && transport.second_size(&entry.name).await? != Some(bytes)
    {
        let cause = Cause::Incomplete {
            received: Received {
                bytes,
                of: Some(wanted),
            },
            then: None,
        };
        let error = TransportError::new(
            Code::TransferIncomplete,
            ErrorKind::NotSettled,
            (Attempt::Read, &on),
            cause,
            Remedy::FetchAgain,
        );
        return Err(error.again());
    }
    match transport.stat(&entry.name).await? {
        Some(after) if after == entry => {}
        Some(after) => return Err(not_settled(settings, &entry, &after)),
        None => return Err(gone(settings, &entry)),
    }
    // The size that agrees must still do so: the file may have grown to it and on.
    if disputed.is_some() {
        let still = Entry {
            bytes: transport.second_size(&entry.name).await?,
            ..entry.clone()
        };
        if still.bytes != Some(bytes) {
            return Err(not_settled(
                settings,
                &Entry {
                    bytes: Some(bytes),
                    ..still.clone()
                },
                &still,
            ));
        }
    }
    copy.seek(SeekFrom::Start(0)).map_err(local)?;
    let file = DeliveredFile {
        name: entry.name.clone(),
        bytes,
        modified: entry.modified,
        sha256,
        final_line_break: None,
    };
    Ok(Fetched {
        file,
        content: copy,
        is_proven: received.is_framed || entry.bytes.is_some(),
        entry,
        companions: Vec::new(),
        disputed,
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
