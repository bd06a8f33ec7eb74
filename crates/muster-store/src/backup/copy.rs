//! Copies everything into another database, which may be a file or on a server. What was copied is read again and compared.

use crate::db::{
    connection::Store,
    dialect,
    digest::{self, TableDigest},
    error::{AddressFault, BackupFault, DbError, StoreError},
    sql::Connection,
};
use std::collections::BTreeMap;

/// A table that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    pub name: String,
    pub rows: u64,
    /// BLAKE3 over all rows in the order of their keys, which is the same in both databases.
    pub digest: String,
}

/// The table of migrations, which each database has of its own.
const MIGRATIONS: &str = "migration";

/// What shows that a database is in use: a workspace or a user.
const IS_USED: &str =
    "SELECT EXISTS (SELECT 1 FROM workspace) OR EXISTS (SELECT 1 FROM account_user)";

const IS_BUSY: &str = "SELECT EXISTS (SELECT 1 FROM job WHERE lease_owner IS NOT NULL)";

impl Store {
    /// Copies everything into another database that has no workspaces and no users, in one transaction. Nothing is written to
    /// this database meanwhile. Refused while a process works on a job.
    pub fn copy_into(&self, to: &Store) -> Result<Vec<CopiedTable>, StoreError> {
        let copied = self.write("copy the database", |from| {
            if from.scalar::<bool>(IS_BUSY, [])? {
                let (file, fault) = (self.shown().to_owned(), BackupFault::InUse);
                return Err(StoreError::Backup { file, fault }.into());
            }
            let tables = digest::tables(from, MIGRATIONS)?;
            to.write("copy the database", |into| {
                if into.scalar::<bool>(IS_USED, [])? {
                    return Err(StoreError::Address {
                        named: format!("`{}`", to.shown()),
                        why: AddressFault::InUse,
                    }
                    .into());
                }
                for name in tables.keys() {
                    copy(from, into, name)?;
                }
                refuse_difference(&tables, &digest::tables(into, MIGRATIONS)?)
            })?;
            Ok(tables)
        })?;
        Ok(copied
            .into_iter()
            .map(|(name, TableDigest { rows, digest })| CopiedTable { name, rows, digest })
            .collect())
    }
}

/// Replaces the rows of a table, of which a new database has some.
fn copy(from: &Connection, into: &Connection, table: &str) -> Result<(), DbError> {
    into.execute(&format!("DELETE FROM \"{table}\""), [])?;
    let columns: Vec<String> = from
        .prepare_cached(dialect::STORED_COLUMNS.sqlite)?
        .values([table])?;
    let names = format!("\"{}\"", columns.join("\", \""));
    let places: Vec<String> = (1..=columns.len())
        .map(|place| format!("?{place}"))
        .collect();
    let mut insert = into.prepare_cached(&format!(
        "INSERT INTO \"{table}\" ({names}) VALUES ({})",
        places.join(", ")
    ))?;
    let mut select = from.prepare_cached(&format!("SELECT {names} FROM \"{table}\""))?;
    let mut rows = select.query([])?;
    let _sends = into.send_ahead();
    while let Some(row) = rows.next()? {
        for number in 1..=columns.len() {
            insert.bind(number, row.owned(number - 1)?)?;
        }
        insert.run()?;
    }
    Ok(())
}

fn refuse_difference(
    copied: &BTreeMap<String, TableDigest>,
    found: &BTreeMap<String, TableDigest>,
) -> Result<(), DbError> {
    let mut names = copied.keys().chain(found.keys());
    match names.find(|name| copied.get(*name) != found.get(*name)) {
        None => Ok(()),
        Some(name) => Err(StoreError::Failed {
            attempted: "copy the database",
            source: format!("the rows of `{name}` are not those that were copied").into(),
        }
        .into()),
    }
}
