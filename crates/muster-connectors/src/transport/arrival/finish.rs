//! Archives or deletes files that were applied in full, with the markers beside them.

use super::{Entry, Fetched, SourceSettings, Transport, TransportError, connect};
use crate::transport::After;
use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity,
        transport::{Detail, NotCleared, Remedy},
    },
};

/// After a delivery was applied in full: archives or deletes exactly its files, if they are still the same,
/// and their markers. What fails is a warning, because the directory is right either way.
pub async fn finish(settings: &SourceSettings, files: &[Fetched]) -> Vec<Problem> {
    if settings.after == After::Leave {
        return Vec::new();
    }
    let reported = |name: &str, cause: NotCleared| {
        let file = settings.listed_name(name);
        Problem::new(
            Code::TransportAfter,
            Severity::Warning,
            Detail::NotCleared { file, cause },
            Remedy::ArchiveManually,
        )
    };
    let failed =
        |name: &str, error: TransportError| reported(name, NotCleared::Failed(error.failure));
    let mut transport = match connect(settings).await {
        Ok(transport) => transport,
        Err(error) => {
            return files
                .iter()
                .map(|fetched| failed(&fetched.file.name, error.clone()))
                .collect();
        }
    };
    let mut problems = Vec::new();
    for fetched in files {
        let name = &fetched.entry.name;
        match transport.stat(name).await {
            Ok(Some(now)) if now == fetched.entry => {}
            Ok(Some(_)) => {
                problems.push(reported(name, NotCleared::Replaced));
                continue;
            }
            Ok(None) => continue,
            Err(error) => {
                problems.push(failed(name, error));
                continue;
            }
        }
        let with_it = [&fetched.entry].into_iter().chain(&fetched.companions);
        for Entry { name, .. } in with_it {
            if let Err(error) = clear(&mut *transport, settings, name).await {
                problems.push(failed(name, error));
                // A marker without its file is ignored, a file without its marker is not.
                break;
            }
        }
    }
    problems
}

async fn clear(
    transport: &mut dyn Transport,
    settings: &SourceSettings,
    name: &str,
) -> Result<(), TransportError> {
    match &settings.after {
        After::Archive(folder) => transport.archive(name, folder).await,
        After::Delete => transport.remove(name).await,
        After::Leave => Ok(()),
    }
}
