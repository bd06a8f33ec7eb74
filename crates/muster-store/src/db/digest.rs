//! The content of every table as a number of rows and a digest, to find out whether a copy is still what was copied.

use crate::db::{dialect, error::DbError, sql::Connection};
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The content of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TableDigest {
    pub(crate) rows: u64,
    /// BLAKE3 over the values of all rows, in the order of their keys.
    pub(crate) digest: String,
}

/// Every table except one.
pub(crate) fn tables(
    connection: &Connection,
    except: &str,
) -> Result<BTreeMap<String, TableDigest>, DbError> {
    let names: Vec<String> = connection
        .prepare_cached(dialect::TABLES.sqlite)?
        .values([])?;
    names
        .into_iter()
        .filter(|name| name != except)
        .map(|name| {
            let digest = table(connection, &name)?;
            Ok((name, digest))
        })
        .collect()
}

fn table(connection: &Connection, name: &str) -> Result<TableDigest, DbError> {
    let keys: Vec<String> = connection
        .prepare_cached(dialect::KEY_COLUMNS.sqlite)?
        .values([name])?;
    let order = match keys.is_empty() {
        true => String::new(),
        false => format!(" ORDER BY \"{}\"", keys.join("\", \"")),
    };
    // Names come from the schema, which only migrations write.
    let mut statement = connection.prepare_cached(&format!("SELECT * FROM \"{name}\"{order}"))?;
    let columns = statement.names().len();
    let mut rows = statement.query([])?;
    let (mut hasher, mut count) = (blake3::Hasher::new(), 0);
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            add(&mut hasher, row.value_at(column)?);
        }
        count += 1;
    }
    Ok(TableDigest {
        rows: count,
        digest: hasher.finalize().to_hex().to_string(),
    })
}

/// Adds a value with its type and its length, so that no two rows have the same bytes.
fn add(hasher: &mut blake3::Hasher, value: ValueRef<'_>) {
    let mut write = |kind: u8, bytes: &[u8]| {
        hasher.update(&[kind]);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    match value {
        ValueRef::Null => write(0, &[]),
        ValueRef::Integer(number) => write(1, &number.to_le_bytes()),
        ValueRef::Real(number) => write(2, &number.to_le_bytes()),
        ValueRef::Text(text) => write(3, text),
        ValueRef::Blob(bytes) => write(4, bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_type_and_row_is_part_of_the_digest() {
        let connection = Connection::in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE one (id INTEGER PRIMARY KEY, a TEXT, b BLOB); INSERT INTO one VALUES (1, 'x', NULL);",
            )
            .unwrap();
        let now = || {
            tables(&connection, "backup")
                .unwrap()
                .remove("one")
                .unwrap()
        };
        let first = now();
        assert_eq!(first.rows, 1);
        let mut seen = vec![first];
        for text in [
            "UPDATE one SET a = 'y'",
            "UPDATE one SET a = NULL, b = x'79'",
            "UPDATE one SET b = 'y'",
            "UPDATE one SET id = 2",
            "INSERT INTO one VALUES (3, '', '')",
        ] {
            connection.execute(text, []).unwrap();
            let changed = now();
            assert!(!seen.contains(&changed), "{text}");
            seen.push(changed);
        }
    }
}
