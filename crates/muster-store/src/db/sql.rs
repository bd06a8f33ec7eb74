//! What the rest of the store uses of the database: statements with parameters, and rows whose
//! columns are read by name. Types of the driver stay in this folder.

use crate::db::error::DbError;
use rusqlite::{CachedStatement, OpenFlags, TransactionBehavior, types::ValueRef};
pub(crate) use rusqlite::{
    Params, ToSql, params_from_iter,
    types::{FromSql, Value},
};
use std::{cell::Cell, path::Path, time::Duration};

/// One connection to a database.
#[derive(Debug)]
pub(crate) struct Connection(rusqlite::Connection);

impl Connection {
    pub(super) fn open(path: &Path, flags: OpenFlags) -> Result<Self, DbError> {
        Ok(Self(rusqlite::Connection::open_with_flags(path, flags)?))
    }

    /// Opens an existing file.
    pub(crate) fn open_to_write(path: &Path) -> Result<Self, DbError> {
        Self::open(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
    }

    pub(crate) fn open_to_read(path: &Path) -> Result<Self, DbError> {
        Self::open(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
    }

    pub(super) fn in_memory() -> Result<Self, DbError> {
        Ok(Self(rusqlite::Connection::open_in_memory()?))
    }

    pub(super) fn driver(&self) -> &rusqlite::Connection {
        &self.0
    }

    pub(super) fn driver_mut(&mut self) -> &mut rusqlite::Connection {
        &mut self.0
    }

    /// A database in memory with the whole schema, for tests of statements.
    #[cfg(test)]
    pub(crate) fn migrated() -> Self {
        let connection = Self::in_memory().unwrap();
        crate::db::migrate::migrate(&connection).unwrap();
        connection
    }

    /// The query plan of a statement, one line for each step, for tests.
    #[cfg(test)]
    pub(crate) fn explain(&self, text: &str, parameters: impl Params) -> Vec<String> {
        self.prepare_cached(&format!("EXPLAIN QUERY PLAN {text}"))
            .unwrap()
            .rows(parameters, |row| row.get("detail"))
            .unwrap()
    }

    pub(super) fn set_busy(&self, busy: Duration) -> Result<(), DbError> {
        Ok(self.0.busy_timeout(busy)?)
    }

    /// Until the guard is dropped, all reads see the same state of the database. Within a transaction they already do.
    pub(crate) fn snapshot(&self) -> Result<Snapshot<'_>, DbError> {
        let transaction = match self.0.is_autocommit() {
            true => Some(self.0.unchecked_transaction()?),
            false => None,
        };
        Ok(Snapshot {
            _transaction: transaction,
        })
    }

    /// A write transaction. It is rolled back if it is dropped without a commit.
    pub(super) fn begin(&self) -> Result<rusqlite::Transaction<'_>, DbError> {
        Ok(rusqlite::Transaction::new_unchecked(
            &self.0,
            TransactionBehavior::Immediate,
        )?)
    }

    /// A statement that stays compiled for later calls.
    pub(crate) fn prepare_cached(&self, text: &str) -> Result<Statement<'_>, DbError> {
        Ok(Statement(self.0.prepare_cached(text)?))
    }

    /// Runs a statement once. Returns the number of changed rows.
    pub(crate) fn execute(&self, text: &str, parameters: impl Params) -> Result<usize, DbError> {
        Ok(self.0.execute(text, parameters)?)
    }

    /// Runs several statements without parameters.
    pub(crate) fn execute_batch(&self, text: &str) -> Result<(), DbError> {
        Ok(self.0.execute_batch(text)?)
    }

    /// Runs a statement once and returns its only row.
    pub(crate) fn query_row<T>(
        &self,
        text: &str,
        parameters: impl Params,
        read: impl FnOnce(Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.prepare_cached(text)?.query_row(parameters, read)
    }

    /// Runs a statement once and returns its only value.
    pub(crate) fn scalar<T: FromSql>(
        &self,
        text: &str,
        parameters: impl Params,
    ) -> Result<T, DbError> {
        self.prepare_cached(text)?.scalar(parameters)
    }
}

/// Keeps a read transaction open.
pub(crate) struct Snapshot<'c> {
    _transaction: Option<rusqlite::Transaction<'c>>,
}

/// A compiled statement.
pub(crate) struct Statement<'c>(CachedStatement<'c>);

