//! Rows that are inserted one after another, without waiting for answers, are sent together: as a binary `COPY` of the table.

use crate::db::postgres::{pending::Pending, value::Parameter};
use bytes::{BufMut, BytesMut};
use futures_util::Sink;
use rusqlite::types::Value;
use std::{future::poll_fn, sync::Arc};
use tokio_postgres::{
    Client, Error,
    types::{IsNull, ToSql, Type},
};

use super::wait::wait;

/// Rows are sent when they take this many bytes.
const FULL: usize = 1 << 20;

/// How a binary `COPY` begins: a signature, no flags, no extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// How it ends.
const TRAILER: i16 = -1;

/// What an insertion of given values writes.
#[derive(Debug, PartialEq)]
pub(super) struct Insertion {
    table: String,
    copy: String,
    rows: Vec<Vec<Source>>,
}

/// Where the value of a column comes from.
#[derive(Debug, PartialEq)]
enum Source {
    /// A parameter of the statement, counted from 0, and the type of its column.
    Parameter(usize, Type),
    Number(i64),
    Text(String),
    Null,
}

impl Insertion {
    /// `None`: the statement does something else than inserting parameters and constants.
    pub(super) fn of(text: &str, parameters: &[Type]) -> Option<Self> {
        let (table, rows) = text.strip_prefix("INSERT INTO ")?.split_once(" VALUES (")?;
        let (name, columns) = table.strip_suffix(')')?.split_once(" (")?;
        let columns = columns.split(',').count();
        let rows = rows.strip_suffix(')')?.split("), (");
        let rows = rows
            .map(|row| {
                let sources = row
                    .split(',')
                    .map(|item| Source::of(item.trim(), parameters));
                sources
                    .collect::<Option<Vec<Source>>>()
                    .filter(|sources| sources.len() == columns)
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            table: name.trim_matches('"').to_owned(),
            copy: format!("COPY {table} FROM STDIN (FORMAT binary)"),
            rows,
        })
    }
}

impl Source {
    fn of(item: &str, parameters: &[Type]) -> Option<Self> {
        if let Some(number) = item.strip_prefix('$') {
            let number = number.parse::<usize>().ok()?.checked_sub(1)?;
            return Some(Self::Parameter(number, parameters.get(number)?.clone()));
        }
        if let Some(text) = item.strip_prefix('\'') {
            let text = text.strip_suffix('\'')?;
            return (!text.contains('\'')).then(|| Self::Text(text.to_owned()));
        }
        match item {
            "NULL" => Some(Self::Null),
            number => number.parse().ok().map(Self::Number),
        }
    }

    fn write(&self, values: &[Parameter], into: &mut BytesMut) -> Result<(), Failure> {
        let constant = |value| Parameter::of(value);
        match self {
            Self::Parameter(at, kind) => write(&values[*at], kind, into),
            Self::Number(number) => write(&constant(Value::Integer(*number)), &Type::INT8, into),
            Self::Text(text) => write(&constant(Value::Text(text.clone())), &Type::TEXT, into),
            Self::Null => write(&constant(Value::Null), &Type::TEXT, into),
        }
    }
}

type Failure = Box<dyn std::error::Error + Sync + Send>;

