//! The list of erasures. It is a file beside the database and beside each backup, with keyed hashes instead of values: enough
//! to find an erased employee in an older backup, not enough to name one.

use super::files::{folder, refused, replace, unwritable, with_ending};
use crate::{
    db::{
        connection::Store,
        error::{BackupFault, StoreError},
        migrate,
        sql::Connection,
    },
    privacy::erase::read_again,
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    model::{
        ids::{EmployeeId, WorkspaceId},
        workspace::Workspace,
    },
    privacy::tombstone::{Mark, Tombstones},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// The ending of the file.
const ENDING: &str = ".erasures";

/// The form of the file.
const FORM: u32 = 1;

/// The first schemas with erasures, and with their hashes. A database that is replaced may be older.
const WITH_ERASURES: i64 = 6;
const WITH_MARKS: i64 = 19;

/// The erasures of a database and of the databases that it was restored over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureList {
    form: u32,
    pub erasures: Vec<ErasureEntry>,
}

/// One erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureEntry {
    pub workspace: String,
    pub employee: EmployeeId,
    pub erased_at: Timestamp,
    pub erased_by: Option<String>,
    pub why: String,
    /// Keyed hashes of the ids and addresses, as hexadecimal digits.
    marks: Vec<String>,
    /// The ids and addresses may be used again.
    is_lifted: bool,
}

/// What an entry of the list finds in a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasureMatch {
    /// The employees to erase.
    pub employees: Vec<EmployeeId>,
    /// An employee with the number of the erased one, for which the list has no hash to compare.
    pub unclear: Option<EmployeeId>,
}

impl ErasureEntry {
    fn is_same(&self, other: &Self) -> bool {
        (&self.workspace, self.employee, self.erased_at)
            == (&other.workspace, other.employee, other.erased_at)
    }

    fn marks(&self) -> HashSet<Mark> {
        self.marks.iter().filter_map(|mark| parse(mark)).collect()
    }
}

impl ErasureList {
    /// The file of a database.
    pub fn beside(database: &Path) -> PathBuf {
        with_ending(database, ENDING)
    }

    /// The files in a folder with backups.
    pub fn in_folder_of(backup: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder(backup)).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.to_string_lossy().ends_with(ENDING))
            .collect();
        files.sort();
        files
    }

    /// Reads a file. `None`: there is none.
    pub fn read(file: &Path) -> Result<Option<Self>, StoreError> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unwritable(file, &error)),
        };
        match serde_json::from_str::<Self>(&text) {
            Ok(list) if list.form <= FORM => Ok(Some(list)),
            _ => Err(refused(file, BackupFault::ErasureList)),
        }
    }

    /// Whether the list has this erasure.
    pub fn has(&self, entry: &ErasureEntry) -> bool {
        self.erasures.iter().any(|known| known.is_same(entry))
    }

    /// Adds the entries of another list. Of the same erasure, the one of `self` is kept.
    pub fn add(&mut self, other: Self) {
        for entry in other.erasures {
            if !self.has(&entry) {
                self.erasures.push(entry);
            }
        }
        self.erasures.sort_by(|one, other| {
            (one.erased_at, one.employee).cmp(&(other.erased_at, other.employee))
        });
    }

    fn write(mut self, file: &Path) -> Result<(), StoreError> {
        if let Some(known) = Self::read(file)? {
            self.add(known);
        }
        self.form = FORM;
        let mut text = serde_json::to_string_pretty(&self).unwrap_or_default();
        text.push('\n');
        replace(file, text.as_bytes())
    }
}