impl Statement<'_> {
    /// Runs the statement. Returns the number of changed rows.
    pub(crate) fn execute(&mut self, parameters: impl Params) -> Result<usize, DbError> {
        Ok(self.0.execute(parameters)?)
    }

    /// Returns the first row. See [`OptionalRow::optional`] if there may be none.
    pub(crate) fn query_row<T>(
        &mut self,
        parameters: impl Params,
        read: impl FnOnce(Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let mut rows = self.query(parameters)?;
        match rows.next()? {
            Some(row) => read(row),
            None => Err(rusqlite::Error::QueryReturnedNoRows.into()),
        }
    }

    /// The value of a row with one column.
    pub(crate) fn scalar<T: FromSql>(&mut self, parameters: impl Params) -> Result<T, DbError> {
        self.query_row(parameters, |row| row.only())
    }

    /// The values of rows with one column.
    pub(crate) fn values<T: FromSql, C: FromIterator<T>>(
        &mut self,
        parameters: impl Params,
    ) -> Result<C, DbError> {
        self.rows(parameters, |row| row.only())
    }

    /// Every row.
    pub(crate) fn rows<T, C: FromIterator<T>>(
        &mut self,
        parameters: impl Params,
        mut read: impl FnMut(Row<'_>) -> Result<T, DbError>,
    ) -> Result<C, DbError> {
        let mut rows = self.query(parameters)?;
        std::iter::from_fn(|| match rows.next() {
            Ok(row) => row.map(&mut read),
            Err(error) => Some(Err(error)),
        })
        .collect()
    }

    /// The rows, one after another.
    pub(crate) fn query(&mut self, parameters: impl Params) -> Result<Rows<'_>, DbError> {
        Ok(Rows {
            rows: self.0.query(parameters)?,
            next: Cell::new(0),
        })
    }

    /// The positions of columns, resolved once for all rows.
    pub(crate) fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[Column; N], DbError> {
        let mut columns = [Column(0); N];
        let mut next = 0;
        for (column, name) in columns.iter_mut().zip(names) {
            *column = find(&self.0, name, next)?;
            next = column.0 + 1;
        }
        Ok(columns)
    }

    /// The names of all columns.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.column_names().map(str::to_owned).collect()
    }

    /// Clears the bound parameters.
    pub(crate) fn clear(&mut self) {
        self.0.clear_bindings();
    }

    /// Binds one parameter; the first is 1.
    pub(crate) fn bind(&mut self, number: usize, value: impl ToSql) -> Result<(), DbError> {
        Ok(self.0.raw_bind_parameter(number, value)?)
    }

    /// Runs the statement with the bound parameters.
    pub(crate) fn run(&mut self) -> Result<(), DbError> {
        self.0.raw_execute()?;
        Ok(())
    }
}

/// Rows of a query.
pub(crate) struct Rows<'s> {
    rows: rusqlite::Rows<'s>,
    next: Cell<usize>,
}

impl Rows<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, DbError> {
        let next = &self.next;
        next.set(0);
        Ok(self.rows.next()?.map(|row| Row { row, next }))
    }
}

/// The position of a column in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column(usize);

/// One row. Columns are read by name; reading them in the order of the statement is fastest.
#[derive(Clone, Copy)]
pub(crate) struct Row<'r> {
    row: &'r rusqlite::Row<'r>,
    /// The column after the one that was read last.
    next: &'r Cell<usize>,
}

impl<'r> Row<'r> {
    /// The value of a column.
    pub(crate) fn get<T: FromSql>(&self, name: &str) -> Result<T, DbError> {
        let column = self.find(name)?;
        self.at(column)
    }

    /// The value of a column that was resolved.
    pub(crate) fn at<T: FromSql>(&self, column: Column) -> Result<T, DbError> {
        Ok(self.row.get(column.0)?)
    }

    /// The text of a column without copying it. Fails for another type.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'r str>, DbError> {
        let column = self.find(name)?;
        self.text_at(column)
    }

    /// The bytes of a column without copying them. Fails for another type.
    pub(crate) fn bytes(&self, name: &str) -> Result<Option<&'r [u8]>, DbError> {
        let column = self.find(name)?;
        self.bytes_at(column)
    }

    fn find(&self, name: &str) -> Result<Column, DbError> {
        let column = find(self.row.as_ref(), name, self.next.get())?;
        self.next.set(column.0 + 1);
        Ok(column)
    }

    /// The text of a resolved column without copying it. Fails for another type.
    pub(crate) fn text_at(&self, column: Column) -> Result<Option<&'r str>, DbError> {
        Ok(self
            .row
            .get_ref(column.0)?
            .as_str_or_null()
            .map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(
                    column.0,
                    rusqlite::types::Type::Text,
                    Box::new(error),
                )
            })?)
    }

    /// The bytes of a resolved column without copying them. Fails for another type.
    pub(crate) fn bytes_at(&self, column: Column) -> Result<Option<&'r [u8]>, DbError> {
        match self.row.get_ref(column.0)? {
            ValueRef::Null => Ok(None),
            ValueRef::Blob(bytes) => Ok(Some(bytes)),
            other => Err(rusqlite::Error::InvalidColumnType(
                column.0,
                "bytes".to_owned(),
                other.data_type(),
            )
            .into()),
        }
    }

    /// The value of a row with one column.
    fn only<T: FromSql>(&self) -> Result<T, DbError> {
        self.at(Column(0))
    }
}

/// The position of a column. The search starts at `next`.
fn find(statement: &rusqlite::Statement<'_>, name: &str, next: usize) -> Result<Column, DbError> {
    let count = statement.column_count();
    for at in (next..count).chain(0..next.min(count)) {
        if statement.column_name(at)? == name {
            return Ok(Column(at));
        }
    }
    Err(rusqlite::Error::InvalidColumnName(name.to_owned()).into())
}

/// Turns a missing row into `None`.
pub(crate) trait OptionalRow<T> {
    fn optional(self) -> Result<Option<T>, DbError>;
}

impl<T> OptionalRow<T> for Result<T, DbError> {
    fn optional(self) -> Result<Option<T>, DbError> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(DbError::Sql(rusqlite::Error::QueryReturnedNoRows)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