/// Writes the length of a value and the value.
fn write(value: &Parameter, kind: &Type, into: &mut BytesMut) -> Result<(), Failure> {
    let at = into.len();
    into.put_i32(-1);
    if let IsNull::No = value.to_sql(kind, into)? {
        let length = i32::try_from(into.len() - at - 4)?;
        into[at..at + 4].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

/// Rows that wait, by the table and the columns that they are for. No row refers to one of another table, so their order
/// between tables has no meaning.
#[derive(Default)]
pub(super) struct Loads(Vec<(Arc<Insertion>, BytesMut)>);

impl Loads {
    /// Whether a statement is about a table for which rows wait.
    pub(super) fn concern(&self, text: &str) -> bool {
        let is_named = |table: &str| {
            text.split(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric())
                .any(|word| word == table)
        };
        self.0
            .iter()
            .any(|(insertion, _)| is_named(&insertion.table))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds rows. True: they are to be sent now.
    pub(super) fn add(
        &mut self,
        insertion: &Arc<Insertion>,
        values: &[Parameter],
    ) -> Result<bool, Failure> {
        let known = self
            .0
            .iter()
            .position(|(known, _)| known.copy == insertion.copy);
        let at = known.unwrap_or_else(|| {
            self.0.push((Arc::clone(insertion), BytesMut::from(HEADER)));
            self.0.len() - 1
        });
        let bytes = &mut self.0[at].1;
        for row in &insertion.rows {
            bytes.put_i16(i16::try_from(row.len())?);
            for source in row {
                source.write(values, bytes)?;
            }
        }
        Ok(bytes.len() > FULL)
    }

    /// Sends everything. The server writes the rows while others are prepared.
    pub(super) fn send(&mut self, client: &Client, pending: &mut Pending) -> Result<(), Error> {
        for (insertion, mut bytes) in self.0.drain(..) {
            // Rows are sent to the end only while their answer is waited for.
            pending.complete()?;
            bytes.put_i16(TRAILER);
            let mut sink = wait(async {
                let mut sink = Box::pin(client.copy_in(&insertion.copy).await?);
                poll_fn(|context| sink.as_mut().poll_ready(context)).await?;
                sink.as_mut().start_send(bytes.freeze())?;
                Ok::<_, Error>(sink)
            })?;
            pending.send(Box::pin(async move { sink.as_mut().finish().await }))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Insertion> {
        Insertion::of(text, &[Type::INT8, Type::TEXT])
    }

    #[test]
    fn parameters_and_constants_are_rows() {
        let found =
            of("INSERT INTO one (a, b, c, d) VALUES ($1, $2, 7, 'open'), ($1, $2, NULL, '')");
        let found = found.unwrap();
        assert_eq!(
            found.copy,
            "COPY one (a, b, c, d) FROM STDIN (FORMAT binary)"
        );
        let first = vec![
            Source::Parameter(0, Type::INT8),
            Source::Parameter(1, Type::TEXT),
            Source::Number(7),
            Source::Text("open".to_owned()),
        ];
        assert_eq!((found.rows.len(), &found.rows[0]), (2, &first));
    }

    #[test]
    fn rows_concern_statements_about_their_table_alone() {
        let mut loads = Loads::default();
        let insertion = Arc::new(of("INSERT INTO change (a) VALUES (7)").unwrap());
        assert!(!loads.add(&insertion, &[]).unwrap());
        for text in [
            "SELECT a FROM change",
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM change)",
            "UPDATE one SET a = (SELECT max(change.a) FROM change)",
        ] {
            assert!(loads.concern(text), "{text}");
        }
        for text in [
            "UPDATE change_feed SET a = 1",
            "SELECT a FROM exchange",
            "UPDATE one SET changed = 1",
        ] {
            assert!(!loads.concern(text), "{text}");
        }
        loads.clear();
        assert!(!loads.concern("SELECT a FROM change"));
        let quoted = Arc::new(of(r#"INSERT INTO "change" ("a") VALUES (7)"#).unwrap());
        assert!(!loads.add(&quoted, &[]).unwrap());
        assert!(loads.concern("SELECT a FROM change"));
        assert!(loads.concern(r#"SELECT a FROM "change""#));
    }

    #[test]
    fn other_statements_are_none() {
        for text in [
            "UPDATE one SET a = $1",
            "INSERT INTO one (a) SELECT $1",
            "INSERT INTO one (a, b) VALUES ($1)",
            "INSERT INTO one (a) VALUES ($1) ON CONFLICT DO NOTHING",
            "INSERT INTO one (a) VALUES ($1) RETURNING a",
            "INSERT INTO one (a) VALUES (coalesce($1, 1))",
            "INSERT INTO one (a) VALUES ($3)",
            "INSERT INTO one (a, b) VALUES ($1, (SELECT 1))",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