impl Store {
    /// The erasures of this database.
    pub fn erasures(&self) -> Result<ErasureList, StoreError> {
        self.read("list the erasures", |connection| {
            let schema = migrate::found(connection)?;
            if schema < WITH_ERASURES {
                return Ok(ErasureList::default());
            }
            let mut tombstones: BTreeMap<(i64, i64), Vec<Mark>> = BTreeMap::new();
            for (workspace, employee, mark) in connection
                .prepare_cached("SELECT workspace_id, employee_id, mark FROM tombstone")?
                .rows::<(i64, i64, Mark), Vec<_>>([], |row| {
                    Ok((
                        row.get("workspace_id")?,
                        row.get("employee_id")?,
                        row.get("mark")?,
                    ))
                })?
            {
                tombstones
                    .entry((workspace, employee))
                    .or_default()
                    .push(mark);
            }
            let marks = match schema < WITH_MARKS {
                true => "NULL",
                false => "marks",
            };
            let erasures = connection
                .prepare_cached(&format!(
                    "SELECT workspace.name, workspace_id, employee_id, erased_at, erased_by, why, {marks} AS marks \
                     FROM erasure JOIN workspace ON workspace.id = erasure.workspace_id ORDER BY erased_at, employee_id",
                ))?
                .rows([], |row| {
                    let (workspace, employee) = (row.get("workspace_id")?, row.get("employee_id")?);
                    let barred = tombstones.get(&(workspace, employee));
                    // Erasures of earlier versions have their hashes in the tombstones only.
                    let marks = match row.bytes("marks")? {
                        Some(bytes) => bytes.chunks(size_of::<Mark>()).map(hex).collect(),
                        None => barred.into_iter().flatten().map(|mark| hex(mark)).collect(),
                    };
                    Ok(ErasureEntry {
                        workspace: row.get("name")?,
                        employee: EmployeeId(employee),
                        erased_at: instant(row.get("erased_at")?, "erasure", "erased_at")?,
                        erased_by: row.get("erased_by")?,
                        why: row.get("why")?,
                        marks,
                        is_lifted: barred.is_none(),
                    })
                })?;
            Ok(ErasureList {
                form: FORM,
                erasures,
            })
        })
    }

    /// Writes the list of erasures beside the database.
    pub(crate) fn write_erasures(&self) -> Result<(), StoreError> {
        let Some(path) = self.path() else {
            return Ok(());
        };
        self.erasures()?.write(&ErasureList::beside(path))
    }

    /// Writes the list beside the database and into a folder with backups, unless nobody was erased.
    pub(super) fn copy_erasures_to(&self, folder: &Path) -> Result<(), StoreError> {
        let Some(path) = self.path() else {
            return Ok(());
        };
        let beside = ErasureList::beside(path);
        if self.erasures()?.erasures.is_empty() && !beside.exists() {
            return Ok(());
        }
        self.write_erasures()?;
        let Some(name) = beside.file_name() else {
            return Ok(());
        };
        let list = ErasureList::read(&beside)?.unwrap_or_default();
        list.write(&folder.join(name))
    }

    /// The employees of a workspace that entries of a list are about, in the order of the entries.
    ///
    /// An employee is the erased one if the external id is one of theirs, or if the number is theirs and the external id or
    /// an address is. An address alone may have been given to another employee.
    pub fn find_erased(
        &self,
        workspace: &Workspace,
        entries: &[&ErasureEntry],
    ) -> Result<Vec<ErasureMatch>, StoreError> {
        let stones = Tombstones::new(&workspace.fingerprint_key, []);
        self.read("look up erased employees", |connection| {
            let mut by_id: HashMap<Mark, Vec<EmployeeId>> = HashMap::new();
            let mut numbers: HashMap<EmployeeId, Vec<Mark>> = HashMap::new();
            let mut statement = connection.prepare_cached(
                "SELECT id, external_id, email, private_email FROM employee \
                 WHERE workspace_id = ?1 AND status <> 'erased'",
            )?;
            let mut rows = statement.query([workspace.id.0])?;
            while let Some(row) = rows.next()? {
                let employee = EmployeeId(row.get("id")?);
                let marks = numbers.entry(employee).or_default();
                if let Some(id) = row.text("external_id")? {
                    let mark = stones.of_external_id(id);
                    by_id.entry(mark).or_default().push(employee);
                    marks.push(mark);
                }
                for column in ["email", "private_email"] {
                    marks.extend(row.text(column)?.map(|email| stones.of_email(email)));
                }
            }
            let found = |entry: &&ErasureEntry| {
                let wanted = entry.marks();
                let mut employees: Vec<EmployeeId> = wanted
                    .iter()
                    .filter_map(|mark| by_id.get(mark))
                    .flatten()
                    .copied()
                    .collect();
                let same_number = numbers.get(&entry.employee);
                if same_number.is_some_and(|marks| marks.iter().any(|mark| wanted.contains(mark))) {
                    employees.push(entry.employee);
                }
                employees.sort();
                employees.dedup();
                let unclear = wanted.is_empty() && same_number.is_some();
                ErasureMatch {
                    employees,
                    unclear: unclear.then_some(entry.employee),
                }
            };
            Ok(entries.iter().map(found).collect())
        })
    }

