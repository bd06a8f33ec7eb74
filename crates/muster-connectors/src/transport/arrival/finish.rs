//! Archives or deletes files that were applied in full, with the markers beside them.

use super::{Entry, Fetched, SourceSettings, Transport, TransportError, connect};
use crate::transport::After;
use muster_core::model::{
    code::Code,
    problem::{Problem, Severity, shown},
};

/// After a delivery was applied in full: archives or deletes exactly its files, if they are still the same,
/// and their markers. What fails is a warning, because the directory is right either way.
pub async fn finish(settings: &SourceSettings, files: &[Fetched]) -> Vec<Problem> {
    if settings.after == After::Leave {
        return Vec::new();
    }
    let reported = |name: &str, why: String| {
        let message = format!(
            "`{}` was applied, but could not be archived or deleted: {why}",
            shown(name)
        );
        Problem::new(
            Code::TransportAfter,
            Severity::Warning,
            message,
            "move or delete it manually; reading it again changes nothing",
        )
    };
    let mut transport = match connect(settings).await {
        Ok(transport) => transport,
        Err(error) => {
            return files
                .iter()
                .map(|fetched| reported(&fetched.file.name, error.to_string()))
                .collect();
        }
    };
    let mut problems = Vec::new();
    for fetched in files {
        let name = &fetched.entry.name;
        match transport.stat(name).await {
            Ok(Some(now)) if now == fetched.entry => {}
            Ok(Some(_)) => {
                let why = "it was replaced meanwhile and is left for the next run";
                problems.push(reported(name, why.to_owned()));
                continue;
            }
            Ok(None) => continue,
            Err(error) => {
                problems.push(reported(name, error.to_string()));
                continue;
            }
        }
        let with_it = [&fetched.entry].into_iter().chain(&fetched.companions);
        for Entry { name, .. } in with_it {
            if let Err(error) = clear(&mut *transport, settings, name).await {
                problems.push(reported(name, error.to_string()));
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
