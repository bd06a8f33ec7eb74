//! Statements and their rows, whose columns are read by name.

use crate::db::{
    error::DbError,
    parameters::{Binder, Params, check},
    postgres::{self, Bound, Prepared},
};
use rusqlite::{
    CachedStatement,
    types::{FromSql, ToSql, Value, ValueRef},
};
use std::cell::Cell;

/// How many questions a server is asked before the first answer.
const TOGETHER: usize = 256;

/// A compiled statement.
pub(crate) struct Statement<'c>(Compiled<'c>);

pub(super) enum Compiled<'c> {
    Sqlite(CachedStatement<'c>),
    Postgres(Prepared<'c>, Bound),
}

/// The parameters of a statement of SQLite.
pub(super) struct Places<'s, 'c>(pub(super) &'s mut rusqlite::Statement<'c>);

impl Binder for Places<'_, '_> {
    fn bind(&mut self, number: usize, value: &(impl ToSql + ?Sized)) -> Result<(), DbError> {
        Ok(self.0.raw_bind_parameter(number, value)?)
    }
}

impl<'c> Statement<'c> {
    pub(super) fn of(compiled: Compiled<'c>) -> Self {
        Self(compiled)
    }
}

impl Statement<'_> {
    /// Runs the statement. Returns the number of changed rows.
    pub(crate) fn execute(&mut self, parameters: impl Params) -> Result<usize, DbError> {
        match &mut self.0 {
            Compiled::Sqlite(statement) => {
                let values = parameters.bind_to(&mut Places(statement))?;
                check(values, statement.parameter_count())?;
                Ok(statement.raw_execute()?)
            }
            Compiled::Postgres(statement, bound) => {
                bound.clear();
                check(parameters.bind_to(bound)?, statement.parameter_count())?;
                statement.execute(bound)
            }
        }
    }

    /// Runs the statement; its answer is waited for later if statements are sent ahead.
    pub(crate) fn send(&mut self, parameters: impl Params) -> Result<(), DbError> {
        match &mut self.0 {
            Compiled::Sqlite(_) => self.execute(parameters).map(drop),
            Compiled::Postgres(statement, bound) => {
                bound.clear();
                check(parameters.bind_to(bound)?, statement.parameter_count())?;
                statement.send(bound)
            }
        }
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

    /// Runs the statement with each of these parameters. A server is asked for many before the first answer.
    pub(crate) fn query_each<P: Params>(
        &mut self,
        asked: impl IntoIterator<Item = P>,
        mut read: impl FnMut(Row<'_>) -> Result<(), DbError>,
    ) -> Result<(), DbError> {
        let mut asked = asked.into_iter();
        let (statement, bound) = match &mut self.0 {
            Compiled::Postgres(statement, bound) => (statement, bound),
            Compiled::Sqlite(_) => {
                return asked.try_for_each(|parameters| {
                    let mut rows = self.query(parameters)?;
                    while let Some(row) = rows.next()? {
                        read(row)?;
                    }
                    Ok(())
                });
            }
        };
        let (count, next) = (statement.parameter_count(), Cell::new(0));
        loop {
            let mut together = Vec::with_capacity(TOGETHER);
            for parameters in asked.by_ref().take(TOGETHER) {
                bound.clear();
                check(parameters.bind_to(bound)?, count)?;
                together.push(bound.taken(count));
            }
            if together.is_empty() {
                return Ok(());
            }
            for row in &statement.query_together(together)? {
                next.set(0);
                let row = Values::Postgres(row);
                read(Row { row, next: &next })?;
            }
        }
    }

    /// The rows, one after another.
    pub(crate) fn query(&mut self, parameters: impl Params) -> Result<Rows<'_>, DbError> {
        let rows = match &mut self.0 {
            Compiled::Sqlite(statement) => {
                let values = parameters.bind_to(&mut Places(statement))?;
                check(values, statement.parameter_count())?;
                Answer::Sqlite(statement.raw_query())
            }
            Compiled::Postgres(statement, bound) => {
                bound.clear();
                check(parameters.bind_to(bound)?, statement.parameter_count())?;
                Answer::Postgres(statement.query(bound)?)
            }
        };
        Ok(Rows {
            rows,
            next: Cell::new(0),
        })
    }

    /// The positions of columns, resolved once for all rows.
    pub(crate) fn columns<const N: usize>(&self, names: [&str; N]) -> Result<[Column; N], DbError> {
        let mut columns = [Column(0); N];
        let mut next = 0;
        for (column, name) in columns.iter_mut().zip(names) {
            *column = match &self.0 {
                Compiled::Sqlite(statement) => find(&**statement, name, next)?,
                Compiled::Postgres(statement, _) => find(statement.columns(), name, next)?,
            };
            next = column.0 + 1;
        }
        Ok(columns)
    }

    /// The names of all columns.
    pub(crate) fn names(&self) -> Vec<String> {
        match &self.0 {
            Compiled::Sqlite(statement) => statement.column_names().map(str::to_owned).collect(),
            Compiled::Postgres(statement, _) => {
                let columns = statement.columns().iter();
                columns.map(|column| column.name().to_owned()).collect()
            }
        }
    }

    /// Clears the bound parameters.
    pub(crate) fn clear(&mut self) {
        match &mut self.0 {
            Compiled::Sqlite(statement) => statement.clear_bindings(),
            Compiled::Postgres(_, bound) => bound.clear(),
        }
    }

    /// Binds one parameter; the first is 1.
    pub(crate) fn bind(&mut self, number: usize, value: impl ToSql) -> Result<(), DbError> {
        match &mut self.0 {
            Compiled::Sqlite(statement) => Places(statement).bind(number, &value),
            Compiled::Postgres(_, bound) => bound.bind(number, &value),
        }
    }

    /// Runs the statement with the bound parameters.
    pub(crate) fn run(&mut self) -> Result<(), DbError> {
        match &mut self.0 {
            Compiled::Sqlite(statement) => statement.raw_execute()?,
            Compiled::Postgres(statement, bound) => return statement.send(bound),
        };
        Ok(())
    }
}

/// Rows of a query.
pub(crate) struct Rows<'s> {
    rows: Answer<'s>,
    next: Cell<usize>,
}

