//! What the rest of the store knows of a database: statements with their parameters, and rows read by the names of their
//! columns. The driver's types end here.

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

    pub(super) fn in_memory() -> Result<Self, DbError> {
        Ok(Self(rusqlite::Connection::open_in_memory()?))
    }

    #[cfg(test)]
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

    /// How a statement would be run, one line a step, for tests.
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

    /// Everything that is read until the guard is dropped is of one state of the database.
    pub(crate) fn snapshot(&self) -> Result<Snapshot<'_>, DbError> {
        Ok(Snapshot {
            _transaction: self.0.unchecked_transaction()?,
        })
    }

    /// A transaction that may write. Dropped without a commit, it is undone.
    pub(super) fn begin(&self) -> Result<rusqlite::Transaction<'_>, DbError> {
        Ok(rusqlite::Transaction::new_unchecked(
            &self.0,
            TransactionBehavior::Immediate,
        )?)
    }

    /// A statement, which stays compiled for the next time.
    pub(crate) fn prepare_cached(&self, text: &str) -> Result<Statement<'_>, DbError> {
        Ok(Statement(self.0.prepare_cached(text)?))
    }

    /// Runs a statement once; says how many rows it changed.
    pub(crate) fn execute(&self, text: &str, parameters: impl Params) -> Result<usize, DbError> {
        Ok(self.0.execute(text, parameters)?)
    }

    /// Runs several statements without parameters.
    pub(crate) fn execute_batch(&self, text: &str) -> Result<(), DbError> {
        Ok(self.0.execute_batch(text)?)
    }

    /// The only row of a statement that is run once.
    pub(crate) fn query_row<T>(
        &self,
        text: &str,
        parameters: impl Params,
        read: impl FnOnce(Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.prepare_cached(text)?.query_row(parameters, read)
    }

    /// The only value of a statement that is run once.
    pub(crate) fn scalar<T: FromSql>(
        &self,
        text: &str,
        parameters: impl Params,
    ) -> Result<T, DbError> {
        self.prepare_cached(text)?.scalar(parameters)
    }
}

/// Keeps the state of the database that is read.
pub(crate) struct Snapshot<'c> {
    _transaction: rusqlite::Transaction<'c>,
}

/// A compiled statement.
pub(crate) struct Statement<'c>(CachedStatement<'c>);

impl Statement<'_> {
    /// Runs the statement; says how many rows it changed.
    pub(crate) fn execute(&mut self, parameters: impl Params) -> Result<usize, DbError> {
        Ok(self.0.execute(parameters)?)
    }

    /// The first row; see [`OptionalRow::optional`] where there may be none.
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

    /// The value of a row that has one.
    pub(crate) fn scalar<T: FromSql>(&mut self, parameters: impl Params) -> Result<T, DbError> {
        self.query_row(parameters, |row| row.only())
    }

    /// The values of rows that have one each.
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

    /// Where columns are, resolved once for all rows.
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

    /// Forgets the parameters that are bound.
    pub(crate) fn clear(&mut self) {
        self.0.clear_bindings();
    }

    /// Binds one parameter, counted from 1.
    pub(crate) fn bind(&mut self, number: usize, value: impl ToSql) -> Result<(), DbError> {
        Ok(self.0.raw_bind_parameter(number, value)?)
    }

    /// Runs the statement with the parameters that are bound.
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

/// Where a column is in the rows of a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column(usize);

/// One row. Its columns are read by name; reading them in the order of the statement finds each at once.
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

    /// The text of a column, without a copy; an error if it is something else.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&'r str>, DbError> {
        let column = self.find(name)?;
        self.text_at(column)
    }

    /// The bytes of a column, without a copy; an error if it is something else.
    pub(crate) fn bytes(&self, name: &str) -> Result<Option<&'r [u8]>, DbError> {
        let column = self.find(name)?;
        self.bytes_at(column)
    }

    fn find(&self, name: &str) -> Result<Column, DbError> {
        let column = find(self.row.as_ref(), name, self.next.get())?;
        self.next.set(column.0 + 1);
        Ok(column)
    }

    /// The text of a column that was resolved, without a copy; an error if it is something else.
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

    /// The bytes of a column that was resolved, without a copy; an error if it is something else.
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

    /// The value of a row that has one.
    fn only<T: FromSql>(&self) -> Result<T, DbError> {
        self.at(Column(0))
    }
}

/// The column of a name; it is looked for from `next` on first.
fn find(statement: &rusqlite::Statement<'_>, name: &str, next: usize) -> Result<Column, DbError> {
    let count = statement.column_count();
    for at in (next..count).chain(0..next.min(count)) {
        if statement.column_name(at)? == name {
            return Ok(Column(at));
        }
    }
    Err(rusqlite::Error::InvalidColumnName(name.to_owned()).into())
}

/// No row is no error.
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