    /// Prevents that records create an employee of the list again, as the erasure did.
    pub fn bar_erased(
        &self,
        workspace: &Workspace,
        entry: &ErasureEntry,
        employees: &[EmployeeId],
    ) -> Result<(), StoreError> {
        let (workspace, marks) = (workspace.id, entry.marks());
        self.write("prevent that erased employees are created again", |connection| {
            if entry.is_lifted {
                for employee in employees {
                    connection.execute(
                        "DELETE FROM tombstone WHERE workspace_id = ?1 AND employee_id = ?2",
                        (workspace.0, employee.0),
                    )?;
                }
                return read_again(connection, workspace);
            }
            let number = match employees.first() {
                Some(employee) => employee.0,
                None => free_number(connection, workspace)?,
            };
            for mark in &marks {
                connection
                    .prepare_cached(
                        "INSERT INTO tombstone (workspace_id, mark, employee_id) VALUES (?1, ?2, ?3) \
                         ON CONFLICT DO NOTHING",
                    )?
                    .execute((workspace.0, mark, number))?;
            }
            Ok(())
        })
    }
}

/// A number that no employee has: the erased one is not in this database, and the number may be given to another.
fn free_number(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<i64, crate::db::error::DbError> {
    connection
        .prepare_cached(
            "SELECT coalesce(min(employee_id), 0) - 1 AS number FROM tombstone \
             WHERE workspace_id = ?1 AND employee_id < 0",
        )?
        .scalar([workspace.0])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parse(text: &str) -> Option<Mark> {
    let mut mark = Mark::default();
    if text.len() != 2 * mark.len() || !text.is_ascii() {
        return None;
    }
    for (at, byte) in mark.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(employee: i64, at: &str) -> ErasureEntry {
        ErasureEntry {
            workspace: "acme".to_owned(),
            employee: EmployeeId(employee),
            erased_at: at.parse().unwrap(),
            erased_by: None,
            why: "on request".to_owned(),
            marks: vec![hex(&[employee as u8; 16])],
            is_lifted: false,
        }
    }

    #[test]
    fn lists_are_united_and_keep_what_the_newer_one_says() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("muster.db.erasures");
        let list = |erasures| ErasureList {
            form: FORM,
            erasures,
        };
        let (one, two) = (
            entry(1, "2026-05-04T10:00:00Z"),
            entry(2, "2026-05-03T10:00:00Z"),
        );
        list(vec![one.clone()]).write(&file).unwrap();
        let lifted = ErasureEntry {
            is_lifted: true,
            ..one.clone()
        };
        list(vec![lifted.clone(), two.clone()])
            .write(&file)
            .unwrap();
        assert_eq!(
            ErasureList::read(&file).unwrap().unwrap().erasures,
            [two.clone(), lifted.clone()]
        );
        // A restored database does not have the erasures of the one that it replaced.
        list(vec![]).write(&file).unwrap();
        assert_eq!(
            ErasureList::read(&file).unwrap().unwrap().erasures,
            [two, lifted]
        );
        assert_eq!(one.marks(), HashSet::from([[1; 16]]));
    }

    #[test]
    fn damaged_list_is_refused_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("muster.db.erasures");
        assert_eq!(ErasureList::read(&file).unwrap(), None);
        fs::write(&file, "{\"form\": 1, \"erasures\": [").unwrap();
        let refused = ErasureList::default().write(&file).unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::Backup {
                    fault: BackupFault::ErasureList,
                    ..
                }
            ),
            "{refused}"
        );
        assert!(fs::read_to_string(&file).unwrap().ends_with('['));
    }
}
