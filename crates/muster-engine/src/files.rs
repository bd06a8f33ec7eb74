//! A run that reads files.

use crate::{
    archive,
    outcome::{Outcome, Progress, RunError, partial_reason},
    pause,
    read::{Content as Bytes, inside_file, read},
    source::FileSource,
    sync::Content,
    work::{Stop, Work},
};
use muster_connectors::{
    format::packed,
    transport::{self, After, Delivery, ErrorKind, Fetched, TransportError},
};
use muster_core::{
    model::{
        code::Code,
        field::canonical,
        origin::DeliveredFile,
        problem::{Problem, Severity, run, shown, transport as transport_problem},
        run::RunStatus,
    },
    read::reading::PartialReason,
    setup::integration::Setup,
};
use std::{fs::File, thread};

/// Fetches files, unless the integration is paused.
pub(crate) async fn fetch(
    work: &Work<'_>,
    source: &FileSource,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Content, RunError> {
    if let Some(error) = pause::standing(work, &source.settings)? {
        let reason = partial_reason(error.code);
        return Ok(Content::Unread(RunStatus::Failed, reason, Box::new(error)));
    }
    let system = &work.deps.system;
    let now = || system.now();
    let fetched = transport::fetch(&source.settings, &now, &mut |step| {
        progress(Progress::Transport(step))
    })
    .await;
    let source = Box::new(source.clone());
    match fetched {
        Ok(delivery) => Ok(Content::Files(source, delivery)),
        Err(error) => {
            pause::after(work, &error)?;
            Ok(Content::NoFiles(source, error))
        }
    }
}

/// Reads files and computes the plan.
pub(crate) fn decide(
    work: &Work<'_>,
    source: &FileSource,
    delivery: &Delivery,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, RunError> {
    let files: Vec<DeliveredFile> = delivery
        .files
        .iter()
        .map(|fetched| fetched.file.clone())
        .collect();
    match process(work, source, &delivery.files, &files, progress) {
        Ok(mut outcome) => {
            outcome.files = files;
            Ok(outcome)
        }
        Err(stop) => work.stop(stop, files),
    }
}

fn process(
    work: &Work<'_>,
    source: &FileSource,
    fetched: &[Fetched],
    files: &[DeliveredFile],
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Outcome, Stop> {
    if let Some(outcome) = work.already_known(files)? {
        return Ok(outcome);
    }
    let setup = work.setup;
    let unpacked = unpack(setup, source, fetched)?;
    let contents: Vec<&File> = fetched
        .iter()
        .zip(&unpacked)
        .map(|(fetched, unpacked)| unpacked.as_ref().unwrap_or(&fetched.content))
        .collect();
    thread::scope(|scope| {
        let archiving = archive::begin(
            scope,
            work.store(),
            setup,
            &source.csv,
            work.calendar().today,
            (fetched, &contents),
        );
        // The hash of the received bytes: a file that has changed since is neither applied nor
        // archived.
        let changed = || {
            fetched
                .iter()
                .find(|fetched| !fetched.is_still(&source.settings))
        };
        let is_unproven = |number: u16| {
            let position = usize::from(number);
            let fetched = fetched.get(position);
            // The checksum or directory at the end of a packed file proves that it is whole.
            let is_packed = unpacked.get(position).is_some_and(Option::is_some);
            !source.settings.trust_length
                && !is_packed
                && fetched.is_some_and(|fetched| !fetched.is_proven)
        };
        let mut readers = contents.clone();
        let mut contents: Vec<&mut dyn Bytes> = readers
            .iter_mut()
            .map(|reader| reader as &mut dyn Bytes)
            .collect();
        let mut outcome = work.decide(
            &mut |roster, calendar, progress| {
                let reading = read(
                    setup,
                    &source.csv,
                    roster,
                    calendar,
                    &mut contents,
                    (files, &is_unproven),
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
            let kept = archiving.finish(work.store(), setup.workspace.id, work.deps.clock.now());
            kept.into_iter()
                .for_each(|warning| outcome.warnings.push(warning));
        }
        Ok(outcome)
    })
}

/// What is inside packed files, by their position.
fn unpack(
    setup: &Setup,
    source: &FileSource,
    fetched: &[Fetched],
) -> Result<Vec<Option<File>>, Stop> {
    let identifiers = identifier_columns(setup);
    let inside = |fetched: &Fetched| {
        packed::unpack(&fetched.content, &source.csv, &identifiers).map_err(|problem| {
            let problem = inside_file(&fetched.file.name, problem);
            Stop::Refused(partial_reason(problem.code), problem.into())
        })
    };
    fetched.iter().map(inside).collect()
}

/// The columns with identifiers, in which a number must have lost nothing.
pub(crate) fn identifier_columns(setup: &Setup) -> Vec<String> {
    [
        canonical::EXTERNAL_ID,
        canonical::MANAGER_EXTERNAL_ID,
        canonical::PAYROLL_ID,
    ]
    .into_iter()
    .flat_map(|field| archive::columns(setup, field))
    .collect()
}

/// The files could not be read. An empty folder is not a failure if files are removed after each
/// run.
pub(crate) fn without_files(
    work: &Work<'_>,
    source: &FileSource,
    error: TransportError,
) -> Result<Outcome, RunError> {
    let reason = partial_reason(error.code);
    if error.kind == ErrorKind::NoFile && source.settings.after != After::Leave {
        let warning = Problem::new(
            error.code,
            Severity::Warning,
            transport_problem::Detail::Failed(*error.failure),
            error.remedy,
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
    let detail = run::Detail::ChangedWhileRead { file: shown(name) };
    RunError::new(Code::NotSettled, detail, run::Remedy::WaitForUpload)
}
