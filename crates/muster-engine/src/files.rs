//! A run that reads files as fetched.

use crate::{
    keep,
    outcome::{Outcome, Progress, RunError, partial_reason},
    pause,
    read::{Content, read},
    source::FileSource,
    sync::{Stop, Work},
};
use muster_connectors::transport::{self, After, ErrorKind, Fetched, TransportError};
use muster_core::{
    model::{
        code::Code,
        origin::DeliveredFile,
        problem::{Problem, Severity},
        run::RunStatus,
    },
    read::reading::PartialReason,
};
use std::{fs::File, thread};

/// Fetches files and does the rest of the run; clears them away afterwards if that is wanted.
pub(crate) async fn sync(
    work: &Work<'_, '_>,
    source: &FileSource,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, RunError> {
    if let Some(error) = pause::standing(work, &source.settings)? {
        return work.conclude(
            RunStatus::Failed,
            partial_reason(error.code),
            error,
            Vec::new(),
        );
    }
    let system = work.deps.system;
    let now = || system.now();
    let fetched = transport::fetch(&source.settings, &now, &mut |step| {
        progress(Progress::Transport(step))
    })
    .await;
    let mut fetched = match fetched {
        Ok(delivery) => delivery,
        Err(error) => {
            pause::after(work, &error)?;
            return without_files(work, source, error);
        }
    };
    let files: Vec<DeliveredFile> = fetched
        .files
        .iter()
        .map(|fetched| fetched.file.clone())
        .collect();
    let mut outcome = match process(work, source, &fetched.files, &files, progress) {
        Ok(outcome) => outcome,
        Err(stop) => return work.stop(stop, files),
    };
    if work.is_finished(&outcome) {
        fetched
            .warnings
            .extend(transport::finish(&source.settings, &fetched.files).await);
    }
    fetched
        .warnings
        .into_iter()
        .for_each(|warning| outcome.warnings.push(warning));
    outcome.files = files;
    Ok(outcome)
}

fn process(
    work: &Work<'_, '_>,
    source: &FileSource,
    fetched: &[Fetched],
    files: &[DeliveredFile],
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, Stop> {
    if let Some(outcome) = work.already_known(files)? {
        return Ok(outcome);
    }
    let setup = &work.integration.setup;
    thread::scope(|scope| {
        let keeping = keep::begin(scope, work.store(), setup, &source.csv, fetched);
        // The hash is that of what arrived: a file that changed meanwhile is neither used nor kept.
        let changed = || {
            fetched
                .iter()
                .find(|fetched| !fetched.is_still(&source.settings))
        };
        let mut readers: Vec<&File> = fetched.iter().map(|fetched| &fetched.content).collect();
        let mut contents: Vec<&mut dyn Content> = readers
            .iter_mut()
            .map(|reader| reader as &mut dyn Content)
            .collect();
        let mut outcome = work.decide(
            &mut |roster, calendar, progress| {
                let reading = read(
                    setup,
                    &source.csv,
                    roster,
                    calendar,
                    &mut contents,
                    files,
                    &|number| {
                        let fetched = fetched.get(usize::from(number));
                        !source.settings.trust_length
                            && fetched.is_some_and(|fetched| !fetched.is_proven)
                    },
                    progress,
                )?;
                match changed() {
                    Some(fetched) => Err(Stop::Refused(
                        PartialReason::ChangedWhileReading,
                        changed_meanwhile(&fetched.file.name),
                    )),
                    None => Ok(reading),
                }
            },
            files,
            progress,
        )?;
        if changed().is_none() {
            let kept = keeping.finish(work.store(), setup.workspace.id, work.deps.clock.now());
            kept.into_iter()
                .for_each(|warning| outcome.warnings.push(warning));
        }
        Ok(outcome)
    })
}

/// Files could not be had. An empty folder is no failure where files are cleared away after each run.
fn without_files(
    work: &Work<'_, '_>,
    source: &FileSource,
    error: TransportError,
) -> Result<Outcome, RunError> {
    let reason = partial_reason(error.code);
    if error.kind == ErrorKind::NoFile && source.settings.after != After::Leave {
        let warning = Problem::new(
            error.code,
            Severity::Warning,
            error.to_string(),
            error.advice,
        );
        return work.without_delivery(reason, warning);
    }
    let status = match error.kind {
        ErrorKind::NoFile | ErrorKind::NotSettled | ErrorKind::Refused => RunStatus::Refused,
        ErrorKind::Unreachable
        | ErrorKind::Unauthorised
        | ErrorKind::Configuration
        | ErrorKind::Local => RunStatus::Failed,
    };
    work.conclude(status, reason, error.into(), Vec::new())
}

fn changed_meanwhile(name: &str) -> RunError {
    RunError {
        code: Code::NotSettled,
        message: format!("`{name}` changed while it was read; nothing of it was used"),
        advice: "wait until the upload is finished, then run again".to_owned(),
        fingerprint: None,
    }
}
