//! The records of one employee in archived deliveries. They are found exactly as an erasure finds them, and records of others are
//! never part of the answer.

use super::erase::identifiers::Identifiers;
use crate::{
    db::{connection::Store, error::StoreError},
    runs::archive,
};
use jiff::{Timestamp, civil::Date};
use muster_core::{
    model::{
        ids::EmployeeId,
        response::{ArchivedRecord, DataLocation, EmployeeExport, Explanation},
        workspace::Workspace,
    },
    privacy::file_erasure::{FileErasure, Subjects, erase_records},
};

/// What the archived deliveries have of an employee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArchivedRecords {
    pub records: Vec<ArchivedRecord>,
    /// SHA-256 of the files in which records cannot be told apart.
    pub unclear: Vec<String>,
}

impl Store {
    /// Everything that is stored about an employee, with what explains the present values.
    pub fn export_employee(
        &self,
        workspace: &Workspace,
        employee: Explanation,
        today: Date,
        now: Timestamp,
    ) -> Result<EmployeeExport, StoreError> {
        let (id, mut budgets) = (employee.employee, Vec::new());
        self.grants_of(workspace.id, Some(id), today, &mut |found| {
            budgets.push(found.answer(today));
            true
        })?;
        let archived = self.archived_records(workspace, id)?;
        let locations = self.personal_data(workspace, id)?.into_iter();
        Ok(EmployeeExport {
            workspace: workspace.name.clone(),
            exported: now,
            employee,
            budgets,
            records: archived.records,
            unclear: archived.unclear,
            locations: locations
                .map(|location| DataLocation {
                    what: location.what.to_owned(),
                    count: location.count,
                })
                .collect(),
        })
    }

    /// The records of an employee in archived deliveries. [`StoreError::NoKey`]: there are some, and no master key.
    pub fn archived_records(
        &self,
        workspace: &Workspace,
        employee: EmployeeId,
    ) -> Result<ArchivedRecords, StoreError> {
        self.read("read the archived records", |connection| {
            let keys = Identifiers::collect(connection, workspace, employee)?.keys;
            let kept: Vec<String> = connection
                .prepare_cached(
                    "SELECT sha256 FROM content WHERE workspace_id = ?1 ORDER BY sha256",
                )?
                .values([workspace.id.0])?;
            let mut found = ArchivedRecords::default();
            for sha256 in kept {
                let keyring = self.keyring()?;
                let opened = archive::read(connection, keyring, workspace.id, &sha256)?;
                let Some((bytes, form)) = opened else {
                    continue;
                };
                match erase_records(&bytes, &form, Subjects::Keys(&keys)) {
                    FileErasure::Nothing => {}
                    FileErasure::Unsure => found.unclear.push(sha256),
                    FileErasure::Done {
                        bytes: without,
                        lines,
                    } => {
                        let columns = form.header.then(|| line(&bytes, 0));
                        let records = removed(&bytes, &without, &lines);
                        found
                            .records
                            .extend(records.map(|(line, text)| ArchivedRecord {
                                sha256: sha256.clone(),
                                line,
                                columns: columns.clone(),
                                text,
                            }));
                    }
                }
            }
            Ok(found)
        })
    }
}

/// The text that a file has on these lines, and no longer has without its records. A record can have several lines.
fn removed<'a>(
    whole: &'a [u8],
    without: &'a [u8],
    lines: &'a [u32],
) -> impl Iterator<Item = (u32, String)> + 'a {
    let rest: Vec<bool> = without.split(|byte| *byte == b'\n').map(is_blank).collect();
    lines.iter().enumerate().map(move |(at, first)| {
        let next = lines
            .get(at + 1)
            .map_or(usize::MAX, |next| *next as usize - 1);
        let start = *first as usize - 1;
        let more = (start + 1..rest.len().min(next)).take_while(|line| rest[*line]);
        let texts = std::iter::once(start).chain(more);
        let texts: Vec<String> = texts.map(|number| line(whole, number)).collect();
        (*first, texts.join("\n").trim_end().to_owned())
    })
}

fn is_blank(line: &[u8]) -> bool {
    line.is_empty() || line == b"\r"
}

/// A line of a file, from 0 on. What is not UTF-8 is windows-1252, the only other encoding in which records are found.
fn line(bytes: &[u8], number: usize) -> String {
    let found = bytes.split(|byte| *byte == b'\n').nth(number);
    let found = found.unwrap_or_default();
    let found = found.strip_suffix(b"\r").unwrap_or(found);
    let found = found.strip_prefix("\u{feff}".as_bytes()).unwrap_or(found);
    match std::str::from_utf8(found) {
        Ok(text) => text.to_owned(),
        Err(_) => found.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_whole_and_without_those_beside_them() {
        let whole = "\u{feff}id,note\r\n9,\"a\r\nb\"\r\n1,\"c\r\ne\"\r\n1,f\r\n7,g\r\n";
        let without = "\u{feff}id,note\r\n9,\"a\r\nb\"\r\n\r\n\r\n\r\n7,g\r\n";
        let found: Vec<_> = removed(whole.as_bytes(), without.as_bytes(), &[4, 6]).collect();
        assert_eq!(found, [(4, "1,\"c\ne\"".to_owned()), (6, "1,f".to_owned())]);
        assert_eq!(line(whole.as_bytes(), 0), "id,note");
        assert_eq!(line(b"\xd8rsted", 0), "Ørsted");
        let last: Vec<_> = removed(b"id\n1", b"id\n", &[2]).collect();
        assert_eq!(last, [(2, "1".to_owned())]);
    }
}