enum Answer<'s> {
    Sqlite(rusqlite::Rows<'s>),
    Postgres(postgres::Rows),
}

impl Rows<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, DbError> {
        let next = &self.next;
        next.set(0);
        let row = match &mut self.rows {
            Answer::Sqlite(rows) => rows.next()?.map(Values::Sqlite),
            Answer::Postgres(rows) => rows.next()?.map(Values::Postgres),
        };
        Ok(row.map(|row| Row { row, next }))
    }
}

/// The position of a column in a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column(usize);

/// One row. Columns are read by name; reading them in the order of the statement is fastest.
#[derive(Clone, Copy)]
pub(crate) struct Row<'r> {
    row: Values<'r>,
    /// The column after the one that was read last.
    next: &'r Cell<usize>,
}

#[derive(Clone, Copy)]
enum Values<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl<'r> Row<'r> {
    /// The value of a column.
    pub(crate) fn get<T: FromSql>(&self, name: &str) -> Result<T, DbError> {
        let column = self.find(name)?;
        self.at(column)
    }

    /// The value of a column that was resolved.
    pub(crate) fn at<T: FromSql>(&self, column: Column) -> Result<T, DbError> {
        match self.row {
            Values::Sqlite(row) => Ok(row.get(column.0)?),
            Values::Postgres(row) => Ok(T::column_result(postgres::value(row, column.0)?)
                .map_err(|error| unreadable(column, error))?),
        }
    }

    /// A value without copying it.
    fn value(&self, column: Column) -> Result<ValueRef<'r>, DbError> {
        match self.row {
            Values::Sqlite(row) => Ok(row.get_ref(column.0)?),
            Values::Postgres(row) => postgres::value(row, column.0),
        }
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
        let next = self.next.get();
        let column = match self.row {
            Values::Sqlite(row) => find(row.as_ref(), name, next)?,
            Values::Postgres(row) => find(row.columns(), name, next)?,
        };
        self.next.set(column.0 + 1);
        Ok(column)
    }

    /// The text of a resolved column without copying it. Fails for another type.
    pub(crate) fn text_at(&self, column: Column) -> Result<Option<&'r str>, DbError> {
        let text = self.value(column)?.as_str_or_null();
        Ok(text.map_err(|error| unreadable(column, error))?)
    }

    /// The bytes of a resolved column without copying them. Fails for another type.
    pub(crate) fn bytes_at(&self, column: Column) -> Result<Option<&'r [u8]>, DbError> {
        match self.value(column)? {
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

    /// A copy of the value at a position, of whatever type it is.
    pub(crate) fn owned(&self, position: usize) -> Result<Value, DbError> {
        self.at(Column(position))
    }

    /// The value at a position, of whatever type it is.
    pub(super) fn value_at(&self, position: usize) -> Result<ValueRef<'r>, DbError> {
        self.value(Column(position))
    }

    /// The value of a row with one column.
    fn only<T: FromSql>(&self) -> Result<T, DbError> {
        self.at(Column(0))
    }
}

/// A stored value that is not of the type that is read.
fn unreadable(column: Column, error: rusqlite::types::FromSqlError) -> rusqlite::Error {
    let kind = rusqlite::types::Type::Text;
    rusqlite::Error::FromSqlConversionFailure(column.0, kind, Box::new(error))
}

/// Columns that have names.
trait Named {
    fn count(&self) -> usize;
    fn is_named(&self, at: usize, name: &str) -> bool;
}

impl Named for rusqlite::Statement<'_> {
    fn count(&self) -> usize {
        self.column_count()
    }

    fn is_named(&self, at: usize, name: &str) -> bool {
        self.column_name(at).is_ok_and(|found| found == name)
    }
}

impl Named for [tokio_postgres::Column] {
    fn count(&self) -> usize {
        self.len()
    }

    fn is_named(&self, at: usize, name: &str) -> bool {
        self[at].name() == name
    }
}

/// The position of a column. The search starts at `next`.
fn find(columns: &(impl Named + ?Sized), name: &str, next: usize) -> Result<Column, DbError> {
    let count = columns.count();
    (next..count)
        .chain(0..next.min(count))
        .find(|at| columns.is_named(*at, name))
        .map(Column)
        .ok_or_else(|| rusqlite::Error::InvalidColumnName(name.to_owned()).into())
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
