//! Reads an archived delivery with other rules: files from their bytes, records of an HR system
//! from their text. This needs neither the source nor its credentials.

use crate::{
    outcome::{Deps, Outcome, Progress, RunError},
    read::{Content, read},
    source::Source,
    sync::{Integration, Mode},
    system,
    work::{Begun, Stop, Work},
};
use muster_connectors::{
    connector::{Records, Wanted},
    format::csv::{CsvSettings, decode},
};
use muster_core::{
    model::{
        calendar::Calendar,
        code::Code,
        ids::RunId,
        origin::DeliveredFile,
        problem::{run, shown},
        run::{Run, RunKind},
    },
    privacy::archived_part::PartCheck,
    read::{
        reading::{PartialReason, Reading},
        roster::Roster,
    },
};
use muster_store::ArchivedFile;
use std::io::Cursor;

/// One delivery that can be read.
pub(crate) struct Archived<'k> {
    integration: &'k Integration,
    files: Vec<DeliveredFile>,
    content: ArchivedContent<'k>,
    /// Columns that the current rules need and the run did not request.
    pub(crate) unread: Vec<String>,
}

enum ArchivedContent<'k> {
    /// The files, how they are read, and whether nothing proves that they are complete.
    Files(&'k [ArchivedFile], &'k CsvSettings, bool),
    Records(Box<Records>, Option<PartialReason>),
}

impl<'k> Archived<'k> {
    /// Opens the delivery of a run. Fails if the integration no longer reads this kind of delivery.
    pub(crate) fn open(
        integration: &'k Integration,
        run: &Run,
        kept: &'k [ArchivedFile],
    ) -> Result<Self, RunError> {
        let is_of_records = kept.iter().any(|kept| !kept.form.columns.is_empty());
        let mut unread = Vec::new();
        let content = match &integration.source {
            Source::Files(source) if !is_of_records => {
                let unproven = run.partial.as_deref() == Some(PartialReason::Unproven.as_str());
                ArchivedContent::Files(kept, &source.csv, unproven)
            }
            Source::System(_) if is_of_records => {
                let [one] = kept else {
                    return Err(unreadable(run.id));
                };
                let text = std::str::from_utf8(&one.bytes).map_err(|_| unreadable(run.id))?;
                let mut records =
                    Records::read(&one.form.columns, text).ok_or_else(|| unreadable(run.id))?;
                let wanted = Wanted::of(&integration.setup);
                unread = records.announce(&wanted.columns);
                let partial = partial(run, records.withhold(&wanted));
                ArchivedContent::Records(Box::new(records), partial)
            }
            _ => return Err(other_source(integration, run.id)),
        };
        let files = kept.iter().map(|kept| kept.file.clone()).collect();
        refuse_part(integration, run, kept, &content)?;
        Ok(Self {
            integration,
            files,
            content,
            unread,
        })
    }

    pub(crate) fn files(&self) -> &[DeliveredFile] {
        &self.files
    }

    /// Reads the delivery against a directory.
    pub(crate) fn read(
        &self,
        roster: &Roster,
        calendar: Calendar,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Reading, Stop> {
        let setup = &self.integration.setup;
        match &self.content {
            ArchivedContent::Files(kept, csv, unproven) => {
                let mut readers: Vec<Cursor<&[u8]>> = kept
                    .iter()
                    .map(|kept| Cursor::new(kept.bytes.as_slice()))
                    .collect();
                let mut contents: Vec<&mut dyn Content> = readers
                    .iter_mut()
                    .map(|reader| reader as &mut dyn Content)
                    .collect();
                read(
                    setup,
                    csv,
                    roster,
                    calendar,
                    &mut contents,
                    (&self.files, &|_| *unproven),
                    progress,
                )
            }
            ArchivedContent::Records(records, partial) => {
                system::pour(setup, records, roster, calendar, *partial, &[])
            }
        }
    }

    /// Runs the integration on the delivery in a copy, without stopping at guards.
    pub(crate) fn replay(
        &self,
        deps: &Deps,
        progress: &mut (dyn FnMut(Progress<'_>) + Send),
    ) -> Result<Outcome, RunError> {
        let begun = Begun::begin(
            &self.integration.setup,
            Mode::Approve,
            RunKind::Sync,
            None,
            deps,
        )?;
        let work = Work::new(self.integration, begun, deps);
        let decided = work.decide(
            &mut |roster, calendar, progress| self.read(roster, calendar, progress),
            &self.files,
            progress,
        );
        decided.or_else(|stop| work.stop(stop, self.files.clone()))
    }
}

/// Fails if the current rules need what was not archived.
fn refuse_part(
    integration: &Integration,
    run: &Run,
    kept: &[ArchivedFile],
    content: &ArchivedContent<'_>,
) -> Result<(), RunError> {
    let setup = &integration.setup;
    let day = Calendar::at(run.started, &setup.workspace.settings).today;
    for (number, kept) in (0u16..).zip(kept) {
        let Some(part) = &kept.form.part else {
            continue;
        };
        let mut check = PartCheck::new(part, setup, day);
        // What cannot be read is refused when it is read.
        let _ = match content {
            ArchivedContent::Files(_, csv, _) => {
                let mut reader = Cursor::new(kept.bytes.as_slice());
                decode(&mut reader, number, csv, &mut check).map(drop)
            }
            ArchivedContent::Records(records, _) => records.pour(&mut check),
        };
        if matches!(content, ArchivedContent::Records(..)) {
            // Columns that were not requested are reported as unread.
            check.columns.clear();
        }
        if !check.is_enough() {
            let detail = run::Detail::PartArchived {
                run: run.id,
                columns: check.columns.iter().map(|column| shown(column)).collect(),
                records: check.records,
            };
            return Err(refused(detail, run::Remedy::ReadSource));
        }
    }
    Ok(())
}

/// The recorded reason why the delivery was incomplete. Reasons that follow from the rules are
/// determined again.
fn partial(run: &Run, withheld: bool) -> Option<PartialReason> {
    use PartialReason::{AttributeWithheld, UnknownPeople};
    let recorded = run.partial.as_deref().and_then(PartialReason::parse);
    recorded
        .filter(|reason| !matches!(reason, AttributeWithheld | UnknownPeople))
        .or_else(|| withheld.then_some(AttributeWithheld))
}

fn unreadable(run: RunId) -> RunError {
    refused(
        run::Detail::UnreadableDelivery { run },
        run::Remedy::LaterRun,
    )
}

fn other_source(integration: &Integration, run: RunId) -> RunError {
    let detail = run::Detail::OtherSource {
        run,
        integration: integration.setup.name.clone(),
        reads_files: integration.source.files().is_some(),
    };
    refused(detail, run::Remedy::LaterRun)
}

/// A delivery that cannot be replayed.
pub(crate) fn refused(detail: run::Detail, remedy: run::Remedy) -> RunError {
    RunError::new(Code::DeliveryKept, detail, remedy)
}
