//! Backups of the database: by schedule, and what is done again after one is restored.

use crate::{
    erase::erase,
    outcome::{Deps, RunError},
};
use muster_core::model::{employee::Status, ids::EmployeeId};
use muster_store::{ErasureEntry, ErasureList};
use std::path::PathBuf;

/// Where a service puts its daily backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backups {
    pub folder: PathBuf,
    /// How many are retained. The oldest ones are removed after a new one was made.
    pub retained: usize,
}

/// Makes a backup and removes the oldest ones.
pub(crate) fn back_up(backups: &Backups, deps: &Deps) -> Result<(), RunError> {
    let now = deps.clock.now();
    deps.store.back_up_into(&backups.folder, now)?;
    deps.store
        .remove_backups(&backups.folder, backups.retained, now)?;
    Ok(())
}

/// What was done with a list of erasures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedAgain {
    /// Employees of the backup who were erased again.
    pub employees: u64,
    /// Erased employees who are not in the backup. Their records are skipped.
    pub absent: u64,
    /// Employees who may be the erased one, by workspace. The list has no hash to compare.
    pub unclear: Vec<(String, EmployeeId)>,
}

/// Applies the erasures of a list that a restored database does not have.
pub fn erase_again(list: &ErasureList, deps: &Deps) -> Result<ErasedAgain, RunError> {
    let store = &deps.store;
    let known = store.erasures()?;
    let mut again = ErasedAgain::default();
    for name in store.workspaces()? {
        let is_new = |entry: &&ErasureEntry| entry.workspace == name && !known.has(entry);
        let entries: Vec<&ErasureEntry> = list.erasures.iter().filter(is_new).collect();
        let Some(workspace) = store.workspace(&name)?.filter(|_| !entries.is_empty()) else {
            continue;
        };
        let found = store.find_erased(&workspace, &entries)?;
        for (entry, found) in entries.into_iter().zip(found) {
            // One employee may be found by several entries.
            for person in store.employees_by_ids(&workspace, &found.employees)? {
                if person.status != Status::Erased {
                    erase(&workspace, &person, &entry.why, deps)?;
                    again.employees += 1;
                }
            }
            store.bar_erased(&workspace, entry, &found.employees)?;
            again.absent += u64::from(found.employees.is_empty() && found.unclear.is_none());
            let unclear = found.unclear.map(|employee| (name.clone(), employee));
            again.unclear.extend(unclear);
        }
    }
    Ok(again)
}
