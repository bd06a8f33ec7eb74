//! Problems of runs.

use muster_core::model::problem::run::{ArchiveFault, Detail, Remedy};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::Unbalanced { counts } => format!(
            "the records of the run do not add up, so nothing was applied: {counts}"
        ),
        Detail::ChangedWhileRead { file } => {
            format!("`{file}` changed while it was read, so it was refused")
        }
        Detail::Unreadable { file, why } => format!("`{file}` could not be read again: {why}"),
        Detail::Paused {
            server,
            shown,
            since,
            accepted,
        } => format!(
            "the integration is paused: {server} showed the host key {shown} at {since:.0}, and the accepted one is {accepted}; nothing was sent to it"
        ),
        Detail::EndNotRecorded { why } => {
            format!("the end of the run could not be recorded: {why}")
        }
        Detail::NotArchived { file, why } => match file {
            Some(file) => {
                format!("`{file}` is not archived for replay: {}", archive(why))
            },
            None => {
                format!("the delivery is not archived for replay: {}", archive(why))
            },
        },
        Detail::ErasurePending => {
            "an employee was erased, but the database could not be rewritten: deleted data may still be present in unused pages".to_owned()
        }
        Detail::HistoryDeleted { run, through } => format!(
            "the history of run {run} was deleted at the end of its retention period: history is available from {through}"
        ),
        Detail::NoDelivery {
            run: Some(run), ..
        } => format!("no delivery of run {run} or a later one is archived"),
        Detail::NoDelivery {
            run: None,
            integration,
        } => format!("no delivery of integration `{integration}` is archived"),
        Detail::NoDeliveryRead {
            run,
            integration,
            next,
        } => format!(
            "run {run} read no delivery of integration `{integration}`; the next one that did is run {next}"
        ),
        Detail::NothingReadSince { integration } => {
            format!("integration `{integration}` has read no delivery since then")
        }
        Detail::UnreadableDelivery { run } => format!(
            "the archived delivery of run {run} has a form that cannot be read"
        ),
        Detail::OtherSource {
            run,
            integration,
            reads_files,
        } => {
            let (then, now) = if *reads_files {
                ("an HR system", "files")
            } else {
                ("files", "an HR system")
            };
            format!("the delivery of run {run} is of {then}, and `{integration}` now reads {now}")
        }
        Detail::PartArchived {
            run,
            columns,
            records,
        } => {
            let mut needed = Vec::new();
            if !columns.is_empty() {
                needed.push(format!("the values of `{}`", columns.join("`, `")));
            }
            if *records > 0 {
                needed.push(format!(
                    "the values of {records} records that were not selected"
                ));
            }
            format!(
                "these settings need what was not archived of the delivery of run {run}: {}",
                needed.join(", and ")
            )
        }
        Detail::NewerDelivery { run, newer } => format!(
            "the records of run {run} can no longer be corrected: run {newer} read a newer delivery"
        ),
        Detail::NotRejected { run, line } => {
            format!("run {run} rejected no record in line {line}")
        }
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    match remedy {
        Remedy::ReportBug => "this is a bug in Muster: please report it with this message",
        Remedy::WaitForUpload => "wait until the upload is finished, then run again",
        Remedy::RunAgain => "run again",
        Remedy::ConfirmHostKey { shown } => {
            return format!(
                "ask the server's administrator which key is correct, then accept it with `muster test FILE --accept-host-key {shown}` (or the key that was accepted before)"
            );
        }
        Remedy::KeepCopy => {
            "the run is not affected; keep a copy at the source if you need to replay it"
        }
        Remedy::SweepWhenFree => {
            "run `muster sweep` when no other process reads the database and the disk has room for a copy of it"
        }
        Remedy::LaterRunOrLongerHistory => {
            "start with a later run, or keep history longer with `history` under [workspace] retention"
        }
        Remedy::KeepDeliveries => {
            "`deliveries` and `delivery_limit` under [workspace] retention set what is archived"
        }
        Remedy::ListRuns => "`muster runs` lists the runs",
        Remedy::PlanFromSource => {
            "run `muster plan FILE.toml`: it computes the plan from the source"
        }
        Remedy::ReadSource => {
            "run `muster plan FILE.toml`, which reads the source again and applies nothing; `deliveries = \"everything\"` under [workspace] archives later deliveries completely"
        }
        Remedy::LaterRun => "start with a later run",
        Remedy::CorrectNewest => "correct the record of the newest delivery",
        Remedy::ChooseRejected => "choose one of the rejected records of the run",
    }
    .to_owned()
}

/// Why a delivery is not archived.
fn archive(why: &ArchiveFault) -> String {
    match why {
        ArchiveFault::MayNameErased => "it may name an employee who was erased".to_owned(),
        ArchiveFault::NotEncrypted => "it could not be encrypted".to_owned(),
        ArchiveFault::PartOfUtf16 => "a part of a file in UTF-16 cannot be archived".to_owned(),
        ArchiveFault::Unreadable { error } => format!("it could not be read: {error}"),
        ArchiveFault::Other(said) => said.clone(),
    }
}
