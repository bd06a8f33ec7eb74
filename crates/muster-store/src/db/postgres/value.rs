//! Values of statements and rows, as PostgreSQL sends them. The columns of the directory are numbers of 64 bits, texts and
//! bytes; other types appear as the result of a condition or a count.

use crate::db::{error::DbError, parameters::Binder};
use bytes::{BufMut, BytesMut};
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use std::error::Error;
use tokio_postgres::types::{FromSql, IsNull, ToSql as ToPostgres, Type, to_sql_checked};

type Failure = Box<dyn Error + Sync + Send>;

/// The values of a statement, in the order of its parameters.
#[derive(Debug, Default)]
pub(crate) struct Bound(Vec<Parameter>);

/// A value for a parameter, whose type the server has chosen.
#[derive(Debug)]
pub(in crate::db) struct Parameter(Value);

impl Parameter {
    pub(super) fn of(value: Value) -> Self {
        Self(value)
    }
}

impl Bound {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// As many values as the statement has parameters; those without a value are null.
    pub(super) fn values(&mut self, count: usize) -> &[Parameter] {
        self.0.resize_with(count, || Parameter(Value::Null));
        &self.0
    }
}

impl Bound {
    /// The same, which are no longer here.
    pub(in crate::db) fn taken(&mut self, count: usize) -> Vec<Parameter> {
        self.values(count);
        std::mem::take(&mut self.0)
    }
}

impl Binder for Bound {
    fn bind(&mut self, number: usize, value: &(impl ToSql + ?Sized)) -> Result<(), DbError> {
        let value = match value.to_sql()? {
            ToSqlOutput::Borrowed(value) => Value::try_from(value).map_err(|_| not_text(number))?,
            ToSqlOutput::Owned(value) => value,
            _ => return Err(not_text(number)),
        };
        if self.0.len() < number {
            self.0.resize_with(number, || Parameter(Value::Null));
        }
        self.0[number - 1] = Parameter(value);
        Ok(())
    }
}

fn not_text(number: usize) -> DbError {
    rusqlite::Error::InvalidParameterCount(number, number).into()
}

impl ToPostgres for Parameter {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match (&self.0, kind) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Integer(number), &Type::INT8) => out.put_i64(*number),
            (Value::Integer(number), &Type::INT4) => out.put_i32(i32::try_from(*number)?),
            (Value::Integer(number), &Type::INT2) => out.put_i16(i16::try_from(*number)?),
            (Value::Integer(number), &Type::BOOL) => out.put_u8((*number != 0).into()),
            (Value::Integer(number), &Type::FLOAT8) => out.put_f64(*number as f64),
            (Value::Real(number), &Type::FLOAT8) => out.put_f64(*number),
            // The server takes no text with this character: nothing is found by the text that is sent in its place.
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR) if text.contains('\0') => {
                out.put_slice(text.replace('\0', "\u{fffd}").as_bytes());
            }
            (Value::Text(text), &Type::TEXT | &Type::VARCHAR) => out.put_slice(text.as_bytes()),
            (Value::Blob(bytes), &Type::BYTEA) => out.put_slice(bytes),
            (value, _) => {
                let found = value.data_type();
                return Err(format!("a parameter has type {kind}, and its value {found}").into());
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value of a row.
pub(super) struct Field<'r>(pub(super) ValueRef<'r>);

impl<'r> FromSql<'r> for Field<'r> {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, Failure> {
        Ok(Self(match *kind {
            Type::INT8 => ValueRef::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => ValueRef::Integer(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => ValueRef::Integer(i16::from_sql(kind, raw)?.into()),
            Type::BOOL => ValueRef::Integer(bool::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => ValueRef::Real(f64::from_sql(kind, raw)?),
            Type::TEXT | Type::VARCHAR | Type::NAME => ValueRef::Text(raw),
            Type::BYTEA => ValueRef::Blob(raw),
            _ => return Err(format!("a column has type {kind}").into()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self(ValueRef::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
