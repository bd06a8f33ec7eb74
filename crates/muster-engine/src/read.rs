//! Reads a delivery from fetched or archived bytes.

use crate::{
    counting::{Counted, Counting},
    outcome::{Progress, RunError, partial_reason},
    work::Stop,
};
use jiff::{SignedDuration, Timestamp};
use muster_connectors::format::csv::{self, CsvSettings, FinalLineBreak};
use muster_core::{
    decide::{
        candidates::{Candidates, PrefixChange},
        propose::lookup_keys,
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::Employee,
        field::canonical,
        ids::EmployeeId,
        origin::DeliveredFile,
        problem::{Problem, Severity, file, run, shown},
        workspace::Workspace,
    },
    read::{
        filter::RecordFilter,
        reading::{PartialReason, Reading},
        roster::Roster,
    },
    setup::integration::Setup,
};
use muster_store::{Store, StoreError};
use std::{
    cell::Cell,
    collections::{BTreeSet, HashSet},
    io::{Read, Seek, SeekFrom},
};

/// The bytes of one file.
pub(crate) trait Content: Read + Seek {}

impl<T: Read + Seek> Content for T {}

/// Reads every file to its end. `files` names the contents. `is_unproven` returns, by position,
/// whether only the last row of a file can prove that the file is complete.
pub(crate) fn read(
    setup: &Setup,
    settings: &CsvSettings,
    roster: &Roster,
    calendar: Calendar,
    contents: &mut [&mut dyn Content],
    (files, is_unproven): (&[DeliveredFile], &dyn Fn(u16) -> bool),
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Reading, Stop> {
    let refused = |problem: Problem| Stop::Refused(partial_reason(problem.code), problem.into());
    // What is inside a packed file is larger than the file.
    let of = contents
        .iter_mut()
        .zip(files)
        .map(|(content, file)| content.seek(SeekFrom::End(0)).unwrap_or(file.bytes))
        .sum();
    let bytes = Cell::new(0);
    let mut sink = Counting::new(
        RecordFilter::new(setup, roster, calendar),
        &bytes,
        of,
        progress,
    );
    let mut truncated = false;
    let mut unproven = false;
    let settings = &expecting_line_break(settings, roster);
    for ((number, content), file) in (0u16..).zip(contents).zip(files) {
        content
            .seek(SeekFrom::Start(0))
            .map_err(|error| Stop::Failed(unreadable(&file.name, &error)))?;
        let mut content = Counted {
            content,
            bytes: &bytes,
        };
        let decoded = csv::decode(&mut content, number, settings, &mut sink)
            .map_err(|problem| refused(inside_file(&file.name, problem)))?;
        decoded
            .warnings
            .into_iter()
            .for_each(|warning| sink.filter.note(warning));
        sink.filter.note_final_line_break(decoded.final_line_break);
        if is_unproven(number) && !decoded.counted {
            unproven = true;
            sink.filter.note(unproven_file(&file.name));
        }
        if let Some(problem) = decoded.truncated {
            truncated = true;
            sink.filter.note(problem);
        }
    }
    if let Some(problem) = sink.filter.refusal() {
        return Err(refused(problem));
    }
    let partial = truncated
        .then_some(PartialReason::Truncated)
        .or(unproven.then_some(PartialReason::Unproven));
    Ok(sink.filter.finish(partial))
}

/// The problem of a file, with its name.
pub(crate) fn inside_file(name: &str, problem: Problem) -> Problem {
    let inside = file::Detail::Inside {
        file: shown(name),
        line: problem.origin.map(|origin| origin.line),
        cause: Box::new(problem.detail),
    };
    Problem {
        detail: inside.into(),
        ..problem
    }
}

/// The settings for a source whose last complete delivery ended with a line break.
fn expecting_line_break(settings: &CsvSettings, roster: &Roster) -> CsvSettings {
    let last = roster.last_good.as_ref();
    let had = last.and_then(|last| last.final_line_break).unwrap_or(false);
    let final_line_break = match settings.final_line_break {
        FinalLineBreak::AsBefore if had => FinalLineBreak::Expected,
        as_set => as_set,
    };
    CsvSettings {
        final_line_break,
        ..settings.clone()
    }
}

fn unproven_file(name: &str) -> Problem {
    Problem::new(
        Code::Unproven,
        Severity::Warning,
        file::Detail::Unproven { file: shown(name) },
        file::Remedy::ProveLength,
    )
}

/// Loads the employees that the proposal needs to look up.
pub(crate) fn candidates(
    store: &Store,
    setup: &Setup,
    reading: &Reading,
    roster: &Roster,
    calendar: Calendar,
    now: Timestamp,
) -> Result<Candidates, StoreError> {
    let workspace = &setup.workspace;
    let mut keys = lookup_keys(reading, roster, &setup.rules.policy);
    let prefix = PrefixChange::since(roster.last_good.as_ref(), &setup.rules.policy.id_prefix);
    let former: Vec<String> = prefix
        .iter()
        .flat_map(|prefix| keys.external_ids.iter().filter_map(|id| prefix.former(id)))
        .collect();
    keys.external_ids.extend(former.iter().map(String::as_str));
    let mut people = store.employees_by_external_ids(workspace, &keys.external_ids)?;
    // An address belongs to only one employee.
    let found: HashSet<&str> = people.iter().map(Employee::email).collect();
    keys.emails.retain(|email| !found.contains(email));
    people.extend(store.employees_by_emails(workspace, &keys.emails)?);
    people.extend(store.employees_of_roster(workspace, &keys.missing)?);
    if keys.unowned {
        people.extend(store.unowned(workspace)?);
    }
    people.extend(store.due(workspace, calendar.today.max(calendar.offboarded_through))?);
    let announced = announced(store, workspace, &people, calendar, now)?;
    let mut candidates = Candidates::new(people).with_announced(announced);
    if setup.names_managers_by_address() && !reading.drafts.is_empty() {
        candidates = candidates.with_managers(store.manager_addresses(workspace.id)?);
    }
    Ok(match (prefix, roster.integration) {
        (Some(change), Some(owner)) => candidates.with_new_prefix(owner, change),
        _ => candidates,
    })
}

/// The employees whose offboarding date was reached and was stored more than a week ago.
pub(crate) fn announced(
    store: &Store,
    workspace: &Workspace,
    employees: &[Employee],
    calendar: Calendar,
    now: Timestamp,
) -> Result<BTreeSet<EmployeeId>, StoreError> {
    let through = calendar.today.max(calendar.offboarded_through).to_string();
    let has_come = |employee: &&Employee| {
        let end = employee.value(canonical::OFFBOARDING_DATE);
        employee.status.is_employed() && end.is_some_and(|end| end <= through.as_str())
    };
    let due: Vec<_> = employees
        .iter()
        .filter(has_come)
        .map(|employee| employee.id)
        .collect();
    let week_ago = now
        .checked_sub(SignedDuration::from_hours(7 * 24))
        .unwrap_or(Timestamp::MIN);
    store.announced_departures(workspace, &due, week_ago)
}

fn unreadable(name: &str, error: &std::io::Error) -> RunError {
    let detail = run::Detail::Unreadable {
        file: shown(name),
        why: error.to_string(),
    };
    RunError::new(Code::TransportFolder, detail, run::Remedy::RunAgain)
}
