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
    format::csv::{CsvSettings, Delimiter, Encoding, decode},
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
        record::Cell,
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

    /// Its records, one table for each file. `None`: a file cannot be read with these rules.
    pub(crate) fn tables(&self) -> Option<Vec<Records>> {
        let (kept, csv) = match &self.content {
            ArchivedContent::Records(records, _) => return Some(vec![Records::clone(records)]),
            ArchivedContent::Files(kept, csv, _) => (kept, csv),
        };
        let read = |(number, kept): (u16, &ArchivedFile)| {
            let mut table = Records::default();
            let mut reader = Cursor::new(kept.bytes.as_slice());
            decode(&mut reader, number, csv, &mut table).ok()?;
            Some(table)
        };
        (0..).zip(kept.iter()).map(read).collect()
    }

    /// Whether its files have a delimiter, and which. `None`: it has no files.
    pub(crate) fn delimiter(&self) -> Option<u8> {
        match &self.content {
            ArchivedContent::Records(..) => None,
            ArchivedContent::Files(_, csv, _) => Some(match csv.delimiter {
                Delimiter::Exactly(delimiter) => delimiter,
                Delimiter::Auto => b',',
            }),
        }
    }

    /// Reads other records in place of its own, as if the source had delivered them. Files are written with a delimiter.
    pub(crate) fn read_instead(
        &self,
        tables: &[Records],
        delimiter: Option<u8>,
        roster: &Roster,
        calendar: Calendar,
    ) -> Result<Reading, Stop> {
        let setup = &self.integration.setup;
        let (csv, unproven) = match &self.content {
            ArchivedContent::Records(_, partial) => {
                let empty = Records::default();
                let records = tables.first().unwrap_or(&empty);
                return system::pour(setup, records, roster, calendar, *partial, &[]);
            }
            ArchivedContent::Files(_, csv, unproven) => (csv, *unproven),
        };
        let plain = CsvSettings {
            encoding: Encoding::Utf8,
            skip_rows: 0,
            label_rows: 0,
            sheet: None,
            ..CsvSettings::clone(csv)
        };
        let delimiter = delimiter.unwrap_or(b',');
        let texts = tables.iter().map(|table| written(table, &plain, delimiter));
        let mut readers: Vec<Cursor<Vec<u8>>> = texts.map(Cursor::new).collect();
        let mut contents: Vec<&mut dyn Content> = readers
            .iter_mut()
            .map(|reader| reader as &mut dyn Content)
            .collect();
        read(
            setup,
            &plain,
            roster,
            calendar,
            &mut contents,
            (&self.files, &|_| unproven),
            &mut |_| {},
        )
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

/// Records as a file, with the trailer that the settings expect.
fn written(table: &Records, csv: &CsvSettings, delimiter: u8) -> Vec<u8> {
    let mut text = Vec::new();
    let mut row = |cells: &mut dyn Iterator<Item = &str>| {
        for (position, cell) in cells.enumerate() {
            if position > 0 {
                text.push(delimiter);
            }
            let is_plain = !cell
                .bytes()
                .any(|byte| byte == delimiter || b"\"\r\n".contains(&byte));
            if is_plain {
                text.extend_from_slice(cell.as_bytes());
            } else {
                text.extend_from_slice(format!("\"{}\"", cell.replace('"', "\"\"")).as_bytes());
            }
        }
        text.push(b'\n');
    };
    if csv.header {
        row(&mut table.columns().iter().map(String::as_str));
    }
    for record in table.iter() {
        row(
            &mut (0..table.columns().len()).map(|column| match record.cell(column) {
                Cell::Text(text) => text,
                Cell::Absent | Cell::Null | Cell::Unreadable => "",
            }),
        );
    }
    if let Some(prefix) = &csv.trailer_count {
        row(&mut [prefix.as_str(), &table.len().to_string()].into_iter());
    }
    text
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
